import { Progress } from 'antd'
import type { ReactElement } from 'react'
import { moneyText } from '../../ui/money.tsx'
import type { Mandate } from '../../ui/types.ts'
import { Facts } from '../parts/Facts.tsx'
import { Panel } from '../parts/Page.tsx'
import { useText } from '../text.ts'

// From here on a bar says that little is left. A share of the limit.
const NEARLY = 0.8

/** The payer's limits, and what the local day and month have used of them. */
export function UsePanel({ mandate }: { mandate: Mandate }): ReactElement {
  const t = useText()
  const { currency, caps } = mandate
  const money = (minor: number): string => moneyText(minor, currency)
  const uses = [
    { name: t('payers.limit_day'), used: mandate.used_today, limit: mandate.per_day },
    { name: t('payers.limit_month'), used: mandate.used_this_month, limit: mandate.per_month },
    { name: t('payers.limit_no_pin'), used: mandate.no_pin_used_today, limit: caps.no_pin_max },
    {
      name: t('payers.limit_offline'),
      ...{ used: mandate.offline_used_today, limit: mandate.offline_per_day },
    },
  ]
  const count = mandate.per_day_count
  const facts = [
    { label: t('payers.limit_payment'), value: money(mandate.per_payment) },
    { label: t('payers.limit_no_pin_each'), value: money(mandate.no_pin) },
    {
      label: t('payers.limit_count'),
      value: `${mandate.used_count_today}${count === null ? '' : ` / ${count}`}`,
    },
    { label: t('payers.limit_consent'), value: t(`payers.consent_${mandate.consent}`) },
    { label: t('payers.limit_bounds'), value: useBounds(mandate), isWide: true },
  ]
  return (
    <Panel
      title={t('payers.limits')}
      aside={
        <span className="ct-small">{t('payers.limits_day', { date: mandate.business_date })}</span>
      }
    >
      <ul className="ct-uses" data-testid="uses">
        {uses.map(({ name, used, limit }) => (
          <li key={name}>
            <span>{name}</span>
            <span>
              <strong>{money(used)}</strong> / {money(limit)}
            </span>
            <Progress
              percent={shareOf(used, limit) * 100}
              showInfo={false}
              size="small"
              strokeColor={shareOf(used, limit) < NEARLY ? 'var(--ot-accent)' : 'var(--ot-waiting)'}
              aria-label={name}
            />
          </li>
        ))}
      </ul>
      <Facts facts={facts} />
    </Panel>
  )
}

const shareOf = (used: number, limit: number): number =>
  limit === 0 ? (used > 0 ? 1 : 0) : Math.min(1, used / limit)

/** Where and when the payer lets be charged, as how many of each: the places are the payer's own. */
function useBounds(mandate: Mandate): string {
  const t = useText()
  const bounds = [
    ['payers.bound_merchants', mandate.merchants],
    ['payers.bound_shop_kinds', mandate.shop_kinds],
    ['payers.bound_areas', mandate.areas],
    ['payers.bound_hours', mandate.hours],
  ] as const
  const words = bounds.flatMap(([key, of]) => (of ? [t(key, { count: of.length })] : []))
  return words.join(' · ') || t('payers.bound_none')
}
