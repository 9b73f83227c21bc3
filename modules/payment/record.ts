import { accountOf, readCurrentRules, type CurrentRule } from '../allocation/allocation.ts'
import type { Schedule } from '../channel/channel.ts'
import type { Step, Tx } from '../database/database.ts'
import { openExceptions, settleExceptions, type NewException } from '../exception/exception.ts'
import { saleSubject } from '../goods/goods.ts'
import {
  memoMerchant,
  merchantPayable,
  openAccounts,
  promotionCost,
  suspense,
  writeTransfers,
  type NewAccount,
  type Transfer,
} from '../ledger/ledger.ts'
import { assert } from '../lib/assert.ts'
import { newId } from '../lib/ids.ts'
import { dropReminders, putMessages, type NewMessage } from '../outbox/outbox.ts'
import type { Periods } from '../wallet/wallet.ts'
import { readChargesById, updateCharges, type Charge } from './charge.ts'
import { addTender, areLocked, fitsSale } from './decide.ts'
import { failureOf, nextOf, type Next, type Told } from './follow-up.ts'
import { distinct, lockGround, type Ground } from './ground.ts'
import { lockPayments } from './read.ts'
import {
  giveStaticBack,
  lockStaticCounters,
  staticUsesOf,
  writeStaticCounters,
  type StaticCounters,
} from './present-cap.ts'
import { readReserved, type Reserved } from './reserved.ts'
import { chargedMinor, type Actor, type Payment } from './state.ts'
import { memoTransfers, transfersOf } from './transfers.ts'
import { checkReminder, plainly, writeDecided, type Decided } from './write.ts'

/** A word about a charge, and the rules of the channel that it came from. */
export type Report = {
  chargeId: string
  paymentId: string
  /** Whose rule will share the money, where that is known: it is read together with the rest. */
  merchantId: string | null
  told: Told
  schedule: Schedule
  actor: Actor
  /** The day and month of now, for a sale that is booked now. */
  periods: Periods
  now: Date
}

/** How payment and charge stand after it; null: there is no such charge. */
export type Recorded = { payment: Payment; charge: Charge } | null

/**
 * The one door for whatever is heard of a charge: answer, query, notice, reversal, a person's act.
 * Shared by the words that arrive together. What is heard twice has no second effect. A success is
 * booked with its sale; a failure gives back what was reserved; money that comes after its payment
 * was given up is put into suspense, to be refunded.
 *
 * Source: P5, P15, P29; DESIGN §3 (record), §5 (batch), §10 (late success).
 */
export const record: Step<Report, Recorded> = {
  name: 'payment.record',
  mode: 'write',
  async run(tx, institutionId, reports) {
    const chargeIds = distinct(reports.map(({ chargeId }) => chargeId))
    const paymentIds = distinct(reports.map(({ paymentId }) => paymentId))
    const merchantIds = distinct(reports.flatMap(({ merchantId }) => merchantId ?? []))
    const [payments, charges, reserved, rules] = await Promise.all([
      lockPayments(tx, institutionId, paymentIds),
      readChargesById(tx, institutionId, chargeIds),
      readReserved(tx, institutionId, paymentIds),
      readRulesOf(tx, institutionId, { merchantIds, reports }),
    ])
    const seen = { reports, payments, charges, reserved, rules }
    const capped = [...payments.values()].flatMap((one) =>
      staticUsesOf(one, reserved.get(one.id)?.limitDay ?? null),
    )
    const [statics, ground] = await Promise.all([
      lockStaticCounters(tx, institutionId, capped),
      groundOf(tx, institutionId, seen),
    ])
    const batch: Batch = { ground, statics, payments, charges, reserved, written: new Map() }
    for (const report of reports) hear(report, batch)
    await write(tx, institutionId, [...batch.written.values()], ground)
    writeStaticCounters(tx, institutionId, statics)
    return reports.map(({ chargeId }): Recorded => {
      const charge = charges.get(chargeId)
      const payment = charge && payments.get(charge.paymentId)
      return charge && payment ? { payment, charge } : null
    })
  },
}

