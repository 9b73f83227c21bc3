import type { Step, Tx } from '../database/database.ts'
import type { ErrorCode } from '../errors/errors.ts'
import {
  insertSales,
  saleSubject,
  totalMinor,
  type NewSale,
  type SaleLine,
} from '../goods/goods.ts'
import { merchantPayable, walletBalance } from '../ledger/ledger.ts'
import { assert } from '../lib/assert.ts'
import type { Periods } from '../wallet/wallet.ts'
import { decideCharge, fitsSale, refusePermission, type ChargeTo } from './decide.ts'
import {
  findExisting,
  lockGround,
  type Existing,
  type ExistingKey,
  type Ground,
  type Needs,
} from './ground.ts'
import { readPayments } from './read.ts'
import type { Actor, Payment } from './state.ts'
import { writeDecided, type Decided } from './write.ts'

/** A payment that wants to be, with all that is known of it before anything is locked. */
export type Order = {
  /** As it would stand while `processing`; its id is made, so a rerun finds its own row. */
  draft: Payment
  idempotencyKey: string
  fingerprint: Buffer
  /** Null for a top-up, which needs no code. */
  codeHash: Buffer | null
  sourceAccountId: string
  /** The accounts that the merchant's rule pays into, as last read. */
  ruleAccountIds: readonly string[]
  goods: readonly SaleLine[]
  isPartOfSale: boolean
  periods: Periods
  confirmSeconds: number
  actor: Actor
  now: Date
}

export type Answer =
  | { kind: 'paid'; payment: Payment; isReplay: boolean }
  | { kind: 'refused'; code: ErrorCode }
  | { kind: 'again' }

/**
 * The on-us batch: payer and payee keep their accounts in this institution, so the payment begins
 * and ends in one transaction. Lock, decide each payment on its own, write what was decided.
 *
 * Source: P14; DESIGN §3 (road `book`), §5 (batch).
 */
export const onus: Step<Order, Answer> = {
  name: 'payment.onus',
  mode: 'write',
  async run(tx, institutionId, orders) {
    const [ground, existing] = await Promise.all([
      lockGround(tx, institutionId, needsOf(orders)),
      findExisting(tx, institutionId, orders.map(keyOf)),
    ])
    const batch: Batch = { ground, known: new Map(), decided: [], newSales: [] }
    for (const one of existing) remember(batch, one)
    const found = orders.map((order) => decide(order, batch))
    insertSales(tx, institutionId, batch.newSales)
    writeDecided(tx, institutionId, batch.decided, ground)
    return answers(tx, institutionId, found)
  },
}

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
  | { kind: 'paid'; payment: Payment }
  | { kind: 'replay'; id: string; isOwn: boolean }

const keyOf = ({ draft, idempotencyKey }: Order) => ({
  merchantId: draft.merchantId,
  orderNo: draft.orderNo,
  idempotencyKey,
})

function needsOf(orders: readonly Order[]): Needs {
  const purchases = orders.filter(({ draft }) => draft.kind === 'purchase')
  return {
    codeHashes: orders.flatMap(({ codeHash }) => codeHash ?? []),
    sales: orders.flatMap(({ draft, isPartOfSale }) => (isPartOfSale ? [draft] : [])),
    uses: purchases.map(({ draft, periods }) => ({ mandateId: draft.mandateId ?? '', ...periods })),
    accountIds: orders.flatMap(accountIdsOf),
    terminalIds: orders.flatMap(({ draft }) => draft.terminalId ?? []),
    merchantIds: purchases.map(({ draft }) => draft.merchantId),
    now: orders[0]?.now ?? new Date(0),
  }
}

const accountIdsOf = ({ draft, sourceAccountId, ruleAccountIds }: Order): string[] =>
  draft.kind === 'top_up'
    ? [sourceAccountId, walletBalance(draft.payerId ?? '')]
    : [sourceAccountId, merchantPayable(draft.merchantId), ...ruleAccountIds]

