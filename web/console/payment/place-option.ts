import type { EChartsCoreOption } from 'echarts/core'
import type { Palette } from '../../ui/tokens.ts'
import type { Position } from '../../ui/types.ts'
import { chartLook } from '../parts/Chart.tsx'
import { circle, degreesOf, distanceM, distanceText, ringRadiusM } from './geo.ts'

type Places = { position: Position; store: Position | null }
// The grid is square, so that the ring is round and a metre is as long in both directions.
const SIDE = 248
/** The height of the whole drawing, with the figures below the grid. */
export const PLACE_HEIGHT = SIDE + 44

type Names = { store: string; payment: string }

/**
 * A plain grid of longitude and latitude with the store in the middle, a ring that says how far,
 * and the payment with the circle of its accuracy. No map is drawn: it would need a licensed
 * source, and says nothing that the ring does not.
 */
export function placeOption(
  { position, store }: Places,
  names: Names,
  colours: Palette,
): EChartsCoreOption {
  const middle = store ?? position
  const accuracyM = position.accuracy_m ?? 0
  const radiusM = ringRadiusM(Math.max(distanceM(middle, position), accuracyM))
  const reach = degreesOf(radiusM * 1.35, middle)
  const { axis, tooltip } = chartLook(colours)
  const halo = colours.surface
  const line = (around: Position, metres: number, colour: string, type: string) => ({
    type: 'line',
    data: circle(around, metres),
    showSymbol: false,
    silent: true,
    lineStyle: { color: colour, width: 1, type },
    z: 1,
  })
  const bounded = (centre: number, by: number) => ({
    ...axis,
    type: 'value',
    min: centre - by,
    max: centre + by,
    interval: by,
    axisLabel: { ...(axis['axisLabel'] as object), formatter: (x: number) => x.toFixed(4) },
  })
  return {
    grid: { left: 64, top: 16, width: SIDE, height: SIDE },
    tooltip: { ...tooltip, formatter: ({ seriesName }: { seriesName: string }) => seriesName },
    xAxis: bounded(middle.longitude, reach.longitude),
    yAxis: bounded(middle.latitude, reach.latitude),
    series: [
      line(middle, radiusM, colours['line-strong'], 'dashed'),
      ...(accuracyM > 0 ? [line(position, accuracyM, colours.accent, 'solid')] : []),
      ...(store ? [dot(store, names.store, { colour: colours.text, halo, symbol: 'rect' })] : []),
      dot(position, names.payment, { colour: colours.accent, halo, symbol: 'circle' }),
      ringLabel(middle, { reach: degreesOf(radiusM, middle).latitude, radiusM, colours }),
    ],
  }
}

function dot(
  at: Position,
  name: string,
  look: { colour: string; halo: string; symbol: string },
): object {
  return {
    type: 'scatter',
    name,
    data: [[at.longitude, at.latitude]],
    symbol: look.symbol,
    symbolSize: 11,
    itemStyle: { color: look.colour },
    label: {
      show: true,
      formatter: '{a}',
      position: 'right',
      color: look.colour,
      fontSize: 11,
      textBorderColor: look.halo,
      textBorderWidth: 3,
    },
    labelLayout: { moveOverlap: 'shiftY' },
    z: 3,
  }
}

function ringLabel(
  middle: Position,
  ring: { reach: number; radiusM: number; colours: Palette },
): object {
  return {
    type: 'scatter',
    silent: true,
    symbolSize: 0,
    data: [[middle.longitude, middle.latitude + ring.reach]],
    label: {
      show: true,
      position: 'top',
      formatter: distanceText(ring.radiusM),
      color: ring.colours.muted,
      fontSize: 11,
    },
  }
}
