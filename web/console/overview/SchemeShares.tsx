import type { ReactElement } from 'react'
import { Money } from '../../ui/money.tsx'
import { SchemeMark } from '../../ui/scheme.tsx'
import type { DayTotals } from '../../ui/types.ts'
import { Panel } from '../parts/Page.tsx'
import { useText } from '../text.ts'

/** What was paid in which way: bars with their figures, the largest first. */
export function SchemeShares({ totals }: { totals: DayTotals }): ReactElement | null {
  const t = useText()
  const rows = totals.by_scheme.toSorted((one, other) => other.amount - one.amount)
  if (rows.length === 0) return null
  const share = (amount: number): string =>
    totals.amount === 0 ? '–' : `${((amount / totals.amount) * 100).toFixed(1)}%`
  return (
    <Panel title={t('overview.by_scheme')} flush>
      <table className="ct-table ct-dense ct-shares" aria-label={t('overview.by_scheme')}>
        <thead>
          <tr>
            <th scope="col">{t('payments.scheme')}</th>
            <th scope="col" data-align="right">
              {t('overview.share')}
            </th>
            <th scope="col" data-align="right">
              {t('overview.count')}
            </th>
            <th scope="col" data-align="right">
              {t('overview.amount')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ scheme, count, amount }) => (
            <tr key={scheme} data-testid="scheme-row" data-scheme={scheme}>
              <td data-label={t('payments.scheme')}>
                <SchemeMark scheme={scheme} size={16} />
              </td>
              <td data-label={t('overview.share')} data-align="right">
                <span className="ct-share-bar" aria-hidden>
                  <i style={{ width: share(amount) }} />
                </span>
                {share(amount)}
              </td>
              <td data-label={t('overview.count')} data-align="right">
                {count}
              </td>
              <td data-label={t('overview.amount')} data-align="right">
                <Money minor={amount} currency={totals.currency} size="s" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  )
}
