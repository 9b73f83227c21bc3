import { expect, test } from 'vitest'

import {
  effective,
  noTerms,
  unrestricted,
  type DecidedBy,
  type Effective,
  type PermissionTerms,
  type Scope,
} from './levels.ts'

const day = { days: [1, 2, 3, 4, 5], from: '08:00', until: '22:00' }
const night = { days: [6, 7], from: '22:00', until: '02:00' }

type Said = Partial<Record<Scope, Partial<PermissionTerms>>>

const cases: [what: string, said: Said, terms: Partial<Effective>, from: DecidedBy][] = [
  ['nothing said', {}, {}, {}],
  [
    'a lock at any level locks, with its reason',
    { merchant: { isLocked: true }, terminal: { mayRefund: true } },
    { isLocked: true, lockReason: 'because merchant' },
    { isLocked: 'merchant', mayRefund: 'terminal' },
  ],
  [
    'the nearest of two locks says why',
    { merchant: { isLocked: true }, store: { isLocked: true } },
    { isLocked: true, lockReason: 'because store' },
    { isLocked: 'store' },
  ],
  [
    'what one level forbids no other allows',
    { store: { mayTakePayment: false }, terminal: { mayTakePayment: true, mayReverse: false } },
    { mayTakePayment: false, mayReverse: false },
    { mayTakePayment: 'store', mayReverse: 'terminal' },
  ],
  [
    'the smallest limit counts, wherever it stands',
    {
      merchant: { limitPerPaymentMinor: 500n, limitPerDayMinor: 9_000n },
      terminal: { limitPerPaymentMinor: 800n, limitPerDayMinor: 100n },
    },
    { limitPerPaymentMinor: 500n, limitPerDayMinor: 100n },
    { limitPerPaymentMinor: 'merchant', limitPerDayMinor: 'terminal' },
  ],
  [
    'hours, schemes and fence are those of the nearest level that says some',
    {
      merchant: { hours: [day], schemes: ['wechat'], fenceRadiusM: 200, fenceAction: 'refuse' },
      store: { hours: [night], fenceRadiusM: 0 },
    },
    { hours: [night], schemes: ['wechat'], fenceRadiusM: 0, fenceAction: 'refuse' },
    { hours: 'store', schemes: 'merchant', fenceRadiusM: 'store', fenceAction: 'merchant' },
  ],
]
test.each(cases)('%s', (_what, said, terms, from) => {
  const levels = Object.entries(said).map(([scope, some]) => ({
    scope: scope as Scope,
    terms: { ...noTerms, ...some },
    reason: `because ${scope}`,
  }))
  expect(effective(levels)).toEqual({ terms: { ...unrestricted, ...terms }, from })
})
