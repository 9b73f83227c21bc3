import { NO_ROAD, type RefundOrder, type RefundOutcome } from '../channel/channel.ts'
import type { Io } from '../io/io.ts'
import { assert } from '../lib/assert.ts'
import { readCharges } from '../payment/payment.ts'
import { recordStep } from './record.ts'
import { readRefund } from './read.ts'
import type { Refund } from './state.ts'

/**
 * Asks the channel for a refund that waits for it, and records the answer. No transaction is open
 * meanwhile. Asked again it is the same refund: its id is what the counterpart knows it by. Answers
 * the refund as it is then; one that does not wait for a channel as it was.
 */
export async function askChannel(
  io: Io,
  refund: Refund,
  { isFirst }: { isFirst: boolean },
): Promise<Refund> {
  if (refund.nextAction !== 'query') return refund
  return (await record(io, refund, await outcomeOf(io, refund, isFirst))) ?? refund
}

type Asked = { outcome: RefundOutcome; isSent: boolean }

async function outcomeOf(io: Io, refund: Refund, isFirst: boolean): Promise<Asked> {
  const { institutionId, channelAccountId } = refund
  assert(channelAccountId !== null, 'what a channel is asked for has a channel account')
  const road = io.channels.road(institutionId, channelAccountId)
  // A closed account can be opened again: until then nothing is known.
  if (!road) return { outcome: { kind: 'unknown', channelCode: NO_ROAD }, isSent: false }
  const order = await orderOf(io, refund)
  if (!isFirst) {
    const outcome = await road.channel.queryRefund(order)
    // Else it never came there: the first call was lost, or a process died before it.
    if (outcome.kind !== 'not_found') return { outcome, isSent: false }
  }
  const outcome = await road.channel.refund(order)
  return { outcome, isSent: outcome.kind === 'accepted' }
}

async function orderOf({ db }: Pick<Io, 'db'>, refund: Refund): Promise<RefundOrder> {
  const charges = await readCharges(db, refund.institutionId, [refund.paymentId])
  const charge = charges.find(({ id }) => id === refund.chargeId)
  assert(charge && refund.begunAt, 'a refund by a channel has its charge, and has begun')
  return {
    chargeId: charge.id,
    channelRef: charge.channelRef ?? '',
    chargedAt: charge.startedAt,
    refundId: refund.id,
    refundMinor: refund.payerMinor,
    chargeMinor: charge.amountMinor,
    currency: refund.currency,
    reason: refund.reason ?? '退款',
    startedAt: refund.begunAt,
  }
}

/**
 * Takes in what a channel says of a refund, by whichever way it says it: its notice enters here.
 * Null when there is no such refund in this institution.
 */
export async function recordRefundOutcome(
  io: Io,
  institutionId: string,
  { refundId, outcome }: { refundId: string; outcome: RefundOutcome },
): Promise<Refund | null> {
  const refund = await readRefund(io.db, institutionId, refundId)
  return refund && record(io, refund, { outcome, isSent: false })
}

async function record(io: Io, refund: Refund, asked: Asked): Promise<Refund | null> {
  const { institutionId, id: refundId, paymentId } = refund
  const word = { refundId, paymentId, ...asked, now: io.now() }
  const recorded = await io.batched(recordStep, institutionId, word)
  io.poke(institutionId)
  return recorded
}
