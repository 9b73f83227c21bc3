import { randomDigits } from '../counterpart/codes.ts'
import { compactTime } from './beijing.ts'
import type { House, Order, OrderRef, Refund } from './house.ts'
import {
  accountOfMerchant,
  accountOfPayer,
  feeAccount,
  findOrder,
  keepOrder,
  keyOf,
  payerOf,
  refundsUnderWay,
} from './house.ts'
import { refuse } from './refusals.ts'

// Source: reference/protocols.md §2.5.
const MOST_REFUNDS = 50
const REFUNDABLE_MS = 365 * 86_400_000

export type RefundRequest = {
  mchid: string
  ref: OrderRef
  outRefundNo: string
  totalMinor: bigint
  refundMinor: bigint
  reason?: string | undefined
  notifyUrl?: string | undefined
  wire: 'v2' | 'v3'
}

/**
 * Gives money of a paid order back. The same number with the same amounts answers the same refund.
 * Refunds together never exceed what was paid.
 *
 * @throws Refusal for everything else
 */
export function refund(house: House, request: RefundRequest): Refund {
  const order = findOrder(house, request.mchid, request.ref)
  const known = house.refunds.get(keyOf(request.mchid, request.outRefundNo))
  if (known) return sameRefund(known, order, request)

  const made = acceptRefund(house, mayRefund(house, order, request), request)
  house.clock.after(house.refundMs, () => finishRefund(house, made))
  return made
}

function sameRefund(known: Refund, order: Order, request: RefundRequest): Refund {
  const isSame =
    known.outTradeNo === order.outTradeNo &&
    known.refundMinor === request.refundMinor &&
    known.totalMinor === request.totalMinor
  return isSame ? known : refuse('REFUND_FEE_MISMATCH')
}

function mayRefund(house: House, order: Order, request: RefundRequest): Order {
  if (order.state !== 'SUCCESS' && order.state !== 'REFUND') {
    refuse(order.state === 'USERPAYING' ? 'ORDER_NOT_READY' : 'INVALID_REQUEST', '订单未支付成功')
  }
  if (request.totalMinor !== order.totalMinor) refuse('REFUND_FEE_MISMATCH')
  if (request.refundMinor > order.totalMinor - order.refundedMinor) refuse('ERROR')
  if (order.refundNos.length >= MOST_REFUNDS) refuse('INVALID_REQ_TOO_MUCH')
  const paidMs = new Date(order.paidAt ?? order.madeAt).getTime()
  if (house.clock.nowMs() - paidMs > REFUNDABLE_MS) refuse('TRADE_OVERDUE')
  const feeBackMinor = feeBack(order, request.refundMinor)
  const mine = house.books.balanceMinor(accountOfMerchant(order.mchid))
  if (mine + feeBackMinor < request.refundMinor) refuse('NOTENOUGH', '基本账户余额不足')
  return order
}

// What of the fee has gone back after so much was refunded is the same part of the fee, rounded
// down; the last refund brings the rest.
function feeBack(order: Order, refundMinor: bigint): bigint {
  const backAfter = (refundedMinor: bigint) => (order.feeMinor * refundedMinor) / order.totalMinor
  return backAfter(order.refundedMinor + refundMinor) - backAfter(order.refundedMinor)
}

function acceptRefund(house: House, order: Order, request: RefundRequest): Refund {
  const at = house.clock.now()
  const { refundMinor, outRefundNo, reason, notifyUrl, wire } = request
  const made: Refund = {
    mchid: order.mchid,
    outRefundNo,
    refundId: `5030${randomDigits(6)}${compactTime(at).slice(0, 8)}${randomDigits(11)}`,
    outTradeNo: order.outTradeNo,
    transactionId: order.transactionId,
    totalMinor: order.totalMinor,
    refundMinor,
    feeBackMinor: feeBack(order, refundMinor),
    status: 'PROCESSING',
    channel: 'ORIGINAL',
    receivedAccount: '支付用户零钱',
    reason,
    notifyUrl,
    wire,
    madeAt: at.toISOString(),
    endedAt: undefined,
  }
  const mine = accountOfMerchant(order.mchid)
  const subject = made.refundId
  const amountMinor = made.feeBackMinor
  if (amountMinor > 0n) {
    house.books.move({ at, kind: 'fee_back', subject, from: feeAccount, to: mine, amountMinor })
  }
  const out = { from: mine, to: refundsUnderWay, amountMinor: refundMinor }
  house.books.move({ at, kind: 'refund', subject, ...out })
  keepOrder(house, {
    ...order,
    state: 'REFUND',
    stateText: '订单发生过退款，退款详情请查询退款单',
    refundedMinor: order.refundedMinor + refundMinor,
    refundNos: [...order.refundNos, outRefundNo],
  })
  house.refunds.put(keyOf(order.mchid, outRefundNo), made)
  return made
}

/** Ends a refund that is under way: the money arrives, or cannot and stays with WeChat. */
export function finishRefund(house: House, { mchid, outRefundNo }: Refund): void {
  const key = keyOf(mchid, outRefundNo)
  const made = house.refunds.get(key)
  const order = made && house.orders.get(keyOf(mchid, made.outTradeNo))
  const payer = order?.payer === undefined ? undefined : payerOf(house, order.payer)
  if (made?.status !== 'PROCESSING' || !payer) return
  const at = house.clock.now()
  if (payer.takesRefunds) {
    const way = { from: refundsUnderWay, to: accountOfPayer(payer.name) }
    const amountMinor = made.refundMinor
    house.books.move({ at, kind: 'refund_paid', subject: made.refundId, ...way, amountMinor })
  }
  const status = payer.takesRefunds ? 'SUCCESS' : 'ABNORMAL'
  house.refunds.put(key, { ...made, status, endedAt: at.toISOString() })
  if (made.notifyUrl === undefined) return
  house.post({
    id: `refund ${made.refundId}`,
    kind: 'refund',
    orderNo: made.outTradeNo,
    mchid,
    subject: outRefundNo,
    url: made.notifyUrl,
    wire: made.wire,
    madeAt: at.toISOString(),
  })
}

/** The refunds of an order, oldest first. */
export function refundsOf(house: House, order: Order): Refund[] {
  const made = order.refundNos.map((number) => house.refunds.get(keyOf(order.mchid, number)))
  return made.filter((one) => one !== undefined)
}
