import { isOn, type Candidate, type LiveRules, type Situation } from './compile.ts'
import { budgetUse, offersFor, type Offered } from './promotion.ts'
import { quotaKey, type QuotaKeyParts, type QuotaUse } from './quota.ts'
import type { RuleOf } from './rule.ts'
import { amountWords, nameWords, ruleWords, type RouteReason } from './words.ts'

/** A candidate with all that it is judged by. */
export type Judged = {
  candidate: Candidate
  offered: Offered | null
  discountMinor: bigint
  environmentWeight: number
  preferencePlace: number
  /** Of its tightest quota; null: it has none. */
  remainingMinor: bigint | null
  uses: QuotaUse[]
  excludedBy: RouteReason | null
  reasons: RouteReason[]
}

/** What all candidates of a payment are judged by. */
export type Ground = {
  live: LiveRules
  offers: readonly Offered[]
  preference: readonly string[]
  situation: Situation
  used: ReadonlyMap<string, bigint>
  /** What is said of each offer, which many candidates have in common. */
  said: Map<Offered, RouteReason>
}

/** Judges one candidate: what it gives, what it would take, and what speaks against it. */
export function judge(candidate: Candidate, ground: Ground): Judged {
  const { offers, preference, situation } = ground
  const own = offersFor(offers, candidate)
  const offered = own.find(({ problem }) => problem === null) ?? null
  const discountMinor = offered?.discountMinor ?? 0n
  const quota = takeQuotas(candidate, situation.amountMinor - discountMinor, ground)
  const { environmentWeight, excluded } = lookAround(candidate, ground)
  const ill = candidate.isHealthy ? null : { code: 'channel_ill', params: nameWords(candidate) }
  return {
    candidate,
    offered,
    discountMinor,
    environmentWeight,
    preferencePlace: placeIn(preference, candidate),
    remainingMinor: quota.remainingMinor,
    uses: offered ? [...budgetUse(offered), ...quota.uses] : quota.uses,
    excludedBy: ill ?? excluded ?? quota.problem,
    reasons: offered ? [say(offered, ground)] : own.map((one) => say(one, ground)),
  }
}

function lookAround(candidate: Candidate, { live }: Ground) {
  let environmentWeight = 0
  let excluded: RouteReason | null = null
  for (const rule of live.environment) {
    const { effect, weight, on } = rule.terms
    if (!isOn(on, candidate)) continue
    if (effect === 'prefer') environmentWeight += weight
    else excluded ??= { code: 'excluded_by_rule', params: ruleWords(rule) }
  }
  return { environmentWeight, excluded }
}

/** The place of a candidate in an order; what is not named comes after all that is. */
function placeIn(order: readonly string[], { road, channel }: Candidate): number {
  const place = order.findIndex((name) => name === road || name === channel)
  return place < 0 ? order.length : place
}

function say(offered: Offered, { said, situation: { currency } }: Ground): RouteReason {
  let reason = said.get(offered)
  if (!reason) said.set(offered, (reason = reasonOf(offered, currency)))
  return reason
}

function reasonOf({ promotion, discountMinor, problem }: Offered, currency: string): RouteReason {
  const rule = ruleWords(promotion)
  if (problem === 'spent') return { code: 'promotion_spent', params: rule }
  if (problem === 'minimum') {
    const from = amountWords('minimum', promotion.terms.minimumMinor, currency)
    return { code: 'promotion_minimum', params: { ...from, ...rule } }
  }
  const off = amountWords('off', discountMinor, currency)
  return { code: 'offers_discount', params: { ...off, ...rule } }
}

type Limited = QuotaKeyParts & { limitMinor: bigint; span: 'day' | 'month' }

/** The counters by which a quota limits what goes by a subject. */
export function periodsOf(
  { terms: { perDayMinor, perMonthMinor } }: RuleOf<'quota'>,
  subject: string,
  { day, month }: Situation,
): Limited[] {
  const limited: Limited[] = []
  if (perDayMinor !== null)
    limited.push({ subject, period: day, limitMinor: perDayMinor, span: 'day' })
  if (perMonthMinor !== null)
    limited.push({ subject, period: month, limitMinor: perMonthMinor, span: 'month' })
  return limited
}

/**
 * What is counted: all that goes by the source, account or scheme, or what of it is one merchant's.
 * Rules that name the same share a counter, so a new limit knows what the old one let through.
 */
export function subjectOf(
  { terms: { of }, merchantId }: RuleOf<'quota'>,
  { road, scheme, sourceId, sourceKind }: Candidate,
): string | null {
  let subject: string | null = null
  if (of.kind === 'channel_account') subject = of.id === road ? road : null
  else if (of.kind === 'scheme') subject = of.scheme === scheme ? `scheme:${scheme}` : null
  else subject = of.sourceKind === sourceKind ? sourceId : null
  return subject === null || merchantId === null ? subject : `${subject}@${merchantId}`
}

type Quota = { uses: QuotaUse[]; remainingMinor: bigint | null; problem: RouteReason | null }

function takeQuotas(candidate: Candidate, amountMinor: bigint, ground: Ground): Quota {
  const { live, situation, used } = ground
  const taken: Quota = { uses: [], remainingMinor: null, problem: null }
  const refuse = (code: string, rule: RuleOf<'quota'>, leftMinor: bigint) => {
    const words = amountWords('left', leftMinor < 0n ? 0n : leftMinor, situation.currency)
    taken.problem ??= { code, params: { ...ruleWords(rule), ...words } }
  }
  for (const rule of live.quota) {
    const whose = subjectOf(rule, candidate)
    if (whose === null) continue
    const { perPaymentMinor } = rule.terms
    if (perPaymentMinor !== null && amountMinor > perPaymentMinor) {
      refuse('over_payment_quota', rule, perPaymentMinor)
    }
    for (const { subject, period, limitMinor, span } of periodsOf(rule, whose, situation)) {
      const leftMinor = limitMinor - (used.get(quotaKey(subject, period)) ?? 0n)
      if (amountMinor > leftMinor) refuse(`over_${span}_quota`, rule, leftMinor)
      if (taken.remainingMinor === null || leftMinor < taken.remainingMinor) {
        taken.remainingMinor = leftMinor
      }
      addUse(taken.uses, { subject, period, amountMinor, limitMinor })
    }
  }
  return taken
}

/** A payment counts once in a counter that several rules name, against the lowest of their limits. */
function addUse(uses: QuotaUse[], use: QuotaUse): void {
  const same = uses.find(({ subject, period }) => subject === use.subject && period === use.period)
  if (!same) uses.push(use)
  else if (use.limitMinor < same.limitMinor) same.limitMinor = use.limitMinor
}
