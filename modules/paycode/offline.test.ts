import { createHmac } from 'node:crypto'

import fc from 'fast-check'
import { expect, test } from 'vitest'

import { AssertionError } from '../lib/assert.ts'
import {
  classify,
  compileIssuers,
  offlineCode,
  ownIssuers,
  parse,
  slotAt,
  slotEndsAtMs,
  splitOffline,
  timeCodeOf,
  timeCodeText,
} from './paycode.ts'

const of = { institutionId: 'ins_demo', prefix: '81' }
const { online, offline } = ownIssuers('ins_demo', '80', new Date(0))
const issuers = compileIssuers([online, offline], new Date())

test('a time code is the first six bytes of the hash, modulo a million', () => {
  // Worked out by another language's library.
  const text = timeCodeText('81', '6853642304', 29_731_680)
  expect(text).toBe('pay1:81:6853642304:29731680')
  const mac = createHmac('sha256', Buffer.alloc(32, 7)).update(text).digest()
  expect(timeCodeOf(mac)).toBe('431526')
  expect(timeCodeOf(new Uint8Array(6))).toBe('000000')
  expect(() => timeCodeOf(new Uint8Array(5))).toThrow(AssertionError)
})

test('what a device puts together a till reads back as an offline code of its institution', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^\d{10}$/), fc.stringMatching(/^\d{6}$/), (alias, timeCode) => {
      const code = offlineCode(of, { alias, timeCode })
      const read = parse(code.reveal(), issuers).ok
      expect(read && classify(read).proof).toBe('one_time_offline')
      expect(read?.issuer.institutionId).toBe('ins_demo')
      expect(splitOffline(code.reveal(), '81')).toEqual({ alias, timeCode })
      expect(String(code)).toBe(`81…${timeCode.slice(-2)}`)
    }),
  )
})

test('a longer prefix leaves a shorter alias, and parts of another length are refused', () => {
  const long = { ...of, prefix: '9009' }
  const parts = { alias: '12345678', timeCode: '000042' }
  expect(offlineCode(long, parts).reveal()).toBe('900912345678000042')
  expect(splitOffline('900912345678000042', '9009')).toEqual(parts)
  for (const wrong of [
    { alias: '123456789', timeCode: '123456' },
    { alias: '1234567890', timeCode: '12345' },
    { alias: '12345678９0', timeCode: '123456' },
  ])
    expect(() => offlineCode(of, wrong)).toThrow(AssertionError)
})

test('slots follow the server’s clock, whatever the device’s shows', () => {
  const serverMs = Date.UTC(2026, 10, 23, 2, 13, 20)
  const slowByMs = 400_000
  expect(slotAt(serverMs - slowByMs, slowByMs)).toBe(slotAt(serverMs))
  expect(slotEndsAtMs(slotAt(serverMs))).toBe(Date.UTC(2026, 10, 23, 2, 14))
  expect(slotEndsAtMs(slotAt(serverMs), slowByMs)).toBe(Date.UTC(2026, 10, 23, 2, 14) - slowByMs)
})
