import { loadSql, type Db, type Tx } from '../database/database.ts'
import type { DeclineReason } from '../errors/errors.ts'
import type { Currency } from '../money/money.ts'
import type { Page } from '../party/party.ts'
import type { DebitRefund, DebitState, PayersRefund, WalletDebit } from './debit-state.ts'
import type { PayerKey } from './payer.ts'

const sql = loadSql(new URL('./debit.sql', import.meta.url))

/** What a debit is known by between the two institutions. */
export type ChargeOfPeer = { peerId: string; chargeId: string }

/** How a debit stands for whoever asked for it; null when there is none. */
export async function readDebitOfCharge(
  db: Pick<Db, 'read'>,
  institutionId: string,
  { peerId, chargeId }: ChargeOfPeer,
): Promise<WalletDebit | null> {
  const values = [institutionId, peerId, chargeId]
  const [row] = await db.read<DebitRow>(sql('read_debit_of_charge'), values)
  return row ? readRow(institutionId, row) : null
}

/** One debit of a payer, or null. */
export async function readDebit(
  db: Pick<Db, 'read'>,
  { institutionId, payerId, debitId }: PayerKey & { debitId: string },
): Promise<WalletDebit | null> {
  const [row] = await db.read<DebitRow>(sql('read_debit'), [institutionId, debitId, payerId])
  return row ? readRow(institutionId, row) : null
}

/** What other institutions have taken from a payer, or wait to take, the newest first. */
export async function listDebits(
  db: Pick<Db, 'read'>,
  { institutionId, payerId }: PayerKey,
  { startingAfter, limit }: Page,
): Promise<WalletDebit[]> {
  const values = [institutionId, payerId, startingAfter ?? 'wdb_z', limit]
  const rows = await db.read<DebitRow>(sql('read_debits_of_payer'), values)
  return rows.map((row) => readRow(institutionId, row))
}

/** What other institutions have given back to a payer, the newest first. */
export async function listDebitRefunds(
  db: Pick<Db, 'read'>,
  { institutionId, payerId }: PayerKey,
  { startingAfter, limit }: Page,
): Promise<PayersRefund[]> {
  const values = [institutionId, payerId, startingAfter ?? 'rfd_z', limit]
  const rows = await db.read<PayersRefundRow>(sql('list_refunds_of_payer'), values)
  return rows.map(readRefundRow)
}

/** One of them, by the number that the other institution gave it; null when the payer has none such. */
export async function readDebitRefund(
  db: Pick<Db, 'read'>,
  { institutionId, payerId, refundId }: PayerKey & { refundId: string },
): Promise<PayersRefund | null> {
  const values = [institutionId, payerId, refundId]
  const [row] = await db.read<PayersRefundRow>(sql('read_refund_of_payer'), values)
  return row ? readRefundRow(row) : null
}

type PayersRefundRow = {
  debit_id: string
  refund_id: string
  amount_minor: bigint
  created_at: Date
  currency: string
  merchant_name: string
}

const readRefundRow = (row: PayersRefundRow): PayersRefund => ({
  ...{ debitId: row.debit_id, refundId: row.refund_id, amountMinor: row.amount_minor },
  ...{ merchantName: row.merchant_name, createdAt: row.created_at },
  currency: row.currency as Currency,
})

/** What was given back of these debits, by debit. */
export async function readDebitRefunds(
  tx: Pick<Tx, 'many'>,
  institutionId: string,
  debitIds: readonly string[],
): Promise<Map<string, DebitRefund[]>> {
  type Row = { debit_id: string; refund_id: string; amount_minor: bigint; created_at: Date }
  const rows = await tx.many<Row>(sql('read_debit_refunds'), [institutionId, debitIds])
  const refunds = new Map<string, DebitRefund[]>(debitIds.map((id) => [id, []]))
  for (const row of rows) {
    const { refund_id: refundId, amount_minor: amountMinor, created_at: createdAt } = row
    refunds.get(row.debit_id)?.push({ refundId, amountMinor, createdAt })
  }
  return refunds
}

/** The ids of the debits of these charges; a debit keeps its id, so no lock is needed. */
export async function findDebitIds(
  tx: Tx,
  institutionId: string,
  charges: readonly ChargeOfPeer[],
): Promise<string[]> {
  if (charges.length === 0) return []
  const rows = await tx.many<{ id: string }>(sql('find_debit_ids'), [
    institutionId,
    charges.map(({ peerId }) => peerId),
    charges.map(({ chargeId }) => chargeId),
  ])
  return rows.map(({ id }) => id)
}

/** Locks debits in key order, and answers how they stand. */
export async function lockDebits(
  tx: Tx,
  institutionId: string,
  ids: readonly string[],
): Promise<WalletDebit[]> {
  if (ids.length === 0) return []
  const rows = await tx.many<DebitRow>(sql('lock_debits'), [institutionId, ids])
  return rows.map((row) => readRow(institutionId, row))
}

type DebitRow = {
  id: string
  peer_id: string
  charge_id: string
  state: DebitState
  fingerprint: Buffer | null
  amount_minor: bigint
  currency: string
  merchant_name: string
  masked_code: string | null
  payer_id: string | null
  payer_name: string | null
  source_id: string | null
  source_label: string | null
  ledger_account_id: string | null
  mandate_id: string | null
  needs_pin: boolean
  is_offline: boolean
  decline_reason: DeclineReason | null
  limit_day: string | null
  refunded_minor: bigint
  legs: number
  created_at: Date
  confirm_expires_at: Date | null
  completed_at: Date | null
}

const readRow = (institutionId: string, row: DebitRow): WalletDebit => ({
  institutionId,
  id: row.id,
  peerId: row.peer_id,
  chargeId: row.charge_id,
  state: row.state,
  fingerprint: row.fingerprint,
  amountMinor: row.amount_minor,
  currency: row.currency as Currency,
  merchantName: row.merchant_name,
  maskedCode: row.masked_code,
  payerId: row.payer_id,
  payerName: row.payer_name,
  sourceId: row.source_id,
  sourceLabel: row.source_label,
  ledgerAccountId: row.ledger_account_id,
  mandateId: row.mandate_id,
  needsPin: row.needs_pin,
  isOffline: row.is_offline,
  declineReason: row.decline_reason,
  limitDay: row.limit_day,
  refundedMinor: row.refunded_minor,
  legs: row.legs,
  createdAt: row.created_at,
  confirmExpiresAt: row.confirm_expires_at,
  completedAt: row.completed_at,
})
