import { loadSql, type Db } from '../database/database.ts'
import { earliestId } from '../lib/ids.ts'
import { readPayments } from './read.ts'
import type { Payment, PaymentKind, PaymentState } from './state.ts'

const sql = loadSql(new URL('./list.sql', import.meta.url))

export type PaymentFilter = {
  merchantId?: string | null
  terminalId?: string | null
  storeId?: string | null
  payerId?: string | null
  state?: PaymentState | null
  kind?: PaymentKind | null
  orderNo?: string | null
  createdFrom?: Date | null
  createdBefore?: Date | null
  /** The last payment of the page before. */
  afterId?: string | null
  limit: number
}

/** Payments that match the whole filter, newest first. */
export async function listPayments(
  db: Pick<Db, 'read'>,
  institutionId: string,
  filter: PaymentFilter,
): Promise<Payment[]> {
  const { merchantId, terminalId, storeId, payerId, state, kind, orderNo, afterId, limit } = filter
  // Each way in has an index of its own; what is left over is filtered on the way.
  const [name, leading, seventh] = payerId
    ? ['list_by_payer', payerId, merchantId]
    : terminalId
      ? ['list_by_terminal', terminalId, merchantId]
      : merchantId
        ? [orderNo ? 'list_by_order' : 'list_by_merchant', merchantId, null]
        : ['list_all', null, null]
  const rows = await db.read<{ id: string }>(sql(name ?? ''), [
    institutionId,
    leading,
    afterId ?? 'pay_z',
    limit,
    state ?? null,
    kind ?? null,
    seventh ?? null,
    storeId ?? null,
    orderNo ?? null,
    filter.createdFrom ?? null,
    filter.createdBefore ?? null,
  ])
  const ids = rows.map(({ id }) => id)
  const payments = await readPayments({ many: db.read }, institutionId, ids)
  return ids.map((id) => payments.get(id)).filter((one) => one !== undefined)
}

export type DayTotal = {
  state: PaymentState
  scheme: string
  /** The local hour, 0 to 23. */
  hour: number
  payments: bigint
  amountMinor: bigint
}

export type DayScope = {
  from: Date
  before: Date
  timeZone: string
  merchantId?: string | null
  storeId?: string | null
  terminalId?: string | null
}

/** Purchases between two moments, counted by state, scheme and local hour. */
export async function dayTotals(
  db: Pick<Db, 'read'>,
  institutionId: string,
  { from, before, timeZone, merchantId, storeId, terminalId }: DayScope,
): Promise<DayTotal[]> {
  type Row = Omit<DayTotal, 'amountMinor'> & { amount_minor: bigint }
  const rows = await db.read<Row>(sql('day_totals'), [
    institutionId,
    earliestId('pay', from),
    earliestId('pay', before),
    merchantId ?? null,
    storeId ?? null,
    terminalId ?? null,
    timeZone,
  ])
  return rows.map(({ amount_minor: amountMinor, ...row }) => ({ ...row, amountMinor }))
}
