import type { DeclineReason } from '../../errors/errors.ts'
import type { ChargeOrder, ChargeOutcome, RefundOrder } from '../channel.ts'
import type { RefundOutcome, ReverseOutcome } from '../channel.ts'
import type { Told, ToldOrder, ToldRefund, ToldReversal } from './told.ts'

// V2 and V3 spell many codes differently (AUTHCODEEXPIRE, AUTH_CODE_EXPIRE); the letters are the same.
/** The letters of a code: V2 and V3 have the same ones. */
export const lettersOf = (code: string): string => code.replaceAll('_', '')

const byLetters = <T>(rows: Readonly<Record<string, T>>): ReadonlyMap<string, T> =>
  new Map(Object.entries(rows).map(([code, meaning]) => [lettersOf(code), meaning]))

/**
 * What WeChat calls a final failure of a charge, and only that: every other code stays unknown, on
 * purpose. Guess "declined" wrongly and the payer pays twice, once with us and once at the next till.
 *
 * Four codes of WeChat's table are missing. They end the request and not the order: ORDERPAID,
 * OUT_TRADE_NO_USED and INVALID_REQUEST (which also stands for a repeated request) may speak of our
 * own earlier try that was paid, so a query decides; ORDERREVERSED and ORDERCLOSED say that the
 * order can never be paid, and are read below.
 *
 * Source: reference/protocols.md §2.3; WeChat Pay V2, document 4011937125.
 */
const declines = byLetters<DeclineReason>({
  NOTENOUGH: 'insufficient_funds',
  RULELIMIT: 'over_channel_limit',
  AUTHCODEEXPIRE: 'code_expired',
  // "每个二维码仅限使用一次"
  AUTH_CODE_ERROR: 'code_used',
  AUTH_CODE_INVALID: 'code_invalid',
  NOTSUPORTCARD: 'card_not_accepted',
  BUYER_MISMATCH: 'channel_refused',
  TRADE_ERROR: 'channel_refused',
  // Of 委托代扣: the payer has ended the contract.
  CONTRACT_NOT_EXIST: 'account_not_linked',
  NOAUTH: 'channel_refused',
  APPID_NOT_EXIST: 'channel_refused',
  MCHID_NOT_EXIST: 'channel_refused',
  MCH_NOT_EXISTS: 'channel_refused',
  APPID_MCHID_NOT_MATCH: 'channel_refused',
  PARAM_ERROR: 'channel_refused',
  LACK_PARAMS: 'channel_refused',
  XML_FORMAT_ERROR: 'channel_refused',
  REQUIRE_POST_METHOD: 'channel_refused',
  POST_DATA_EMPTY: 'channel_refused',
  NOT_UTF8: 'channel_refused',
  SIGNERROR: 'channel_refused',
})

/** Why WeChat will not take an order; undefined for a code that is not final, or not known. */
export const declineOf = (code: string): DeclineReason | undefined => declines.get(lettersOf(code))

const endedUnpaid = new Set(['ORDERREVERSED', 'ORDERCLOSED'])

/**
 * Reads the answer to a charge. Pure, so that each documented answer is one row of a test.
 *
 * Source: P5; DESIGN §3.
 */
export function readCharge(
  told: Told<ToldOrder>,
  asked: Pick<ChargeOrder, 'chargeId' | 'amountMinor'>,
): ChargeOutcome {
  if (told.kind === 'nothing') return unanswered(told.problem)
  if (told.kind === 'said') return readState(told.said, asked)
  const channelCode = codeOf(told.code)
  if (endedUnpaid.has(lettersOf(channelCode))) return { kind: 'reversed', channelCode }
  const reason = declineOf(channelCode)
  return reason ? { kind: 'declined', reason, channelCode } : unknown(channelCode)
}

/** What was asked about, and whether it is so old that "there is none" can be believed. */
export type Asked = { chargeId: string; amountMinor?: bigint; isOld: boolean }

/**
 * Reads the answer to a query. A refusal says nothing of the order, but for the one that says that
 * there is none: of a charge whose request cannot be on its way any more, that is believed.
 *
 * Source: reference/protocols.md §2.3.
 */
