import type { ReactElement } from 'react'
import { useText } from '../text.ts'

/** Stars as they were given. */
export function Rating({ rating }: { rating: number }): ReactElement {
  const t = useText()
  const name = t('feedback.stars', { count: rating })
  return (
    <span className="ct-stars" role="img" aria-label={name} title={name}>
      <span aria-hidden>{'★'.repeat(rating)}</span>
      <span aria-hidden className="ct-muted">
        {'☆'.repeat(5 - rating)}
      </span>
    </span>
  )
}
