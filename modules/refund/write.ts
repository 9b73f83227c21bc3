import { loadSql, type Tx } from '../database/database.ts'
import { openExceptions, settleExceptions, type NewException } from '../exception/exception.ts'
import { applyRefunds } from '../goods/goods.ts'
import { resolvePending, writePending, writeTransfers, type Transfer } from '../ledger/ledger.ts'
import { newId } from '../lib/ids.ts'
import {
  dropReminders,
  putEvents,
  putMessages,
  type Event,
  type EventType,
  type NewMessage,
} from '../outbox/outbox.ts'
import { writeStaticCounters } from '../payment/payment.ts'
import { writeQuotas } from '../route/route.ts'
import { record, type TrailEntry } from '../trail/trail.ts'
import { writeUses } from '../wallet/wallet.ts'
import { giveBack } from './give-back.ts'
import type { Ground } from './ground.ts'
import { FIRST_CHECK_MS } from './ladder.ts'
import { plainRefund, type Refund, type RefundState } from './state.ts'

const sql = loadSql(new URL('./refund.sql', import.meta.url))

/** One decided refund, as it is now, and what follows from it. */
export type Decided = {
  refund: Refund
  /** Set when the row is new. */
  opened: { idempotencyKey: string; fingerprint: Buffer } | null
  /** Whether streams are told: not of every word of a channel. */
  isTold: boolean
  /** Booked at once, when it has succeeded; else reserved. */
  begins: readonly Transfer[]
  /** What it had reserved and is now posted or voided. */
  resolves: readonly Transfer[]
  /** The channel is about to be asked for it, or has just taken it in: it is looked at soon. */
  isSent: boolean
  exception: NewException | null
  trail: TrailEntry | null
  now: Date
}

/**
 * Writes what a batch decided: refunds, transfers, limits, sales, events, reminders, exceptions and
 * the trail, all or nothing.
 */
export async function writeDecided(
  tx: Tx,
  institutionId: string,
  decided: readonly Decided[],
  ground: Ground,
): Promise<void> {
  const [first] = decided
  if (!first) return
  const { now } = first
  insert(tx, institutionId, decided)
  change(tx, institutionId, decided)
  const succeeded = decided.filter(({ refund }) => refund.state === 'succeeded')
  const others = decided.filter(({ refund }) => refund.state !== 'succeeded')
  const begins = (some: readonly Decided[]) => some.flatMap((one) => one.begins)
  const resolves = (some: readonly Decided[]) => some.flatMap((one) => one.resolves)
  writeTransfers(tx, institutionId, begins(succeeded))
  writePending(tx, institutionId, begins(others))
  resolvePending(tx, institutionId, { pending: resolves(succeeded), as: 'posting', at: now })
  resolvePending(tx, institutionId, { pending: resolves(others), as: 'voiding', at: now })

  const ofSales = succeeded.filter(({ refund }) => !refund.isLate)
  const returned = ofSales.map(({ refund }) => refund)
  const { uses, quotas } = giveBack(returned, ground)
  writeUses(tx, institutionId, uses)
  writeQuotas(tx, institutionId, quotas)
  if (returned.length > 0) writeStaticCounters(tx, institutionId, ground.statics)
  applyRefunds(tx, institutionId, salesOf(returned, ground))
  putEvents(tx, institutionId, decided.filter(({ isTold }) => isTold).map(eventOf))
  const ended = decided.filter(
    ({ opened, refund, isSent }) => !opened && (isSent || refund.state !== 'processing'),
  )
  dropReminders(
    tx,
    institutionId,
    'refund_check',
    ended.map(({ refund }) => refund.id),
  )
  putMessages(tx, institutionId, [
    ...decided.flatMap(remindersOf),
    ...succeeded.flatMap((one) => noticesOf(one, ground)),
  ])
  await writeExceptions(tx, institutionId, { decided, succeeded, now })
  const trail = decided.flatMap((one) => one.trail ?? [])
  if (trail.length > 0) await record(tx, institutionId, trail)
}

const salesOf = (refunds: readonly Refund[], { payments }: Ground) =>
  refunds.flatMap(({ paymentId, amountMinor: refundedMinor }) => {
    const payment = payments.get(paymentId)
    if (!payment) return []
    return [{ merchantId: payment.merchantId, saleNo: payment.saleNo, refundedMinor }]
  })

