import { parseMinor } from '../../money/money.ts'
import type {
  ChargeOrder,
  ChargeOutcome,
  RefundOrder,
  RefundOutcome,
  ReverseOutcome,
} from '../channel.ts'
import { readBeijingTime } from './beijing.ts'
import {
  cancelRefusals,
  closeRefusals,
  declineReasonOf,
  isRefusedByGateway,
  refundRefusals,
} from './codes.ts'
import type { Content } from './sign.ts'

/** An answer that Alipay signed; or, in a word, why there is none that can be believed. */
export type Reply =
  { content: Content; problem?: undefined } | { problem: string; content?: undefined }

/**
 * Reads the answer to `alipay.trade.pay`. Final is: paid (10000, of this very trade and amount),
 * and what Alipay's table calls a failed payment. 10003 waits for the payer's password. All else is
 * unknown and must be asked about.
 *
 * Source: reference/protocols.md §3.2 and §3.4.
 */
export function readCharge(
  reply: Reply,
  order: Pick<ChargeOrder, 'chargeId' | 'amountMinor'>,
): ChargeOutcome {
  if (reply.problem !== undefined) return unanswered(reply.problem)
  const { code, channelCode, content } = codesOf(reply)
  if (code === '10000') return readPaid(content, order)
  if (code === '10003') return { kind: 'unknown', waitsFor: 'payer', channelCode }
  if (isRefusedByGateway(code)) return { kind: 'declined', reason: 'channel_refused', channelCode }
  const reason = code === '40004' ? declineReasonOf(channelCode) : undefined
  return reason ? { kind: 'declined', reason, channelCode } : unknown(channelCode)
}

export type Asked = {
  chargeId: string
  /** Compared with what was paid, when it is given. */
  amountMinor?: bigint
  /** How long ago the charge began, in ms. */
  ageMs: number
  /** From what age on "no such trade" is believed, in ms. */
  notFoundAfterMs: number
}

/**
 * Reads the answer to `alipay.trade.query`. Only TRADE_SUCCESS and TRADE_FINISHED are paid.
 * TRADE_CLOSED is closed unpaid, or given back as a whole. "No such trade" is believed of a charge
 * that is old enough for no request to be on its way any more.
 *
 * Source: reference/protocols.md §3.3 and §3.5.
 */
export function readQuery(
  reply: Reply,
  { ageMs, notFoundAfterMs, ...order }: Asked,
): ChargeOutcome {
  if (reply.problem !== undefined) return unanswered(reply.problem)
  const { code, channelCode, content } = codesOf(reply)
  if (code === '40004' && channelCode === 'ACQ.TRADE_NOT_EXIST') {
    return ageMs >= notFoundAfterMs ? { kind: 'not_found', channelCode } : unknown(channelCode)
  }
  if (code !== '10000') return unknown(channelCode)
  return readTrade(content, order)
}

/**
 * Reads how a trade stands, as a query's answer or a notice tells it. Without an amount it is not
 * compared; of another trade than the one that was asked about, nothing is known.
 *
 * Source: reference/protocols.md §3.3.
 */
export function readTrade(trade: Content, order: Expected): ChargeOutcome {
  const status = textOf(trade, 'trade_status')
  if (textOf(trade, 'out_trade_no') !== order.chargeId) return unknown('OTHER_TRADE')
  switch (status) {
    case 'TRADE_SUCCESS':
    case 'TRADE_FINISHED':
      return readPaid(trade, order)
    case 'WAIT_BUYER_PAY':
      return { kind: 'unknown', waitsFor: 'payer', channelCode: status }
    case 'TRADE_CLOSED':
      return { kind: 'reversed', channelCode: status }
    default:
      return unknown(status || 'NO_STATUS')
  }
}

type Expected = { chargeId: string; amountMinor?: bigint }

// What was paid is in gmt_payment of an answer and of a notice, and in send_pay_date of a query.
// A field that is missing or not readable makes the whole unknown: a success is believed whole.
function readPaid(trade: Content, { chargeId, amountMinor }: Expected): ChargeOutcome {
  const totalMinor = yuanOf(trade, 'total_amount')
  const isThis = textOf(trade, 'out_trade_no') === chargeId
  if (!isThis || totalMinor === null) return unknown('OTHER_TRADE')
  if (amountMinor !== undefined && amountMinor !== totalMinor) return unknown('OTHER_AMOUNT')

  const channelRef = textOf(trade, 'trade_no')
  const paidAt = readBeijingTime(textOf(trade, 'gmt_payment') || textOf(trade, 'send_pay_date'))
  if (channelRef === '' || !paidAt) return unknown('UNREADABLE')
  const payerPaidMinor = yuanOf(trade, 'buyer_pay_amount') ?? totalMinor
  const payer = textOf(trade, 'buyer_logon_id') || null
  return { kind: 'succeeded', channelRef, paidAt, payerPaidMinor, payer }
}

/**
 * Reads the answer to `alipay.trade.cancel`: `action` says what was undone, a closed order or a
 * paid one. Without it there was no trade; as with a query that is believed of an old charge, and a
 * young one is cancelled again, in case its request is still on its way. `retry_flag` Y, a system
 * error and silence ask for the same call again.
 *
 * Source: reference/protocols.md §3.3; alipay.trade.cancel, `action` and the advice for each code.
 */
