import { Button } from 'antd'
import { useMemo, useState, type ReactElement } from 'react'
import { ListTable, type Column } from '../parts/ListTable.tsx'
import { Page } from '../parts/Page.tsx'
import { SecretOnce } from '../parts/SecretOnce.tsx'
import { Standing } from '../parts/Standing.tsx'
import { When } from '../parts/When.tsx'
import { AddPeer } from '../peers/PeerForms.tsx'
import { PeerButtons } from '../peers/PeerButtons.tsx'
import { useList } from '../resources.ts'
import { useText } from '../text.ts'
import type { Peer } from '../types.ts'

/** Institutions whose merchants may charge the payers here, and the keys with them. */
export default function Peers(): ReactElement {
  const t = useText()
  const list = useList<Peer>('/v1/peer_institutions')
  const [isAdding, setAdding] = useState(false)
  const [shown, setShown] = useState<{ of: string; key: string } | null>(null)
  const columns = useColumns((of, key) => setShown({ of, key }))
  const add = (
    <Button type="primary" onClick={() => setAdding(true)} data-testid="create">
      {t('peers.create')}
    </Button>
  )
  return (
    <Page title={t('peers.title')} actions={add}>
      <p className="ct-small">{t('peers.lead')}</p>
      <ListTable
        name="peer"
        title={t('peers.title')}
        columns={columns}
        list={list}
        empty={{ title: t('peers.empty'), detail: t('peers.empty_detail'), action: add }}
      />
      {isAdding && (
        <AddPeer
          onClose={() => setAdding(false)}
          onDone={({ name, answer_key: key }) => {
            setAdding(false)
            if (key) setShown({ of: name, key })
          }}
        />
      )}
      {shown && (
        <SecretOnce
          title={t('peers.answer_key')}
          of={shown.of}
          secret={shown.key}
          note={t('peers.answer_note')}
          onClose={() => setShown(null)}
        />
      )}
    </Page>
  )
}

function useColumns(show: (of: string, key: string) => void): Column<Peer>[] {
  const t = useText()
  return useMemo<Column<Peer>[]>(
    () => [
      { key: 'name', title: t('field.name'), always: true, cell: (row) => row.name },
      { key: 'id', title: t('peers.institution'), width: 120, cell: (row) => row.id },
      {
        key: 'state',
        title: t('field.state'),
        width: 100,
        cell: (row) => <Standing group="peers.state_" word={row.state} />,
      },
      {
        key: 'key',
        title: t('peers.key_of'),
        width: 140,
        cell: (row) => <code>{row.fingerprint}</code>,
      },
      {
        key: 'old',
        title: t('peers.old_until'),
        width: 160,
        cell: ({ old_key_until: until }) => (until === null ? '–' : <When at={until} full />),
      },
      {
        key: 'next',
        title: t('peers.next'),
        width: 180,
        cell: ({ name, next_answer_key: next }) =>
          next === null ? (
            '–'
          ) : (
            <Button size="small" type="link" onClick={() => show(name, next)}>
              {t('peers.next_ready')}
            </Button>
          ),
      },
      {
        key: 'actions',
        title: t('list.actions'),
        width: 360,
        cell: (row) => <PeerButtons peer={row} onMade={show} />,
      },
    ],
    // What it shows with stays the same thing, made anew with every render.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [t],
  )
}
