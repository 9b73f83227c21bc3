import type { Step, Tx } from '../database/database.ts'
import type { DeclineReason, ErrorCode } from '../errors/errors.ts'
import {
  insertSales,
  saleSubject,
  totalMinor,
  type NewSale,
  type SaleLine,
} from '../goods/goods.ts'
import { merchantPayable, promotionCost, walletBalance } from '../ledger/ledger.ts'
import { assert } from '../lib/assert.ts'
import { refuseCode, type LockedCode } from '../wallet/wallet.ts'
import { fitsQuotas, addQuotas } from '../route/route.ts'
import type { Considered, LocalMoment, QuotaUse } from '../route/route.ts'
import type { Charge } from './charge.ts'
import {
  addUseOf,
  decideCharge,
  fitsSale,
  mustConfirm,
  placeOf,
  refuseDay,
  refusePermission,
  refuseUse,
  type AtTill,
} from './decide.ts'
import {
  findExisting,
  lockGround,
  type Existing,
  type ExistingKey,
  type Ground,
  type Needs,
} from './ground.ts'
import { readPayments } from './read.ts'
import { chargedMinor, type Actor, type Payment } from './state.ts'
import type { TillTerms } from './till-terms.ts'
import { plainly, writeDecided, type Decided } from './write.ts'

/** A payment that wants to be, with all that is known of it before anything is locked. */
export type Order = {
  /** As it would stand while `processing`; its id is made, so a rerun finds its own row. */
  draft: Payment
  idempotencyKey: string
  fingerprint: Buffer
  /** Null where no code was scanned: a top-up, an order that the payer took up. */
  codeHash: Buffer | null
  /** Whether our own wallet has issued the code; others' codes are only kept from paying twice. */
  isOurCode: boolean
  /** The account in our books that pays; null when a channel is asked to. */
  sourceAccountId: string | null
  /** What a channel will be asked for, as soon as this is committed; null on the road `book`. */
  charge: { charge: Charge; firstCheckAt: Date } | null
  /** The accounts that the merchant's rule pays into, as last read. */
  ruleAccountIds: readonly string[]
  /** What the router reserves of quotas and budgets, and what it looked at. */
  quotas: readonly QuotaUse[]
  candidates: readonly Considered[]
  goods: readonly SaleLine[]
  isPartOfSale: boolean
  /** Now, as the institution's clock and calendar show it. */
  periods: LocalMoment
  confirmSeconds: number
  /** What the institution lets go by offline codes in a day at most, in minor units. */
  offlineCapMinor?: bigint
  /** What is asked of the terminal besides its permission; left out where there is none. */
  till?: TillTerms
  /** For an order that the merchant shows: until when whoever scans it may pay. */
  shownUntil?: Date
  actor: Actor
  now: Date
}

export type Answer =
  | { kind: 'paid'; payment: Payment; charge: Charge | null; isReplay: boolean }
  | { kind: 'refused'; code: ErrorCode }
  /** The ground has changed: a rule, or a quota that is used up. Look and choose once more. */
  | { kind: 'again'; hasDayLimit?: boolean }

async function run(tx: Tx, institutionId: string, orders: readonly Order[]): Promise<Answer[]> {
  const [ground, existing] = await Promise.all([
    lockGround(tx, institutionId, needsOf(orders)),
    findExisting(tx, institutionId, orders.map(keyOf)),
  ])
  const batch: Batch = { ground, known: new Map(), decided: [], newSales: [] }
  for (const one of existing) remember(batch, one)
  const found = orders.map((order) => decide(order, batch))
  insertSales(tx, institutionId, batch.newSales)
  writeDecided(tx, institutionId, batch.decided, ground)
  return answers(tx, institutionId, found, orders)
}

/**
 * The on-us batch: payer and payee keep their accounts in this institution, so the payment begins
 * and ends in one transaction. Lock, decide each payment on its own, write what was decided.
 *
 * Source: P14; DESIGN §3 (road `book`), §5 (batch).
 */
export const onus: Step<Order, Answer> = { name: 'payment.onus', mode: 'write', run }

/**
 * Opens payments whose money a channel will be asked for: the same checks, and what the payment will
 * need is reserved. Nothing is booked; the channel is asked when this is committed.
 *
 * Source: DESIGN §3 (open), §5.
 */
export const open: Step<Order, Answer> = { name: 'payment.open', mode: 'write', run }

type Batch = {
  ground: Ground
  /** Payments by their order number and by their key: earlier ones, and those of this batch. */
  known: Map<string, Existing>
  decided: Decided[]
  newSales: NewSale[]
}

/** `own`: the payment of this very call, written by a try whose commit we did not hear of. */
type Found =
  | Exclude<Answer, { kind: 'paid' }>
  | { kind: 'paid'; payment: Payment; charge: Charge | null }
  | { kind: 'replay'; id: string; isOwn: boolean }

const keyOf = ({ draft, idempotencyKey }: Order) => ({
  merchantId: draft.merchantId,
  orderNo: draft.orderNo,
  idempotencyKey,
})

