import {
  NO_ROAD,
  NOT_SENT,
  type ChargeOutcome,
  type ReverseOutcome,
  type Schedule,
} from '../channel/channel.ts'
import type { DeclineReason } from '../errors/errors.ts'
import type { Charge } from './charge.ts'

/** A word about a charge, whoever brings it: the answer, a query, a notice, a reversal, a person. */
export type Told =
  | { by: 'answer' | 'query' | 'notice'; outcome: ChargeOutcome }
  | { by: 'reversal'; outcome: ReverseOutcome }
  /** The cashier, or an operator, wants it undone. */
  | { by: 'wish_to_reverse' }

/** How the charge stands after it, when it is looked at again, and what a person must be told. */
export type Next = {
  charge: Charge
  /** When its step is due; null with the step. */
  dueAt: Date | null
  /** The payer's own act is waited for. */
  waitsForPayer: boolean
  /** Nobody can tell what became of it: the ladder is used up. */
  isStuck: boolean
}

// So many reversals in the channel's own rhythm; then the ladder of the background.
const PROMPT_REVERSALS = 12
// Rungs of the ladder on which a charge that is over is looked at once more.
const WATCHES = 3

/**
 * What a word about a charge makes of it: the whole of how unknown charges come to an end. Pure.
 *
 *   unknown → query, on the channel's schedule → until it gives up → reverse, never before the
 *   channel allows → until definite → watch a while, in case money comes after all
 *
 * Once a reversal is wanted it stays wanted: a success that is heard of then is reversed too, since
 * the cashier has told the payer that it will not be. Where the channel refuses to reverse, a success
 * is late: the money goes back as a refund.
 *
 * Source: DESIGN §3; reference/protocols.md §2.4, §3.5, §4.1.
 */
export function nextOf(charge: Charge, told: Told, schedule: Schedule, now: Date): Next {
  if (charge.state === 'succeeded') return stays(charge)
  if (charge.state !== 'processing') return afterTheEnd(charge, told, schedule, now)
  if (told.by === 'wish_to_reverse') return toReverse(charge, schedule, now)
  return told.by === 'reversal'
    ? afterReversal(charge, told.outcome, schedule, now)
    : afterOutcome(charge, told, schedule, now)
}

const stays = (charge: Charge): Next => ({
  charge,
  ...{ dueAt: null, waitsForPayer: false, isStuck: false },
})

const later = (from: Date, ms: number): Date => new Date(from.getTime() + ms)
const later2 = (a: Date, b: Date): Date => (a > b ? a : b)

function afterOutcome(
  charge: Charge,
  { by, outcome }: Extract<Told, { outcome: ChargeOutcome }>,
  schedule: Schedule,
  now: Date,
): Next {
  const queries = charge.queries + (by === 'query' ? 1 : 0)
  const heard = { ...charge, queries, channelCode: codeOf(outcome) ?? charge.channelCode }
  switch (outcome.kind) {
    case 'succeeded': {
      const { channelRef, payer: payerMasked, payerPaidMinor } = outcome
      const paid = { ...heard, channelRef, payerMasked, payerPaidMinor }
      // A reversal that is under way takes it back; one that was refused cannot.
      if (charge.reverseAskedAt && charge.step === 'reverse') return toReverse(paid, schedule, now)
      const isLate = charge.reverseAskedAt !== null
      return stays({ ...paid, isLate, state: 'succeeded', step: null, completedAt: now })
    }
    case 'declined':
      return ends({ ...heard, state: 'failed', declineReason: outcome.reason }, now)
    case 'not_sent':
      // Nothing left us, so the code is still good.
      return ends(
        { ...heard, state: 'failed', declineReason: 'channel_unavailable', codeHash: null },
        now,
      )
    case 'reversed':
      return undone(heard, outcome.wasPaid === true, schedule, now)
    case 'not_found':
    case 'unknown':
      return afterNothing(heard, outcome, schedule, now)
  }
}

const codeOf = (outcome: ChargeOutcome): string | null =>
  'channelCode' in outcome ? outcome.channelCode : null

/** Over, and nothing can come of it: the counterpart's own document calls it final. */
const ends = (charge: Charge, now: Date): Next => stays({ ...charge, step: null, completedAt: now })

/** Reversed. What was paid and given back cannot be paid again, so there is nothing to watch for. */
const undone = (charge: Charge, wasPaid: boolean, schedule: Schedule, now: Date): Next =>
  wasPaid
    ? ends({ ...charge, state: 'reversed', isPaidBack: true }, now)
    : watched({ ...charge, state: 'reversed' }, schedule, now)

/** Over, as far as anybody knows; looked at again on the first rungs of the ladder. */
function watched(charge: Charge, { followUpMs }: Schedule, now: Date): Next {
  const [first] = followUpMs
  const over = { ...charge, completedAt: now, queries: 0 }
  if (first === undefined) return stays({ ...over, step: null })
  return { ...stays({ ...over, step: 'watch' }), dueAt: later(now, first) }
}

