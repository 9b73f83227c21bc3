import { Modal } from 'antd'
import { useMemo, useState, type ReactElement } from 'react'
import type { TrailEntry } from '../../ui/types.ts'
import { addDays, isDay, startOfDay } from '../days.ts'
import { useFilters } from '../filters.ts'
import { ActorName } from '../parts/ActorName.tsx'
import { DetailText, type Detail } from '../parts/DetailText.tsx'
import { CopyId } from '../parts/CopyId.tsx'
import { JsonView } from '../parts/JsonView.tsx'
import { ListTable, type Column } from '../parts/ListTable.tsx'
import { Page } from '../parts/Page.tsx'
import { TrailFilters } from '../parts/TrailFilters.tsx'
import { When } from '../parts/When.tsx'
import { useList } from '../resources.ts'
import { useZone } from '../session.tsx'
import { useText, useWord } from '../text.ts'

const names = ['actor', 'action', 'from', 'to'] as const

/** Who did what, as the trail keeps it; nothing in it can be changed. */
export default function Trail(): ReactElement {
  const t = useText()
  const word = useWord()
  const zone = useZone()
  const box = useFilters(names)
  const { from, to, ...same } = box.filters
  // Whole days of the institution's zone; the last one is included.
  const list = useList<TrailEntry>('/v1/trail', {
    ...same,
    ...(isDay(from) ? { since: startOfDay(from, zone) } : {}),
    ...(isDay(to) ? { until: startOfDay(addDays(to, 1), zone) } : {}),
  })
  const [open, setOpen] = useState<TrailEntry | null>(null)
  const columns = useMemo<Column<TrailEntry>[]>(
    () => [
      {
        key: 'at',
        title: t('field.time'),
        always: true,
        width: 170,
        cell: (row) => <When at={row.at} full />,
      },
      { key: 'actor', title: t('trail.actor'), cell: (row) => <ActorName of={row.actor} /> },
      {
        key: 'action',
        title: t('trail.action'),
        always: true,
        cell: (row) => word('action.', row.action),
      },
      {
        key: 'subject',
        title: t('trail.subject'),
        cell: (row) => <CopyId id={row.subject} what={t('trail.subject')} short />,
      },
      {
        key: 'detail',
        title: t('trail.detail'),
        wrap: true,
        cell: (row) => <DetailText of={row.detail as Detail} />,
      },
    ],
    [t, word],
  )
  return (
    <Page title={t('trail.title')}>
      <ListTable
        name="trail"
        title={t('trail.title')}
        columns={columns}
        list={list}
        onOpen={setOpen}
        isOpen={(row) => row.id === open?.id}
        filter={box}
        toolbar={<TrailFilters box={box} />}
        empty={{ title: t('trail.empty'), detail: t('trail.empty_detail') }}
      />
      <Modal
        open={open !== null}
        onCancel={() => setOpen(null)}
        footer={null}
        width={640}
        title={open && word('action.', open.action)}
      >
        {open && <JsonView of={open} />}
      </Modal>
    </Page>
  )
}
