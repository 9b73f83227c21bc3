import fc from 'fast-check'
import { expect, test } from 'vitest'

import { canonicalJson, type Json } from './canonical.ts'

const table: [Json, string][] = [
  [null, 'null'],
  [{ b: 1, a: [true, 'x'] }, '{"a":[true,"x"],"b":1}'],
  [{ left_out: undefined, kept: null }, '{"kept":null}'],
  [{ zh: '晨光便利店' }, '{"zh":"晨光便利店"}'],
  ['half \ud83d', '"half \ufffd"'],
  ['a\u0000b', '"a\ufffdb"'],
  [31.2304, '31.2304'],
]
test.each(table)('%j is written as %s', (value, text) => {
  expect(canonicalJson(value)).toBe(text)
})

test('the order of names does not matter, and reading it again changes nothing', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const text = canonicalJson(value as Json)
      expect(canonicalJson(JSON.parse(text) as Json)).toBe(text)
    }),
  )
})
