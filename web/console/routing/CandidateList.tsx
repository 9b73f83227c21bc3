import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from '../../ui/icons.tsx'
import { moneyText } from '../../ui/money.tsx'
import type { RouteCandidate, RouteReason } from '../../ui/types.ts'
import { useText } from '../text.ts'

export type CandidateListProps = { candidates: readonly RouteCandidate[]; currency: string }

/** Every road that was looked at, the best first: its score as a bar, or what excluded it. */
export function CandidateList({ candidates, currency }: CandidateListProps): ReactElement {
  const t = useText()
  const isEnglish = useTranslation().i18n.language === 'en'
  const words = (reason: RouteReason): string => (isEnglish ? reason.text_en : reason.text_zh)
  const sorted = [...candidates].sort((a, b) => b.score - a.score)
  const places = new Map(sorted.map((one, place) => [one, place]))
  return (
    <ol className="ct-candidates" data-testid="candidates">
      {sorted.map((one) => (
        <li
          key={`${one.road} ${one.source ?? ''}`}
          className={one.excluded_by ? 'ct-excluded' : one.is_winner ? 'ct-won' : ''}
          data-road={one.road}
          data-winner={one.is_winner}
        >
          <span className="ct-candidate-place" aria-hidden>
            {one.is_winner ? (
              <Icon name="check" size={16} />
            ) : one.excluded_by ? (
              <Icon name="cross" size={16} />
            ) : (
              (places.get(one) ?? 0) + 1
            )}
          </span>
          <div>
            <strong>{isEnglish ? one.name_en : one.name_zh}</strong>
            {one.source_label && <span className="ct-muted"> · {one.source_label}</span>}
            {one.discount > 0 && (
              <span className="ct-good"> −{moneyText(one.discount, currency)}</span>
            )}
            <p className={one.excluded_by ? 'ct-bad' : ''}>
              {one.excluded_by ? words(one.excluded_by) : one.reasons.map(words).join('　')}
            </p>
          </div>
          <span className="ct-score" title={t('routing.score')}>
            {one.excluded_by ? t('routing.excluded') : one.score}
          </span>
        </li>
      ))}
    </ol>
  )
}
