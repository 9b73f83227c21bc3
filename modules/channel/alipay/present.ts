import type { LinkOrder, Linked, PresentOrder, PresentOutcome } from '../channel.ts'
import type { TestResult, Unlinked } from '../channel.ts'
import type { AlipayAccount } from './account.ts'
import { beijingTime } from './beijing.ts'
import { declineReasonOf, isRefusedByGateway } from './codes.ts'
import type { Reply } from './outcome.ts'
import { codesOf, textOf } from './outcome.ts'
import type { Biz } from './request.ts'
import { tradeOf } from './request.ts'
import type { Content } from './sign.ts'

// Orders that a merchant shows and Alipay's payers take up, and agreements by which a payer lets us
// charge without asking each time. Source of fields: reference/protocols.md §3.3.

const products = {
  native: 'FACE_TO_FACE_PAYMENT',
  jsapi: 'JSAPI_PAY',
  h5: 'QUICK_WAP_WAY',
  app: 'QUICK_MSECURITY_PAY',
} as const

/** By which method each way is asked for. Of h5 and app the signed call itself is handed out. */
export const presentMethods = {
  native: 'alipay.trade.precreate',
  jsapi: 'alipay.trade.create',
  h5: 'alipay.trade.wap.pay',
  app: 'alipay.trade.app.pay',
} as const

/**
 * What an order to be shown is asked for with.
 *
 * @throws AssertionError for another currency than CNY
 */
export function presentBiz(order: PresentOrder, account: AlipayAccount): Biz {
  const { way, payerRef, returnUrl } = order
  return {
    ...tradeOf(order, account),
    product_code: products[way],
    time_expire: beijingTime(order.expiresAt),
    // A trade of JSAPI is made for one payer: 2088…, or the longer name that an app knows them by.
    ...(way === 'jsapi' && { [buyerName(payerRef)]: payerRef ?? '' }),
    ...(way === 'h5' && returnUrl !== null && { quit_url: returnUrl }),
  }
}

const buyerName = (payerRef: string | null): string =>
  payerRef === null || /^2088\d{12}$/.test(payerRef) ? 'buyer_id' : 'buyer_open_id'

/**
 * Reads the answer to an order that is to be shown as a QR code or handed to Alipay's own browser.
 *
 * Source: reference/protocols.md §3.3, §3.4.
 */
export function readPresent(
  reply: Reply,
  { way, chargeId }: Pick<PresentOrder, 'way' | 'chargeId'>,
): PresentOutcome {
  if (reply.problem !== undefined) {
    return { kind: 'unknown', channelCode: reply.problem, isIll: true }
  }
  const { code, channelCode, content } = codesOf(reply)
  const reason = isRefusedByGateway(code) ? 'channel_refused' : declineReasonOf(channelCode)
  if (code !== '10000') {
    return reason ? { kind: 'refused', reason, channelCode } : { kind: 'unknown', channelCode }
  }
  const [qrText, tradeNo] = [textOf(content, 'qr_code'), textOf(content, 'trade_no')]
  const isThis = textOf(content, 'out_trade_no') === chargeId
  if (isThis && way === 'native' && qrText !== '') return { kind: 'ready', qrText }
  if (isThis && way === 'jsapi' && tradeNo !== '')
    return { kind: 'ready', sdk: { tradeNO: tradeNo } }
  return { kind: 'unknown', channelCode: 'INCOMPLETE_ORDER' }
}

/**
 * What the page is asked for with on which a payer agrees (商家扣款). Our own number names it; what the
 * page shows is how the payer's account is called here.
 *
 * Source: alipay.user.agreement.page.sign.
 */
export function agreementBiz({ linkId, payerLabel }: LinkOrder): Biz {
  return {
    personal_product_code: 'GENERAL_WITHHOLDING_P',
    sign_scene: 'INDUSTRY|COMMON',
    external_agreement_no: linkId,
    external_logon_id: payerLabel,
    product_code: 'GENERAL_WITHHOLDING',
    access_params: { channel: 'ALIPAYAPP' },
  }
}

/** What `alipay.user.agreement.query` is asked for with. */
export function agreementQueryBiz(linkId: string): Biz {
  return {
    external_agreement_no: linkId,
    personal_product_code: 'GENERAL_WITHHOLDING_P',
    sign_scene: 'INDUSTRY|COMMON',
  }
}

/**
 * Reads how an agreement stands. There is none before the payer has agreed.
 *
 * Source: alipay.user.agreement.query: TEMP, NORMAL, STOP.
 */
export function readAgreement(reply: Reply, linkId: string): Linked {
  const { code, channelCode, content } = codesOf(reply)
  if (code !== '10000' || textOf(content, 'external_agreement_no') !== linkId) {
    const isRefused = isRefusedByGateway(code)
    return isRefused ? { kind: 'refused', channelCode } : { kind: 'pending' }
  }
  const [token, status] = [textOf(content, 'agreement_no'), textOf(content, 'status')]
  if (status === 'NORMAL' && token !== '') {
    return { kind: 'linked', token, label: labelOf(content), last4: null }
  }
  return status === 'STOP' ? { kind: 'refused', channelCode: status } : { kind: 'pending' }
}

/**
 * How the account is called: the sign-in name as Alipay masks it. One that came in clear is masked here,
 * and where there is none the label is the scheme's name: never a number that says nothing to its owner.
 */
export function labelOf(content: Content): string {
  const name = textOf(content, 'alipay_logon_id')
  if (name.includes('*')) return name
  if (/^\+?[\d-]{7,}$/.test(name)) return `${name.slice(0, 3)}******${name.slice(-2)}`
  const [, first, rest] = /^(.{1,3})[^@]*(@[^@]+)$/.exec(name) ?? []
  return first === undefined || rest === undefined ? '支付宝' : `${first}***${rest}`
}

/**
 * Reads the answer to `alipay.user.agreement.unsign`. That there is no agreement is as good.
 *
 * Source: alipay.user.agreement.unsign.
 */
export function readUnsign(reply: Reply): Unlinked {
  if (reply.problem !== undefined) return { kind: 'again', channelCode: reply.problem, isIll: true }
  const { code, channelCode } = codesOf(reply)
  const isGone = /(^|\.)USER_AGREEMENT_NOT_EXIST$/.test(channelCode)
  if (code === '10000' || isGone) return { kind: 'unlinked', channelCode }
  return { kind: isRefusedByGateway(code) ? 'refused' : 'again', channelCode }
}

/** Of a number that was made this moment Alipay says that there is no such trade. */
export function readTest(reply: Reply): TestResult {
  const { code, channelCode } = codesOf(reply)
  const ok = code === '40004' && channelCode === 'ACQ.TRADE_NOT_EXIST'
  return { ok, problem: ok ? null : channelCode }
}
