import { X509Certificate } from 'node:crypto'

import type { Fault, Operation } from '../counterpart/faults.ts'
import type { Merchant } from './accounts.ts'
import { offsetTime } from './beijing.ts'
import { charge } from './charge.ts'
import type { House, OrderRef } from './house.ts'
import { keyOf } from './house.ts'
import type { OrderRequest } from './order.ts'
import { prepay } from './order.ts'
import { closeOrder, queryOrder } from './query.ts'
import { refund } from './refund.ts'
import { refuse } from './refusals.ts'
import { reverse } from './reverse.ts'
import { isOpenid } from './v2-calls.ts'
import { seal } from './v3-sign.ts'
import { showOrderV3, showRefundV3 } from './v3-show.ts'

/** A request's fields, read one by one; each reader refuses with the field's JSON pointer. */
export type Body = Record<string, unknown>

export type InputV3 = {
  house: House
  merchant: Merchant
  /** The parts of the path that vary, in order. */
  parts: string[]
  query: URLSearchParams
  body: Body
  faults: readonly Fault[]
}

/** A V3 interface: `null` answers 204. */
export type CallV3 = {
  method: 'GET' | 'POST'
  path: RegExp
  operation: Operation
  /** The order it is about, as the fault book knows it. */
  orderNo: (input: Omit<InputV3, 'faults'>) => string
  amountMinor?: (body: Body) => bigint | undefined
  work: (input: InputV3) => Record<string, unknown> | null
}

type Work = CallV3['work']

const textAt = (body: Body, name: string): string | undefined => {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? value : refuse('PARAM_ERROR', `/${name} 应为字符串`)
}

const needText = (body: Body, name: string, most = 255): string => {
  const value = textAt(body, name)
  if (value === undefined || value === '') return refuse('PARAM_ERROR', `/${name} 必填`)
  return value.length > most ? refuse('PARAM_ERROR', `/${name} 过长`) : value
}

const partAt = (body: Body, name: string): Body => {
  const value = body[name]
  if (value === undefined || value === null) return {}
  const isObject = typeof value === 'object' && !Array.isArray(value)
  return isObject ? (value as Body) : refuse('PARAM_ERROR', `/${name} 应为对象`)
}

const amountAt = (body: Body, name: string): bigint => {
  const value = body[name]
  const isWhole = typeof value === 'number' && Number.isSafeInteger(value) && value > 0
  return isWhole ? BigInt(value) : refuse('PARAM_ERROR', `/amount/${name} 应为大于0的整数`)
}

// Source: reference/protocols.md §2.1.
const outTradeNoPattern = /^[0-9A-Za-z_\-*]{6,32}$/

function checkAppid(merchant: Merchant, appid: string): string {
  return merchant.appids.includes(appid) ? appid : refuse('APPID_MCHID_NOT_MATCH')
}

function orderRequestOf({ house, merchant, body }: InputV3): OrderRequest {
  const outTradeNo = needText(body, 'out_trade_no')
  if (!outTradeNoPattern.test(outTradeNo)) refuse('PARAM_ERROR', '/out_trade_no 格式错误')
  const amount = partAt(body, 'amount')
  if ((textAt(amount, 'currency') ?? 'CNY') !== 'CNY') refuse('PARAM_ERROR', '/amount/currency')
  const scene = partAt(body, 'scene_info')
  const store = partAt(scene, 'store_info')
  const expiry = textAt(body, 'time_expire')
  const expiresAt = expiry === undefined ? undefined : new Date(expiry)
  if (expiresAt && !(expiresAt > house.clock.now())) refuse('PARAM_ERROR', '/time_expire 过期')
  return {
    mchid: merchant.mchid,
    appid: checkAppid(merchant, needText(body, 'appid', 32)),
    outTradeNo,
    totalMinor: amountAt(amount, 'total'),
    body: needText(body, 'description', 127),
    attach: textAt(body, 'attach'),
    deviceInfo: textAt(scene, 'device_id'),
    goodsTag: textAt(body, 'goods_tag'),
    detail: body['detail'] === undefined ? undefined : JSON.stringify(body['detail']),
    storeId: textAt(store, 'id') ?? textAt(store, 'out_id'),
    profitSharing: partAt(body, 'settle_info')['profit_sharing'] === true,
    expiresAt,
    wire: 'v3',
  }
}

