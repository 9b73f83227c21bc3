import { expect, test } from 'vitest'

import type { ChargeOutcome } from '../channel.ts'
import type { Reply } from './outcome.ts'
import { closeCharge, readVoid, reverseCharge } from './reverse.ts'
import type { Fields } from './sign.ts'

const startedAt = new Date('2026-11-23T04:00:00Z')
const charge = { chargeId: 'order001', startedAt, amountMinor: 100n }
const sameDay = new Date('2026-11-23T14:59:59Z')
const nextDay = new Date('2026-11-23T15:00:00Z')

const said = (respCode: string, more: Fields = {}): Reply => ({ fields: { respCode, ...more } })
const unknown = (channelCode: string): ChargeOutcome => ({
  kind: 'unknown',
  waitsFor: 'channel',
  channelCode,
})
const paid: ChargeOutcome = {
  kind: 'succeeded',
  channelRef: 'Q1',
  paidAt: startedAt,
  payerPaidMinor: 100n,
  payer: null,
}
const failed: ChargeOutcome = { kind: 'declined', reason: 'payer_declined', channelCode: '01' }

type Said = { charges?: ChargeOutcome[]; voids?: Reply[]; answer?: Reply; now?: Date }

/** UnionPay's words in the order in which they come, and what it was asked. */
async function reverse({ charges = [], voids = [], answer = said('00'), now = sameDay }: Said) {
  const asked: string[] = []
  const outcome = await reverseCharge(charge, {
    now: () => now,
    query: () => (asked.push('query'), Promise.resolve(charges.shift()!)),
    reverse: () => (asked.push('99'), Promise.resolve(answer)),
    sendVoid: (queryId) => (asked.push(`31 ${queryId}`), Promise.resolve(answer)),
    queryVoid: () => (asked.push('query void'), Promise.resolve(voids.shift()!)),
  })
  return { outcome, asked }
}

test('what nobody knows is reversed, and is seen to be', async () => {
  expect(await reverse({ charges: [unknown('05'), failed] })).toEqual({
    outcome: { kind: 'reversed', wasPaid: null, channelCode: '01' },
    asked: ['query', '99', 'query'],
  })
})

test.each<[string, ChargeOutcome]>([
  ['paid', paid],
  ['unknown', unknown('05')],
])('an accepted reversal of what is still %s is not done', async (_word, after) => {
  const { outcome } = await reverse({ charges: [unknown('05'), after] })
  expect(outcome).toEqual({ kind: 'again', channelCode: '00' })
})

test.each(['04', '34', '35', '39', '46', '99'])(
  'a reversal answered with %s is tried again',
  async (code) => {
    const { outcome } = await reverse({ charges: [unknown('05')], answer: said(code) })
    expect(outcome).toEqual({ kind: 'again', channelCode: code })
  },
)

test.each(['TIMEOUT', 'NOT_SIGNED', 'OTHER_ORDER', '34'])(
  'with nothing known (%s) nothing is reversed, and it is asked again',
  async (code) => {
    const { outcome, asked } = await reverse({ charges: [unknown(code)] })
    expect(outcome).toEqual({ kind: 'again', channelCode: code })
    expect(asked).toEqual(['query'])
  },
)

test.each<[string, ChargeOutcome]>([
  ['01', failed],
  ['34', { kind: 'not_found', channelCode: '34' }],
  ['46', { kind: 'reversed', channelCode: '46' }],
])('what has ended unpaid (%s) needs no reversal', async (channelCode, before) => {
  expect(await reverse({ charges: [before] })).toEqual({
    outcome: { kind: 'reversed', wasPaid: null, channelCode },
    asked: ['query'],
  })
})

test('nothing is reversed on another clearing day', async () => {
  const { outcome, asked } = await reverse({ charges: [unknown('05')], now: nextDay })
  expect(outcome).toEqual({ kind: 'again', channelCode: 'OTHER_CLEARING_DAY' })
  expect(asked).toEqual(['query'])
})

