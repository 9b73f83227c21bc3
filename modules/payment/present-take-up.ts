import { accountOf, readCurrentRules } from '../allocation/allocation.ts'
import type { Step, Tx } from '../database/database.ts'
import type { DeclineReason, ErrorCode } from '../errors/errors.ts'
import { saleSubject } from '../goods/goods.ts'
import { merchantPayable } from '../ledger/ledger.ts'
import { assert } from '../lib/assert.ts'
import type { Periods } from '../wallet/wallet.ts'
import { decideCharge, refusePermission } from './decide.ts'
import { distinct, lockGround, type Ground } from './ground.ts'
import {
  addStaticUse,
  isOverCap,
  lockStaticCounters,
  writeStaticCounters,
  type StaticCounters,
} from './present-cap.ts'
import { isOrder } from './present-order.ts'
import { lockPayments } from './read.ts'
import { chargedMinor, type Payment } from './state.ts'
import { plainly, writeDecided, type Decided } from './write.ts'

/** A payer of ours takes up an order that a merchant shows. */
export type TakeUp = {
  paymentId: string
  payer: { payerId: string; payerName: string; mandateId: string }
  source: { sourceId: string; sourceLabel: string; ledgerAccountId: string }
  /** The payer has entered the PIN, and it was right. */
  hasPin: boolean
  periods: Periods
  now: Date
}

export type TakenUp = { payment: Payment; isReplay: boolean } | { refused: ErrorCode }

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
    const payments = await lockPayments(tx, institutionId, ids)
    const counters = await lockStaticCounters(
      tx,
      institutionId,
      acts.flatMap(({ paymentId, payer: { payerId }, periods: { day } }) => {
        const payment = payments.get(paymentId)
        return payment ? [{ payment, payerId, day }] : []
      }),
    )
    const ground = await groundOf(tx, institutionId, { acts, payments })
    const decided: Decided[] = []
    const answers = acts.map((act): TakenUp => {
      const payment = payments.get(act.paymentId)
      if (!payment || !isOrder(payment)) return { refused: 'NOT_FOUND' }
      const answer = decide(act, payment, { ground, counters })
      if ('refused' in answer) return answer
      if ('earlier' in answer) return { payment: answer.earlier, isReplay: true }
      decided.push(answer.decided)
      payments.set(payment.id, answer.decided.payment)
      return { payment: answer.decided.payment, isReplay: false }
    })
    writeDecided(tx, institutionId, decided, ground)
    writeStaticCounters(tx, institutionId, counters)
    return answers
  },
}

type Ready = { ground: Ground; counters: StaticCounters }
type Answer = { decided: Decided } | { earlier: Payment } | { refused: ErrorCode }

function decide(act: TakeUp, order: Payment, { ground, counters }: Ready): Answer {
  const { payer, source, periods, now } = act
  const { payerId, payerName, mandateId } = payer
  if (order.payerId === payerId && order.state !== 'processing') return { earlier: order }
  const isOpen = order.state === 'processing' && order.nextAction === 'payer_scans'
  const isLate = order.confirmExpiresAt !== null && order.confirmExpiresAt <= now
  if (!isOpen || isLate) return { refused: 'ORDER_EXPIRED' }
  const refusal = refusePermission(order, ground) ?? refusePayer(act, order, ground)
  if (refusal) return { refused: refusal }

  const { sourceId, sourceLabel, ledgerAccountId } = source
  const payment: Payment = {
    ...order,
    ...{ payerId, payerName, mandateId, sourceId, sourceLabel, scheme: 'onetill', road: 'book' },
    ...{ nextAction: null, completedAt: now },
    routeReasons: [{ code: 'on_us' }, { code: 'payer_chose_source' }],
  }
  const isPartOfSale = ground.sales.has(saleSubject(payment))
  const common = { ...plainly, opened: null, transfers: [], periods, isPartOfSale, now }
  const end = (change: Partial<Payment>, more: Partial<Decided> = {}): Answer => ({
    decided: { ...common, actor: 'payer', payment: { ...payment, ...change }, ...more },
  })
  const fail = (declineReason: DeclineReason) => end({ state: 'failed', declineReason })

  const use = { payment, payerId, day: periods.day }
  if (isOverCap(counters, use)) return fail('over_static_limit')
  const to = { sourceAccountId: ledgerAccountId, periods, isPartOfSale }
  const charged = decideCharge(payment, to, ground, now)
  assert(charged.kind !== 'again', 'the rule was read before the accounts were locked')
  if (charged.kind === 'declined') return fail(charged.reason)
  addStaticUse(counters, use)
  const { allocationVersion, transfers } = charged
  const limitMinor = chargedMinor(payment)
  return end({ state: 'succeeded', allocationVersion }, { limitMinor, transfers })
}

/** Why this payer may not pay now, whatever the order: a frozen wallet, or no PIN where one is due. */
function refusePayer(act: TakeUp, order: Payment, ground: Ground): ErrorCode | null {
  const terms = ground.mandates.get(act.payer.mandateId)
  assert(terms, 'a payer has a mandate')
  if (!terms.mayPay) return 'PAYER_FROZEN'
  const dueMinor = chargedMinor(order)
  const isPinDue = dueMinor > terms.noPinMinor && dueMinor <= terms.perPaymentMinor
  return isPinDue && !act.hasPin ? 'PIN_WRONG' : null
}

async function groundOf(
  tx: Tx,
  institutionId: string,
  { acts, payments }: { acts: readonly TakeUp[]; payments: ReadonlyMap<string, Payment> },
): Promise<Ground> {
  const now = acts[0]?.now ?? new Date(0)
  const open = [...payments.values()].filter(({ state }) => state === 'processing')
  const merchantIds = distinct(open.map(({ merchantId }) => merchantId))
  const rules = await readCurrentRules(tx, institutionId, merchantIds, now)
  const ruleAccountIds = [...rules.values()].flatMap(({ lines }) => lines.map(accountOf))
  const ground = await lockGround(tx, institutionId, {
    ...{ codeHashes: [], foreignHashes: [], quotas: [], merchantIds, now },
    sales: open,
    uses: acts.map(({ payer: { mandateId }, periods }) => ({ mandateId, ...periods })),
    accountIds: [
      ...acts.map(({ source }) => source.ledgerAccountId),
      ...[...merchantIds.map(merchantPayable), ...ruleAccountIds],
    ],
    terminalIds: open.flatMap(({ terminalId }) => terminalId ?? []),
  })
  // The rule that the accounts were locked for is the rule that is applied.
  return { ...ground, rules }
}
