import type { House, Order } from './house.ts'
import { merchantOf } from './house.ts'
import { refuse } from './refusals.ts'
import type { Fields } from './v2-xml.ts'
import { signV2 } from './v2-xml.ts'
import { verify } from './v3-sign.ts'

/** What a page (JSAPI) or an app hands to WeChat on the phone; both are signed by the merchant. */
export type ClientPay = { kind: 'jsapi' | 'app'; fields: Fields }

/**
 * The order that a page or an app wants to be paid.
 *
 * @throws Refusal when there is none, or when its signature or numbers are wrong
 *
 * Source: reference/protocols.md §2.5, client-side pay sign.
 */
export function readClientPay(house: House, { kind, fields }: ClientPay): Order {
  const prepayId =
    kind === 'jsapi' ? (fields['package'] ?? '').replace(/^prepay_id=/, '') : fields['prepayid']
  const key = house.index.get(prepayId ?? '')
  const order = (key !== undefined && house.orders.get(key)) || refuse('ORDERNOTEXIST')
  const isSigned =
    kind === 'jsapi' ? isJsapiSigned(house, order, fields) : isAppSigned(house, order, fields)
  return isSigned ? order : refuse('PARAM_ERROR', '支付验证签名失败')
}

function isJsapiSigned(house: House, order: Order, fields: Fields): boolean {
  const merchant = merchantOf(house, order.mchid)!
  const { appId, timeStamp, nonceStr, package: packed, signType, paySign } = fields
  if (appId !== order.appid || !timeStamp || !nonceStr || !packed || !paySign) return false
  if (signType === 'RSA') {
    return verify([appId, timeStamp, nonceStr, packed], paySign, merchant.publicKeyPem)
  }
  const { paySign: _left, ...signed } = fields
  const type = signType === 'HMAC-SHA256' ? 'HMAC-SHA256' : 'MD5'
  return signV2(signed, merchant.apiKeyV2, type) === paySign
}

function isAppSigned(house: House, order: Order, fields: Fields): boolean {
  const merchant = merchantOf(house, order.mchid)!
  const { appid, partnerid, prepayid, noncestr, timestamp, sign, package: packed } = fields
  const isOurs = appid === order.appid && partnerid === order.mchid && packed === 'Sign=WXPay'
  if (!isOurs || !prepayid || !noncestr || !timestamp || !sign) return false
  if (order.wire === 'v3') {
    return verify([appid, timestamp, noncestr, prepayid], sign, merchant.publicKeyPem)
  }
  return (['MD5', 'HMAC-SHA256'] as const).some(
    (type) => signV2(fields, merchant.apiKeyV2, type) === sign,
  )
}
