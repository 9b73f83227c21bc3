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
import { writeQuotas, type Considered, type QuotaUse } from '../route/route.ts'
import { takeCodes, writeUses, type Periods } from '../wallet/wallet.ts'
import { insertCharges, updateCharges, type Charge } from './charge.ts'
import { mannerOf } from './decide.ts'
import type { Ground } from './ground.ts'
import { plainPayment } from './plain.ts'
import { writeTakenUp } from './present-order.ts'
import type { Actor, Payment, Transition } from './state.ts'

const sql = loadSql(new URL('./payment.sql', import.meta.url))

/** One decided payment, as it is now, and what follows from it. */
export type Decided = {
  payment: Payment
  /** Set when the row is new. */
  opened: {
    idempotencyKey: string
    fingerprint: Buffer
    codeHash: Buffer | null
    candidates: readonly Considered[]
  } | null
  transfers: Transfer[]
  /** What it adds to the payer's limits, in minor units; below zero gives back. */
  limitMinor: bigint
  /** What it adds to the quotas of its road; amounts below zero give back. */
  quotas: readonly QuotaUse[]
  /** A charge that is new or has changed, and when it is looked at again. */
  charge: { charge: Charge; isNew: boolean; dueAt: Date | null } | null
  /** The day and month whose limits it counts in. */
  periods: Periods
  isPartOfSale: boolean
  actor: Actor
  now: Date
}

/** What most payments do not have. */
export const plainly = { limitMinor: 0n, quotas: [], charge: null } as const

/**
 * Writes what a batch decided: codes, payments, transitions, charges, transfers, limits, quotas,
 * sales, events and messages, all or nothing, as statements over arrays that travel together.
 */
