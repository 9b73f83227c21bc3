import { expect, test } from 'vitest'

import { readCharge, readQuery, readRefund, readReverse, type Reply } from './outcome.ts'

const order = { chargeId: 'chg_1', amountMinor: 2_500n }
const at = '2026-11-23T02:00:00.000Z'

const told = (more: object = {}, status = 200): Reply => ({
  status,
  body: {
    ...{ object: 'interbank_charge', charge: 'chg_1', debit: 'wdb_1', state: 'succeeded' },
    ...{ amount: 2_500, currency: 'CNY', payer: '何*', decline_reason: null, was_paid: true },
    ...{ refunded: 0, completed_at: at },
    ...more,
  },
})
const refusal = (code: string, status = 422): Reply => ({ status, body: { code } })

const paid = {
  ...{ kind: 'succeeded', channelRef: 'wdb_1', payerPaidMinor: 2_500n, payer: '何*' },
  paidAt: new Date(at),
}
const unknown = (channelCode: string) => ({ kind: 'unknown', waitsFor: 'channel', channelCode })
const ill = (channelCode: string) => ({ ...unknown(channelCode), isIll: true })
const declined = (reason: string, channelCode = reason) => ({
  kind: 'declined',
  reason,
  channelCode,
})

test.each<[string, Reply, object]>([
  ['paid', told(), paid],
  ['waiting', told({ state: 'waiting' }), { ...unknown('waiting'), waitsFor: 'payer' }],
  ['reversed', told({ state: 'reversed' }), { kind: 'reversed', channelCode: 'reversed' }],
  [
    'failed',
    told({ state: 'failed', decline_reason: 'insufficient_funds' }),
    declined('insufficient_funds'),
  ],
  [
    'failed for a reason that we do not know',
    told({ state: 'failed', decline_reason: 'moon_full' }),
    declined('channel_refused', 'moon_full'),
  ],
  ['a state that we do not know', told({ state: 'asleep' }), unknown('UNKNOWN_STATE')],
  ['another charge', told({ charge: 'chg_2' }), ill('OTHER_CHARGE')],
  ['another amount', told({ amount: 2_501 }), ill('OTHER_CHARGE')],
  ['half a cent', told({ amount: 0.5 }), ill('OTHER_CHARGE')],
  ['no number of the debit', told({ debit: '' }), ill('UNREADABLE')],
  ['no time', told({ completed_at: null }), ill('UNREADABLE')],
  ['not its form', { status: 200, body: [] }, ill('OTHER_CHARGE')],
  ['nothing', { status: 200, body: null }, ill('OTHER_CHARGE')],
  [
    'a request that is wrong',
    refusal('INVALID_REQUEST'),
    declined('channel_refused', 'INVALID_REQUEST'),
  ],
  ['a wrong amount', refusal('AMOUNT_INVALID'), declined('channel_refused', 'AMOUNT_INVALID')],
  [
    'another currency',
    refusal('CURRENCY_NOT_SUPPORTED'),
    declined('channel_refused', 'CURRENCY_NOT_SUPPORTED'),
  ],
  ['a number used before', refusal('IDEMPOTENCY_KEY_REUSED'), unknown('IDEMPOTENCY_KEY_REUSED')],
  ['busy', refusal('BUSY', 503), ill('BUSY')],
  ['its own mistake', refusal('INTERNAL_ERROR', 500), ill('INTERNAL_ERROR')],
  ['a code that is not of the list', refusal('SOMETHING', 418), unknown('HTTP_418')],
  ['no answer', { problem: 'TIMEOUT' }, ill('TIMEOUT')],
  ['no signature', { problem: 'NOT_SIGNED' }, ill('NOT_SIGNED')],
])('the answer to a charge: %s', (_what, reply, outcome) => {
  expect(readCharge(reply, order)).toEqual(outcome)
})

