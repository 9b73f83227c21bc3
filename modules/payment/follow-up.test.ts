import { expect, test } from 'vitest'

import { NO_ROAD, type ChargeOutcome, type Schedule } from '../channel/channel.ts'
import type { Charge } from './charge.ts'
import { nextOf, type Told } from './follow-up.ts'

const startedAt = new Date('2026-11-23T04:00:00Z')
const at = (ms: number) => new Date(startedAt.getTime() + ms)

const schedule: Schedule = {
  queriesMs: [5_000, 10_000],
  everyMs: 5_000,
  giveUpMs: 30_000,
  reverseNotBeforeMs: 15_000,
  reverseEveryMs: 5_000,
  followUpMs: [60_000, 300_000],
}

const open: Charge = {
  ...{ institutionId: 'ins_test', id: 'chg_1', paymentId: 'pay_1', number: 1 },
  ...{ channelAccountId: 'cha_1', channel: 'wechat', debitAccountId: 'memo:channel:cha_1' },
  ...{ settlement: 'direct', means: 'code', state: 'processing', step: 'query' },
  ...{ amountMinor: 100n, currency: 'CNY', codeHash: Buffer.from('ab', 'hex'), channelRef: null },
  ...{ channelCode: null, payerMasked: null, payerPaidMinor: null, declineReason: null },
  ...{ isLate: false, isPaidBack: false, startedAt, reverseAskedAt: null, queries: 0, reverses: 0 },
  completedAt: null,
}

const asked: Charge = { ...open, step: 'reverse', reverseAskedAt: at(20_000) }
const reversed: Charge = {
  ...{ ...open, state: 'reversed', step: 'watch', reverseAskedAt: at(20_000) },
  completedAt: at(25_000),
}

const paid: ChargeOutcome = {
  ...{ kind: 'succeeded', channelRef: '42', paidAt: startedAt, payerPaidMinor: 90n, payer: 'o*' },
}
const silent: ChargeOutcome = { kind: 'unknown', waitsFor: 'channel', channelCode: 'TIMEOUT' }
const typing: ChargeOutcome = { kind: 'unknown', waitsFor: 'payer', channelCode: 'USERPAYING' }
const failed: ChargeOutcome = {
  ...{ kind: 'unknown', waitsFor: 'channel', channelCode: 'PAYERROR', reverseNow: true },
}
const missing: ChargeOutcome = { kind: 'not_found', channelCode: 'ORDERNOTEXIST' }
const query = (outcome: ChargeOutcome): Told => ({ by: 'query', outcome })
const wish: Told = { by: 'wish_to_reverse' }
const again: Told = { by: 'reversal', outcome: { kind: 'again', channelCode: 'RECALL' } }
const refused: Told = { by: 'reversal', outcome: { kind: 'refused', channelCode: 'TOO_OLD' } }
const undone: Told = {
  by: 'reversal',
  outcome: { kind: 'reversed', wasPaid: null, channelCode: 'OK' },
}
const givenBack: Told = {
  by: 'reversal',
  outcome: { kind: 'reversed', wasPaid: true, channelCode: 'voided' },
}

type Row = [
  name: string,
  charge: Charge,
  told: Told,
  atMs: number,
  expected: { state?: string; step: string | null; dueMs: number | null; late?: boolean },
]