export function readQuery(told: Told<ToldOrder>, asked: Asked): ChargeOutcome {
  if (told.kind === 'nothing') return unanswered(told.problem)
  if (told.kind === 'said') return readState(told.said, asked)
  const channelCode = codeOf(told.code)
  const isMissing = asked.isOld && lettersOf(channelCode) === 'ORDERNOTEXIST'
  return isMissing ? { kind: 'not_found', channelCode } : unknown(channelCode)
}

const endings = new Set(['SUCCESS', 'REFUND', 'CLOSED', 'REVOKED', 'PAY_FAIL'])

/**
 * Reads how an order stands. REFUND is a paid order of which something was given back afterwards.
 * PAYERROR is not final by itself: WeChat says with it that the order must be reversed. PAY_FAIL is of
 * charges by contract, and final: their number is never sent again.
 *
 * Source: reference/protocols.md §2.3; WeChat Pay V2, 委托代扣, 查询订单.
 */
function readState(
  order: ToldOrder,
  asked: { chargeId: string; amountMinor?: bigint },
): ChargeOutcome {
  const isEnded = endings.has(order.state)
  // USERPAYING, ACCEPT, NOTPAY, PAYERROR, and what is not in the documents.
  if (!isEnded) return unknown(codeOf(order.state))
  if (order.chargeId !== asked.chargeId) return unknown('OTHER_ORDER')
  if (order.state === 'PAY_FAIL')
    return { kind: 'declined', reason: 'channel_refused', channelCode: order.state }
  const isPaid = order.state === 'SUCCESS' || order.state === 'REFUND'
  return isPaid ? readPaid(order, asked) : { kind: 'reversed', channelCode: order.state }
}

// Paid is what names our order, our amount, WeChat's number and the moment. Less proves nothing.
function readPaid(
  { channelRef, paidAt, totalMinor, payerPaidMinor, payer }: ToldOrder,
  asked: { amountMinor?: bigint },
): ChargeOutcome {
  if (!channelRef || !paidAt || totalMinor === undefined || payerPaidMinor === undefined) {
    return unknown('INCOMPLETE_SUCCESS')
  }
  if (asked.amountMinor !== undefined && asked.amountMinor !== totalMinor) {
    return unknown('OTHER_AMOUNT')
  }
  return { kind: 'succeeded', channelRef, paidAt, payerPaidMinor, payer }
}

function unknown(channelCode: string): ChargeOutcome {
  const waitsFor = channelCode === 'USERPAYING' ? 'payer' : 'channel'
  const reverseNow = channelCode === 'PAYERROR' && ({ reverseNow: true } as const)
  return { kind: 'unknown', waitsFor, channelCode, ...reverseNow }
}

const unanswered = (channelCode: string): ChargeOutcome => ({
  ...{ kind: 'unknown', waitsFor: 'channel', channelCode, isIll: true },
})

// The order can be undone no more, whatever the next try says: too old, refunded already, or never
// ours to undo. V2 says INVALID_REQUEST for calling too often as well, so there it is not among them.
const notReversible = byLetters<true>({
  REVERSE_EXPIRE: true,
  TRADE_ERROR: true,
  INVALID_TRANSACTIONID: true,
  PARAM_ERROR: true,
  LACK_PARAMS: true,
  NOAUTH: true,
})

/**
 * Reads the answer to a reversal. Done is only what says so without asking to be called again; WeChat
 * asks that in successes and in errors alike, and never tells whether the order had been paid.
 *
 * Source: reference/protocols.md §2.2, §2.4; WeChat Pay V2, document 4011937361.
 */
export function readReverse(told: Told<ToldReversal>): ReverseOutcome {
  if (told.kind === 'nothing') return { kind: 'again', channelCode: told.problem, isIll: true }
  if (told.kind === 'said') {
    return told.said.callAgain
      ? { kind: 'again', channelCode: 'RECALL' }
      : { kind: 'reversed', wasPaid: null, channelCode: 'SUCCESS' }
  }
  const channelCode = codeOf(told.code)
  const isRefused = !told.callAgain && notReversible.has(lettersOf(channelCode))
  return { kind: isRefused ? 'refused' : 'again', channelCode }
}

