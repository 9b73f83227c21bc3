import type { ReactElement } from 'react'
import { moneyText } from '../../ui/money.tsx'
import type { Mandate } from '../../ui/types.ts'
import { useWords } from '../text.ts'

/** What is used of each limit of the day and the month. */
export function Used({ mandate }: { mandate: Mandate }): ReactElement {
  const t = useWords()
  const { currency, caps } = mandate
  const money = (minor: number) => moneyText(minor, currency)
  const times = (count: number) => t('limits.times', { count })
  const bars = [
    bar(t('limits.today'), mandate.used_today, mandate.per_day, money),
    bar(t('limits.this_month'), mandate.used_this_month, mandate.per_month, money),
    bar(t('limits.no_pin_today'), mandate.no_pin_used_today, caps.no_pin_max, money),
    ...(mandate.per_day_count === null
      ? []
      : [bar(t('limits.count_today'), mandate.used_count_today, mandate.per_day_count, times)]),
    ...(mandate.offline_used_today === 0
      ? []
      : [
          bar(
            t('limits.offline_today'),
            mandate.offline_used_today,
            mandate.offline_per_day,
            money,
          ),
        ]),
  ]
  return (
    <section className="panel">
      {bars.map(({ name, used, limit, show }) => (
        <div key={name} className="used">
          <p>
            <span>{name}</span>
            <span>
              <strong>{show(used)}</strong>
              {` / ${show(limit)}`}
            </span>
          </p>
          <progress value={Math.min(used, limit)} max={Math.max(limit, 1)} aria-label={name} />
        </div>
      ))}
    </section>
  )
}

const bar = (name: string, used: number, limit: number, show: (value: number) => string) => ({
  name,
  used,
  limit,
  show,
})
