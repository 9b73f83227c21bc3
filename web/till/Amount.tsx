import type { CSSProperties, ReactElement } from 'react'
import { Money, moneyText } from '../ui/money.tsx'

type AmountProps = { minor: bigint; currency: string; className: string; isLive?: boolean }

/**
 * An amount as large as its place allows: the longer it is the smaller, so that no digit of it is
 * ever cut off. `--chars` is how many signs `till.css` has to fit.
 */
export function Amount({ minor, currency, className, isLive }: AmountProps): ReactElement {
  const style = { '--chars': moneyText(minor, currency).length } as CSSProperties
  return (
    <output
      className={`till-amount ${className}`}
      style={style}
      aria-live={isLive ? 'polite' : 'off'}
      data-testid="till-amount"
      data-minor={String(minor)}
    >
      <Money minor={minor} currency={currency} size="xl" />
    </output>
  )
}
