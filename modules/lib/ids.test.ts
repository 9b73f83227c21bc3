import { expect, test } from 'vitest'

import { AssertionError } from './assert.ts'
import { idTime, isId, newId } from './ids.ts'

const noonMs = Date.UTC(2026, 10, 23, 12)

test('an id is its kind and 26 characters of lower-case Crockford base32', () => {
  for (let made = 0; made < 1_000; made += 1) {
    expect(newId('pay')).toMatch(/^pay_[0-7][0-9abcdefghjkmnpqrstvwxyz]{25}$/)
  }
})

test('an id is a UUID of version 7 that tells when it was made', () => {
  const id = newId('trm', noonMs)
  const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
  const value = [...id.slice(4)].reduce(
    (sum, char) => sum * 32n + BigInt(alphabet.indexOf(char)),
    0n,
  )
  const hex = value.toString(16).padStart(32, '0')
  expect(Number.parseInt(hex.slice(0, 12), 16)).toBe(noonMs)
  expect(hex[12]).toBe('7')
  expect('89ab').toContain(hex[16])
  expect(idTime(id)).toEqual(new Date(noonMs))
})

test('ids made in one millisecond sort in the order of making', () => {
  const ids = Array.from({ length: 20_000 }, () => newId('evt', noonMs + 60_000))
  expect(ids.toSorted()).toEqual(ids)
  expect(new Set(ids).size).toBe(ids.length)
})

test('a small step back of the clock keeps the order, a large one is believed', () => {
  const first = newId('msg', noonMs + 3_600_000)
  const second = newId('msg', noonMs + 3_600_000 - 5_000)
  expect(second > first).toBe(true)
  expect(idTime(newId('msg', noonMs))).toEqual(new Date(noonMs))
})

test.each([
  ['pay_01arz3ndektsv4rrffq69g5fav', true],
  ['pay_01arz3ndektsv4rrffq69g5fa', false],
  ['pay_01arz3ndektsv4rrffq69g5favv', false],
  ['pay_81arz3ndektsv4rrffq69g5fav', false],
  ['pay_01ARZ3NDEKTSV4RRFFQ69G5FAV', false],
  ['pay_01arz3ndektsv4rrffq69g5fau', false],
  ['trm_01arz3ndektsv4rrffq69g5fav', false],
  ['pay_01arz3ndektsv4rrffq69g5fav\n', false],
  ['', false],
])('%j is an id of a payment: %s', (text, expected) => {
  expect(isId('pay', text)).toBe(expected)
})

test('the time of what is no id is a mistake of ours', () => {
  expect(() => idTime('yesterday')).toThrow(AssertionError)
  expect(() => newId('pay', 1.5)).toThrow(AssertionError)
})
