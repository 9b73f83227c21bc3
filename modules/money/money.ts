import { assert } from '../lib/assert.ts'

// Decimal places of the minor unit. Source: ISO 4217 list one, never Intl, whose digits differ from
// it for 29 codes. A currency that is not here cannot be taken; adding one is one line.
const decimals = {
  AED: 2,
  AUD: 2,
  BHD: 3,
  CAD: 2,
  CHF: 2,
  CNY: 2,
  EUR: 2,
  GBP: 2,
  HKD: 2,
  IDR: 2,
  INR: 2,
  JPY: 0,
  KRW: 0,
  KWD: 3,
  MOP: 2,
  MYR: 2,
  NZD: 2,
  PHP: 2,
  RUB: 2,
  SAR: 2,
  SGD: 2,
  THB: 2,
  TND: 3,
  TWD: 2,
  USD: 2,
  VND: 0,
} as const

export type Currency = keyof typeof decimals

/** Every currency that can be taken, by its ISO 4217 code, in alphabetical order. */
export const currencies = Object.keys(decimals) as readonly Currency[]

/** Basis points in a whole: 10 000 bps are 100 %. */
export const WHOLE_BPS = 10_000n

/** The largest amount: it must fit in a JSON integer, so it stays below 2^53. */
export const LARGEST_AMOUNT_MINOR = 9_007_199_254_740_991n

const TYPED_AMOUNT = /^(\d{0,16})(?:\.(\d{0,3}))?$/

/** Whether the text is the code of a currency that can be taken. */
export function isCurrency(text: string): text is Currency {
  return Object.hasOwn(decimals, text)
}

/** How many decimal places an amount of this currency is written with. */
export function decimalsOf(currency: Currency): number {
  return decimals[currency]
}

/** Writes an amount as a plain decimal, without its currency: 25 000 fen is "250.00". */
export function formatDecimal(amountMinor: bigint, currency: Currency): string {
  const places = decimals[currency]
  const sign = amountMinor < 0n ? '-' : ''
  const digits = amountMinor
    .toString()
    .replace('-', '')
    .padStart(places + 1, '0')
  const point = digits.length - places
  const fraction = digits.slice(point)
  return `${sign}${digits.slice(0, point)}${fraction && `.${fraction}`}`
}

/** Writes an amount for a person to read: 25 000 fen is "250.00 CNY". */
export function formatMinor(amountMinor: bigint, currency: Currency): string {
  return `${formatDecimal(amountMinor, currency)} ${currency}`
}

/**
 * Reads an amount as a person types it: "88.5" yuan is 8 850 fen. Null for what is no amount: a
 * sign, a space, a comma, more decimal places than the currency has, or more than the largest
 * amount. Zero is an amount; whether it may be paid is for the caller to say.
 */
export function parseMinor(typed: string, currency: Currency): bigint | null {
  const parts = TYPED_AMOUNT.exec(typed)
  if (!parts) return null
  const [, whole = '', fraction = ''] = parts
  if (whole === '' && fraction === '') return null
  if (fraction.length > decimals[currency]) return null
  const amountMinor = BigInt(whole + fraction.padEnd(decimals[currency], '0'))
  return amountMinor <= LARGEST_AMOUNT_MINOR ? amountMinor : null
}

/**
 * So many basis points of an amount, in whole minor units. Half a unit rounds up, and nowhere else
 * in OneTill is money rounded.
 *
 * @param amountMinor at least 0
 * @param bps at least 0; 38n is 0.38 %
 * @throws AssertionError when one is negative: both were checked where they came in.
 *
 * Source: docs/decisions/0003-rounding.md.
 */
export function bpsOf(amountMinor: bigint, bps: bigint): bigint {
  assert(amountMinor >= 0n && bps >= 0n, 'an amount and a rate are never negative')
  return (amountMinor * bps + WHOLE_BPS / 2n) / WHOLE_BPS
}

/**
 * Cuts a total into parts in proportion to the weights. The parts add up to the total exactly: each
 * gets its share rounded down, and the units that are left go to the largest remainders, the
 * earlier part first when two are equal.
 *
 * @param totalMinor at least 0
 * @param weights each at least 0, not all of them 0
 * @returns one part for each weight, in minor units, in the same order
 * @throws AssertionError when an argument is out of range
 *
 * Source: Hamilton's method; docs/decisions/0003-rounding.md says where it is used.
 */
export function largestRemainder(totalMinor: bigint, weights: readonly bigint[]): bigint[] {
  const whole = weights.reduce((sum, weight) => sum + weight, 0n)
  assert(totalMinor >= 0n, 'the total is never negative')
  assert(whole > 0n && weights.every((weight) => weight >= 0n), 'the weights can be shared by')

  const parts = weights.map((weight) => (totalMinor * weight) / whole)
  const byRemainder = weights
    .map((weight, place) => ({ place, remainder: (totalMinor * weight) % whole }))
    .sort((a, b) => Number(b.remainder > a.remainder) - Number(b.remainder < a.remainder))

  let leftMinor = totalMinor - parts.reduce((sum, part) => sum + part, 0n)
  for (const { place } of byRemainder) {
    if (leftMinor === 0n) break
    parts[place]! += 1n
    leftMinor -= 1n
  }
  return parts
}
