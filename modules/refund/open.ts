import type { Step, Tx } from '../database/database.ts'
import type { ErrorCode } from '../errors/errors.ts'
import { assert } from '../lib/assert.ts'
import type { Payment } from '../payment/payment.ts'
import type { TrailEntry } from '../trail/trail.ts'
import { begin } from './begin.ts'
import { bookedOf, lockGround, standing, type Booked, type Ground } from './ground.ts'
import { findEarlier, type Earlier, type RefundKey } from './read.ts'
import type { Refund, Refunded } from './state.ts'
import { writeDecided, type Decided } from './write.ts'

/** Who asks, as far as it decides. */
export type Asker = {
  /** `terminal:trm_…`, `merchant:mch_…`, `person:per_…`, `clock`. */
  actor: string
  /** Null: of any merchant. */
  merchantId: string | null
  /** The device, which needs the permission; null for all others. */
  terminalId: string | null
}

/** A refund that wants to be; its id is made, so a rerun finds its own row. */
export type Opening = {
  id: string
  paymentId: string
  /** Of the price, in minor units; null: all that is left. */
  amountMinor: bigint | null
  reason: string | null
  asker: Asker
  /** Of a charge that came too late: whole, and nobody need approve it. */
  lateChargeId: string | null
  /** It was approved before, and this is another try. */
  isApproved: boolean
  /** Above this a second person approves, in minor units; null: never. */
  approvalMinor: bigint | null
  merchantId: string
  idempotencyKey: string
  fingerprint: Buffer
  trail: TrailEntry | null
  now: Date
}

export type Opened = ({ kind: 'opened' } & Refunded) | { kind: 'refused'; code: ErrorCode }

/**
 * The batch that opens refunds. It holds the payments, so that however many refunds of one payment
 * come at once, those that stand never give back more than was paid.
 *
 * Source: DESIGN §5 (batch); reliability.md I8.
 */
export const open: Step<Opening, Opened> = {
  name: 'refund.open',
  mode: 'write',
  async run(tx, institutionId, openings) {
    const ground = await lockGround(tx, institutionId, {
      paymentIds: openings.map(({ paymentId }) => paymentId),
      terminalIds: openings.flatMap(({ asker }) => asker.terminalId ?? []),
    })
    const known = await earlierBy(tx, institutionId, openings)
    const decided: Decided[] = []
    const answers = openings.map((opening): Opened => {
      const earlier = known.get(keyOf(opening))
      if (earlier) return again(opening, earlier)
      const next = decide(opening, ground)
      if ('refused' in next) return { kind: 'refused', code: next.refused }
      const { refund } = next
      decided.push(next)
      ground.refunds.set(refund.id, refund)
      known.set(keyOf(opening), { ...opening, refund })
      return { kind: 'opened', refund, isReplay: false }
    })
    await writeDecided(tx, institutionId, decided, ground)
    return answers
  },
}

const keyOf = ({ merchantId, idempotencyKey }: RefundKey) => `${merchantId} ${idempotencyKey}`

async function earlierBy(tx: Tx, institutionId: string, openings: readonly Opening[]) {
  const earlier = await findEarlier(tx, institutionId, openings)
  return new Map<string, Earlier>(
    earlier.map((one) => [keyOf({ ...one, merchantId: one.refund.merchantId }), one]),
  )
}

/** `isReplay` is false for the refund of this very call, whose commit we did not hear of. */
function again({ id, fingerprint }: Opening, earlier: Earlier): Opened {
  if (!earlier.fingerprint.equals(fingerprint))
    return { kind: 'refused', code: 'IDEMPOTENCY_KEY_REUSED' }
  return { kind: 'opened', refund: earlier.refund, isReplay: earlier.refund.id !== id }
}

/** The straight list of checks, in the order in which their answers count. */
function decide(opening: Opening, ground: Ground): Decided | { refused: ErrorCode } {
  const { asker, now, trail } = opening
  const payment = ground.payments.get(opening.paymentId)
  if (!payment || (asker.merchantId !== null && payment.merchantId !== asker.merchantId))
    return { refused: 'NOT_FOUND' }
  const refusal = refusePermission(payment, asker, ground)
  if (refusal) return { refused: refusal }
  const about = { isLate: opening.lateChargeId !== null, chargeId: opening.lateChargeId }
  const booked = bookedOf(payment, ground, about)
  if (!booked) return { refused: 'PAYMENT_NOT_REFUNDABLE' }

  const paymentId = payment.id
  const takenMinor = standing(ground, { paymentId, ...about }).reduce(
    (sum, one) => sum + one.amountMinor,
    0n,
  )
  const leftMinor = booked.priceMinor - takenMinor
  const amountMinor = opening.amountMinor ?? leftMinor
  if (amountMinor <= 0n || amountMinor > leftMinor) return { refused: 'REFUND_TOO_LARGE' }

  const { idempotencyKey, fingerprint } = opening
  const opened = { idempotencyKey, fingerprint }
  const common = { opened, isTold: true, resolves: [], exception: null, trail, now }
  const draft = draftOf(opening, payment, { ...booked, amountMinor })
  const { approvalMinor } = opening
  const mustApprove = !opening.isApproved && approvalMinor !== null && amountMinor > approvalMinor
  if (mustApprove && !about.isLate)
    return {
      ...common,
      refund: { ...draft, nextAction: 'second_approval' },
      begins: [],
      isSent: false,
    }
  const { refund, transfers } = begin(draft, booked, ground, now)
  return { ...common, refund, begins: transfers, isSent: true }
}

/** Why the device may not refund this payment, or null. Another shop's payment it does not know. */
function refusePermission(
  payment: Payment,
  { terminalId }: Asker,
  { permissions }: Ground,
): ErrorCode | null {
  if (terminalId === null) return null
  const may = permissions.get(terminalId)
  if (!may || may.state === 'new') return 'TERMINAL_NOT_ACTIVE'
  if (may.state === 'locked') return 'TERMINAL_LOCKED'
  if (may.merchantId !== payment.merchantId || may.storeId !== payment.storeId) return 'NOT_FOUND'
  return may.mayRefund ? null : 'REFUND_NOT_ALLOWED'
}

function draftOf(
  { id, asker, reason, lateChargeId, isApproved, now }: Opening,
  payment: Payment,
  { charge, amountMinor }: Booked & { amountMinor: bigint },
): Refund {
  assert(charge === null || charge.paymentId === payment.id, 'a payment has its own charges')
  const { institutionId, merchantId, terminalId, payerId, initiatorPartyId, currency } = payment
  const { merchantName, storeName, orderNo } = payment
  return {
    ...{ institutionId, id, paymentId: payment.id, merchantId, terminalId, payerId },
    ...{ merchantName, storeName, orderNo },
    ...{ initiatorPartyId, currency, reason, amountMinor },
    chargeId: charge?.id ?? null,
    channelAccountId: charge?.channelAccountId ?? null,
    isLate: lateChargeId !== null,
    state: 'processing',
    nextAction: null, // said by whoever calls
    payerMinor: 0n, // told when it begins
    requestedBy: asker.actor,
    approvedBy: isApproved ? asker.actor : null,
    ...{ channelRef: null, channelCode: null, declineReason: null },
    ...{ createdAt: now, begunAt: null, promisedAt: null, completedAt: null },
  }
}
