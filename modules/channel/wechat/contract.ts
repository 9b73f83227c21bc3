import type { ChargeOrder, LinkOrder } from '../channel.ts'
import type { KeysV2, WechatAccount } from './account.ts'
import type { CallV2, OfCharge } from './request.ts'
import { callV2, NOWHERE, plain } from './request.ts'
import { signV2 } from './sign.ts'
import type { Fields } from './xml.ts'

// Contracts (委托代扣), before they are sent: a payer agrees once on a page of WeChat's, and is charged by
// the contract afterwards. Only V2 has them as they are here, and a merchant of its own; a partner's
// paths are others. Our number of a link is the merchant's number of its contract (contract_code).
// Source of fields and paths: WeChat Pay V2, 委托代扣: 公众号纯签约, H5纯签约, 查询签约关系, 申请解约, 申请扣款.

/** The account, where payers can link theirs: a template, and no partner in between. */
export type LinkingAccount = WechatAccount & { planId: string }

/** Whether payers can link accounts through this one. */
export const isLinking = (account: WechatAccount): account is LinkingAccount =>
  account.planId !== undefined && account.subMchId === undefined

const VERSION = '1.0'

/** A page of signing: inside WeChat its address is opened, elsewhere WeChat is asked for one. */
export type SigningRequest = { path: string; fields: Fields }

/**
 * What a page of signing is asked for with, signed. WeChat's page shows how the payer's account is
 * called here, so that the payer sees what is linked to what.
 */
export function signingRequest(
  account: LinkingAccount,
  { apiKey }: Pick<KeysV2, 'apiKey'>,
  link: LinkOrder,
): SigningRequest {
  const { linkId, startedAt, payerLabel, ip, isInApp } = link
  const { appId, mchId, planId, noticeUrl } = account
  const common = {
    appid: appId,
    mch_id: mchId,
    plan_id: planId,
    contract_code: linkId,
    // WeChat orders several requests by it.
    request_serial: String(startedAt.getTime()),
    contract_display_account: plain(payerLabel, 32),
    notify_url: noticeUrl ?? NOWHERE,
    version: VERSION,
    timestamp: String(Math.floor(startedAt.getTime() / 1_000)),
  }
  if (isInApp) {
    // Back to the page that it was opened from.
    const fields = { ...common, return_web: '1' }
    return { path: '/papay/entrustweb', fields: signed(fields, apiKey, 'MD5') }
  }
  const fields = { ...common, sign_type: 'HMAC-SHA256', clientip: ip }
  return { path: '/papay/h5entrustweb', fields: signed(fields, apiKey, 'HMAC-SHA256') }
}

const signed = (fields: Fields, apiKey: string, type: 'MD5' | 'HMAC-SHA256'): Fields => ({
  ...fields,
  sign: signV2(fields, apiKey, type),
})

/** Asks how a contract stands (查询签约关系). */
export function contractQuery(account: LinkingAccount, linkId: string): CallV2 {
  return about(account, '/papay/querycontract', linkId, {})
}

/** Ends a contract (申请解约). */
export function contractEnd(account: LinkingAccount, linkId: string): CallV2 {
  const fields = { contract_termination_remark: '用户解除绑定' }
  return about(account, '/papay/deletecontract', linkId, fields)
}

function about(account: LinkingAccount, path: string, linkId: string, more: Fields): CallV2 {
  const whose = { plan_id: account.planId, contract_code: linkId, version: VERSION }
  return { ...callV2(account, path, { ...whose, ...more }), isNonceless: true }
}

/** Charges by contract (申请扣款). What this answers holds the contract's number, so it is never logged. */
export function contractCharge(
  account: WechatAccount,
  order: ChargeOrder,
  contractId: string,
): CallV2 {
  return callV2(account, '/pay/pappayapply', {
    body: plain(order.description, 127),
    out_trade_no: order.chargeId,
    total_fee: String(order.amountMinor),
    fee_type: order.currency,
    spbill_create_ip: order.ip,
    notify_url: account.noticeUrl ?? NOWHERE,
    trade_type: 'PAP',
    contract_id: contractId,
  })
}

/** Asks how a charge by contract stands (委托代扣, 查询订单): those are asked about here and nowhere else. */
export function contractChargeQuery(account: WechatAccount, { chargeId }: OfCharge): CallV2 {
  return callV2(account, '/pay/paporderquery', { out_trade_no: chargeId })
}
