import { isoDay } from '../../ui/i18n.tsx'
import type { PaymentView } from '../../ui/types.ts'

export type Month = {
  /** `2026-11`. */
  key: string
  payments: PaymentView[]
  /** What was paid in shops, in minor units of `currency`. */
  paidMinor: bigint
  toppedUpMinor: bigint
  currency: string
  /** Whether the whole month has been read, so that its totals are totals. */
  isWhole: boolean
}

/**
 * Payments, newest first, by the month in which they were made. Only what succeeded counts. The
 * oldest month is whole only when nothing older is left to read.
 */
export function byMonth(
  payments: readonly PaymentView[],
  hasMore: boolean,
  zone?: string,
): Month[] {
  const months = new Map<string, Month>()
  for (const payment of payments) {
    const key = isoDay(payment.created_at, zone).slice(0, 7)
    const month = months.get(key) ?? emptyMonth(key, payment.currency)
    months.set(key, month)
    month.payments.push(payment)
    if (payment.state !== 'succeeded') continue
    if (payment.kind === 'top_up') month.toppedUpMinor += BigInt(payment.amount)
    else month.paidMinor += BigInt(payment.amount)
  }
  const list = [...months.values()]
  const oldest = list.at(-1)
  if (oldest) oldest.isWhole = !hasMore
  return list
}

function emptyMonth(key: string, currency: string): Month {
  return { key, payments: [], paidMinor: 0n, toppedUpMinor: 0n, currency, isWhole: true }
}
