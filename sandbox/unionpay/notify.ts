import { randomUUID } from 'node:crypto'

import type { NoticeRequest } from '../counterpart/notices.ts'
import { messageOf } from './codes.ts'
import type { House, Txn } from './house.ts'
import { maskCard } from './house.ts'
import type { Fields } from './wire.ts'
import { beijingTime, settleDate, signatureOf } from './wire.ts'

export type Notice = { id: string; orderNo: string; url: string; fields: Fields }

const MINUTE_MS = 60_000

/** The waits between tries, five in all. Source: reference/protocols.md §4.1. */
export const noticeWaitsMs: readonly number[] = [1, 2, 4, 5].map((minutes) => minutes * MINUTE_MS)

/** The merchant has ten seconds to answer. */
export const NOTICE_TIMEOUT_MS = 10_000

/** The status alone counts. Source: reference/protocols.md §4.1; UnionPay's SDK adds 302. */
export const isAccepted = ({ status }: { status: number }): boolean =>
  status === 200 || status === 302

/** Tells the merchant of a success. Of what failed nothing is ever told. */
export function notifyTxn(house: House, txn: Txn): void {
  if (txn.backUrl === '') return
  const fields = { ...echoOf(txn), ...resultOf(house, txn), ...saidOf('00') }
  house.notices.post({ id: randomUUID(), orderNo: txn.orderId, url: txn.backUrl, fields })
}

/** What the merchant has sent, given back. */
export function echoOf(txn: Txn): Fields {
  return {
    version: '5.1.0',
    encoding: 'UTF-8',
    signMethod: '01',
    txnType: txn.txnType,
    txnSubType: txn.txnSubType,
    bizType: txn.bizType,
    accessType: txn.accessType,
    merId: txn.merId,
    orderId: txn.orderId,
    txnTime: txn.txnTime,
    ...(txn.amountMinor > 0n && { txnAmt: String(txn.amountMinor), currencyCode: '156' }),
    ...(txn.reqReserved !== '' && { reqReserved: txn.reqReserved }),
  }
}

/** What UnionPay knows of a transaction: numbers, the day, the card. */
export function resultOf(house: House, txn: Txn): Fields {
  const payer = house.payers.get(txn.payer)
  return {
    queryId: txn.queryId,
    traceNo: txn.traceNo,
    traceTime: beijingTime(new Date(txn.acceptedAt)).slice(4),
    ...(txn.clearedOn !== null && {
      // What is cleared is the amount; the fee is a matter of the file.
      settleAmt: String(txn.amountMinor),
      settleCurrencyCode: '156',
      settleDate: settleDate(txn.clearedOn),
    }),
    ...(txn.origQueryId !== '' && { origQryId: txn.origQueryId }),
    ...(txn.tokenPayData !== '' && { tokenPayData: txn.tokenPayData }),
    ...(payer && { accNo: maskCard(payer.cardNo), payCardType: payer.cardType, payType: '0001' }),
  }
}

/** A code and its text. */
export const saidOf = (code: Parameters<typeof messageOf>[0]): Fields => ({
  respCode: code,
  respMsg: messageOf(code),
})

/** The message with UnionPay's certificate and signature. */
export function signed({ keys }: Pick<House, 'keys'>, fields: Fields, isSpoiled = false): Fields {
  const { certificatePem, privateKeyPem } = keys.unionpay
  const signPubKeyCert = certificatePem.trim().replaceAll('\n', '\r\n')
  const whole: Fields = { ...fields, signPubKeyCert }
  const covered: Fields = isSpoiled ? { ...whole, respMsg: `${whole['respMsg'] ?? ''}!` } : whole
  return { ...whole, signature: signatureOf(covered, privateKeyPem) }
}

/** One try of a notice: an encoded form, other than the answers of the gateway. */
export function noticeRequest(
  house: Pick<House, 'keys'>,
  notice: Notice,
  isSpoiled: boolean,
): NoticeRequest {
  return {
    url: notice.url,
    headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' },
    body: new URLSearchParams(signed(house, notice.fields, isSpoiled)).toString(),
  }
}