test.each<[string, Reply, number, object]>([
  ['paid', told(), 0, paid],
  ['not there, and it may come', refusal('NOT_FOUND', 404), 59_999, unknown('NOT_FOUND')],
  [
    'not there, and it can come no more',
    refusal('NOT_FOUND', 404),
    60_000,
    { kind: 'not_found', channelCode: 'NOT_FOUND' },
  ],
  ['a refusal that says nothing', refusal('FORBIDDEN', 403), 60_000, unknown('FORBIDDEN')],
  ['no answer', { problem: 'NO_ANSWER' }, 60_000, ill('NO_ANSWER')],
])('the answer to a query: %s', (_what, reply, ageMs, outcome) => {
  expect(readQuery(reply, { ...order, ageMs, notFoundAfterMs: 60_000 })).toEqual(outcome)
})

test.each<[string, Reply, object]>([
  [
    'given back',
    told({ state: 'reversed' }),
    { kind: 'reversed', wasPaid: true, channelCode: 'reversed' },
  ],
  [
    'never paid',
    told({ state: 'reversed', was_paid: false }),
    { kind: 'reversed', wasPaid: false, channelCode: 'reversed' },
  ],
  [
    'failed before',
    told({ state: 'failed', was_paid: false }),
    { kind: 'reversed', wasPaid: false, channelCode: 'failed' },
  ],
  ['still paid', told(), { kind: 'again', channelCode: 'HTTP_200' }],
  ['another charge', told({ charge: 'x' }), { kind: 'again', channelCode: 'HTTP_200' }],
  [
    'refunded in part',
    refusal('PAYMENT_FINAL', 409),
    { kind: 'refused', channelCode: 'PAYMENT_FINAL' },
  ],
  ['busy', refusal('BUSY', 503), { kind: 'again', channelCode: 'BUSY', isIll: true }],
  ['no answer', { problem: 'TIMEOUT' }, { kind: 'again', channelCode: 'TIMEOUT', isIll: true }],
])('the answer to a reversal: %s', (_what, reply, outcome) => {
  expect(readReverse(reply, order)).toEqual(outcome)
})

const given = (more: object = {}): Reply => ({
  status: 200,
  body: {
    ...{ object: 'interbank_refund', refund: 'rfd_1', charge: 'chg_1', debit: 'wdb_1' },
    ...{ state: 'succeeded', amount: 500 },
    ...more,
  },
})
const refund = { refundId: 'rfd_1', refundMinor: 500n }
const isDone = { kind: 'succeeded', refundRef: 'wdb_1/rfd_1' }

test.each<[string, Reply, object, object]>([
  ['given back', given(), isDone, isDone],
  [
    'another refund',
    given({ refund: 'rfd_2' }),
    { kind: 'unknown', channelCode: 'OTHER_REFUND', isIll: true },
    { kind: 'unknown', channelCode: 'OTHER_REFUND', isIll: true },
  ],
  [
    'a state that we do not know',
    given({ state: 'asleep' }),
    { kind: 'unknown', channelCode: 'UNKNOWN_STATE' },
    { kind: 'unknown', channelCode: 'UNKNOWN_STATE' },
  ],
  ...['REFUND_TOO_LARGE', 'PAYMENT_NOT_REFUNDABLE', 'INVALID_REQUEST'].map(
    (code): [string, Reply, object, object] => [
      code,
      refusal(code, 409),
      { kind: 'declined', channelCode: code },
      { kind: 'unknown', channelCode: code },
    ],
  ),
  [
    'not there',
    refusal('NOT_FOUND', 404),
    { kind: 'declined', channelCode: 'NOT_FOUND' },
    { kind: 'not_found', channelCode: 'NOT_FOUND' },
  ],
  [
    'its number used before',
    refusal('IDEMPOTENCY_KEY_REUSED'),
    { kind: 'unknown', channelCode: 'IDEMPOTENCY_KEY_REUSED' },
    { kind: 'unknown', channelCode: 'IDEMPOTENCY_KEY_REUSED' },
  ],
  [
    'no answer',
    { problem: 'TIMEOUT' },
    { kind: 'unknown', channelCode: 'TIMEOUT', isIll: true },
    { kind: 'unknown', channelCode: 'TIMEOUT', isIll: true },
  ],
])('the answer to a refund, and to what became of it: %s', (_what, reply, asked, query) => {
  expect(readRefund(reply, refund, { isQuery: false })).toEqual(asked)
  expect(readRefund(reply, refund, { isQuery: true })).toEqual(query)
})