const rows: Row[] = [
  ['a success ends it', open, query(paid), 1, { state: 'succeeded', step: null, dueMs: null }],
  [
    'silence is asked again on the next rung',
    open,
    query(silent),
    5_000,
    { step: 'query', dueMs: 10_000 },
  ],
  [
    'after the last rung it is asked at the interval',
    open,
    query(silent),
    12_000,
    { step: 'query', dueMs: 17_000 },
  ],
  [
    'it is asked once more when the time is up',
    open,
    query(silent),
    28_000,
    { step: 'query', dueMs: 30_000 },
  ],
  ['then it is reversed', open, query(silent), 30_000, { step: 'reverse', dueMs: 30_000 }],
  [
    'an order that is not there yet is asked for again',
    open,
    query(missing),
    6_000,
    { step: 'query', dueMs: 10_000 },
  ],
  [
    'a payer who failed is reversed as soon as allowed',
    open,
    query(failed),
    6_000,
    { step: 'reverse', dueMs: 15_000 },
  ],
  [
    'a cashier may not reverse before the channel allows',
    open,
    wish,
    3_000,
    { step: 'reverse', dueMs: 15_000 },
  ],
  ['a cashier reverses at once after that', open, wish, 16_000, { step: 'reverse', dueMs: 16_000 }],
  [
    'a success on the way to a reversal is reversed',
    asked,
    query(paid),
    21_000,
    { step: 'reverse', dueMs: 21_000 },
  ],
  [
    'a reversal that is not definite is repeated',
    asked,
    again,
    21_000,
    { step: 'reverse', dueMs: 26_000 },
  ],
  [
    'after many it comes back on the ladder',
    { ...asked, reverses: 11 },
    again,
    21_000,
    { step: 'reverse', dueMs: 81_000 },
  ],
  [
    'a definite reversal ends it, and is watched',
    asked,
    undone,
    22_000,
    { state: 'reversed', step: 'watch', dueMs: 82_000 },
  ],
  [
    'a refused reversal asks what it is then',
    asked,
    refused,
    22_000,
    { step: 'query', dueMs: 22_000 },
  ],
  [
    'a success after a refused reversal is late',
    { ...asked, step: 'query' },
    query(paid),
    23_000,
    { state: 'succeeded', step: null, dueMs: null, late: true },
  ],
  [
    'a success after the end is late',
    reversed,
    query(paid),
    90_000,
    { state: 'reversed', step: null, dueMs: null, late: true },
  ],
  [
    'nothing new after the end is watched on',
    reversed,
    query(missing),
    90_000,
    { state: 'reversed', step: 'watch', dueMs: 390_000 },
  ],
  [
    'a look after the end that told nothing is repeated after the same wait',
    { ...reversed, queries: 1 },
    query(silent),
    90_000,
    { state: 'reversed', step: 'watch', dueMs: 390_000 },
  ],
  [
    'a look at a closed account ends with the ladder',
    { ...reversed, queries: 1 },
    query({ kind: 'unknown', waitsFor: 'channel', channelCode: NO_ROAD }),
    90_000,
    { state: 'reversed', step: null, dueMs: null },
  ],
  [
    'the watch ends with the ladder',
    { ...reversed, queries: 1 },
    query(missing),
    90_000,
    { state: 'reversed', step: null, dueMs: null },
  ],
  [
    'a wish after the end changes nothing',
    reversed,
    wish,
    90_000,
    { state: 'reversed', step: 'watch', dueMs: null },
  ],
]

test.each(rows)('%s', (...[, charge, told, atMs, expected]) => {
  const next = nextOf(charge, told, schedule, at(atMs))
  expect({
    state: next.charge.state,
    step: next.charge.step,
    dueMs: next.dueAt && next.dueAt.getTime() - startedAt.getTime(),
    late: next.charge.isLate,
    isStuck: next.isStuck,
  }).toEqual({ state: 'processing', late: false, isStuck: false, ...expected })
})

test('a payer who types a password is waited for', () => {
  expect(nextOf(open, query(typing), schedule, at(5_000)).waitsForPayer).toBe(true)
  expect(nextOf(open, query(silent), schedule, at(5_000)).waitsForPayer).toBe(false)
})

test('what was paid and given back is not late when it is called paid again', () => {
  const back = nextOf(asked, givenBack, schedule, at(22_000))
  expect(back).toMatchObject({ charge: { state: 'reversed', step: null }, dueAt: null })
  const later = nextOf(back.charge, { by: 'notice', outcome: paid }, schedule, at(23_000))
  expect(later.charge).toBe(back.charge)
})

test('a charge that never left us frees its code', () => {
  const told: Told = { by: 'answer', outcome: { kind: 'not_sent', channelCode: 'NOT_SENT' } }
  const { charge } = nextOf(open, told, schedule, at(1))
  expect(charge).toMatchObject({ state: 'failed', codeHash: null, step: null })
})

test('what is paid stays paid, whatever is heard later', () => {
  const done: Charge = { ...open, state: 'succeeded', step: null, completedAt: at(1) }
  const words = [query(paid), query(silent), query(missing), undone, refused, wish]
  for (const told of words) expect(nextOf(done, told, schedule, at(9)).charge).toBe(done)
})

test('when the ladder of a reversal is used up a person is told', () => {
  const tired = { ...asked, reverses: 13 }
  expect(nextOf(tired, again, schedule, at(900_000))).toMatchObject({ isStuck: true, dueAt: null })
})