// Codes with which WeChat says that the refund was not taken and will not be. Not among them:
// SYSTEMERROR, BIZERR_NEED_RETRY, FREQUENCY_LIMITED, INVALID_REQ_TOO_MUCH and ORDER_NOT_READY, which
// ask to try the same number again, and REFUND_FEE_MISMATCH, which speaks of an earlier try.
const refundRefused = byLetters<true>({
  NOTENOUGH: true,
  ERROR: true,
  TRADE_OVERDUE: true,
  USER_ACCOUNT_ABNORMAL: true,
  INVALID_TRANSACTIONID: true,
  INVALID_REQUEST: true,
  ORDERNOTEXIST: true,
  RESOURCE_NOT_EXISTS: true,
  PARAM_ERROR: true,
  LACK_PARAMS: true,
  NOAUTH: true,
  APPID_NOT_EXIST: true,
  MCHID_NOT_EXIST: true,
  MCH_NOT_EXISTS: true,
  XML_FORMAT_ERROR: true,
  REQUIRE_POST_METHOD: true,
  SIGNERROR: true,
})

type AskedRefund = Pick<RefundOrder, 'refundId' | 'refundMinor'>

/**
 * Reads the answer to a refund. V2 only takes it in, so there it is accepted (PROCESSING) until a
 * query knows more.
 *
 * Source: reference/protocols.md §2.2, §2.5; WeChat Pay V2, 申请退款.
 */
export function readRefund(told: Told<ToldRefund>, asked: AskedRefund): RefundOutcome {
  if (told.kind !== 'refused') return readRefundQuery(told, { ...asked, isOld: false })
  const channelCode = codeOf(told.code)
  const isRefused = refundRefused.has(lettersOf(channelCode))
  return { kind: isRefused ? 'declined' : 'unknown', channelCode }
}

/**
 * Reads the answer to a refund's query. CHANGE and ABNORMAL are not final: the money could not be
 * brought to the payer and waits for a person to say where it shall go. That there is no such refund
 * is believed of an old one; the same number may be sent again and does no harm.
 *
 * Source: reference/protocols.md §2.2, §2.5.
 */
export function readRefundQuery(
  told: Told<ToldRefund>,
  asked: AskedRefund & { isOld: boolean },
): RefundOutcome {
  if (told.kind === 'nothing') return { kind: 'unknown', channelCode: told.problem, isIll: true }
  if (told.kind === 'refused') return refusedRefundQuery(codeOf(told.code), asked.isOld)
  const { state, refundId, refundRef, refundMinor } = told.said
  if (refundId !== asked.refundId) return { kind: 'unknown', channelCode: 'OTHER_REFUND' }
  if (refundMinor !== asked.refundMinor) return { kind: 'unknown', channelCode: 'OTHER_AMOUNT' }
  const channelCode = codeOf(state)
  if (state === 'SUCCESS' && refundRef) return { kind: 'succeeded', refundRef }
  if (state === 'REFUNDCLOSE' || state === 'CLOSED') return { kind: 'declined', channelCode }
  return { kind: underWay.has(state) ? 'accepted' : 'unknown', channelCode }
}

const underWay = new Set(['PROCESSING', 'CHANGE', 'ABNORMAL'])

function refusedRefundQuery(channelCode: string, isOld: boolean): RefundOutcome {
  const isMissing = ['REFUNDNOTEXIST', 'RESOURCENOTEXISTS'].includes(lettersOf(channelCode))
  return { kind: isMissing && isOld ? 'not_found' : 'unknown', channelCode }
}

/** Codes are stored, logged and shown, so they are words of capitals and nothing else gets through. */
export function codeOf(code: string): string {
  return /^[A-Z][A-Z0-9_]{1,63}$/.test(code) ? code : 'UNREADABLE_CODE'
}
