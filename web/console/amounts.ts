import { formatDecimal, isCurrency, parseMinor } from '../../modules/money/money.ts'

/** The currency of the books that the console creates things in. */
export const homeCurrency = 'CNY'
export const currencySign = '¥'

/** What a person typed in yuan, in minor units; null for what is no amount. */
export function minorFromTyped(typed: string): number | null {
  const amountMinor = parseMinor(typed.trim().replace(/^[¥￥]/, ''), homeCurrency)
  return amountMinor === null ? null : Number(amountMinor)
}

/** An optional amount for a request: what was left empty is null, which takes a limit away. */
export function minorOrNull(typed: string | undefined): number | null {
  return typed?.trim() ? minorFromTyped(typed) : null
}

/** An amount as it is typed: 1 250 minor units are "12.50". */
export function typedFromMinor(amountMinor: number | null): string {
  return amountMinor === null ? '' : formatDecimal(BigInt(amountMinor), homeCurrency)
}

/** Minor units as a plain decimal for a spreadsheet; of a currency we do not know, as they are. */
export function plainAmount(amountMinor: number, currency: string): string {
  return isCurrency(currency) ? formatDecimal(BigInt(amountMinor), currency) : String(amountMinor)
}
