import { loadSql, type Db, type Tx } from '../database/database.ts'
import { assert } from '../lib/assert.ts'
import { momentAt, type LocalMoment } from '../route/route.ts'

const sql = loadSql(new URL('./limits.sql', import.meta.url))

/** The local day (2026-11-23) and month (2026-11) that a payment counts in. */
export type Periods = { day: string; month: string }

/**
 * The local day and month at a moment in an IANA time zone, and what the clock on the wall shows.
 *
 * Source: P7 (limit per day, hours).
 */
export const periodsAt = (at: Date, timeZone: string): LocalMoment => momentAt(at, timeZone)

/** A mandate and the periods it is about to be used in. */
export type Use = Periods & { mandateId: string }

/** How a payment is made: what decides which bounds of the day it counts in besides the sum. */
export type Manner = {
  /** The payer was asked for the PIN. */
  needsPin: boolean
  /** By a code that the payer's device made without a network. */
  isOffline: boolean
}

/** What a mandate has used in one period, in minor units; the last three of days only. */
export type Counter = {
  usedMinor: bigint
  count: number
  noPinMinor: bigint
  offlineMinor: bigint
}

/** Used so far, by `counterKey`. Locked rows; the batch adds to it as it decides. */
export type Counters = Map<string, Counter>

const unused: Counter = { usedMinor: 0n, count: 0, noPinMinor: 0n, offlineMinor: 0n }

type CounterRow = {
  period: string
  used_minor: bigint
  used_count: number
  no_pin_minor: bigint
  offline_minor: bigint
}

const readRow = (row: CounterRow): Counter => ({
  usedMinor: row.used_minor,
  count: row.used_count,
  noPinMinor: row.no_pin_minor,
  offlineMinor: row.offline_minor,
})

/** How the counter of one mandate and period is named in `Counters`. */
export const counterKey = (mandateId: string, period: string): string => `${mandateId} ${period}`

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
  const rows = await tx.many<CounterRow & { mandate_id: string }>(sql('lock_counters'), [
    institutionId,
    [...new Set(pairs.map(([mandateId]) => mandateId))],
    [...new Set(pairs.map(([, period]) => period))],
  ])
  return new Map(rows.map((row) => [counterKey(row.mandate_id, row.period), readRow(row)]))
}

/** What the counters, which are locked, say of one mandate and period. */
export function counterOf(counters: Counters, mandateId: string, period: string): Counter {
  const counter = counters.get(counterKey(mandateId, period))
  assert(counter, `the counter of ${period} is locked`)
  return counter
}

/** An amount that is counted; below zero it is given back. Without a manner only the sum changes. */
export type Counted = Use & { amountMinor: bigint; manner?: Manner }

/** What an amount adds to the counter of its day. */
function ofDay({ amountMinor, manner }: Counted): Counter {
  if (!manner) return { ...unused, usedMinor: amountMinor }
  return {
    usedMinor: amountMinor,
    count: amountMinor < 0n ? -1 : 1,
    noPinMinor: manner.needsPin ? 0n : amountMinor,
    offlineMinor: manner.isOffline ? amountMinor : 0n,
  }
}

const sum = (one: Counter, more: Counter): Counter => ({
  usedMinor: one.usedMinor + more.usedMinor,
  count: one.count + more.count,
  noPinMinor: one.noPinMinor + more.noPinMinor,
  offlineMinor: one.offlineMinor + more.offlineMinor,
})

/** The two counters that an amount belongs to, and what it adds to each. */
const partsOf = (counted: Counted): [string, Counter][] => {
  const { mandateId, day, month, amountMinor } = counted
  return [
    [counterKey(mandateId, day), ofDay(counted)],
    [counterKey(mandateId, month), { ...unused, usedMinor: amountMinor }],
  ]
}

/** Counts an amount in memory, so that the next decision of the batch sees it. */
export function addUse(counters: Counters, counted: Counted): void {
  for (const [key, part] of partsOf(counted)) {
    const counter = counters.get(key)
    assert(counter, 'the counters of a use are locked')
    counters.set(key, sum(counter, part))
  }
}

/** Writes what the batch has used, one update per counter. */
export function writeUses(tx: Tx, institutionId: string, uses: readonly Counted[]): void {
  const sums: Counters = new Map()
  for (const [key, part] of uses.flatMap(partsOf)) sums.set(key, sum(sums.get(key) ?? unused, part))
  if (sums.size === 0) return
  const keys = [...sums.keys()].sort()
  const column = <Key extends keyof Counter>(name: Key) => keys.map((key) => sums.get(key)![name])
  tx.send(sql('use_limits'), [
    institutionId,
    keys.map((key) => key.split(' ')[0]),
    keys.map((key) => key.split(' ')[1]),
    ...[column('usedMinor'), column('count'), column('noPinMinor'), column('offlineMinor')],
  ])
}

/** What a mandate has used in the day and the month, for showing. */
export async function readUsed(
  db: Pick<Db, 'read'>,
  institutionId: string,
  { mandateId, day, month }: Use,
): Promise<{ today: Counter; monthMinor: bigint }> {
  const values = [institutionId, mandateId, [day, month]]
  const rows = await db.read<CounterRow>(sql('read_used'), values)
  const of = (period: string) => {
    const row = rows.find((one) => one.period === period)
    return row ? readRow(row) : unused
  }
  return { today: of(day), monthMinor: of(month).usedMinor }
}
