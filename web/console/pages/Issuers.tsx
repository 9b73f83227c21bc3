import { App, Button } from 'antd'
import { useMemo, useState, type ReactElement } from 'react'
import { SchemeMark } from '../../ui/scheme.tsx'
import { CreateIssuer } from '../forms/CreateIssuer.tsx'
import { PrefixMap } from '../forms/PrefixMap.tsx'
import { useAsk } from '../parts/actions.ts'
import { CopyId } from '../parts/CopyId.tsx'
import { ListTable, type Column } from '../parts/ListTable.tsx'
import { Page, Panel } from '../parts/Page.tsx'
import { Standing } from '../parts/Standing.tsx'
import { InRow } from '../parts/TableRow.tsx'
import { Day, When } from '../parts/When.tsx'
import { api, useChange, useList } from '../resources.ts'
import { useText, type Text } from '../text.ts'
import type { Issuer } from '../types.ts'

/** Whose codes begin with what; terminals follow a change within seconds. */
export default function Issuers(): ReactElement {
  const t = useText()
  const { message } = App.useApp()
  const list = useList<Issuer>('/v1/issuers')
  const all = useMemo(() => list.data?.pages.flatMap((page) => page.data) ?? [], [list.data])
  const [isCreating, setCreating] = useState(false)
  const columns = useMemo(() => columnsOf(t), [t])
  const create = (
    <Button type="primary" onClick={() => setCreating(true)} data-testid="create">
      {t('issuers.create')}
    </Button>
  )
  return (
    <Page title={t('issuers.title')} actions={create}>
      {all.length > 0 && (
        <Panel title={t('issuers.map')}>
          <PrefixMap issuers={all} />
        </Panel>
      )}
      <ListTable
        name="issuer"
        title={t('issuers.title')}
        columns={columns}
        list={list}
        empty={{ title: t('issuers.empty'), detail: t('issuers.empty_detail'), action: create }}
      />
      {isCreating && (
        <CreateIssuer
          onClose={() => setCreating(false)}
          onDone={() => {
            setCreating(false)
            void message.success(t('issuers.created'))
          }}
        />
      )}
    </Page>
  )
}

function columnsOf(t: Text): Column<Issuer>[] {
  return [
    {
      key: 'scheme',
      title: t('channels.scheme'),
      always: true,
      width: 150,
      cell: (row) => <SchemeMark scheme={row.scheme} size={16} />,
    },
    {
      key: 'prefixes',
      title: t('issuers.prefixes'),
      always: true,
      wrap: true,
      cell: (row) => (
        <span className="ct-chips">
          {row.prefixes.map((prefix) => (
            <code key={prefix}>{prefix}</code>
          ))}
        </span>
      ),
    },
    {
      key: 'length',
      title: t('issuers.length'),
      width: 100,
      cell: (row) =>
        row.min_length === row.max_length
          ? row.min_length
          : `${row.min_length} – ${row.max_length}`,
    },
    {
      key: 'pattern',
      title: t('issuers.pattern'),
      wide: true,
      cell: (row) => t(`issuers.pattern_${row.pattern}`),
    },
    {
      key: 'institution',
      title: t('issuers.institution'),
      cell: (row) => row.institution_name ?? row.institution ?? t('issuers.shared'),
    },
    {
      key: 'state',
      title: t('field.state'),
      width: 110,
      cell: (row) => <Standing group="routing.state_" word={row.state} />,
    },
    {
      key: 'valid_from',
      title: t('routing.valid_from'),
      wide: true,
      cell: (row) => <Day at={row.valid_from} />,
    },
    {
      key: 'valid_until',
      title: t('routing.valid_until'),
      cell: (row) => (row.valid_until ? <When at={row.valid_until} /> : t('routing.no_end')),
    },
    {
      key: 'actions',
      title: t('list.actions'),
      width: 80,
      cell: (row) => <EndIssuer issuer={row} />,
    },
    {
      key: 'id',
      title: t('field.id'),
      hidden: true,
      cell: (row) => <CopyId id={row.id} what={t('field.id')} />,
    },
  ]
}

/** Ends an issuer after asking. An institution's own codes are not ended by hand. */
function EndIssuer({ issuer }: { issuer: Issuer }): ReactElement | null {
  const t = useText()
  const ask = useAsk()
  const { message } = App.useApp()
  const end = useChange(
    '/v1/issuers',
    () => api.post(`/v1/issuers/${issuer.id}/end`, {}),
    () => void message.success(t('routing.ended')),
  )
  if (issuer.state === 'ended' || issuer.institution) return null
  const prefixes = issuer.prefixes.join(', ')
  return (
    <InRow>
      <Button
        type="link"
        size="small"
        danger
        onClick={() =>
          ask(
            {
              ...{ title: t('issuers.end_title', { prefixes }), note: t('issuers.end_note') },
              ...{ ok: t('routing.end'), isDanger: true },
            },
            () => end.mutateAsync(undefined),
          )
        }
        data-testid="end"
      >
        {t('routing.end')}
      </Button>
    </InRow>
  )
}
