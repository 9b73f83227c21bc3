import { isoDay } from '../../ui/i18n.tsx'
import type { Bill } from './feed.ts'

export type Month = {
  /** `2026-11`. */
  key: string
  bills: Bill[]
  /** What was paid in shops, after discounts, in minor units of `currency`. */
  paidMinor: bigint
  toppedUpMinor: bigint
  /** What came back in this month, of whichever month's payments. */
  refundedMinor: bigint
  currency: string
  /** Whether the whole month has been read, so that its totals are totals. */
  isWhole: boolean
}

/**
 * Bills, newest first, by the month in which they were made. Only what succeeded counts. The oldest
 * month is whole only when nothing older is left to read.
 */
export function byMonth(bills: readonly Bill[], hasMore: boolean, zone?: string): Month[] {
  const months = new Map<string, Month>()
  for (const bill of bills) {
    const key = isoDay(bill.createdAt, zone).slice(0, 7)
    const month = months.get(key) ?? emptyMonth(key, bill.currency)
    months.set(key, month)
    month.bills.push(bill)
    if (bill.state !== 'succeeded') continue
    if (bill.of === 'refund') month.refundedMinor += BigInt(bill.amount)
    else if (bill.kind === 'top_up') month.toppedUpMinor += BigInt(bill.amount)
    else month.paidMinor += BigInt(bill.charged)
  }
  const list = [...months.values()]
  const oldest = list.at(-1)
  if (oldest) oldest.isWhole = !hasMore
  return list
}

function emptyMonth(key: string, currency: string): Month {
  const nothing = { paidMinor: 0n, toppedUpMinor: 0n, refundedMinor: 0n }
  return { key, bills: [], ...nothing, currency, isWhole: true }
}
