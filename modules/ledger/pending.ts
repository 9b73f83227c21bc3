import { loadSql, type Tx } from '../database/database.ts'
import { assert } from '../lib/assert.ts'
import type { Currency } from '../money/money.ts'
import type { Account, PostedTransfer, Transfer } from './ledger.ts'

const sql = loadSql(new URL('./pending.sql', import.meta.url))

/** What posts or voids a pending transfer has its leg and this: a subject has fewer legs. */
const RESOLVING_LEG = 100

/**
 * Writes transfers that only reserve: they count in the pending columns, and what they take from an
 * account is no longer available there. Later each is posted or voided, once. The caller has locked
 * the accounts and asked `firstBelowFloor`.
 *
 * Source: DESIGN §5 (pending transfers).
 */
export function writePending(tx: Tx, institutionId: string, transfers: readonly Transfer[]): void {
  write(
    tx,
    institutionId,
    transfers.map((one) => ({ ...one, state: 'pending', pendingLeg: null })),
  )
}

/** Reserves on locked accounts in memory, so that the next decision sees it. */
export function applyPending(
  accounts: ReadonlyMap<string, Account>,
  transfers: readonly Transfer[],
): void {
  for (const { debitAccountId, creditAccountId, amountMinor } of transfers) {
    const debited = accounts.get(debitAccountId)
    const credited = accounts.get(creditAccountId)
    assert(debited && credited, 'both accounts are locked')
    debited.debitsPendingMinor += amountMinor
    credited.creditsPendingMinor += amountMinor
  }
}

/**
 * Posts or voids pending transfers, all of them as they stand. The caller has locked their accounts;
 * one that was resolved before meets the unique key and fails the batch.
 */
export function resolvePending(
  tx: Tx,
  institutionId: string,
  { pending, as, at }: { pending: readonly Transfer[]; as: 'posting' | 'voiding'; at: Date },
): void {
  const rows = pending.map((one) => {
    assert(one.leg < RESOLVING_LEG, 'a pending transfer has a small leg')
    const leg = one.leg + RESOLVING_LEG
    return { ...one, leg, state: as, pendingLeg: one.leg, eventAt: at }
  })
  write(tx, institutionId, rows)
}

/** The pending ones among a subject's transfers that nothing has posted or voided yet. */
export function unresolved(transfers: readonly PostedTransfer[]): PostedTransfer[] {
  const legs = new Set(transfers.map(({ subjectId, leg }) => `${subjectId} ${leg}`))
  const isOpen = ({ subjectId, leg, state }: PostedTransfer) =>
    state === 'pending' && !legs.has(`${subjectId} ${leg + RESOLVING_LEG}`)
  return transfers.filter(isOpen)
}

type Row = Transfer & { state: 'pending' | 'posting' | 'voiding'; pendingLeg: number | null }

function write(tx: Tx, institutionId: string, rows: readonly Row[]): void {
  if (rows.length === 0) return
  const column = <Key extends keyof Row>(key: Key) => rows.map((one) => one[key])
  tx.send(sql('insert_pending'), [
    institutionId,
    column('subjectId'),
    column('leg'),
    column('kind'),
    column('state'),
    rows.map(({ subjectId, pendingLeg }) => (pendingLeg === null ? null : subjectId)),
    column('pendingLeg'),
    column('debitAccountId'),
    column('creditAccountId'),
    column('currency'),
    column('amountMinor'),
    column('eventAt'),
  ])
  const sums = sumsOf(rows)
  const ids = [...sums.keys()].sort()
  const sum = (key: keyof Sums) => ids.map((id) => sums.get(id)?.[key] ?? 0n)
  tx.send(sql('change_balances'), [
    institutionId,
    ids,
    sum('debitsMinor'),
    sum('creditsMinor'),
    sum('pendingDebitsMinor'),
    sum('pendingCreditsMinor'),
  ])
}

type Sums = {
  debitsMinor: bigint
  creditsMinor: bigint
  pendingDebitsMinor: bigint
  pendingCreditsMinor: bigint
}

const nothing: Sums = {
  ...{ debitsMinor: 0n, creditsMinor: 0n, pendingDebitsMinor: 0n, pendingCreditsMinor: 0n },
}

function sumsOf(rows: readonly Row[]): Map<string, Sums> {
  const sums = new Map<string, Sums>()
  const sumOf = (id: string): Sums => {
    const sum = sums.get(id) ?? { ...nothing }
    sums.set(id, sum)
    return sum
  }
  for (const { debitAccountId, creditAccountId, amountMinor, state } of rows) {
    const postedMinor = state === 'posting' ? amountMinor : 0n
    const pendingMinor = state === 'pending' ? amountMinor : -amountMinor
    const debited = sumOf(debitAccountId)
    debited.debitsMinor += postedMinor
    debited.pendingDebitsMinor += pendingMinor
    const credited = sumOf(creditAccountId)
    credited.creditsMinor += postedMinor
    credited.pendingCreditsMinor += pendingMinor
  }
  return sums
}

/** The transfers about these subjects, by subject and in the order of their legs. */
export async function readTransfersOfSubjects(
  tx: Pick<Tx, 'many'>,
  institutionId: string,
  subjectIds: readonly string[],
): Promise<Map<string, PostedTransfer[]>> {
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
  const values = [institutionId, subjectIds]
  const rows = await tx.many<TransferRow>(sql('read_transfers_of_subjects'), values)
  const bySubject = new Map<string, PostedTransfer[]>(subjectIds.map((id) => [id, []]))
  for (const row of rows)
    bySubject.get(row.subject_id)?.push({
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
  return bySubject
}
