import { describe, expect, test } from 'vitest'

import type { ChargeOutcome } from '../channel.ts'
import type { Reply } from './outcome.ts'
import { readCharge, readQuery, readRefund, readRefundQuery } from './outcome.ts'
import type { Fields } from './sign.ts'

// One row for each code of UnionPay's appendix of answer codes.
const rows = `
  00 succeeded            01 channel_refused      02 unknown              03 unknown
  04 unknown              05 unknown              06 unknown              10 channel_refused
  11 channel_refused      12 unknown              13 channel_refused      14 unknown
  30 channel_refused      31 merchant_closed      32 channel_refused      33 over_channel_limit
  34 unknown              35 unknown              36 unknown              37 unknown
  38 risk_refused         39 channel_refused      40 unknown              41 unknown
  42 unknown              43 channel_refused      44 unknown              45 reversed
  46 reversed                   60 channel_refused      61 code_invalid         62 card_not_accepted
  63 card_not_accepted    64 insufficient_funds   65 channel_refused      66 channel_refused
  67 payer_frozen         68 card_not_accepted    69 confirmation_expired 70 payer
  71 channel_refused      72 card_not_accepted    73 code_expired         74 unknown
  75 unknown              76 card_not_accepted    77 card_not_accepted    78 card_not_accepted
  79 card_not_accepted    80 code_expired         81 over_month_limit     82 unknown
  83 unknown              85 channel_refused      86 code_used            87 over_day_limit
  88 code_invalid         89 code_invalid         90 insufficient_funds   91 channel_refused
  92 channel_refused      93 channel_refused      94 channel_refused      95 channel_refused
  96 channel_refused      98 unknown              99 unknown              A6 unknown
  ZZ unknown`
const codes = [...rows.matchAll(/(\w\w) (\w{5,})/g)].map(([, code = '', word = '']) => [code, word])

const paid = {
  merId: '777290000000001',
  orderId: 'order001',
  txnTime: '20261123120000',
  traceTime: '1123120002',
  txnAmt: '8850',
  queryId: '202611231200021234568',
  accNo: '6216***********0018',
  respCode: '00',
}
const said = (fields: Fields): Reply => ({ fields })
const none: Reply = { problem: 'TIMEOUT' }
const old = { chargeId: 'order001', amountMinor: 8_850n, ageMs: 63_000, notFoundAfterMs: 63_000 }
const young = { ...old, ageMs: 62_999 }

function wordOf(outcome: ChargeOutcome): string {
  if (outcome.kind === 'declined') return outcome.reason
  return outcome.kind === 'unknown' && outcome.waitsFor === 'payer' ? 'payer' : outcome.kind
}

describe('the answer to a charge', () => {
  // 00 is "accepted"; and what is said of another transaction is not said of this one.
  const here: Record<string, string> = {
    '00': 'unknown',
    45: 'unknown',
    46: 'unknown',
    70: 'unknown',
  }
  test.each(codes)('with the code %s is %s, but never paid', (respCode = '', word = '') => {
    const outcome = readCharge(said({ ...paid, respCode }))
    expect(wordOf(outcome)).toBe(here[respCode] ?? word)
    expect(outcome).toMatchObject({ channelCode: respCode })
  })

  test('that did not come, or has no code, is unknown', () => {
    const unknown = { kind: 'unknown', waitsFor: 'channel' }
    expect(readCharge(none)).toEqual({ ...unknown, channelCode: 'TIMEOUT', isIll: true })
    expect(readCharge(said({}))).toEqual({ ...unknown, channelCode: 'NO_CODE' })
  })
})

