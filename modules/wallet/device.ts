import { randomBytes } from 'node:crypto'

import { openKeys, sealKeys, type MasterKey } from '../channel/channel.ts'
import { loadSql, type Db, type Tx } from '../database/database.ts'
import { AppError } from '../errors/errors.ts'
import type { Io } from '../io/io.ts'
import { assert } from '../lib/assert.ts'
import { newId } from '../lib/ids.ts'
import { putEvents } from '../outbox/outbox.ts'
import { ownIssuers } from '../paycode/paycode.ts'
import type { Page } from '../party/party.ts'
import { record } from '../trail/trail.ts'
import { largestNumber } from './alias.ts'
import type { Act, PayerKey } from './payer.ts'

const sql = loadSql(new URL('./device.sql', import.meta.url))

// A payer's phone has a key of its own, by which the codes are proved that it makes without a network.
// One phone or all of them can be frozen, from any of them or by the operator.

const KEY_BYTES = 32
const DAY_MS = 24 * 60 * 60 * 1000

// An institution has numbers for ten million devices; nobody needs that many phones in a month.
const MOST_IN_A_MONTH = 20

/** A phone, or a browser, that may show codes without a network. */
export type PayerDevice = {
  id: string
  payerId: string
  /** Of seven digits at most; its aliases hide it. */
  number: number
  name: string
  platform: string
  /** Frozen can be undone with the PIN; revoked is for ever. */
  state: 'active' | 'frozen' | 'revoked'
  /** How much our clock was ahead of the device's when it last told its time; null: it never did. */
  clockOffsetMs: number | null
  createdAt: Date
  lastSeenAt: Date | null
}

export type DeviceKey = PayerKey & { deviceId: string }

export type NewDevice = PayerKey & { name: string; platform: string }

/**
 * Makes a device known and gives it its key, 32 bytes that nobody can ask for again. The PIN was
 * checked before.
 *
 * @throws AppError RATE_LIMITED after 20 devices of one payer in 30 days
 *
 * Source: P3, P8; reference/protocols.md §9.3 (a key per device).
 */
export async function enrolDevice(
  io: Pick<Io, 'db' | 'now' | 'masterKey' | 'institution'>,
  { institutionId, payerId, name, platform }: NewDevice,
): Promise<{ device: PayerDevice; key: Buffer }> {
  const now = io.now()
  const id = newId('dev', now.getTime())
  const trailId = newId('trl')
  const key = randomBytes(KEY_BYTES)
  const sealed = sealDeviceKey(key, { institutionId, id }, io.masterKey)
  const { codePrefix, createdAt } = await io.institution(institutionId)
  const [prefix] = ownIssuers(institutionId, codePrefix, createdAt).offline.prefixes
  const device = await io.db.transaction(async (tx) => {
    const whose = { institutionId, payerId }
    const known = await readDevice({ read: tx.many }, { ...whose, deviceId: id })
    if (known) return known // a rerun of what was committed
    await refuseTooMany(tx, whose, now)
    const [counted] = await tx.many<{ last_number: number }>(sql('next_number'), [institutionId])
    const number = counted?.last_number ?? 0
    assert(prefix && number <= largestNumber(prefix), 'there is a number for one more device')
    tx.send(sql('enrol'), [institutionId, id, payerId, number, name, platform, sealed, now])
    const fresh = {
      state: 'active',
      clockOffsetMs: null,
      createdAt: now,
      lastSeenAt: null,
    } as const
    const made: PayerDevice = { id, payerId, number, name, platform, ...fresh }
    tell(tx, institutionId, [made], now)
    const who = { actor: `payer:${payerId}`, action: 'device.enrol', subject: id }
    await record(tx, institutionId, [{ id: trailId, at: now, ...who, detail: { name, platform } }])
    return made
  })
  return { device, key }
}

async function refuseTooMany(tx: Tx, { institutionId, payerId }: PayerKey, now: Date) {
  const since = new Date(now.getTime() - 30 * DAY_MS)
  const values = [institutionId, payerId, since]
  const [row] = await tx.many<{ enrolled: number }>(sql('read_recent'), values)
  if (row && row.enrolled >= MOST_IN_A_MONTH) throw new AppError('RATE_LIMITED')
}

type Whose = { institutionId: string; id: string }

/** How the key of a device lies in the database. */
export const sealDeviceKey = (key: Buffer, whose: Whose, masterKey: MasterKey): Buffer =>
  sealKeys({ key: key.toString('base64url') }, whose, masterKey)

/** Opens the key of a device, just before a code is proved with it. */
export function openDeviceKey(sealed: Uint8Array, whose: Whose, masterKey: MasterKey): Buffer {
  const { key } = openKeys(sealed, whose, masterKey)
  assert(typeof key === 'string', 'a device’s key is a text')
  return Buffer.from(key, 'base64url')
}

/** One device of the payer, or null. */
export async function readDevice(
  db: Pick<Db, 'read'>,
  { institutionId, payerId, deviceId }: DeviceKey,
): Promise<PayerDevice | null> {
  const [row] = await db.read<DeviceRow>(sql('read'), [institutionId, payerId, deviceId])
  return row ? readRow(row) : null
}

/** Whose device it is, for the operator; null when there is none in this institution. */
export async function payerOfDevice(
  db: Pick<Db, 'read'>,
  institutionId: string,
  deviceId: string,
): Promise<string | null> {
  const [row] = await db.read<{ payer_id: string }>(sql('read_payer_of'), [institutionId, deviceId])
  return row?.payer_id ?? null
}