function needsOf(orders: readonly Order[]): Needs {
  const purchases = orders.filter(({ draft }) => draft.kind === 'purchase')
  return {
    codeHashes: orders.flatMap(({ codeHash, isOurCode }) => (isOurCode && codeHash) || []),
    foreignHashes: orders.flatMap(({ codeHash, isOurCode }) => (!isOurCode && codeHash) || []),
    sales: orders.flatMap(({ draft, isPartOfSale }) => (isPartOfSale ? [draft] : [])),
    uses: purchases.flatMap(({ draft, periods }) =>
      draft.mandateId === null ? [] : [{ mandateId: draft.mandateId, ...periods }],
    ),
    quotas: orders.flatMap(({ quotas }) => quotas),
    accountIds: orders.flatMap(accountIdsOf),
    terminalIds: orders.flatMap(({ draft }) => draft.terminalId ?? []),
    // What a channel is asked for is shared when it has paid.
    merchantIds: purchases.flatMap(({ draft, charge }) => (charge ? [] : draft.merchantId)),
    now: orders[0]?.now ?? new Date(0),
  }
}

function accountIdsOf({ draft, sourceAccountId, ruleAccountIds }: Order): string[] {
  if (sourceAccountId === null) return []
  if (draft.kind === 'top_up') return [sourceAccountId, walletBalance(draft.payerId ?? '')]
  const funding = draft.discountMinor > draft.merchantDiscountMinor ? [promotionCost] : []
  return [sourceAccountId, merchantPayable(draft.merchantId), ...ruleAccountIds, ...funding]
}

/** The straight list of checks, in the order in which their answers count. */
function decide(order: Order, batch: Batch): Found {
  const { draft, codeHash, isPartOfSale, now } = order
  const { ground } = batch
  const earlier = earlierOf(order, batch)
  if (earlier) return earlier

  const atTill = atTillOf(order)
  const refusal = refusePermission(draft, ground, atTill)
  if (refusal) return { kind: 'refused', code: refusal }

  const hash = codeHash?.toString('hex') ?? ''
  const code = ground.codes.get(hash)
  if (codeHash && order.isOurCode && !code) return { kind: 'refused', code: 'CODE_UNKNOWN' }
  if (ground.usedForeign.has(hash)) return { kind: 'refused', code: 'CODE_USED' }
  const dead = code ? refuseCode(code, now) : null
  if (dead) return { kind: 'refused', code: dead }

  if (isPartOfSale) {
    const sale = openSale(order, batch)
    if (sale === 'differs') return { kind: 'refused', code: 'SALE_DIFFERS' }
    if (!fitsSale(draft, ground)) return { kind: 'refused', code: 'SALE_OVERPAID' }
  }

  const day = refuseDay(draft, order.periods.day, ground)
  if (day === 'unknown') return { kind: 'again', hasDayLimit: true }
  if (day) return { kind: 'refused', code: day }
  if (!fitsQuotas(ground.quotas, order.quotas)) return { kind: 'again' }

  const settled = settle(order, ground)
  if (settled.kind === 'again') return settled
  // After this point the code is taken, and there is a payment.
  if (code) code.usedAt = now
  else if (codeHash) ground.usedForeign.add(hash)
  addNewSale(order, batch)
  remember(batch, { id: draft.id, fingerprint: order.fingerprint, ...keyOf(order) })
  batch.decided.push(settled.decided)
  const { payment, charge } = settled.decided
  return { kind: 'paid', payment, charge: charge?.charge ?? null }
}

const atTillOf = ({ till, periods: moment, now }: Order): AtTill | null =>
  till ? { ...till, moment, now } : null

const orderKey = (one: ExistingKey) => `order ${one.merchantId} ${one.orderNo}`
const requestKey = (one: ExistingKey) => `key ${one.merchantId} ${one.idempotencyKey}`

function remember({ known }: Batch, one: Existing): void {
  known.set(orderKey(one), one)
  known.set(requestKey(one), one)
}

/** The same order again gets the same payment; another body under the same key is refused. */
function earlierOf(order: Order, { known }: Batch): Found | null {
  const { id, merchantId, orderNo } = order.draft
  const key = { merchantId, orderNo, idempotencyKey: order.idempotencyKey }
  const earlier = known.get(orderKey(key)) ?? known.get(requestKey(key))
  if (!earlier) return null
  if (earlier.fingerprint.equals(order.fingerprint))
    return { kind: 'replay', id: earlier.id, isOwn: earlier.id === id }
  const isSameKey = earlier.idempotencyKey === order.idempotencyKey
  return { kind: 'refused', code: isSameKey ? 'IDEMPOTENCY_KEY_REUSED' : 'ORDER_NO_REUSED' }
}

/** Puts the sale of this payment on the ground, made up from its goods when there is none yet. */
function openSale({ draft, goods }: Order, { ground }: Batch): 'open' | 'differs' {
  const { merchantId, saleNo, currency } = draft
  const goodsMinor = totalMinor(goods)
  const sale = ground.sales.get(saleSubject(draft))
  if (!sale) {
    const empty = { paidMinor: 0n, state: 'open', isStored: false } as const
    const key = { merchantId, saleNo, currency }
    ground.sales.set(saleSubject(draft), { ...key, ...empty, totalMinor: goodsMinor })
    return 'open'
  }
  return goodsMinor !== null && sale.totalMinor !== goodsMinor ? 'differs' : 'open'
}

