import { describe, expect, test } from 'vitest'

import type { ChargeOutcome } from '../channel.ts'
import type { Reply } from './outcome.ts'
import { readCancel, readCharge, readQuery, readRefund, readRefundQuery } from './outcome.ts'
import type { Content } from './sign.ts'

// One row for each code that Alipay documents: alipay-sdk-java-all,
// AlipayTradePayErrorResponseModel and its neighbours, 2026-09-23; common error codes.

const order = { chargeId: 'A1', amountMinor: 8_850n }
const paid = {
  code: '10000',
  msg: 'Success',
  trade_no: '2026112322001',
  out_trade_no: 'A1',
  buyer_logon_id: '138******01',
  total_amount: '88.50',
  buyer_pay_amount: '80.00',
  gmt_payment: '2026-11-23 12:00:05',
}
const said = (content: Content): Reply => ({ content })
const refused = (sub_code: string, code = '40004'): Reply => said({ code, sub_code, msg: 'x' })
const none: Reply = { problem: 'TIMEOUT' }

const success: ChargeOutcome = {
  kind: 'succeeded',
  channelRef: '2026112322001',
  paidAt: new Date('2026-11-23T04:00:05Z'),
  payerPaidMinor: 8_000n,
  payer: '138******01',
}

const kindOf = (outcome: ChargeOutcome): string =>
  outcome.kind === 'declined'
    ? outcome.reason
    : outcome.kind === 'unknown'
      ? `unknown: ${outcome.waitsFor}`
      : outcome.kind

