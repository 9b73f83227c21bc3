import { createSign, randomBytes } from 'node:crypto'

import type { PresentOrder, PresentOutcome, ReverseOutcome } from '../channel.ts'
import type { KeysV2, OpenKeysV3, WechatAccount } from './account.ts'
import { codeOf, declineOf, lettersOf } from './outcome.ts'
import type { CallV2, CallV3, OfCharge } from './request.ts'
import { callV2, NOWHERE, partiesV3, plain, transactions, whose } from './request.ts'
import { linesOf, signV2 } from './sign.ts'
import type { Told, ToldPrepay } from './told.ts'

// Orders that a merchant shows and WeChat's payers take up: a QR code, a page in WeChat, an app, a
// page in the phone's browser. Source of fields and paths: reference/protocols.md §2.2, §2.5.

const wayOfV2 = { native: 'NATIVE', jsapi: 'JSAPI', app: 'APP', h5: 'MWEB' } as const

/** Makes an order to be shown (统一下单). */
export function orderV2(account: WechatAccount, order: PresentOrder): CallV2 {
  const { way, payerRef } = order
  return callV2(account, '/pay/unifiedorder', {
    device_info: order.terminalId.slice(0, 32),
    body: plain(order.description, 127),
    out_trade_no: order.chargeId,
    total_fee: String(order.amountMinor),
    fee_type: order.currency,
    spbill_create_ip: order.ip,
    time_start: beijingDigits(order.startedAt),
    time_expire: beijingDigits(order.expiresAt),
    notify_url: account.noticeUrl ?? NOWHERE,
    trade_type: wayOfV2[way],
    ...(way === 'native' && { product_id: order.chargeId }),
    ...(way === 'jsapi' && { [payerName(account, 'openid')]: payerRef ?? '' }),
    ...(way === 'h5' && { scene_info: JSON.stringify({ h5_info: { type: 'Wap' } }) }),
  })
}

/** Makes an order to be shown. */
export function orderV3(account: WechatAccount, order: PresentOrder): CallV3 {
  const { way, payerRef, ip, terminalId } = order
  const payer = account.subMchId === undefined ? 'openid' : payerName(account, 'sp_openid')
  return {
    method: 'POST',
    target: `${transactions(account)}/${way}`,
    body: {
      ...partiesV3(account),
      description: plain(order.description, 127),
      out_trade_no: order.chargeId,
      time_expire: order.expiresAt.toISOString().replace(/\.\d+Z$/, '+00:00'),
      notify_url: account.noticeUrl ?? NOWHERE,
      amount: { total: Number(order.amountMinor), currency: order.currency },
      ...(way === 'jsapi' && { payer: { [payer]: payerRef ?? '' } }),
      scene_info: {
        payer_client_ip: ip,
        device_id: terminalId.slice(0, 32),
        ...(way === 'h5' && { h5_info: { type: 'Wap' } }),
      },
    },
  }
}

// The payer's name at the merchant's own app, when there is one; else at the partner's.
const payerName = ({ subAppId }: WechatAccount, ofPartner: string): string =>
  subAppId === undefined ? ofPartner : 'sub_openid'

/** Ends an order that nobody has paid (关闭订单). */
export function closeV2(account: WechatAccount, { chargeId }: OfCharge): CallV2 {
  return callV2(account, '/pay/closeorder', { out_trade_no: chargeId })
}

/** Ends an order that nobody has paid. */
export function closeV3(account: WechatAccount, { chargeId }: OfCharge): CallV3 {
  const target = `${transactions(account)}/out-trade-no/${chargeId}/close`
  return { method: 'POST', target, body: whose(account) }
}

function beijingDigits(at: Date): string {
  return new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 19).replace(/\D/g, '')
}

/** Signs what a page or an app hands to WeChat on the phone. */
export type SignClient = (way: 'jsapi' | 'app', prepayId: string) => Record<string, string>

export type Stamp = { timestamp: string; nonce: string }

/** A stamp of now, in seconds, with a nonce. */
export const newStamp = (now: Date): Stamp => ({
  timestamp: String(Math.floor(now.getTime() / 1_000)),
  nonce: randomBytes(16).toString('hex'),
})