describe('the answer to a query', () => {
  test.each(codes)('whose charge has the code %s is %s', (origRespCode = '', word = '') => {
    expect(wordOf(readQuery(said({ ...paid, origRespCode }), old))).toBe(word)
  })

  test.each(codes.filter(([code]) => code !== '00' && code !== '34'))(
    'that failed itself, with %s, says nothing of the charge',
    (respCode = '') => {
      const outcome = readQuery(said({ ...paid, respCode, origRespCode: '00' }), old)
      expect(outcome).toEqual({ kind: 'unknown', waitsFor: 'channel', channelCode: respCode })
    },
  )

  test('says of a paid charge what was paid, when, and by which card', () => {
    expect(readQuery(said({ ...paid, origRespCode: '00' }), young)).toEqual({
      kind: 'succeeded',
      channelRef: '202611231200021234568',
      paidAt: new Date('2026-11-23T04:00:02Z'),
      payerPaidMinor: 8_850n,
      payer: '6216***********0018',
    })
  })

  test('a card that is not masked is masked here, and none is none', () => {
    const payerOf = (accNo: string) => {
      const outcome = readQuery(said({ ...paid, accNo, origRespCode: '00' }), young)
      return outcome.kind === 'succeeded' ? outcome.payer : undefined
    }
    expect(payerOf('6216261000000000018')).toBe('6216****0018')
    expect(payerOf('12345')).toBeNull()
    expect(payerOf('')).toBeNull()
  })

  test.each([
    ['orderId', 'order002'],
    ['txnAmt', ''],
    ['txnAmt', '88.50'],
    ['txnAmt', '8851'],
    ['queryId', ''],
    ['txnTime', 'x'],
    ['origRespCode', ''],
  ])('a success whose %s is %j is not believed', (name, value) => {
    const outcome = readQuery(said({ ...paid, origRespCode: '00', [name]: value }), old)
    expect(outcome.kind).toBe('unknown')
  })

  test('"no such transaction" is believed of an old charge only', () => {
    const reply = said({ ...paid, respCode: '34' })
    expect(readQuery(reply, young)).toMatchObject({ kind: 'unknown', channelCode: '34' })
    expect(readQuery(reply, old)).toEqual({ kind: 'not_found', channelCode: '34' })
  })

  test('no answer is unknown', () => {
    const outcome = { kind: 'unknown', channelCode: 'TIMEOUT', isIll: true }
    expect(readQuery(none, old)).toMatchObject(outcome)
  })
})

const refund = { refundId: 'refund01', refundMinor: 400n }
const back = { ...paid, orderId: 'refund01', txnAmt: '400', queryId: 'Q2' }
const declinedOf = (codesOf: string[]) => new Set(codesOf)
const notMade = declinedOf([
  ...codes.flatMap(([code = '', word = '']) =>
    ['unknown', 'succeeded', 'reversed', 'payer'].includes(word) ? [] : [code],
  ),
  ...['35', '36', '45', '46'],
])

describe('the answer to a refund', () => {
  test.each(codes)(
    'with the code %s is never done, and final where UnionPay says so',
    (code = '') => {
      const kind = code === '00' ? 'accepted' : notMade.has(code) ? 'declined' : 'unknown'
      expect(readRefund(said({ ...back, respCode: code }))).toEqual({ kind, channelCode: code })
    },
  )

  test('that did not come is unknown', () => {
    const outcome = { kind: 'unknown', channelCode: 'TIMEOUT', isIll: true }
    expect(readRefund(none)).toEqual(outcome)
    expect(readRefundQuery(none, refund, true)).toEqual(outcome)
  })
})

describe('the answer to a refund’s query', () => {
  test.each(codes)('whose refund has the code %s', (origRespCode = '') => {
    const others = notMade.has(origRespCode) ? 'declined' : 'unknown'
    const kind = { '00': 'succeeded', '03': 'accepted', '04': 'accepted', '05': 'accepted' }
    const expected = (kind as Record<string, string>)[origRespCode] ?? others
    expect(readRefundQuery(said({ ...back, origRespCode }), refund, true).kind).toBe(expected)
  })

  test('names the refund as UnionPay does', () => {
    const outcome = readRefundQuery(said({ ...back, origRespCode: '00' }), refund, true)
    expect(outcome).toEqual({ kind: 'succeeded', refundRef: 'Q2' })
  })

  test.each([
    ['of another refund', { ...back, origRespCode: '00', orderId: 'refund02' }],
    ['of another amount', { ...back, origRespCode: '00', txnAmt: '401' }],
    ['so young that UnionPay may not know it yet', { ...back, respCode: '34' }],
    ['that failed itself', { ...back, respCode: '04', origRespCode: '00' }],
  ])('%s is unknown', (_what, fields) => {
    expect(readRefundQuery(said(fields), refund, false).kind).toBe('unknown')
  })

  test('of which UnionPay knows nothing says, of an old one, that it is not there', () => {
    const outcome = { kind: 'not_found', channelCode: '34' }
    expect(readRefundQuery(said({ ...back, respCode: '34' }), refund, true)).toEqual(outcome)
  })
})
