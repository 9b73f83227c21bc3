import type { NoticeReply, ReadNotice, RefundOutcome } from '../channel.ts'
import { fenOf, readPurchase } from './outcome.ts'
import { readOrderId } from './order-id.ts'
import type { Fields } from './sign.ts'
import { isSigned, readForm } from './sign.ts'
import type { Trust } from './trust.ts'

/**
 * Reads a notice of UnionPay's: the form as it was posted. It is believed when UnionPay signed it
 * and it names this merchant; whether the charge is known, and of this amount, is for the caller to
 * see. A void's notice says that the charge was undone.
 *
 * Source: reference/protocols.md §4.1 (told of successes; other codes are left to the query).
 */
export function readNoticeForm(
  body: string,
  { merId, trust, at }: { merId: string; trust: Trust; at: Date },
): ReadNotice {
  const fields = readForm(body)
  const key = fields && trust(fields['signPubKeyCert'] ?? '', at)
  if (!fields || !key || !isSigned(fields, key)) return refused('signature')
  if (fields['merId'] !== merId) return refused('merId')
  const order = readOrderId(fields['orderId'] ?? '')
  return order ? readTold(fields, order) : refused('orderId')
}

function readTold(fields: Fields, { id, isVoid }: { id: string; isVoid: boolean }): ReadNotice {
  const { txnType, respCode = '', queryId: refundRef = '' } = fields
  const amountMinor = fenOf(fields)
  const isDone = respCode === '00'
  if (amountMinor === null) return refused('txnAmt')
  if (txnType === '04' && refundRef !== '') {
    const outcome: RefundOutcome = isDone
      ? { kind: 'succeeded', refundRef }
      : { kind: 'unknown', channelCode: respCode }
    return { kind: 'refund', refundId: id, outcome }
  }
  if (txnType === '01' && !isVoid) {
    const outcome = readPurchase(fields, { chargeId: id, respCode: isDone ? '00' : '' })
    return { kind: 'charge', chargeId: id, amountMinor, outcome }
  }
  if (txnType === '31' && isVoid && isDone) {
    const outcome = { kind: 'reversed', wasPaid: true, channelCode: 'voided' } as const
    return { kind: 'charge', chargeId: id, amountMinor, outcome }
  }
  return refused('txnType')
}

const refused = (problem: string): ReadNotice => ({ kind: 'refused', problem })

/**
 * What UnionPay wants to hear: 200 within ten seconds, or else it tells again, five times in all.
 *
 * Source: reference/protocols.md §4.1.
 */
export function noticeReply({ kind }: ReadNotice): NoticeReply {
  const contentType = 'text/plain; charset=utf-8'
  if (kind === 'refused') return { status: 400, contentType, body: 'refused' }
  return { status: 200, contentType, body: 'ok' }
}
