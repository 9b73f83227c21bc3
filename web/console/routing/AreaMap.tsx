import type { KeyboardEvent, MouseEvent, ReactElement } from 'react'
import type { Position, Store } from '../../ui/types.ts'
import { degreesOf, distanceM, distanceText, ringRadiusM } from '../payment/geo.ts'
import { useText } from '../text.ts'
import type { Area } from '../types.ts'

// The drawing is a square of so many units; the middle is (0, 0).
const HALF = 120
// Arrow keys move by this share of the half side, + and − change the radius by this factor.
const STEP = 0.05
const GROWTH = 1.25
const LARGEST_M = 100_000

export type AreaMapProps = {
  area: Area
  stores: readonly Store[]
  /** Keys may come faster than the form shows them, so each change is one of the area as it is. */
  onChange: (change: (area: Area) => Area) => void
}

/**
 * An area among the stores, drawn to scale and without a map: a press or the arrow keys move its
 * middle, + and − its radius. What it holds is also told in words below.
 */
export function AreaMap({ area, stores, onChange }: AreaMapProps): ReactElement {
  const t = useText()
  const halfM = ringRadiusM(area.radius_m * 1.2)
  const reach = degreesOf(halfM, area)
  const placed = stores.flatMap((store) => {
    if (!store.position) return []
    const { x, y } = pointOf(store.position)
    const isInside = distanceM(area, store.position) <= area.radius_m
    const isShown = Math.abs(x) <= HALF && Math.abs(y) <= HALF
    return [{ id: store.id, name: store.name, x, y, isInside, isShown }]
  })

  function pointOf(at: Position): { x: number; y: number } {
    return {
      x: ((at.longitude - area.longitude) / reach.longitude) * HALF,
      y: ((area.latitude - at.latitude) / reach.latitude) * HALF,
    }
  }

  function move(east: number, north: number): void {
    onChange((now) => ({
      ...now,
      latitude: rounded(now.latitude + north * reach.latitude),
      longitude: rounded(now.longitude + east * reach.longitude),
    }))
  }

  function onClick(event: MouseEvent<SVGSVGElement>): void {
    const box = event.currentTarget.getBoundingClientRect()
    const across = (event.clientX - box.left) / box.width
    const down = (event.clientY - box.top) / box.height
    move(across * 2 - 1, 1 - down * 2)
  }

  function onKey(event: KeyboardEvent): void {
    const act = keys[event.key]
    if (!act) return
    event.preventDefault()
    act()
  }
  const resize = (factor: number): void =>
    onChange((now) => {
      const radius_m = Math.min(LARGEST_M, Math.max(10, Math.round(now.radius_m * factor)))
      return { ...now, radius_m }
    })
  const keys: Record<string, () => void> = {
    ArrowLeft: () => move(-STEP, 0),
    ArrowRight: () => move(STEP, 0),
    ArrowUp: () => move(0, STEP),
    ArrowDown: () => move(0, -STEP),
    '+': () => resize(GROWTH),
    '=': () => resize(GROWTH),
    '-': () => resize(1 / GROWTH),
  }

  const inside = placed.filter(({ isInside }) => isInside).map(({ name }) => name)
  const radius = (area.radius_m / halfM) * HALF
  return (
    <div className="ct-area">
      <svg
        viewBox={`${-HALF} ${-HALF} ${2 * HALF} ${2 * HALF}`}
        role="application"
        tabIndex={0}
        aria-label={t('routing.area_label')}
        onClick={onClick}
        onKeyDown={onKey}
        data-testid="area-map"
      >
        {[-0.5, 0, 0.5].map((at) => (
          <path
            key={at}
            className="ct-area-grid"
            d={`M${-HALF} ${at * HALF}H${HALF}M${at * HALF} ${-HALF}V${HALF}`}
          />
        ))}
        <circle className="ct-area-circle" r={radius} />
        <circle className="ct-area-middle" r={3} />
        {placed
          .filter(({ isShown }) => isShown)
          .map(({ id, name, x, y, isInside }) => (
            <g key={id} className={isInside ? 'ct-area-in' : 'ct-area-out'}>
              <rect x={x - 4} y={y - 4} width={8} height={8} rx={1.5} />
              <text x={x + 7} y={y + 4}>
                {name}
              </text>
            </g>
          ))}
        <text className="ct-area-scale" x={-HALF + 6} y={HALF - 7}>
          {distanceText(halfM * 2)}
        </text>
      </svg>
      <p className="ct-small" role="status">
        {inside.length > 0
          ? t('routing.area_holds', { stores: inside.join(', ') })
          : t('routing.area_holds_none')}{' '}
        {t('routing.area_keys')}
      </p>
    </div>
  )
}

// A millionth of a degree is a decimetre.
const rounded = (degrees: number): number => Math.round(degrees * 1e6) / 1e6
