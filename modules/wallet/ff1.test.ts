import { FF1 } from '@noble/ciphers/ff1.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { AssertionError } from '../lib/assert.ts'
import { digitCipher } from './ff1.ts'

const key = (hex: string) => Buffer.from(hex, 'hex')
const KEY_128 = '2B7E151628AED2A6ABF7158809CF4F3C'
const KEY_192 = `${KEY_128}EF4359D8D580AA4F`
const KEY_256 = `${KEY_128}EF4359D8D580AA4F7F036D6F04FC6A94`

// Source: NIST, FF1 samples 1, 2, 4, 5, 7 and 8 of SP 800-38G; the last two were worked out by
// another implementation (reference/protocols.md §9.1).
test.each([
  [KEY_128, '', '0123456789', '2433477484'],
  [KEY_128, '9876543210', '0123456789', '6124200773'],
  [KEY_192, '', '0123456789', '2830668132'],
  [KEY_192, '9876543210', '0123456789', '2496655549'],
  [KEY_256, '', '0123456789', '6657667009'],
  [KEY_256, '9876543210', '0123456789', '1001623463'],
  [KEY_128, '90:1', '0000000112345678', '1038693103289208'],
  [KEY_128, '81:0001', '1000000507', '6853642304'],
])('under %s and the tweak %j the digits %s become %s and back', (hex, tweak, plain, hidden) => {
  const cipher = digitCipher(key(hex), tweak)
  expect(cipher.encrypt(plain)).toBe(hidden)
  expect(cipher.decrypt(hidden)).toBe(plain)
})

const keys = fc
  .constantFrom(16, 24, 32)
  .chain((bytes) => fc.uint8Array({ minLength: bytes, maxLength: bytes }))

test('any digits become what another implementation makes of them, and come back', () => {
  fc.assert(
    fc.property(
      keys,
      fc.stringMatching(/^[0-9:]{0,40}$/),
      fc.stringMatching(/^\d{6,18}$/),
      (bytes, tweak, digits) => {
        const cipher = digitCipher(bytes, tweak)
        const hidden = cipher.encrypt(digits)
        const other = FF1(10, bytes, new TextEncoder().encode(tweak))
        expect(hidden).toBe(other.encrypt(Array.from(digits, Number)).join(''))
        expect(cipher.decrypt(hidden)).toBe(digits)
      },
    ),
    { numRuns: 300 },
  )
})

test('what is too short, too long or no digits is a mistake of ours', () => {
  const cipher = digitCipher(key(KEY_128), '')
  for (const text of ['12345', '1234567890123456789', '12345x', '１２３４５６'])
    expect(() => cipher.encrypt(text)).toThrow(AssertionError)
})