describe('the answer to a charge', () => {
  test('says paid, with what the payer really paid', () => {
    expect(readCharge(said(paid), order)).toEqual(success)
    const { buyer_pay_amount: _none, buyer_logon_id: _nobody, ...less } = paid
    expect(readCharge(said(less), order)).toMatchObject({ payerPaidMinor: 8_850n, payer: null })
  })

  test.each([
    ['out_trade_no', 'A2'],
    ['out_trade_no', undefined],
    ['total_amount', '88.51'],
    ['total_amount', '88.5000'],
    ['total_amount', 88.5],
    ['trade_no', ''],
    ['gmt_payment', '2026-11-23'],
  ])('is unknown when %s is %s', (name, value) => {
    expect(kindOf(readCharge(said({ ...paid, [name]: value }), order))).toBe('unknown: channel')
  })

  test.each([
    ['10003', 'unknown: payer'],
    ['20000', 'unknown: channel'],
    ['20001', 'channel_refused'],
    ['40001', 'channel_refused'],
    ['40002', 'channel_refused'],
    ['40006', 'channel_refused'],
    ['40004', 'unknown: channel'],
    ['40005', 'unknown: channel'],
    ['', 'unknown: channel'],
  ])('with the gateway’s code %s is %s', (code, expected) => {
    expect(kindOf(readCharge(said({ code }), order))).toBe(expected)
  })

  const rows = `
    SYSTEM_ERROR unknown
    INVALID_PARAMETER channel_refused
    ACCESS_FORBIDDEN channel_refused
    EXIST_FORBIDDEN_WORD channel_refused
    PARTNER_ERROR channel_refused
    TOTAL_FEE_EXCEED over_channel_limit
    PAYMENT_AUTH_CODE_INVALID code_invalid
    CONTEXT_INCONSISTENT unknown
    TRADE_HAS_SUCCESS unknown
    TRADE_HAS_CLOSE unknown
    TRADE_STATUS_ERROR unknown
    TRADE_SETTLE_ERROR unknown
    TRADE_BUYER_NOT_MATCH unknown
    BUYER_BALANCE_NOT_ENOUGH insufficient_funds
    BUYER_BANKCARD_BALANCE_NOT_ENOUGH insufficient_funds
    BUYER_BANKCARD_INVALID card_not_accepted
    BUYER_BANKCARD_DECLINED card_not_accepted
    ERROR_BALANCE_PAYMENT_DISABLE card_not_accepted
    BUYER_SELLER_EQUAL channel_refused
    BUYER_ENABLE_STATUS_FORBID payer_frozen
    PULL_MOBILE_CASHIER_FAIL code_invalid
    MOBILE_PAYMENT_SWITCH_OFF channel_refused
    PAYMENT_FAIL channel_refused
    BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR over_day_limit
    BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR over_month_limit
    BEYOND_PAY_RESTRICTION over_channel_limit
    BEYOND_PER_RECEIPT_RESTRICTION over_channel_limit
    BEYOND_PER_RECEIPT_SINGLE_RESTRICTION over_channel_limit
    BEYOND_PER_RECEIPT_DAY_RESTRICTION over_channel_limit
    SELLER_BEEN_BLOCKED merchant_closed
    ERROR_BUYER_CERTIFY_LEVEL_LIMIT channel_refused
    PAYMENT_REQUEST_HAS_RISK risk_refused
    NO_PAYMENT_INSTRUMENTS_AVAILABLE card_not_accepted
    USER_FACE_PAYMENT_SWITCH_OFF channel_refused
    INVALID_STORE_ID channel_refused
    SUB_MERCHANT_CREATE_FAIL channel_refused
    SUB_MERCHANT_TYPE_INVALID channel_refused
    AGREEMENT_NOT_EXIST account_not_linked
    AGREEMENT_INVALID account_not_linked
    AGREEMENT_STATUS_NOT_NORMAL account_not_linked
    AGREEMENT_ERROR account_not_linked
    MERCHANT_AGREEMENT_NOT_EXIST channel_refused
    MERCHANT_AGREEMENT_INVALID channel_refused
    MERCHANT_STATUS_NOT_NORMAL merchant_closed
    CARD_USER_NOT_MATCH card_not_accepted
    CARD_TYPE_ERROR card_not_accepted
    CERT_EXPIRED channel_refused
    AMOUNT_OR_CURRENCY_ERROR channel_refused
    CURRENCY_NOT_SUPPORT channel_refused
    MERCHANT_UNSUPPORT_ADVANCE channel_refused
    BUYER_UNSUPPORT_ADVANCE channel_refused
    ORDER_UNSUPPORT_ADVANCE channel_refused
    CYCLE_PAY_DATE_NOT_MATCH channel_refused
    CYCLE_PAY_SINGLE_FEE_EXCEED over_channel_limit
    CYCLE_PAY_TOTAL_FEE_EXCEED over_channel_limit
    CYCLE_PAY_TOTAL_TIMES_EXCEED over_channel_limit
    SECONDARY_MERCHANT_STATUS_ERROR merchant_closed
    SECONDARY_MERCHANT_ALIPAY_ACCOUNT_INVALID channel_refused
    SECONDARY_MERCHANT_ID_INVALID channel_refused
    SECONDARY_MERCHANT_ID_BLANK channel_refused
    SECONDARY_MERCHANT_NOT_MATCH channel_refused
    SECONDARY_MERCHANT_ISV_PUNISH_INDIRECT channel_refused
    BUYER_NOT_EXIST channel_refused
    PRODUCT_AMOUNT_LIMIT_ERROR over_channel_limit
    INVALID_RECEIVE_ACCOUNT channel_refused
    SELLER_NOT_EXIST merchant_closed
    PAYER_UNMATCHED channel_refused
    NOW_TIME_AFTER_EXPIRE_TIME_ERROR channel_refused
    REQUEST_AMOUNT_EXCEED over_channel_limit
    SUB_GOODS_SIZE_MAX_COUNT channel_refused
    NOT_SUPPORT_PAYMENT_INST card_not_accepted
    BUYER_NOT_MAINLAND_CERT channel_refused
    SMILE_PAY_MERCHANT_NOT_MATCH channel_refused
    NOT_CERTIFIED_USER channel_refused
    RESTRICTED_MERCHANT_INDUSTRY channel_refused
    PLATFORM_BUSINESS_ACQUIRE_MODE_MUST_MERCHANT_ID channel_refused
    MERCHANT_PERM_RECEIPT_SUSPEND_LIMIT merchant_closed
    MERCHANT_PERM_RECEIPT_SINGLE_LIMIT over_channel_limit
    MERCHANT_PERM_RECEIPT_DAY_LIMIT over_channel_limit
    USER_LOGONID_DUP channel_refused
    ROYALTY_ACCOUNT_NOT_EXIST channel_refused
    RISK_MERCHANT_IP_NOT_EXIST channel_refused
    UN_SUPPORT_TRADE_SCENE channel_refused
    OVER_MAX_DEDUCT_COUNT over_channel_limit
    OVER_DEDUCT_PERIOD channel_refused
    OVER_MERCHANT_DAILY_DEDUCT_AMOUNT over_channel_limit
    BUYER_LIMIT_EXCEEDED over_payment_limit
    AUTH_NO_ERROR unknown
    AUTH_AMOUNT_NOT_ENOUGH unknown
    AUTH_TOKEN_IS_NOT_EXIST unknown
    AUTH_ORDER_NOT_PAID unknown
    AUTH_ORDER_HAS_FINISHED unknown
    AUTH_ORDER_HAS_CLOSED unknown
    PRE_AUTH_PROD_CODE_INCONSISTENT unknown
    ZM_AUTH_AMOUNT_EXCEED unknown
    ZM_CREDIT_AUTH_FAIL unknown
    ZM_AUTH_RULE_LIMIT unknown
    OVER_MAX_UNDER_WAY_DEDUCT_COUNT unknown
    NEVER_HEARD_OF unknown`
  test.each(
    rows
      .trim()
      .split('\n')
      .map((row) => row.trim().split(' ') as [string, string]),
  )('with ACQ.%s is %s', (code, expected) => {
    const outcome = readCharge(refused(`ACQ.${code}`), order)
    expect(kindOf(outcome).replace(': channel', '')).toBe(expected)
    expect(outcome).toMatchObject({ channelCode: `ACQ.${code}` })
  })

  test('is unknown when a final code comes with another gateway code than 40004', () => {
    const outcome = readCharge(refused('ACQ.PAYMENT_FAIL', '20000'), order)
    expect(kindOf(outcome)).toBe('unknown: channel')
  })

  test('is unknown when none can be believed, and says why', () => {
    const waits = { kind: 'unknown', waitsFor: 'channel', isIll: true }
    const outcome = { ...waits, channelCode: 'TIMEOUT' }
    expect(readCharge(none, order)).toEqual(outcome)
  })
})

