import type { CSSProperties, ReactElement } from 'react'
import { formatDecimal, isCurrency } from '../../modules/money/money.ts'

const signs: Record<string, string> = { CNY: '¥', JPY: '¥', USD: '$', EUR: '€', GBP: '£' }

export type MoneyProps = {
  /** The amount in minor units, as the API sends it (a JSON integer) or as a bigint. */
  minor: number | bigint
  currency: string
  size?: 's' | 'm' | 'l' | 'xl'
  /** Writes a plus before what comes in, and always a minus before what goes out. */
  signed?: boolean
  className?: string
  style?: CSSProperties
}

/** An amount as people read it: sign, thousands, the currency's own number of decimals. */
export function Money({
  minor,
  currency,
  size = 'm',
  signed,
  className,
  style,
}: MoneyProps): ReactElement {
  const { minus, sign, whole, fraction } = moneyParts(minor, currency)
  const before = minus ? '−' : signed ? '+' : ''
  return (
    <span className={`ot-money ot-money-${size} ${className ?? ''}`} style={style}>
      <span className="ot-money-sign">
        {before}
        {sign}
      </span>
      {whole}
      {fraction && <span className="ot-money-fraction">.{fraction}</span>}
    </span>
  )
}

/** The same amount as plain text, for labels, titles, receipts and speech: `¥1,234.50`. */
export function moneyText(minor: number | bigint, currency: string): string {
  const { minus, sign, whole, fraction } = moneyParts(minor, currency)
  return `${minus ? '−' : ''}${sign}${whole}${fraction && `.${fraction}`}`
}

type Parts = { minus: boolean; sign: string; whole: string; fraction: string }

function moneyParts(minor: number | bigint, currency: string): Parts {
  const amountMinor = BigInt(minor)
  const minus = amountMinor < 0n
  const sign = signs[currency] ?? `${currency} `
  const absoluteMinor = minus ? -amountMinor : amountMinor
  // A currency this build does not know is shown in its minor units rather than guessed at.
  const plain = isCurrency(currency)
    ? formatDecimal(absoluteMinor, currency)
    : absoluteMinor.toString()
  const [whole = '0', fraction = ''] = plain.split('.')
  return { minus, sign, whole: whole.replace(/\B(?=(\d{3})+$)/g, ','), fraction }
}
