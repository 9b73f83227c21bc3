import { loadSql, type Db, type Tx } from '../database/database.ts'
import { AppError } from '../errors/errors.ts'
import { assert } from '../lib/assert.ts'
import { decimalsOf, type Currency } from '../money/money.ts'
import { record, type TrailEntry } from '../trail/trail.ts'
import { periodsAt, readUsed, type Counter } from './limits.ts'
import {
  dayCapMinor,
  lowerMinor,
  oneProofDayCapMinor,
  weaker,
  type Level,
} from './mandate-level.ts'
import { heldTo, readTerms, type MandateTerms, type Terms, type TermsRow } from './mandate-terms.ts'
import type { Act, PayerKey } from './payer.ts'

export * from './mandate-level.ts'
export * from './mandate-spot.ts'
export {
  needsPin,
  overLimit,
  readMandateTerms,
  refuseAtAll,
  type Asked,
  type Consent,
  type MandateTerms,
  type Terms,
} from './mandate-terms.ts'

const sql = loadSql(new URL('./mandate.sql', import.meta.url))

/** What a payer allows to be charged, and how much of it is used, in minor units. */
export type Mandate = MandateTerms & {
  /** The merchants that it is bound to, by name. */
  namedMerchants: readonly { id: string; name: string }[] | null
  today: Counter
  usedThisMonthMinor: bigint
  /** The institution's local day, YYYY-MM-DD, that `today` is of. */
  day: string
}

// In whole units of the currency. A payment without PIN of up to 1 000 is what payers of dynamic
// codes are used to; a day of 5 000 is what the rule allows them with two proofs of identity.
// Source: PBC 2017 No. 296, rules for barcode payments, on limits (reference/reliability.md §11.2).
const usual = { perPayment: 5_000n, perDay: 5_000n, perMonth: 50_000n, noPin: 1_000n } as const

type NewMandate = PayerKey & { id: string; currency: Currency; level?: Level }

/** Gives a new payer a mandate with the usual limits of the level. The same id again changes nothing. */
export function createMandate(
  tx: Tx,
  { institutionId, payerId, id, currency, level = 'B' }: NewMandate,
  now: Date,
): void {
  const whole = 10n ** BigInt(decimalsOf(currency))
  const { perPayment, perDay, perMonth, noPin } = usual
  const perDayMinor = lowerMinor(perDay * whole, dayCapMinor(level, currency))
  const termsMinor = [perPayment * whole, perDayMinor, perMonth * whole, noPin * whole]
  const offlineMinor = oneProofDayCapMinor(currency)
  const values = [institutionId, id, payerId, currency, level, ...termsMinor, offlineMinor, now]
  tx.send(sql('create_mandate'), values)
}

/** The payer's mandate, with what it has used in the local day and month of `now`. */
export async function readMandate(
  db: Pick<Db, 'read'>,
  { institutionId, payerId }: PayerKey,
  { now, timeZone }: { now: Date; timeZone: string },
): Promise<Mandate> {
  type Row = TermsRow & { named_merchants: { id: string; name: string }[] | null }
  const [row] = await db.read<Row>(sql('read_mandate'), [institutionId, payerId])
  assert(row, 'a payer has a mandate')
  const { day, month } = periodsAt(now, timeZone)
  const used = await readUsed(db, institutionId, { mandateId: row.id, day, month })
  return {
    ...heldTo(readTerms(row)),
    namedMerchants: row.named_merchants,
    today: used.today,
    usedThisMonthMinor: used.monthMinor,
    day,
  }
}

/** The largest amount that goes without the PIN now, in minor units. */
export function pinAboveMinor({ consent, noPinMinor, noPinPerDayMinor, today }: Mandate): bigint {
  if (consent === 'each') return 0n
  const leftMinor = noPinPerDayMinor - today.noPinMinor
  return lowerMinor(noPinMinor, leftMinor > 0n ? leftMinor : 0n)
}

/** New terms, money in minor units; those left out stay as they are, and a null takes a bound away. */
export type MandateChange = Partial<Omit<Terms, 'id' | 'currency' | 'grantedLevel' | 'mayPay'>>

