import { createHmac, randomBytes } from 'node:crypto'

import fc from 'fast-check'
import { expect, test } from 'vitest'

import { slotAt, timeCodeOf, timeCodeText } from '../../modules/paycode/paycode.ts'
import {
  aliasOf,
  ALIASES_PER_EPOCH,
  epochAt,
  epochDiesAt,
  hiddenIn,
  isTimeCode,
  judgeOffline,
  type LockedCode,
  type Proof,
  type Shown,
} from '../../modules/wallet/wallet.ts'

// The codes that a device makes without a network, as the server judges them. No database: what is
// locked and counted is tried in test/flow/offline.test.ts.

const now = new Date('2026-11-23T02:13:20Z')
const prefix = '81'
const terms = { institutionId: 'ins_test', prefix, aliasKey: randomBytes(32) }
const epoch = epochAt(now, 7)
const live: LockedCode = {
  ...{ usedAt: null, stopped: null, maxAmountMinor: null },
  expiresAt: epochDiesAt(epoch, 7),
}

type Device = { number: number; key: Uint8Array }

const devices = fc.record({
  number: fc.integer({ min: 1, max: 9_999_999 }),
  key: fc.uint8Array({ minLength: 32, maxLength: 32 }),
})
const seqs = fc.integer({ min: 0, max: ALIASES_PER_EPOCH - 1 })

const timeCode = ({ key }: Device, alias: string, slot: number) =>
  timeCodeOf(
    createHmac('sha256', key)
      .update(timeCodeText(prefix, alias, slot))
      .digest(),
  )

/** What a till scans of a device at the moment, and what the row of its alias says. */
function show(device: Device, seq: number, slot = slotAt(now.getTime())) {
  const hidden = { epoch, number: device.number, seq }
  const alias = aliasOf(terms, hidden)
  const proof: Proof = { hidden, deviceId: 'dev_1', isDeviceActive: true, key: device.key }
  return { alias, timeCode: timeCode(device, alias, slot), proof }
}

const shown = (alias: string, code: string): Shown => ({
  ...{ prefix, alias, timeCode: code },
  hiddenIn: (one) => hiddenIn(terms, alias, one),
})

const judge = (scanned: Shown, proof: Proof | undefined, code: LockedCode = live) =>
  judgeOffline(scanned, code, { proof, isPayerBlocked: false, now })

test('an alias tells its device, epoch and number to the server, and no two in an epoch are the same', () => {
  fc.assert(
    fc.property(devices, seqs, ({ number }, seq) => {
      const alias = aliasOf(terms, { epoch, number, seq })
      expect(alias).toMatch(/^\d{10}$/)
      expect(hiddenIn(terms, alias, epoch)).toEqual({ epoch, number, seq })
    }),
    { numRuns: 200 },
  )
  const all = [1, 2, 9_999_999].flatMap((number) =>
    Array.from({ length: ALIASES_PER_EPOCH }, (_, seq) => aliasOf(terms, { epoch, number, seq })),
  )
  expect(new Set(all).size).toBe(all.length)
})

test('a code is good in its own minute and the two beside it, and no other', () => {
  fc.assert(
    fc.property(devices, seqs, fc.integer({ min: -5, max: 5 }), (device, seq, late) => {
      const slot = slotAt(now.getTime())
      const { alias, timeCode: code, proof } = show(device, seq, slot + late)
      const good = [-1, 0, 1].map((beside) => timeCode(device, alias, slot + beside))
      expect(judge(shown(alias, code), proof)).toBe(good.includes(code) ? null : 'CODE_WRONG_TIME')
      expect(good.includes(code) || Math.abs(late) > 1).toBe(true)
    }),
    { numRuns: 200 },
  )
})

test('no code with any digit changed is taken', () => {
  const place = fc.integer({ min: 0, max: 15 })
  const step = fc.integer({ min: 1, max: 9 })
  fc.assert(
    fc.property(devices, seqs, place, step, (device, seq, at, by) => {
      const { alias, timeCode: code, proof } = show(device, seq)
      const digits = alias + code
      const changed = (Number(digits[at]) + by) % 10
      const tampered = digits.slice(0, at) + changed + digits.slice(at + 1)
      const scanned = shown(tampered.slice(0, 10), tampered.slice(10))
      // The time code of a neighbouring minute may happen to be one digit away: that one is good.
      if (at >= 10 && isTimeCode(scanned, device.key, now)) return
      // Even if the changed alias had the row of the one that it was.
      expect(judge(scanned, proof)).toBe(at < 10 ? 'CODE_UNKNOWN' : 'CODE_WRONG_TIME')
      expect(judge(scanned, undefined)).toBe('CODE_UNKNOWN')
    }),
    { numRuns: 500 },
  )
})

test('the time code of one device or alias proves no other', () => {
  fc.assert(
    fc.property(devices, devices, seqs, (mine, theirs, seq) => {
      const own = show(mine, seq)
      const other = show({ ...theirs, number: (mine.number % 9_999_999) + 1 }, seq)
      for (const [alias, code, proof] of [
        [own.alias, other.timeCode, own.proof],
        [other.alias, own.timeCode, other.proof],
      ] as const) {
        const scanned = shown(alias, code)
        // Once in a third of a million they are the same by chance.
        const isByChance = isTimeCode(scanned, proof.key, now)
        expect(judge(scanned, proof)).toBe(isByChance ? null : 'CODE_WRONG_TIME')
      }
      expect(judge(shown(own.alias, own.timeCode), other.proof)).toBe('CODE_UNKNOWN')
    }),
    { numRuns: 200 },
  )
})

test('what is used, stopped, expired, of another epoch or of a frozen device is refused by its reason', () => {
  const { alias, timeCode: code, proof } = show({ number: 7, key: randomBytes(32) }, 3)
  const scanned = shown(alias, code)
  expect(judge(scanned, proof)).toBeNull()
  const cases: [Partial<LockedCode>, string][] = [
    [{ usedAt: now }, 'CODE_USED'],
    [{ stopped: 'burnt' }, 'CODE_BURNT'],
    [{ stopped: 'frozen' }, 'DEVICE_REVOKED'],
    [{ stopped: 'revoked' }, 'DEVICE_REVOKED'],
    [{ stopped: 'replaced' }, 'CODE_EXPIRED'],
    [{ expiresAt: now }, 'CODE_EXPIRED'],
  ]
  for (const [change, refusal] of cases)
    expect(judge(scanned, proof, { ...live, ...change })).toBe(refusal)
  expect(judge(scanned, { ...proof, isDeviceActive: false })).toBe('DEVICE_REVOKED')
  const old = { ...proof, hidden: { ...proof.hidden, epoch: epoch - 1 } }
  expect(judge(scanned, old)).toBe('CODE_UNKNOWN')
  expect(judgeOffline(scanned, live, { proof, isPayerBlocked: true, now })).toBe('DEVICE_REVOKED')
})
