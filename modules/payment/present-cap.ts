import { loadSql, type Tx } from '../database/database.ts'
import { isStaticOrder } from './present-order.ts'
import type { Payment } from './state.ts'

const sql = loadSql(new URL('./present.sql', import.meta.url))

/**
 * What one payer may pay by codes on the wall in a day, in fen. Only of yuan: it is China's law. The
 * schemes hold their own payers to it; we hold ours.
 *
 * Source: PBC 2017 No. 296, rules for barcode payments, level D (protocols.md §6.1); DESIGN §10.
 */
export const STATIC_DAY_CAP_MINOR = 50_000n

/** Used so far, by payer and day. Locked rows; the batch adds to it as it decides. */
export type StaticCounters = Map<string, bigint>

type Use = { payment: Payment; payerId: string; day: string }

const keyOf = ({ payerId, day }: Pick<Use, 'payerId' | 'day'>): string => `${payerId} ${day}`

/** Whether the cap is for this payment. */
export const isCapped = (payment: Payment): boolean =>
  payment.currency === 'CNY' && isStaticOrder(payment)

/** Makes the counters that are missing and locks all of the batch's, in key order. */
export async function lockStaticCounters(
  tx: Tx,
  institutionId: string,
  uses: readonly Use[],
): Promise<StaticCounters> {
  const capped = uses.filter(({ payment }) => isCapped(payment))
  if (capped.length === 0) return new Map()
  const payerIds = capped.map(({ payerId }) => payerId)
  const days = capped.map(({ day }) => day)
  tx.send(sql('open_static_counters'), [institutionId, payerIds, days])
  type Row = { payer_id: string; day: string; used_minor: bigint }
  const rows = await tx.many<Row>(sql('lock_static_counters'), [institutionId, payerIds, days])
  return new Map(
    rows.map((row) => [keyOf({ payerId: row.payer_id, day: row.day }), row.used_minor]),
  )
}

/** Whether the payment would take its payer over the cap. Pure. */
export function isOverCap(counters: StaticCounters, { payment, ...who }: Use): boolean {
  const usedMinor = counters.get(keyOf(who)) ?? 0n
  return isCapped(payment) && usedMinor + payment.amountMinor > STATIC_DAY_CAP_MINOR
}

/** Counts a payment in memory, so that the next decision of the batch sees it. */
export function addStaticUse(counters: StaticCounters, { payment, ...who }: Use): void {
  if (!isCapped(payment)) return
  counters.set(keyOf(who), (counters.get(keyOf(who)) ?? 0n) + payment.amountMinor)
}

/** Writes what the counters say now; the batch holds their rows. */
export function writeStaticCounters(tx: Tx, institutionId: string, counters: StaticCounters): void {
  if (counters.size === 0) return
  const keys = [...counters.keys()].sort()
  tx.send(sql('use_static_counters'), [
    institutionId,
    keys.map((key) => key.split(' ')[0]),
    keys.map((key) => key.split(' ')[1]),
    keys.map((key) => counters.get(key)),
  ])
}