type Told = { decided: readonly Decided[]; succeeded: readonly Decided[]; now: Date }

/** Money that is back at last settles what a person would have had to decide. */
async function writeExceptions(tx: Tx, institutionId: string, { decided, succeeded, now }: Told) {
  const opened = decided.flatMap(({ exception }) => exception ?? [])
  await openExceptions(tx, institutionId, opened)
  const settled = succeeded.flatMap(({ refund }) => [
    { kind: 'refund_failed' as const, subjectId: refund.id, action: 'refunded' },
    ...(refund.isLate && refund.chargeId !== null
      ? [{ kind: 'late_success' as const, subjectId: refund.chargeId, action: 'refunded' }]
      : []),
  ])
  await settleExceptions(tx, institutionId, { settled, actor: 'clock', at: now })
}

const eventTypes = {
  processing: 'refund.processing',
  succeeded: 'refund.succeeded',
  failed: 'refund.failed',
} as const satisfies Record<RefundState, EventType>

const eventOf = ({ refund, now }: Decided): Event => ({
  id: newId('evt', now.getTime()),
  type: eventTypes[refund.state],
  subjectId: refund.id,
  merchantId: refund.merchantId,
  terminalId: refund.terminalId,
  payerId: refund.payerId,
  partyId: refund.initiatorPartyId,
  payload: plainRefund(refund),
  occurredAt: now,
})

/** Written before the channel is asked, so that a process that dies then loses no refund. */
function remindersOf({ refund, isSent, now }: Decided): NewMessage[] {
  if (refund.nextAction !== 'query' || !isSent) return []
  const { channelAccountId } = refund
  return [
    {
      ...{ consumer: 'refund_check', id: newId('msg', now.getTime()), subjectId: refund.id },
      ...{ isReminder: true, payload: {}, dueAt: new Date(now.getTime() + FIRST_CHECK_MS) },
      ...(channelAccountId !== null && { channelAccountId }),
    },
  ]
}

/** Tells a payer of ours what came back, after it has: what is under way is on the bill. */
function noticesOf({ refund, now }: Decided, { payments }: Ground): NewMessage[] {
  const { payerId: recipientId, paymentId, merchantId, payerMinor, currency } = refund
  const merchantName = payments.get(paymentId)?.merchantName
  if (recipientId === null || payerMinor === 0n) return []
  const about = { recipientId, kind: 'refund_notice', paymentId, merchantId, merchantName }
  const money = { amountMinor: payerMinor.toString(), currency, occurredAt: now.toISOString() }
  return [
    {
      ...{ consumer: 'notice', id: newId('msg', now.getTime()), subjectId: paymentId },
      ...{ isReminder: false, payload: { ...about, ...money }, dueAt: now },
    },
  ]
}

function insert(tx: Tx, institutionId: string, decided: readonly Decided[]): void {
  const rows = decided.flatMap(({ refund, opened }) => (opened ? [{ refund, opened }] : []))
  if (rows.length === 0) return
  const column = <Key extends keyof Refund>(key: Key) => rows.map(({ refund }) => refund[key])
  tx.send(sql('insert'), [
    institutionId,
    column('id'),
    column('paymentId'),
    column('chargeId'),
    column('channelAccountId'),
    column('isLate'),
    column('merchantId'),
    column('terminalId'),
    column('payerId'),
    column('initiatorPartyId'),
    column('state'),
    column('nextAction'),
    column('amountMinor'),
    column('payerMinor'),
    column('currency'),
    column('reason'),
    column('requestedBy'),
    column('approvedBy'),
    rows.map(({ opened }) => opened.idempotencyKey),
    rows.map(({ opened }) => opened.fingerprint),
    column('declineReason'),
    column('createdAt'),
    column('begunAt'),
    column('completedAt'),
  ])
}

function change(tx: Tx, institutionId: string, decided: readonly Decided[]): void {
  const rows = decided.filter(({ opened }) => !opened)
  if (rows.length === 0) return
  const column = <Key extends keyof Refund>(key: Key) => rows.map(({ refund }) => refund[key])
  tx.send(sql('change'), [
    institutionId,
    column('id'),
    column('state'),
    column('nextAction'),
    column('payerMinor'),
    column('approvedBy'),
    column('channelRef'),
    column('channelCode'),
    column('declineReason'),
    column('begunAt'),
    column('promisedAt'),
    column('completedAt'),
  ])
}
