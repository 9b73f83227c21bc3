import { decimalsOf, type Currency } from '../money/money.ts'

/** How well a payer has proved who pays: A with a certificate, D by a code that anybody can copy. */
export const levels = ['A', 'B', 'C', 'D'] as const
export type Level = (typeof levels)[number]

// In whole units of the currency, a day; A is what the two have agreed.
// Source: PBC 2017 No. 296, rules for barcode payments, on limits (protocols.md §6.1).
const capsPerDay = { A: null, B: 5_000n, C: 1_000n, D: 500n } as const

const inMinor = (whole: bigint, currency: Currency): bigint =>
  whole * 10n ** BigInt(decimalsOf(currency))

/** What a payer of this level may pay in a day at most, in minor units; null where it is agreed. */
export function dayCapMinor(level: Level, currency: Currency): bigint | null {
  const whole = capsPerDay[level]
  return whole === null ? null : inMinor(whole, currency)
}

/**
 * What may be paid in a day without a PIN, and by codes made offline: there the code alone proves
 * the payer, whatever the level. In minor units.
 */
export const oneProofDayCapMinor = (currency: Currency): bigint => inMinor(capsPerDay.C, currency)

/** The weaker of two levels: what holds where the institution has granted less than was chosen. */
export const weaker = (one: Level, other: Level): Level => (one > other ? one : other)

/** The lower of two bounds in minor units, of which the second may be none. */
export const lowerMinor = (oneMinor: bigint, capMinor: bigint | null): bigint =>
  capMinor !== null && capMinor < oneMinor ? capMinor : oneMinor
