import { expect, test } from 'vitest'
import { footerOf, lockAfterMs, newlySaid } from './settings-said.ts'

test('what was said before is not applied again, so that the cashier’s own choice stays', () => {
  const before = { 'till.sound': true, 'till.receipt_width': 58 }
  expect(newlySaid(before, before)).toEqual({})
  expect(newlySaid(before, { ...before, 'till.receipt_width': 80 })).toEqual({
    'till.receipt_width': 80,
  })
  expect(newlySaid({}, before)).toEqual(before)
})

test.each<[unknown, number | null]>([
  [undefined, null],
  [0, null],
  [5, 300_000],
  ['5', 300_000],
  ['soon', null],
])('a till that locks itself after %s minutes waits %s ms', (minutes, ms) => {
  expect(lockAfterMs({ 'till.lock_after_minutes': minutes })).toBe(ms)
})

test('the shop’s own footer stands under a receipt, and an empty one is none', () => {
  expect(footerOf({ 'till.receipt_footer': ' 欢迎再来 ' })).toBe('欢迎再来')
  expect(footerOf({ 'till.receipt_footer': '  ' })).toBeNull()
  expect(footerOf(undefined)).toBeNull()
})
