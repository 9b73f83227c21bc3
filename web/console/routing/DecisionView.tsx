import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from '../../ui/icons.tsx'
import { Money, moneyText } from '../../ui/money.tsx'
import { useText } from '../text.ts'
import type { RouteDecision } from '../types.ts'
import { CandidateList } from './CandidateList.tsx'

/** The winner in words, and below it every candidate with what speaks for and against it. */
export function DecisionView({ decision }: { decision: RouteDecision }): ReactElement {
  const t = useText()
  const isEnglish = useTranslation().i18n.language === 'en'
  const { winner, candidates, currency } = decision
  const name = candidates.find(({ is_winner }) => is_winner)
  const words = winner?.reasons.map((reason) => (isEnglish ? reason.text_en : reason.text_zh))
  return (
    <div className="ct-decision" role="status">
      <div
        className={`ct-winner ot-tone-${winner ? 'succeeded' : 'failed'}`}
        data-testid="dry-run-winner"
        data-road={winner?.road ?? ''}
      >
        <Icon name={winner ? 'check' : 'cross'} size={20} />
        <div>
          <strong>
            {winner ? (isEnglish ? name?.name_en : name?.name) : t('routing.no_winner')}
          </strong>
          <p>{winner ? words?.[0] : t('routing.no_winner_note')}</p>
          {winner && winner.discount > 0 && (
            <p className="ct-muted">
              {t('routing.charged', {
                charged: moneyText(winner.charged, currency),
                discount: moneyText(winner.discount, currency),
              })}
            </p>
          )}
        </div>
        {winner && <Money minor={winner.charged} currency={currency} size="m" />}
      </div>
      <h3>{t('routing.candidates', { count: candidates.length })}</h3>
      <CandidateList
        currency={currency}
        candidates={candidates.map((one) => ({ ...one, name_zh: one.name }))}
      />
    </div>
  )
}
