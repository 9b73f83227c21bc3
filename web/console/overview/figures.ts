import type { DayTotals } from '../../ui/types.ts'

/** The average succeeded payment in minor units, rounded half up; nothing when there was none. */
export function averageMinor({ amount, count }: DayTotals): bigint {
  if (count === 0) return 0n
  const paid = BigInt(count)
  return (BigInt(amount) * 2n + paid) / (paid * 2n)
}

/** Succeeded of all that came to an end, as a percentage; a dash when none did. */
export function successText({ count, failed_count }: DayTotals): string {
  const ended = count + failed_count
  return ended === 0 ? '–' : `${((count / ended) * 100).toFixed(1)}%`
}

export type Hour = { hour: number; count: number; amount: number }

/** All hours of the day in order, the quiet ones with nothing. */
export function fullHours(byHour: readonly Hour[]): Hour[] {
  const known = new Map(byHour.map((each) => [each.hour, each]))
  return Array.from({ length: 24 }, (_, hour) => known.get(hour) ?? { hour, count: 0, amount: 0 })
}
