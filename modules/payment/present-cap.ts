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

/** A payment by a code on the wall, and whose day it counts in. */
export type StaticUse = { payment: Payment; payerId: string; day: string }

const keyOf = ({ payerId, day }: Pick<StaticUse, 'payerId' | 'day'>): string => `${payerId} ${day}`

/** Whether the cap is for this payment. */
export const isCapped = (payment: Payment): boolean =>
  payment.currency === 'CNY' && isStaticOrder(payment)

/** What a payment has used of its payer's cap; nothing when the cap is not for it. */
export function staticUsesOf(payment: Payment, limitDay: string | null): StaticUse[] {
  const { payerId } = payment
  if (payerId === null || limitDay === null || !isCapped(payment)) return []
  return [{ payment, payerId, day: limitDay }]
}

/** Makes the counters that are missing and locks all of the batch's, in key order. */
export async function lockStaticCounters(
  tx: Tx,
  institutionId: string,
  uses: readonly StaticUse[],
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
export function isOverCap(counters: StaticCounters, { payment, ...who }: StaticUse): boolean {
  const usedMinor = counters.get(keyOf(who)) ?? 0n
  return isCapped(payment) && usedMinor + payment.amountMinor > STATIC_DAY_CAP_MINOR
}

/** Counts a payment in memory, so that the next decision of the batch sees it. */
export function addStaticUse(counters: StaticCounters, { payment, ...who }: StaticUse): void {
  if (!isCapped(payment)) return
  counters.set(keyOf(who), (counters.get(keyOf(who)) ?? 0n) + payment.amountMinor)
}

/**
 * Gives so much of a payment's price, in minor units, back to its payer's day, in memory. No counter
 * goes below nothing.
 *
 * Source: DESIGN §10 (returned limits go back to the day that the payment names).
 */
export function giveStaticBack(
  counters: StaticCounters,
  { payment, ...who }: StaticUse,
  amountMinor: bigint,
): void {
  const usedMinor = counters.get(keyOf(who)) ?? 0n
  const leftMinor = usedMinor > amountMinor ? usedMinor - amountMinor : 0n
  if (isCapped(payment)) counters.set(keyOf(who), leftMinor)
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
