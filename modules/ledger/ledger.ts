import { loadSql, type Db, type Tx } from '../database/database.ts'
import { assert } from '../lib/assert.ts'
import type { Currency } from '../money/money.ts'

export * from './accounts.ts'
export * from './pending.ts'

const sql = loadSql(new URL('./ledger.sql', import.meta.url))

export type Account = {
  id: string
  currency: Currency
  normalSide: 'debit' | 'credit'
  /** What the balance may sink to, in minor units; null: any depth. */
  floorMinor: bigint | null
  debitsPostedMinor: bigint
  creditsPostedMinor: bigint
  debitsPendingMinor: bigint
  creditsPendingMinor: bigint
}

/** One debit account, one credit account, one amount above zero: it cannot be unbalanced. */
export type Transfer = {
  subjectId: string
  leg: number
  kind: string
  debitAccountId: string
  creditAccountId: string
  currency: Currency
  amountMinor: bigint
  eventAt: Date
}

export type PostedTransfer = Transfer & { state: 'posted' | 'pending' | 'posting' | 'voiding' }

export type NewAccount = Pick<Account, 'id' | 'currency' | 'normalSide' | 'floorMinor'>

/** The balance on the account's normal side, in minor units: what has been posted. */
export function balanceMinor(account: Account): bigint {
  const netMinor = account.creditsPostedMinor - account.debitsPostedMinor
  return account.normalSide === 'credit' ? netMinor : -netMinor
}

/** What may still leave the account on its normal side, above the floor; null: without end. */
export function availableMinor(account: Account): bigint | null {
  if (account.floorMinor === null) return null
  const { normalSide, debitsPendingMinor, creditsPendingMinor } = account
  const reservedMinor = normalSide === 'credit' ? debitsPendingMinor : creditsPendingMinor
  return balanceMinor(account) - reservedMinor - account.floorMinor
}

/**
 * Would these transfers, applied together, leave every account at or above its floor? Answers the
 * id of the first account that would sink below, or null. Pure; nothing is applied.
 *
 * @throws AssertionError when an account is missing or its currency is another: the caller locked
 *   the wrong accounts, which is our bug.
 */
export function firstBelowFloor(
  accounts: ReadonlyMap<string, Account>,
  transfers: readonly Transfer[],
): string | null {
  const outMinor = new Map<string, bigint>()
  const add = (id: string, side: 'debit' | 'credit', transfer: Transfer) => {
    const account = accounts.get(id)
    assert(account, `account ${id} is locked`)
    assert(account.currency === transfer.currency, `account ${id} is in ${transfer.currency}`)
    const signedMinor = account.normalSide === side ? -transfer.amountMinor : transfer.amountMinor
    outMinor.set(id, (outMinor.get(id) ?? 0n) + signedMinor)
  }
  for (const transfer of transfers) {
    assert(transfer.amountMinor > 0n, 'a transfer moves more than nothing')
    add(transfer.debitAccountId, 'debit', transfer)
    add(transfer.creditAccountId, 'credit', transfer)
  }
  for (const [id, leavingMinor] of outMinor) {
    const restMinor = availableMinor(accounts.get(id) as Account)
    if (leavingMinor > 0n && restMinor !== null && restMinor < leavingMinor) return id
  }
  return null
}

/** Applies transfers to locked accounts in memory, so that the next decision sees them. */
export function applyTransfers(
  accounts: ReadonlyMap<string, Account>,
  transfers: readonly Transfer[],
): void {
  for (const { debitAccountId, creditAccountId, amountMinor } of transfers) {
    const debited = accounts.get(debitAccountId)
    const credited = accounts.get(creditAccountId)
    assert(debited && credited, 'both accounts are locked')
    debited.debitsPostedMinor += amountMinor
    credited.creditsPostedMinor += amountMinor
  }
}

/** Opens accounts; one that exists already stays as it is. */
export async function openAccounts(
  tx: Tx,
  institutionId: string,
  accounts: readonly NewAccount[],
  now: Date,
): Promise<void> {
  const column = <Key extends keyof NewAccount>(key: Key) => accounts.map((one) => one[key])
  await tx.many(sql('open_accounts'), [
    institutionId,
    column('id'),
    column('currency'),
    column('normalSide'),
    column('floorMinor'),
    now,
  ])
}

/** Locks the accounts in id order and answers how they stand, by id. Missing ones are left out. */
export async function lockAccounts(
  tx: Tx,
  institutionId: string,
  ids: readonly string[],
): Promise<Map<string, Account>> {
  const rows = await tx.many<AccountRow>(sql('lock_accounts'), [institutionId, ids])
  return new Map(rows.map((row) => [row.id, readAccount(row)]))
}

/**
 * Writes transfers and their effect on the balances, one update per account. The caller has locked
 * the accounts and decided; the table's floor check is the last guard and fails the batch.
 */
