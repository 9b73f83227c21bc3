import { App, Button } from 'antd'
import { useMemo, useState, type ReactElement } from 'react'
import type { Party } from '../../ui/types.ts'
import { CreateParty } from '../forms/CreateParty.tsx'
import { CopyId } from '../parts/CopyId.tsx'
import { ListTable, type Column } from '../parts/ListTable.tsx'
import { Page } from '../parts/Page.tsx'
import { SecretOnce } from '../parts/SecretOnce.tsx'
import { Day } from '../parts/When.tsx'
import { useList } from '../resources.ts'
import { useText, useWord } from '../text.ts'

/** Agents and platforms: who else has a share in merchants' payments. */
export default function Parties(): ReactElement {
  const t = useText()
  const { message } = App.useApp()
  const word = useWord()
  const list = useList<Party>('/v1/parties')
  const [isCreating, setCreating] = useState(false)
  const [made, setMade] = useState<Party | null>(null)
  const columns = useMemo<Column<Party>[]>(
    () => [
      { key: 'name', title: t('field.name'), always: true, cell: (row) => row.name },
      {
        key: 'kind',
        title: t('field.kind'),
        width: 140,
        cell: (row) => word('parties.kind_', row.kind),
      },
      {
        key: 'created_at',
        title: t('field.created_at'),
        width: 140,
        cell: (row) => <Day at={row.created_at} />,
      },
      {
        key: 'id',
        title: t('field.id'),
        width: 180,
        cell: (row) => <CopyId id={row.id} what={t('field.id')} short />,
      },
    ],
    [t, word],
  )
  const create = (
    <Button type="primary" onClick={() => setCreating(true)} data-testid="create">
      {t('parties.create')}
    </Button>
  )
  return (
    <Page title={t('parties.title')} actions={create}>
      <ListTable
        name="party"
        title={t('parties.title')}
        columns={columns}
        list={list}
        empty={{ title: t('parties.empty'), detail: t('parties.empty_detail'), action: create }}
      />
      {isCreating && (
        <CreateParty
          onClose={() => setCreating(false)}
          onDone={(party) => {
            setCreating(false)
            setMade(party)
            // A repeated answer, after one that was lost on the way, comes without the key.
            if (!party.api_key) void message.warning(t('once.lost_key'), 10)
          }}
        />
      )}
      {made?.api_key && (
        <SecretOnce
          title={t('once.key_title')}
          of={t('parties.key_what', { name: made.name })}
          secret={made.api_key}
          note={t('once.key_note')}
          onClose={() => setMade(null)}
        />
      )}
    </Page>
  )
}
