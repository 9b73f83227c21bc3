import { bpsOf } from '../../modules/money/money.ts'
import { openidOf } from './accounts.ts'
import type { House, Order } from './house.ts'
import {
  accountOfMerchant,
  accountOfPayer,
  feeAccount,
  findOrder,
  keepOrder,
  merchantOf,
  payerOf,
} from './house.ts'
import { refuse } from './refusals.ts'

/** Whether nothing can happen to the order but refunds. */
export function isEnded(order: Order): boolean {
  return ['SUCCESS', 'REFUND', 'CLOSED', 'REVOKED'].includes(order.state)
}

/** What the payer has. */
export function balanceOf(house: House, payerName: string): bigint {
  return house.books.balanceMinor(accountOfPayer(payerName))
}

/**
 * Moves the money of an order from its payer to the merchant, and the fee from the merchant to
 * WeChat. Whether there is enough was asked before.
 */
export function settleOrder(house: House, order: Order, payer: string): Order {
  const at = house.clock.now()
  const merchant = merchantOf(house, order.mchid)
  const feeMinor = merchant ? bpsOf(order.totalMinor, merchant.feeBps) : 0n
  const subject = order.transactionId
  const mine = accountOfMerchant(order.mchid)
  const from = accountOfPayer(payer)
  house.books.move({
    at,
    kind: 'payment',
    subject,
    from,
    to: mine,
    amountMinor: order.totalMinor,
  })
  if (feeMinor > 0n) {
    house.books.move({
      at,
      kind: 'fee',
      subject,
      from: mine,
      to: feeAccount,
      amountMinor: feeMinor,
    })
  }
  const paid: Order = {
    ...order,
    state: 'SUCCESS',
    stateText: '支付成功',
    payer,
    feeMinor,
    paidAt: at.toISOString(),
    endedAt: undefined,
    confirmAnswersLeft: undefined,
  }
  keepOrder(house, paid)
  tellPaid(house, paid)
  return paid
}

/** Tells of an order's end. 付款码支付 has no notice. Source: reference/protocols.md §2.6. */
export function tellPaid(house: House, order: Order): void {
  if (order.tradeType === 'MICROPAY' || order.notifyUrl === undefined) return
  house.post({
    id: `${order.failure ? 'failed' : 'paid'} ${order.transactionId}`,
    kind: 'paid',
    orderNo: order.outTradeNo,
    mchid: order.mchid,
    subject: order.outTradeNo,
    url: order.notifyUrl,
    wire: order.wire,
    madeAt: house.clock.now().toISOString(),
  })
}

/** Ends an order unpaid. */
export function endOrder(
  house: House,
  order: Order,
  end: { state: 'CLOSED' | 'REVOKED' | 'PAYERROR' | 'PAY_FAIL'; stateText: string },
): Order {
  const endedAt = house.clock.now().toISOString()
  return keepOrder(house, { ...order, ...end, endedAt, confirmAnswersLeft: undefined })
}

export type Answered = {
  kind: 'paid' | 'cancelled' | 'wrong_password' | 'not_enough' | 'not_waiting'
}

/** The payer's answer to the question for the password. A wrong one leaves the payment waiting. */
export function answerPassword(
  house: House,
  payerName: string,
  answer: { orderNo: string; action: 'confirm' | 'cancel'; password?: string | undefined },
): Answered {
  const order = waitingOf(house, payerName).find(({ outTradeNo }) => outTradeNo === answer.orderNo)
  if (!order) return { kind: 'not_waiting' }
  if (answer.action === 'cancel') {
    endOrder(house, order, { state: 'PAYERROR', stateText: '支付失败，请撤销订单' })
    return { kind: 'cancelled' }
  }
  if (payerOf(house, payerName)?.password !== answer.password) return { kind: 'wrong_password' }
  if (balanceOf(house, payerName) < order.totalMinor) {
    endOrder(house, order, { state: 'PAYERROR', stateText: '支付失败，余额不足' })
    return { kind: 'not_enough' }
  }
  settleOrder(house, order, payerName)
  return { kind: 'paid' }
}

/** The payments that wait for this payer's password, oldest first. */
export function waitingOf(house: House, payerName: string): Order[] {
  return house.orders
    .all()
    .filter((order) => order.payer === payerName && order.state === 'USERPAYING')
}

/**
 * Pays an order that the payer has scanned or opened (native, JSAPI, app, H5).
 *
 * @throws Refusal when it cannot be paid, or not by this payer
 */
export function payOrder(
  house: House,
  payerName: string,
  ref: { key: string; password: string },
): Order {
  const [mchid = '', outTradeNo = ''] = ref.key.split('/')
  const order = findOrder(house, mchid, { outTradeNo })
  if (order.paidAt !== undefined) refuse('ORDERPAID')
  if (isEnded(order) || new Date(order.expiresAt) <= house.clock.now()) refuse('ORDERCLOSED')
  if (order.openid !== undefined && order.openid !== openidOf(order.appid, payerName)) {
    refuse('BUYER_MISMATCH')
  }
  if (payerOf(house, payerName)?.password !== ref.password) refuse('TRADE_ERROR', '支付密码错误')
  if (balanceOf(house, payerName) < order.totalMinor) refuse('NOTENOUGH')
  return settleOrder(house, order, payerName)
}
