import type { ReactElement } from 'react'
import { useWords } from '../text.ts'

const radius = 15
const around = 2 * Math.PI * radius

type RingProps = { secondsLeft: number; lifeSeconds: number }

/** How long the code still lives, as a ring with the seconds in it; said aloud once, at ten. */
export function Ring({ secondsLeft, lifeSeconds }: RingProps): ReactElement {
  const t = useWords()
  const share = lifeSeconds > 0 ? Math.min(1, secondsLeft / lifeSeconds) : 0
  return (
    <span className={secondsLeft <= 10 ? 'ring ring-late' : 'ring'}>
      <svg width="36" height="36" viewBox="0 0 36 36" aria-hidden>
        <circle className="ring-track" cx="18" cy="18" r={radius} />
        <circle
          className="ring-left"
          cx="18"
          cy="18"
          r={radius}
          strokeDasharray={around}
          strokeDashoffset={around * (1 - share)}
        />
        <text x="18" y="22" textAnchor="middle">
          {secondsLeft}
        </text>
      </svg>
      <span className="ot-hidden" role="status">
        {secondsLeft <= 10 && secondsLeft > 0 ? t('code.renews_soon') : ''}
      </span>
    </span>
  )
}
