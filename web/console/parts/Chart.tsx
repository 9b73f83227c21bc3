import type { EChartsCoreOption } from 'echarts/core'
import { Segmented } from 'antd'
import { useEffect, useRef, type ReactElement } from 'react'
import { useThemeMode } from '../../ui/theme-mode.ts'
import { dark, fontStack, light, type Palette } from '../../ui/tokens.ts'
import { useText } from '../text.ts'

export type ChartProps = {
  /** What the chart shows, for those who do not see it. */
  label: string
  option: (colours: Palette) => EChartsCoreOption
  height: number
  testId?: string
}

/** A chart drawn by ECharts, which is a chunk of its own and comes when the first chart is shown. */
export function Chart({ label, option, height, testId }: ChartProps): ReactElement {
  const frame = useRef<HTMLDivElement>(null)
  const { mode } = useThemeMode()

  useEffect(() => {
    const element = frame.current
    if (!element) return
    let isGone = false
    let end = (): void => undefined
    void import('./echarts.ts').then(({ init }) => {
      if (isGone) return
      const chart = init(element, null, { renderer: 'svg' })
      const colours = mode === 'dark' ? dark : light
      chart.setOption({
        animation: !matchMedia('(prefers-reduced-motion: reduce)').matches,
        animationDuration: 200,
        textStyle: { fontFamily: fontStack, color: colours.muted },
        ...option(colours),
      })
      const watcher = new ResizeObserver(() => chart.resize())
      watcher.observe(element)
      end = () => {
        watcher.disconnect()
        chart.dispose()
      }
    })
    return () => {
      isGone = true
      end()
    }
  }, [option, mode])

  return (
    <div
      ref={frame}
      className="ct-chart"
      role="img"
      aria-label={label}
      style={{ height }}
      data-testid={testId}
    />
  )
}

export type ChartView = 'chart' | 'table'

/** Shows a chart's figures instead of the chart, for those who read rather than look. */
export function ViewSwitch(props: {
  view: ChartView
  onChange: (view: ChartView) => void
}): ReactElement {
  const t = useText()
  return (
    <Segmented
      size="small"
      value={props.view}
      onChange={props.onChange}
      options={[
        { value: 'chart', label: t('chart.as_chart') },
        { value: 'table', label: t('chart.as_table') },
      ]}
      data-testid="chart-view"
    />
  )
}

/** What all charts have in common: thin lines, quiet labels, a tooltip in our colours. */
export function chartLook(colours: Palette): {
  axis: Record<string, unknown>
  tooltip: Record<string, unknown>
} {
  return {
    axis: {
      axisLine: { lineStyle: { color: colours['line-strong'] } },
      axisTick: { show: false },
      axisLabel: { color: colours.muted, fontSize: 11 },
      splitLine: { lineStyle: { color: colours.line } },
      nameTextStyle: { color: colours.muted, fontSize: 11 },
    },
    tooltip: {
      backgroundColor: colours.raised,
      borderColor: colours.line,
      textStyle: { color: colours.text, fontSize: 12 },
      confine: true,
    },
  }
}
