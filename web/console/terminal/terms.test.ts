import { expect, test } from 'vitest'

import { termsOf, valuesOf } from './terms.ts'
import type { PermissionTerms } from './types.ts'

const nothing: PermissionTerms = {
  may_take_payment: null,
  may_refund: null,
  may_reverse: null,
  limit_per_payment: null,
  limit_per_day: null,
  hours: null,
  schemes: null,
  fence_radius_m: null,
  fence_action: null,
  is_locked: false,
}

const levels: [what: string, terms: PermissionTerms][] = [
  ['says nothing', nothing],
  ['locks', { ...nothing, is_locked: true }],
  ['forbids refunds', { ...nothing, may_refund: false, may_take_payment: true }],
  ['limits', { ...nothing, limit_per_payment: 50_000, limit_per_day: 1_234_56 }],
  ['sets hours', { ...nothing, hours: [{ days: [1, 5], from: '08:00', until: '22:00' }] }],
  ['fences', { ...nothing, fence_radius_m: 300, fence_action: 'ask', schemes: ['wechat'] }],
]
test.each(levels)('a level that %s is the same after its form', (_what, terms) => {
  expect(termsOf(valuesOf(terms))).toEqual(terms)
})

test('hours without days are hours of every day', () => {
  expect(termsOf({ from: '08:00', until: '12:00' }).hours).toEqual([
    { days: [1, 2, 3, 4, 5, 6, 7], from: '08:00', until: '12:00' },
  ])
})