test('what was paid is voided, once, and is seen to be', async () => {
  const voids = [said('34'), said('00', { origRespCode: '00' })]
  expect(await reverse({ charges: [paid], voids })).toEqual({
    outcome: { kind: 'reversed', wasPaid: true, channelCode: 'voided' },
    asked: ['query', 'query void', '31 Q1', 'query void'],
  })
  const known = await reverse({ charges: [paid], voids: [said('00', { origRespCode: '00' })] })
  expect(known.asked).toEqual(['query', 'query void'])
  expect(known.outcome).toMatchObject({ kind: 'reversed', wasPaid: true })
})

test('a void that is under way is asked for again, and not sent again', async () => {
  const { outcome, asked } = await reverse({
    charges: [paid],
    voids: [said('00', { origRespCode: '05' })],
  })
  expect(outcome).toEqual({ kind: 'again', channelCode: '05' })
  expect(asked).toEqual(['query', 'query void'])
})

test('a void whose answer was lost may be there, so it is asked for', async () => {
  const voids = [said('34'), said('34')]
  const { outcome } = await reverse({ charges: [paid], voids, answer: { problem: 'TIMEOUT' } })
  expect(outcome).toEqual({ kind: 'again', channelCode: 'TIMEOUT', isIll: true })
})

test.each([
  ['45', { kind: 'reversed', wasPaid: true, channelCode: '45' }],
  ['35', { kind: 'refused', channelCode: '35' }],
  ['36', { kind: 'refused', channelCode: '36' }],
  ['39', { kind: 'refused', channelCode: '39' }],
])('a void answered with %s', async (code, outcome) => {
  const { outcome: got } = await reverse({
    charges: [paid],
    voids: [said('34')],
    answer: said(code),
  })
  expect(got).toEqual(outcome)
})

test('what was paid on an earlier clearing day can only be refunded', async () => {
  const { outcome, asked } = await reverse({ charges: [paid], voids: [said('34')], now: nextDay })
  expect(outcome).toEqual({ kind: 'refused', channelCode: 'OTHER_CLEARING_DAY' })
  expect(asked).toEqual(['query', 'query void'])
})

test.each<[Reply, string | undefined]>([
  [said('00', { origRespCode: '00' }), 'reversed'],
  [said('00', { origRespCode: '03' }), 'again'],
  [said('00', { origRespCode: '04' }), 'again'],
  [said('00', { origRespCode: '05' }), 'again'],
  [said('00', { origRespCode: '35' }), 'refused'],
  [said('00', { origRespCode: '60' }), 'refused'],
  [said('00'), 'again'],
  [said('04'), 'again'],
  [said('34'), undefined],
  [{ problem: 'TIMEOUT' }, 'again'],
])('a void of which UnionPay says %j', (reply, kind) => {
  expect(readVoid(reply)?.kind).toBe(kind)
})

test('an order that nobody has paid is closed by a reversal, and a paid one stays', async () => {
  const asked: string[] = []
  const close = (charges: ChargeOutcome[]) =>
    closeCharge(charge, {
      now: () => sameDay,
      query: () => Promise.resolve(charges.shift()!),
      reverse: () => (asked.push('99'), Promise.resolve(said('00'))),
      sendVoid: () => Promise.reject(new Error('a paid order is not given back')),
      queryVoid: () => Promise.reject(new Error('nothing was voided')),
    })
  expect(await close([unknown('05'), failed])).toMatchObject({ kind: 'reversed' })
  expect(await close([paid])).toEqual({ kind: 'refused', channelCode: 'PAID' })
  expect(asked).toEqual(['99'])
})

test('what is not answered at all says so, so that the breaker can count it', async () => {
  const silent: ChargeOutcome = {
    ...{ kind: 'unknown', waitsFor: 'channel', channelCode: 'TIMEOUT', isIll: true },
  }
  const { outcome, asked } = await reverse({ charges: [silent] })
  expect(outcome).toEqual({ kind: 'again', channelCode: 'TIMEOUT', isIll: true })
  expect(asked).toEqual(['query'])
})
