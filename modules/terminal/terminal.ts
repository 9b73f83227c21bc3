// The merchants' devices: what they may do, how they come to be, where they are.
//
// `permission.ts` is read with every payment; `activate.ts` gives a device its bearer token and takes
// its key; `levels.ts` says what holds of merchant, store and terminal; `judge.ts` what is odd about a place.

import { loadSql, type Db, type Tx } from '../database/database.ts'
import { assert } from '../lib/assert.ts'
import type { Place } from '../lib/distance.ts'
import type { Page } from '../party/party.ts'
import { hashActivation, readActivationCode } from './activation.ts'
import type { PositionFlag } from './judge.ts'
import { flagsOf } from './sighting.ts'

export { activate, type Activated } from './activate.ts'
export { ACTIVATION_LIFE_MS, newActivationCode } from './activation.ts'
export {
  alarmOf,
  countGuesses,
  lockGuesses,
  purgeGuesses,
  readGuesses,
  type Blocked,
  type Guesses,
} from './guess.ts'
export {
  changePermissions,
  readPermission,
  tellTerminals,
  type Permission,
  type PermissionWish,
  type Subject,
} from './change.ts'
export {
  acknowledgeConfiguration,
  configurationOf,
  ONLINE_MS,
  type TerminalConfiguration,
} from './configuration.ts'
export {
  fenceOf,
  judgePlace,
  type Fence,
  type JudgedPlace,
  type MeasuredPlace,
  type PositionFlag,
} from './judge.ts'
export {
  effective,
  noTerms,
  type DecidedBy,
  type Effective,
  type FenceAction,
  type Level,
  type PermissionTerms,
  type Scope,
  type WeekHours,
} from './levels.ts'
export { admitSigned, purgeSigned, type SignedArrival } from './nonce.ts'
export { readLevels, readPermissions, type TerminalPermission } from './permission.ts'
export { plainDecided, plainTerms, termNames, type TermName } from './plain-terms.ts'
export {
  flagsOf,
  purgePositions,
  readPositions,
  sight,
  type PastPosition,
  type Sighting,
} from './sighting.ts'
export { openSightings, type Noted, type Sightings } from './sightings.ts'
export { openVirtualTerminal, virtualTerminal } from './virtual.ts'

const sql = loadSql(new URL('./terminal.sql', import.meta.url))

export type Terminal = {
  id: string
  merchantId: string
  storeId: string
  name: string
  /** A merchant's API key pays through one; it is not listed. */
  isVirtual: boolean
  /** `locked` is its own lock; its store or its merchant may be locked besides. */
  state: 'new' | 'active' | 'locked'
  mayTakePayment: boolean
  mayRefund: boolean
  /** Minor units; null: no limit of its own. */
  limitPerPaymentMinor: bigint | null
  activationExpiresAt: Date | null
  lastSeenAt: Date | null
  /** When it last said that it is alive. */
  heartbeatAt: Date | null
  appVersion: string | null
  /** Which configuration it said that it follows. */
  configurationVersion: string | null
  /** The Ed25519 key that its device made, 32 bytes; null: activated before devices had keys. */
  publicKey: Buffer | null
  position: TerminalPosition | null
  createdAt: Date
}

/** Where a device was, in degrees (WGS 84), give or take so many metres, and how that was judged. */
export type TerminalPosition = Place & {
  accuracyM: number | null
  measuredAt: Date | null
  isMock: boolean
  distanceM: number | null
  flags: PositionFlag[]
}

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

/** Null when there is none in this institution. */
export async function readTerminal(
  db: Pick<Db, 'read'>,
  institutionId: string,
  id: string,
): Promise<Terminal | null> {
  const [row] = await db.read<TerminalRow>(sql('read'), [institutionId, id])
  return row ? readRow(row) : null
}

export type TerminalPage = Page & {
  merchantId?: string | null
  storeId?: string | null
  state?: Terminal['state'] | null
  /** A part of the name, or the whole id. */
  q?: string | null
}

/** A page of terminals without the virtual ones, the newest first: of one merchant, or of all. */
export async function readTerminals(
  db: Pick<Db, 'read'>,
  institutionId: string,
  { startingAfter, limit, ...wanted }: TerminalPage,
): Promise<Terminal[]> {
  const { merchantId = null, storeId = null, state = null, q = null } = wanted
  const values = [institutionId, startingAfter ?? 'trm_z', merchantId, storeId, state, q, limit]
  return (await db.read<TerminalRow>(sql('read_page'), values)).map(readRow)
}

/** The terminals with these ids, as far as they are there. */
export async function readSomeTerminals(
  db: Pick<Db, 'read'>,
  institutionId: string,
  ids: readonly string[],
): Promise<Terminal[]> {
  return (await db.read<TerminalRow>(sql('read_some'), [institutionId, ids])).map(readRow)
}

type TerminalRow = {
  id: string
  merchant_id: string
  store_id: string
  name: string
  is_virtual: boolean
  activated_at: Date | null
  activation_expires_at: Date | null
  last_seen_at: Date | null
  heartbeat_at: Date | null
  app_version: string | null
  configuration_version: string | null
  latitude: number | null
  longitude: number | null
  accuracy_m: number | null
  position_at: Date | null
  position_flags: string
  position_distance_m: number | null
  is_mock: boolean
  public_key: Buffer | null
  created_at: Date
  may_take_payment: boolean | null
  may_refund: boolean | null
  limit_per_payment_minor: bigint | null
  is_locked: boolean
}

const readRow = (row: TerminalRow): Terminal => ({
  id: row.id,
  merchantId: row.merchant_id,
  storeId: row.store_id,
  name: row.name,
  isVirtual: row.is_virtual,
  state: row.is_locked ? 'locked' : row.activated_at === null ? 'new' : 'active',
  mayTakePayment: row.may_take_payment ?? true,
  mayRefund: row.may_refund ?? true,
  limitPerPaymentMinor: row.limit_per_payment_minor,
  activationExpiresAt: row.activation_expires_at,
  lastSeenAt: row.last_seen_at,
  heartbeatAt: row.heartbeat_at,
  appVersion: row.app_version,
  configurationVersion: row.configuration_version,
  publicKey: row.public_key,
  position: positionOf(row),
  createdAt: row.created_at,
})

const positionOf = ({ latitude, longitude, ...row }: TerminalRow): TerminalPosition | null =>
  latitude === null || longitude === null
    ? null
    : {
        ...{ latitude, longitude, accuracyM: row.accuracy_m, measuredAt: row.position_at },
        ...{ isMock: row.is_mock, distanceM: row.position_distance_m },
        flags: flagsOf(row.position_flags),
      }
