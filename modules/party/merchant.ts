import { loadSql, type Db, type Tx } from '../database/database.ts'
import { AppError } from '../errors/errors.ts'
import { agentPayable, merchantPayable, openAccounts, platformPayable } from '../ledger/ledger.ts'
import { institutionIn } from './institution.ts'
import type { Page } from './page.ts'

const sql = loadSql(new URL('./party.sql', import.meta.url))

/** An agent or a platform: who has a part in merchants' payments. Source: P29, P30. */
export type Party = {
  id: string
  kind: 'agent' | 'platform'
  name: string
  state: 'active' | 'closed'
  createdAt: Date
}

export type Merchant = {
  id: string
  name: string
  /** Merchant category code, four digits. Source: ISO 18245. */
  category: string
  agentId: string | null
  platformId: string | null
  /** Stands for the institution itself in top-ups; not listed. */
  isHouse: boolean
  state: 'active' | 'closed'
  createdAt: Date
}

export type NewParty = Pick<Party, 'id' | 'kind' | 'name'> & { institutionId: string }

export type NewMerchant = Pick<Merchant, 'id' | 'name' | 'category'> & {
  institutionId: string
  agentId?: string | null
  platformId?: string | null
  isHouse?: boolean
}

/** Adds an agent or platform and opens its ledger account. The same id again changes nothing. */
export async function createParty(tx: Tx, party: NewParty, now: Date): Promise<void> {
  const { institutionId, id, kind, name } = party
  await tx.many(sql('create_party'), [institutionId, id, kind, name, now])
  const { currency } = await institutionIn(tx, institutionId)
  const accountId = kind === 'agent' ? agentPayable(id) : platformPayable(id)
  const account = { id: accountId, currency, normalSide: 'credit', floorMinor: 0n } as const
  await openAccounts(tx, institutionId, [account], now)
}

/**
 * Adds a merchant and opens its ledger account, in the institution's currency, which may not sink
 * below zero. Answers false, and changes nothing, for an id that is there already, and for a second
 * house merchant.
 *
 * @throws AppError INVALID_REQUEST when the agent or platform is none of this institution
 */
export async function createMerchant(tx: Tx, merchant: NewMerchant, now: Date): Promise<boolean> {
  const { institutionId, id, name, category, isHouse = false } = merchant
  const { agentId = null, platformId = null } = merchant
  await mustBe(tx, institutionId, 'agent', agentId)
  await mustBe(tx, institutionId, 'platform', platformId)
  const values = [institutionId, id, name, category, agentId, platformId, isHouse, now]
  const [added] = await tx.many<{ id: string }>(sql('create_merchant'), values)
  if (!added) return false
  const { currency } = await institutionIn(tx, institutionId)
  const accountId = merchantPayable(id)
  const account = { id: accountId, currency, normalSide: 'credit', floorMinor: 0n } as const
  await openAccounts(tx, institutionId, [account], now)
  return true
}

async function mustBe(tx: Tx, institutionId: string, kind: Party['kind'], id: string | null) {
  if (id === null) return
  const [party] = await tx.many<PartyRow>(sql('read_party'), [institutionId, id])
  if (party?.kind !== kind) throw new AppError('INVALID_REQUEST', { param: kind })
}

export type MerchantChange = {
  state?: Merchant['state']
}

/**
 * Closes a merchant or opens it, from its next payment on. The house merchant is nobody's to change.
 *
 * @throws AppError NOT_FOUND
 */
export async function changeMerchant(
  tx: Tx,
  { institutionId, id }: { institutionId: string; id: string },
  { state }: MerchantChange,
): Promise<void> {
  const values = [institutionId, id, state ?? null]
  const [changed] = await tx.many(sql('change_merchant'), values)
  if (!changed) throw new AppError('NOT_FOUND')
}

/** Null when there is none in this institution. */
export async function readMerchant(
  db: Pick<Db, 'read'>,
  institutionId: string,
  id: string,
): Promise<Merchant | null> {
  const [row] = await db.read<MerchantRow>(sql('read_merchant'), [institutionId, id])
  return row ? readMerchantRow(row) : null
}

/** The merchant that stands for the institution in top-ups, or null when it was never opened. */
export async function findHouseMerchant(
  db: Pick<Db, 'read'>,
  institutionId: string,
): Promise<Merchant | null> {
  const [row] = await db.read<MerchantRow>(sql('read_house_merchant'), [institutionId])
  return row ? readMerchantRow(row) : null
}

/**
 * A page of merchants, the newest first, without the house merchant: of all, of those with `q` in
 * their name or as their id, or of those in one state.
 */
export async function readMerchants(
  db: Pick<Db, 'read'>,
  institutionId: string,
  {
    startingAfter,
    limit,
    q,
    state,
  }: Page & { q?: string | null; state?: Merchant['state'] | null },
): Promise<Merchant[]> {
  const values = [institutionId, startingAfter ?? 'mch_z', limit, q ?? null, state ?? null]
  return (await db.read<MerchantRow>(sql('read_merchants'), values)).map(readMerchantRow)
}

/** Null when there is none in this institution. */
export async function readParty(
  db: Pick<Db, 'read'>,
  institutionId: string,
  id: string,
): Promise<Party | null> {
  const [row] = await db.read<PartyRow>(sql('read_party'), [institutionId, id])
  return row ? readPartyRow(row) : null
}

/** A page of agents and platforms, the newest first; with `q` of those so called, or with that id. */
export async function readParties(
  db: Pick<Db, 'read'>,
  institutionId: string,
  { startingAfter, limit, q = null }: Page & { q?: string | null },
): Promise<Party[]> {
  const values = [institutionId, startingAfter ?? 'pty_z', limit, q]
  return (await db.read<PartyRow>(sql('read_parties'), values)).map(readPartyRow)
}

type PartyRow = {
  id: string
  kind: Party['kind']
  name: string
  state: Party['state']
  created_at: Date
}

const readPartyRow = ({ created_at: createdAt, ...row }: PartyRow): Party => ({ ...row, createdAt })

type MerchantRow = {
  id: string
  name: string
  category: string
  agent_id: string | null
  platform_id: string | null
  is_house: boolean
  state: Merchant['state']
  created_at: Date
}

const readMerchantRow = (row: MerchantRow): Merchant => ({
  id: row.id,
  name: row.name,
  category: row.category,
  agentId: row.agent_id,
  platformId: row.platform_id,
  isHouse: row.is_house,
  state: row.state,
  createdAt: row.created_at,
})