/**
 * Changes the terms of a payer's mandate, from the next payment on. The PIN was checked before. A
 * level with a lower cap lowers the limit of a day with it.
 *
 * @throws AppError MANDATE_ABOVE_LEVEL with the `param` that is above what the level allows, or for a
 *   level above the one that the institution has granted
 *
 * Source: P7, P9; PBC 2017 No. 296 (protocols.md §6.1).
 */
export async function changeMandate(
  tx: Tx,
  { institutionId, payerId, ...change }: PayerKey & MandateChange,
  { actor, trailId, now }: Act,
): Promise<void> {
  const before = await lockMandate(tx, { institutionId, payerId })
  checkLevel(before, change)
  const after = { ...before, ...change }
  const capMinor = dayCapMinor(after.level, after.currency)
  const perDayMinor = lowerMinor(after.perDayMinor, capMinor)
  await write(tx, institutionId, { ...after, perDayMinor }, now)
  const entry = { id: trailId, at: now, actor, action: 'mandate.change', subject: before.id }
  await record(tx, institutionId, [{ ...entry, detail: told(change) }])
}

/**
 * Says how well the payer has proved who pays, which is the best level that the payer may choose.
 * Raised, the payer still has to choose it; lowered, it holds at once. For the operator.
 */
export async function grantLevel(
  tx: Tx,
  { institutionId, payerId, level, reason }: PayerKey & { level: Level; reason: string },
  { actor, trailId, now }: Act,
): Promise<void> {
  const before = await lockMandate(tx, { institutionId, payerId })
  const kept = weaker(before.level, level)
  const perDayMinor = lowerMinor(before.perDayMinor, dayCapMinor(kept, before.currency))
  const after = { ...before, grantedLevel: level, level: kept, perDayMinor }
  await write(tx, institutionId, after, now)
  const entry = { id: trailId, at: now, actor, action: 'mandate.grant_level', subject: before.id }
  const detail = { from: before.grantedLevel, to: level, reason }
  await record(tx, institutionId, [{ ...entry, detail }])
}

async function lockMandate(tx: Tx, { institutionId, payerId }: PayerKey): Promise<Terms> {
  const [row] = await tx.many<TermsRow>(sql('lock_mandate'), [institutionId, payerId])
  if (!row) throw new AppError('NOT_FOUND')
  return readTerms(row)
}

function checkLevel(before: Terms, change: MandateChange): void {
  const { currency, grantedLevel } = before
  const { level = before.level, perDayMinor, noPinMinor, offlinePerDayMinor } = change
  const refuse = (param: string) => new AppError('MANDATE_ABOVE_LEVEL', { param })
  if (level < grantedLevel) throw refuse('level')
  const capMinor = dayCapMinor(level, currency)
  if (perDayMinor !== undefined && capMinor !== null && perDayMinor > capMinor)
    throw refuse('per_day')
  const oneProofMinor = oneProofDayCapMinor(currency)
  if (noPinMinor !== undefined && noPinMinor > oneProofMinor) throw refuse('no_pin')
  if (offlinePerDayMinor !== undefined && offlinePerDayMinor > oneProofMinor)
    throw refuse('offline_per_day')
}

async function write(tx: Tx, institutionId: string, terms: Terms, now: Date): Promise<void> {
  const json = (value: unknown) => (value === null ? null : JSON.stringify(value))
  await tx.many(sql('write_mandate'), [
    ...[institutionId, terms.id, terms.grantedLevel, terms.level, terms.perPaymentMinor],
    ...[terms.perDayMinor, terms.perMonthMinor, terms.noPinMinor, terms.perDayCount],
    ...[terms.offlinePerDayMinor, terms.merchants, terms.shopKinds, json(terms.areas)],
    ...[json(terms.hours), terms.consent, now],
  ])
}

/** A change as the trail keeps it: money as text, and of areas their names, not where somebody lives. */
function told({ areas, ...change }: MandateChange): TrailEntry['detail'] {
  const terms = Object.entries(change).map(([name, to]) => [name, plain(to)])
  const named = areas && areas.map(({ name, radiusM }) => `${name} ${radiusM} m`)
  return { ...Object.fromEntries(terms), ...(areas !== undefined && { areas: named }) }
}

type Told = TrailEntry['detail'][string]

const plain = (term: MandateChange[keyof MandateChange]): Told =>
  typeof term === 'bigint' ? String(term) : (term as Told)
