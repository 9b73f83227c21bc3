import { loadSql, type Db, type Tx } from '../database/database.ts'
import type { Currency } from '../money/money.ts'
import type { Refund, RefundFailure, RefundState, RefundStep } from './state.ts'

const sql = loadSql(new URL('./refund.sql', import.meta.url))

/** One refund, or null when there is none in this institution. */
export async function readRefund(
  db: Pick<Db, 'read'>,
  institutionId: string,
  id: string,
): Promise<Refund | null> {
  const [row] = await db.read<RefundRow>(sql('read_refunds'), [institutionId, [id]])
  return row ? readRow(row) : null
}

/** The refunds with these ids, by id; unknown ids are left out. */
export async function readRefunds(
  tx: Pick<Tx, 'many'>,
  institutionId: string,
  ids: readonly string[],
): Promise<Map<string, Refund>> {
  const rows = await tx.many<RefundRow>(sql('read_refunds'), [institutionId, ids])
  return new Map(rows.map((row) => [row.id, readRow(row)]))
}

/** All refunds of these payments, by payment and in the order of asking. */
export async function readRefundsOf(
  db: Pick<Db, 'read'>,
  institutionId: string,
  paymentIds: readonly string[],
): Promise<Refund[]> {
  const rows = await db.read<RefundRow>(sql('read_of_payments'), [institutionId, paymentIds])
  return rows.map(readRow)
}

export type RefundPage = {
  /** Whose; all of them where nobody is named. */
  of?: { merchantId: string } | { payerId: string } | { terminalId: string }
  state: RefundState | null
  startingAfter: string | null
  limit: number
}

/**
 * A page of refunds, the newest first: those of a merchant, of a payer, or of a terminal (of what it
 * took, and what was asked for there).
 */
export async function listRefunds(
  db: Pick<Db, 'read'>,
  institutionId: string,
  { of, state, startingAfter, limit }: RefundPage,
): Promise<Refund[]> {
  const values = [institutionId, startingAfter ?? 'rfd_z', state, limit]
  const [name, whose] = wayIn(of)
  const rows = await db.read<{ id: string }>(
    sql(name),
    whose === null ? values : [...values, whose],
  )
  const ids = rows.map(({ id }) => id)
  const refunds = await readRefunds({ many: db.read }, institutionId, ids)
  return ids.flatMap((id) => refunds.get(id) ?? [])
}

// Each way in has an index of its own.
function wayIn(of: RefundPage['of']): [name: string, whose: string | null] {
  if (!of) return ['list_all', null]
  if ('payerId' in of) return ['list_by_payer', of.payerId]
  if ('terminalId' in of) return ['list_by_terminal', of.terminalId]
  return ['list_by_merchant', of.merchantId]
}

/** An earlier refund with the same key, and what was asked for then. */
export type Earlier = { refund: Refund; idempotencyKey: string; fingerprint: Buffer }

export type RefundKey = { merchantId: string; idempotencyKey: string }

/** Finds earlier refunds by their keys; the unique key is the guard. */
export async function findEarlier(
  tx: Pick<Tx, 'many'>,
  institutionId: string,
  keys: readonly RefundKey[],
): Promise<Earlier[]> {
  type Row = { id: string; idempotency_key: string; request_fingerprint: Buffer }
  const rows = await tx.many<Row>(sql('find_by_keys'), [
    institutionId,
    keys.map(({ merchantId }) => merchantId),
    keys.map(({ idempotencyKey }) => idempotencyKey),
  ])
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => id)
  const refunds = await readRefunds(tx, institutionId, ids)
  return rows.flatMap(
    ({ id, idempotency_key: idempotencyKey, request_fingerprint: fingerprint }) => {
      const refund = refunds.get(id)
      return refund ? [{ refund, idempotencyKey, fingerprint }] : []
    },
  )
}

type RefundRow = {
  institution_id: string
  id: string
  payment_id: string
  charge_id: string | null
  channel_account_id: string | null
  is_late: boolean
  merchant_id: string
  merchant_name: string
  store_name: string | null
  order_no: string
  terminal_id: string | null
  payer_id: string | null
  initiator_party_id: string | null
  state: RefundState
  next_action: RefundStep | null
  amount_minor: bigint
  payer_minor: bigint
  currency: string
  reason: string | null
  requested_by: string
  approved_by: string | null
  channel_ref: string | null
  channel_code: string | null
  decline_reason: RefundFailure | null
  created_at: Date
  begun_at: Date | null
  promised_at: Date | null
  completed_at: Date | null
}

const readRow = (row: RefundRow): Refund => ({
  institutionId: row.institution_id,
  id: row.id,
  paymentId: row.payment_id,
  chargeId: row.charge_id,
  channelAccountId: row.channel_account_id,
  isLate: row.is_late,
  merchantId: row.merchant_id,
  merchantName: row.merchant_name,
  storeName: row.store_name,
  orderNo: row.order_no,
  terminalId: row.terminal_id,
  payerId: row.payer_id,
  initiatorPartyId: row.initiator_party_id,
  state: row.state,
  nextAction: row.next_action,
  amountMinor: row.amount_minor,
  payerMinor: row.payer_minor,
  currency: row.currency as Currency,
  reason: row.reason,
  requestedBy: row.requested_by,
  approvedBy: row.approved_by,
  channelRef: row.channel_ref,
  channelCode: row.channel_code,
  declineReason: row.decline_reason,
  createdAt: row.created_at,
  begunAt: row.begun_at,
  promisedAt: row.promised_at,
  completedAt: row.completed_at,
})
