import { createHmac, randomBytes } from 'node:crypto'

import { expect, test } from 'vitest'

import type { Hmac } from './paycode.ts'
import { compileIssuers, onlineCode, ownIssuers, parse } from './paycode.ts'

const { online } = ownIssuers('ins_demo', '80', new Date('2026-01-01T00:00:00Z'))
const table = compileIssuers([online], new Date('2026-11-23T00:00:00Z'))

test('a new code is the prefix and sixteen digits, and parses as its own', () => {
  for (let made = 0; made < 1_000; made += 1) {
    const code = onlineCode(online, randomBytes)
    expect(code.reveal()).toMatch(/^80\d{16}$/)
    expect(parse(code.reveal(), table).ok).toEqual(code)
  }
})

test('a longer prefix leaves fewer random digits', () => {
  const code = onlineCode(ownIssuers('ins_late', '9008', new Date(0)).online, randomBytes)
  expect(code.reveal()).toMatch(/^9008\d{14}$/)
})

test('every digit is equally likely at every place', () => {
  const codes = 20_000
  const counts = Array.from({ length: 160 }, () => 0)
  for (let made = 0; made < codes; made += 1) {
    const digits = onlineCode(online, randomBytes).reveal().slice(2)
    for (let place = 0; place < 16; place += 1) counts[place * 10 + Number(digits[place])]! += 1
  }
  // Chi-squared with 144 degrees of freedom: above 230 comes by chance once in a hundred thousand.
  const expected = codes / 10
  const chiSquared = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
  expect(chiSquared).toBeLessThan(230)
})

test('bytes that would favour the low digits are thrown away', () => {
  const bytes = [250, 251, 252, 253, 254, 255, 249, 0]
  const uneven = (count: number) => Uint8Array.from({ length: count }, (_, at) => bytes[at % 8]!)
  expect(onlineCode(online, uneven).reveal()).toBe('809090909090909090')
})

test('a code is hashed under its own word, so its hash is nothing else’s', () => {
  const hmac: Hmac = (key, text) => createHmac('sha256', key).update(text).digest()
  const pepper = randomBytes(32)
  const code = parse('801234567890123456', table).ok!
  expect(code.keyedHash(pepper, hmac)).toEqual(
    createHmac('sha256', pepper).update('payment_code:801234567890123456').digest(),
  )
  expect(code.keyedHash(randomBytes(32), hmac)).not.toEqual(code.keyedHash(pepper, hmac))
})
