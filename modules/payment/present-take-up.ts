import { accountOf, readCurrentRules } from '../allocation/allocation.ts'
import type { Step, Tx } from '../database/database.ts'
import type { DeclineReason, ErrorCode } from '../errors/errors.ts'
import { saleSubject } from '../goods/goods.ts'
import { merchantPayable, promotionCost } from '../ledger/ledger.ts'
import { assert } from '../lib/assert.ts'
import { addQuotas, fitsQuotas, givenBack } from '../route/route.ts'
import type { Considered, LocalMoment, QuotaUse } from '../route/route.ts'
import type { Charge } from './charge.ts'
import { addUseOf, decideCharge, mustConfirm, refusePermission, refuseUse } from './decide.ts'
import { distinct, lockGround, type Ground } from './ground.ts'
import {
  addStaticUse,
  isOverCap,
  lockStaticCounters,
  writeStaticCounters,
  type StaticCounters,
} from './present-cap.ts'
import { isOrder, writeOffers } from './present-order.ts'
import { lockPayments } from './read.ts'
import { readReserved } from './reserved.ts'
import { chargedMinor, type Payment } from './state.ts'
import { plainly, writeDecided, type Decided } from './write.ts'

/** A payer of ours takes up an order that a merchant shows. */
export type TakeUp = {
  paymentId: string
  payer: { payerId: string; payerName: string; mandateId: string }
  /** No account of ours: it is linked, and its channel is asked. */
  source: { sourceId: string; sourceLabel: string; ledgerAccountId: string | null }
  road: string
  charge: { charge: Charge; firstCheckAt: Date } | null
  offer: Pick<Payment, 'promotionId' | 'discountMinor' | 'merchantDiscountMinor'>
  quotas: readonly QuotaUse[]
  reasons: Payment['routeReasons']
  candidates: readonly Considered[]
  /** The payer has entered the PIN, and it was right. */
  hasPin: boolean
  periods: LocalMoment
  now: Date
}

export type TakenUp =
  | { payment: Payment; charge: Charge | null; isReplay: boolean }
  | { refused: ErrorCode }
  /** A quota is used up meanwhile. Look and choose once more. */
  | { again: true }

/**
 * The on-us batch of orders: whoever comes first pays, and whoever comes later is refused. Decided here
 * and not before: that the order is still open, limits, the cap on codes on the wall, funds.
 *
 * What the payer may not do (no PIN, a frozen wallet) is refused and leaves the order open; what the
 * payer cannot do (too little money, over a limit) is a decline, and ends it.
 *
 * Source: P14; DESIGN §5 (batch), §10 (a merchant-shown order).
 */
export const takeUp: Step<TakeUp, TakenUp> = {
  name: 'payment.take_up',
  mode: 'write',
  async run(tx, institutionId, acts) {
    const ids = distinct(acts.map(({ paymentId }) => paymentId))
    const [payments, reserved] = await Promise.all([
      lockPayments(tx, institutionId, ids),
      readReserved(tx, institutionId, ids),
    ])
    const counters = await lockStaticCounters(
      tx,
      institutionId,
      acts.flatMap(({ paymentId, payer: { payerId }, periods: { day } }) => {
        const payment = payments.get(paymentId)
        return payment ? [{ payment, payerId, day }] : []
      }),
    )
    const held = [...reserved.values()].flatMap((one) => one.quotas)
    const ground = await groundOf(tx, institutionId, { acts, payments, held })
    const decided: Decided[] = []
    const offers: TakeUp[] = []
    const answers = acts.map((act): TakenUp => {
      const payment = payments.get(act.paymentId)
      if (!payment || !isOrder(payment)) return { refused: 'NOT_FOUND' }
      const own = reserved.get(payment.id)?.quotas ?? []
      const answer = decide(act, payment, { ground, counters, held: own })
      if ('refused' in answer || 'again' in answer) return answer
      if ('earlier' in answer) return { payment: answer.earlier, charge: null, isReplay: true }
      const { payment: taken, charge } = answer.decided
      decided.push(answer.decided)
      payments.set(payment.id, taken)
      if (taken.state !== 'failed') offers.push({ ...act, quotas: [...own, ...act.quotas] })
      return { payment: taken, charge: charge?.charge ?? null, isReplay: false }
    })
    writeOffers(tx, institutionId, offers)
    writeDecided(tx, institutionId, decided, ground)
    writeStaticCounters(tx, institutionId, counters)
    return answers
  },
}

type Ready = {
  ground: Ground
  counters: StaticCounters
  /** What the order has reserved since it was shown. */
  held: readonly QuotaUse[]
}
type Answer = { decided: Decided } | { earlier: Payment } | { refused: ErrorCode } | { again: true }

