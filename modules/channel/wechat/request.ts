import { assert } from '../../lib/assert.ts'
import type { ChargeOrder, RefundOrder } from '../channel.ts'
import type { SignType, WechatAccount } from './account.ts'
import type { Fields } from './xml.ts'

// What is sent, before it is signed. Pure, so that a test can hold it against WeChat's own pages.
// Source of all fields and paths: reference/protocols.md §2.1, §2.2, §2.5.

/** A call of V2, without nonce and signature. */
export type CallV2 = {
  path: string
  needsCertificate: boolean
  fields: Fields
  /** The calls about contracts have neither nonce nor sign_type. */
  isNonceless?: true
}

/** A call of V3. `target` is the path with its query. */
export type CallV3 = {
  method: 'GET' | 'POST'
  target: string
  body?: Readonly<Record<string, unknown>>
}

/** What a charge or a refund is asked about by. */
export type OfCharge = Pick<ChargeOrder, 'chargeId'>

/**
 * WeChat demands an address for notices. Where none is set it is one that leads nowhere (RFC 2606), and
 * only queries tell.
 */
export const NOWHERE = 'https://notice.invalid/'

/** Charges a scanned code (付款码支付). The one place of this road that looks at the digits. */
export function chargeV2(account: WechatAccount, order: ChargeOrder): CallV2 {
  return callV2(account, '/pay/micropay', {
    device_info: order.terminalId.slice(0, 32),
    body: plain(order.description, 127),
    out_trade_no: order.chargeId,
    total_fee: String(order.amountMinor),
    fee_type: order.currency,
    spbill_create_ip: order.ip,
    scene_info: JSON.stringify({ store_info: { id: account.storeNo ?? order.storeId } }),
    auth_code: codeOf(order),
  })
}

// A linked account is charged by its contract, in V2.
function codeOf({ means }: ChargeOrder): string {
  assert(means.kind === 'code', 'this road charges scanned codes')
  return means.code.reveal()
}

/** Asks how an order stands (查询订单). */
export function queryV2(account: WechatAccount, { chargeId }: OfCharge): CallV2 {
  return callV2(account, '/pay/orderquery', { out_trade_no: chargeId })
}

/** Undoes a charge (撤销订单): unpaid it can never be paid, paid it is given back. */
export function reverseV2(account: WechatAccount, { chargeId }: OfCharge): CallV2 {
  return callV2(account, '/secapi/pay/reverse', { out_trade_no: chargeId })
}

/** Gives back a part or all of a charge (申请退款). */
export function refundV2(account: WechatAccount, order: RefundOrder): CallV2 {
  return callV2(account, '/secapi/pay/refund', {
    out_trade_no: order.chargeId,
    out_refund_no: order.refundId,
    total_fee: String(order.chargeMinor),
    refund_fee: String(order.refundMinor),
    refund_fee_type: order.currency,
    refund_desc: plain(order.reason, 80),
    ...(account.noticeUrl !== undefined && { notify_url: account.noticeUrl }),
  })
}

/** Asks how a refund stands (查询退款). */
export function queryRefundV2(
  account: WechatAccount,
  { refundId }: Pick<RefundOrder, 'refundId'>,
): CallV2 {
  return callV2(account, '/pay/refundquery', { out_refund_no: refundId })
}

/** Adds what every V2 message carries besides its signature. */
export function withNonce(fields: Fields, nonce: string, signType: SignType): Fields {
  return { ...fields, nonce_str: nonce, sign_type: signType }
}

/** What every V2 message begins with, and the fields behind it. */
export function callV2(account: WechatAccount, path: string, fields: Fields): CallV2 {
  const { appId, mchId, subAppId, subMchId } = account
  const head = {
    appid: appId,
    mch_id: mchId,
    ...(subAppId !== undefined && { sub_appid: subAppId }),
    ...(subMchId !== undefined && { sub_mch_id: subMchId }),
  }
  return { path, needsCertificate: path.startsWith('/secapi/'), fields: { ...head, ...fields } }
}

