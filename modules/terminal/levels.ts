import type { WeekHours } from '../lib/week-hours.ts'

export type { WeekHours } from '../lib/week-hours.ts'

export type FenceAction = 'refuse' | 'flag' | 'ask'
export type Scope = 'merchant' | 'store' | 'terminal'

/** What one level says; null: nothing. Amounts in minor units. */
export type PermissionTerms = {
  mayTakePayment: boolean | null
  mayRefund: boolean | null
  mayReverse: boolean | null
  limitPerPaymentMinor: bigint | null
  /** Of all that is taken on one local day. */
  limitPerDayMinor: bigint | null
  hours: readonly WeekHours[] | null
  /** Of which codes are taken: onetill, wechat, … */
  schemes: readonly string[] | null
  /** How far from its store a terminal may be; 0: as far as it likes. */
  fenceRadiusM: number | null
  fenceAction: FenceAction | null
  isLocked: boolean
}

export type Level = { scope: Scope; terms: PermissionTerms; reason: string | null }

/** What holds for a terminal, all its levels together. */
export type Effective = PermissionTerms & {
  mayTakePayment: boolean
  mayRefund: boolean
  mayReverse: boolean
  /** Why it is locked, as whoever locked it said. */
  lockReason: string | null
}

/** Which level decided a term; a term that nobody has said anything of is left out. */
export type DecidedBy = Partial<Record<keyof PermissionTerms, Scope>>

/** A level that says nothing. */
export const noTerms: PermissionTerms = {
  ...{ mayTakePayment: null, mayRefund: null, mayReverse: null },
  ...{ limitPerPaymentMinor: null, limitPerDayMinor: null, hours: null, schemes: null },
  ...{ fenceRadiusM: null, fenceAction: null, isLocked: false },
}

/** What a terminal may of which nobody has said anything. */
export const unrestricted: Effective = {
  ...noTerms,
  ...{ mayTakePayment: true, mayRefund: true, mayReverse: true, lockReason: null },
}

const nearest: readonly Scope[] = ['terminal', 'store', 'merchant']
const switches = ['mayTakePayment', 'mayRefund', 'mayReverse'] as const
const limits = ['limitPerPaymentMinor', 'limitPerDayMinor'] as const
const choices = ['hours', 'schemes', 'fenceRadiusM', 'fenceAction'] as const

/**
 * What holds for a terminal. It is locked when any level locks it and may do what no level forbids;
 * the smallest limit counts; hours, schemes and fence are those of the nearest level that says some.
 *
 * Source: P22.
 */
export function effective(levels: readonly Level[]): { terms: Effective; from: DecidedBy } {
  if (levels.length === 0) return { terms: unrestricted, from: {} }
  const near = levels.toSorted((a, b) => nearest.indexOf(a.scope) - nearest.indexOf(b.scope))
  const terms: Effective = { ...unrestricted }
  const from: DecidedBy = {}
  const lock = near.find((level) => level.terms.isLocked)
  if (lock) {
    terms.isLocked = true
    terms.lockReason = lock.reason
    from.isLocked = lock.scope
  }
  for (const name of switches) {
    const said =
      near.find((level) => level.terms[name] === false) ??
      near.find((level) => level.terms[name] === true)
    if (!said) continue
    terms[name] = said.terms[name] === true
    from[name] = said.scope
  }
  for (const name of limits)
    for (const level of near) {
      const [limitMinor, leastMinor] = [level.terms[name], terms[name]]
      if (limitMinor === null || (leastMinor !== null && leastMinor <= limitMinor)) continue
      terms[name] = limitMinor
      from[name] = level.scope
    }
  for (const name of choices) takeNearest(name, near, terms, from)
  return { terms, from }
}

function takeNearest<Name extends (typeof choices)[number]>(
  name: Name,
  near: readonly Level[],
  terms: Effective,
  from: DecidedBy,
): void {
  const said = near.find((level) => level.terms[name] !== null)
  if (!said) return
  ;(terms as PermissionTerms)[name] = said.terms[name]
  from[name] = said.scope
}
