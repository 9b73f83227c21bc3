// Money given back, in part or whole, with each share in proportion.

import { createHmac } from 'node:crypto'

import { AppError } from '../errors/errors.ts'
import type { Io } from '../io/io.ts'
import { newId } from '../lib/ids.ts'
import type { TrailEntry } from '../trail/trail.ts'
import { judge, type Verdict } from './approve.ts'
import { askChannel } from './ask.ts'
import { open, type Asker } from './open.ts'
import { readRefund } from './read.ts'
import type { Refund, Refunded } from './state.ts'

export { recordRefundOutcome } from './ask.ts'
export { checkRefund, checkRefunds } from './check.ts'
export { refundLate, retryRefund, type Ordered } from './late.ts'
export { refundLatePayments } from './late-work.ts'
export type { Asker } from './open.ts'
export { listRefunds, readRefund, readRefundsOf, type RefundPage } from './read.ts'
export { plainRefund, refundFailures, refundOfPlain } from './state.ts'
export type { Refund, Refunded, RefundFailure, RefundState, RefundStep } from './state.ts'

/** What the caller asks for: everything is checked for shape, nothing for truth. */
export type RefundRequest = {
  institutionId: string
  paymentId: string
  /** Whose payment it is, as far as the caller knows; the key counts per merchant. */
  merchantId: string
  /** Of the price, in minor units; null: all that is left. */
  amountMinor: bigint | null
  reason: string | null
  asker: Asker
  idempotencyKey: string
  /** Who did it, when a person did. */
  trail: TrailEntry | null
}

/**
 * Gives money back. Read this first: every step is one call and one file.
 *
 *   open (hold the payment, check, book or reserve) → ask the channel → record what it said
 *
 * What was booked here is back when it answers. What a channel took goes back by that channel, and
 * is `processing` until the channel says how it went: it is asked until it is definite. Above the
 * merchant's limit nothing happens before a second person approves. The same request again answers
 * the same refund.
 *
 * @throws AppError NOT_FOUND, TERMINAL_NOT_ACTIVE, REFUND_NOT_ALLOWED, PAYMENT_NOT_REFUNDABLE,
 *   REFUND_TOO_LARGE, IDEMPOTENCY_KEY_REUSED
 *
 * Source: P24, P29; DESIGN §3 (undoing a succeeded payment is a refund), §5; I8.
 */
export async function refund(io: Io, request: RefundRequest): Promise<Refunded> {
  const { institutionId, asker, ...wanted } = request
  const now = io.now()
  const opened = await io.batched(open, institutionId, {
    ...wanted,
    ...{ id: newId('rfd', now.getTime()), asker, now },
    ...{ lateChargeId: null, isApproved: false },
    approvalMinor: approvalMinorOf(io, institutionId, wanted.merchantId),
    // Two tills may choose the same key, and two people.
    idempotencyKey: `${asker.actor}/${request.idempotencyKey}`,
    fingerprint: fingerprintOf(io, request),
  })
  if (opened.kind === 'refused') throw new AppError(opened.code)
  io.poke(institutionId)
  const { isReplay } = opened
  if (isReplay) return { refund: opened.refund, isReplay }
  return { refund: await askChannel(io, opened.refund, { isFirst: true }), isReplay }
}

/** Above what the merchant wants a second person, in minor units; null: never. */
export function approvalMinorOf(
  io: Pick<Io, 'settings'>,
  institutionId: string,
  merchantId: string,
): bigint | null {
  const settings = io.settings(institutionId, { merchantId })
  return settings.boolean('refund.needs_approval') ? settings.minor('refund.approval_minor') : null
}

/** Who may be the second person: anybody on the staff, or the institution's operators alone. */
export const approverOf = (
  io: Pick<Io, 'settings'>,
  institutionId: string,
  merchantId: string,
): Approver =>
  io.settings(institutionId, { merchantId }).text('refund.approved_by') === 'operator'
    ? 'operator'
    : 'staff'

export type Approver = 'staff' | 'operator'

/** What makes two requests the same: another body under the same key is refused. */
function fingerprintOf({ pepper }: Pick<Io, 'pepper'>, request: RefundRequest): Buffer {
  const { paymentId, amountMinor, reason } = request
  const said = JSON.stringify([paymentId, amountMinor?.toString() ?? null, reason])
  return createHmac('sha256', pepper).update(`refund:${said}`).digest()
}

export type SecondWord = {
  institutionId: string
  refundId: string
  /** `person:per_…` */
  actor: string
  /** Null: of any merchant. */
  merchantId: string | null
  trail: TrailEntry
}

/**
 * A second person agrees, and the refund begins. Agreed again it answers the same.
 *
 * @throws AppError NOT_FOUND, REFUND_FINAL, SECOND_PERSON_NEEDED to whoever asked for it, or
 *   FORBIDDEN to the merchant's people where only the institution's may approve
 */
export async function approveRefund(io: Io, word: SecondWord): Promise<Refund> {
  const { institutionId, merchantId } = word
  if (merchantId !== null && approverOf(io, institutionId, merchantId) === 'operator')
    throw new AppError('FORBIDDEN')
  const approved = await say(io, word, 'approve')
  return askChannel(io, approved, { isFirst: approved.promisedAt === null })
}

/** A second person, or whoever asked, says no: the refund fails. Throws as `approveRefund` does. */
export const rejectRefund = (io: Io, word: SecondWord): Promise<Refund> => say(io, word, 'reject')

async function say(io: Io, word: SecondWord, says: Verdict['says']): Promise<Refund> {
  const { institutionId, refundId, actor, merchantId, trail } = word
  const known = await readRefund(io.db, institutionId, refundId)
  if (!known) throw new AppError('NOT_FOUND')
  const now = io.now()
  const verdict = { refundId, paymentId: known.paymentId, says, actor, merchantId, trail, now }
  const judged = await io.batched(judge, institutionId, verdict)
  if ('refused' in judged) throw new AppError(judged.refused)
  io.poke(institutionId)
  return judged.refund
}