export function writeTransfers(
  tx: Tx,
  institutionId: string,
  transfers: readonly Transfer[],
): void {
  if (transfers.length === 0) return
  const column = <Key extends keyof Transfer>(key: Key) => transfers.map((one) => one[key])
  tx.send(sql('insert_transfers'), [
    institutionId,
    column('subjectId'),
    column('leg'),
    column('kind'),
    column('debitAccountId'),
    column('creditAccountId'),
    column('currency'),
    column('amountMinor'),
    transfers.map(({ eventAt }) => eventAt),
  ])
  const sums = new Map<string, { debitsMinor: bigint; creditsMinor: bigint }>()
  const sumOf = (id: string) => {
    let sum = sums.get(id)
    if (!sum) sums.set(id, (sum = { debitsMinor: 0n, creditsMinor: 0n }))
    return sum
  }
  for (const transfer of transfers) {
    sumOf(transfer.debitAccountId).debitsMinor += transfer.amountMinor
    sumOf(transfer.creditAccountId).creditsMinor += transfer.amountMinor
  }
  const ids = [...sums.keys()].sort()
  tx.send(sql('add_to_balances'), [
    institutionId,
    ids,
    ids.map((id) => sums.get(id)?.debitsMinor),
    ids.map((id) => sums.get(id)?.creditsMinor),
  ])
}

/**
 * Posts transfers on their own: locks, checks floors, writes. Answers false, with nothing written,
 * when an account would sink below its floor. For single acts such as an opening balance.
 */
export async function post(
  tx: Tx,
  institutionId: string,
  transfers: readonly Transfer[],
): Promise<boolean> {
  const ids = transfers.flatMap((one) => [one.debitAccountId, one.creditAccountId])
  const accounts = await lockAccounts(tx, institutionId, [...new Set(ids)])
  if (firstBelowFloor(accounts, transfers) !== null) return false
  writeTransfers(tx, institutionId, transfers)
  return true
}

/** How the named accounts stand, without a lock: for showing, never for deciding. */
export async function readBalances(
  db: Pick<Db, 'read'>,
  institutionId: string,
  ids: readonly string[],
): Promise<Map<string, Account>> {
  const rows = await db.read<AccountRow>(sql('read_accounts_by_id'), [institutionId, ids])
  return new Map(rows.map((row) => [row.id, readAccount(row)]))
}

export type AccountPage = { prefix?: string; after?: string; limit: number }

/** A page of accounts in id order: of those whose id begins with `prefix`. */
export async function readAccounts(
  db: Pick<Db, 'read'>,
  institutionId: string,
  { prefix = '', after = '', limit }: AccountPage,
): Promise<Account[]> {
  const values = [institutionId, after, prefix, limit]
  return (await db.read<AccountRow>(sql('read_accounts'), values)).map(readAccount)
}

/** The transfers about one subject, in the order of their legs. */
export async function readTransfersOfSubject(
  db: Pick<Db, 'read'>,
  institutionId: string,
  subjectId: string,
): Promise<PostedTransfer[]> {
  const rows = await db.read<TransferRow>(sql('read_transfers_of_subject'), [
    institutionId,
    subjectId,
  ])
  return rows.map(readTransfer)
}

/** One account's transfers, newest first, before the given one. */
export async function readTransfersOfAccount(
  db: Pick<Db, 'read'>,
  institutionId: string,
  accountId: string,
  { before, limit }: { before?: { subjectId: string; leg: number }; limit: number },
): Promise<PostedTransfer[]> {
  // No subject sorts after this in any collation: their kinds are letters before z.
  const { subjectId = 'zzzz', leg = 0 } = before ?? {}
  const values = [institutionId, accountId, subjectId, leg, limit]
  return (await db.read<TransferRow>(sql('read_transfers_of_account'), values)).map(readTransfer)
}

type AccountRow = {
  id: string
  currency: string
  normal_side: 'debit' | 'credit'
  floor_minor: bigint | null
  debits_posted_minor: bigint
  credits_posted_minor: bigint
  debits_pending_minor: bigint
  credits_pending_minor: bigint
}

const readAccount = (row: AccountRow): Account => ({
  id: row.id,
  currency: row.currency as Currency,
  normalSide: row.normal_side,
  floorMinor: row.floor_minor,
  debitsPostedMinor: row.debits_posted_minor,
  creditsPostedMinor: row.credits_posted_minor,
  debitsPendingMinor: row.debits_pending_minor,
  creditsPendingMinor: row.credits_pending_minor,
})

type TransferRow = {
  subject_id: string
  leg: number
  kind: string
  state: PostedTransfer['state']
  debit_account_id: string
  credit_account_id: string
  currency: string
  amount_minor: bigint
  event_at: Date
}

const readTransfer = (row: TransferRow): PostedTransfer => ({
  subjectId: row.subject_id,
  leg: row.leg,
  kind: row.kind,
  state: row.state,
  debitAccountId: row.debit_account_id,
  creditAccountId: row.credit_account_id,
  currency: row.currency as Currency,
  amountMinor: row.amount_minor,
  eventAt: row.event_at,
})
