import { expect, test } from 'vitest'
import { isOverWhole, shareOf, type Line } from './example.ts'

const line = (role: Line['role'], bps: number, more: Partial<Line> = {}): Line => ({
  role,
  bps,
  base: 'gross',
  minimumMinor: 0n,
  capMinor: null,
  ...more,
})

test('100 yuan are shared to the fen, and the merchant has the rest', () => {
  const lines = [line('fee', 38), line('platform', 14), line('agent', 10)]
  expect(shareOf(10_000n, lines)).toEqual({ partsMinor: [38n, 14n, 10n], merchantMinor: 9_938n })
})

test('a share of the fee is reckoned after the fee, wherever it stands', () => {
  const lines = [line('agent', 5_000, { base: 'fee' }), line('fee', 60)]
  expect(shareOf(10_000n, lines)).toEqual({ partsMinor: [30n, 60n], merchantMinor: 9_910n })
})

test('a minimum raises a part, a cap lowers it, and no part takes more than is left', () => {
  const raised = [line('fee', 38, { minimumMinor: 10n })]
  expect(shareOf(100n, raised).partsMinor).toEqual([10n])
  const capped = [line('fee', 38, { capMinor: 5_000n })]
  expect(shareOf(10_000_000n, capped).partsMinor).toEqual([5_000n])
  const greedy = [line('fee', 0, { minimumMinor: 80n }), line('agent', 0, { minimumMinor: 50n })]
  expect(shareOf(100n, greedy)).toEqual({ partsMinor: [80n, 20n], merchantMinor: 0n })
})

test('rates above the whole are found', () => {
  expect(isOverWhole([line('fee', 9_000), line('agent', 1_000)])).toBe(false)
  expect(isOverWhole([line('fee', 9_000), line('agent', 1_001)])).toBe(true)
  expect(isOverWhole([line('fee', 9_000), line('agent', 1_001, { base: 'fee' })])).toBe(false)
})
