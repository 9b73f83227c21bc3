import fc from 'fast-check'
import { expect, test } from 'vitest'

import { allocate, checkRule, type AllocationLine } from './allocation.ts'

const line = (change: Partial<AllocationLine>): AllocationLine => ({
  ...{ role: 'fee', partyId: null, bps: 0, base: 'gross', minimumMinor: 0n, capMinor: null },
  ...change,
})
const agent = (change: Partial<AllocationLine>) =>
  line({ role: 'agent', partyId: 'pty_agent', ...change })

test('a payment is shared by rate, with rounding half up, minimum and cap', () => {
  const table: [bigint, AllocationLine[], bigint[], bigint][] = [
    // gross, lines, parts, merchant
    [25_000n, [line({ bps: 38 })], [95n], 24_905n],
    [100n, [line({ bps: 50 })], [1n], 99n], // half a fen rounds up
    [100n, [line({ bps: 49 })], [0n], 100n],
    [100n, [line({ bps: 38, minimumMinor: 1n })], [1n], 99n],
    [1_000_000n, [line({ bps: 60, capMinor: 2_000n })], [2_000n], 998_000n],
    [1n, [line({ minimumMinor: 5n })], [1n], 0n], // never more than there is
    [10_000n, [line({ bps: 60 }), agent({ bps: 2_000, base: 'fee' })], [60n, 12n], 9_928n],
    // The fee is reckoned first, wherever it stands.
    [10_000n, [agent({ bps: 2_000, base: 'fee' }), line({ bps: 60 })], [60n, 12n], 9_928n],
    [10_000n, [], [], 10_000n],
  ]
  for (const [grossMinor, lines, parts, merchantMinor] of table) {
    const shared = allocate(grossMinor, lines)
    expect(shared.parts.map(({ amountMinor }) => amountMinor)).toEqual(parts)
    expect(shared.merchantMinor).toBe(merchantMinor)
  }
})

const anyLine = fc.record({
  role: fc.constantFrom('platform' as const, 'agent' as const),
  bps: fc.integer({ min: 0, max: 10_000 }),
  base: fc.constantFrom('gross' as const, 'fee' as const),
  minimumMinor: fc.bigInt({ min: 0n, max: 500n }),
  capMinor: fc.option(fc.bigInt({ min: 500n, max: 5_000n })),
})

test('the parts and the rest of the merchant always make the whole, and none is negative', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 1n, max: 100_000_000_000n }),
      fc.integer({ min: 0, max: 10_000 }),
      fc.array(anyLine, { maxLength: 5 }),
      (grossMinor, bps, others) => {
        const lines = [
          line({ bps }),
          ...others.map((one, at) => line({ ...one, partyId: `pty_${at}` })),
        ]
        const { merchantMinor, parts } = allocate(grossMinor, lines)
        const partsMinor = parts.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)
        expect(merchantMinor + partsMinor).toBe(grossMinor)
        expect(merchantMinor >= 0n && parts.every((one) => one.amountMinor >= 0n)).toBe(true)
      },
    ),
    { numRuns: 5_000 },
  )
})

test('a rule that cannot be right is refused in words', () => {
  const table: [AllocationLine[], string | null][] = [
    [[line({ bps: 38 }), agent({ bps: 10 })], null],
    [[line({}), line({})], 'there is one handling fee at most'],
    [[line({ base: 'fee' })], 'the handling fee is taken of the gross'],
    [
      [line({ partyId: 'pty_x' })],
      'a platform or agent line names its party, and the fee names none',
    ],
    [[agent({}), agent({})], 'a party stands in the rule once'],
    [[agent({ minimumMinor: 2n, capMinor: 1n })], 'a cap is not below its minimum'],
    [[line({ bps: 10_001 })], 'a rate is 0 to 10 000 basis points'],
    [[line({ bps: 6_000 }), agent({ bps: 4_001 })], 'the rates together exceed the payment'],
    [[line({ bps: 6_000 }), agent({ bps: 6_000, base: 'fee' })], null],
  ]
  for (const [lines, problem] of table) expect(checkRule(lines)?.reason ?? null).toBe(problem)
})