const trade = (trade_status: string): Content => {
  const { gmt_payment: send_pay_date, ...rest } = paid
  return { ...rest, send_pay_date, trade_status }
}
const old = { chargeId: 'A1', ageMs: 30_000, notFoundAfterMs: 30_000 }
const young = { ...old, ageMs: 29_999 }

describe('the answer to a query', () => {
  test.each([
    ['TRADE_SUCCESS', 'succeeded'],
    ['TRADE_FINISHED', 'succeeded'],
    ['WAIT_BUYER_PAY', 'unknown: payer'],
    ['TRADE_CLOSED', 'reversed'],
    ['TRADE_PENDING', 'unknown: channel'],
    ['', 'unknown: channel'],
  ])('%s is %s', (status, expected) => {
    expect(kindOf(readQuery(said(trade(status)), young))).toBe(expected)
  })

  test('says of a paid trade what the charge would have said', () => {
    expect(readQuery(said(trade('TRADE_SUCCESS')), young)).toEqual(success)
  })

  test('says nothing of another trade', () => {
    for (const status of ['TRADE_SUCCESS', 'TRADE_CLOSED']) {
      const outcome = readQuery(said({ ...trade(status), out_trade_no: 'A2' }), old)
      expect(kindOf(outcome), status).toBe('unknown: channel')
    }
  })

  test('"no such trade" is believed once no request can be on its way', () => {
    const reply = refused('ACQ.TRADE_NOT_EXIST')
    expect(kindOf(readQuery(reply, young))).toBe('unknown: channel')
    expect(readQuery(reply, old)).toEqual({
      kind: 'not_found',
      channelCode: 'ACQ.TRADE_NOT_EXIST',
    })
  })

  test.each(['ACQ.SYSTEM_ERROR', 'ACQ.INVALID_PARAMETER', 'ACQ.ENTERPRISE_PAY_BIZ_ERROR'])(
    '%s is unknown',
    (code) => {
      expect(kindOf(readQuery(refused(code), old))).toBe('unknown: channel')
    },
  )

  test('no answer is unknown', () => {
    expect(kindOf(readQuery(none, old))).toBe('unknown: channel')
  })
})

describe('the answer to a cancel', () => {
  const done = { code: '10000', out_trade_no: 'A1', retry_flag: 'N' }

  test.each([
    ['close', false],
    ['refund', true],
  ])('with the action %s is reversed', (action, wasPaid) => {
    const outcome = { kind: 'reversed', wasPaid, channelCode: action }
    expect(readCancel(said({ ...done, action }), young)).toEqual(outcome)
  })

  test('without an action there was no trade, which is believed of an old charge', () => {
    expect(readCancel(said(done), young)).toEqual({ kind: 'again', channelCode: 'NO_TRADE' })
    expect(readCancel(said(done), old)).toMatchObject({ kind: 'reversed', wasPaid: null })
  })

  test.each([
    ['retry_flag Y', said({ ...done, retry_flag: 'Y', action: 'close' })],
    ['no retry_flag', said({ code: '10000', out_trade_no: 'A1', action: 'close' })],
    ['an unknown action', said({ ...done, action: 'freeze' })],
    ['another trade', said({ ...done, out_trade_no: 'A2', action: 'close' })],
    ['ACQ.SYSTEM_ERROR', refused('ACQ.SYSTEM_ERROR')],
    ['AQC.SYSTEM_ERROR, as the vendor misspells it', refused('AQC.SYSTEM_ERROR')],
    ['20000', said({ code: '20000' })],
    ['40002', refused('isv.invalid-signature', '40002')],
    ['no answer', none],
  ])('%s means again', (_what, reply) => {
    expect(readCancel(reply, old).kind).toBe('again')
  })

  test.each([
    'INVALID_PARAMETER',
    'SELLER_BALANCE_NOT_ENOUGH',
    'REASON_TRADE_BEEN_FREEZEN',
    'TRADE_HAS_FINISHED',
    'TRADE_CANCEL_TIME_OUT',
    'REASON_TRADE_REFUND_FEE_ERR',
    'CANCEL_NOT_ALLOWED',
  ])('ACQ.%s is refused', (code) => {
    const channelCode = `ACQ.${code}`
    expect(readCancel(refused(channelCode), young)).toEqual({ kind: 'refused', channelCode })
  })
})

