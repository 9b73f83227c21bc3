import type { Fault } from '../counterpart/faults.ts'
import { faultValue } from '../counterpart/faults.ts'
import type { Content } from './codes.ts'
import { granted, refuse } from './codes.ts'
import type { House, Refund, Trade } from './house.ts'
import type { Asked, Biz } from './request.ts'
import { textOf } from './request.ts'
import { amountsContent, payerContent } from './show.ts'
import {
  closeTrade,
  isCovered,
  keep,
  payLate,
  payTrade,
  refundTrade,
  tradeId,
  tradeOf,
} from './trade.ts'
import { beijingTime, readYuan, yuan } from './wire.ts'

// What follows a payment: asking, undoing, giving back.

const CANCEL_WITHIN_MS = 24 * 3_600_000

/** `alipay.trade.query`. A trade that lets itself be asked a few times first is paid by asking. */
export function query(asked: Asked): Content {
  const { house } = asked
  const trade = settleByQuery(house, findTrade(asked) ?? refuse('ACQ.TRADE_NOT_EXIST'))
  const isPaid = trade.paidAt !== null
  return granted({
    ...payerContent(house, trade),
    trade_status: trade.status,
    ...(isPaid && amountsContent(trade)),
    ...(isPaid && { send_pay_date: beijingTime(new Date(trade.paidAt!)) }),
    ...(trade.storeId !== '' && { store_id: trade.storeId }),
    ...(trade.terminalId !== '' && { terminal_id: trade.terminalId }),
  })
}

function settleByQuery(house: House, trade: Trade): Trade {
  if (trade.status !== 'WAIT_BUYER_PAY' || trade.wait.kind !== 'queries') return trade
  const { left } = trade.wait
  if (left > 0) return keep(house, { ...trade, wait: { kind: 'queries', left: left - 1 } })
  payTrade(house, trade)
  return house.trades.get(trade.id)!
}

/**
 * `alipay.trade.cancel`: closes what is unpaid, refunds what is paid. Without `action` in the
 * answer no trade was found, and nothing says that none will come.
 *
 * Source: reference/protocols.md §3.3; alipay-sdk-java, AlipayTradeCancelResponse.action.
 */
export function cancel(asked: Asked, faults: readonly Fault[]): Content {
  const { house, app, biz } = asked
  const trade = findTrade(asked)
  if (trade === undefined) {
    const order = house.orders.get(tradeId(app.appId, textOf(biz, 'out_trade_no')))
    if (order) house.orders.put(order.id, { ...order, state: 'closed' })
    return granted({ out_trade_no: textOf(biz, 'out_trade_no'), retry_flag: 'N' })
  }
  if (mustCallAgain(house, trade, faults)) return granted({ ...numbers(trade), retry_flag: 'Y' })
  if (house.clock.nowMs() - Date.parse(trade.createdAt) > CANCEL_WITHIN_MS) {
    refuse('ACQ.TRADE_CANCEL_TIME_OUT')
  }
  const action = undo(house, house.trades.get(trade.id)!)
  const lateMs = faultValue(faults, 'late_success', 5_000)
  if (lateMs !== undefined) house.clock.after(lateMs, () => payLate(house, trade.id))
  return granted({ ...numbers(trade), retry_flag: 'N', action })
}

function mustCallAgain(house: House, trade: Trade, faults: readonly Fault[]): boolean {
  const left = trade.recallsLeft ?? faultValue(faults, 'recall', 2) ?? 0
  if (left === 0) return false
  keep(house, { ...trade, recallsLeft: left - 1 })
  return true
}

function undo(house: House, trade: Trade): 'close' | 'refund' {
  switch (trade.status) {
    case 'TRADE_FINISHED':
      return refuse('ACQ.TRADE_HAS_FINISHED')
    case 'TRADE_CLOSED':
      return trade.cancelled ?? (trade.paidAt === null ? 'close' : 'refund')
    case 'WAIT_BUYER_PAY':
      keep(house, { ...closeTrade(house, trade), cancelled: 'close' })
      return 'close'
    case 'TRADE_SUCCESS': {
      const amountMinor = trade.totalMinor - trade.refundedMinor
      if (!isCovered(house, trade, amountMinor)) refuse('ACQ.SELLER_BALANCE_NOT_ENOUGH')
      // A number that no merchant gives: the trade's own.
      const { tradeNo: outRequestNo, operatorId } = trade
      const order = { outRequestNo, amountMinor, reason: '撤销', operatorId }
      keep(house, { ...refundTrade(house, trade, order).trade, cancelled: 'refund' })
      return 'refund'
    }
  }
}

/** `alipay.trade.close`: for trades that nobody has paid, and that exist. */
export function close(asked: Asked): Content {
  const trade = findTrade(asked) ?? refuse('ACQ.TRADE_NOT_EXIST')
  if (trade.status !== 'WAIT_BUYER_PAY') refuse('ACQ.TRADE_STATUS_ERROR')
  closeTrade(asked.house, trade)
  return granted(numbers(trade))
}