/** The straight list of checks, in the order in which their answers count. */
function decide(order: Order, batch: Batch): Found {
  const { draft, codeHash, isPartOfSale, now } = order
  const { ground } = batch
  const earlier = earlierOf(order, batch)
  if (earlier) return earlier

  const refusal = refusePermission(draft, ground)
  if (refusal) return { kind: 'refused', code: refusal }

  const code = codeHash ? ground.codes.get(codeHash.toString('hex')) : undefined
  if (codeHash && !code) return { kind: 'refused', code: 'CODE_UNKNOWN' }
  if (code?.usedAt) return { kind: 'refused', code: 'CODE_USED' }
  if (code && code.expiresAt <= now) return { kind: 'refused', code: 'CODE_EXPIRED' }

  if (isPartOfSale) {
    const sale = openSale(order, batch)
    if (sale === 'differs') return { kind: 'refused', code: 'SALE_DIFFERS' }
    if (!fitsSale(draft, ground)) return { kind: 'refused', code: 'SALE_OVERPAID' }
  }

  const settled = settle(order, ground)
  if (settled.kind === 'again') return settled
  // After this point the code is taken, and there is a payment.
  if (code) code.usedAt = now
  addNewSale(order, batch)
  remember(batch, { id: draft.id, fingerprint: order.fingerprint, ...keyOf(order) })
  batch.decided.push(settled.decided)
  return { kind: 'paid', payment: settled.decided.payment }
}

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
  const { draft, idempotencyKey, fingerprint, codeHash, now } = order
  const { periods, isPartOfSale, actor } = order
  const opened = { idempotencyKey, fingerprint, codeHash }
  const common = { opened, periods, isPartOfSale, actor, now }
  const decided = (change: Partial<Payment>, transfers: Decided['transfers'] = []): Settled => ({
    kind: 'decided',
    decided: { ...common, payment: { ...draft, ...namesOf(draft, ground), ...change }, transfers },
  })
  if (draft.kind === 'purchase') {
    const terms = ground.mandates.get(draft.mandateId ?? '')
    assert(terms, 'a code has a mandate')
    const mustConfirm = terms.mayPay && draft.amountMinor > terms.noPinMinor
    if (mustConfirm && draft.amountMinor <= terms.perPaymentMinor) {
      const confirmExpiresAt = new Date(now.getTime() + order.confirmSeconds * 1000)
      return decided({ nextAction: 'payer_confirms', confirmExpiresAt })
    }
  }
  const charged = decideCharge(draft, chargeTo(order), ground, now)
  if (charged.kind === 'again') return charged
  if (charged.kind === 'declined')
    return decided({ state: 'failed', declineReason: charged.reason, completedAt: now })
  const { allocationVersion, transfers } = charged
  return decided({ state: 'succeeded', allocationVersion, completedAt: now }, transfers)
}

/** What people call the terminal, its store and its merchant, as of the batch. */
function namesOf({ terminalId }: Payment, { permissions }: Ground): Partial<Payment> {
  const may = permissions.get(terminalId ?? '')
  if (!may) return {}
  const { merchantName, storeName, terminalName } = may
  return { merchantName, storeName, terminalName }
}

const chargeTo = ({ sourceAccountId, periods, isPartOfSale }: Order): ChargeTo => ({
  sourceAccountId,
  periods,
  isPartOfSale,
})

async function answers(tx: Tx, institutionId: string, found: readonly Found[]): Promise<Answer[]> {
  const ids = found.flatMap((one) => (one.kind === 'replay' ? [one.id] : []))
  const stored = ids.length > 0 ? await readPayments(tx, institutionId, ids) : new Map()
  return found.map((one): Answer => {
    if (one.kind === 'paid') return { ...one, isReplay: false }
    if (one.kind !== 'replay') return one
    const payment = stored.get(one.id) as Payment | undefined
    assert(payment, 'an earlier payment can be read')
    return { kind: 'paid', payment, isReplay: !one.isOwn }
  })
}
