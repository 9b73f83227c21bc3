import { describe, expect, test } from 'vitest'

import type { ChargeOutcome, RefundOutcome, ReverseOutcome } from '../channel.ts'
import { readCharge, readQuery, readRefund, readRefundQuery, readReverse } from './outcome.ts'
import type { Told } from './told.ts'
import {
  orderOfV2,
  orderOfV3,
  refundOfV2,
  refundOfV3,
  refundTakenOfV2,
  reversalOfV2,
} from './told.ts'

const asked = { chargeId: 'pay_1', amountMinor: 888n, isOld: true }

const refused = (code: string): Told<never> => ({ kind: 'refused', code })
const said = <Said>(what: Said): Told<Said> => ({ kind: 'said', said: what })

// What the row says in a word or two.
function inWords(outcome: ChargeOutcome | ReverseOutcome | RefundOutcome): string {
  switch (outcome.kind) {
    case 'declined':
      return 'reason' in outcome ? outcome.reason : 'declined'
    case 'unknown':
      return 'waitsFor' in outcome ? `unknown, ${outcome.waitsFor}` : 'unknown'
    default:
      return outcome.kind
  }
}

describe('a charge that WeChat refuses', () => {
  // Every err_code of 付款码支付 in reference/protocols.md §2.3, then what V3 calls otherwise, then
  // what no document names.
  test.each([
    ['SYSTEMERROR', 'unknown, channel'],
    ['BANKERROR', 'unknown, channel'],
    ['USERPAYING', 'unknown, payer'],
    ['PARAM_ERROR', 'channel_refused'],
    ['ORDERPAID', 'unknown, channel'],
    ['NOAUTH', 'channel_refused'],
    ['AUTHCODEEXPIRE', 'code_expired'],
    ['NOTENOUGH', 'insufficient_funds'],
    ['NOTSUPORTCARD', 'card_not_accepted'],
    ['ORDERCLOSED', 'reversed'],
    ['ORDERREVERSED', 'reversed'],
    ['AUTH_CODE_ERROR', 'code_used'],
    ['AUTH_CODE_INVALID', 'code_invalid'],
    ['XML_FORMAT_ERROR', 'channel_refused'],
    ['REQUIRE_POST_METHOD', 'channel_refused'],
    ['SIGNERROR', 'channel_refused'],
    ['LACK_PARAMS', 'channel_refused'],
    ['NOT_UTF8', 'channel_refused'],
    ['BUYER_MISMATCH', 'channel_refused'],
    ['APPID_NOT_EXIST', 'channel_refused'],
    ['MCHID_NOT_EXIST', 'channel_refused'],
    ['OUT_TRADE_NO_USED', 'unknown, channel'],
    ['APPID_MCHID_NOT_MATCH', 'channel_refused'],
    ['INVALID_REQUEST', 'unknown, channel'],
    ['TRADE_ERROR', 'channel_refused'],
    ['POST_DATA_EMPTY', 'channel_refused'],
    ['RULELIMIT', 'over_channel_limit'],

    ['SYSTEM_ERROR', 'unknown, channel'],
    ['BANK_ERROR', 'unknown, channel'],
    ['USER_PAYING', 'unknown, channel'],
    ['FREQUENCY_LIMITED', 'unknown, channel'],
    ['ORDER_PAID', 'unknown, channel'],
    ['ORDER_CLOSED', 'reversed'],
    ['ORDER_REVERSED', 'reversed'],
    ['AUTH_CODE_EXPIRE', 'code_expired'],
    ['NOT_ENOUGH', 'insufficient_funds'],
    ['NO_AUTH', 'channel_refused'],
    ['SIGN_ERROR', 'channel_refused'],
    ['MCH_NOT_EXISTS', 'channel_refused'],
    ['RULE_LIMIT', 'over_channel_limit'],

    ['ORDERNOTEXIST', 'unknown, channel'],
    ['SOMETHING_NEW', 'unknown, channel'],
    ['', 'unknown, channel'],
    ['code 130061098828009406 is bad', 'unknown, channel'],
  ])('%s is %s', (code, expected) => {
    expect(inWords(readCharge(refused(code), asked))).toBe(expected)
  })

  test('a code is passed on as a word, and never as the text that somebody put there', () => {
    const outcome = readCharge(refused('code 130061098828009406 is bad'), asked)
    expect(outcome).toEqual({
      kind: 'unknown',
      waitsFor: 'channel',
      channelCode: 'UNREADABLE_CODE',
    })
  })
})

