import type { ReactElement, ReactNode } from 'react'

export type Fact = { label: string; value: ReactNode }

/** Names and values, two columns where there is room. */
export function Facts({ facts }: { facts: Fact[] }): ReactElement {
  return (
    <dl className="ct-facts">
      {facts.map(({ label, value }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
