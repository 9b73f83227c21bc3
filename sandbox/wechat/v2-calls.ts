import type { Fault, Operation } from '../counterpart/faults.ts'
import type { Merchant } from './accounts.ts'
import { openidOf } from './accounts.ts'
import { charge } from './charge.ts'
import type { House, OrderRef, Refund } from './house.ts'
import { findOrder, keyOf } from './house.ts'
import { prepay } from './order.ts'
import { papayCalls } from './papay-calls.ts'
import { closeOrder, queryOrder } from './query.ts'
import { refund, refundsOf } from './refund.ts'
import { refuse } from './refusals.ts'
import { reverse } from './reverse.ts'
import { amountOf, need, orderRequestOf } from './v2-fields.ts'
import type { Shown } from './v2-show.ts'
import { showOrder, showPaid, showRefund, showRefunds } from './v2-show.ts'
import type { Fields } from './v2-xml.ts'

/** A V2 interface: what it is for, and how it is done. Its answer goes below result_code. */
export type CallV2 = {
  operation: Operation
  /** Reached only with the merchant's API certificate. */
  needsCertificate: boolean
  /** The calls about contracts carry no nonce_str. */
  isNonceless?: true
  work: (input: {
    house: House
    merchant: Merchant
    fields: Fields
    faults: readonly Fault[]
  }) => Shown
}

type Work = CallV2['work']

const refOf = (fields: Fields): OrderRef => ({
  outTradeNo: fields['out_trade_no'],
  transactionId: fields['transaction_id'],
})

const micropay: Work = ({ house, merchant, fields, faults }) => {
  const request = orderRequestOf(house, merchant, fields)
  const order = charge(house, { ...request, authCode: need(fields, 'auth_code', 128) }, faults)
  if (order.state === 'SUCCESS') return showPaid(order)
  return { err_code: 'USERPAYING', err_code_des: order.stateText }
}

// Orders by contract are asked about at a path of their own, and only there.
const orderquery =
  (isByContract: boolean): Work =>
  ({ house, merchant, fields }) => {
    const found = queryOrder(house, merchant.mchid, refOf(fields))
    if (!('kind' in found)) {
      if ((found.tradeType === 'PAP') !== isByContract) refuse('ORDERNOTEXIST')
      return showOrder(found)
    }
    const { outTradeNo } = found
    return { out_trade_no: outTradeNo, trade_state: 'REVOKED', trade_state_desc: '订单已撤销' }
  }

// "Call again" comes in both of the shapes that were seen of it: as a success that is none yet, and
// as an error. Whoever reads only result_code is wrong once.
const reversal: Work = ({ house, merchant, fields, faults }) => {
  const reversed = reverse(house, { mchid: merchant.mchid, ref: refOf(fields), faults })
  if (reversed.kind === 'done') return { recall: 'N' }
  return reversed.left % 2 === 1
    ? { recall: 'Y' }
    : { err_code: 'SYSTEMERROR', err_code_des: '系统错误，请再次调用', recall: 'Y' }
}

const refunding: Work = ({ house, merchant, fields }) =>
  showRefund(
    refund(house, {
      mchid: merchant.mchid,
      ref: refOf(fields),
      outRefundNo: need(fields, 'out_refund_no', 64),
      totalMinor: amountOf(fields, 'total_fee'),
      refundMinor: amountOf(fields, 'refund_fee'),
      reason: fields['refund_desc'],
      notifyUrl: fields['notify_url'],
      wire: 'v2',
    }),
  )

const refundquery: Work = ({ house, merchant, fields }) => {
  const { mchid } = merchant
  const offset = fields['offset'] ?? '0'
  if (!/^\d{1,4}$/.test(offset)) refuse('PARAM_ERROR', 'offset参数格式错误')
  const one = oneRefund(house, mchid, fields)
  const order = findOrder(house, mchid, one ?? refOf(fields))
  const wanted = one ? [one] : refundsOf(house, order)
  if (wanted.length === 0) refuse('REFUNDNOTEXIST')
  return showRefunds(house, order, wanted, Number(offset))
}

// The numbers count in this order: refund_id, out_refund_no, transaction_id, out_trade_no.
function oneRefund(house: House, mchid: string, fields: Fields): Refund | undefined {
  const { refund_id: refundId, out_refund_no: outRefundNo } = fields
  if (!refundId && !outRefundNo) return undefined
  const found = refundId
    ? house.refunds.all().find((made) => made.refundId === refundId && made.mchid === mchid)
    : house.refunds.get(keyOf(mchid, outRefundNo!))
  return found ?? refuse('REFUNDNOTEXIST')
}

const closing: Work = ({ house, merchant, fields }) => {
  closeOrder(house, merchant.mchid, need(fields, 'out_trade_no', 32))
  return {}
}

const tradeTypes = ['NATIVE', 'JSAPI', 'APP', 'MWEB'] as const

const unifiedorder: Work = ({ house, merchant, fields }) => {
  const request = orderRequestOf(house, merchant, fields)
  const asked = need(fields, 'trade_type', 16)
  const tradeType = tradeTypes.find((known) => known === asked) ?? refuse('PARAM_ERROR')
  const notifyUrl = need(fields, 'notify_url')
  if (!/^https?:\/\/[^?]+$/.test(notifyUrl)) refuse('PARAM_ERROR', 'notify_url参数格式错误')
  if (tradeType === 'NATIVE') need(fields, 'product_id', 32)
  const openid = tradeType === 'JSAPI' ? need(fields, 'openid', 128) : undefined
  if (openid !== undefined && !isOpenid(house, request.appid, openid)) {
    refuse('PARAM_ERROR', '无效的openid')
  }
  const order = prepay(house, { ...request, tradeType, notifyUrl, openid })
  return {
    device_info: order.deviceInfo,
    trade_type: order.tradeType,
    prepay_id: order.prepayId,
    code_url: order.codeUrl,
    mweb_url: tradeType === 'MWEB' ? `${house.url()}/h5/${order.prepayId}` : undefined,
  }
}

/** Whether one of the payers is known to the app by this name. */
export function isOpenid(house: House, appid: string, openid: string): boolean {
  return house.accounts.payers.some(({ name }) => openidOf(appid, name) === openid)
}

/** The V2 interfaces by their path. Source: reference/protocols.md §2.1, §2.2. */
export const callsV2: Record<string, CallV2> = {
  '/pay/micropay': { operation: 'charge', needsCertificate: false, work: micropay },
  '/pay/orderquery': { operation: 'query', needsCertificate: false, work: orderquery(false) },
  '/secapi/pay/reverse': { operation: 'reverse', needsCertificate: true, work: reversal },
  '/secapi/pay/refund': { operation: 'refund', needsCertificate: true, work: refunding },
  '/pay/refundquery': { operation: 'refund_query', needsCertificate: false, work: refundquery },
  '/pay/closeorder': { operation: 'close', needsCertificate: false, work: closing },
  ...papayCalls,
  '/pay/paporderquery': { operation: 'query', needsCertificate: false, work: orderquery(true) },
  '/pay/unifiedorder': { operation: 'order', needsCertificate: false, work: unifiedorder },
}
