// The merchants' devices: what they may do, how they come to be, where they are.
//
// `permission.ts` is read with every payment; `activate.ts` gives a device its bearer token.

import { loadSql, type Db, type Tx } from '../database/database.ts'
import { assert } from '../lib/assert.ts'
import type { Page } from '../party/party.ts'
import { hashActivation, readActivationCode } from './activation.ts'

export { activate, type Activated } from './activate.ts'
export { ACTIVATION_LIFE_MS, newActivationCode } from './activation.ts'
export { countGuesses, readGuesses, type Guesses } from './guess.ts'
export { readPermissions, type TerminalPermission } from './permission.ts'
export { openSightings, type Sighting, type Sightings } from './sighting.ts'
export { openVirtualTerminal, virtualTerminal } from './virtual.ts'

const sql = loadSql(new URL('./terminal.sql', import.meta.url))

export type Terminal = {
  id: string
  merchantId: string
  storeId: string
  name: string
  /** A merchant's API key pays through one; it is not listed. */
  isVirtual: boolean
  state: 'new' | 'active' | 'locked'
  mayTakePayment: boolean
  mayRefund: boolean
  /** Minor units; null: no limit of its own. */
  limitPerPaymentMinor: bigint | null
  activationExpiresAt: Date | null
  lastSeenAt: Date | null
  position: MeasuredPosition | null
  createdAt: Date
}

/** Where a device was, in degrees (WGS 84), give or take so many metres. */
export type MeasuredPosition = { latitude: number; longitude: number; accuracyM: number | null }

export type NewTerminal = Pick<Terminal, 'id' | 'merchantId' | 'storeId' | 'name'> & {
  institutionId: string
}

/** An activation code in clear, to be shown once, and when it dies. */
export type NewActivation = { code: string; pepper: Uint8Array; expiresAt: Date }

/** Adds a terminal in state `new`: it can do nothing before it is activated. */
export async function createTerminal(
  tx: Tx,
  terminal: NewTerminal,
  activation: NewActivation,
  now: Date,
): Promise<void> {
  const { institutionId, id, merchantId, storeId, name } = terminal
  const hash = hashOf(institutionId, activation)
  const values = [institutionId, id, merchantId, storeId, name, hash, activation.expiresAt, now]
  await tx.many(sql('create'), values)
}

/**
 * Gives a terminal another activation code; an older one dies. The device that is active goes on
 * until the new code is used.
 */
export async function renewActivation(
  tx: Tx,
  { institutionId, id }: { institutionId: string; id: string },
  activation: NewActivation,
): Promise<void> {
  const hash = hashOf(institutionId, activation)
  await tx.many(sql('renew_activation'), [institutionId, id, hash, activation.expiresAt])
}

function hashOf(institutionId: string, { code, pepper }: NewActivation): Buffer {
  const typed = readActivationCode(code)
  assert(typed?.institutionId === institutionId, 'the code was made for this institution')
  return hashActivation(pepper, typed)
}

export type PermissionChange = {
  state?: 'active' | 'locked'
  mayTakePayment?: boolean
  mayRefund?: boolean
  /** null takes the limit away. */
  limitPerPaymentMinor?: bigint | null
}

/**
 * Changes what a terminal may do, from its next payment on. A terminal that never was activated
 * goes from locked back to `new`, because it still has no token.
 *
 * Source: P22.
 */
export async function changePermission(
  tx: Tx,
  { institutionId, id }: { institutionId: string; id: string },
  change: PermissionChange,
): Promise<void> {
  const { state = null, mayTakePayment = null, mayRefund = null, limitPerPaymentMinor } = change
  await tx.many(sql('change_permission'), [
    institutionId,
    id,
    state,
    mayTakePayment,
    limitPerPaymentMinor !== undefined,
    limitPerPaymentMinor ?? null,
    mayRefund,
  ])
}

/** Null when there is none in this institution. */
export async function readTerminal(
  db: Pick<Db, 'read'>,
  institutionId: string,
  id: string,
): Promise<Terminal | null> {
  const [row] = await db.read<TerminalRow>(sql('read'), [institutionId, id])
  return row ? readRow(row) : null
}

/** A page of terminals without the virtual ones, the newest first: of one merchant, or of all. */
export async function readTerminals(
  db: Pick<Db, 'read'>,
  institutionId: string,
  { merchantId, startingAfter, limit }: Page & { merchantId: string | null },
): Promise<Terminal[]> {
  const after = startingAfter ?? 'trm_z'
  const rows =
    merchantId === null
      ? await db.read<TerminalRow>(sql('read_all'), [institutionId, after, limit])
      : await db.read<TerminalRow>(sql('read_of_merchant'), [
          institutionId,
          merchantId,
          after,
          limit,
        ])
  return rows.map(readRow)
}

type TerminalRow = {
  id: string
  merchant_id: string
  store_id: string
  name: string
  is_virtual: boolean
  state: Terminal['state']
  may_take_payment: boolean
  may_refund: boolean
  limit_per_payment_minor: bigint | null
  activation_expires_at: Date | null
  last_seen_at: Date | null
  latitude: number | null
  longitude: number | null
  accuracy_m: number | null
  created_at: Date
}

const readRow = (row: TerminalRow): Terminal => ({
  id: row.id,
  merchantId: row.merchant_id,
  storeId: row.store_id,
  name: row.name,
  isVirtual: row.is_virtual,
  state: row.state,
  mayTakePayment: row.may_take_payment,
  mayRefund: row.may_refund,
  limitPerPaymentMinor: row.limit_per_payment_minor,
  activationExpiresAt: row.activation_expires_at,
  lastSeenAt: row.last_seen_at,
  position:
    row.latitude === null || row.longitude === null
      ? null
      : { latitude: row.latitude, longitude: row.longitude, accuracyM: row.accuracy_m },
  createdAt: row.created_at,
})
