import type { Json } from '../trail/trail.ts'
import type { DecidedBy, PermissionTerms, Scope } from './levels.ts'

/** How the terms are called outside: in the API, in the trail, at the terminal. */
export const termNames = {
  mayTakePayment: 'may_take_payment',
  mayRefund: 'may_refund',
  mayReverse: 'may_reverse',
  limitPerPaymentMinor: 'limit_per_payment',
  limitPerDayMinor: 'limit_per_day',
  hours: 'hours',
  schemes: 'schemes',
  fenceRadiusM: 'fence_radius_m',
  fenceAction: 'fence_action',
  isLocked: 'is_locked',
} as const satisfies Record<keyof PermissionTerms, string>

export type TermName = (typeof termNames)[keyof PermissionTerms]
export type PlainTerms = Record<TermName, Json>

const keys = Object.keys(termNames) as (keyof PermissionTerms)[]

/** Terms as plain JSON. Limits are whole numbers of minor units, below 2^53 where they came in. */
export const plainTerms = (terms: PermissionTerms): PlainTerms =>
  Object.fromEntries(keys.map((key) => [termNames[key], plain(terms[key])])) as PlainTerms

/** Which level decided each term, by the names that are used outside. */
export const plainDecided = (from: DecidedBy): Partial<Record<TermName, Scope>> =>
  Object.fromEntries(
    keys.flatMap((key) => (from[key] === undefined ? [] : [[termNames[key], from[key]]])),
  )

/** What differs between two levels' terms, each as it was and as it is. */
export function plainDifference(
  before: PermissionTerms,
  after: PermissionTerms,
): Record<string, Json> {
  const [was, is] = [plainTerms(before), plainTerms(after)]
  const changed = Object.values(termNames).filter(
    (name) => JSON.stringify(was[name]) !== JSON.stringify(is[name]),
  )
  return Object.fromEntries(changed.map((name) => [name, { before: was[name], after: is[name] }]))
}

function plain(value: PermissionTerms[keyof PermissionTerms]): Json {
  if (typeof value === 'bigint') return Number(value)
  if (!Array.isArray(value)) return value as Json
  return (value as readonly unknown[]).map((one) =>
    typeof one === 'object' && one !== null ? { ...one } : one,
  ) as Json
}
