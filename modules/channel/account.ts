import { loadSql, type Db, type Tx } from '../database/database.ts'
import { AppError } from '../errors/errors.ts'
import { fingerprintOf, openKeys, sealKeys, type Keys, type MasterKey } from './seal.ts'
import { termsOf, type ChannelName } from './terms.ts'
import { checkTimings } from './timing.ts'

// The accounts at counterparts through which charges go. Their keys are sealed before they come to
// the database and are opened only where an adapter is; what people see of one is a fingerprint.

export { channelNames, type ChannelName } from './terms.ts'
export { fingerprintOf, openKeys, sealKeys, type Keys, type SealedFor } from './seal.ts'

const sql = loadSql(new URL('./channel.sql', import.meta.url))

/** When a key was set, and by what it can be compared. */
export type KeyHint = { setAt: string; fingerprint: string }

export type ChannelAccount = {
  institutionId: string
  id: string
  channel: ChannelName
  /** Whose codes it charges: wechat, alipay, unionpay, or onetill for another institution's. */
  scheme: string
  name: string
  /** The bank in between; null: reached directly. */
  acquirer: string | null
  /** `direct`: the counterpart pays the merchant. `pooled`: the institution is paid, and owes. */
  settlement: 'direct' | 'pooled'
  /** Null: for every merchant of the institution. */
  merchantId: string | null
  state: 'active' | 'paused' | 'closed'
  costBps: number
  /** How many calls may be under way at once, in each process. */
  concurrency: number
  /** What is no secret. */
  settings: Record<string, unknown>
  keyHints: Record<string, KeyHint>
  /** Counts changes. */
  version: number
  createdAt: Date
  updatedAt: Date
}

/** An account as it lies in the database: its keys are there and cannot be read. */
export type SealedAccount = ChannelAccount & { sealedKeys: Uint8Array }

export type NewChannelAccount = Omit<
  ChannelAccount,
  'state' | 'keyHints' | 'version' | 'createdAt' | 'updatedAt'
> & {
  state?: ChannelAccount['state']
  keys: Keys
}

/** What is given is changed. Settings and keys by name: null takes one away, the others stay. */
export type ChannelAccountChange = {
  name?: string
  state?: ChannelAccount['state']
  costBps?: number
  concurrency?: number
  settings?: Readonly<Record<string, unknown>>
  keys?: Keys
}

export type Sealing = {
  masterKey: MasterKey
  now: Date
  /** Opens a road with the keys, and throws an AppError when it cannot; nothing is written then. */
  tryKeys?: (account: Pick<ChannelAccount, 'channel' | 'settings'>, keys: Keys) => void
}

/**
 * Adds an account, its keys sealed. The same id again changes nothing and answers false.
 *
 * @throws AppError INVALID_REQUEST, `param` naming the setting or key that is missing, unknown or of
 *   another kind than it must be; never its value
 *
 * Source: P10; DESIGN §4 (direct and pooled, acquirer).
 */
export async function createChannelAccount(
  tx: Tx,
  account: NewChannelAccount,
  { masterKey, now, tryKeys }: Sealing,
): Promise<boolean> {
  const settings = merged({}, account.settings)
  checkTerms({ ...account, settings })
  tryKeys?.({ ...account, settings }, account.keys)
  const { institutionId, id, keys, state = 'active' } = account
  const created = await tx.many<{ id: string }>(sql('create_account'), [
    ...[institutionId, id, account.channel, account.scheme, account.name, account.acquirer],
    ...[account.settlement, account.merchantId, state, account.costBps, account.concurrency],
    ...[JSON.stringify(settings), sealKeys(keys, account, masterKey)],
    ...[JSON.stringify(keyHintsOf(keys, now)), now],
  ])
  if (created.length === 0) return false
  await tx.many(sql('bump_version'), [institutionId])
  return true
}

/**
 * Changes an account and tells every process. Calls that are under way end with the old keys.
 *
 * @throws AppError NOT_FOUND
 * @throws AppError INVALID_REQUEST, as `createChannelAccount`
 */
