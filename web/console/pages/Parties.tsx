import { App, Button, Drawer } from 'antd'
import { useMemo, useState, type ReactElement } from 'react'
import type { Party } from '../../ui/types.ts'
import { useFilters } from '../filters.ts'
import { CreateParty } from '../forms/CreateParty.tsx'
import { ApiKeys } from '../merchant/ApiKeys.tsx'
import { CopyId } from '../parts/CopyId.tsx'
import { ListTable, type Column } from '../parts/ListTable.tsx'
import { Page } from '../parts/Page.tsx'
import { SearchField } from '../parts/SearchField.tsx'
import { SecretOnce } from '../parts/SecretOnce.tsx'
import { Day } from '../parts/When.tsx'
import { useList } from '../resources.ts'
import { useText, useWord } from '../text.ts'

const names = ['q'] as const

/** Agents and platforms: who else has a share in merchants' payments. */
export default function Parties(): ReactElement {
  const t = useText()
  const { message } = App.useApp()
  const word = useWord()
  const box = useFilters(names)
  const list = useList<Party>('/v1/parties', box.filters)
  const [isCreating, setCreating] = useState(false)
  const [made, setMade] = useState<Party | null>(null)
  const [keysOf, setKeysOf] = useState<Party | null>(null)
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
      {
        key: 'keys',
        title: t('api_keys.title'),
        width: 140,
        cell: (row) => (
          <Button size="small" onClick={() => setKeysOf(row)} data-testid="party-keys">
            {t('api_keys.title')}
          </Button>
        ),
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
        filter={box}
        toolbar={<SearchField box={box} />}
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
      {keysOf && (
        <Drawer
          open
          size={640}
          title={t('api_keys.of', { name: keysOf.name })}
          onClose={() => setKeysOf(null)}
        >
          <ApiKeys owner={keysOf.id} name={keysOf.name} />
        </Drawer>
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
