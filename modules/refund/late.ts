import { loadSql } from '../database/database.ts'
import { AppError } from '../errors/errors.ts'
import type { Io } from '../io/io.ts'
import { newId } from '../lib/ids.ts'
import { readPayment } from '../payment/payment.ts'
import type { TrailEntry } from '../trail/trail.ts'
import { askChannel } from './ask.ts'
import { open } from './open.ts'
import { readRefund, readRefundsOf } from './read.ts'
import type { Refund } from './state.ts'

const sql = loadSql(new URL('./refund.sql', import.meta.url))

/** A person who orders another try, with the entry of the trail that says so. */
export type Ordered = { actor: string; trail: TrailEntry }

/**
 * Gives money back that came after its payment was taken back: the whole charge, out of suspense, by
 * the road it came. Told again it is the same refund; one that failed is tried again only when a
 * person orders it.
 *
 * @throws AppError NOT_FOUND when there is no such charge
 * @throws AppError PAYMENT_NOT_REFUNDABLE when the charge was not late
 *
 * Source: DESIGN §3 (a success after a reversal is refunded by itself), §10.
 */
export async function refundLate(
  io: Io,
  institutionId: string,
  { chargeId, ordered = null }: { chargeId: string; ordered?: Ordered | null },
): Promise<Refund> {
  const values = [institutionId, chargeId]
  const [found] = await io.db.read<{ payment_id: string }>(sql('find_payment_of_charge'), values)
  if (!found) throw new AppError('NOT_FOUND')
  const paymentId = found.payment_id
  const [payment, refunds] = await Promise.all([
    readPayment(io.db, institutionId, paymentId),
    readRefundsOf(io.db, institutionId, [paymentId]),
  ])
  if (!payment) throw new AppError('NOT_FOUND')
  const earlier = refunds.filter((one) => one.isLate && one.chargeId === chargeId)
  const failed = earlier.filter(({ state }) => state === 'failed').length
  const standing = earlier.find(({ state }) => state !== 'failed')
  if (standing) return standing
  const last = earlier.at(-1)
  if (last && !ordered) return last
  return openNew(io, {
    ...{ institutionId, paymentId, amountMinor: null, reason: null, ordered },
    ...{ lateChargeId: chargeId, merchantId: payment.merchantId },
    idempotencyKey: `late/${chargeId}/${failed}`,
  })
}

/**
 * Tries a refund again: one that failed as another refund of the same amount, one that is under way
 * by asking its channel now. It was approved before.
 *
 * @throws AppError NOT_FOUND, or why it cannot be refunded any more
 */
export async function retryRefund(
  io: Io,
  institutionId: string,
  { refundId, ordered }: { refundId: string; ordered: Ordered },
): Promise<Refund> {
  const refund = await readRefund(io.db, institutionId, refundId)
  if (!refund) throw new AppError('NOT_FOUND')
  if (refund.isLate && refund.chargeId !== null)
    return refundLate(io, institutionId, { chargeId: refund.chargeId, ordered })
  if (refund.state !== 'failed') return askChannel(io, refund, { isFirst: false })
  const { paymentId, amountMinor, reason, merchantId } = refund
  return openNew(io, {
    ...{ institutionId, paymentId, amountMinor, reason, merchantId, ordered, lateChargeId: null },
    idempotencyKey: `retry/${refundId}`,
  })
}

type Wanted = {
  institutionId: string
  paymentId: string
  amountMinor: bigint | null
  reason: string | null
  merchantId: string
  lateChargeId: string | null
  ordered: Ordered | null
  idempotencyKey: string
}

async function openNew(io: Io, { institutionId, ordered, ...wanted }: Wanted): Promise<Refund> {
  const now = io.now()
  const opened = await io.batched(open, institutionId, {
    ...wanted,
    id: newId('rfd', now.getTime()),
    asker: { actor: ordered?.actor ?? 'clock', merchantId: null, terminalId: null },
    isApproved: true,
    approvalMinor: null,
    fingerprint: Buffer.from(wanted.idempotencyKey),
    trail: ordered?.trail ?? null,
    now,
  })
  if (opened.kind === 'refused') throw new AppError(opened.code)
  io.poke(institutionId)
  // A replay, too, may have been opened by a process that died before it asked.
  return askChannel(io, opened.refund, { isFirst: !opened.isReplay })
}
