import { openidOf } from './accounts.ts'
import { compactTime } from './beijing.ts'
import type { House, Order, Refund } from './house.ts'
import { refundsOf } from './refund.ts'

/** Fields of an answer; what is undefined does not appear. */
export type Shown = Record<string, string | undefined>

/** A paid order, in V2's words. */
export function showPaid(order: Order): Shown {
  const total = String(order.totalMinor)
  return {
    device_info: order.deviceInfo,
    openid: openidOf(order.appid, order.payer ?? ''),
    is_subscribe: 'N',
    trade_type: order.tradeType,
    bank_type: order.bankType,
    fee_type: order.currency,
    total_fee: total,
    settlement_total_fee: total,
    cash_fee_type: order.currency,
    cash_fee: total,
    transaction_id: order.transactionId,
    out_trade_no: order.outTradeNo,
    attach: order.attach,
    contract_id: order.contractId,
    time_end: compactTime(new Date(order.paidAt ?? order.madeAt)),
  }
}

/** How an order stands, in V2's words. Only a paid one tells who paid, and WeChat's number. */
export function showOrder(order: Order): Shown {
  const state = { trade_state: order.state, trade_state_desc: order.stateText }
  if (order.state === 'SUCCESS' || order.state === 'REFUND') {
    return { ...showPaid(order), ...state }
  }
  const { outTradeNo, attach, deviceInfo, totalMinor } = order
  return {
    device_info: deviceInfo,
    out_trade_no: outTradeNo,
    attach,
    total_fee: String(totalMinor),
    ...state,
  }
}

/** A refund as its own call answers it. It says that the refund was taken, not that it is done. */
export function showRefund(made: Refund): Shown {
  return {
    transaction_id: made.transactionId,
    out_trade_no: made.outTradeNo,
    out_refund_no: made.outRefundNo,
    refund_id: made.refundId,
    refund_fee: String(made.refundMinor),
    settlement_refund_fee: String(made.refundMinor),
    total_fee: String(made.totalMinor),
    settlement_total_fee: String(made.totalMinor),
    fee_type: 'CNY',
    cash_fee: String(made.totalMinor),
    cash_refund_fee: String(made.refundMinor),
    refund_channel: made.channel,
  }
}

const statusWords = {
  PROCESSING: 'PROCESSING',
  SUCCESS: 'SUCCESS',
  CLOSED: 'REFUNDCLOSE',
  ABNORMAL: 'CHANGE',
} as const

/** A refund's status as V2 calls it. */
export function showStatus(made: Refund): string {
  return statusWords[made.status]
}

const PAGE = 10

/** The refunds of an order, ten at a time, each field with its number behind it. */
export function showRefunds(house: House, order: Order, wanted: Refund[], offset: number): Shown {
  const page = wanted.slice(offset, offset + PAGE)
  const numbered = page.flatMap((made, at) =>
    Object.entries({
      out_refund_no: made.outRefundNo,
      refund_id: made.refundId,
      refund_channel: made.channel,
      refund_fee: String(made.refundMinor),
      settlement_refund_fee: String(made.refundMinor),
      refund_status: showStatus(made),
      refund_account: 'REFUND_SOURCE_UNSETTLED_FUNDS',
      // The misspelling is WeChat's.
      refund_recv_accout: made.receivedAccount,
      refund_success_time:
        made.status === 'SUCCESS' && made.endedAt !== undefined
          ? longTime(new Date(made.endedAt))
          : undefined,
    }).map(([name, value]) => [`${name}_${at}`, value] as const),
  )
  return {
    transaction_id: order.transactionId,
    out_trade_no: order.outTradeNo,
    total_fee: String(order.totalMinor),
    settlement_total_fee: String(order.totalMinor),
    fee_type: order.currency,
    cash_fee: String(order.totalMinor),
    total_refund_count: String(refundsOf(house, order).length),
    refund_count: String(page.length),
    ...Object.fromEntries(numbered),
  }
}

/** `2026-11-23 20:15:02`, Beijing time. */
export function longTime(at: Date): string {
  return compactTime(at).replace(/^(....)(..)(..)(..)(..)(..)$/, '$1-$2-$3 $4:$5:$6')
}