type Batch = {
  ground: Ground
  /** What payers have used of the cap on codes on the wall. */
  statics: StaticCounters
  payments: Map<string, Payment>
  charges: Map<string, Charge>
  reserved: ReadonlyMap<string, Reserved>
  /** By charge: what is to be written, the last word of several. */
  written: Map<string, Written>
}

type Written = {
  next: Next
  report: Report
  payment: Payment
  /** The payment's own change; null when only the charge has moved. */
  decided: Decided | null
  late: Transfer | null
}

function hear(report: Report, batch: Batch): void {
  const { payments, charges, written } = batch
  const charge = charges.get(report.chargeId)
  const payment = charge && payments.get(charge.paymentId)
  if (!charge || !payment) return
  const earlier = written.get(charge.id)
  const heard = nextOf(charge, report.told, report.schedule, report.now)
  const isPaidNow = heard.charge.state === 'succeeded' && charge.state !== 'succeeded'
  const next = isPaidNow ? fitted(heard, payment, batch) : heard
  // No news. What an earlier word of this batch has led to stands, its reminder too.
  if (next.charge === charge && !next.isStuck) return
  const isLateNow = next.charge.isLate && !charge.isLate
  // The charge goes on although its payment is over: what is written is how it stands in the end.
  const over = earlier?.decided && { ...earlier.decided, ...writtenOf(next) }
  const decided = decide(next, payment, report, batch) ?? over ?? null
  const late = isLateNow ? lateTransfer(next.charge, report.now) : (earlier?.late ?? null)
  written.set(charge.id, { next, report, payment: decided?.payment ?? payment, decided, late })
  charges.set(charge.id, next.charge)
  if (decided) payments.set(payment.id, decided.payment)
}

const writtenOf = ({ charge, dueAt }: Next) => ({ charge: { charge, isNew: false, dueAt } })

/**
 * Whether the money of a charge that is paid now is still wanted. Money for a payment that is over (an
 * order that somebody else has paid, or that ran out), or for a sale that is paid by other means, came
 * too late. As long as an order is open it is welcome, even where its closing had begun.
 */
function fitted(next: Next, payment: Payment, { ground }: Batch): Next {
  const { charge } = next
  if (payment.state !== 'processing') return { ...next, charge: { ...charge, isLate: true } }
  const isLate = charge.isLate && payment.nextAction !== 'payer_scans'
  const isSale = ground.sales.has(saleSubject(payment))
  if (isLate || !isSale || fitsSale(payment, ground))
    return { ...next, charge: { ...charge, isLate } }
  return { ...next, charge: { ...charge, isLate: true, declineReason: 'sale_already_paid' } }
}

/** What the charge makes of its payment; null: nothing, as it is over or goes on as it was. */
function decide(next: Next, payment: Payment, report: Report, batch: Batch): Decided | null {
  if (payment.state !== 'processing') return null
  const { charge } = next
  // An order stays open for others whatever becomes of one way to pay it, unless it is paid.
  if (payment.nextAction === 'payer_scans' && charge.state !== 'succeeded') return null
  const { actor, periods, now } = report
  const isPartOfSale = batch.ground.sales.has(saleSubject(payment))
  const common = { ...plainly, opened: null, transfers: [], isPartOfSale, actor, now }
  const written = writtenOf(next)
  // What waits for the same thing as before is no news.
  const goesOn = (nextAction: Payment['nextAction']): Decided | null =>
    nextAction === payment.nextAction
      ? null
      : { ...common, ...written, periods, payment: { ...payment, nextAction } }
  const over = (change: Partial<Payment>): Decided => ({
    ...{ ...common, ...written, ...givenBack(payment, periods, batch) },
    payment: { ...payment, nextAction: null, completedAt: now, ...change },
  })
  if (charge.state === 'processing') {
    if (charge.reverseAskedAt) return goesOn('reverse')
    return goesOn(next.waitsForPayer ? 'payer_confirms' : 'query')
  }
  if (charge.isLate) {
    const { declineReason } = charge
    return over(declineReason ? { state: 'failed', declineReason } : { state: 'reversed' })
  }
  if (charge.state === 'reversed') return over({ state: 'reversed' })
  if (charge.state === 'failed') return over({ state: 'failed', declineReason: failureOf(charge) })

  const rule = batch.ground.rules.get(payment.merchantId)
  const books = { subjectId: charge.id, debitAccountId: charge.debitAccountId, eventAt: now }
  const isDirect = charge.settlement === 'direct'
  const transfers = isDirect
    ? memoTransfers(payment, books)
    : transfersOf(payment, rule?.lines ?? [], books)
  assert(areLocked(transfers, batch.ground), 'the rule was read before the accounts were locked')
  if (isPartOfSale) addTender(payment, batch.ground)
  return {
    ...{ ...common, ...written, periods, transfers },
    payment: {
      ...payment,
      ...{ state: 'succeeded', nextAction: null, completedAt: now },
      ...(payment.road === null && { road: charge.channel, scheme: charge.channel }),
      allocationVersion: isDirect ? null : (rule?.version ?? null),
    },
  }
}

