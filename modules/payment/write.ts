import { loadSql, type Tx } from '../database/database.ts'
import { applyTenders, saleSubject, type Tender } from '../goods/goods.ts'
import { writeTransfers, type Transfer } from '../ledger/ledger.ts'
import { newId } from '../lib/ids.ts'
import {
  dropReminders,
  putEvents,
  putMessages,
  type Event,
  type EventType,
  type NewMessage,
} from '../outbox/outbox.ts'
import { takeCodes, writeUses, type Periods } from '../wallet/wallet.ts'
import type { Ground } from './ground.ts'
import { plainPayment } from './plain.ts'
import type { Actor, Payment, Transition } from './state.ts'

const sql = loadSql(new URL('./payment.sql', import.meta.url))

/** One decided payment, as it is now, and what follows from it. */
export type Decided = {
  payment: Payment
  /** Set when the row is new. */
  opened: { idempotencyKey: string; fingerprint: Buffer; codeHash: Buffer | null } | null
  transfers: Transfer[]
  periods: Periods
  isPartOfSale: boolean
  actor: Actor
  now: Date
}

/**
 * Writes what a batch decided: codes, payments, transitions, transfers, limits, sales, events and
 * messages, all or nothing, as statements over arrays that travel together.
 */
export function writeDecided(
  tx: Tx,
  institutionId: string,
  decided: readonly Decided[],
  ground: Pick<Ground, 'sales'>,
): void {
  const [first] = decided
  if (!first) return
  const { now } = first
  const taken = decided.flatMap(({ opened, payment }) =>
    opened?.codeHash ? [{ codeHash: opened.codeHash, paymentId: payment.id }] : [],
  )
  takeCodes(tx, institutionId, taken, now)
  insertPayments(tx, institutionId, decided)
  finishPayments(tx, institutionId, decided)
  insertTransitions(tx, institutionId, decided.map(transitionOf))
  const succeeded = decided.filter(({ payment }) => payment.state === 'succeeded')
  writeUses(tx, institutionId, succeeded.flatMap(usesOf))
  writeTransfers(
    tx,
    institutionId,
    succeeded.flatMap(({ transfers }) => transfers),
  )
  const tenders = tendersOf(succeeded, ground)
  applyTenders(tx, institutionId, tenders)
  putEvents(tx, institutionId, decided.map(eventOf))
  const stock = tenders.filter(({ becamePaid }) => becamePaid)
  putMessages(tx, institutionId, [
    ...decided.flatMap(messagesOf),
    ...stock.map((sale) => stockMessage(sale, now)),
  ])
  const ended = decided.filter(({ opened, payment }) => !opened && payment.state !== 'processing')
  dropReminders(
    tx,
    institutionId,
    'payment_check',
    ended.map(({ payment }) => payment.id),
  )
}

const usesOf = ({ payment, periods }: Decided) =>
  payment.kind === 'purchase' && payment.mandateId !== null
    ? [{ mandateId: payment.mandateId, ...periods, amountMinor: payment.amountMinor }]
    : []

function tendersOf(succeeded: readonly Decided[], { sales }: Pick<Ground, 'sales'>): Tender[] {
  const tenders = new Map<string, Omit<Tender, 'becamePaid'>>()
  for (const { payment, isPartOfSale, now: at } of succeeded) {
    if (!isPartOfSale) continue
    const { merchantId, saleNo, amountMinor } = payment
    const paidMinor = (tenders.get(saleSubject(payment))?.paidMinor ?? 0n) + amountMinor
    tenders.set(saleSubject(payment), { merchantId, saleNo, paidMinor, at })
  }
  return [...tenders.entries()].map(([key, tender]) => {
    const sale = sales.get(key)
    const becamePaid = sale?.totalMinor !== null && sale?.paidMinor === sale?.totalMinor
    return { ...tender, becamePaid }
  })
}

const eventTypes = {
  processing: 'payment.confirmation_required',
  succeeded: 'payment.succeeded',
  failed: 'payment.failed',
  reversed: 'payment.reversed',
} as const satisfies Record<Payment['state'], EventType>

const eventOf = ({ payment, now }: Decided): Event => ({
  id: newId('evt', now.getTime()),
  type: eventTypes[payment.state],
  subjectId: payment.id,
  merchantId: payment.merchantId,
  terminalId: payment.terminalId,
  payerId: payment.payerId,
  partyId: payment.initiatorPartyId,
  payload: plainPayment(payment),
  occurredAt: now,
})

