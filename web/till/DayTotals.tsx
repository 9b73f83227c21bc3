import { Button, Skeleton } from 'antd'
import { useState, type ReactElement } from 'react'
import { problemText, useT } from '../ui/i18n.tsx'
import { Money, moneyText } from '../ui/money.tsx'
import type { DayTotals as Totals } from '../ui/types.ts'
import { useDayTotals } from './server.ts'

/** What this till took today: sums, and the hours as bars or as a table. */
export function DayTotals(): ReactElement {
  const t = useT()
  const totals = useDayTotals()
  const [isTable, setIsTable] = useState(false)
  if (totals.isError) return <p role="alert">{problemText(totals.error)}</p>
  if (!totals.data) return <Skeleton active paragraph={{ rows: 4 }} />
  const { amount, count, failed_count: failed, currency, business_date: day } = totals.data
  return (
    <div className="till-day" data-testid="day-totals">
      <header>
        <h2>{t('day.title')}</h2>
        <time>{day}</time>
        <Button
          type="link"
          size="small"
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => setIsTable(!isTable)}
        >
          {t(isTable ? 'day.as_chart' : 'day.as_table')}
        </Button>
      </header>
      <div className="till-day-sums">
        <Money minor={amount} currency={currency} size="l" />
        <span>{t('day.count', { count })}</span>
        <span>{t('day.failed', { count: failed })}</span>
      </div>
      {isTable ? <HourTable totals={totals.data} /> : <HourChart totals={totals.data} />}
    </div>
  )
}

const hours = Array.from({ length: 24 }, (_, hour) => hour)
const barWidth = 10
const barStep = 14
const chartHeight = 72

function HourChart({ totals }: { totals: Totals }): ReactElement {
  const t = useT()
  const { by_hour: byHour, currency } = totals
  const amounts = hours.map((at) => byHour.find(({ hour }) => hour === at)?.amount ?? 0)
  const most = Math.max(...amounts, 1)
  const width = hours.length * barStep
  return (
    <svg
      className="till-chart"
      viewBox={`0 0 ${width} ${chartHeight + 16}`}
      role="img"
      aria-label={t('day.chart', { amount: moneyText(totals.amount, currency) })}
    >
      {amounts.map((amount, hour) => {
        const height = amount > 0 ? Math.max(2, (amount / most) * chartHeight) : 1
        return (
          <rect
            key={hour}
            x={hour * barStep + 2}
            y={chartHeight - height}
            width={barWidth}
            height={height}
            rx={1.5}
            data-empty={amount === 0}
          >
            <title>{`${hour}:00 ${moneyText(amount, currency)}`}</title>
          </rect>
        )
      })}
      {hours
        .filter((hour) => hour % 6 === 0)
        .map((hour) => (
          <text key={hour} x={hour * barStep + 2} y={chartHeight + 13}>
            {String(hour).padStart(2, '0')}
          </text>
        ))}
    </svg>
  )
}

function HourTable({ totals }: { totals: Totals }): ReactElement {
  const t = useT()
  return (
    <table className="till-hours">
      <thead>
        <tr>
          <th scope="col">{t('day.hour')}</th>
          <th scope="col">{t('day.payments')}</th>
          <th scope="col">{t('till.amount')}</th>
        </tr>
      </thead>
      <tbody>
        {totals.by_hour.map(({ hour, count, amount }) => (
          <tr key={hour}>
            <td>{String(hour).padStart(2, '0')}:00</td>
            <td>{count}</td>
            <td>{moneyText(amount, totals.currency)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
