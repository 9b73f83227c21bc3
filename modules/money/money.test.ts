import fc from 'fast-check'
import { expect, test } from 'vitest'

import { AssertionError } from '../lib/assert.ts'
import type { Currency } from './money.ts'
import {
  bpsOf,
  currencies,
  decimalsOf,
  formatDecimal,
  formatMinor,
  isCurrency,
  LARGEST_AMOUNT_MINOR,
  largestRemainder,
  parseMinor,
} from './money.ts'

test.each<[bigint, Currency, string]>([
  [25_000n, 'CNY', '250.00 CNY'],
  [5n, 'CNY', '0.05 CNY'],
  [0n, 'CNY', '0.00 CNY'],
  [-5n, 'CNY', '-0.05 CNY'],
  [-12_345n, 'USD', '-123.45 USD'],
  [300n, 'JPY', '300 JPY'],
  [0n, 'JPY', '0 JPY'],
  [1_234n, 'KWD', '1.234 KWD'],
  [9_007_199_254_740_991n, 'CNY', '90071992547409.91 CNY'],
])('%s minor units of %s read as %s', (amountMinor, currency, expected) => {
  expect(formatMinor(amountMinor, currency)).toBe(expected)
})

test.each<[string, Currency, bigint | null]>([
  ['88.5', 'CNY', 8_850n],
  ['88', 'CNY', 8_800n],
  ['88.', 'CNY', 8_800n],
  ['.5', 'CNY', 50n],
  ['0', 'CNY', 0n],
  ['007', 'CNY', 700n],
  ['90071992547409.91', 'CNY', LARGEST_AMOUNT_MINOR],
  ['300', 'JPY', 300n],
  ['1.234', 'KWD', 1_234n],
  ['90071992547409.92', 'CNY', null],
  ['88.505', 'CNY', null],
  ['300.5', 'JPY', null],
  ['', 'CNY', null],
  ['.', 'CNY', null],
  ['-5', 'CNY', null],
  ['+5', 'CNY', null],
  ['1e3', 'CNY', null],
  ['1,000', 'CNY', null],
  [' 5', 'CNY', null],
  ['５', 'CNY', null],
  ['5 yuan', 'CNY', null],
  ['1.2.3', 'CNY', null],
  ['99999999999999999999', 'CNY', null],
])('the typed text %j is, in %s, %s', (typed, currency, expected) => {
  expect(parseMinor(typed, currency)).toBe(expected)
})

test('only an upper-case code from the list is a currency', () => {
  expect(['CNY', 'JPY', 'cny', 'XXX', 'toString', ''].filter(isCurrency)).toEqual(['CNY', 'JPY'])
})

const amounts = fc.bigInt({ min: 0n, max: LARGEST_AMOUNT_MINOR })

test('an amount that is written and read again is the same amount', () => {
  fc.assert(
    fc.property(amounts, fc.constantFrom(...currencies), (amountMinor, currency) => {
      const text = formatDecimal(amountMinor, currency)
      expect(parseMinor(text, currency)).toBe(amountMinor)
      expect(text.split('.')[1]?.length ?? 0).toBe(decimalsOf(currency))
    }),
  )
})

test('whatever is typed is an amount or null, and never throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (typed) => {
      const amountMinor = parseMinor(typed, 'CNY')
      expect(amountMinor === null || amountMinor >= 0n).toBe(true)
    }),
  )
})

test.each([
  [10_000n, 38n, 38n],
  [100n, 50n, 1n],
  [99n, 50n, 0n],
  [1n, 5_000n, 1n],
  [1n, 4_999n, 0n],
  [3n, 5_000n, 2n],
  [0n, 38n, 0n],
  [25_000n, 0n, 0n],
  [25_000n, 10_000n, 25_000n],
])('%s minor units at %s basis points are %s', (amountMinor, bps, expected) => {
  expect(bpsOf(amountMinor, bps)).toBe(expected)
})

test('rounding is never off by more than half a unit, and half goes up', () => {
  fc.assert(
    fc.property(amounts, fc.bigInt({ min: 0n, max: 20_000n }), (amountMinor, bps) => {
      const errorTimesWhole = bpsOf(amountMinor, bps) * 10_000n - amountMinor * bps
      expect(errorTimesWhole > -5_000n && errorTimesWhole <= 5_000n).toBe(true)
    }),
  )
})

test.each([
  [100n, [1n, 1n, 1n], [34n, 33n, 33n]],
  [10n, [7n, 2n, 1n], [7n, 2n, 1n]],
  [5n, [1n, 2n, 3n], [1n, 2n, 2n]],
  [1n, [1n, 1n], [1n, 0n]],
  [0n, [1n, 1n], [0n, 0n]],
  [7n, [0n, 3n, 0n], [0n, 7n, 0n]],
])('%s shared by %s is %s', (totalMinor, weights, expected) => {
  expect(largestRemainder(totalMinor, weights)).toEqual(expected)
})

test('shared parts add up exactly, and none is a whole unit away from its due', () => {
  const weights = fc
    .array(fc.bigInt({ min: 0n, max: 1_000_000n }), { minLength: 1, maxLength: 20 })
    .filter((list) => list.some((weight) => weight > 0n))
  fc.assert(
    fc.property(amounts, weights, (totalMinor, list) => {
      const parts = largestRemainder(totalMinor, list)
      const whole = list.reduce((sum, weight) => sum + weight)
      expect(parts.reduce((sum, part) => sum + part)).toBe(totalMinor)
      parts.forEach((part, place) => {
        const awayTimesWhole = part * whole - totalMinor * list[place]!
        expect(awayTimesWhole > -whole && awayTimesWhole < whole).toBe(true)
      })
    }),
  )
})

test('a negative amount or nothing to share by is a mistake of ours', () => {
  expect(() => bpsOf(-1n, 38n)).toThrow(AssertionError)
  expect(() => largestRemainder(-1n, [1n])).toThrow(AssertionError)
  expect(() => largestRemainder(1n, [0n, 0n])).toThrow(AssertionError)
  expect(() => largestRemainder(1n, [])).toThrow(AssertionError)
  expect(() => largestRemainder(1n, [2n, -1n])).toThrow(AssertionError)
})