// While the payer is asked, there is nothing else in the answer. Source:
// developers.weixin.qq.com/community/develop/doc/000ee0c62d8e48ca12f24bdcf6b400, read 2026-11.
const codepay: Work = (input) => {
  const { house, body, faults } = input
  const request = orderRequestOf(input)
  const store = partAt(partAt(body, 'scene_info'), 'store_info')
  if (!textAt(store, 'id') && !textAt(store, 'out_id')) {
    refuse('PARAM_ERROR', '/scene_info/store_info 必填')
  }
  const authCode = needText(partAt(body, 'payer'), 'auth_code', 32)
  const order = charge(house, { ...request, authCode }, faults)
  return order.state === 'SUCCESS' ? showOrderV3(order) : { trade_state: 'USERPAYING' }
}

const query =
  (refOf: (part: string) => OrderRef): Work =>
  ({ house, merchant, parts, query: asked }) => {
    const { mchid } = merchant
    if (asked.get('mchid') !== mchid) refuse('PARAM_ERROR', 'mchid 与签名的商户不一致')
    const found = queryOrder(house, mchid, refOf(parts[0]!))
    if (!('kind' in found)) return showOrderV3(found)
    const state = { trade_state: 'REVOKED', trade_state_desc: '订单已撤销' }
    return { mchid, out_trade_no: found.outTradeNo, ...state }
  }

const reversal: Work = ({ house, merchant, parts, body, faults }) => {
  const { mchid } = merchant
  const appid = checkAppid(merchant, needText(body, 'appid', 32))
  const outTradeNo = parts[0]!
  const reversed = reverse(house, { mchid, ref: { outTradeNo }, faults })
  // V3 has no "call again" of its own: not done is an error.
  if (reversed.kind === 'call_again') refuse('SYSTEMERROR', '系统错误，请再次调用')
  return { appid, mchid, out_trade_no: outTradeNo }
}

const closing: Work = ({ house, merchant, parts }) => {
  closeOrder(house, merchant.mchid, parts[0]!)
  return null
}

const tradeTypes = { jsapi: 'JSAPI', app: 'APP', h5: 'MWEB', native: 'NATIVE' } as const

const prepayment: Work = (input) => {
  const { house, merchant, body, parts } = input
  const way = parts[0] as keyof typeof tradeTypes
  const request = orderRequestOf(input)
  const notifyUrl = needText(body, 'notify_url')
  if (!/^https?:\/\/[^?]+$/.test(notifyUrl)) refuse('PARAM_ERROR', '/notify_url 格式错误')
  const openid = way === 'jsapi' ? needText(partAt(body, 'payer'), 'openid', 128) : undefined
  if (openid !== undefined && !isOpenid(house, request.appid, openid)) {
    refuse('PARAM_ERROR', '无效的openid')
  }
  if (way === 'h5' && !textAt(partAt(partAt(body, 'scene_info'), 'h5_info'), 'type')) {
    refuse('PARAM_ERROR', '/scene_info/h5_info/type 必填')
  }
  const order = prepay(house, {
    ...request,
    mchid: merchant.mchid,
    tradeType: tradeTypes[way],
    notifyUrl,
    openid,
  })
  if (way === 'native') return { code_url: order.codeUrl }
  if (way === 'h5') return { h5_url: `${house.url()}/h5/${order.prepayId}` }
  return { prepay_id: order.prepayId }
}

const refunding: Work = ({ house, merchant, body }) => {
  const amount = partAt(body, 'amount')
  if (needText(amount, 'currency', 16) !== 'CNY') refuse('PARAM_ERROR', '/amount/currency')
  const ref = {
    outTradeNo: textAt(body, 'out_trade_no'),
    transactionId: textAt(body, 'transaction_id'),
  }
  return showRefundV3(
    refund(house, {
      mchid: merchant.mchid,
      ref,
      outRefundNo: needText(body, 'out_refund_no', 64),
      totalMinor: amountAt(amount, 'total'),
      refundMinor: amountAt(amount, 'refund'),
      reason: textAt(body, 'reason'),
      notifyUrl: textAt(body, 'notify_url'),
      wire: 'v3',
    }),
  )
}