/**
 * `alipay.trade.refund`. The request number makes it idempotent: once more with the same amount
 * changes nothing and says `fund_change: N`. `refund_fee` is all that was refunded of the trade so
 * far, and not this refund alone.
 */
export function refund(asked: Asked): Content {
  const { house, biz } = asked
  const trade = findTrade(asked) ?? refuse('ACQ.TRADE_NOT_EXIST')
  const amountMinor = readYuan(biz['refund_amount'])
  if (amountMinor === null) refuse('ACQ.INVALID_PARAMETER', 'refund_amount')
  const outRequestNo = textOf(biz, 'out_request_no') || wholeRefundNo(trade, amountMinor)
  const earlier = house.refunds.get(`${trade.id}/${outRequestNo}`)
  if (earlier) {
    if (earlier.amountMinor !== amountMinor) refuse('ACQ.DISCORDANT_REPEAT_REQUEST')
    return refundContent(house, { trade, refund: earlier, isNew: false })
  }
  checkRefundable(house, trade, amountMinor)
  const done = refundTrade(house, trade, {
    outRequestNo,
    amountMinor,
    reason: textOf(biz, 'refund_reason'),
    operatorId: textOf(biz, 'operator_id'),
  })
  return refundContent(house, { ...done, isNew: true })
}

// Without a number of its own a refund can only be that of the whole.
function wholeRefundNo(trade: Trade, amountMinor: bigint): string {
  return amountMinor === trade.totalMinor
    ? trade.outTradeNo
    : refuse('ACQ.INVALID_PARAMETER', 'out_request_no')
}

function checkRefundable(house: House, trade: Trade, amountMinor: bigint): void {
  if (trade.status === 'WAIT_BUYER_PAY') refuse('ACQ.TRADE_STATUS_ERROR')
  if (trade.status === 'TRADE_FINISHED') refuse('ACQ.TRADE_HAS_FINISHED')
  if (trade.status === 'TRADE_CLOSED') refuse('ACQ.TRADE_HAS_CLOSE')
  if (trade.refundedMinor + amountMinor > trade.totalMinor) refuse('ACQ.REFUND_AMT_NOT_EQUAL_TOTAL')
  if (!isCovered(house, trade, amountMinor)) refuse('ACQ.SELLER_BALANCE_NOT_ENOUGH')
}

function refundContent(
  house: House,
  { trade, refund: done, isNew }: { trade: Trade; refund: Refund; isNew: boolean },
): Content {
  const { trade_no, out_trade_no, buyer_logon_id, buyer_user_id } = payerContent(house, trade)
  return granted({
    trade_no,
    out_trade_no,
    buyer_logon_id,
    buyer_user_id,
    fund_change: isNew ? 'Y' : 'N',
    refund_fee: yuan(trade.refundedMinor),
    send_back_fee: yuan(done.amountMinor),
    gmt_refund_pay: beijingTime(new Date(done.at)),
    refund_detail_item_list: [{ fund_channel: 'ALIPAYACCOUNT', amount: yuan(done.amountMinor) }],
  })
}

/**
 * `alipay.trade.fastpay.refund.query`. A refund that does not exist is no error: the answer is
 * 10000 without any field of a refund.
 */
export function refundQuery(asked: Asked): Content {
  const { house, biz } = asked
  const trade = findTrade(asked) ?? refuse('ACQ.TRADE_NOT_EXIST')
  const outRequestNo = textOf(biz, 'out_request_no')
  if (outRequestNo === '') refuse('ACQ.INVALID_PARAMETER', 'out_request_no')
  const found = house.refunds.get(`${trade.id}/${outRequestNo}`)
  if (!found) return granted({})
  return granted({
    ...numbers(trade),
    out_request_no: outRequestNo,
    refund_reason: found.reason,
    total_amount: yuan(trade.totalMinor),
    refund_amount: yuan(found.amountMinor),
    refund_status: 'REFUND_SUCCESS',
    gmt_refund_pay: beijingTime(new Date(found.at)),
  })
}

const numbers = (trade: Trade): Content => ({
  trade_no: trade.tradeNo,
  out_trade_no: trade.outTradeNo,
})

/** The app's own trade by Alipay's number, or else by the merchant's. */
function findTrade({ house, app, biz }: Asked): Trade | undefined {
  const id = idOf(house, app.appId, biz)
  const trade = tradeOf(house, id)
  return trade?.appId === app.appId ? trade : undefined
}

function idOf(house: House, appId: string, biz: Biz): string {
  const tradeNo = textOf(biz, 'trade_no')
  if (tradeNo !== '') return house.tradeNos.get(tradeNo) ?? ''
  const outTradeNo = textOf(biz, 'out_trade_no')
  if (outTradeNo === '') refuse('ACQ.INVALID_PARAMETER', 'out_trade_no')
  return tradeId(appId, outTradeNo)
}