/** Nothing definite: asked again on the schedule, and reversed when the channel's time is up. */
function afterNothing(
  charge: Charge,
  outcome: Extract<ChargeOutcome, { kind: 'unknown' | 'not_found' }>,
  schedule: Schedule,
  now: Date,
): Next {
  const isRefused = charge.reverseAskedAt !== null && charge.step === 'query'
  if (isRefused) return onTheLadder(charge, charge.queries, schedule, now)
  if (charge.reverseAskedAt) return toReverse(charge, schedule, now)
  const isHopeless = outcome.kind === 'unknown' && outcome.reverseNow === true
  const askAt = nextQueryAt(charge, schedule, now)
  if (isHopeless || !askAt) return toReverse(charge, schedule, now)
  const waitsForPayer = outcome.kind === 'unknown' && outcome.waitsFor === 'payer'
  return { ...stays({ ...charge, step: 'query' }), dueAt: askAt, waitsForPayer }
}

/** The next rung that is still to come, or null when the channel's time is up. */
function nextQueryAt(charge: Charge, schedule: Schedule, now: Date): Date | null {
  const { queriesMs, everyMs, giveUpMs } = schedule
  const ageMs = now.getTime() - charge.startedAt.getTime()
  if (ageMs >= giveUpMs) return null
  const rung = queriesMs.find((ms) => ms > ageMs)
  return later(charge.startedAt, Math.min(rung ?? ageMs + everyMs, giveUpMs))
}

/** Reversed as soon as the channel allows, or at its rhythm when it was tried before. */
function toReverse(charge: Charge, schedule: Schedule, now: Date): Next {
  const allowedAt = later(charge.startedAt, schedule.reverseNotBeforeMs)
  const reverseAskedAt = charge.reverseAskedAt ?? now
  const dueAt = charge.reverses > 0 ? later(now, schedule.reverseEveryMs) : later2(now, allowedAt)
  return { ...stays({ ...charge, step: 'reverse', reverseAskedAt }), dueAt }
}

function afterReversal(
  charge: Charge,
  outcome: ReverseOutcome,
  schedule: Schedule,
  now: Date,
): Next {
  const { channelCode } = outcome
  // Nothing left us: the breaker is open. That was no try.
  if (channelCode === NOT_SENT)
    return toReverse({ ...charge, reverses: charge.reverses || 1 }, schedule, now)
  const tried = { ...charge, channelCode, reverses: charge.reverses + 1 }
  switch (outcome.kind) {
    case 'reversed':
      return undone(tried, outcome.wasPaid === true, schedule, now)
    case 'refused': {
      const reverseAskedAt = charge.reverseAskedAt ?? now
      // The query tells what it is then: paid, which is late, or nothing.
      return { ...stays({ ...tried, step: 'query', reverseAskedAt, queries: 0 }), dueAt: now }
    }
    case 'again': {
      if (tried.reverses < PROMPT_REVERSALS) return toReverse(tried, schedule, now)
      const rung = tried.reverses - PROMPT_REVERSALS
      return onTheLadder({ ...tried, step: 'reverse' }, rung, schedule, now)
    }
  }
}

function onTheLadder(charge: Charge, rung: number, { followUpMs }: Schedule, now: Date): Next {
  const waitMs = followUpMs[rung]
  if (waitMs !== undefined) return { ...stays(charge), dueAt: later(now, waitMs) }
  return { ...stays({ ...charge, step: null }), isStuck: true }
}

/** A word about a charge that is over: only money changes anything. */
function afterTheEnd(charge: Charge, told: Told, { followUpMs }: Schedule, now: Date): Next {
  if (told.by === 'wish_to_reverse' || told.by === 'reversal') return stays(charge)
  if (charge.isLate || charge.isPaidBack) return stays(charge)
  const { outcome } = told
  if (outcome.kind === 'succeeded') {
    const { channelRef, payer: payerMasked, payerPaidMinor } = outcome
    return stays({ ...charge, isLate: true, step: null, channelRef, payerMasked, payerPaidMinor })
  }
  if (charge.step !== 'watch' || told.by !== 'query') return stays(charge)
  // A look that told nothing is no look: once more, after the same wait. With a closed account none will.
  const isNoLook = outcome.kind === 'unknown' && outcome.channelCode !== NO_ROAD
  const queries = charge.queries + (isNoLook ? 0 : 1)
  const waitMs = queries < WATCHES ? followUpMs[queries] : undefined
  if (waitMs === undefined) return stays({ ...charge, queries, step: null })
  return { ...stays({ ...charge, queries }), dueAt: later(now, waitMs) }
}

/** Why a payment failed whose charge came to nothing without a reason of the counterpart's. */
export const failureOf = (charge: Charge): DeclineReason =>
  charge.declineReason ?? 'channel_not_reached'
