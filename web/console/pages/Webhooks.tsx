import { useNavigate } from '@tanstack/react-router'
import { App, Button } from 'antd'
import { useMemo, useState, type ReactElement } from 'react'
import { useMerchantNames, usePartyNames } from '../names.ts'
import { ListTable, type Column } from '../parts/ListTable.tsx'
import { Page } from '../parts/Page.tsx'
import { SecretOnce } from '../parts/SecretOnce.tsx'
import { Standing } from '../parts/Standing.tsx'
import { Day, When } from '../parts/When.tsx'
import { useList } from '../resources.ts'
import { isOperator, usePrincipal } from '../session.tsx'
import { useText, useWord } from '../text.ts'
import type { WebhookEndpoint } from '../types.ts'
import { CreateEndpoint } from '../webhooks/EndpointForm.tsx'

/** Who is told by HTTP of what happens. */
export default function Webhooks(): ReactElement {
  const t = useText()
  const navigate = useNavigate()
  const { message } = App.useApp()
  const list = useList<WebhookEndpoint>('/v1/webhook_endpoints')
  const columns = useColumns()
  const [isCreating, setCreating] = useState(false)
  const [made, setMade] = useState<WebhookEndpoint | null>(null)
  const open = (id: string): void => void navigate({ to: '/webhooks/$id', params: { id } })
  const create = (
    <Button type="primary" onClick={() => setCreating(true)} data-testid="create">
      {t('webhooks.create')}
    </Button>
  )
  return (
    <Page title={t('webhooks.title')} actions={create}>
      <ListTable
        name="endpoint"
        title={t('webhooks.title')}
        columns={columns}
        list={list}
        onOpen={({ id }) => open(id)}
        empty={{ title: t('webhooks.empty'), detail: t('webhooks.empty_detail'), action: create }}
      />
      {isCreating && (
        <CreateEndpoint
          onClose={() => setCreating(false)}
          onDone={(endpoint) => {
            setCreating(false)
            if (endpoint.secret) return setMade(endpoint)
            // A repeated answer, after one that was lost on the way, comes without the secret.
            void message.warning(t('webhooks.lost_secret'), 10)
            open(endpoint.id)
          }}
        />
      )}
      {made?.secret && (
        <SecretOnce
          title={t('webhooks.secret')}
          of={made.url}
          secret={made.secret}
          note={t('webhooks.secret_note')}
          onClose={() => open(made.id)}
        />
      )}
    </Page>
  )
}

function useColumns(): Column<WebhookEndpoint>[] {
  const t = useText()
  const word = useWord()
  const operator = isOperator(usePrincipal())
  const merchantName = useMerchantNames()
  const partyName = usePartyNames()
  return useMemo(() => {
    const owner: Column<WebhookEndpoint> = {
      key: 'owner',
      title: t('webhooks.owner'),
      cell: (row) => (row.merchant ? merchantName(row.merchant) : partyName(row.party)),
    }
    return [
      {
        key: 'url',
        title: t('webhooks.url'),
        always: true,
        cell: (row) => <code title={row.url}>{row.url}</code>,
      },
      ...(operator ? [owner] : []),
      {
        key: 'events',
        title: t('webhooks.events'),
        wide: true,
        cell: (row) =>
          row.events.includes('*')
            ? t('webhooks.events_all')
            : row.events.map((type) => word('webhooks.event_', type)).join(' · '),
      },
      {
        key: 'state',
        title: t('field.state'),
        width: 110,
        always: true,
        cell: (row) => <Standing group="webhooks.state_" word={row.state} />,
      },
      {
        key: 'failing_since',
        title: t('webhooks.failing_since'),
        cell: (row) =>
          row.failing_since ? (
            <span className="ct-bad">
              <When at={row.failing_since} />
            </span>
          ) : (
            '–'
          ),
      },
      {
        key: 'description',
        title: t('webhooks.description'),
        cell: (row) => row.description ?? '–',
      },
      {
        key: 'created_at',
        title: t('field.created_at'),
        hidden: true,
        cell: (row) => <Day at={row.created_at} />,
      },
    ]
  }, [t, word, operator, merchantName, partyName])
}
