import { expect, test } from 'vitest'

import type { Mandate } from '../../ui/types.ts'
import { changeOf, draftOf, problemsOf, stopAt, stopsUpTo, withLevel } from './draft.ts'

const mandate: Mandate = {
  ...{ object: 'mandate', id: 'mnd_1', level: 'B', granted_level: 'B', consent: 'standing' },
  ...{ per_payment: 500_000, per_day: 500_000, per_month: 5_000_000, no_pin: 100_000 },
  ...{ pin_above: 100_000, per_day_count: null, offline_per_day: 100_000 },
  ...{ merchants: null, shop_kinds: null, areas: null, hours: null },
  ...{ used_today: 0, used_this_month: 0, used_count_today: 0 },
  ...{ no_pin_used_today: 0, offline_used_today: 0, currency: 'CNY', business_date: '2026-11-23' },
  caps: {
    ...{ per_day_max: 500_000, no_pin_max: 100_000, offline_per_day_max: 100_000 },
    per_day_by_level: [
      { level: 'A', per_day_max: null },
      { level: 'B', per_day_max: 500_000 },
      { level: 'C', per_day_max: 100_000 },
      { level: 'D', per_day_max: 50_000 },
    ],
  },
}
const draft = draftOf(mandate)

test('a draft that was just begun changes nothing and has nothing wrong', () => {
  expect(changeOf(mandate, draft)).toEqual({})
  expect(problemsOf(mandate, draft)).toEqual({})
})

test('only what was changed is sent, and an empty list is no bound', () => {
  const amounts = { ...draft.amounts, per_payment: '88.88' }
  const lists = { merchants: [{ id: 'mch_1', name: '店' }], areas: [], shop_kinds: [] }
  expect(changeOf(mandate, { ...draft, amounts, count: '3', ...lists })).toEqual({
    ...{ per_payment: 8_888, per_day_count: 3, merchants: ['mch_1'] },
  })
  const bounded: Mandate = { ...mandate, shop_kinds: ['online'] }
  expect(changeOf(bounded, { ...draftOf(bounded), shop_kinds: [] })).toEqual({ shop_kinds: null })
})

test('a lower level takes the limits down to its cap, and what is above a cap is told', () => {
  const lower = withLevel(mandate, draft, 'D')
  expect(changeOf(mandate, lower)).toEqual({ level: 'D', per_payment: 50_000, per_day: 50_000 })
  const typed = { ...lower.amounts, per_day: '500.01', no_pin: 'x' }
  const wrong = { ...lower, amounts: typed, count: '0', hours: [{ days: [], from: '', until: '' }] }
  expect(problemsOf(mandate, wrong)).toEqual({
    ...{ per_day: { above: 50_000 }, no_pin: 'not_amount', count: 'not_count', hours: 'no_day' },
  })
})

test('a slider stops at round amounts and at the cap', () => {
  const stops = stopsUpTo(100_000, 100)
  expect(stops.at(-1)).toBe(100_000)
  expect([stopAt(stops, 0), stops[stopAt(stops, 8_888)]]).toEqual([0, 5_000])
  expect(stopAt(stops, 900_000)).toBe(stops.length - 1)
})
