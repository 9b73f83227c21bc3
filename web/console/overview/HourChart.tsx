import type { EChartsCoreOption } from 'echarts/core'
import { useCallback, type ReactElement } from 'react'
import { Money, moneyText } from '../../ui/money.tsx'
import type { DayTotals } from '../../ui/types.ts'
import type { Palette } from '../../ui/tokens.ts'
import { Chart, chartLook, type ChartView } from '../parts/Chart.tsx'
import { EmptyState } from '../parts/ListStates.tsx'
import { useText } from '../text.ts'
import { fullHours, type Hour } from './figures.ts'

const clock = (hour: number): string => `${String(hour).padStart(2, '0')}:00`

/** Amount and number of payments by the hour, as a drawing or as a table. */
export function HourChart({ totals, view }: { totals: DayTotals; view: ChartView }): ReactElement {
  const t = useText()
  const hours = totals.by_hour
  const { currency } = totals
  const key = JSON.stringify(hours)
  const option = useCallback(
    (colours: Palette) => {
      const names = { amount: t('overview.amount'), count: t('overview.count') }
      return hourOption(fullHours(JSON.parse(key) as Hour[]), { colours, currency, names })
    },
    [key, currency, t],
  )
  if (hours.length === 0) return <EmptyState title={t('chart.none')} />
  if (view === 'table') return <HourTable hours={hours} currency={currency} />
  const label = t('overview.chart_label', { date: totals.business_date })
  return <Chart label={label} option={option} height={300} testId="hour-chart" />
}

function HourTable({ hours, currency }: { hours: Hour[]; currency: string }): ReactElement {
  const t = useText()
  return (
    <table className="ct-table ct-dense" aria-label={t('overview.by_hour')}>
      <thead>
        <tr>
          <th scope="col">{t('overview.hour')}</th>
          <th scope="col" data-align="right">
            {t('overview.count')}
          </th>
          <th scope="col" data-align="right">
            {t('overview.amount')}
          </th>
        </tr>
      </thead>
      <tbody>
        {hours.map(({ hour, count, amount }) => (
          <tr key={hour} data-testid="hour-row">
            <td data-label={t('overview.hour')}>{clock(hour)}</td>
            <td data-label={t('overview.count')} data-align="right">
              {count}
            </td>
            <td data-label={t('overview.amount')} data-align="right">
              <Money minor={amount} currency={currency} size="s" />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

type Look = { colours: Palette; currency: string; names: { amount: string; count: string } }

function hourOption(hours: Hour[], { colours, currency, names }: Look): EChartsCoreOption {
  const { axis, tooltip } = chartLook(colours)
  const unit = (minor: number): string =>
    moneyText(Math.round(minor), currency).replace(/\.00$/, '')
  return {
    aria: { enabled: true },
    grid: { left: 8, right: 8, top: 36, bottom: 4, containLabel: true },
    legend: {
      top: 0,
      right: 0,
      itemWidth: 10,
      itemHeight: 10,
      textStyle: { color: colours.muted },
    },
    tooltip: { ...tooltip, trigger: 'axis', axisPointer: { type: 'shadow' } },
    xAxis: { ...axis, type: 'category', data: hours.map(({ hour }) => clock(hour)) },
    yAxis: [
      {
        ...axis,
        type: 'value',
        axisLine: { show: false },
        axisLabel: { ...(axis['axisLabel'] as object), formatter: unit },
      },
      {
        ...axis,
        type: 'value',
        axisLine: { show: false },
        splitLine: { show: false },
        minInterval: 1,
      },
    ],
    series: [
      {
        type: 'bar',
        name: names.amount,
        data: hours.map(({ amount }) => amount),
        itemStyle: { color: colours.accent, borderRadius: [2, 2, 0, 0] },
        barMaxWidth: 20,
        tooltip: { valueFormatter: (minor: number) => moneyText(minor, currency) },
      },
      {
        type: 'line',
        name: names.count,
        yAxisIndex: 1,
        // A quiet hour is a gap in the line and not a fall to nothing.
        data: hours.map(({ count }) => count || null),
        lineStyle: { color: colours.waiting, width: 2 },
        itemStyle: { color: colours.waiting },
        symbolSize: 5,
      },
    ],
  }
}
