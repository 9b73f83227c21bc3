import { formatDecimal, isCurrency, parseMinor } from '../../../modules/money/money.ts'

/** An amount as it stands in an input: `1234.50`, without a sign. */
export function amountText(minor: number, currency: string): string {
  return isCurrency(currency) ? formatDecimal(BigInt(minor), currency) : String(minor)
}

/** What was typed, in minor units; null when it is no amount. A comma as a phone writes it goes. */
export function readAmount(typed: string, currency: string): number | null {
  if (!isCurrency(currency)) return null
  const minor = parseMinor(typed.trim().replace(/,/g, ''), currency)
  return minor === null ? null : Number(minor)
}
