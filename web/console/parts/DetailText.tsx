import { Fragment, type ReactElement } from 'react'
import { formatDateTime } from '../../ui/i18n.tsx'
import { Money } from '../../ui/money.tsx'
import { homeCurrency } from '../amounts.ts'
import { useText, useWord } from '../text.ts'
import { CopyId } from './CopyId.tsx'

export type Detail = Record<string, unknown>

// Amounts by the names that the API gives them, in minor units.
const amounts = [
  ...['amount', 'price', 'opening_amount', 'refund_approval_from'],
  ...['limit_per_payment', 'limit_per_day'],
]
const anId = /^[a-z]{3}_[0-9a-z]{26}$/
const aTime = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/

/** What a record says, as names and values in words; what is empty is left out. */
export function DetailText({ of, skip = [] }: { of: Detail; skip?: string[] }): ReactElement {
  const word = useWord()
  const shown = Object.entries(of).filter(
    ([name, value]) => !skip.includes(name) && value !== null && value !== undefined,
  )
  return (
    <span className="ct-detail">
      {shown.map(([name, value], place) => (
        <Fragment key={name}>
          {place > 0 && ' · '}
          <span className="ct-muted">{word('fact.', name)}</span>{' '}
          <Value name={name} value={value} />
        </Fragment>
      ))}
    </span>
  )
}

function Value({ name, value }: { name: string; value: unknown }): ReactElement {
  const t = useText()
  const word = useWord()
  if (typeof value === 'boolean') return <>{t(value ? 'fact.yes' : 'fact.no')}</>
  if (typeof value === 'number') {
    if (amounts.includes(name)) return <Money minor={value} currency={homeCurrency} size="s" />
    // Of a degree the fifth decimal is a metre.
    return <>{Number.isInteger(value) ? value : Number(value.toFixed(5))}</>
  }
  if (Array.isArray(value)) return <>{value.map((one) => entryText(one, word)).join(', ') || '–'}</>
  if (typeof value !== 'string') return <code>{JSON.stringify(value)}</code>
  if (anId.test(value)) return <CopyId id={value} what={word('fact.', name)} short />
  if (aTime.test(value)) return <>{formatDateTime(value)}</>
  if (name === 'source') return <>{word('fact.source_', value)}</>
  if (name === 'role') return <>{word('people.role_', value)}</>
  if (name === 'kind') return <>{word('stores.kind_', value)}</>
  if (name === 'state') return <>{word('merchants.state_', value)}</>
  if (name === 'refund_approved_by') return <>{word('merchants.approved_by_', value)}</>
  return <>{value}</>
}

/** One of several: a flag in words, or a setting as `name: before → after`. */
function entryText(one: unknown, word: ReturnType<typeof useWord>): string {
  if (typeof one !== 'object' || one === null) return word('terminals.flag_', String(one))
  const { name, before, after, ...rest } = one as Detail
  const isChange = typeof name === 'string' && Object.keys(rest).length === 0
  return isChange ? `${name}: ${plain(before)} → ${plain(after)}` : JSON.stringify(one)
}

const plain = (value: unknown): string =>
  value === null || value === undefined
    ? '–'
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value as string | number | boolean)
