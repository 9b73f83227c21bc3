import type { Fault } from '../counterpart/faults.ts'
import { faultValue } from '../counterpart/faults.ts'
import type { House, Order, OrderRef } from './house.ts'
import {
  accountOfMerchant,
  accountOfPayer,
  feeAccount,
  findOrder,
  keepOrder,
  keyOf,
} from './house.ts'
import { balanceOf, endOrder, settleOrder } from './pay.ts'
import { refuse } from './refusals.ts'

// Source: the V2 page 4011937361, 撤销订单: orders of the last seven days.
const REVERSIBLE_MS = 7 * 86_400_000

export type Reversed = { kind: 'done' } | { kind: 'call_again'; left: number }

/**
 * Undoes a charge (撤销): an unpaid one can never be paid again, a paid one is paid back. An order
 * number that is not known is done too, and stays refused for ever: a charge that was still on its
 * way must not come in after its reversal.
 *
 * @throws Refusal when the order is none of a scanned code, too old, or has refunds
 */
export function reverse(
  house: House,
  call: { mchid: string; ref: OrderRef; faults: readonly Fault[] },
): Reversed {
  const { mchid, ref, faults } = call
  const { outTradeNo, transactionId } = ref
  const key = outTradeNo ? keyOf(mchid, outTradeNo) : undefined
  if (!transactionId && key !== undefined && !house.orders.get(key)) {
    house.tombstones.put(key, { at: house.clock.now().toISOString() })
    return { kind: 'done' }
  }
  const order = mayReverse(house, findOrder(house, mchid, ref))
  if (order.state === 'REVOKED') return { kind: 'done' }

  const recalls = Math.max(order.recallsLeft, faultValue(faults, 'recall', 2) ?? 0)
  if (recalls > 0) {
    keepOrder(house, { ...order, recallsLeft: recalls - 1 })
    return { kind: 'call_again', left: recalls - 1 }
  }
  const revoked = revoke(house, order)
  const lateMs = faultValue(faults, 'late_success', 5_000)
  if (lateMs !== undefined) payLater(house, revoked, lateMs)
  return { kind: 'done' }
}

function mayReverse(house: House, order: Order): Order {
  if (order.tradeType !== 'MICROPAY') refuse('INVALID_REQUEST', '错误订单的支付场景不支持该请求')
  const ageMs = house.clock.nowMs() - new Date(order.madeAt).getTime()
  if (ageMs > REVERSIBLE_MS) refuse('REVERSE_EXPIRE')
  if (order.state === 'REFUND') refuse('TRADE_ERROR', '订单已转入退款，不能撤销')
  return order
}

function revoke(house: House, order: Order): Order {
  if (order.paidAt !== undefined && order.payer !== undefined) payBack(house, order, order.payer)
  return endOrder(
    house,
    { ...order, recallsLeft: 0, feeMinor: 0n },
    { state: 'REVOKED', stateText: '订单已撤销' },
  )
}

function payBack(house: House, order: Order, payer: string): void {
  const at = house.clock.now()
  const subject = order.transactionId
  const mine = accountOfMerchant(order.mchid)
  if (order.feeMinor > 0n) {
    const amountMinor = order.feeMinor
    house.books.move({ at, kind: 'fee_back', subject, from: feeAccount, to: mine, amountMinor })
  }
  const to = accountOfPayer(payer)
  const amountMinor = order.totalMinor
  house.books.move({ at, kind: 'reversal', subject, from: mine, to, amountMinor })
}

// A bank that answers late: what was told to be undone is paid after all.
function payLater(house: House, order: Order, waitMs: number): void {
  const { payer } = order
  if (payer === undefined) return
  house.clock.after(waitMs, () => {
    if (balanceOf(house, payer) >= order.totalMinor) settleOrder(house, order, payer)
  })
}
