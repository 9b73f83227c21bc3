import type { ReactElement } from 'react'
import { moneyText } from '../../ui/money.tsx'
import { useText } from '../text.ts'
import type { RouteRule } from '../types.ts'

// From here on somebody should think of the end. A share of the budget.
const NEARLY = 0.8

/** How much of a promotion's budget is given away: a bar and its figures. */
export function BudgetBar({ rule }: { rule: RouteRule }): ReactElement | null {
  const t = useText()
  const budget = rule.promotion?.budget
  if (budget === undefined || rule.budget_used === null) {
    return <span className="ct-muted">{rule.promotion ? t('routing.budget_none') : '–'}</span>
  }
  const share = Math.min(1, rule.budget_used / budget)
  const tone = share >= 1 ? 'failed' : share >= NEARLY ? 'waiting' : 'succeeded'
  const words = t('routing.budget_used', {
    used: moneyText(rule.budget_used, rule.currency),
    budget: moneyText(budget, rule.currency),
  })
  return (
    <span className={`ct-budget ot-tone-${tone}`} data-testid="budget">
      <span
        className="ct-budget-bar"
        role="progressbar"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        aria-label={words}
      >
        <i style={{ width: `${share * 100}%` }} />
      </span>
      <span>{words}</span>
    </span>
  )
}
