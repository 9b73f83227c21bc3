import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Segmented } from 'antd'
import { useMemo, type ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { useFilters } from '../filters.ts'
import { useMerchantNames, usePartyNames } from '../names.ts'
import { CopyId } from '../parts/CopyId.tsx'
import { Facts } from '../parts/Facts.tsx'
import { Bars, ErrorState } from '../parts/ListStates.tsx'
import { ListTable, type Column } from '../parts/ListTable.tsx'
import { Page, Panel } from '../parts/Page.tsx'
import { Standing } from '../parts/Standing.tsx'
import { When } from '../parts/When.tsx'
import { useList, useOne, type Filters } from '../resources.ts'
import { useText, useWord, type Text } from '../text.ts'
import type { WebhookDelivery, WebhookEndpoint } from '../types.ts'
import { DeliveryDrawer } from '../webhooks/DeliveryDrawer.tsx'
import { EndpointButtons } from '../webhooks/EndpointButtons.tsx'

/** One endpoint: where it is, how it does, and all that it was told. */
export default function Webhook(): ReactElement {
  const t = useText()
  const { id } = useParams({ strict: false })
  const endpoint = useOne<WebhookEndpoint>(`/v1/webhook_endpoints/${id ?? ''}`)
  if (endpoint.data) return <Shown endpoint={endpoint.data} />
  return (
    <Page title={t('webhooks.one')}>
      {endpoint.error ? (
        <ErrorState error={endpoint.error} onRetry={() => void endpoint.refetch()} />
      ) : (
        <Bars rows={6} columns={2} />
      )}
    </Page>
  )
}

function Shown({ endpoint }: { endpoint: WebhookEndpoint }): ReactElement {
  const t = useText()
  const word = useWord()
  const isEnglish = useTranslation().i18n.language === 'en'
  const merchantName = useMerchantNames()
  const partyName = usePartyNames()
  const reason = endpoint.disabled_reason
  const facts = [
    { label: t('webhooks.url'), value: <code>{endpoint.url}</code>, isWide: true },
    {
      label: t('webhooks.owner'),
      value: endpoint.merchant ? merchantName(endpoint.merchant) : partyName(endpoint.party),
    },
    {
      label: t('webhooks.events'),
      value: endpoint.events.includes('*')
        ? t('webhooks.events_all')
        : endpoint.events.map((type) => word('webhooks.event_', type)).join(' · '),
    },
    { label: t('webhooks.secret_at'), value: <When at={endpoint.secret_changed_at} full /> },
    ...(endpoint.old_secret_until
      ? [{ label: t('webhooks.old_secret'), value: <When at={endpoint.old_secret_until} full /> }]
      : []),
    ...(endpoint.failing_since
      ? [{ label: t('webhooks.failing_since'), value: <When at={endpoint.failing_since} full /> }]
      : []),
    { label: t('webhooks.description'), value: endpoint.description ?? '–' },
    { label: t('field.created_at'), value: <When at={endpoint.created_at} full /> },
    { label: t('field.id'), value: <CopyId id={endpoint.id} what={t('field.id')} />, isWide: true },
  ]
  return (
    <Page
      title={t('webhooks.one')}
      beside={<Standing group="webhooks.state_" word={endpoint.state} />}
      actions={<EndpointButtons endpoint={endpoint} />}
    >
      {reason && (
        <div className="ct-bar ct-bar-warn" role="status">
          {isEnglish ? reason.text_en : reason.text_zh}
        </div>
      )}
      <Panel title={t('merchants.profile')}>
        <Facts facts={facts} />
      </Panel>
      <Deliveries endpoint={endpoint} />
    </Page>
  )
}

const states = ['', 'pending', 'succeeded', 'failed']

function Deliveries({ endpoint }: { endpoint: WebhookEndpoint }): ReactElement {
  const t = useText()
  const word = useWord()
  const navigate = useNavigate()
  const box = useFilters(['state'] as const)
  const openId = (useSearch({ strict: false }) as Filters)['delivery'] ?? null
  const list = useList<WebhookDelivery>('/v1/webhook_deliveries', {
    endpoint: endpoint.id,
    ...box.filters,
  })
  const columns = useMemo(() => columnsOf(t, word), [t, word])
  const show = (delivery: string | undefined): void =>
    void navigate({
      to: '.',
      search: (before: Filters) => ({ ...before, delivery }),
      replace: true,
      resetScroll: false,
    })
  return (
    <>
      <h2 className="ct-list-title">{t('webhooks.deliveries')}</h2>
      <ListTable
        name="delivery"
        title={t('webhooks.deliveries')}
        columns={columns}
        list={list}
        onOpen={({ id }) => show(id)}
        isOpen={({ id }) => id === openId}
        filter={box}
        toolbar={
          <Segmented
            value={box.filters.state ?? ''}
            onChange={(state) => box.set({ state: state || undefined })}
            options={states.map((value) => ({
              value,
              label: value ? word('webhooks.delivery_', value) : t('accounts.group_all'),
            }))}
            data-testid="filter-state"
          />
        }
        empty={{ title: t('webhooks.no_deliveries'), detail: t('webhooks.no_deliveries_detail') }}
      />
      <DeliveryDrawer id={openId} onClose={() => show(undefined)} />
    </>
  )
}

function columnsOf(t: Text, word: ReturnType<typeof useWord>): Column<WebhookDelivery>[] {
  return [
    {
      key: 'time',
      title: t('field.time'),
      always: true,
      width: 110,
      cell: (row) => <When at={row.created_at} />,
    },
    {
      key: 'type',
      title: t('webhooks.type'),
      always: true,
      cell: (row) => (
        <>
          {word('webhooks.event_', row.type)} <code className="ct-muted">{row.type}</code>
        </>
      ),
    },
    {
      key: 'state',
      title: t('field.state'),
      width: 120,
      cell: (row) => <Standing group="webhooks.delivery_" word={row.state} />,
    },
    { key: 'status', title: t('webhooks.status'), cell: (row) => row.status ?? '–' },
    {
      key: 'attempts',
      title: t('webhooks.attempts'),
      align: 'right',
      cell: (row) => row.attempts,
    },
    {
      key: 'next',
      title: t('webhooks.next_attempt'),
      wide: true,
      cell: (row) => (row.next_attempt_at ? <When at={row.next_attempt_at} /> : '–'),
    },
  ]
}