const refundQuery: Work = ({ house, merchant, parts }) => {
  const made = house.refunds.get(keyOf(merchant.mchid, parts[0]!))
  return made ? showRefundV3(made) : refuse('REFUNDNOTEXIST')
}

const certificates: Work = ({ house, merchant }) => {
  const { serial, certificatePem } = house.accounts.platform
  const { validFrom, validTo } = new X509Certificate(certificatePem)
  return {
    data: [
      {
        serial_no: serial,
        effective_time: offsetTime(new Date(validFrom)),
        expire_time: offsetTime(new Date(validTo)),
        encrypt_certificate: seal(certificatePem, merchant.apiKeyV3, 'certificate'),
      },
    ],
  }
}

const inPath: CallV3['orderNo'] = ({ parts }) => parts[0] ?? ''
const inBody: CallV3['orderNo'] = ({ house, body }) => {
  const { out_trade_no: outTradeNo, transaction_id: transactionId } = body
  const key = typeof transactionId === 'string' ? house.index.get(transactionId) : undefined
  return typeof outTradeNo === 'string' ? outTradeNo : (key?.split('/')[1] ?? '')
}
const byTransaction: CallV3['orderNo'] = ({ house, parts }) =>
  house.index.get(parts[0] ?? '')?.split('/')[1] ?? ''
const byRefund: CallV3['orderNo'] = ({ house, merchant, parts }) =>
  house.refunds.get(keyOf(merchant.mchid, parts[0] ?? ''))?.outTradeNo ?? ''
const none = () => ''

const totalOf = (body: Body): bigint | undefined => {
  const amount = body['amount']
  const total = typeof amount === 'object' && amount !== null && 'total' in amount && amount.total
  return typeof total === 'number' && Number.isSafeInteger(total) ? BigInt(total) : undefined
}

const transactions = '^/v3/pay/transactions'

/** The V3 interfaces. Source: reference/protocols.md §2.1, §2.5. */
export const callsV3: readonly CallV3[] = [
  {
    method: 'POST',
    path: new RegExp(`${transactions}/codepay$`),
    operation: 'charge',
    orderNo: inBody,
    amountMinor: totalOf,
    work: codepay,
  },
  {
    method: 'GET',
    path: new RegExp(`${transactions}/id/([^/]+)$`),
    operation: 'query',
    orderNo: byTransaction,
    work: query((transactionId) => ({ transactionId })),
  },
  {
    method: 'GET',
    path: new RegExp(`${transactions}/out-trade-no/([^/]+)$`),
    operation: 'query',
    orderNo: inPath,
    work: query((outTradeNo) => ({ outTradeNo })),
  },
  {
    method: 'POST',
    path: new RegExp(`${transactions}/out-trade-no/([^/]+)/reverse$`),
    operation: 'reverse',
    orderNo: inPath,
    work: reversal,
  },
  {
    method: 'POST',
    path: new RegExp(`${transactions}/out-trade-no/([^/]+)/close$`),
    operation: 'close',
    orderNo: inPath,
    work: closing,
  },
  {
    method: 'POST',
    path: new RegExp(`${transactions}/(jsapi|app|h5|native)$`),
    operation: 'order',
    orderNo: inBody,
    work: prepayment,
  },
  {
    method: 'POST',
    path: /^\/v3\/refund\/domestic\/refunds$/,
    operation: 'refund',
    orderNo: inBody,
    work: refunding,
  },
  {
    method: 'GET',
    path: /^\/v3\/refund\/domestic\/refunds\/([^/]+)$/,
    operation: 'refund_query',
    orderNo: byRefund,
    work: refundQuery,
  },
  {
    method: 'GET',
    path: /^\/v3\/certificates$/,
    operation: 'other',
    orderNo: none,
    work: certificates,
  },
]
