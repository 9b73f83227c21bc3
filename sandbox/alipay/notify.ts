import { randomUUID } from 'node:crypto'

import type { NoticeRequest } from '../counterpart/notices.ts'
import type { App, House, Payer, Refund, Trade } from './house.ts'
import type { Fields } from './wire.ts'
import { beijingTime, signedText, signText, yuan } from './wire.ts'

export type Notice = { id: string; orderNo: string; url: string; fields: Fields }

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** The waits between tries, 25 hours in all. Source: reference/protocols.md §3.6. */
export const noticeWaitsMs: readonly number[] = [
  4 * MINUTE_MS,
  10 * MINUTE_MS,
  10 * MINUTE_MS,
  HOUR_MS,
  2 * HOUR_MS,
  6 * HOUR_MS,
  15 * HOUR_MS,
]

/** Only these seven characters stop the notices. */
export const isAccepted = ({ status, text }: { status: number; text: string }): boolean =>
  status === 200 && text === 'success'

/** Tells the merchant how it stands with a trade, if the trade has a notice URL. */
export function notifyTrade(house: House, trade: Trade, refund?: Refund): void {
  if (trade.notifyUrl === '') return
  const app = house.apps.get(trade.appId)!
  const payer = house.payers.get(trade.payer)!
  const fields = { ...tradeFields(trade, payer, app), ...(refund && refundFields(trade, refund)) }
  const { outTradeNo: orderNo, notifyUrl: url } = trade
  post(house, app, { orderNo, url, fields: { notify_type: 'trade_status_sync', ...fields } })
}

/** Tells the merchant that a payer has signed an agreement, or has ended it. */
export function notifyAgreement(house: House, app: App, notice: Omit<Notice, 'id'>): void {
  if (notice.url !== '') post(house, app, notice)
}

function post(house: House, app: App, { orderNo, url, fields }: Omit<Notice, 'id'>): void {
  const id = `${beijingTime(house.clock.now()).replace(/\D/g, '')}${randomUUID().slice(0, 8)}`
  const common = { app_id: app.appId, auth_app_id: app.appId, charset: 'utf-8', version: '1.0' }
  house.notices.post({ id, orderNo, url, fields: { notify_id: id, ...common, ...fields } })
}

function tradeFields(trade: Trade, payer: Payer, app: App): Fields {
  const paid = trade.paidAt === null ? '0.00' : yuan(trade.totalMinor)
  const time = (name: string, at: string | null): Fields =>
    at === null ? {} : { [name]: beijingTime(new Date(at)) }
  return {
    trade_no: trade.tradeNo,
    out_trade_no: trade.outTradeNo,
    buyer_id: payer.userId,
    buyer_logon_id: payer.logonId,
    seller_id: app.sellerId,
    seller_email: app.sellerEmail,
    trade_status: trade.status,
    total_amount: yuan(trade.totalMinor),
    receipt_amount: paid,
    invoice_amount: paid,
    buyer_pay_amount: paid,
    point_amount: '0.00',
    subject: trade.subject,
    ...(trade.body !== '' && { body: trade.body }),
    ...time('gmt_create', trade.createdAt),
    ...time('gmt_payment', trade.paidAt),
    ...time('gmt_close', trade.closedAt),
    ...(trade.paidAt !== null && { fund_bill_list: fundBills(trade) }),
    ...(trade.passback !== '' && { passback_params: trade.passback }),
  }
}

// Of a refund's notice refund_fee is what was refunded of this trade so far, as in the answer.
function refundFields(trade: Trade, refund: Refund): Fields {
  return {
    refund_fee: yuan(trade.refundedMinor),
    out_biz_no: refund.outRequestNo,
    gmt_refund: `${beijingTime(new Date(refund.at))}.000`,
  }
}

const fundBills = (trade: Trade): string =>
  JSON.stringify([{ amount: yuan(trade.totalMinor), fundChannel: 'ALIPAYACCOUNT' }])

/** One try of a notice: stamped and signed now. The signature leaves `sign_type` out. */
export function noticeRequest(
  house: Pick<House, 'clock' | 'keys'>,
  notice: Notice,
  isSpoiled: boolean,
): NoticeRequest {
  const fields: Fields = {
    ...notice.fields,
    notify_time: beijingTime(house.clock.now()),
    sign_type: 'RSA2',
  }
  const text = signedText(fields, ['sign', 'sign_type'])
  const sign = signText(isSpoiled ? `${text} ` : text, house.keys.alipay.privateKeyPem)
  return {
    url: notice.url,
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: new URLSearchParams({ ...fields, sign }).toString(),
  }
}
