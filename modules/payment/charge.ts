import { loadSql, type Db, type Tx } from '../database/database.ts'
import type { DeclineReason } from '../errors/errors.ts'
import type { Currency } from '../money/money.ts'

const sql = loadSql(new URL('./charge.sql', import.meta.url))

export type ChargeState = 'processing' | 'succeeded' | 'failed' | 'reversed'
/** What the next check does. `watch`: it is over, and we look whether money comes after all. */
export type CheckStep = 'query' | 'reverse' | 'watch'

/** What a payment asks of one channel account. Its id is what the counterpart knows it by. */
export type Charge = {
  institutionId: string
  id: string
  paymentId: string
  number: number
  channelAccountId: string
  channel: string
  /** Who owes the money once it is paid: the channel's account in our books. */
  debitAccountId: string
  settlement: 'direct' | 'pooled'
  means: 'code' | 'agreement' | 'order'
  state: ChargeState
  /** Null: nothing is left to do. */
  step: CheckStep | null
  amountMinor: bigint
  currency: Currency
  codeHash: Buffer | null
  /** The counterpart's own number. */
  channelRef: string | null
  /** The counterpart's last word. */
  channelCode: string | null
  payerMasked: string | null
  payerPaidMinor: bigint | null
  declineReason: DeclineReason | null
  /** Paid after it was given up: its money stands in suspense until it is refunded. */
  isLate: boolean
  /** Paid, and given back by its reversal: who says "paid" again speaks of that. */
  isPaidBack: boolean
  startedAt: Date
  /** When it was decided that it shall not be: by the cashier, or by the schedule. */
  reverseAskedAt: Date | null
  queries: number
  reverses: number
  completedAt: Date | null
}

type ChargeRow = {
  institution_id: string
  id: string
  payment_id: string
  number: number
  channel_account_id: string
  channel: string
  debit_account_id: string
  settlement: Charge['settlement']
  means: Charge['means']
  state: ChargeState
  step: CheckStep | null
  amount_minor: bigint
  currency: string
  code_hash: Buffer | null
  channel_ref: string | null
  channel_code: string | null
  payer_masked: string | null
  payer_paid_minor: bigint | null
  decline_reason: DeclineReason | null
  is_late: boolean
  is_paid_back: boolean
  started_at: Date
  reverse_asked_at: Date | null
  queries: number
  reverses: number
  completed_at: Date | null
}

const readRow = (row: ChargeRow): Charge => ({
  institutionId: row.institution_id,
  id: row.id,
  paymentId: row.payment_id,
  number: row.number,
  channelAccountId: row.channel_account_id,
  channel: row.channel,
  debitAccountId: row.debit_account_id,
  settlement: row.settlement,
  means: row.means,
  state: row.state,
  step: row.step,
  amountMinor: row.amount_minor,
  currency: row.currency as Currency,
  codeHash: row.code_hash,
  channelRef: row.channel_ref,
  channelCode: row.channel_code,
  payerMasked: row.payer_masked,
  payerPaidMinor: row.payer_paid_minor,
  declineReason: row.decline_reason,
  isLate: row.is_late,
  isPaidBack: row.is_paid_back,
  startedAt: row.started_at,
  reverseAskedAt: row.reverse_asked_at,
  queries: row.queries,
  reverses: row.reverses,
  completedAt: row.completed_at,
})

/** The charges with these ids, by id. In a transaction that holds their payments they stay so. */
export async function readChargesById(
  tx: Pick<Tx, 'many'>,
  institutionId: string,
  ids: readonly string[],
): Promise<Map<string, Charge>> {
  const rows = await tx.many<ChargeRow>(sql('read_charges'), [institutionId, ids])
  return new Map(rows.map((row) => [row.id, readRow(row)]))
}

/** The charges of these payments, in the order in which each payment made them. */
export async function readCharges(
  db: Pick<Db, 'read'>,
  institutionId: string,
  paymentIds: readonly string[],
): Promise<Charge[]> {
  const rows = await db.read<ChargeRow>(sql('read_charges_of'), [institutionId, paymentIds])
  return rows.map(readRow)
}

/** Which of these codes a charge has taken already: a foreign code, too, pays once. */
export async function findUsedCodes(
  tx: Pick<Tx, 'many'>,
  institutionId: string,
  hashes: readonly Buffer[],
): Promise<Set<string>> {
  if (hashes.length === 0) return new Set()
  const rows = await tx.many<{ code_hash: Buffer }>(sql('find_used_codes'), [institutionId, hashes])
  return new Set(rows.map((row) => row.code_hash.toString('hex')))
}

/** Writes new charges. A code that another batch took meanwhile meets the unique key: a rerun. */
export function insertCharges(tx: Tx, institutionId: string, charges: readonly Charge[]): void {
  if (charges.length === 0) return
  const column = <Key extends keyof Charge>(key: Key) => charges.map((one) => one[key])
  tx.send(sql('insert_charges'), [
    institutionId,
    column('id'),
    column('paymentId'),
    column('number'),
    column('channelAccountId'),
    column('channel'),
    column('debitAccountId'),
    column('settlement'),
    column('means'),
    column('state'),
    column('step'),
    column('amountMinor'),
    column('currency'),
    column('codeHash'),
    column('startedAt'),
  ])
}

/** Writes how charges stand now; the batch holds their payments. Each charge once. */
export function updateCharges(tx: Tx, institutionId: string, charges: readonly Charge[]): void {
  if (charges.length === 0) return
  const column = <Key extends keyof Charge>(key: Key) => charges.map((one) => one[key])
  tx.send(sql('update_charges'), [
    institutionId,
    column('id'),
    column('state'),
    column('step'),
    column('codeHash'),
    column('channelRef'),
    column('channelCode'),
    column('payerMasked'),
    column('payerPaidMinor'),
    column('declineReason'),
    column('isLate'),
    column('isPaidBack'),
    column('reverseAskedAt'),
    column('queries'),
    column('reverses'),
    column('completedAt'),
  ])
}
