import { minorOrNull, typedFromMinor } from '../amounts.ts'
import type { Hours, PermissionTerms } from './types.ts'

/** The form's fields: what is chosen or typed, everything as text but lists. */
export type TermValues = {
  may_take_payment?: Tri
  may_refund?: Tri
  may_reverse?: Tri
  is_locked?: boolean
  limit_per_payment?: string
  limit_per_day?: string
  schemes?: string[]
  days?: number[]
  from?: string
  until?: string
  fence_radius_m?: number | null
  fence_action?: 'unset' | 'refuse' | 'flag' | 'ask'
  reason?: string
}

/** Yes, no, or nothing said at this level. */
export type Tri = 'unset' | 'yes' | 'no'

const triOf = (may: boolean | null): Tri => (may === null ? 'unset' : may ? 'yes' : 'no')
const boolOf = (tri: Tri | undefined): boolean | null =>
  tri === 'yes' ? true : tri === 'no' ? false : null

/** What a level says, as the form shows it. More than one stretch of hours is shown as its first. */
export function valuesOf(terms: PermissionTerms): TermValues {
  const [hours] = terms.hours ?? []
  return {
    may_take_payment: triOf(terms.may_take_payment),
    may_refund: triOf(terms.may_refund),
    may_reverse: triOf(terms.may_reverse),
    is_locked: terms.is_locked,
    limit_per_payment: typedFromMinor(terms.limit_per_payment),
    limit_per_day: typedFromMinor(terms.limit_per_day),
    schemes: terms.schemes ?? [],
    ...(hours ? { days: hours.days, from: hours.from, until: hours.until } : { days: [] }),
    fence_radius_m: terms.fence_radius_m,
    fence_action: terms.fence_action ?? 'unset',
  }
}

/** The form as the API's terms: empty fields say nothing, an empty list of schemes means all. */
export function termsOf(values: TermValues): PermissionTerms {
  const { fence_action = 'unset', schemes = [] } = values
  return {
    may_take_payment: boolOf(values.may_take_payment),
    may_refund: boolOf(values.may_refund),
    may_reverse: boolOf(values.may_reverse),
    is_locked: values.is_locked ?? false,
    limit_per_payment: minorOrNull(values.limit_per_payment),
    limit_per_day: minorOrNull(values.limit_per_day),
    schemes: schemes.length > 0 ? schemes : null,
    hours: hoursOf(values),
    fence_radius_m: values.fence_radius_m ?? null,
    fence_action: fence_action === 'unset' ? null : fence_action,
  }
}

function hoursOf({ days = [], from, until }: TermValues): Hours[] | null {
  if (!from || !until) return null
  const all = [1, 2, 3, 4, 5, 6, 7]
  return [{ days: days.length > 0 ? [...days].sort((a, b) => a - b) : all, from, until }]
}
