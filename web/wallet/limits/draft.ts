import type { Mandate, MandateArea, WeekHours } from '../../ui/types.ts'
import { amountText, readAmount } from '../me/amount-text.ts'

/** The limits that are amounts. */
export const amountNames = [
  'per_payment',
  'per_day',
  'per_month',
  'no_pin',
  'offline_per_day',
] as const
export type AmountName = (typeof amountNames)[number]

export const shopKinds = ['small_store', 'supermarket', 'restaurant', 'online', 'other'] as const
export const levels = ['A', 'B', 'C', 'D'] as const

/** A mandate as it is being changed: amounts and the count as they are typed. */
export type Draft = Pick<Mandate, 'level' | 'consent' | 'merchants' | 'shop_kinds' | 'areas'> & {
  amounts: Record<AmountName, string>
  count: string
  hours: WeekHours[] | null
}

/** What the server is asked to change; nothing that stays as it is. */
export type Change = Partial<
  Pick<Mandate, AmountName | 'level' | 'consent' | 'per_day_count' | 'shop_kinds' | 'hours'>
> & { merchants?: string[] | null; areas?: MandateArea[] | null }

/** What is wrong with a draft, by its part; amounts above their cap carry it in minor units. */
export type Problems = Partial<Record<AmountName, 'not_amount' | { above: number }>> & {
  count?: 'not_count'
  hours?: 'no_day'
}

/** A draft that changes nothing yet. */
export function draftOf(mandate: Mandate): Draft {
  const { level, consent, merchants, shop_kinds, areas, hours, currency } = mandate
  const typed = (name: AmountName) => amountText(mandate[name], currency)
  return {
    ...{ level, consent, merchants, shop_kinds, areas, hours },
    amounts: eachAmount(typed),
    count: mandate.per_day_count === null ? '' : String(mandate.per_day_count),
  }
}

/** Builds a record of all amounts. */
export const eachAmount = <T>(make: (name: AmountName) => T): Record<AmountName, T> =>
  Object.fromEntries(amountNames.map((name) => [name, make(name)])) as Record<AmountName, T>

/** The largest amount that the level allows; null: none is named. Minor units. */
export function capOf(mandate: Mandate, draft: Draft, name: AmountName): number | null {
  const { caps } = mandate
  if (name === 'no_pin') return caps.no_pin_max
  if (name === 'offline_per_day') return caps.offline_per_day_max
  if (name === 'per_month') return null
  const ofLevel = caps.per_day_by_level.find(({ level }) => level === draft.level)
  return ofLevel?.per_day_max ?? null
}

/** A lower level takes the limits of a payment and a day down to its cap, as the server does. */
export function withLevel(mandate: Mandate, draft: Draft, level: Mandate['level']): Draft {
  const next = { ...draft, level }
  const cap = capOf(mandate, next, 'per_day')
  const lowered = (typed: string) => {
    const minor = readAmount(typed, mandate.currency)
    return cap !== null && minor !== null && minor > cap ? amountText(cap, mandate.currency) : typed
  }
  const { per_payment, per_day } = draft.amounts
  const amounts = { per_payment: lowered(per_payment), per_day: lowered(per_day) }
  return { ...next, amounts: { ...draft.amounts, ...amounts } }
}

const readCount = (typed: string): number | null | undefined => {
  if (typed.trim() === '') return null
  const count = /^\d{1,5}$/.test(typed.trim()) ? Number(typed) : 0
  return count >= 1 && count <= 10_000 ? count : undefined
}

/** What must be put right before a draft can be saved. */
export function problemsOf(mandate: Mandate, draft: Draft): Problems {
  const problems: Problems = {}
  for (const name of amountNames) {
    const minor = readAmount(draft.amounts[name], mandate.currency)
    const cap = name === 'per_payment' ? null : capOf(mandate, draft, name)
    if (minor === null) problems[name] = 'not_amount'
    else if (cap !== null && minor > cap) problems[name] = { above: cap }
  }
  if (readCount(draft.count) === undefined) problems.count = 'not_count'
  if (draft.hours?.some(({ days }) => days.length === 0)) problems.hours = 'no_day'
  return problems
}

/** What a draft without problems changes. An empty list bounds nothing, so it is sent as none. */
export function changeOf(mandate: Mandate, draft: Draft): Change {
  const change: Change = {}
  for (const name of amountNames) {
    const minor = readAmount(draft.amounts[name], mandate.currency)
    if (minor !== null && minor !== mandate[name]) change[name] = minor
  }
  const count = readCount(draft.count)
  if (count !== undefined && count !== mandate.per_day_count) change.per_day_count = count
  if (draft.level !== mandate.level) change.level = draft.level
  if (draft.consent !== mandate.consent) change.consent = draft.consent
  const kept = <T>(list: readonly T[] | null): T[] | null => (list?.length ? [...list] : null)
  const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)
  const ids = (list: Mandate['merchants']) => kept(list)?.map(({ id }) => id) ?? null
  const merchants = ids(draft.merchants)
  if (!isSame(merchants, ids(mandate.merchants))) change.merchants = merchants
  const kinds = kept(draft.shop_kinds)
  if (!isSame(kinds, mandate.shop_kinds)) change.shop_kinds = kinds
  const areas = kept(draft.areas)
  if (!isSame(areas, mandate.areas)) change.areas = areas
  const hours = kept(draft.hours)
  if (!isSame(hours, mandate.hours)) change.hours = hours
  return change
}

// In whole units: where a finger would stop.
const roundStops = [
  ...[0, 50, 100, 200, 300, 500, 800, 1_000, 2_000, 3_000, 5_000, 8_000],
  ...[10_000, 20_000, 50_000, 100_000, 200_000],
]

/** Where a slider stops, in minor units up to the cap; `unit` is a whole unit in minor ones. */
export function stopsUpTo(cap: number | null, unit: number): number[] {
  const stops = roundStops.map((units) => units * unit)
  return cap === null ? stops : [...stops.filter((stop) => stop < cap), cap]
}

/** The last stop that is not above the amount. */
export const stopAt = (stops: readonly number[], minor: number): number =>
  Math.max(
    0,
    stops.findLastIndex((stop) => stop <= minor),
  )