const refund = { chargeId: 'A1', refundId: 'R1', refundMinor: 400n }

describe('the answer to a refund', () => {
  const done = { code: '10000', out_trade_no: 'A1', fund_change: 'Y', refund_fee: '4.00' }

  test('is final when money has moved', () => {
    const outcome = { kind: 'succeeded', refundRef: 'R1' }
    expect(readRefund(said(done), refund)).toEqual(outcome)
  })

  test.each([
    ['of another trade', said({ ...done, out_trade_no: 'A2' })],
    ['20000', said({ code: '20000' })],
    ['ACQ.SYSTEM_ERROR', refused('ACQ.SYSTEM_ERROR')],
    ['ACQ.DISCORDANT_REPEAT_REQUEST', refused('ACQ.DISCORDANT_REPEAT_REQUEST')],
    ['ACQ.NEVER_HEARD_OF', refused('ACQ.NEVER_HEARD_OF')],
    ['that did not come', none],
  ])('%s is unknown', (_what, reply) => {
    expect(readRefund(reply, refund).kind).toBe('unknown')
  })

  const codes = `INVALID_PARAMETER SELLER_BALANCE_NOT_ENOUGH REFUND_AMT_NOT_EQUAL_TOTAL
    REASON_TRADE_BEEN_FREEZEN TRADE_NOT_EXIST TRADE_HAS_FINISHED TRADE_STATUS_ERROR
    REASON_TRADE_REFUND_FEE_ERR TRADE_NOT_ALLOW_REFUND REFUND_FEE_ERROR TRADE_HAS_CLOSE
    BUYER_NOT_EXIST BUYER_ENABLE_STATUS_FORBID REASON_TRADE_STATUS_INVALID NOT_ALLOW_PARTIAL_REFUND
    ONLINE_TRADE_VOUCHER_NOT_ALLOW_REFUND BUYER_ERROR CURRENCY_NOT_SUPPORT
    ALLOC_AMOUNT_VALIDATE_ERROR USER_NOT_MATCH_ERR TRADE_SETTLE_ERROR REFUND_CHARGE_ERROR
    ENTERPRISE_PAY_BIZ_ERROR OVERDRAFT_ASSIGN_ACCOUNT_INVALID OVERDRAFT_AGREEMENT_NOT_MATCH
    REFUND_ACCOUNT_NOT_EXIST CUSTOMER_VALIDATE_ERROR REFUND_ROYALTY_PAYEE_ACCOUNT_NOT_EXIST
    REFUNDALLOC_UNAUTH_LIMIT`
  test.each(codes.split(/\s+/))('ACQ.%s is declined', (code) => {
    const channelCode = `ACQ.${code}`
    expect(readRefund(refused(channelCode), refund)).toEqual({ kind: 'declined', channelCode })
  })

  test('that moved nothing was asked for before, or is under way', () => {
    const outcome = readRefund(said({ ...done, fund_change: 'N' }), refund)
    expect(outcome.kind).toBe('accepted')
  })

  test('a request that the gateway refuses was not made', () => {
    const reply = refused('isv.missing-app-id', '40001')
    expect(readRefund(reply, refund).kind).toBe('declined')
  })
})

describe('the answer to a refund’s query', () => {
  const done = {
    code: '10000',
    out_request_no: 'R1',
    refund_amount: '4.00',
    refund_status: 'REFUND_SUCCESS',
  }

  test('is final when this refund of this amount was made', () => {
    const outcome = { kind: 'succeeded', refundRef: 'R1' }
    expect(readRefundQuery(said(done), refund, true)).toEqual(outcome)
  })

  test.each([
    ['so young that Alipay may not know it yet', { code: '10000' }],
    ['that is under way', { ...done, refund_status: 'REFUND_PROCESSING' }],
    ['of another number', { ...done, out_request_no: 'R2' }],
    ['of another amount', { ...done, refund_amount: '4.01' }],
    ['of a trade that is not there', { code: '40004', sub_code: 'ACQ.TRADE_NOT_EXIST' }],
    ['20000', { code: '20000' }],
  ])('%s is unknown', (_what, content) => {
    expect(readRefundQuery(said(content), refund, false).kind).toBe('unknown')
  })

  test('of which Alipay knows nothing says, of an old one, that it is not there', () => {
    const outcome = { kind: 'not_found', channelCode: 'REFUND_NOT_FOUND' }
    expect(readRefundQuery(said({ code: '10000' }), refund, true)).toEqual(outcome)
  })
})