/** In the way of V2: with the shared key, all fields in the order of their names. */
export function signClientV2(
  account: WechatAccount,
  { apiKey, signType = 'HMAC-SHA256' }: KeysV2,
  { timestamp, nonce }: Stamp,
): SignClient {
  const appId = account.subAppId ?? account.appId
  return (way, prepayId) => {
    if (way === 'app') {
      const fields = {
        ...{ appid: appId, partnerid: account.mchId, prepayid: prepayId },
        ...{ package: 'Sign=WXPay', noncestr: nonce, timestamp },
      }
      return { ...fields, sign: signV2(fields, apiKey, signType) }
    }
    const fields = {
      ...{ appId, timeStamp: timestamp, nonceStr: nonce },
      ...{ package: `prepay_id=${prepayId}`, signType },
    }
    return { ...fields, paySign: signV2(fields, apiKey, signType) }
  }
}

/** In the way of V3: with the merchant's key, four lines. */
export function signClientV3(
  account: WechatAccount,
  { privateKey }: Pick<OpenKeysV3, 'privateKey'>,
  { timestamp, nonce }: Stamp,
): SignClient {
  const appId = account.subAppId ?? account.appId
  const sign = (last: string) => {
    const lines = linesOf([appId, timestamp, nonce, last])
    return createSign('sha256').update(lines).sign(privateKey, 'base64')
  }
  return (way, prepayId) => {
    if (way === 'app') {
      return {
        ...{ appid: appId, partnerid: account.mchId, prepayid: prepayId },
        ...{ package: 'Sign=WXPay', noncestr: nonce, timestamp, sign: sign(prepayId) },
      }
    }
    const packed = `prepay_id=${prepayId}`
    return {
      ...{ appId, timeStamp: timestamp, nonceStr: nonce },
      ...{ package: packed, signType: 'RSA', paySign: sign(packed) },
    }
  }
}

type Shown = Pick<PresentOrder, 'way' | 'returnUrl'>

/**
 * Reads the answer to an order, and makes of it what is shown. That the number is paid already is no
 * refusal: a query says how.
 *
 * Source: reference/protocols.md §2.2, §2.5.
 */
export function readPresent(
  told: Told<ToldPrepay>,
  { way, returnUrl }: Shown,
  sign: SignClient,
): PresentOutcome {
  if (told.kind === 'nothing') return { kind: 'unknown', channelCode: told.problem, isIll: true }
  if (told.kind === 'refused') return readRefused(codeOf(told.code))
  const { prepayId, codeUrl, h5Url } = told.said
  if (way === 'native' && codeUrl) return { kind: 'ready', qrText: codeUrl }
  if (way === 'h5' && h5Url) return { kind: 'ready', url: withReturn(h5Url, returnUrl) }
  if ((way === 'jsapi' || way === 'app') && prepayId) {
    return { kind: 'ready', sdk: sign(way, prepayId) }
  }
  return { kind: 'unknown', channelCode: 'INCOMPLETE_ORDER' }
}

const endedOrder = new Set(['ORDERCLOSED', 'ORDERREVERSED'])

function readRefused(channelCode: string): PresentOutcome {
  const reason = endedOrder.has(lettersOf(channelCode)) ? 'order_expired' : declineOf(channelCode)
  return reason ? { kind: 'refused', reason, channelCode } : { kind: 'unknown', channelCode }
}

function withReturn(h5Url: string, returnUrl: string | null): string {
  const url = URL.parse(h5Url)
  if (!url || returnUrl === null) return h5Url
  url.searchParams.set('redirect_url', returnUrl)
  return url.href
}

// The order is paid, or is of a kind that is reversed and not closed.
const notClosable = new Set(['ORDERPAID', 'TRADEERROR', 'PARAMERROR', 'LACKPARAMS', 'NOAUTH'])

/**
 * Reads the answer to a closing. An order that WeChat does not know may still be on its way; of an
 * old one it is believed.
 *
 * Source: reference/protocols.md §2.2, §2.5.
 */
export function readClose(told: Told<unknown>, isOld: boolean): ReverseOutcome {
  if (told.kind === 'nothing') return { kind: 'again', channelCode: told.problem, isIll: true }
  if (told.kind === 'said') return { kind: 'reversed', wasPaid: false, channelCode: 'CLOSED' }
  const channelCode = codeOf(told.code)
  const letters = lettersOf(channelCode)
  const isOver = endedOrder.has(letters) || (letters === 'ORDERNOTEXIST' && isOld)
  if (isOver) return { kind: 'reversed', wasPaid: false, channelCode }
  return { kind: notClosable.has(letters) ? 'refused' : 'again', channelCode }
}