export async function changeChannelAccount(
  tx: Tx,
  { institutionId, id }: { institutionId: string; id: string },
  change: ChannelAccountChange,
  { masterKey, now, tryKeys }: Sealing,
): Promise<ChannelAccount> {
  const [row] = await tx.many<Row>(sql('lock_account'), [institutionId, id])
  if (!row) throw new AppError('NOT_FOUND')
  const { sealedKeys, ...old } = readRow(row)
  const keys = merged(openKeys(sealedKeys, old, masterKey), change.keys)
  const { name = old.name, state = old.state, costBps = old.costBps } = change
  const changed: ChannelAccount = {
    ...old,
    ...{ name, state, costBps, concurrency: change.concurrency ?? old.concurrency },
    settings: merged(old.settings, change.settings),
    keyHints: newHints(old.keyHints, change.keys ?? {}, now),
    version: old.version + 1,
    updatedAt: now,
  }
  checkTerms({ ...changed, keys })
  tryKeys?.(changed, keys)
  await tx.many(sql('change_account'), [
    ...[institutionId, id, name, state, costBps, changed.concurrency],
    ...[
      JSON.stringify(changed.settings),
      change.keys ? sealKeys(keys, old, masterKey) : sealedKeys,
    ],
    ...[JSON.stringify(changed.keyHints), now],
  ])
  await tx.many(sql('bump_version'), [institutionId])
  return changed
}

/** The accounts of an institution, the oldest first, closed ones too. */
export async function listChannelAccounts(
  db: Pick<Db, 'read'>,
  institutionId: string,
): Promise<ChannelAccount[]> {
  return (await readSealedAccounts(db, institutionId)).map(withoutKeys)
}

/** One account; null when there is none. */
export async function readChannelAccount(
  db: Pick<Db, 'read'>,
  institutionId: string,
  id: string,
): Promise<ChannelAccount | null> {
  const [row] = await db.read<Row>(sql('read_account'), [institutionId, id])
  return row ? withoutKeys(readRow(row)) : null
}

/** The accounts with their sealed keys, for whoever opens them. */
export async function readSealedAccounts(
  db: Pick<Db, 'read'>,
  institutionId: string,
): Promise<SealedAccount[]> {
  return (await db.read<Row>(sql('read_accounts'), [institutionId])).map(readRow)
}

/** Moves with every change of an institution's accounts, so that a copy need not be read in vain. */
export async function channelVersion(db: Pick<Db, 'read'>, institutionId: string): Promise<bigint> {
  const [row] = await db.read<{ version: bigint }>(sql('read_version'), [institutionId])
  return row?.version ?? 0n
}

type Given = Pick<ChannelAccount, 'channel' | 'settings'> & { keys: Keys }

function checkTerms({ channel, settings, keys }: Given): void {
  const terms = termsOf[channel]
  terms.settings(settings, 'settings')
  checkTimings(channel, settings)
  terms.keys(keys, 'keys')
}

function merged(
  old: Readonly<Record<string, unknown>>,
  change: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const all = Object.entries({ ...old, ...change })
  return Object.fromEntries(all.filter(([, value]) => value !== null))
}

/** What people see of keys: when they were set, and their fingerprints. */
export function keyHintsOf(keys: Keys, now: Date): Record<string, KeyHint> {
  const setAt = now.toISOString()
  const hints = Object.entries(keys).map(
    ([name, key]) => [name, { setAt, fingerprint: fingerprintOf(key) }] as const,
  )
  return Object.fromEntries(hints)
}

function newHints(old: Record<string, KeyHint>, keys: Keys, now: Date): Record<string, KeyHint> {
  const set = Object.entries(keys).filter(([, key]) => key !== null)
  const left = Object.entries(old).filter(([name]) => !Object.hasOwn(keys, name))
  return { ...Object.fromEntries(left), ...keyHintsOf(Object.fromEntries(set), now) }
}

function withoutKeys({ sealedKeys: _sealed, ...account }: SealedAccount): ChannelAccount {
  return account
}

type Row = {
  institution_id: string
  id: string
  channel: ChannelName
  scheme: string
  name: string
  acquirer: string | null
  settlement: ChannelAccount['settlement']
  merchant_id: string | null
  state: ChannelAccount['state']
  cost_bps: number
  concurrency: number
  settings: Record<string, unknown>
  key_hints: Record<string, KeyHint>
  sealed_keys: Uint8Array
  version: number
  created_at: Date
  updated_at: Date
}

const readRow = (row: Row): SealedAccount => ({
  institutionId: row.institution_id,
  id: row.id,
  channel: row.channel,
  scheme: row.scheme,
  name: row.name,
  acquirer: row.acquirer,
  settlement: row.settlement,
  merchantId: row.merchant_id,
  state: row.state,
  costBps: row.cost_bps,
  concurrency: row.concurrency,
  settings: row.settings,
  keyHints: row.key_hints,
  sealedKeys: row.sealed_keys,
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})
