import { describe, expect, test } from 'vitest'

import type { DeclineReason } from '../errors/errors.ts'
import { isWithin } from '../lib/week-hours.ts'
import { counterKey, type Counter, type Counters } from './limits.ts'
import { heldTo, needsPin, overLimit, type Asked, type Terms } from './mandate-terms.ts'
import type { Spot } from './mandate-spot.ts'

const bund = { latitude: 31.24, longitude: 121.49 }
const nowhere = { latitude: 31.9, longitude: 121.49 }
// Monday, ten in the morning.
const spot: Spot = {
  ...{ merchantId: 'mch_a', shopKind: 'supermarket', position: bund, weekday: 1, minuteOfDay: 600 },
}
const wide: Terms = {
  ...{ id: 'mnd_1', currency: 'CNY', grantedLevel: 'A', level: 'A', mayPay: true },
  ...{ perPaymentMinor: 1_000n, perDayMinor: 2_000n, perMonthMinor: 3_000n, noPinMinor: 500n },
  ...{ perDayCount: null, offlinePerDayMinor: 700n, consent: 'standing' },
  ...{ merchants: null, shopKinds: null, areas: null, hours: null },
}
const counters = (today: Partial<Counter>, monthMinor = 0n): Counters => {
  const unused = { usedMinor: 0n, count: 0, noPinMinor: 0n, offlineMinor: 0n }
  return new Map([
    [counterKey('mnd_1', '2026-11-23'), { ...unused, ...today }],
    [counterKey('mnd_1', '2026-11'), { ...unused, usedMinor: monthMinor }],
  ])
}
const asked: Asked = {
  ...{ day: '2026-11-23', month: '2026-11', needsPin: false, isOffline: false },
  ...{ amountMinor: 100n, spot },
}

type Case = [string, Partial<Terms>, Partial<Asked>, Counters, DeclineReason | null]
const none = counters({})
const area = { ...bund, radiusM: 500, name: 'here' }
const weekend = { days: [6, 7], from: '08:00', until: '22:00' }

test.each<Case>([
  ['what the payer allows', {}, {}, none, null],
  ['a frozen wallet', { mayPay: false }, {}, none, 'payer_frozen'],
  ['a fen above one payment', {}, { amountMinor: 1_001n }, none, 'over_payment_limit'],
  ['all of one payment', {}, { amountMinor: 1_000n }, none, null],
  ['a fen above the day', {}, {}, counters({ usedMinor: 1_901n }), 'over_day_limit'],
  ['all of the day', {}, {}, counters({ usedMinor: 1_900n }), null],
  ['a fen above the month', {}, {}, counters({}, 2_901n), 'over_month_limit'],
  ['one payment too many', { perDayCount: 3 }, {}, counters({ count: 3 }), 'over_count_limit'],
  ['the last payment of the day', { perDayCount: 3 }, {}, counters({ count: 2 }), null],
  ['a shop that is named', { merchants: ['mch_a'] }, {}, none, null],
  ['another shop', { merchants: ['mch_b'] }, {}, none, 'shop_not_allowed'],
  ['a kind of shop that is named', { shopKinds: ['supermarket'] }, {}, none, null],
  ['another kind of shop', { shopKinds: ['online'] }, {}, none, 'shop_not_allowed'],
  ['a place inside', { areas: [area] }, {}, none, null],
  [
    'a place outside',
    { areas: [area] },
    { spot: { ...spot, position: nowhere } },
    none,
    'outside_area',
  ],
  [
    'a place that nobody knows',
    { areas: [area] },
    { spot: { ...spot, position: null } },
    none,
    'position_unknown',
  ],
  ['another day of the week', { hours: [weekend] }, {}, none, 'outside_hours'],
  ['one of several hours', { hours: [weekend, { ...weekend, days: [1] }] }, {}, none, null],
  [
    'a shop of another institution, where shops are named',
    { merchants: ['mch_a'] },
    { spot: { ...spot, merchantId: null } },
    none,
    'shop_not_allowed',
  ],
  [
    'a shop of another institution, where kinds are named',
    { shopKinds: ['other'] },
    { spot: { ...spot, shopKind: null } },
    none,
    'shop_not_allowed',
  ],
  [
    'a fen above the day of offline codes',
    {},
    { isOffline: true },
    counters({ offlineMinor: 601n }),
    'over_offline_limit',
  ],
  ['the same by an online code', {}, {}, counters({ offlineMinor: 601n }), null],
  [
    'what the institution lets go offline',
    {},
    { isOffline: true, offlineCapMinor: 99n },
    none,
    'over_offline_limit',
  ],
])('%s', (...[, terms, how, used, reason]) => {
  expect(overLimit(heldTo({ ...wide, ...terms }), used, { ...asked, ...how })).toBe(reason)
})

describe('the caps of the regulation hold whatever was written', () => {
  const plenty = { perDayMinor: 9_000_000n, offlinePerDayMinor: 9_000_000n, noPinMinor: 9_000_000n }
  test.each([
    ['A', 'A', 9_000_000n],
    ['A', 'B', 500_000n],
    ['A', 'C', 100_000n],
    ['A', 'D', 50_000n],
    // What the institution has not granted does not count.
    ['C', 'A', 100_000n],
  ] as const)('granted %s, chosen %s: %s a day', (grantedLevel, level, perDayMinor) => {
    const held = heldTo({ ...wide, ...plenty, grantedLevel, level })
    expect(held).toMatchObject({ perDayMinor, offlinePerDayMinor: 100_000n })
    const usedMinor = counters({ noPinMinor: 99_900n })
    const ask = (amountMinor: bigint) => needsPin(held, usedMinor, { ...asked, amountMinor })
    expect([ask(100n), ask(101n)]).toEqual([false, true])
  })
})

test('the PIN is due above the limit of one payment, and always where each is to be confirmed', () => {
  const held = heldTo(wide)
  expect(needsPin(held, none, { ...asked, amountMinor: 500n })).toBe(false)
  expect(needsPin(held, none, { ...asked, amountMinor: 501n })).toBe(true)
  expect(needsPin({ ...held, consent: 'each' }, none, { ...asked, amountMinor: 1n })).toBe(true)
})

test.each([
  ['08:00', '22:00', [1], 1, '08:00', true],
  ['08:00', '22:00', [1], 1, '22:00', false],
  ['08:00', '22:00', [2], 1, '10:00', false],
  ['00:00', '24:00', [1], 1, '23:59', true],
  ['20:00', '02:00', [7], 1, '01:59', true], // since Sunday evening
  ['20:00', '02:00', [1], 1, '01:59', false],
  ['20:00', '02:00', [1], 2, '01:59', true],
  ['20:00', '02:00', [1], 1, '20:00', true],
  ['20:00', '02:00', [1], 1, '19:59', false],
] as const)('%s–%s on %j: on day %d at %s %s', (...[from, until, days, weekday, clock, is]) => {
  const [hour, minute] = clock.split(':').map(Number) as [number, number]
  expect(isWithin({ from, until, days }, { weekday, minuteOfDay: hour * 60 + minute })).toBe(is)
})
