import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'

import { openPairing, pairingSignature, type Asked } from './pairing.ts'

const key = randomBytes(32).toString('base64url')
const nowMs = 1_700_000_000_000
const asked: Asked = {
  ...{ method: 'POST', path: '/charge', body: '{"amount":100}', authorization: '' },
  ...{ time: '1700000000', nonce: 'nonce-0001', signature: '' },
}
const signed = (part: Partial<Asked> = {}, by = key): Asked => {
  const request = { ...asked, ...part }
  return { ...request, signature: pairingSignature(by, request) }
}

test('the paired register is let in by its signature, once for each nonce, or by the key itself', () => {
  const isPaired = openPairing(key, () => nowMs)
  expect(isPaired(signed())).toBe(true)
  expect(isPaired(signed())).toBe(false)
  expect(isPaired(signed({ nonce: 'nonce-0002' }))).toBe(true)
  expect(isPaired({ ...asked, authorization: `Bearer ${key}` })).toBe(true)
})

test.each<[string, Asked]>([
  ['nothing', asked],
  ['another key', signed({}, randomBytes(32).toString('base64url'))],
  ['another body', { ...signed(), body: '{"amount":1}' }],
  ['another path', { ...signed(), path: '/cancel' }],
  ['an old time', signed({ time: '1699999600' })],
  ['a time to come', signed({ time: '1700000400' })],
  ['no time', signed({ time: '' })],
  ['a short nonce', signed({ nonce: 'n' })],
  ['a wrong bearer', { ...asked, authorization: `Bearer ${key}x` }],
])('a request with %s is not the register’s', (_, request) => {
  expect(openPairing(key, () => nowMs)(request)).toBe(false)
})
