import { openidOf } from './accounts.ts'
import { offsetTime } from './beijing.ts'
import type { Order, Refund } from './house.ts'

/** How an order stands, in V3's words. Unpaid ones tell no number of WeChat's and no payer. */
export function showOrderV3(order: Order): Record<string, unknown> {
  const { appid, mchid, outTradeNo, state, stateText, attach, totalMinor, currency } = order
  const partner = {
    ...(order.subMchid !== undefined && { sub_mchid: order.subMchid }),
    ...(order.subAppid !== undefined && { sub_appid: order.subAppid }),
  }
  const said = {
    appid,
    mchid,
    ...partner,
    out_trade_no: outTradeNo,
    trade_state: state,
    trade_state_desc: stateText,
    ...(attach !== undefined && { attach }),
  }
  if (order.paidAt === undefined || (state !== 'SUCCESS' && state !== 'REFUND')) {
    return { ...said, amount: { total: totalMinor, currency } }
  }
  return {
    ...said,
    transaction_id: order.transactionId,
    trade_type: order.tradeType,
    bank_type: order.bankType,
    success_time: offsetTime(new Date(order.paidAt)),
    payer: { openid: openidOf(appid, order.payer ?? '') },
    amount: {
      total: totalMinor,
      payer_total: totalMinor,
      currency,
      payer_currency: currency,
    },
    ...(order.storeId !== undefined && { scene_info: { device_id: order.deviceInfo ?? '' } }),
    promotion_detail: [],
  }
}

/** A refund, in V3's words. */
export function showRefundV3(made: Refund): Record<string, unknown> {
  const isDone = made.status === 'SUCCESS' && made.endedAt !== undefined
  return {
    refund_id: made.refundId,
    out_refund_no: made.outRefundNo,
    transaction_id: made.transactionId,
    out_trade_no: made.outTradeNo,
    channel: made.channel,
    user_received_account: made.receivedAccount,
    ...(isDone && { success_time: offsetTime(new Date(made.endedAt!)) }),
    create_time: offsetTime(new Date(made.madeAt)),
    status: made.status,
    funds_account: 'UNSETTLED',
    amount: {
      total: made.totalMinor,
      refund: made.refundMinor,
      from: [],
      payer_total: made.totalMinor,
      payer_refund: made.refundMinor,
      settlement_total: made.totalMinor,
      settlement_refund: made.refundMinor,
      discount_refund: 0,
      currency: 'CNY',
    },
    promotion_detail: [],
  }
}

/** A refund as its notice tells it: fewer fields, and one called otherwise. */
export function showRefundNotice(made: Refund): Record<string, unknown> {
  const isDone = made.status === 'SUCCESS' && made.endedAt !== undefined
  return {
    mchid: made.mchid,
    transaction_id: made.transactionId,
    out_trade_no: made.outTradeNo,
    refund_id: made.refundId,
    out_refund_no: made.outRefundNo,
    refund_status: made.status,
    ...(isDone && { success_time: offsetTime(new Date(made.endedAt!)) }),
    user_received_account: made.receivedAccount,
    amount: {
      total: made.totalMinor,
      refund: made.refundMinor,
      payer_total: made.totalMinor,
      payer_refund: made.refundMinor,
    },
  }
}
