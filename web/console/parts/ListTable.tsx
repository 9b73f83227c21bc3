import { Button } from 'antd'
import { useEffect, useMemo, type ReactElement, type ReactNode } from 'react'
import { formatTime } from '../../ui/i18n.tsx'
import { Icon } from '../../ui/icons.tsx'
import type { Pages } from '../resources.ts'
import { useZone } from '../session.tsx'
import { useText } from '../text.ts'
import { ColumnChooser } from './ColumnChooser.tsx'
import { useLayout } from './layout.ts'
import { Bars, EmptyState, ErrorState, FilteredEmpty } from './ListStates.tsx'
import { TableRows, type Column } from './TableRows.tsx'

export type { Column } from './TableRows.tsx'

export type ListTableProps<T extends { id: string }> = {
  /** The table's name: its layout is remembered under it, and its rows are found by it in tests. */
  name: string
  title: string
  columns: Column<T>[]
  list: Pages<T>
  onOpen?: (row: T) => void
  isOpen?: (row: T) => boolean
  /** `whenFiltered`: the action helps also when nothing matches the filters. */
  empty: { title: string; detail?: string; action?: ReactNode; whenFiltered?: boolean }
  filter?: { isFiltered: boolean; clear: () => void }
  /** Stands left of the table's own buttons: filters, most of the time. */
  toolbar?: ReactNode
  tools?: ReactNode
  /** Narrows what was read, for what the API has no filter for. */
  keep?: (row: T) => boolean
}

/** A list of the API as a table, with every state a list can be in. */
export function ListTable<T extends { id: string }>(props: ListTableProps<T>): ReactElement {
  const { list, name, columns } = props
  const layout = useLayout(name, columns)
  const { keep } = props
  const rows = useMemo(() => {
    const all = list.data?.pages.flatMap((page) => page.data) ?? []
    return keep ? all.filter(keep) : all
  }, [list.data, keep])

  // What the API cannot filter may leave little of a page, so the next ones are read at once.
  const wantsMore = !!keep && rows.length < 20 && list.hasNextPage && !list.isFetching
  const { fetchNextPage } = list
  useEffect(() => {
    if (wantsMore) void fetchNextPage()
  }, [wantsMore, fetchNextPage])

  return (
    <section className="ct-list" aria-label={props.title}>
      <div className="ct-toolbar">
        <div className="ct-filters">{props.toolbar}</div>
        <div className="ct-tools">
          {props.tools}
          <RefreshButton isBusy={list.isFetching} onClick={() => void list.refetch()} />
          <ColumnChooser columns={columns} layout={layout} />
        </div>
      </div>
      {list.error && list.data && <StaleBar at={list.dataUpdatedAt} list={list} />}
      <ListBody {...props} rows={rows} shown={layout.shown(columns)} dense={layout.isDense} />
      {rows.length > 0 && <ListFoot list={list} count={rows.length} canOpen={!!props.onOpen} />}
    </section>
  )
}

type BodyProps<T extends { id: string }> = ListTableProps<T> & {
  rows: T[]
  shown: Column<T>[]
  dense: boolean
}

function ListBody<T extends { id: string }>(props: BodyProps<T>): ReactElement {
  const { list, rows, filter, empty } = props
  if (list.error && !list.data) {
    return <ErrorState error={list.error} onRetry={() => void list.refetch()} />
  }
  if (!list.data) return <Bars columns={Math.min(props.shown.length, 6)} />
  if (rows.length === 0 && filter?.isFiltered) {
    return <FilteredEmpty onClear={filter.clear} action={empty.whenFiltered && empty.action} />
  }
  if (rows.length === 0) return <EmptyState {...empty} />
  return (
    <TableRows
      name={props.name}
      title={props.title}
      columns={props.shown}
      rows={rows}
      dense={props.dense}
      {...(props.onOpen ? { onOpen: props.onOpen } : {})}
      {...(props.isOpen ? { isOpen: props.isOpen } : {})}
    />
  )
}

function RefreshButton({
  isBusy,
  onClick,
}: {
  isBusy: boolean
  onClick: () => void
}): ReactElement {
  const t = useText()
  return (
    <Button
      type="text"
      aria-label={t('list.refresh')}
      title={t('list.refresh')}
      icon={<Icon name="refresh" size={16} className={isBusy ? 'ot-spin' : ''} />}
      onClick={onClick}
    />
  )
}

function StaleBar({ at, list }: { at: number; list: { refetch: () => unknown } }): ReactElement {
  const t = useText()
  const zone = useZone()
  return (
    <div className="ct-bar ct-bar-warn" role="status">
      <Icon name="warning" size={16} />
      {t('list.stale', { time: formatTime(at, zone) })}
      <Button size="small" onClick={() => void list.refetch()}>
        {t('list.retry')}
      </Button>
    </div>
  )
}

type FootProps = {
  list: Pick<Pages<unknown>, 'hasNextPage' | 'fetchNextPage' | 'isFetchingNextPage'>
  count: number
  canOpen: boolean
}

function ListFoot({ list, count, canOpen }: FootProps): ReactElement {
  const t = useText()
  return (
    <div className="ct-foot">
      <span data-testid="list-count">
        {t(list.hasNextPage ? 'list.shown' : 'list.shown_all', { count })}
      </span>
      {list.hasNextPage && (
        <Button
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
          data-testid="load-more"
        >
          {t('list.more')}
        </Button>
      )}
      {canOpen && <span className="ct-keys">{t('list.keys')}</span>}
    </div>
  )
}
