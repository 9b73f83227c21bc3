import { expect, test } from 'vitest'

import { judgePlace, type Around, type JudgedPlace, type MeasuredPlace } from './judge.ts'

const now = new Date('2026-11-23T02:00:00Z')
const store = { latitude: 31.2304, longitude: 121.4737 }
// About 111 m a thousandth of a degree to the north.
const north = (metres: number) => ({
  ...{ latitude: store.latitude + metres / 111_195, longitude: store.longitude },
  accuracyM: 10,
})
const fence = { radiusM: 100, action: 'refuse' } as const
const around: Around = { store, last: null, fence, now }
const secondsAgo = (seconds: number) => new Date(now.getTime() - seconds * 1000)
const lastAt = (metres: number, seconds: number) => ({ ...north(metres), at: secondsAgo(seconds) })

const cases: [what: string, MeasuredPlace | null, Partial<Around>, JudgedPlace][] = [
  ['at the counter', north(20), {}, { flags: [], distanceM: 20 }],
  ['outside by less than the error', north(109), {}, { flags: [], distanceM: 109 }],
  ['outside', north(112), {}, { flags: ['outside_fence'], distanceM: 112 }],
  [
    'outside with a claimed error of a kilometre',
    { ...north(500), accuracyM: 1_000 },
    {},
    { flags: ['outside_fence'], distanceM: 500 },
  ],
  ['no place', null, {}, { flags: ['no_position'], distanceM: null }],
  [
    'no place and no fence',
    null,
    { fence: { ...fence, radiusM: 0 } },
    { flags: [], distanceM: null },
  ],
  ['no fence', north(5_000), { fence: { ...fence, radiusM: 0 } }, { flags: [], distanceM: 5_000 }],
  ['the store is nowhere', north(5_000), { store: null }, { flags: [], distanceM: null }],
  ['a kilometre in a minute', north(50), { last: lastAt(1_050, 60) }, { flags: [], distanceM: 50 }],
  [
    'three kilometres in a minute',
    north(50),
    { last: lastAt(3_050, 60) },
    { flags: ['jump'], distanceM: 50 },
  ],
  ['made up', { ...north(5), isMock: true }, {}, { flags: ['mock'], distanceM: 5 }],
  [
    'to the last digit where it was, and without an error',
    { ...north(5), accuracyM: 0, isExact: true },
    { last: lastAt(5, 60) },
    { flags: ['mock'], distanceM: 5 },
  ],
  [
    'measured three minutes ago',
    { ...north(5), measuredAt: secondsAgo(180) },
    {},
    { flags: ['stale'], distanceM: 5 },
  ],
]
test.each(cases)('a terminal is judged by its place: %s', (_what, place, some, judged) => {
  expect(judgePlace(place, { ...around, ...some })).toEqual(judged)
})