/** The debit instruction to the payer, the netting notice to the third party (P14), the reminder. */
function messagesOf({ payment, now }: Decided): NewMessage[] {
  const { id: paymentId, payerId, initiatorPartyId, confirmExpiresAt } = payment
  const message = () => ({ id: newId('msg', now.getTime()), subjectId: paymentId, dueAt: now })
  if (payment.state === 'processing') {
    const dueAt = confirmExpiresAt ?? now
    return [{ ...message(), consumer: 'payment_check', isReminder: true, payload: {}, dueAt }]
  }
  if (payment.state !== 'succeeded') return []
  const { amountMinor, currency, merchantName } = payment
  const told = (recipientId: string, kind: 'debit_instruction' | 'netting_notice') => ({
    ...message(),
    consumer: 'notice' as const,
    isReminder: false,
    payload: {
      recipientId,
      kind,
      paymentId,
      amountMinor: amountMinor.toString(),
      currency,
      merchantName,
      occurredAt: now.toISOString(),
    },
  })
  return [
    // A top-up is the payer's own act and no debit that anybody else began.
    ...(payerId === null || payment.kind === 'top_up' ? [] : [told(payerId, 'debit_instruction')]),
    ...(initiatorPartyId === null ? [] : [told(initiatorPartyId, 'netting_notice')]),
  ]
}

const stockMessage = (sale: Tender, now: Date): NewMessage => ({
  consumer: 'stock',
  id: newId('msg', now.getTime()),
  subjectId: saleSubject(sale),
  isReminder: false,
  payload: {},
  dueAt: now,
})

const transitionOf = ({ payment, opened, actor, now }: Decided): Transition => ({
  paymentId: payment.id,
  number: opened ? 1 : 2,
  from: opened ? null : 'processing',
  to: payment.state,
  actor,
  reason: payment.declineReason ?? payment.nextAction,
  at: now,
})

function insertTransitions(tx: Tx, institutionId: string, made: readonly Transition[]): void {
  tx.send(sql('insert_transitions'), [
    institutionId,
    made.map((one) => one.paymentId),
    made.map((one) => one.number),
    made.map((one) => one.from),
    made.map((one) => one.to),
    made.map((one) => one.actor),
    made.map((one) => one.reason),
    made.map((one) => one.at),
  ])
}

function finishPayments(tx: Tx, institutionId: string, decided: readonly Decided[]): void {
  const finished = decided.filter(({ opened }) => !opened)
  if (finished.length === 0) return
  tx.send(sql('finish_payments'), [
    institutionId,
    finished.map(({ payment }) => payment.id),
    finished.map(({ payment }) => payment.state),
    finished.map(({ payment }) => payment.declineReason),
    finished.map(({ payment }) => payment.allocationVersion),
    finished.map(({ payment, periods }) => (payment.state === 'succeeded' ? periods.day : null)),
    finished.map(({ payment }) => payment.completedAt),
  ])
}

function insertPayments(tx: Tx, institutionId: string, decided: readonly Decided[]): void {
  const rows = decided.flatMap(({ payment, opened, periods }) =>
    opened ? [{ payment, opened, periods }] : [],
  )
  if (rows.length === 0) return
  const column = <Key extends keyof Payment>(key: Key) => rows.map(({ payment }) => payment[key])
  const time = (key: 'createdAt' | 'confirmExpiresAt' | 'completedAt') =>
    rows.map(({ payment }) => payment[key])
  tx.send(sql('insert_payments'), [
    institutionId,
    column('id'),
    column('kind'),
    column('state'),
    column('nextAction'),
    column('merchantId'),
    column('storeId'),
    column('terminalId'),
    column('initiatorPartyId'),
    column('orderNo'),
    column('saleNo'),
    rows.map(({ opened }) => opened.idempotencyKey),
    rows.map(({ opened }) => opened.fingerprint),
    column('amountMinor'),
    column('currency'),
    column('scheme'),
    column('road'),
    column('maskedCode'),
    column('payerId'),
    column('sourceId'),
    column('mandateId'),
    column('allocationVersion'),
    rows.map(({ payment, periods }) => (payment.state === 'succeeded' ? periods.day : null)),
    column('declineReason'),
    rows.map(({ payment }) => JSON.stringify(payment.routeReasons)),
    rows.map(({ payment }) => payment.position?.latitude ?? null),
    rows.map(({ payment }) => payment.position?.longitude ?? null),
    rows.map(({ payment }) => payment.position?.accuracyM ?? null),
    time('createdAt'),
    time('confirmExpiresAt'),
    time('completedAt'),
  ])
}
