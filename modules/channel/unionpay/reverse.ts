import type { ChargeKey, ChargeOutcome, ReverseOutcome } from '../channel.ts'
import { isFollowUpRefused, NOT_FOUND, undoneCodes } from './codes.ts'
import type { Reply } from './outcome.ts'
import { codeOf } from './outcome.ts'
import { clearingDay } from './times.ts'

/** What reversing a charge may ask of UnionPay; each is one call. */
export type Asking = {
  now(): Date
  query(): Promise<ChargeOutcome>
  reverse(): Promise<Reply>
  sendVoid(queryId: string): Promise<Reply>
  queryVoid(): Promise<Reply>
}

/**
 * Undoes a charge. UnionPay has a reversal (99) for what nobody knows and a void (31) for what was
 * paid, so it is asked first. Both are accepted and not done when they are answered: what was undone
 * is asked for once more, and until it is seen the answer is `again`. Both end with the clearing day
 * (23:00), after which a paid charge can only be refunded.
 *
 * Source: reference/protocols.md §4.1.
 */
export async function reverseCharge(charge: ChargeKey, ask: Asking): Promise<ReverseOutcome> {
  const isSameDay = clearingDay(charge.startedAt) === clearingDay(ask.now())
  const before = await ask.query()
  if (before.kind === 'succeeded') return voidPurchase(before.channelRef, isSameDay, ask)
  return reverseUnpaid(before, isSameDay, ask)
}

/**
 * Ends an order that nobody has paid, such as that of a QR code: UnionPay has no other call for it
 * than the reversal. One that is paid stays as it is.
 *
 * Source: reference/protocols.md §4.1.
 */
export async function closeCharge(charge: ChargeKey, ask: Asking): Promise<ReverseOutcome> {
  const isSameDay = clearingDay(charge.startedAt) === clearingDay(ask.now())
  const before = await ask.query()
  if (before.kind === 'succeeded') return { kind: 'refused', channelCode: 'PAID' }
  return reverseUnpaid(before, isSameDay, ask)
}

async function reverseUnpaid(
  before: Exclude<ChargeOutcome, { kind: 'succeeded' }>,
  isSameDay: boolean,
  ask: Asking,
): Promise<ReverseOutcome> {
  if (before.kind !== 'unknown') return undone(before)
  if (before.isIll) return { kind: 'again', channelCode: before.channelCode, isIll: true }
  // Without an answer, or of a charge that may not have come yet, nothing is known that a reversal
  // could be for; and on the next clearing day it would be refused.
  const mayBeThere = /^\d\d$/.test(before.channelCode) && before.channelCode !== NOT_FOUND
  if (!mayBeThere) return { kind: 'again', channelCode: before.channelCode }
  if (!isSameDay) return { kind: 'again', channelCode: 'OTHER_CLEARING_DAY' }

  const reversed = await ask.reverse()
  const channelCode = codeOf(reversed)
  if (channelCode !== '00') return again(reversed)
  const after = await ask.query()
  if (after.kind === 'succeeded' || after.kind === 'unknown') return { kind: 'again', channelCode }
  return undone(after)
}

type Ended = Exclude<ChargeOutcome, { kind: 'succeeded' | 'unknown' }>

const again = (reply: Reply): ReverseOutcome => ({
  ...{ kind: 'again', channelCode: codeOf(reply) },
  ...(reply.problem !== undefined && { isIll: true }),
})

// What is left of a payment after a reversal looks like one that failed, and an earlier call may have
// reversed it: whether there was money nobody can say.
function undone({ channelCode }: Ended): ReverseOutcome {
  return { kind: 'reversed', wasPaid: null, channelCode }
}

async function voidPurchase(
  queryId: string,
  isSameDay: boolean,
  ask: Asking,
): Promise<ReverseOutcome> {
  const known = readVoid(await ask.queryVoid())
  if (known) return known
  if (!isSameDay) return { kind: 'refused', channelCode: 'OTHER_CLEARING_DAY' }

  const sent = await ask.sendVoid(queryId)
  const channelCode = codeOf(sent)
  if (undoneCodes.has(channelCode)) return { kind: 'reversed', wasPaid: true, channelCode }
  if (isFollowUpRefused(channelCode)) return { kind: 'refused', channelCode }
  return readVoid(await ask.queryVoid()) ?? again(sent)
}

/**
 * Reads what became of a void, from its query's answer; null when there is none yet.
 *
 * Source: reference/protocols.md §4.1.
 */
export function readVoid(reply: Reply): ReverseOutcome | null {
  const channelCode = codeOf(reply)
  if (channelCode === NOT_FOUND) return null
  const { origRespCode = '' } = reply.fields ?? {}
  if (channelCode !== '00') return again(reply)
  if (origRespCode === '00') return { kind: 'reversed', wasPaid: true, channelCode: 'voided' }
  const kind = isFollowUpRefused(origRespCode) ? 'refused' : 'again'
  return { kind, channelCode: origRespCode || 'NO_CODE' }
}
