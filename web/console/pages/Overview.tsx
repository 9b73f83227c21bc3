import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useEffect, useMemo, useRef, useState, type ReactElement } from 'react'
import { Link } from '@tanstack/react-router'
import type { DayTotals, List, PaymentView } from '../../ui/types.ts'
import { addDays, isDay, startOfDay, today } from '../days.ts'
import { useFilters } from '../filters.ts'
import { ConnectionBar, ConnectionMark } from '../live/Connection.tsx'
import { Cards } from '../overview/Cards.tsx'
import { HourChart } from '../overview/HourChart.tsx'
import { SchemeShares } from '../overview/SchemeShares.tsx'
import { ViewSwitch, type ChartView } from '../parts/Chart.tsx'
import { Choose } from '../parts/fields.tsx'
import { Bars, EmptyState, ErrorState } from '../parts/ListStates.tsx'
import { Page, Panel } from '../parts/Page.tsx'
import { TableRows } from '../parts/TableRows.tsx'
import { usePaymentColumns } from '../payment/columns.tsx'
import { PaymentDrawer, useOpenPayment } from '../payment/PaymentDrawer.tsx'
import { DayInput } from '../payment/PeriodFilter.tsx'
import { api, useForget, useOne } from '../resources.ts'
import { useZone } from '../session.tsx'
import { useConnection, useEvents } from '../stream.tsx'
import { useText } from '../text.ts'

const names = ['date', 'store'] as const
// A busy shop would ask for its totals with every payment; this often is soon enough.
const REFRESH_MS = 2_000
const POLL_MS = 15_000

/** The business day at a glance. */
export default function Overview(): ReactElement {
  const t = useText()
  const zone = useZone()
  const { filters, set } = useFilters(names)
  const now = today(zone)
  const date = isDay(filters.date) ? filters.date : now
  const isToday = date === now
  const scope = filters.store ? { store: filters.store } : {}
  const { state } = useConnection()
  const poll = isToday && state !== 'live' ? POLL_MS : undefined
  const totals = useOne<DayTotals>('/v1/day_totals', { date, ...scope }, poll)
  const before = useOne<DayTotals>('/v1/day_totals', { date: addDays(date, -1), ...scope })
  useFollow(isToday)
  const [view, setView] = useState<ChartView>('chart')

  return (
    <Page
      title={t('overview.title')}
      beside={isToday && <ConnectionMark />}
      actions={
        <>
          <Choose
            path="/v1/stores"
            value={filters.store}
            onChange={(store) => set({ store })}
            placeholder={t('overview.store_all')}
            clearable
          />
          <DayInput
            label={t('overview.day')}
            value={date}
            max={now}
            onChange={(day) => set({ date: day === now ? undefined : day })}
          />
        </>
      }
    >
      <ConnectionBar />
      {totals.error && !totals.data ? (
        <ErrorState error={totals.error} onRetry={() => void totals.refetch()} />
      ) : (
        <Cards totals={totals.data} before={before.data} date={date} store={filters.store} />
      )}
      <div className="ct-columns">
        <div>
          <Panel
            title={t('overview.by_hour')}
            aside={<ViewSwitch view={view} onChange={setView} />}
            flush={view === 'table'}
          >
            {totals.data ? (
              <HourChart totals={totals.data} view={view} />
            ) : (
              <Bars rows={10} columns={3} />
            )}
          </Panel>
          {totals.data && <SchemeShares totals={totals.data} />}
        </div>
        <Latest date={date} zone={zone} scope={scope} isToday={isToday} />
      </div>
    </Page>
  )
}

/** Asks for the figures again when a payment ends, though not for each one in a rush. */
function useFollow(isOn: boolean): void {
  const forget = useForget()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEvents((event) => {
    if (!isOn || !event.type.startsWith('payment.')) return
    timer.current ??= setTimeout(() => {
      timer.current = undefined
      void forget('/v1/day_totals', '/v1/payments', 'overview')
    }, REFRESH_MS)
  })
  useEffect(() => () => clearTimeout(timer.current), [])
}

type LatestProps = { date: string; zone: string; scope: { store?: string }; isToday: boolean }

function Latest({ date, zone, scope, isToday }: LatestProps): ReactElement {
  const t = useText()
  const columns = usePaymentColumns('latest')
  const { openId, open, close } = useOpenPayment()
  const query = useMemo(
    () => ({
      created_gte: startOfDay(date, zone),
      created_lt: startOfDay(addDays(date, 1), zone),
    }),
    [date, zone],
  )
  const latest = useQuery({
    queryKey: ['overview', query, scope.store],
    queryFn: () => api.get<List<PaymentView>>('/v1/payments', { ...query, ...scope, limit: 12 }),
  })
  return (
    <Panel
      title={t('overview.latest')}
      flush
      aside={
        <Link to="/payments" search={{ from: date, to: date, ...scope }}>
          {t('overview.all_payments')}
        </Link>
      }
    >
      {latest.error && !latest.data ? (
        <ErrorState error={latest.error} onRetry={() => void latest.refetch()} />
      ) : !latest.data ? (
        <Bars rows={8} columns={4} />
      ) : latest.data.data.length === 0 ? (
        <EmptyState
          title={t(isToday ? 'overview.empty' : 'overview.empty_other')}
          action={isToday && <Button href="/till/">{t('overview.open_till')}</Button>}
        />
      ) : (
        <TableRows
          name="latest"
          title={t('overview.latest')}
          columns={columns}
          rows={latest.data.data}
          dense
          onOpen={open}
          isOpen={(row) => row.id === openId}
        />
      )}
      <PaymentDrawer id={openId} onClose={close} />
    </Panel>
  )
}