/** What was reserved goes back to the counters of the day that the payment names. */
function givenBack(payment: Payment, periods: Periods, { reserved, statics }: Batch) {
  const { limitDay = null, quotas = [] } = reserved.get(payment.id) ?? {}
  for (const use of staticUsesOf(payment, limitDay))
    giveStaticBack(statics, use, payment.amountMinor)
  return {
    limitMinor: limitDay === null ? 0n : -chargedMinor(payment),
    periods: limitDay === null ? periods : { day: limitDay, month: limitDay.slice(0, 7) },
    quotas: quotas.map((use) => ({ ...use, amountMinor: -use.amountMinor })),
  }
}

/** Money whose payment was given up: owed by the channel, and nobody's yet. */
const lateTransfer = (charge: Charge, eventAt: Date): Transfer => ({
  ...{ subjectId: charge.id, leg: 1, kind: 'late_success', eventAt },
  ...{ debitAccountId: charge.debitAccountId, creditAccountId: suspense },
  ...{ currency: charge.currency, amountMinor: charge.amountMinor },
})

async function write(
  tx: Tx,
  institutionId: string,
  written: readonly Written[],
  ground: Ground,
): Promise<void> {
  const decided = written.flatMap((one) => one.decided ?? [])
  writeDecided(tx, institutionId, decided, ground)
  const others = written.filter((one) => one.decided === null)
  updateCharges(
    tx,
    institutionId,
    others.map(({ next }) => next.charge),
  )
  dropReminders(
    tx,
    institutionId,
    'charge_check',
    others.map(({ next }) => next.charge.id),
  )
  writeTransfers(
    tx,
    institutionId,
    written.flatMap(({ late }) => late ?? []),
  )
  putMessages(tx, institutionId, [
    ...others.flatMap(({ next: { charge, dueAt }, report: { now } }) =>
      dueAt ? [checkReminder(charge, dueAt, now)] : [],
    ),
    ...written.flatMap((one) => (one.late ? [refundLate(one)] : [])),
  ])
  await openExceptions(tx, institutionId, written.flatMap(exceptionsOf))
  await settleStuck(tx, institutionId, written)
}

/**
 * A charge of which nobody could tell is known now: that exception is over. None is ever stuck before
 * it was to be reversed, so that most payments need no look.
 */
async function settleStuck(tx: Tx, institutionId: string, written: readonly Written[]) {
  const known = written.filter(
    ({ next: { charge } }) => charge.state !== 'processing' && charge.reverseAskedAt !== null,
  )
  const [first] = known
  if (!first) return
  await settleExceptions(tx, institutionId, {
    settled: known.map(({ next: { charge } }) => ({
      ...{ kind: 'stuck_unknown', subjectId: charge.id, action: charge.state },
    })),
    ...{ actor: first.report.actor, at: first.report.now },
  })
}

const refundLate = ({ next: { charge }, report: { now } }: Written): NewMessage => ({
  ...{ id: newId('msg', now.getTime()), consumer: 'late_refund', subjectId: charge.id },
  ...{ isReminder: false, payload: { chargeId: charge.id }, dueAt: now },
  channelAccountId: charge.channelAccountId,
})

