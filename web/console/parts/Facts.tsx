import type { ReactElement, ReactNode } from 'react'

/** `isWide` takes two columns: ids, and what else is long. */
export type Fact = { label: string; value: ReactNode; isWide?: boolean }

/** Names and values, two columns where there is room. */
export function Facts({ facts }: { facts: Fact[] }): ReactElement {
  return (
    <dl className="ct-facts">
      {facts.map(({ label, value, isWide }) => (
        <div key={label} className={isWide ? 'ct-wide' : ''}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
