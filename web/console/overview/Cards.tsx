import { Link } from '@tanstack/react-router'
import type { ReactElement, ReactNode } from 'react'
import { Money, moneyText } from '../../ui/money.tsx'
import type { DayTotals, List, PaymentView } from '../../ui/types.ts'
import { homeCurrency } from '../amounts.ts'
import type { TextKey } from '../locales/zh-CN.ts'
import { useOne } from '../resources.ts'
import { useText } from '../text.ts'
import { averageMinor, successText } from './figures.ts'

export type CardsProps = {
  totals: DayTotals | undefined
  before: DayTotals | undefined
  date: string
  store: string | undefined
}

// The API answers at most this many at once, so more than this is told as "or more".
const most = 100

/** Six figures of the day, each beside the day before; a press leads to the payments behind it. */
export function Cards({ totals, before, date, store }: CardsProps): ReactElement {
  const t = useText()
  const scope = store ? { store } : {}
  const day = { from: date, to: date, ...scope }
  const open = useOne<List<PaymentView>>('/v1/payments', { ...scope, open: true, limit: most })
  const currency = totals?.currency ?? homeCurrency
  const money = (of: DayTotals): string => moneyText(of.amount, of.currency)
  const average = (of: DayTotals): string => moneyText(averageMinor(of), of.currency)
  const cards: CardProps[] = [
    {
      name: 'amount',
      text: 'overview.amount',
      value: totals && <Money minor={totals.amount} currency={currency} size="l" />,
      then: before && money(before),
      search: { ...day, state: 'succeeded' },
    },
    {
      name: 'count',
      text: 'overview.count',
      value: totals && totals.count.toLocaleString('en'),
      then: before && before.count.toLocaleString('en'),
      search: { ...day, state: 'succeeded' },
    },
    {
      name: 'rate',
      text: 'overview.success_rate',
      hint: t('overview.rate_hint'),
      value: totals && successText(totals),
      then: before && successText(before),
      search: day,
    },
    {
      name: 'average',
      text: 'overview.average',
      value: totals && <Money minor={averageMinor(totals)} currency={currency} size="l" />,
      then: before && average(before),
      search: { ...day, state: 'succeeded' },
    },
    {
      name: 'failed',
      text: 'overview.failed',
      value: totals && totals.failed_count.toLocaleString('en'),
      then: before && before.failed_count.toLocaleString('en'),
      search: { ...day, state: 'failed' },
    },
    {
      name: 'processing',
      text: 'overview.processing',
      value: open.data && `${open.data.data.length}${open.data.has_more ? '+' : ''}`,
      search: { ...scope, state: 'processing' },
    },
  ]
  return (
    <div className="ct-cards">
      {cards.map((card) => (
        <Card key={card.name} {...card} />
      ))}
    </div>
  )
}

type CardProps = {
  name: string
  text: TextKey
  value: ReactNode
  then?: string | undefined
  hint?: string
  search: Record<string, string>
}

function Card({ name, text, value, then, hint, search }: CardProps): ReactElement {
  const t = useText()
  return (
    <Link
      to="/payments"
      search={search}
      className="ct-card"
      title={hint}
      data-testid={`card-${name}`}
    >
      <span>{t(text)}</span>
      <strong>{value ?? <i className="ct-bar-wait" aria-label={t('list.loading')} />}</strong>
      <small>{then === undefined ? '\u00A0' : t('overview.yesterday', { value: then })}</small>
    </Link>
  )
}
