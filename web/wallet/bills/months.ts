import { isoDay } from '../../ui/i18n.tsx'
import type { Spending } from '../spending.ts'

export type Month = {
  /** `2026-11`. */
  key: string
  spendings: Spending[]
  /** What was paid in shops, after discounts, in minor units of `currency`. */
  paidMinor: bigint
  toppedUpMinor: bigint
  currency: string
  /** Whether the whole month has been read, so that its totals are totals. */
  isWhole: boolean
}

/**
 * Spendings, newest first, by the month in which they were made. Only what succeeded counts. The
 * oldest month is whole only when nothing older is left to read.
 */
export function byMonth(spendings: readonly Spending[], hasMore: boolean, zone?: string): Month[] {
  const months = new Map<string, Month>()
  for (const spending of spendings) {
    const key = isoDay(spending.createdAt, zone).slice(0, 7)
    const month = months.get(key) ?? emptyMonth(key, spending.currency)
    months.set(key, month)
    month.spendings.push(spending)
    if (spending.state !== 'succeeded') continue
    if (spending.kind === 'top_up') month.toppedUpMinor += BigInt(spending.amount)
    else month.paidMinor += BigInt(spending.charged)
  }
  const list = [...months.values()]
  const oldest = list.at(-1)
  if (oldest) oldest.isWhole = !hasMore
  return list
}

function emptyMonth(key: string, currency: string): Month {
  return { key, spendings: [], paidMinor: 0n, toppedUpMinor: 0n, currency, isWhole: true }
}
