import type { Spending } from '../spending.ts'
import type { WordKey } from '../text.ts'

/** What goes on at a scheme, and whether the payer has anything to do there. */
export function underWayWord({ nextAction }: Pick<Spending, 'nextAction'>): WordKey {
  if (nextAction === 'payer_confirms') return 'bill.confirm_there'
  return nextAction === 'reverse' ? 'bill.being_reversed' : 'bill.scheme_asked'
}