function decide(act: TakeUp, order: Payment, { ground, counters, held }: Ready): Answer {
  const { payer, source, periods, now } = act
  const { payerId, payerName, mandateId } = payer
  if (order.payerId === payerId && order.state !== 'processing') return { earlier: order }
  const isOpen = order.state === 'processing' && order.nextAction === 'payer_scans'
  const isLate = order.confirmExpiresAt !== null && order.confirmExpiresAt <= now
  if (!isOpen || isLate) return { refused: 'ORDER_EXPIRED' }
  const own = { ...order, scheme: 'onetill' }
  const refusal = refusePermission(own, ground) ?? refusePayer(act, order, ground)
  if (refusal) return { refused: refusal }

  if (!fitsQuotas(ground.quotas, act.quotas)) return { again: true }

  const { sourceId, sourceLabel, ledgerAccountId } = source
  const payment: Payment = {
    ...order,
    ...{ payerId, payerName, mandateId, sourceId, sourceLabel, scheme: 'onetill' },
    ...{ road: act.road, nextAction: null, completedAt: now, routeReasons: act.reasons },
    ...act.offer,
    needsPin: act.hasPin,
  }
  const isPartOfSale = ground.sales.has(saleSubject(payment))
  const common = { ...plainly, opened: null, transfers: [], periods, isPartOfSale, now }
  const end = (change: Partial<Payment>, more: Partial<Decided> = {}): Answer => ({
    decided: { ...common, actor: 'payer', payment: { ...payment, ...change }, ...more },
  })
  const fail = (declineReason: DeclineReason) =>
    end({ state: 'failed', declineReason }, { quotas: givenBack(held) })

  const use = { payment, payerId, day: periods.day }
  if (isOverCap(counters, use)) return fail('over_static_limit')
  const limitMinor = chargedMinor(payment)
  const { quotas } = act
  if (act.charge) {
    const reason = refuseUse(payment, { periods, isPartOfSale }, ground)
    if (reason) return fail(reason)
    addUseOf(payment, periods, ground)
    addQuotas(ground.quotas, quotas)
    addStaticUse(counters, use)
    const { charge, firstCheckAt: dueAt } = act.charge
    const waiting = { nextAction: 'query', completedAt: null, confirmExpiresAt: null } as const
    return end(waiting, { limitMinor, quotas, charge: { charge, isNew: true, dueAt } })
  }
  assert(ledgerAccountId, 'what no channel is asked for, an account of ours pays')
  const to = { sourceAccountId: ledgerAccountId, periods, isPartOfSale }
  const charged = decideCharge(payment, to, ground, now)
  assert(charged.kind !== 'again', 'the rule was read before the accounts were locked')
  if (charged.kind === 'declined') return fail(charged.reason)
  addQuotas(ground.quotas, quotas)
  addStaticUse(counters, use)
  const { allocationVersion, transfers } = charged
  return end({ state: 'succeeded', allocationVersion }, { limitMinor, quotas, transfers })
}

/** Why this payer may not pay now, whatever the order: a frozen wallet, or no PIN where one is due. */
function refusePayer(act: TakeUp, order: Payment, ground: Ground): ErrorCode | null {
  const terms = ground.mandates.get(act.payer.mandateId)
  assert(terms, 'a payer has a mandate')
  if (!terms.mayPay) return 'PAYER_FROZEN'
  const due = { ...order, ...act.offer, mandateId: act.payer.mandateId }
  return !act.hasPin && mustConfirm(due, act.periods, ground) ? 'PIN_WRONG' : null
}

async function groundOf(
  tx: Tx,
  institutionId: string,
  wanted: {
    acts: readonly TakeUp[]
    payments: ReadonlyMap<string, Payment>
    held: readonly QuotaUse[]
  },
): Promise<Ground> {
  const { acts, payments, held } = wanted
  const now = acts[0]?.now ?? new Date(0)
  const open = [...payments.values()].filter(({ state }) => state === 'processing')
  const merchantIds = distinct(open.map(({ merchantId }) => merchantId))
  const rules = await readCurrentRules(tx, institutionId, merchantIds, now)
  const ruleAccountIds = [...rules.values()].flatMap(({ lines }) => lines.map(accountOf))
  const ground = await lockGround(tx, institutionId, {
    ...{ codeHashes: [], foreignHashes: [], merchantIds, now },
    quotas: [...held, ...acts.flatMap(({ quotas }) => quotas)],
    sales: open,
    uses: acts.map(({ payer: { mandateId }, periods }) => ({ mandateId, ...periods })),
    accountIds: [
      ...acts.flatMap(({ source }) => source.ledgerAccountId ?? []),
      ...(acts.some(({ offer }) => offer.discountMinor > 0n) ? [promotionCost] : []),
      ...[...merchantIds.map(merchantPayable), ...ruleAccountIds],
    ],
    terminalIds: open.flatMap(({ terminalId }) => terminalId ?? []),
  })
  // The rule that the accounts were locked for is the rule that is applied.
  return { ...ground, rules }
}