/** Charges a scanned code (付款码支付). The one place of this road that looks at the digits. */
export function chargeV3(account: WechatAccount, order: ChargeOrder): CallV3 {
  const { terminalId, storeId, chargeId, amountMinor, currency } = order
  return {
    method: 'POST',
    target: `${transactions(account)}/codepay`,
    body: {
      ...partiesV3(account),
      description: plain(order.description, 127),
      out_trade_no: chargeId,
      payer: { auth_code: codeOf(order) },
      amount: { total: Number(amountMinor), currency },
      scene_info: {
        device_id: terminalId.slice(0, 32),
        device_ip: order.ip,
        store_info: { out_id: account.storeNo ?? storeId },
      },
    },
  }
}

/** Asks how an order stands. */
export function queryV3(account: WechatAccount, { chargeId }: OfCharge): CallV3 {
  return {
    method: 'GET',
    target: `${transactions(account)}/out-trade-no/${chargeId}?${new URLSearchParams(whose(account))}`,
  }
}

/** The numbers that name the merchant, in V3's words. */
export function whose({ mchId, subMchId }: WechatAccount): Record<string, string> {
  return subMchId === undefined ? { mchid: mchId } : { sp_mchid: mchId, sub_mchid: subMchId }
}

/** Undoes a charge. */
export function reverseV3(account: WechatAccount, { chargeId }: OfCharge): CallV3 {
  const target = `${transactions(account)}/out-trade-no/${chargeId}/reverse`
  return { method: 'POST', target, body: partiesV3(account) }
}

const REFUNDS_V3 = '/v3/refund/domestic/refunds'

/** Gives back a part or all of a charge. */
export function refundV3(account: WechatAccount, order: RefundOrder): CallV3 {
  const { refundMinor, chargeMinor, currency } = order
  return {
    method: 'POST',
    target: REFUNDS_V3,
    body: {
      ...(account.subMchId !== undefined && { sub_mchid: account.subMchId }),
      out_trade_no: order.chargeId,
      out_refund_no: order.refundId,
      reason: plain(order.reason, 80),
      ...(account.noticeUrl !== undefined && { notify_url: account.noticeUrl }),
      amount: { refund: Number(refundMinor), total: Number(chargeMinor), currency },
    },
  }
}

/** Asks how a refund stands. */
export function queryRefundV3(
  { subMchId }: WechatAccount,
  { refundId }: Pick<RefundOrder, 'refundId'>,
): CallV3 {
  const query = subMchId === undefined ? '' : `?${new URLSearchParams({ sub_mchid: subMchId })}`
  return { method: 'GET', target: `${REFUNDS_V3}/${refundId}${query}` }
}

/** Where V3 keeps orders, by mode. */
export const transactions = ({ subMchId }: WechatAccount): string =>
  subMchId === undefined ? '/v3/pay/transactions' : '/v3/pay/partner/transactions'

/** Whose order it is, in V3's words. */
export function partiesV3({
  appId,
  mchId,
  subAppId,
  subMchId,
}: WechatAccount): Record<string, string> {
  if (subMchId === undefined) return { appid: appId, mchid: mchId }
  return {
    sp_appid: appId,
    sp_mchid: mchId,
    ...(subAppId !== undefined && { sub_appid: subAppId }),
    sub_mchid: subMchId,
  }
}

/**
 * A text as both versions take it. XML 1.0 has no control characters, and WeChat counts bytes in some
 * fields and characters in others: so many bytes of UTF-8 are never too long. A field that must be
 * there is not sent empty.
 */
export function plain(text: string, mostBytes: number): string {
  const printable = text.replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]+/gu, ' ').trim()
  let kept = ''
  let bytes = 0
  for (const char of printable) {
    bytes += Buffer.byteLength(char)
    if (bytes > mostBytes) break
    kept += char
  }
  return kept === '' ? '-' : kept
}