export function writeDecided(
  tx: Tx,
  institutionId: string,
  decided: readonly Decided[],
  ground: Pick<Ground, 'sales' | 'codes'>,
): void {
  const [first] = decided
  if (!first) return
  const { now } = first
  const taken = decided.flatMap(({ opened, payment }) =>
    opened?.codeHash && ground.codes.has(opened.codeHash.toString('hex'))
      ? [{ codeHash: opened.codeHash, paymentId: payment.id }]
      : [],
  )
  takeCodes(tx, institutionId, taken, now)
  insertPayments(tx, institutionId, decided)
  keepWaiting(tx, institutionId, decided)
  writeTakenUp(tx, institutionId, decided)
  finishPayments(tx, institutionId, decided)
  insertTransitions(tx, institutionId, decided.filter(hasMoved).map(transitionOf))
  writeCharges(tx, institutionId, decided)
  writeUses(tx, institutionId, decided.flatMap(usesOf))
  writeQuotas(
    tx,
    institutionId,
    decided.flatMap(({ quotas }) => quotas),
  )
  const succeeded = decided.filter(({ payment }) => payment.state === 'succeeded')
  writeTransfers(
    tx,
    institutionId,
    succeeded.flatMap(({ transfers }) => transfers),
  )
  const tenders = tendersOf(succeeded, ground)
  applyTenders(tx, institutionId, tenders)
  putEvents(tx, institutionId, decided.filter(isWorthTelling).map(eventOf))
  const stock = tenders.filter(({ becamePaid }) => becamePaid)
  putMessages(tx, institutionId, [
    ...decided.flatMap(messagesOf),
    ...decided.flatMap(remindersOf),
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

const isFinal = ({ payment }: Decided): boolean => payment.state !== 'processing'
const hasMoved = (one: Decided): boolean => one.opened !== null || isFinal(one)

/** A charge that has just left is told of when there is an answer. */
const isWorthTelling = ({ payment, opened }: Decided): boolean =>
  !(opened && payment.nextAction === 'query')

const usesOf = ({ payment, periods, limitMinor }: Decided) => {
  const { mandateId } = payment
  if (mandateId === null || limitMinor === 0n) return []
  return [{ mandateId, ...periods, amountMinor: limitMinor, manner: mannerOf(payment) }]
}

/** Charges as they are now; the reminder of each is replaced by the one for its next step. */
function writeCharges(tx: Tx, institutionId: string, decided: readonly Decided[]): void {
  const charges = decided.flatMap(({ charge }) => charge ?? [])
  insertCharges(
    tx,
    institutionId,
    charges.flatMap(({ isNew, charge }) => (isNew ? [charge] : [])),
  )
  const changed = charges.flatMap(({ isNew, charge }) => (isNew ? [] : [charge]))
  updateCharges(tx, institutionId, changed)
  dropReminders(
    tx,
    institutionId,
    'charge_check',
    changed.map(({ id }) => id),
  )
}

const remindersOf = ({ charge, now }: Decided): NewMessage[] =>
  charge?.dueAt ? [checkReminder(charge.charge, charge.dueAt, now)] : []

/** The reminder to look at a charge; it carries the account, which may come back to life before. */
export const checkReminder = (charge: Charge, dueAt: Date, now: Date): NewMessage => ({
  id: newId('msg', now.getTime()),
  consumer: 'charge_check',
  subjectId: charge.id,
  isReminder: true,
  payload: {},
  dueAt,
  channelAccountId: charge.channelAccountId,
})

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

function eventTypeOf({ state, nextAction, payerId }: Payment): EventType {
  if (state !== 'processing') return `payment.${state}`
  const isOurs = nextAction === 'payer_confirms' && payerId !== null
  return isOurs ? 'payment.confirmation_required' : 'payment.updated'
}

const eventOf = ({ payment, now }: Decided): Event => ({
  id: newId('evt', now.getTime()),
  type: eventTypeOf(payment),
  subjectId: payment.id,
  merchantId: payment.merchantId,
  terminalId: payment.terminalId,
  payerId: payment.payerId,
  partyId: payment.initiatorPartyId,
  payload: plainPayment(payment),
  occurredAt: now,
})

/** The debit instruction to the payer, the netting notice to the third party (P14), the reminder. */
function messagesOf({ payment, opened, now }: Decided): NewMessage[] {
  const { id: paymentId, payerId, initiatorPartyId, confirmExpiresAt } = payment
  const message = () => ({ id: newId('msg', now.getTime()), subjectId: paymentId, dueAt: now })
  if (payment.state === 'processing') {
    const dueAt = confirmExpiresAt
    if (!opened || !dueAt) return []
    return [{ ...message(), consumer: 'payment_check', isReminder: true, payload: {}, dueAt }]
  }
  if (payment.state !== 'succeeded') return []
  const { amountMinor, currency, merchantId, merchantName } = payment
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
      merchantId,
      merchantName,
      occurredAt: now.toISOString(),
    },
  })
  return [
    // A top-up is the payer's own act and no debit that anybody else began.
    ...(payerId === null || payment.kind === 'top_up' ? [] : [told(payerId, 'debit_instruction')]),
    // Netting is what happens within the institution; others learn by their webhook.
    ...(initiatorPartyId === null || payment.road !== 'book'
      ? []
      : [told(initiatorPartyId, 'netting_notice')]),
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

/** Payments that go on, and wait for something else now. */
function keepWaiting(tx: Tx, institutionId: string, decided: readonly Decided[]): void {
  const waiting = decided.filter((one) => !one.opened && !isFinal(one))
  if (waiting.length === 0) return
  tx.send(sql('keep_waiting'), [
    institutionId,
    waiting.map(({ payment }) => payment.id),
    waiting.map(({ payment }) => payment.nextAction),
    waiting.map((one) => limitDayOf(one)),
    waiting.map(({ payment }) => payment.confirmExpiresAt),
  ])
}

/** The day whose limits a payment has used, or null when it has used none. */
const limitDayOf = ({ periods, limitMinor }: Decided): string | null =>
  limitMinor > 0n ? periods.day : null

function finishPayments(tx: Tx, institutionId: string, decided: readonly Decided[]): void {
  const finished = decided.filter((one) => !one.opened && isFinal(one))
  if (finished.length === 0) return
  tx.send(sql('finish_payments'), [
    institutionId,
    finished.map(({ payment }) => payment.id),
    finished.map(({ payment }) => payment.state),
    finished.map(({ payment }) => payment.declineReason),
    finished.map(({ payment }) => payment.allocationVersion),
    finished.map(limitDayOf),
    finished.map(({ payment }) => payment.completedAt),
  ])
}

function insertPayments(tx: Tx, institutionId: string, decided: readonly Decided[]): void {
  const rows = decided.flatMap((one) => {
    const { payment, opened, quotas } = one
    return opened ? [{ payment, opened, quotas, limitDay: limitDayOf(one) }] : []
  })
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
    rows.map(({ limitDay }) => limitDay),
    column('declineReason'),
    rows.map(({ payment }) => JSON.stringify(payment.routeReasons)),
    rows.map(({ payment }) => payment.position?.latitude ?? null),
    rows.map(({ payment }) => payment.position?.longitude ?? null),
    rows.map(({ payment }) => payment.position?.accuracyM ?? null),
    time('createdAt'),
    time('confirmExpiresAt'),
    time('completedAt'),
    column('discountMinor'),
    column('merchantDiscountMinor'),
    column('promotionId'),
    rows.map(({ quotas }) => (quotas.length > 0 ? plainQuotas(quotas) : null)),
    rows.map(({ opened }) => plainCandidates(opened.candidates)),
    column('needsPin'),
    column('isOffline'),
    rows.map(({ payment }) => payment.positionFlags.join(' ') || null),
    rows.map(({ payment }) => payment.position?.distanceM ?? null),
  ])
}

/** Reserved quotas as they are stored. */
export const plainQuotas = (quotas: readonly QuotaUse[]): string =>
  JSON.stringify(
    quotas.map(({ subject, period, amountMinor }) => [subject, period, amountMinor.toString()]),
  )

/** What was considered, as it is stored; null when there was nothing to choose. */
export const plainCandidates = (candidates: readonly Considered[]): string | null =>
  candidates.length === 0
    ? null
    : JSON.stringify(candidates, (_, value: unknown) =>
        typeof value === 'bigint' ? Number(value) : value,
      )
