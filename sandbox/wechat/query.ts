import type { House, Order, OrderRef } from './house.ts'
import { findOrder, keepOrder, keyOf } from './house.ts'
import { collect } from './papay.ts'
import { balanceOf, endOrder, settleOrder } from './pay.ts'
import { refuse } from './refusals.ts'

/** What an order of which there is only a reversal answers. */
export type Unmade = { kind: 'reversed'; outTradeNo: string }

/**
 * How an order stands. A charge that waits for a payer who was told to confirm after so many
 * answers counts this one, and is paid when they are used up.
 *
 * @throws Refusal ORDERNOTEXIST
 */
export function queryOrder(house: House, mchid: string, ref: OrderRef): Order | Unmade {
  const { outTradeNo, transactionId } = ref
  const isReversed = !transactionId && outTradeNo && house.tombstones.get(keyOf(mchid, outTradeNo))
  if (isReversed) return { kind: 'reversed', outTradeNo }
  const order = findOrder(house, mchid, ref)
  const isWaiting = order.state === 'USERPAYING' || order.state === 'ACCEPT'
  if (!isWaiting || order.confirmAnswersLeft === undefined) return order
  if (order.confirmAnswersLeft > 0) {
    const confirmAnswersLeft = order.confirmAnswersLeft - 1
    return keepOrder(house, { ...order, confirmAnswersLeft })
  }
  return order.state === 'ACCEPT' ? collect(house, order) : confirmByItself(house, order)
}

function confirmByItself(house: House, order: Order): Order {
  const payer = order.payer ?? refuse('SYSTEMERROR')
  return balanceOf(house, payer) < order.totalMinor
    ? endOrder(house, order, { state: 'PAYERROR', stateText: '支付失败，余额不足' })
    : settleOrder(house, order, payer)
}

/**
 * Closes an unpaid order that the payer would have scanned or opened. Closing twice is closing.
 *
 * @throws Refusal ORDERPAID; INVALID_REQUEST for a charge, which can only be reversed
 */
export function closeOrder(house: House, mchid: string, outTradeNo: string): void {
  const order = findOrder(house, mchid, { outTradeNo })
  // Source: error 268449641, reference/protocols.md §2.2.
  if (order.tradeType === 'MICROPAY')
    refuse('INVALID_REQUEST', '付款码支付的订单只能撤销，不能关单')
  if (order.paidAt !== undefined) refuse('ORDERPAID')
  if (order.state !== 'CLOSED') endOrder(house, order, { state: 'CLOSED', stateText: '订单已关闭' })
}
