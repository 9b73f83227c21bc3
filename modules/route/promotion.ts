import { bpsOf, largestRemainder, WHOLE_BPS } from '../money/money.ts'
import { isOn, type Candidate, type CompiledRules, type Situation } from './compile.ts'
import { quotaKey, type QuotaUse } from './quota.ts'
import { ruleState, type FundingPart, type Offer, type RuleOf } from './rule.ts'

type Promotion = RuleOf<'promotion'>

/** The period of a budget, which is one counter for the whole life of its promotion. */
export const BUDGET_PERIOD = 'all'

/** A promotion that holds here and now, and what it gives on this amount. */
export type Offered = {
  promotion: Promotion
  discountMinor: bigint
  /** Why it gives nothing: the amount is too small, or the budget is spent. */
  problem: 'minimum' | 'spent' | null
}

/**
 * What an offer takes off an amount: never more than its cap, and never the whole, since a channel
 * cannot charge nothing. Percentages round half up, as all money does.
 *
 * @param amountMinor above 0
 */
export function discountOf(offer: Offer, amountMinor: bigint): bigint {
  const wantedMinor =
    offer.kind === 'amount_off'
      ? offer.amountMinor
      : least(bpsOf(amountMinor, BigInt(offer.bps)), offer.capMinor)
  return least(wantedMinor, amountMinor - 1n)
}

const least = (amountMinor: bigint, mostMinor: bigint | null): bigint =>
  mostMinor !== null && mostMinor < amountMinor ? mostMinor : amountMinor

/**
 * Shares a discount among those who bear it; the parts always make the whole.
 *
 * @param funding at least one part above 0
 *
 * Source: P10; DESIGN §5 (largest remainder).
 */
export function shareDiscount(
  discountMinor: bigint,
  funding: readonly FundingPart[],
): { by: FundingPart['by']; amountMinor: bigint }[] {
  const parts = largestRemainder(
    discountMinor,
    funding.map(({ bps }) => BigInt(bps)),
  )
  return funding.map(({ by }, at) => ({ by, amountMinor: parts[at] ?? 0n }))
}

/** Whether the parts of a funding are each above nothing and make the whole, each party once. */
export const isWholeFunding = (funding: readonly FundingPart[]): boolean =>
  funding.every(({ bps }) => Number.isInteger(bps) && bps > 0) &&
  new Set(funding.map(({ by }) => by)).size === funding.length &&
  funding.reduce((sum, { bps }) => sum + bps, 0) === Number(WHOLE_BPS)

/** What each promotion gives on this payment, the most first; of equal ones the older first. */
export function offersOn(
  promotions: readonly Promotion[],
  { amountMinor }: Pick<Situation, 'amountMinor'>,
  used: ReadonlyMap<string, bigint>,
): Offered[] {
  const offers = promotions.map((promotion): Offered => {
    const { offer, minimumMinor, budgetMinor } = promotion.terms
    const discountMinor = discountOf(offer, amountMinor)
    const usedMinor = used.get(quotaKey(promotion.id, BUDGET_PERIOD)) ?? 0n
    const isSpent = budgetMinor !== null && usedMinor + discountMinor > budgetMinor
    const isSmall = amountMinor < minimumMinor || discountMinor <= 0n
    return { promotion, discountMinor, problem: isSmall ? 'minimum' : isSpent ? 'spent' : null }
  })
  return offers.sort((a, b) => Number(b.discountMinor - a.discountMinor))
}

/** The promotions that a candidate is in, the best first: the first without a problem is its own. */
export const offersFor = (offers: readonly Offered[], candidate: Candidate): Offered[] =>
  offers.filter(({ promotion }) => isOn(promotion.terms.on, candidate))

/** What the discount takes of the promotion's budget; nothing when there is no budget. */
export function budgetUse({ promotion, discountMinor: amountMinor }: Offered): QuotaUse[] {
  const { budgetMinor: limitMinor } = promotion.terms
  if (limitMinor === null) return []
  return [{ subject: promotion.id, period: BUDGET_PERIOD, amountMinor, limitMinor }]
}

/** Whether the budget has room for one discount more, of the least that the offer can give. */
export function hasBudget(
  { id, terms: { offer, budgetMinor } }: Promotion,
  used: ReadonlyMap<string, bigint>,
): boolean {
  const leastMinor = offer.kind === 'amount_off' ? offer.amountMinor : 1n
  const usedMinor = used.get(quotaKey(id, BUDGET_PERIOD)) ?? 0n
  return budgetMinor === null || usedMinor + leastMinor <= budgetMinor
}

/** The promotions that are on at a moment, the oldest first, whatever their place and hour. */
export const promotionsOn = (rules: CompiledRules, now: Date): Promotion[] =>
  rules.promotions
    .filter((rule) => ruleState(rule, now) === 'active')
    .sort((a, b) => (a.id < b.id ? -1 : 1))
