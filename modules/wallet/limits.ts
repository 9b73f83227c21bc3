import { loadSql, type Db, type Tx } from '../database/database.ts'
import type { DeclineReason } from '../errors/errors.ts'
import { assert } from '../lib/assert.ts'

const sql = loadSql(new URL('./limits.sql', import.meta.url))

/** What a payer allows to be charged, in minor units. Source: P7, P9. */
export type MandateTerms = {
  id: string
  perPaymentMinor: bigint
  perDayMinor: bigint
  perMonthMinor: bigint
  /** Above this each payment needs the payer's PIN. */
  noPinMinor: bigint
  mayPay: boolean
}

/** Used so far, by `counterKey`. Locked rows; the batch adds to it as it decides. */
export type Counters = Map<string, bigint>

/** The local day (2026-11-23) and month (2026-11) that a payment counts in. */
export type Periods = { day: string; month: string }

const formats = new Map<string, Intl.DateTimeFormat>()

const MINUTE_MS = 60_000
// A day begins with a minute in every time zone, so the answer is good for the minute.
let last = { minute: NaN, timeZone: '', periods: { day: '', month: '' } }

/** The local day and month at a moment in an IANA time zone. Source: P7 (limit per day). */
export function periodsAt(at: Date, timeZone: string): Periods {
  const minute = Math.floor(at.getTime() / MINUTE_MS)
  if (minute === last.minute && timeZone === last.timeZone) return last.periods
  let format = formats.get(timeZone)
  if (!format) {
    // Swedish writes dates as ISO 8601 does.
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' })
    formats.set(timeZone, format)
  }
  const day = format.format(at)
  last = { minute, timeZone, periods: { day, month: day.slice(0, 7) } }
  return last.periods
}

/** How the counter of one mandate and period is named in `Counters`. */
export const counterKey = (mandateId: string, period: string): string => `${mandateId} ${period}`

/** A mandate and the periods it is about to be used in. */
export type Use = Periods & { mandateId: string }

/** Makes the counters that are missing and locks all of the batch's, in key order. */
export async function lockCounters(
  tx: Tx,
  institutionId: string,
  uses: readonly Use[],
): Promise<Counters> {
  if (uses.length === 0) return new Map()
  const keys = new Map<string, readonly [string, string]>()
  for (const { mandateId, day, month } of uses) {
    keys.set(counterKey(mandateId, day), [mandateId, day])
    keys.set(counterKey(mandateId, month), [mandateId, month])
  }
  const pairs = [...keys.values()]
  tx.send(sql('open_counters'), [
    institutionId,
    pairs.map(([mandateId]) => mandateId),
    pairs.map(([, period]) => period),
  ])
  type Row = { mandate_id: string; period: string; used_minor: bigint }
  const rows = await tx.many<Row>(sql('lock_counters'), [
    institutionId,
    [...new Set(pairs.map(([mandateId]) => mandateId))],
    [...new Set(pairs.map(([, period]) => period))],
  ])
  return new Map(rows.map((row) => [counterKey(row.mandate_id, row.period), row.used_minor]))
}

/** The terms of the mandates, by id, read after the locks. */
export async function readMandateTerms(
  tx: Tx,
  institutionId: string,
  ids: readonly string[],
): Promise<Map<string, MandateTerms>> {
  type Row = {
    id: string
    per_payment_minor: bigint
    per_day_minor: bigint
    per_month_minor: bigint
    no_pin_minor: bigint
    state: string
    payer_state: string
  }
  const rows = await tx.many<Row>(sql('read_mandates'), [institutionId, ids])
  return new Map(
    rows.map((row) => [
      row.id,
      {
        id: row.id,
        perPaymentMinor: row.per_payment_minor,
        perDayMinor: row.per_day_minor,
        perMonthMinor: row.per_month_minor,
        noPinMinor: row.no_pin_minor,
        mayPay: row.state === 'active' && row.payer_state === 'active',
      },
    ]),
  )
}

/** Why the mandate does not allow the amount now, or null when it does. Pure. */
export function overLimit(
  terms: MandateTerms,
  counters: Counters,
  { day, month }: Periods,
  amountMinor: bigint,
): DeclineReason | null {
  if (!terms.mayPay) return 'payer_frozen'
  if (amountMinor > terms.perPaymentMinor) return 'over_payment_limit'
  if (usedOf(counters, terms.id, day) + amountMinor > terms.perDayMinor) return 'over_day_limit'
  if (usedOf(counters, terms.id, month) + amountMinor > terms.perMonthMinor)
    return 'over_month_limit'
  return null
}

function usedOf(counters: Counters, mandateId: string, period: string): bigint {
  const usedMinor = counters.get(counterKey(mandateId, period))
  assert(usedMinor !== undefined, `the counter of ${period} is locked`)
  return usedMinor
}

/** Counts the amount in memory, so that the next decision of the batch sees it. */
export function addUse(counters: Counters, use: Use, amountMinor: bigint): void {
  for (const period of [use.day, use.month]) {
    const key = counterKey(use.mandateId, period)
    counters.set(key, usedOf(counters, use.mandateId, period) + amountMinor)
  }
}

/** Writes what the batch has used, one update per counter. */
export function writeUses(
  tx: Tx,
  institutionId: string,
  uses: readonly (Use & { amountMinor: bigint })[],
): void {
  const sums: Counters = new Map()
  for (const { mandateId, day, month, amountMinor } of uses)
    for (const period of [day, month]) {
      const key = counterKey(mandateId, period)
      sums.set(key, (sums.get(key) ?? 0n) + amountMinor)
    }
  if (sums.size === 0) return
  const keys = [...sums.keys()].sort()
  tx.send(sql('use_limits'), [
    institutionId,
    keys.map((key) => key.split(' ')[0]),
    keys.map((key) => key.split(' ')[1]),
    keys.map((key) => sums.get(key)),
  ])
}

/** What a mandate has used in the day and the month, in minor units; for showing. */
export async function readUsed(
  db: Pick<Db, 'read'>,
  institutionId: string,
  { mandateId, day, month }: Use,
): Promise<{ todayMinor: bigint; monthMinor: bigint }> {
  type Row = { period: string; used_minor: bigint }
  const rows = await db.read<Row>(sql('read_used'), [institutionId, mandateId, [day, month]])
  const usedMinor = (period: string) => rows.find((row) => row.period === period)?.used_minor ?? 0n
  return { todayMinor: usedMinor(day), monthMinor: usedMinor(month) }
}