function exceptionsOf({ next, late, payment, report: { now: at } }: Written): NewException[] {
  const { charge, isStuck } = next
  const kind = late ? 'late_success' : isStuck ? 'stuck_unknown' : null
  if (kind === null) return []
  const { id: subjectId, paymentId, amountMinor, currency, channel, channelCode } = charge
  const detail = { channel, channel_code: channelCode, merchant: payment.merchantId }
  const what = { kind, subjectId, paymentId, amountMinor, currency, detail } as const
  return [{ id: newId('exc', at.getTime()), ...what, at }]
}

type Seen = Pick<Batch, 'payments' | 'charges' | 'reserved'> & {
  reports: readonly Report[]
  /** Of the merchants that were known before. */
  rules: ReadonlyMap<string, CurrentRule>
}

async function readRulesOf(
  tx: Tx,
  institutionId: string,
  { merchantIds, reports }: { merchantIds: readonly string[]; reports: readonly Report[] },
): Promise<Map<string, CurrentRule>> {
  if (merchantIds.length === 0) return new Map()
  return readCurrentRules(tx, institutionId, merchantIds, reports[0]?.now ?? new Date(0))
}

const endings = new Set(['succeeded', 'declined', 'not_sent', 'not_found', 'reversed'])

/** Locks what the words that may end a charge need; the others need nothing. */
async function groundOf(tx: Tx, institutionId: string, seen: Seen): Promise<Ground> {
  const { reports, payments, charges, reserved } = seen
  const ending = reports.flatMap(({ chargeId, told }) => {
    const charge = charges.get(chargeId)
    const payment = charge && payments.get(charge.paymentId)
    const mayEnd = told.by !== 'wish_to_reverse' && endings.has(told.outcome.kind)
    return mayEnd && payment ? [{ charge, payment }] : []
  })
  const now = reports[0]?.now ?? new Date(0)
  const open = ending.filter(({ payment }) => payment.state === 'processing')
  const merchantIds = distinct(open.map(({ payment }) => payment.merchantId))
  const strange = merchantIds.filter((id) => !seen.rules.has(id))
  const more = await readRulesOf(tx, institutionId, { merchantIds: strange, reports })
  const rules = new Map([...seen.rules, ...more])
  const books = booksOf(ending)
  const ruleAccountIds = merchantIds.flatMap((id) => rules.get(id)?.lines.map(accountOf) ?? [])
  // What is missing is made on the way to the locks, in the same round trip.
  const opened = books.length > 0 ? openAccounts(tx, institutionId, books, now) : null
  const ground = await lockGround(tx, institutionId, {
    ...{ codeHashes: [], foreignHashes: [], terminalIds: [], merchantIds: [], now },
    sales: open.map(({ payment }) => payment),
    uses: open.flatMap(({ payment: { id, mandateId } }) => {
      const day = reserved.get(id)?.limitDay
      return mandateId && day ? [{ mandateId, day, month: day.slice(0, 7) }] : []
    }),
    quotas: open.flatMap(({ payment }) => reserved.get(payment.id)?.quotas ?? []),
    accountIds: [
      ...books.map(({ id }) => id),
      ...merchantIds.map(merchantPayable),
      ...ruleAccountIds,
    ],
  })
  await opened
  // The rule that the accounts were locked for is the rule that is applied.
  return { ...ground, rules }
}

/** The accounts of these charges' channels, which may have to be made first. */
function booksOf(ending: readonly { charge: Charge; payment: Payment }[]): NewAccount[] {
  const [first] = ending
  if (!first) return []
  const sides = new Map<string, 'debit' | 'credit'>([[suspense, 'credit']])
  for (const { charge, payment } of ending) {
    sides.set(charge.debitAccountId, 'debit')
    if (charge.settlement === 'direct') sides.set(memoMerchant(payment.merchantId), 'credit')
    if (payment.discountMinor > 0n) sides.set(promotionCost, 'debit')
  }
  const { currency } = first.charge
  return [...sides.entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, normalSide]) => ({ id, currency, normalSide, floorMinor: null }))
}
