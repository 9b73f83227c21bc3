import { loadSql, type Db, type Tx } from '../database/database.ts'
import { assert } from '../lib/assert.ts'
import { decimalsOf, type Currency } from '../money/money.ts'
import { record } from '../trail/trail.ts'
import { periodsAt, readUsed } from './limits.ts'
import type { Act, PayerKey } from './payer.ts'

const sql = loadSql(new URL('./payer.sql', import.meta.url))

/** What a payer allows to be charged, and how much of it is used, in minor units. */
export type Mandate = {
  id: string
  currency: Currency
  perPaymentMinor: bigint
  perDayMinor: bigint
  perMonthMinor: bigint
  /** Above this each payment needs the PIN. */
  noPinMinor: bigint
  usedTodayMinor: bigint
  usedThisMonthMinor: bigint
  /** The institution's local day, YYYY-MM-DD, that `usedTodayMinor` is of. */
  day: string
}

// In whole units of the currency. A payment without PIN of up to 1 000 is what payers of dynamic
// codes are used to; a day of 5 000 is what the rule allows them with two proofs of identity.
// Source: PBC 2017 No. 296, rules for barcode payments, on limits (reference/reliability.md §11.2).
const usual = { perPayment: 5_000n, perDay: 5_000n, perMonth: 50_000n, noPin: 1_000n } as const

/** Gives a new payer a mandate with the usual limits. The same id again changes nothing. */
export function createMandate(
  tx: Tx,
  { institutionId, payerId, id, currency }: PayerKey & { id: string; currency: Currency },
  now: Date,
): void {
  const whole = 10n ** BigInt(decimalsOf(currency))
  const { perPayment, perDay, perMonth, noPin } = usual
  const termsMinor = [perPayment, perDay, perMonth, noPin].map((limit) => limit * whole)
  tx.send(sql('create_mandate'), [institutionId, id, payerId, currency, ...termsMinor, now])
}

/** The payer's mandate, with what it has used in the local day and month of `now`. */
export async function readMandate(
  db: Pick<Db, 'read'>,
  { institutionId, payerId }: PayerKey,
  { now, timeZone }: { now: Date; timeZone: string },
): Promise<Mandate> {
  const [row] = await db.read<MandateRow>(sql('read_mandate'), [institutionId, payerId])
  assert(row, 'a payer has a mandate')
  const periods = periodsAt(now, timeZone)
  const used = await readUsed(db, institutionId, { mandateId: row.id, ...periods })
  return {
    id: row.id,
    currency: row.currency as Currency,
    perPaymentMinor: row.per_payment_minor,
    perDayMinor: row.per_day_minor,
    perMonthMinor: row.per_month_minor,
    noPinMinor: row.no_pin_minor,
    usedTodayMinor: used.todayMinor,
    usedThisMonthMinor: used.monthMinor,
    day: periods.day,
  }
}

/** New terms in minor units; those left out stay as they are. */
export type MandateChange = {
  perPaymentMinor?: bigint
  perDayMinor?: bigint
  perMonthMinor?: bigint
  noPinMinor?: bigint
}

/** Changes the terms of a payer's mandate, from the next payment on. The PIN was checked before. */
export async function changeMandate(
  tx: Tx,
  { institutionId, payerId, ...change }: PayerKey & MandateChange,
  { actor, trailId, now }: Act,
): Promise<void> {
  const { perPaymentMinor, perDayMinor, perMonthMinor, noPinMinor } = change
  const terms = [perPaymentMinor, perDayMinor, perMonthMinor, noPinMinor]
  const values = [institutionId, payerId, ...terms.map((term) => term ?? null), now]
  const [changed] = await tx.many<{ id: string }>(sql('change_mandate'), values)
  assert(changed, 'a payer has a mandate')
  const given = Object.entries(change).map(([name, minor]) => [name, String(minor)] as const)
  const entry = { id: trailId, at: now, actor, action: 'mandate.change', subject: changed.id }
  await record(tx, institutionId, [{ ...entry, detail: Object.fromEntries(given) }])
}

type MandateRow = {
  id: string
  currency: string
  per_payment_minor: bigint
  per_day_minor: bigint
  per_month_minor: bigint
  no_pin_minor: bigint
}
