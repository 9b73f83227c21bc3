import { rulesFor } from './compile.ts'
import type { Candidate, CompiledRules, LiveRules, Situation } from './compile.ts'
import { judge, periodsOf, subjectOf, type Judged } from './judge.ts'
import { byName, inOrder, stepBetween } from './order.ts'
import { BUDGET_PERIOD, offersOn } from './promotion.ts'
import { quotaKey, type QuotaKeyParts, type QuotaUse } from './quota.ts'
import type { FundingPart } from './rule.ts'
import { amountWords, nameWords, ruleWords, type RouteReason } from './words.ts'

/** How it goes, with what it takes of quotas and budgets. */
export type Chosen = {
  candidate: Candidate
  promotionId: string | null
  /** What the payer pays less. */
  discountMinor: bigint
  /** Who bears the discount; empty when there is none. */
  funding: readonly FundingPart[]
  uses: QuotaUse[]
  reasons: RouteReason[]
}

/** A candidate as it was looked at, for showing afterwards. */
export type Considered = {
  road: string
  name: string
  nameEn: string
  sourceId: string | null
  sourceLabel: string | null
  excludedBy: RouteReason | null
  reasons: RouteReason[]
  discountMinor: bigint
  /** 0: excluded. Else how many of the others that could be taken it goes before, and 1. */
  score: number
  isWinner: boolean
}

/** The winner goes first in `candidates`, then the others in their order, then what was excluded. */
export type Decision = { winner: Chosen | null; candidates: Considered[] }

/**
 * Which counters `decideRoute` looks at for this payment. Read them before, or lock them. Pass both
 * the same objects, which spares finding the rules twice.
 */
export function neededCounters(
  rules: CompiledRules,
  situation: Situation,
  candidates: readonly Candidate[],
): readonly QuotaKeyParts[] {
  const live = rulesFor(rules, situation, candidates)
  const needed = new Map<string, QuotaKeyParts>()
  const need = ({ subject, period }: QuotaKeyParts) =>
    needed.set(quotaKey(subject, period), { subject, period })
  for (const { id, terms } of live.promotion)
    if (terms.budgetMinor !== null) need({ subject: id, period: BUDGET_PERIOD })
  for (const rule of live.quota)
    for (const candidate of candidates) {
      const subject = subjectOf(rule, candidate)
      if (subject !== null) periodsOf(rule, subject, situation).forEach(need)
    }
  return [...needed.values()]
}

/**
 * Chooses by which source and road a payment goes, and says why. What cannot go is left out: a
 * channel that does not answer, what the environment forbids, what a quota is too small for. Of
 * the others the first by this order wins: the largest discount for the payer, the environment's
 * preference, the payer's own order, the merchant's order of roads, the largest remaining quota,
 * the lowest cost, and at last the names. The same question has the same answer, in whatever order
 * rules and candidates come. Pure.
 *
 * @param used what the counters of `neededCounters` stand at, by `quotaKey`; one that is not there
 *   has used nothing
 *
 * Source: P6 (the payer's order), P10 (promotion), P11 (quota), P12 (environment).
 */
export function decideRoute(
  rules: CompiledRules,
  situation: Situation,
  candidates: readonly Candidate[],
  used: ReadonlyMap<string, bigint>,
): Decision {
  const live = rulesFor(rules, situation, candidates)
  const offers = offersOn(live.promotion, situation, used)
  const preference = preferenceOf(live)
  const judged = candidates.map((candidate) =>
    judge(candidate, { live, offers, preference, situation, used, said: new Map() }),
  )
  const open = judged.filter(({ excludedBy }) => excludedBy === null).sort(inOrder)
  const shut = judged.filter(({ excludedBy }) => excludedBy !== null).sort(byName)
  const [first, ...others] = open
  if (first) explain(first, others, situation.currency)
  return {
    winner: first ? showChosen(first) : null,
    candidates: [
      ...open.map((one, at) => consider(one, open.length - at, at === 0)),
      ...shut.map((one) => consider(one, 0, false)),
    ],
  }
}

/** Of several preferences the merchant's own counts before one for all, then the newest. */
function preferenceOf({ preference }: LiveRules): readonly string[] {
  const own = preference.filter(({ merchantId }) => merchantId !== null)
  return (own.at(-1) ?? preference.at(-1))?.terms.order ?? []
}

function explain(first: Judged, others: readonly Judged[], currency: string): void {
  const params = nameWords(first.candidate)
  const [second] = others
  const reasons: RouteReason[] = []
  if (first.offered) {
    const { promotion, discountMinor } = first.offered
    const off = amountWords('off', discountMinor, currency)
    reasons.push({
      code: 'chosen_discount',
      params: { ...params, ...off, ...ruleWords(promotion) },
    })
  }
  const step = second ? stepBetween(first, second) : 'only'
  if (step !== 'discount') reasons.push({ code: `chosen_${step}`, params })
  // What it offers is said by why it was chosen; what it could not offer stays.
  first.reasons = [...reasons, ...first.reasons.filter(({ code }) => code !== 'offers_discount')]
  for (const other of others)
    other.reasons.push({ code: `behind_${stepBetween(first, other)}`, params })
}

const showChosen = ({ candidate, offered, discountMinor, uses, reasons }: Judged): Chosen => ({
  candidate,
  promotionId: offered?.promotion.id ?? null,
  discountMinor,
  funding: offered?.promotion.terms.fundedBy ?? [],
  uses,
  reasons,
})

const consider = (judged: Judged, score: number, isWinner: boolean): Considered => ({
  road: judged.candidate.road,
  name: judged.candidate.name,
  nameEn: judged.candidate.nameEn,
  sourceId: judged.candidate.sourceId,
  sourceLabel: judged.candidate.sourceLabel,
  excludedBy: judged.excludedBy,
  reasons: judged.reasons,
  discountMinor: judged.discountMinor,
  score,
  isWinner,
})
