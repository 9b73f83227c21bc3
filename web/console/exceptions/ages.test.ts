import { expect, test } from 'vitest'
import type { ExceptionView } from '../types.ts'
import { ageOf, riskByKind, urgency } from './ages.ts'

test('the value at risk is summed by kind, kinds without any too', () => {
  const one = (kind: string, amount: number) => ({ kind, amount }) as ExceptionView
  const open = [one('late_success', 300), one('late_success', 200), one('stuck_unknown', 1)]
  expect(riskByKind(open)).toEqual([
    { kind: 'late_success', count: 2, amountMinor: 500 },
    { kind: 'stuck_unknown', count: 1, amountMinor: 1 },
    { kind: 'refund_failed', count: 0, amountMinor: 0 },
    { kind: 'amount_mismatch', count: 0, amountMinor: 0 },
  ])
})

test.each([
  [0, { unit: 'second', count: 0 }, 'fresh'],
  [59, { unit: 'second', count: 59 }, 'fresh'],
  [3_599, { unit: 'minute', count: 59 }, 'fresh'],
  [7_300, { unit: 'hour', count: 2 }, 'late'],
  [200_000, { unit: 'day', count: 2 }, 'old'],
])(
  '%i seconds are told in one unit, and are more urgent the longer they are',
  (seconds, age, how) => {
    expect(ageOf(seconds)).toEqual(age)
    expect(urgency(seconds)).toBe(how)
  },
)
