import { createCipheriv, createHash, randomBytes } from 'node:crypto'

import type { NoticeAnswer, NoticeRequest } from '../counterpart/notices.ts'
import { offsetTime } from './beijing.ts'
import type { House, Notice, Order, Refund } from './house.ts'
import { showContractNotice } from './papay-calls.ts'
import { refusals } from './refusals.ts'
import { keyOf, merchantOf } from './house.ts'
import type { Merchant } from './accounts.ts'
import { longTime, showPaid, showStatus } from './v2-show.ts'
import { readXml, signV2, writeXml } from './v2-xml.ts'
import { seal, stampOf } from './v3-sign.ts'
import { showOrderV3, showRefundNotice } from './v3-show.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** The waits between the tries of a notice. Source: reference/protocols.md §2.6. */
export const ladderMs: readonly number[] = [
  15 * SECOND,
  15 * SECOND,
  30 * SECOND,
  3 * MINUTE,
  10 * MINUTE,
  20 * MINUTE,
  30 * MINUTE,
  30 * MINUTE,
  30 * MINUTE,
  60 * MINUTE,
  3 * HOUR,
  3 * HOUR,
  3 * HOUR,
  6 * HOUR,
  6 * HOUR,
]

/** A notice as it is sent now: what it tells is read when it leaves, and signed with this moment. */
export function noticeRequest(house: House, notice: Notice, isSpoiled: boolean): NoticeRequest {
  const merchant = merchantOf(house, notice.mchid)!
  return notice.wire === 'v2'
    ? noticeV2(house, notice, { merchant, isSpoiled })
    : noticeV3(house, notice, { merchant, isSpoiled })
}

/** Whether the merchant has taken a notice: 200 or 204 in V3, and in V2 what the XML says. */
export function isTaken(answer: NoticeAnswer, notice: Notice): boolean {
  if (answer.status !== 200 && answer.status !== 204) return false
  return notice.wire === 'v3' || readXml(answer.text.trim())?.['return_code'] === 'SUCCESS'
}

type Telling = { merchant: Merchant; isSpoiled: boolean }

const orderOf = (house: House, notice: Notice): Order =>
  house.orders.get(keyOf(notice.mchid, notice.subject))!
const refundOf = (house: House, notice: Notice): Refund =>
  house.refunds.get(keyOf(notice.mchid, notice.subject))!

function noticeV3(house: House, notice: Notice, telling: Telling): NoticeRequest {
  const { merchant, isSpoiled } = telling
  const isPaid = notice.kind === 'paid'
  const made = isPaid ? undefined : refundOf(house, notice)
  const told = made ? showRefundNotice(made) : showOrderV3(orderOf(house, notice))
  const text = JSON.stringify(told, (_key, value: unknown) =>
    typeof value === 'bigint' ? Number(value) : value,
  )
  const kind = isPaid ? 'transaction' : 'refund'
  const body = JSON.stringify({
    id: noticeId(notice),
    create_time: offsetTime(new Date(notice.madeAt)),
    resource_type: 'encrypt-resource',
    event_type: isPaid ? 'TRANSACTION.SUCCESS' : `REFUND.${made?.status ?? 'SUCCESS'}`,
    summary: isPaid ? '支付成功' : '退款结果',
    resource: { original_type: kind, ...seal(text, merchant.apiKeyV3, kind) },
  })
  const spoil = isSpoiled ? 'probe' : 'right'
  const stamp = stampOf(house.accounts.platform, body, { usesPublicKey: false, spoil })
  return { url: notice.url, headers: { 'content-type': 'application/json', ...stamp }, body }
}

// The same notice keeps its id over all tries: that is how a repetition is known.
function noticeId(notice: Notice): string {
  const hex = createHash('sha256').update(notice.id).digest('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5')
}

function noticeV2(house: House, notice: Notice, telling: Telling): NoticeRequest {
  const { merchant, isSpoiled } = telling
  const head = { return_code: 'SUCCESS', mch_id: merchant.mchid }
  const nonce = { nonce_str: randomBytes(16).toString('hex') }
  const headers = { 'content-type': 'text/xml' }
  if (notice.kind === 'refund') {
    const made = refundOf(house, notice)
    const appid = house.orders.get(keyOf(made.mchid, made.outTradeNo))?.appid
    const key = isSpoiled ? randomBytes(16).toString('hex') : merchant.apiKeyV2
    const fields = { ...head, appid, ...nonce, req_info: hideRefund(made, key) }
    return { url: notice.url, headers, body: writeXml(fields) }
  }
  const told =
    notice.kind === 'contract' ? contractFields(house, notice) : orderFields(house, notice)
  const fields = { ...head, ...told(nonce) }
  const sign = signV2(fields, isSpoiled ? 'wrong' : merchant.apiKeyV2, 'MD5')
  return { url: notice.url, headers, body: writeXml({ ...fields, sign }) }
}

type Nonce = { nonce_str: string }

// 签约、解约结果通知 names neither app nor nonce. Source: WeChat Pay V2, 委托代扣.
function contractFields(house: House, { subject, change }: Notice) {
  const contract = house.contracts.get(subject)!
  const shown = showContractNotice(contract, change ?? 'ADD')
  return () => ({ return_msg: 'OK', result_code: 'SUCCESS', ...shown })
}

// What could not be charged by contract is told too: with the code, and without an amount.
function orderFields(house: House, notice: Notice) {
  const order = orderOf(house, notice)
  const { appid, failure, outTradeNo, contractId } = order
  return (nonce: Nonce) =>
    failure
      ? {
          ...{ return_msg: 'OK', appid, ...nonce, result_code: 'FAIL' },
          ...{ err_code: failure, err_code_des: refusals[failure][0] },
          ...{ out_trade_no: outTradeNo, contract_id: contractId },
        }
      : { appid, ...nonce, result_code: 'SUCCESS', ...showPaid(order) }
}

// AES-256-ECB under the MD5 of the key, in hex. Source: the V2 page 退款结果通知 (9_16).
function hideRefund(made: Refund, apiKeyV2: string): string {
  const key = createHash('md5').update(apiKeyV2).digest('hex')
  const cipher = createCipheriv('aes-256-ecb', key, null)
  const text = writeXml({
    transaction_id: made.transactionId,
    out_trade_no: made.outTradeNo,
    refund_id: made.refundId,
    out_refund_no: made.outRefundNo,
    total_fee: String(made.totalMinor),
    settlement_total_fee: String(made.totalMinor),
    refund_fee: String(made.refundMinor),
    settlement_refund_fee: String(made.refundMinor),
    refund_status: showStatus(made),
    success_time: made.endedAt === undefined ? undefined : longTime(new Date(made.endedAt)),
    refund_recv_accout: made.receivedAccount,
    refund_account: 'REFUND_SOURCE_UNSETTLED_FUNDS',
    refund_request_source: 'API',
  }).replace(/^<xml>([\s\S]*)<\/xml>$/, '<root>$1</root>')
  return Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]).toString('base64')
}
