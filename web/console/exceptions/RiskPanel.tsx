import type { ReactElement } from 'react'
import { Money } from '../../ui/money.tsx'
import type { List } from '../../ui/types.ts'
import { homeCurrency } from '../amounts.ts'
import { useOne } from '../resources.ts'
import { useText } from '../text.ts'
import type { ExceptionView } from '../types.ts'
import { riskByKind } from './ages.ts'

const MOST = 100

/** How much money waits for a decision: the sum, and by kind as bars with their figures. */
export function RiskPanel(): ReactElement | null {
  const t = useText()
  const open = useOne<List<ExceptionView>>('/v1/exceptions', { state: 'open', limit: MOST }, 60_000)
  const rows = open.data?.data
  if (!rows) return null
  const kinds = riskByKind(rows)
  const sum = kinds.reduce((all, { amountMinor }) => all + amountMinor, 0)
  const most = Math.max(1, ...kinds.map(({ amountMinor }) => amountMinor))
  const currency = rows[0]?.currency ?? homeCurrency
  return (
    <section className="ct-panel ct-risk" aria-label={t('exceptions.risk')} data-testid="risk">
      <div className="ct-risk-sum">
        <span className="ct-muted">{t('exceptions.risk')}</span>
        <Money minor={sum} currency={currency} size="l" />
        <span className="ct-muted" data-testid="risk-count">
          {t('exceptions.open_count', { count: rows.length })}
          {open.data?.has_more && ` · ${t('exceptions.newest', { count: MOST })}`}
        </span>
      </div>
      <ul>
        {kinds.map(({ kind, count, amountMinor }) => (
          <li key={kind} data-kind={kind}>
            <span>{t(`exceptions.kind_${kind}`)}</span>
            <span className="ct-risk-bar" aria-hidden>
              <i style={{ width: `${(amountMinor / most) * 100}%` }} />
            </span>
            <span>{count}</span>
            <Money minor={amountMinor} currency={currency} size="s" />
          </li>
        ))}
      </ul>
    </section>
  )
}
