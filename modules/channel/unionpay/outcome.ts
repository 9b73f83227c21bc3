import type { ChargeOutcome, RefundOrder, RefundOutcome } from '../channel.ts'
import { declineReasonOf, isFollowUpRefused, NOT_FOUND, undoneCodes } from './codes.ts'
import { orderIdOf } from './order-id.ts'
import type { Fields } from './sign.ts'
import { readTraceTime, readTxnTime } from './times.ts'

/** An answer that UnionPay signed; or, in a word, why there is none that can be believed. */
export type Reply =
  { fields: Fields; problem?: undefined } | { problem: string; fields?: undefined }

/**
 * Reads the answer to a charge. It never says paid: 00 is "accepted", and the query tells the rest.
 * What UnionPay refuses at once is final.
 *
 * Source: reference/protocols.md §4.1 (00 is accepted only).
 */
export function readCharge(reply: Reply): ChargeOutcome {
  const channelCode = codeOf(reply)
  const reason = declineReasonOf(channelCode)
  return reason ? { kind: 'declined', reason, channelCode } : unknownBy(reply)
}

export type Asked = {
  chargeId: string
  /** Compared with what was paid. */
  amountMinor: bigint
  /** How long ago the charge began, in ms. */
  ageMs: number
  /** From what age on "no such transaction" is believed, in ms. */
  notFoundAfterMs: number
}

/**
 * Reads the answer to a query. Its own code says whether the query was answered; `origRespCode` says
 * what became of the charge. 34 may be said of a charge that is not there yet, and is believed of an
 * old one only.
 *
 * Source: reference/protocols.md §4.1; the SDK's sample for 34.
 */
export function readQuery(
  reply: Reply,
  { ageMs, notFoundAfterMs, ...charge }: Asked,
): ChargeOutcome {
  const channelCode = codeOf(reply)
  if (channelCode === NOT_FOUND && ageMs >= notFoundAfterMs) {
    return { kind: 'not_found', channelCode }
  }
  const fields = reply.fields
  if (channelCode !== '00' || !fields) return unknownBy(reply)
  return readPurchase(fields, { ...charge, respCode: fields['origRespCode'] ?? '' })
}

/**
 * Reads how a purchase stands, from a query's answer or a notice.
 *
 * @param respCode the code of the purchase itself
 *
 * Source: reference/protocols.md §4.1; the appendix of answer codes.
 */
export function readPurchase(
  fields: Fields,
  { chargeId, amountMinor, respCode }: { chargeId: string; amountMinor?: bigint; respCode: string },
): ChargeOutcome {
  if (fields['orderId'] !== orderIdOf(chargeId)) return unknown('OTHER_ORDER')
  if (respCode === '00') return readPaid(fields, amountMinor)
  const channelCode = respCode || 'NO_CODE'
  if (undoneCodes.has(respCode)) return { kind: 'reversed', channelCode }
  const reason = declineReasonOf(respCode)
  if (reason) return { kind: 'declined', reason, channelCode }
  return { kind: 'unknown', waitsFor: respCode === '70' ? 'payer' : 'channel', channelCode }
}

// A field that is missing or not readable makes the whole unknown: a success is believed whole.
function readPaid(fields: Fields, amountMinor: bigint | undefined): ChargeOutcome {
  const { queryId: channelRef = '', accNo = '', traceTime = '' } = fields
  const sentAt = readTxnTime(fields['txnTime'] ?? '')
  const payerPaidMinor = fenOf(fields)
  if (channelRef === '' || !sentAt || payerPaidMinor === null) return unknown('UNREADABLE')
  if (amountMinor !== undefined && amountMinor !== payerPaidMinor) return unknown('OTHER_AMOUNT')
  const paidAt = readTraceTime(traceTime, sentAt) ?? sentAt
  return { kind: 'succeeded', channelRef, paidAt, payerPaidMinor, payer: maskCard(accNo) }
}

/** The amount of a message in fen; null when there is none. */
export function fenOf({ txnAmt = '' }: Fields): bigint | null {
  return /^\d{1,12}$/.test(txnAmt) ? BigInt(txnAmt) : null
}

// UnionPay masks the card already; should it ever not, no more than the ends go on.
function maskCard(accNo: string): string | null {
  if (accNo === '' || accNo.includes('*')) return accNo || null
  return accNo.length < 12 ? null : `${accNo.slice(0, 4)}****${accNo.slice(-4)}`
}

type Refund = Pick<RefundOrder, 'refundId' | 'refundMinor'>

/**
 * Reads the answer to a refund: 00 is "accepted" here too.
 *
 * Source: reference/protocols.md §4.1.
 */
export function readRefund(reply: Reply): RefundOutcome {
  const channelCode = codeOf(reply)
  if (reply.problem !== undefined) return { kind: 'unknown', channelCode, isIll: true }
  if (channelCode === '00') return { kind: 'accepted', channelCode }
  return { kind: isFollowUpRefused(channelCode) ? 'declined' : 'unknown', channelCode }
}

/**
 * Reads the answer to a refund's query. 34 is no refusal: of an old refund it is believed, and it may
 * be asked for again under the same number.
 *
 * Source: reference/protocols.md §4.1.
 */
export function readRefundQuery(reply: Reply, order: Refund, isOld: boolean): RefundOutcome {
  const channelCode = codeOf(reply)
  if (reply.problem !== undefined) return { kind: 'unknown', channelCode, isIll: true }
  if (channelCode === NOT_FOUND && isOld) return { kind: 'not_found', channelCode }
  const fields = reply.fields
  if (channelCode !== '00') return { kind: 'unknown', channelCode }
  return readRefunded(fields, order, fields['origRespCode'] ?? '')
}

/** Reads how a refund stands, from a query's answer. */
function readRefunded(fields: Fields, order: Refund, respCode: string): RefundOutcome {
  const { orderId, queryId: refundRef = '' } = fields
  const isThis = orderId === orderIdOf(order.refundId) && fenOf(fields) === order.refundMinor
  if (!isThis || refundRef === '') return { kind: 'unknown', channelCode: 'OTHER_ORDER' }
  if (respCode === '00') return { kind: 'succeeded', refundRef }
  if (underWay.has(respCode)) return { kind: 'accepted', channelCode: respCode }
  const kind = isFollowUpRefused(respCode) ? 'declined' : 'unknown'
  return { kind, channelCode: respCode || 'NO_CODE' }
}

// To be asked about again. Source: reference/protocols.md §4.1.
const underWay = new Set(['03', '04', '05'])

/** The code of an answer; why there is none, when there is none. */
export function codeOf({ fields, problem }: Reply): string {
  return problem ?? (fields?.['respCode'] || 'NO_CODE')
}

const unknownBy = (reply: Reply): ChargeOutcome => ({
  ...{ kind: 'unknown', waitsFor: 'channel', channelCode: codeOf(reply) },
  ...(reply.problem !== undefined && { isIll: true }),
})

const unknown = (channelCode: string): ChargeOutcome => ({
  kind: 'unknown',
  waitsFor: 'channel',
  channelCode,
})
