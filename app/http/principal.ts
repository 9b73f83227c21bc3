import type { KeyObject } from 'node:crypto'

import { AppError } from '../../modules/errors/errors.ts'
import { isId } from '../../modules/lib/ids.ts'
import type { CredentialKind } from '../../modules/party/party.ts'

/** What somebody is in the institution; a merchant's key and its staff are both `merchant`. */
export type Role = 'operator' | 'merchant' | 'agent' | 'bank' | 'party' | 'terminal' | 'payer'

/** Who calls: the owner of a bearer token, and whose things are theirs. */
export type Principal = {
  kind: CredentialKind
  /** The merchant, party, terminal, payer or person. */
  id: string
  name: string
  role: Role
  institutionId: string
  /** Set for whoever belongs to one merchant: its key, its staff, its terminals. */
  merchantId: string | null
  storeId: string | null
  terminalId: string | null
  payerId: string | null
  partyId: string | null
  /** Of a terminal: what its requests are signed with; null when no device was activated. */
  deviceKey?: KeyObject | null
}

/** Whom a route lets in: by role, or by the kind of token where that is narrower. */
export type Caller = Role | CredentialKind

export const mayCall = (principal: Principal, callers: readonly Caller[]): boolean =>
  callers.includes(principal.role) || callers.includes(principal.kind)

const actors = {
  ...{ staff: 'person', merchant_key: 'merchant', party_key: 'party' },
  ...{ terminal: 'terminal', payer: 'payer' },
} as const satisfies Record<CredentialKind, string>

/** How a principal is named in the trail: `person:per_…`. */
export const actorOf = ({ kind, id }: Principal): string => `${actors[kind]}:${id}`

/** A merchant or a party itself, as it would call with its key: to show it what is its own. */
export const ownPrincipal = (institutionId: string, ownerId: string): Principal => {
  const isMerchant = isId('mch', ownerId)
  return {
    ...(isMerchant
      ? { kind: 'merchant_key', role: 'merchant' }
      : { kind: 'party_key', role: 'party' }),
    ...{ institutionId, id: ownerId, name: '', storeId: null, terminalId: null, payerId: null },
    merchantId: isMerchant ? ownerId : null,
    partyId: isMerchant ? null : ownerId,
  }
}

/**
 * Which merchant's things a caller may look at: the operator any (null: all of them), everybody
 * who belongs to a merchant that one.
 *
 * @throws AppError NOT_FOUND when the caller asks for another's: it is not theirs to know of.
 * @throws AppError FORBIDDEN for a caller who has no merchant at all
 */
export function merchantScope(principal: Principal, wanted: string | undefined): string | null {
  if (principal.role === 'operator') return wanted ?? null
  if (principal.merchantId === null) throw new AppError('FORBIDDEN')
  if (wanted !== undefined && wanted !== principal.merchantId) throw new AppError('NOT_FOUND')
  return principal.merchantId
}

/**
 * The merchant that a new thing is for: named by the operator, or the caller's own.
 *
 * @throws AppError INVALID_REQUEST when the operator names none, else as `merchantScope`
 */
export function merchantFor(principal: Principal, wanted: string | undefined): string {
  const merchantId = merchantScope(principal, wanted)
  if (merchantId === null) throw new AppError('INVALID_REQUEST', { param: 'merchant' })
  return merchantId
}
