import type { KeyObject } from 'node:crypto'

import { assert } from '../../lib/assert.ts'
import { formatDecimal } from '../../money/money.ts'
import type { ChargeOrder, Means, RefundOrder } from '../channel.ts'
import type { AlipayAccount } from './account.ts'
import { beijingTime } from './beijing.ts'
import { signedText, signRsa2 } from './sign.ts'

/** What is asked for, under `biz_content`. */
export type Biz = Readonly<Record<string, unknown>>

// One minute more than it is asked about: what nobody pays and nobody cancels ends by itself.
const UNPAID_ENDS_AFTER = '2m'

const LONGEST_SUBJECT = 256

/**
 * What `alipay.trade.pay` is asked for: the code or the agreement is charged, in yuan as text. Here,
 * and here only, the digits of the code come out, so what this answers is never logged.
 *
 * @throws AssertionError for another currency than CNY: Alipay's gateway takes no other
 *
 * Source: reference/protocols.md §3.2.
 */
export function payBiz(order: ChargeOrder, account: AlipayAccount): Biz {
  return {
    ...tradeOf(order, account),
    ...meansOf(order.means),
    timeout_express: UNPAID_ENDS_AFTER,
  }
}

function meansOf(means: Means): Biz {
  return means.kind === 'code'
    ? {
        ...{ scene: 'bar_code', auth_code: means.code.reveal() },
        product_code: 'FACE_TO_FACE_PAYMENT',
      }
    : {
        agreement_params: { agreement_no: means.token },
        product_code: 'GENERAL_WITHHOLDING',
      }
}

/** What a trade is, however it comes to be paid. */
export type TradeOrder = Pick<
  ChargeOrder,
  'chargeId' | 'amountMinor' | 'currency' | 'description' | 'terminalId' | 'storeId' | 'ip'
>

/**
 * The fields of every trade.
 *
 * @throws AssertionError for another currency than CNY
 */
export function tradeOf(order: TradeOrder, account: AlipayAccount): Biz {
  assert(order.currency === 'CNY', 'Alipay takes CNY')
  const { acquirer, serviceProviderId, storeNos } = account
  const storeId = storeNos?.[order.storeId] ?? account.storeId
  return {
    out_trade_no: order.chargeId,
    subject: subjectOf(order.description),
    total_amount: formatDecimal(order.amountMinor, order.currency),
    seller_id: account.sellerId,
    terminal_id: order.terminalId.slice(0, 32),
    business_params: { mc_create_trade_ip: order.ip },
    ...(storeId !== undefined && { store_id: storeId }),
    ...(serviceProviderId !== undefined && {
      extend_params: { sys_service_provider_id: serviceProviderId },
    }),
    ...(acquirer && {
      request_org_pid: acquirer.orgId,
      sub_merchant: { merchant_id: acquirer.subMerchantId },
    }),
  }
}

// Alipay refuses `/`, `=` and `&` in a subject.
function subjectOf(description: string): string {
  const subject = description.replace(/[/=&]+/g, ' ').trim()
  return [...subject].slice(0, LONGEST_SUBJECT).join('') || '消费'
}

/**
 * What query and cancel are asked for: the trade, by our number.
 *
 * Source: reference/protocols.md §3.3.
 */
export function tradeBiz({ chargeId }: Pick<ChargeOrder, 'chargeId'>): Biz {
  return { out_trade_no: chargeId }
}

/**
 * What `alipay.trade.refund` is asked for, in yuan as text. The request number makes it happen once.
 *
 * @throws AssertionError for another currency than CNY
 *
 * Source: reference/protocols.md §3.3.
 */
export function refundBiz(order: RefundOrder): Biz {
  assert(order.currency === 'CNY', 'Alipay takes CNY')
  return {
    ...refundQueryBiz(order),
    refund_amount: formatDecimal(order.refundMinor, order.currency),
    refund_reason: [...order.reason].slice(0, LONGEST_SUBJECT).join(''),
  }
}

/**
 * What `alipay.trade.fastpay.refund.query` is asked for. Of the two numbers of the trade Alipay
 * prefers its own.
 *
 * Source: reference/protocols.md §3.3.
 */
export function refundQueryBiz(order: RefundOrder): Biz {
  const { chargeId, channelRef, refundId } = order
  return { out_trade_no: chargeId, trade_no: channelRef, out_request_no: refundId }
}

export type Call = {
  method: string
  biz: Biz
  at: Date
  /** Where a page of Alipay's sends the browser afterwards. */
  returnUrl?: string | null
}

// What Alipay tells of by a notice.
const toldOf = new Set([
  ...['alipay.trade.pay', 'alipay.trade.precreate', 'alipay.trade.create'],
  ...['alipay.trade.wap.pay', 'alipay.trade.app.pay'],
  ...['alipay.user.agreement.page.sign', 'alipay.user.agreement.unsign'],
])

/**
 * The fields of a call: the common ones, the content and the signature. They hold the code of a
 * charge, so they are sent and nothing else.
 *
 * Source: reference/protocols.md §3.1.
 */
export function signedFields(
  { method, biz, at, returnUrl = null }: Call,
  account: AlipayAccount,
  key: KeyObject,
): Record<string, string> {
  const { certificates, notifyUrl = null, appAuthToken } = account
  const fields = {
    app_id: account.appId,
    method,
    format: 'JSON',
    charset: 'utf-8',
    sign_type: 'RSA2',
    timestamp: beijingTime(at),
    version: '1.0',
    biz_content: JSON.stringify(biz),
    ...(toldOf.has(method) && notifyUrl !== null && { notify_url: notifyUrl }),
    ...(returnUrl !== null && { return_url: returnUrl }),
    ...(appAuthToken !== undefined && { app_auth_token: appAuthToken }),
    ...(certificates && {
      app_cert_sn: certificates.appSerial,
      alipay_root_cert_sn: certificates.rootSerial,
    }),
  }
  return { ...fields, sign: signRsa2(signedText(fields), key) }
}

/** The body of a call: its fields, encoded as a form. */
export function signedForm(call: Call, account: AlipayAccount, key: KeyObject): string {
  return new URLSearchParams(signedFields(call, account, key)).toString()
}