/** A payer's devices, the newest first, revoked ones too. */
export async function listDevices(
  db: Pick<Db, 'read'>,
  { institutionId, payerId }: PayerKey,
  { startingAfter, limit }: Page,
): Promise<PayerDevice[]> {
  const values = [institutionId, payerId, startingAfter ?? 'dev_z', limit]
  return (await db.read<DeviceRow>(sql('read_all'), values)).map(readRow)
}

/**
 * Locks a device, before any code of it: a state that is read here holds until the commit.
 *
 * @throws AppError NOT_FOUND
 */
export async function lockDevice(
  tx: Tx,
  { institutionId, payerId, deviceId }: DeviceKey,
): Promise<PayerDevice> {
  const values = [institutionId, payerId, [deviceId]]
  const [row] = await tx.many<DeviceRow>(sql('lock'), values)
  if (!row) throw new AppError('NOT_FOUND')
  return readRow(row)
}

/** Writes down that the device was heard of. The offset is kept within what an int holds. */
export function seeDevice(
  tx: Tx,
  { institutionId, payerId, deviceId }: DeviceKey,
  { now, clockOffsetMs }: { now: Date; clockOffsetMs: number | null },
): void {
  const most = 2_000_000_000
  const offset = clockOffsetMs && Math.max(-most, Math.min(most, Math.round(clockOffsetMs)))
  tx.send(sql('see'), [institutionId, payerId, deviceId, now, offset])
}

export type DeviceChange = PayerKey & {
  /** Null: all of the payer's. */
  deviceId: string | null
  to: PayerDevice['state']
  /** Why, where the operator does it. */
  reason?: string
}

/**
 * Freezes, unfreezes or revokes a device or all of a payer's, and with it its codes: from the commit
 * on none of them pays, and a frozen device's count again when it is unfrozen. What was revoked
 * stays revoked, and one in the wanted state stays as it is.
 *
 * @throws AppError NOT_FOUND for a device that the payer does not have
 * @throws AppError DEVICE_REVOKED when one that was revoked is to be another
 *
 * Source: P8, P9 (a lost phone).
 */
export async function changeDevices(
  tx: Tx,
  { institutionId, payerId, deviceId, to, reason }: DeviceChange,
  { actor, trailId, now }: Act,
): Promise<PayerDevice[]> {
  const values = [institutionId, payerId, deviceId === null ? null : [deviceId]]
  const devices = (await tx.many<DeviceRow>(sql('lock'), values)).map(readRow)
  if (deviceId !== null && devices.length === 0) throw new AppError('NOT_FOUND')
  const isFinal = devices.some(({ state }) => state === 'revoked')
  if (deviceId !== null && isFinal && to !== 'revoked') throw new AppError('DEVICE_REVOKED')

  const changing = devices.filter(({ state }) => state !== to && state !== 'revoked')
  const changed = changing.map((device) => ({ ...device, state: to }))
  if (changed.length > 0) {
    const ids = changed.map(({ id }) => id)
    await stopOrFree(tx, institutionId, { ids, to })
    tx.send(sql('set_state'), [institutionId, ids, to])
    tell(tx, institutionId, changed, now)
    const action = `device.${to === 'active' ? 'unfreeze' : to === 'frozen' ? 'freeze' : 'revoke'}`
    const detail = { devices: ids, ...(reason !== undefined && { reason }) }
    const subject = deviceId ?? payerId
    await record(tx, institutionId, [{ id: trailId, at: now, actor, action, subject, detail }])
  }
  const stateOf = new Map(changed.map((device) => [device.id, device]))
  return devices.map((device) => stateOf.get(device.id) ?? device)
}

async function stopOrFree(
  tx: Tx,
  institutionId: string,
  { ids, to }: { ids: readonly string[]; to: PayerDevice['state'] },
): Promise<void> {
  const codes = await tx.many<{ code_hash: Buffer }>(sql('lock_unused'), [institutionId, ids])
  const hashes = codes.map(({ code_hash: hash }) => hash)
  if (hashes.length === 0) return
  if (to === 'active') tx.send(sql('free_codes'), [institutionId, hashes])
  else tx.send(sql('stop_codes'), [institutionId, hashes, to])
}

/** The payer's other devices, and the console, hear of it. */
function tell(tx: Tx, institutionId: string, devices: readonly PayerDevice[], now: Date): void {
  const events = devices.map(({ id, payerId, name, state }) => ({
    ...{ id: newId('evt', now.getTime()), type: 'device.changed' as const, subjectId: id },
    ...{ merchantId: null, terminalId: null, payerId, partyId: null, occurredAt: now },
    payload: { object: 'device', id, name, state },
  }))
  putEvents(tx, institutionId, events)
}

type DeviceRow = {
  id: string
  payer_id: string
  number: number
  name: string
  platform: string
  state: PayerDevice['state']
  clock_offset_ms: number | null
  created_at: Date
  last_seen_at: Date | null
}

const readRow = (row: DeviceRow): PayerDevice => ({
  id: row.id,
  payerId: row.payer_id,
  number: row.number,
  name: row.name,
  platform: row.platform,
  state: row.state,
  clockOffsetMs: row.clock_offset_ms,
  createdAt: row.created_at,
  lastSeenAt: row.last_seen_at,
})
