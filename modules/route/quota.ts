import { loadSql, type Db, type Tx } from '../database/database.ts'
import { assert } from '../lib/assert.ts'
import { largestRemainder } from '../money/money.ts'

const sql = loadSql(new URL('./route.sql', import.meta.url))

/** One counter: of a source, a channel account, a scheme or a promotion, in one period. */
export type QuotaKeyParts = {
  subject: string
  /** '2026-11-23', '2026-11' or 'all', by the local day of the payment. */
  period: string
}

/** What a payment takes of a quota or a budget, in minor units, and how much there is of it. */
export type QuotaUse = QuotaKeyParts & { amountMinor: bigint; limitMinor: bigint }

/** How a counter is named in the maps of this room. Neither part has a space in it. */
export const quotaKey = (subject: string, period: string): string => `${subject} ${period}`

type Row = QuotaKeyParts & { used_minor: bigint }

const distinct = (keys: readonly QuotaKeyParts[]): QuotaKeyParts[] => [
  ...new Map(keys.map((key) => [quotaKey(key.subject, key.period), key])).values(),
]

const columns = (institutionId: string, keys: readonly QuotaKeyParts[]) => [
  institutionId,
  [...new Set(keys.map(({ subject }) => subject))],
  [...new Set(keys.map(({ period }) => period))],
]

const byKey = (rows: readonly Row[]): Map<string, bigint> =>
  new Map(rows.map((row) => [quotaKey(row.subject, row.period), row.used_minor]))

/**
 * What the counters stood at by the last commit, without a lock, by `quotaKey`. One that is not
 * there has used nothing. More than was asked for may be in the answer.
 */
export async function readQuotas(
  from: Pick<Db, 'read'> | Pick<Tx, 'many'>,
  institutionId: string,
  keys: readonly QuotaKeyParts[],
): Promise<Map<string, bigint>> {
  if (keys.length === 0) return new Map()
  const values = columns(institutionId, keys)
  const rows =
    'read' in from
      ? await from.read<Row>(sql('read_quotas'), values)
      : await from.many<Row>(sql('read_quotas'), values)
  return byKey(rows)
}

/**
 * Makes the counters that are missing and locks all of the batch's in key order, until the commit.
 * Answers what they stand at, by `quotaKey`. Comes after limit counters and before ledger accounts.
 *
 * Source: DESIGN §5 (lock order).
 */
export async function lockQuotas(
  tx: Tx,
  institutionId: string,
  keys: readonly QuotaKeyParts[],
): Promise<Map<string, bigint>> {
  if (keys.length === 0) return new Map()
  const pairs = distinct(keys)
  tx.send(sql('open_quotas'), [
    institutionId,
    pairs.map(({ subject }) => subject),
    pairs.map(({ period }) => period),
  ])
  return byKey(await tx.many<Row>(sql('lock_quotas'), columns(institutionId, pairs)))
}

/**
 * Whether the locked counters have room for all of the uses. Pure.
 *
 * @throws AssertionError when a counter was not locked
 */
export const fitsQuotas = (
  locked: ReadonlyMap<string, bigint>,
  uses: readonly QuotaUse[],
): boolean => uses.every((use) => usedOf(locked, use) + use.amountMinor <= use.limitMinor)

/** Counts the uses in memory, so that the next decision of the batch sees them. */
export function addQuotas(locked: Map<string, bigint>, uses: readonly QuotaUse[]): void {
  for (const use of uses)
    locked.set(quotaKey(use.subject, use.period), usedOf(locked, use) + use.amountMinor)
}

function usedOf(locked: ReadonlyMap<string, bigint>, { subject, period }: QuotaUse): bigint {
  const usedMinor = locked.get(quotaKey(subject, period))
  assert(usedMinor !== undefined, `the quota of ${subject} in ${period} is locked`)
  return usedMinor
}

/** The same uses the other way round: what a payment that failed gives back to its own periods. */
export const givenBack = (uses: readonly QuotaUse[]): QuotaUse[] =>
  uses.map((use) => ({ ...use, amountMinor: -use.amountMinor }))

/** Of a price, in minor units, what refunds had given back before, and what they have now. */
export type Returned = { priceMinor: bigint; beforeMinor: bigint; nowMinor: bigint }

/**
 * What a refund gives back of a payment's uses: of each the same part as of the price. The part of all
 * that was refunded so far is rounded, half up, and what came back before is taken from it. So no use
 * gives back more than it took, however a payment is refunded, and refunds of the whole price together
 * give back exactly all of it. Pure.
 *
 * Source: P10, P11; DESIGN §5 (largest remainder is for refunds).
 */
export const partGivenBack = (
  uses: readonly QuotaUse[],
  { priceMinor, beforeMinor, nowMinor }: Returned,
): QuotaUse[] => {
  const partOf = (amountMinor: bigint, returnedMinor: bigint) =>
    largestRemainder(amountMinor, [returnedMinor, priceMinor - returnedMinor])[0] ?? 0n
  return uses.map((use) => ({
    ...use,
    amountMinor: partOf(use.amountMinor, beforeMinor) - partOf(use.amountMinor, nowMinor),
  }))
}

/**
 * Writes what the batch has taken or, where an amount is negative, given back: one update per
 * counter. The batch has locked them before.
 */
export function writeQuotas(tx: Tx, institutionId: string, uses: readonly QuotaUse[]): void {
  const sums = new Map<string, QuotaKeyParts & { sumMinor: bigint }>()
  for (const { subject, period, amountMinor } of uses) {
    const key = quotaKey(subject, period)
    const sumMinor = (sums.get(key)?.sumMinor ?? 0n) + amountMinor
    sums.set(key, { subject, period, sumMinor })
  }
  const rows = [...sums.values()].filter(({ sumMinor }) => sumMinor !== 0n)
  if (rows.length === 0) return
  tx.send(sql('write_quotas'), [
    institutionId,
    rows.map(({ subject }) => subject),
    rows.map(({ period }) => period),
    rows.map(({ sumMinor }) => sumMinor),
  ])
}
