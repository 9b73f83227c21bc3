import type { ReactElement } from 'react'

export type SparklineProps = { counts: number[]; label: string }

/** Bars without axes, oldest at the left; the number beside them says the rest. */
export function Sparkline({ counts, label }: SparklineProps): ReactElement {
  const top = Math.max(4, ...counts)
  const height = 24
  const step = 3
  return (
    <svg
      className="ct-spark"
      width={counts.length * step}
      height={height}
      role="img"
      aria-label={label}
    >
      <title>{label}</title>
      {counts.map((count, place) => {
        const bar = count === 0 ? 1 : Math.max(3, (count / top) * height)
        return (
          <rect
            key={place}
            x={place * step}
            y={height - bar}
            width={2}
            height={bar}
            className={count === 0 ? 'ct-spark-none' : ''}
          />
        )
      })}
    </svg>
  )
}
