import { loadSql, type Db, type Tx } from '../database/database.ts'
import type { DeclineReason } from '../errors/errors.ts'
import type { Currency } from '../money/money.ts'
import type { Actor, NextAction, Payment, PaymentKind, PaymentState, Transition } from './state.ts'
import { flagsOf } from '../terminal/terminal.ts'
import type { Considered, RouteReason } from '../route/route.ts'

const sql = loadSql(new URL('./payment.sql', import.meta.url))

export type PaymentRow = {
  institution_id: string
  id: string
  kind: PaymentKind
  state: PaymentState
  next_action: NextAction | null
  merchant_id: string
  merchant_name: string
  store_id: string | null
  store_name: string | null
  terminal_id: string | null
  terminal_name: string | null
  initiator_party_id: string | null
  order_no: string
  sale_no: string
  amount_minor: bigint
  discount_minor: bigint
  merchant_discount_minor: bigint
  promotion_id: string | null
  currency: string
  scheme: string | null
  road: string | null
  masked_code: string | null
  payer_id: string | null
  payer_name: string | null
  source_id: string | null
  source_label: string | null
  mandate_id: string | null
  needs_pin: boolean
  is_offline: boolean
  allocation_version: number | null
  decline_reason: DeclineReason | null
  route_reasons: RouteReason[]
  latitude: number | null
  longitude: number | null
  accuracy_m: number | null
  position_flags: string | null
  position_distance_m: number | null
  created_at: Date
  confirm_expires_at: Date | null
  completed_at: Date | null
}

/** The payments with these ids, by id; unknown ids are left out. */
export async function readPayments(
  tx: Pick<Tx, 'many'>,
  institutionId: string,
  ids: readonly string[],
): Promise<Map<string, Payment>> {
  const rows = await tx.many<PaymentRow>(sql('read_payments'), [institutionId, ids])
  return new Map(rows.map((row) => [row.id, readRow(row)]))
}

/** Locks payments in the order of their ids, and tells how they stand then. */
export async function lockPayments(
  tx: Pick<Tx, 'many'>,
  institutionId: string,
  ids: readonly string[],
): Promise<Map<string, Payment>> {
  const [, payments] = await Promise.all([
    tx.many(sql('lock_payments'), [institutionId, ids]),
    readPayments(tx, institutionId, ids),
  ])
  return payments
}

/** One payment, or null. */
export async function readPayment(
  db: Pick<Db, 'read'>,
  institutionId: string,
  id: string,
): Promise<Payment | null> {
  const [row] = await db.read<PaymentRow>(sql('read_payments'), [institutionId, [id]])
  return row ? readRow(row) : null
}

/** How a payment came to its state, first to last. */
export async function readTransitions(
  db: Pick<Db, 'read'>,
  institutionId: string,
  paymentId: string,
): Promise<Transition[]> {
  type Row = {
    payment_id: string
    number: number
    from_state: PaymentState | null
    to_state: PaymentState
    actor: Actor
    reason: string | null
    at: Date
  }
  const rows = await db.read<Row>(sql('read_transitions'), [institutionId, paymentId])
  return rows.map((row) => ({
    paymentId: row.payment_id,
    number: row.number,
    from: row.from_state,
    to: row.to_state,
    actor: row.actor,
    reason: row.reason,
    at: row.at,
  }))
}

const readRow = (row: PaymentRow): Payment => ({
  institutionId: row.institution_id,
  id: row.id,
  kind: row.kind,
  state: row.state,
  nextAction: row.next_action,
  merchantId: row.merchant_id,
  merchantName: row.merchant_name,
  storeId: row.store_id,
  storeName: row.store_name,
  terminalId: row.terminal_id,
  terminalName: row.terminal_name,
  initiatorPartyId: row.initiator_party_id,
  orderNo: row.order_no,
  saleNo: row.sale_no,
  amountMinor: row.amount_minor,
  discountMinor: row.discount_minor,
  merchantDiscountMinor: row.merchant_discount_minor,
  promotionId: row.promotion_id,
  currency: row.currency as Currency,
  scheme: row.scheme,
  road: row.road,
  maskedCode: row.masked_code,
  payerId: row.payer_id,
  payerName: row.payer_name,
  sourceId: row.source_id,
  sourceLabel: row.source_label,
  mandateId: row.mandate_id,
  needsPin: row.needs_pin,
  isOffline: row.is_offline,
  allocationVersion: row.allocation_version,
  declineReason: row.decline_reason,
  routeReasons: row.route_reasons,
  position:
    row.latitude === null || row.longitude === null
      ? null
      : {
          ...{ latitude: row.latitude, longitude: row.longitude, accuracyM: row.accuracy_m ?? 0 },
          distanceM: row.position_distance_m,
        },
  positionFlags: flagsOf(row.position_flags ?? ''),
  createdAt: row.created_at,
  confirmExpiresAt: row.confirm_expires_at,
  completedAt: row.completed_at,
})

/** What the router looked at, as it was written then; empty where there was nothing to choose. */
export async function readCandidates(
  db: Pick<Db, 'read'>,
  institutionId: string,
  paymentId: string,
): Promise<Considered[]> {
  type Row = { route_candidates: Considered[] | null }
  const [row] = await db.read<Row>(sql('read_candidates'), [institutionId, paymentId])
  return (row?.route_candidates ?? []).map((one) => ({
    ...one,
    discountMinor: BigInt(one.discountMinor),
  }))
}
