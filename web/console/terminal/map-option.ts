import type { EChartsCoreOption } from 'echarts/core'
import type { Palette } from '../../ui/tokens.ts'
import type { Position } from '../../ui/types.ts'
import { chartLook } from '../parts/Chart.tsx'
import { circle, degreesOf, distanceM, distanceText, ringRadiusM } from '../payment/geo.ts'
import type { Outline } from './outline.ts'

const SIDE = 360
/** The height of the whole drawing, with the figures below the grid. */
export const MAP_HEIGHT = SIDE + 52

export type Dot = { name: string; at: Position; look: 'store' | 'good' | 'bad' | 'past' }
export type MapParts = {
  dots: readonly Dot[]
  /** The middle of the rings; the first dot when there is no store. */
  middle: Position
  /** How far a terminal may go, in metres. */
  fenceM: number | null
  outlines: readonly Outline[]
}

/**
 * A schematic map: a plain grid of longitude and latitude with the store in the middle, rings that
 * say how far, the fence, and a dot for each terminal. No map is shipped, for it would need a licensed
 * source; outlines that an operator supplies are drawn below.
 */
export function mapOption(parts: MapParts, colours: Palette): EChartsCoreOption {
  const { dots, middle, fenceM, outlines } = parts
  const farthestM = Math.max(fenceM ?? 0, ...dots.map(({ at }) => distanceM(middle, at)))
  const ringM = ringRadiusM(farthestM)
  const reach = degreesOf(ringM * 1.15, middle)
  const { axis, tooltip } = chartLook(colours)
  const bounded = (centre: number, by: number) => ({
    ...axis,
    type: 'value',
    min: centre - by,
    max: centre + by,
    interval: by,
    axisLabel: { ...(axis['axisLabel'] as object), formatter: (x: number) => x.toFixed(4) },
  })
  const colourOf = {
    ...{ store: colours.text, good: colours.accent },
    ...{ bad: colours.failed, past: colours['line-strong'] },
  }
  return {
    grid: { left: 68, top: 16, width: SIDE, height: SIDE },
    tooltip: { ...tooltip, formatter: ({ seriesName }: { seriesName: string }) => seriesName },
    xAxis: bounded(middle.longitude, reach.longitude),
    yAxis: bounded(middle.latitude, reach.latitude),
    series: [
      ...outlines.map((data) => line(data, colours['line-strong'], 'solid')),
      ...[0.5, 1].map((share) =>
        line(circle(middle, ringM * share), colours['line-strong'], 'dotted'),
      ),
      ...(fenceM === null ? [] : [line(circle(middle, fenceM), colours.failed, 'dashed')]),
      ...[0.5, 1].map((share) => ringLabel(middle, ringM * share, colours)),
      ...dots.map((dot) => scatter(dot, colourOf[dot.look], colours.surface)),
    ],
  }
}

function line(data: readonly (readonly [number, number])[], color: string, type: string): object {
  return {
    ...{ type: 'line', data, showSymbol: false, silent: true, clip: true, z: 1 },
    lineStyle: { color, width: 1, type },
  }
}

function scatter({ name, at, look }: Dot, color: string, halo: string): object {
  const label = {
    ...{ show: look !== 'past', formatter: '{a}', position: 'right', color, fontSize: 11 },
    ...{ textBorderColor: halo, textBorderWidth: 3 },
  }
  return {
    type: 'scatter',
    name,
    data: [[at.longitude, at.latitude]],
    symbol: look === 'store' ? 'rect' : 'circle',
    symbolSize: look === 'past' ? 6 : 11,
    itemStyle: { color },
    label,
    labelLayout: { moveOverlap: 'shiftY' },
    z: look === 'past' ? 2 : 3,
  }
}

function ringLabel(middle: Position, metres: number, colours: Palette): object {
  const top = middle.latitude + degreesOf(metres, middle).latitude
  return {
    ...{ type: 'scatter', silent: true, symbolSize: 0, data: [[middle.longitude, top]] },
    label: {
      ...{ show: true, position: 'top', formatter: distanceText(metres) },
      ...{ color: colours.muted, fontSize: 11 },
    },
  }
}
