import { loadSql, type Tx } from '../database/database.ts'
import { AppError } from '../errors/errors.ts'
import type { Io } from '../io/io.ts'
import type { Currency } from '../money/money.ts'
import { ownIssuers } from '../paycode/paycode.ts'
import {
  ALIASES_PER_EPOCH,
  aliasOf,
  epochAt,
  epochDiesAt,
  type AliasTerms,
  type Hidden,
} from './alias.ts'
import { aliasHash } from './codes.ts'
import { lockDevice, seeDevice, type DeviceKey, type PayerDevice } from './device.ts'
import { lowerMinor } from './mandate-level.ts'

const sql = loadSql(new URL('./offline.sql', import.meta.url))

/** One alias, in clear for the device alone. */
export type Alias = { alias: string; seq: number }

/** What a device gets to show codes with while it has no network. */
export type OfflineBatch = {
  prefix: string
  epoch: number
  aliases: Alias[]
  /** From then on none of them pays. */
  expiresAt: Date
  /** How many a device may hold. */
  batchSize: number
  /** What the payer may pay by such codes in a day, in minor units of the currency. */
  dayLimitMinor: bigint
  currency: Currency
  /** Our time, for the device to measure its clock by. */
  serverTime: Date
}

export type BatchWish = DeviceKey & {
  /** How many; no more than the institution's setting `offline.batch_size`. */
  count: number
  /** What the device's clock says, if it told. */
  deviceTime: Date | null
}

/** The prefix of an institution's offline codes, and what its aliases are made with. */
export async function aliasTermsOf(
  io: Pick<Io, 'institution' | 'aliasKey'>,
  institutionId: string,
): Promise<AliasTerms> {
  const { codePrefix, createdAt } = await io.institution(institutionId)
  const [prefix = ''] = ownIssuers(institutionId, codePrefix, createdAt).offline.prefixes
  return { institutionId, prefix, aliasKey: io.aliasKey }
}

/**
 * Hands new aliases to a device. Unused ones that it has besides die, the oldest first, where it
 * would have more than the setting `offline.batch_size`. A device gets a hundred in an epoch at
 * most, so the answer may hold fewer than were asked for.
 *
 * @throws AppError NOT_FOUND, DEVICE_FROZEN (revoked too), PAYER_FROZEN
 * @throws AppError INVALID_REQUEST for more than the batch size
 * @throws AppError RATE_LIMITED when the device had its hundred; the next epoch brings new ones
 *
 * Source: P8; CN107808285A (codes made in batches for use without a network); DESIGN §6.
 */
export async function issueAliases(io: Io, wish: BatchWish): Promise<OfflineBatch> {
  const { institutionId, count, deviceTime } = wish
  const settings = io.settings(institutionId)
  const batchSize = settings.integer('offline.batch_size')
  if (count > batchSize) throw new AppError('INVALID_REQUEST', { param: 'count' })
  const epochDays = settings.integer('offline.epoch_days')
  const terms = await aliasTermsOf(io, institutionId)
  const now = io.now()
  const epoch = epochAt(now, epochDays)
  const expiresAt = epochDiesAt(epoch, epochDays)
  const clockOffsetMs = deviceTime && now.getTime() - deviceTime.getTime()

  const issued = await io.db.transaction(async (tx) => {
    const device = await lockDevice(tx, wish)
    if (device.state !== 'active') throw new AppError('DEVICE_FROZEN')
    const payer = await readIssuing(tx, wish)
    const room = await makeRoom(tx, device, { institutionId, epoch, now, count, batchSize })
    const aliases = await freeAliases(tx, { io, terms, device, epoch, ...room, count })
    if (aliases.length === 0) throw new AppError('RATE_LIMITED')
    tx.send(sql('insert_aliases'), [
      ...[institutionId, aliases.map(({ hash }) => hash), payer.id, payer.sourceId],
      ...[payer.mandateId, `${terms.prefix}…`, now, expiresAt, device.id, epoch],
      aliases.map(({ seq }) => seq),
    ])
    seeDevice(tx, wish, { now, clockOffsetMs })
    const { offlinePerDayMinor, currency } = payer
    return { aliases, offlinePerDayMinor, currency }
  })
  const aliases = issued.aliases.map(({ alias, seq }) => ({ alias, seq }))
  const capMinor = settings.minor('offline.day_limit_minor')
  const dayLimitMinor = lowerMinor(issued.offlinePerDayMinor, capMinor)
  return {
    ...{ prefix: terms.prefix, epoch, aliases, batchSize, expiresAt, serverTime: now },
    ...{ dayLimitMinor, currency: issued.currency },
  }
}

async function readIssuing(tx: Tx, { institutionId, payerId }: DeviceKey) {
  type Row = {
    state: string
    chosen_source_id: string
    mandate_id: string
    offline_per_day_minor: bigint
    currency: Currency
  }
  const [row] = await tx.many<Row>(sql('read_issuing'), [institutionId, payerId])
  if (!row) throw new AppError('NOT_FOUND')
  if (row.state !== 'active') throw new AppError('PAYER_FROZEN')
  const { chosen_source_id: sourceId, mandate_id: mandateId } = row
  const { offline_per_day_minor: offlinePerDayMinor, currency } = row
  return { id: payerId, sourceId, mandateId, offlinePerDayMinor, currency }
}

type Room = { institutionId: string; epoch: number; now: Date; count: number; batchSize: number }

/** Lets the oldest unused aliases die that the device has too many of; answers the next free number. */
async function makeRoom(
  tx: Tx,
  device: PayerDevice,
  { institutionId, epoch, now, count, batchSize }: Room,
): Promise<{ firstSeq: number }> {
  type Row = { code_hash: Buffer; issued_at: Date; epoch: number; seq: number; is_live: boolean }
  const values = [institutionId, device.id, epoch, now]
  const rows = await tx.many<Row>(sql('lock_of_device'), values)
  const live = rows.filter((row) => row.is_live)
  live.sort((a, b) => a.issued_at.getTime() - b.issued_at.getTime() || a.seq - b.seq)
  const dying = live.slice(0, Math.max(0, live.length + count - batchSize))
  if (dying.length > 0) {
    const hashes = dying.map(({ code_hash: hash }) => hash)
    tx.send(sql('replace_codes'), [institutionId, hashes])
  }
  const taken = rows.filter((row) => row.epoch === epoch).map(({ seq }) => seq)
  return { firstSeq: Math.max(-1, ...taken) + 1 }
}

type Making = {
  io: Pick<Io, 'pepper'>
  terms: AliasTerms
  device: PayerDevice
  epoch: number
  firstSeq: number
  count: number
}

/** The next aliases of the device whose digits no other code has, as long as there are numbers left. */
async function freeAliases(
  tx: Tx,
  { io, terms, device, epoch, firstSeq, count }: Making,
): Promise<(Alias & { hash: Buffer })[]> {
  const seqs = Array.from({ length: count }, (_, at) => firstSeq + at)
  const made = seqs
    .filter((seq) => seq < ALIASES_PER_EPOCH)
    .map((seq) => {
      const hidden: Hidden = { epoch, number: device.number, seq }
      const alias = aliasOf(terms, hidden)
      return { alias, seq, hash: aliasHash(io, terms.prefix, alias) }
    })
  type Row = { code_hash: Buffer }
  const hashes = made.map(({ hash }) => hash)
  const rows = await tx.many<Row>(sql('known_hashes'), [terms.institutionId, hashes])
  const known = new Set(rows.map((row) => row.code_hash.toString('hex')))
  return made.filter(({ hash }) => !known.has(hash.toString('hex')))
}