function addNewSale({ draft, goods, isPartOfSale }: Order, batch: Batch): void {
  const sale = batch.ground.sales.get(saleSubject(draft))
  if (!isPartOfSale || !sale || sale.isStored) return
  sale.isStored = true
  batch.newSales.push({ ...sale, lines: goods, createdAt: draft.createdAt })
}

type Settled = { kind: 'again' } | { kind: 'decided'; decided: Decided }

/** Waits for the payer above the no-PIN limit; else charges, and says at once how it went. */
function settle(order: Order, ground: Ground): Settled {
  const { draft, idempotencyKey, fingerprint, codeHash, candidates, now } = order
  const { periods, isPartOfSale, actor, offlineCapMinor } = order
  const use = { periods, isPartOfSale, offlineCapMinor }
  const opened = { idempotencyKey, fingerprint, codeHash, candidates }
  const common = { ...plainly, opened, periods, isPartOfSale, actor, now, transfers: [] }
  const atTill = atTillOf(order)
  const place = atTill && placeOf(draft, ground, atTill)
  const named = { ...draft, ...namesOf(draft, ground), ...place }
  const decided = (change: Partial<Payment>, more: Partial<Decided> = {}): Settled => ({
    kind: 'decided',
    decided: { ...common, payment: { ...named, ...change }, ...more },
  })
  const reserved = { limitMinor: draft.mandateId === null ? 0n : chargedMinor(draft) }
  const fail = (declineReason: DeclineReason) =>
    decided({ state: 'failed', declineReason, completedAt: now })

  if (order.shownUntil) {
    // What it takes of the terminal's day is reserved now, whoever will pay.
    addQuotas(ground.quotas, order.quotas)
    const shown = { nextAction: 'payer_scans', confirmExpiresAt: order.shownUntil } as const
    return decided(shown, { quotas: order.quotas })
  }
  const code = ground.codes.get(codeHash?.toString('hex') ?? '')
  if (isAboveCode(draft, code)) return fail('consent_used')
  if (mustConfirm(draft, periods, ground)) {
    addQuotas(ground.quotas, order.quotas)
    const confirmExpiresAt = new Date(now.getTime() + order.confirmSeconds * 1000)
    const waiting = { nextAction: 'payer_confirms', needsPin: true, confirmExpiresAt } as const
    return decided(waiting, { quotas: order.quotas })
  }
  if (order.charge) {
    const reason = refuseUse(draft, use, ground)
    if (reason) return fail(reason)
    addUseOf(draft, periods, ground)
    addQuotas(ground.quotas, order.quotas)
    const { charge, firstCheckAt: dueAt } = order.charge
    return decided(
      { nextAction: 'query' },
      { ...reserved, quotas: order.quotas, charge: { charge, isNew: true, dueAt } },
    )
  }
  assert(order.sourceAccountId, 'what no channel is asked for, an account of ours pays')
  const to = { sourceAccountId: order.sourceAccountId, ...use }
  const charged = decideCharge(draft, to, ground, now)
  if (charged.kind === 'again') return charged
  if (charged.kind === 'declined') return fail(charged.reason)
  const { allocationVersion, transfers } = charged
  addQuotas(ground.quotas, order.quotas)
  return decided(
    { state: 'succeeded', allocationVersion, completedAt: now },
    { ...reserved, quotas: order.quotas, transfers },
  )
}

/** Whether the payer made the code for less than the payment takes. */
const isAboveCode = (draft: Payment, code: LockedCode | undefined): boolean =>
  typeof code?.maxAmountMinor === 'bigint' && chargedMinor(draft) > code.maxAmountMinor

/** What people call the terminal, its store and its merchant, as of the batch. */
function namesOf({ terminalId }: Payment, { permissions }: Ground): Partial<Payment> {
  const may = permissions.get(terminalId ?? '')
  if (!may) return {}
  const { merchantName, storeName, terminalName } = may
  return { merchantName, storeName, terminalName }
}

async function answers(
  tx: Tx,
  institutionId: string,
  found: readonly Found[],
  orders: readonly Order[],
): Promise<Answer[]> {
  const ids = found.flatMap((one) => (one.kind === 'replay' ? [one.id] : []))
  const stored = ids.length > 0 ? await readPayments(tx, institutionId, ids) : new Map()
  return found.map((one, at): Answer => {
    if (one.kind === 'paid') return { ...one, isReplay: false }
    if (one.kind !== 'replay') return one
    const payment = stored.get(one.id) as Payment | undefined
    assert(payment, 'an earlier payment can be read')
    // Written by this very call, so the channel has not been asked yet.
    const isUnsent = one.isOwn && payment.nextAction === 'query'
    const charge = isUnsent ? (orders[at]?.charge?.charge ?? null) : null
    return { kind: 'paid', payment, charge, isReplay: !one.isOwn }
  })
}