export function readCancel(
  reply: Reply,
  { chargeId, ageMs, notFoundAfterMs }: Asked,
): ReverseOutcome {
  if (reply.problem !== undefined) {
    return { kind: 'again', channelCode: reply.problem, isIll: true }
  }
  const { code, channelCode, content } = codesOf(reply)
  if (code === '40004' && cancelRefusals.has(channelCode)) return { kind: 'refused', channelCode }
  const isDone = code === '10000' && textOf(content, 'retry_flag') === 'N'
  if (!isDone || textOf(content, 'out_trade_no') !== chargeId) return { kind: 'again', channelCode }
  switch (textOf(content, 'action')) {
    case 'close':
      return { kind: 'reversed', wasPaid: false, channelCode: 'close' }
    case 'refund':
      return { kind: 'reversed', wasPaid: true, channelCode: 'refund' }
    case '':
      if (ageMs < notFoundAfterMs) return { kind: 'again', channelCode: 'NO_TRADE' }
      return { kind: 'reversed', wasPaid: null, channelCode: 'NO_TRADE' }
    default:
      return { kind: 'again', channelCode: textOf(content, 'action') }
  }
}

/**
 * Reads the answer to `alipay.trade.close`; null when Alipay has no such trade. Of a QR code that
 * nobody has scanned there is none, and one may still come: then it is to be cancelled.
 *
 * Source: reference/protocols.md §3.3.
 */
export function readClose(reply: Reply, chargeId: string): ReverseOutcome | null {
  if (reply.problem !== undefined) {
    return { kind: 'again', channelCode: reply.problem, isIll: true }
  }
  const { code, channelCode, content } = codesOf(reply)
  if (code === '10000' && textOf(content, 'out_trade_no') === chargeId) {
    return { kind: 'reversed', wasPaid: false, channelCode: 'close' }
  }
  if (code === '40004' && channelCode === 'ACQ.TRADE_NOT_EXIST') return null
  const isRefused = code === '40004' && closeRefusals.has(channelCode)
  return { kind: isRefused ? 'refused' : 'again', channelCode }
}

type Refund = Pick<RefundOrder, 'chargeId' | 'refundId' | 'refundMinor'>

/**
 * Reads the answer to `alipay.trade.refund`. `fund_change` N is no failure: the same refund was
 * asked for before, or is not through yet, and the refund query says which.
 *
 * Source: reference/protocols.md §3.3 and §3.4.
 */
export function readRefund(reply: Reply, { chargeId, refundId }: Refund): RefundOutcome {
  if (reply.problem !== undefined) return unansweredRefund(reply.problem)
  const { code, channelCode, content } = codesOf(reply)
  if (isRefusedByGateway(code)) return { kind: 'declined', channelCode }
  if (code === '40004' && refundRefusals.has(channelCode)) return { kind: 'declined', channelCode }
  const isThis = textOf(content, 'out_trade_no') === chargeId
  if (code !== '10000' || !isThis) return { kind: 'unknown', channelCode }
  return textOf(content, 'fund_change') === 'Y'
    ? refunded(refundId)
    : { kind: 'accepted', channelCode }
}

/**
 * Reads the answer to `alipay.trade.fastpay.refund.query`. An answer without a status is no refusal:
 * Alipay has not got the refund, which is believed of an old one, and it may be asked for again under
 * the same number.
 *
 * Source: alipay.trade.fastpay.refund.query, general remarks.
 */
export function readRefundQuery(
  reply: Reply,
  { refundId, refundMinor }: Refund,
  isOld: boolean,
): RefundOutcome {
  if (reply.problem !== undefined) return unansweredRefund(reply.problem)
  const { code, channelCode, content } = codesOf(reply)
  if (code !== '10000') return { kind: 'unknown', channelCode }
  const status = textOf(content, 'refund_status')
  const isThis =
    textOf(content, 'out_request_no') === refundId &&
    yuanOf(content, 'refund_amount') === refundMinor
  if (status === 'REFUND_SUCCESS' && isThis) return refunded(refundId)
  if (status !== '') return { kind: 'unknown', channelCode: status }
  return { kind: isOld ? 'not_found' : 'unknown', channelCode: 'REFUND_NOT_FOUND' }
}

/**
 * A refund has no number of Alipay's own: answers, notices and bills name it by ours.
 */
export function refunded(refundId: string): RefundOutcome {
  return { kind: 'succeeded', refundRef: refundId }
}

/** A field of an answer that is a text; empty when it is missing or is something else. */
export function textOf(content: Content, name: string): string {
  const value = content[name]
  return typeof value === 'string' ? value : ''
}

/** A field that is an amount in yuan, "88.50", in fen; null when it is missing or is no amount. */
export function yuanOf(content: Content, name: string): bigint | null {
  return parseMinor(textOf(content, name), 'CNY')
}

const unknown = (channelCode: string): ChargeOutcome => ({
  kind: 'unknown',
  waitsFor: 'channel',
  channelCode,
})

const unanswered = (channelCode: string): ChargeOutcome => ({
  ...{ kind: 'unknown', waitsFor: 'channel', channelCode, isIll: true },
})

const unansweredRefund = (channelCode: string): RefundOutcome => ({
  ...{ kind: 'unknown', channelCode, isIll: true },
})

/** The codes of an answer: the gateway's, and the one of the business below it. */
export function codesOf({ content = {}, problem }: Reply) {
  const code = textOf(content, 'code')
  const channelCode = problem ?? (textOf(content, 'sub_code') || code || 'NO_CODE')
  return { code, channelCode, content }
}
