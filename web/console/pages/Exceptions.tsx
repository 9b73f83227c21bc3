import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Segmented } from 'antd'
import { useMemo, type ReactElement } from 'react'
import { Money } from '../../ui/money.tsx'
import { SchemeMark } from '../../ui/scheme.tsx'
import { AgeTag } from '../exceptions/Age.tsx'
import { ExceptionDrawer } from '../exceptions/ExceptionDrawer.tsx'
import { RiskPanel } from '../exceptions/RiskPanel.tsx'
import { useFilters } from '../filters.ts'
import { shortId } from '../parts/CopyId.tsx'
import { ListTable, type Column } from '../parts/ListTable.tsx'
import { Page } from '../parts/Page.tsx'
import { Standing } from '../parts/Standing.tsx'
import { InRow } from '../parts/TableRow.tsx'
import { When } from '../parts/When.tsx'
import { useList, type Filters } from '../resources.ts'
import { useText, useWord, type Text } from '../text.ts'
import type { ExceptionView } from '../types.ts'

/** What a person must decide: the open ones first, each with its age and the money at risk. */
export default function Exceptions(): ReactElement {
  const t = useText()
  const word = useWord()
  const navigate = useNavigate()
  const { filters, set } = useFilters(['state'] as const)
  const state = filters.state === 'resolved' ? 'resolved' : 'open'
  const openId = (useSearch({ strict: false }) as Filters)['exception'] ?? null
  const list = useList<ExceptionView>('/v1/exceptions', { state })
  const columns = useMemo(() => columnsOf({ t, word, state }), [t, word, state])
  const show = (exception: string | undefined): void =>
    void navigate({
      to: '.',
      search: (before: Filters) => ({ ...before, exception }),
      replace: true,
      resetScroll: false,
    })
  return (
    <Page title={t('exceptions.title')}>
      <RiskPanel />
      <ListTable
        key={state}
        name="exception"
        title={t('exceptions.title')}
        columns={columns}
        list={list}
        onOpen={({ id }) => show(id)}
        isOpen={({ id }) => id === openId}
        toolbar={
          <Segmented
            value={state}
            onChange={(chosen) => set({ state: chosen === 'open' ? undefined : chosen })}
            options={[
              { value: 'open', label: t('exceptions.state_open') },
              { value: 'resolved', label: t('exceptions.state_resolved') },
            ]}
            data-testid="filter-state"
          />
        }
        empty={{
          title: t(`exceptions.empty_${state}`),
          detail: t(`exceptions.empty_${state}_detail`),
        }}
      />
      <ExceptionDrawer id={openId} onClose={() => show(undefined)} />
    </Page>
  )
}

type ColumnsOf = { t: Text; word: ReturnType<typeof useWord>; state: 'open' | 'resolved' }

function columnsOf({ t, word, state }: ColumnsOf): Column<ExceptionView>[] {
  const isResolved = state === 'resolved'
  const done: Column<ExceptionView>[] = [
    {
      key: 'action',
      title: t('exceptions.action'),
      cell: (row) => (row.action ? word('exceptions.do_', row.action) : '–'),
    },
    {
      key: 'resolved_at',
      title: t('exceptions.resolved_at'),
      cell: (row) => (row.resolved_at ? <When at={row.resolved_at} /> : '–'),
    },
  ]
  return [
    {
      key: 'age',
      title: t('exceptions.age'),
      always: true,
      width: 120,
      cell: (row) => <AgeTag of={row} />,
    },
    {
      key: 'kind',
      title: t('exceptions.what_happened'),
      always: true,
      cell: (row) => t(`exceptions.kind_${row.kind}`),
    },
    {
      key: 'amount',
      title: t('exceptions.risk'),
      align: 'right',
      width: 120,
      cell: (row) => <Money minor={row.amount} currency={row.currency} size="s" />,
    },
    {
      key: 'channel',
      title: t('channels.channel'),
      wide: true,
      cell: (row) => {
        const channel = row.detail['channel']
        return typeof channel === 'string' ? <SchemeMark scheme={channel} size={16} /> : '–'
      },
    },
    {
      key: 'state',
      title: t('field.state'),
      width: 110,
      hidden: !isResolved,
      cell: (row) => <Standing group="exceptions.state_" word={row.state} />,
    },
    {
      key: 'payment',
      title: t('exceptions.payment'),
      cell: (row) =>
        row.payment ? (
          <InRow>
            <Link to="/payments/$id" params={{ id: row.payment }}>
              <code>{shortId(row.payment)}</code>
            </Link>
          </InRow>
        ) : (
          '–'
        ),
    },
    {
      key: 'opened_at',
      title: t('exceptions.opened_at'),
      cell: (row) => <When at={row.opened_at} />,
    },
    ...(isResolved ? done : []),
  ]
}
