import { expect, test } from 'vitest'
import type { Spending } from '../spending.ts'
import type { ComeBack } from './come-back.ts'
import { byMonth } from './months.ts'

let number = 0
function payment(createdAt: string, amount: number, change: Partial<Spending> = {}): Spending {
  const shown = { id: `pay_${number++}`, kind: 'purchase', state: 'succeeded', currency: 'CNY' }
  return { ...shown, createdAt, amount, charged: amount, ...change } as Spending
}

test('a payment belongs to the month of its place, not of the server', () => {
  const [month] = byMonth([payment('2026-10-31T16:30:00.000Z', 100)], false)
  expect(month?.key).toBe('2026-11')
})

const back = { of: 'refund', currency: 'CNY', createdAt: '2026-11-03T00:00:00Z' }

test('only what succeeded counts, less what was taken off, and a top-up is not spending', () => {
  const [month] = byMonth(
    [
      payment('2026-11-03T00:00:00Z', 9_150, { charged: 8_850 }),
      payment('2026-11-02T00:00:00Z', 5_000, { kind: 'top_up' }),
      payment('2026-11-01T00:00:00Z', 99_999, { state: 'failed' }),
      payment('2026-11-01T00:00:00Z', 77_777, { state: 'reversed' }),
      { ...back, state: 'succeeded', amount: 150 } as ComeBack,
      { ...back, state: 'processing', amount: 33 } as ComeBack,
    ],
    false,
  )
  const sums = { paidMinor: 8_850n, toppedUpMinor: 5_000n, refundedMinor: 150n }
  expect(month).toMatchObject({ ...sums, isWhole: true })
  expect(month?.bills).toHaveLength(6)
})

test('while older payments are unread the oldest month has no total yet', () => {
  const payments = [payment('2026-11-03T00:00:00Z', 1), payment('2026-10-03T00:00:00Z', 2)]
  expect(byMonth(payments, true).map((month) => month.isWhole)).toEqual([true, false])
  expect(byMonth(payments, false).map((month) => month.isWhole)).toEqual([true, true])
})
