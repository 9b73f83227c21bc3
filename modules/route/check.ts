import { WHOLE_BPS } from '../money/money.ts'
import { isWholeFunding } from './promotion.ts'
import type { EnvironmentTerms, PromotionTerms, QuotaTerms, RouteRule, When } from './rule.ts'

/** What is wrong with a rule, and in which part of it: `terms.budgetMinor`. */
export type RouteRuleProblem = { part: string; reason: string }

type Check = [isWrong: boolean, part: string, reason: string]

/**
 * Says what is wrong with a new rule, or null: rules that could never hold, that give away what
 * nobody bears, or that limit nothing.
 *
 * Source: P10–P12.
 */
export function checkRouteRule(rule: RouteRule): RouteRuleProblem | null {
  const { validFrom, validUntil } = rule
  const isEmpty = validUntil !== null && validUntil <= validFrom
  const checks: Check[] = [
    [isEmpty, 'validUntil', 'a rule ends after it begins'],
    ...(rule.kind === 'quota' ? [] : whenChecks(rule.terms.when)),
    ...termChecks(rule),
  ]
  const wrong = checks.find(([isWrong]) => isWrong)
  return wrong ? { part: wrong[1], reason: wrong[2] } : null
}

function termChecks(rule: RouteRule): Check[] {
  switch (rule.kind) {
    case 'promotion':
      return promotionChecks(rule.terms)
    case 'quota':
      return quotaChecks(rule.terms)
    case 'environment':
      return environmentChecks(rule.terms)
    case 'preference': {
      const { order } = rule.terms
      const isTwice = new Set(order).size < order.length
      return [
        [order.length === 0, 'terms.order', 'an order names at least one road'],
        [isTwice, 'terms.order', 'a road stands in the order once'],
      ]
    }
  }
}

function promotionChecks({ offer, minimumMinor, budgetMinor, fundedBy }: PromotionTerms): Check[] {
  const isSmallBudget =
    budgetMinor !== null && offer.kind === 'amount_off' && budgetMinor < offer.amountMinor
  const isSmallCap = offer.kind === 'percent' && offer.capMinor !== null && offer.capMinor <= 0n
  const isWhole = offer.kind === 'percent' && !(offer.bps > 0 && offer.bps < Number(WHOLE_BPS))
  const isNothing = offer.kind === 'amount_off' && offer.amountMinor <= 0n
  // An amount off would be cut short on every payment between the minimum and itself.
  const isLow = offer.kind === 'amount_off' && minimumMinor <= offer.amountMinor
  return [
    [isNothing, 'terms.offer.amountMinor', 'an offer takes something off'],
    [isWhole, 'terms.offer.bps', 'a part of the amount is above 0 and below 10 000 basis points'],
    [isSmallCap, 'terms.offer.capMinor', 'a cap is above nothing'],
    [isLow, 'terms.minimumMinor', 'the minimum is above what is taken off'],
    [isSmallBudget, 'terms.budgetMinor', 'the budget is enough for one discount'],
    [
      !isWholeFunding(fundedBy),
      'terms.fundedBy',
      'the parts are above 0, make 10 000 basis points, and name each party once',
    ],
  ]
}

function quotaChecks({ perPaymentMinor, perDayMinor, perMonthMinor }: QuotaTerms): Check[] {
  const limits = [perPaymentMinor, perDayMinor, perMonthMinor]
  const isOver = (lowMinor: bigint | null, highMinor: bigint | null) =>
    lowMinor !== null && highMinor !== null && lowMinor > highMinor
  return [
    [limits.every((one) => one === null), 'terms', 'a quota has at least one limit'],
    [isOver(perPaymentMinor, perDayMinor), 'terms.perPaymentMinor', 'a payment fits into the day'],
    [isOver(perDayMinor, perMonthMinor), 'terms.perDayMinor', 'a day fits into the month'],
  ]
}

function environmentChecks({ on, weight }: EnvironmentTerms): Check[] {
  const isOnNothing = Object.values(on).every((list) => list.length === 0)
  return [
    [isOnNothing, 'terms.on', 'it names the channels, accounts, schemes or sources it is about'],
    [!Number.isInteger(weight) || weight < 1, 'terms.weight', 'a weight is 1 or more'],
  ]
}

function whenChecks({ hours }: When): Check[] {
  const isEmpty = hours.some(({ fromMinute, untilMinute }) => fromMinute === untilMinute)
  return [[isEmpty, 'terms.when.hours', 'hours end at another minute than they begin']]
}