describe('a query that WeChat refuses', () => {
  test.each([
    ['ORDERNOTEXIST', 'not_found'],
    ['ORDER_NOT_EXIST', 'not_found'],
    ['SYSTEMERROR', 'unknown, channel'],
    ['NOTENOUGH', 'unknown, channel'],
    ['SIGNERROR', 'unknown, channel'],
    ['INVALID_TRANSACTIONID', 'unknown, channel'],
    ['FREQUENCY_LIMITED', 'unknown, channel'],
  ])('%s is %s', (code, expected) => {
    expect(inWords(readQuery(refused(code), asked))).toBe(expected)
  })

  test('"no such order" is not believed while the charge may still be on its way', () => {
    const outcome = readQuery(refused('ORDERNOTEXIST'), { ...asked, isOld: false })
    expect(inWords(outcome)).toBe('unknown, channel')
  })
})

const paidV2 = {
  openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o',
  trade_type: 'MICROPAY',
  bank_type: 'CMC',
  total_fee: '888',
  cash_fee: '588',
  coupon_fee: '300',
  transaction_id: '4200000000202601010000000001',
  out_trade_no: 'pay_1',
  time_end: '20260102030405',
}

const paidV3 = {
  mchid: '1900000109',
  out_trade_no: 'pay_1',
  transaction_id: '4200000000202601010000000001',
  trade_state: 'SUCCESS',
  success_time: '2026-01-02T03:04:05+08:00',
  payer: { openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' },
  amount: { total: 888, payer_total: 588, currency: 'CNY', payer_currency: 'CNY' },
}

const succeeded: ChargeOutcome = {
  kind: 'succeeded',
  channelRef: '4200000000202601010000000001',
  paidAt: new Date('2026-01-01T19:04:05Z'),
  payerPaidMinor: 588n,
  payer: 'oUpF…eS6o',
}

describe('an order that is paid', () => {
  test('V2 and V3 say the same of it', () => {
    expect(readCharge(said(orderOfV2(paidV2)), asked)).toEqual(succeeded)
    expect(readCharge(said(orderOfV3(paidV3)), asked)).toEqual(succeeded)
    expect(readQuery(said(orderOfV2({ ...paidV2, trade_state: 'SUCCESS' })), asked)).toEqual(
      succeeded,
    )
  })

  test('without a discount the payer paid the whole', () => {
    const { cash_fee: _cash, ...noCash } = paidV2
    const outcome = readCharge(said(orderOfV2(noCash)), asked)
    expect(outcome).toMatchObject({ kind: 'succeeded', payerPaidMinor: 888n })
  })

  test.each([
    ['of another order', { out_trade_no: 'pay_2' }, 'OTHER_ORDER'],
    ['of no order', { out_trade_no: '' }, 'OTHER_ORDER'],
    ['over another amount', { total_fee: '887' }, 'OTHER_AMOUNT'],
    ['over no amount', { total_fee: '8.88', cash_fee: '' }, 'INCOMPLETE_SUCCESS'],
    ['without WeChat’s number', { transaction_id: '' }, 'INCOMPLETE_SUCCESS'],
    ['without its moment', { time_end: '' }, 'INCOMPLETE_SUCCESS'],
    ['at an impossible moment', { time_end: '20261302030405' }, 'INCOMPLETE_SUCCESS'],
  ])('a success %s proves nothing', (_what, change, channelCode) => {
    const outcome = readCharge(said(orderOfV2({ ...paidV2, ...change })), asked)
    expect(outcome).toEqual({ kind: 'unknown', waitsFor: 'channel', channelCode })
  })

  test('in partner mode the payer has two names, and ours is told', () => {
    const payer = { sp_openid: 'oSpSpSpSpSpSpSp0001', sub_openid: 'oSubSubSubSubSub0002' }
    expect(orderOfV3({ ...paidV3, payer }).payer).toBe('oSub…0002')
  })
})

describe('an order that is asked about', () => {
  test.each([
    ['SUCCESS', 'succeeded'],
    ['REFUND', 'succeeded'],
    ['NOTPAY', 'unknown, channel'],
    ['CLOSED', 'reversed'],
    ['REVOKED', 'reversed'],
    ['USERPAYING', 'unknown, payer'],
    ['PAYERROR', 'unknown, channel'],
    ['ACCEPT', 'unknown, channel'],
    ['SOMETHING_NEW', 'unknown, channel'],
  ])('%s is %s', (state, expected) => {
    const v2 = readQuery(said(orderOfV2({ ...paidV2, trade_state: state })), asked)
    const v3 = readQuery(said(orderOfV3({ ...paidV3, trade_state: state })), asked)
    expect([inWords(v2), inWords(v3)]).toEqual([expected, expected])
  })

  test('a query over another amount than was charged proves nothing', () => {
    const other = orderOfV2({ ...paidV2, total_fee: '887', trade_state: 'SUCCESS' })
    expect(readQuery(said(other), asked)).toMatchObject({ channelCode: 'OTHER_AMOUNT' })
  })

  test('only PAYERROR says that it is time to reverse', () => {
    const states = ['PAYERROR', 'USERPAYING', 'NOTPAY']
    const outcomes = states.map((state) =>
      readQuery(said(orderOfV2({ ...paidV2, trade_state: state })), asked),
    )
    const isNow = outcomes.map((one) => one.kind === 'unknown' && one.reverseNow === true)
    expect(isNow).toEqual([true, false, false])
  })

  test('that another order was reversed ends nothing', () => {
    const other = orderOfV2({ out_trade_no: 'pay_2', trade_state: 'REVOKED' })
    expect(inWords(readQuery(said(other), asked))).toBe('unknown, channel')
  })

  test('no answer, and an answer that is not WeChat’s, are unknown', () => {
    const waits = { kind: 'unknown', waitsFor: 'channel', isIll: true }
    const outcome = { ...waits, channelCode: 'WRONG_SIGNATURE' }
    const nothing: Told<never> = { kind: 'nothing', problem: 'WRONG_SIGNATURE' }
    expect(readCharge(nothing, asked)).toEqual(outcome)
    expect(readQuery(nothing, asked)).toEqual(outcome)
  })
})

describe('a reversal', () => {
  test.each([
    [said(reversalOfV2({ recall: 'N' })), 'reversed'],
    [said(reversalOfV2({ recall: 'Y' })), 'again'],
    [said(reversalOfV2({})), 'again'],
    [{ kind: 'nothing', problem: 'NO_ANSWER' } as const, 'again'],
  ])('answered with %j is %s', (told, expected) => {
    expect(inWords(readReverse(told))).toBe(expected)
  })

  test.each([
    ['SYSTEMERROR', false, 'again'],
    ['SYSTEMERROR', true, 'again'],
    ['TRADE_ERROR', true, 'again'],
    ['INVALID_REQUEST', false, 'again'],
    ['USERPAYING', false, 'again'],
    ['FREQUENCY_LIMITED', false, 'again'],
    ['SOMETHING_NEW', false, 'again'],
    ['REVERSE_EXPIRE', false, 'refused'],
    ['TRADE_ERROR', false, 'refused'],
    ['INVALID_TRANSACTIONID', false, 'refused'],
    ['PARAM_ERROR', false, 'refused'],
    ['LACK_PARAMS', false, 'refused'],
    ['NO_AUTH', false, 'refused'],
  ])('refused with %s, to be called again: %s, is %s', (code, callAgain, expected) => {
    expect(inWords(readReverse({ kind: 'refused', code, callAgain }))).toBe(expected)
  })
})

describe('a refund', () => {
  const refund = { refundId: 'rfd_1', refundMinor: 100n, isOld: true }
  const taken = { out_refund_no: 'rfd_1', refund_id: '5030', refund_fee: '100' }
  const listed = {
    refund_count: '2',
    out_refund_no_0: 'rfd_0',
    refund_id_0: '5029',
    refund_fee_0: '7',
    refund_status_0: 'REFUNDCLOSE',
    out_refund_no_1: 'rfd_1',
    refund_id_1: '5030',
    refund_fee_1: '100',
  }
  const v3 = { out_refund_no: 'rfd_1', refund_id: '5030', amount: { refund: 100, total: 888 } }

  test('that V2 has taken in is not done yet', () => {
    const outcome = readRefund(said(refundTakenOfV2(taken)), refund)
    expect(outcome).toEqual({ kind: 'accepted', channelCode: 'PROCESSING' })
  })

  test.each([
    ['SUCCESS', 'SUCCESS', 'succeeded'],
    ['PROCESSING', 'PROCESSING', 'accepted'],
    ['REFUNDCLOSE', 'CLOSED', 'declined'],
    ['CHANGE', 'ABNORMAL', 'accepted'],
    ['SOMETHING_NEW', 'SOMETHING_NEW', 'unknown'],
  ])('%s in V2 and %s in V3 is %s', (stateV2, stateV3, expected) => {
    const inList = refundOfV2({ ...listed, refund_status_1: stateV2 }, 'rfd_1')!
    const outcomes = [
      readRefundQuery(said(inList), refund),
      readRefundQuery(said(refundOfV3({ ...v3, status: stateV3 })), refund),
      readRefund(said(refundOfV3({ ...v3, status: stateV3 })), refund),
    ]
    expect(outcomes.map(inWords)).toEqual([expected, expected, expected])
  })

  test('another refund in the list is not ours', () => {
    expect(refundOfV2(listed, 'rfd_2')).toBeUndefined()
    const other = refundOfV3({ ...v3, out_refund_no: 'rfd_2', status: 'SUCCESS' })
    expect(readRefundQuery(said(other), refund)).toEqual({
      kind: 'unknown',
      channelCode: 'OTHER_REFUND',
    })
  })

  test('a success over another amount proves nothing', () => {
    const other = refundOfV3({ ...v3, amount: { refund: 99 }, status: 'SUCCESS' })
    expect(readRefund(said(other), refund)).toEqual({
      kind: 'unknown',
      channelCode: 'OTHER_AMOUNT',
    })
  })

  test.each([
    ['SYSTEMERROR', 'unknown'],
    ['BIZERR_NEED_RETRY', 'unknown'],
    ['FREQUENCY_LIMITED', 'unknown'],
    ['INVALID_REQ_TOO_MUCH', 'unknown'],
    ['ORDER_NOT_READY', 'unknown'],
    ['REFUND_FEE_MISMATCH', 'unknown'],
    ['SOMETHING_NEW', 'unknown'],
    ['NOTENOUGH', 'declined'],
    ['NOT_ENOUGH', 'declined'],
    ['ERROR', 'declined'],
    ['TRADE_OVERDUE', 'declined'],
    ['USER_ACCOUNT_ABNORMAL', 'declined'],
    ['INVALID_TRANSACTIONID', 'declined'],
    ['INVALID_REQUEST', 'declined'],
    ['ORDERNOTEXIST', 'declined'],
    ['RESOURCE_NOT_EXISTS', 'declined'],
    ['PARAM_ERROR', 'declined'],
    ['NO_AUTH', 'declined'],
    ['MCH_NOT_EXISTS', 'declined'],
    ['SIGNERROR', 'declined'],
  ])('refused with %s is %s', (code, expected) => {
    expect(inWords(readRefund(refused(code), refund))).toBe(expected)
  })

  test('a refused query says of a refund at most that it is not there, and of a young one nothing', () => {
    const codes = ['REFUNDNOTEXIST', 'RESOURCE_NOT_EXISTS', 'NOTENOUGH', 'SYSTEMERROR']
    const old = codes.map((code) => readRefundQuery(refused(code), refund))
    expect(old.map(inWords)).toEqual(['not_found', 'not_found', 'unknown', 'unknown'])
    const young = codes.map((code) => readRefundQuery(refused(code), { ...refund, isOld: false }))
    expect(young.map(inWords)).toEqual(['unknown', 'unknown', 'unknown', 'unknown'])
  })
})
