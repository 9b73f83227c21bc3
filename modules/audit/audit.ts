import pg from 'pg'

import { loadSql, type Db } from '../database/database.ts'
import { verifyTrail } from '../trail/trail.ts'
import { findLeaks } from './leaks.ts'
import { checkJournal, type JournalLine } from './journal.ts'

export { readJournal, type JournalLine } from './journal.ts'

const sql = loadSql(new URL('./audit.sql', import.meta.url))

/** The invariants, by the names that the audit prints. Source: reliability of DESIGN §9. */
export const invariants = {
  I1: 'debits equal credits',
  I2: 'stored balances, limits and the trail are what their rows say',
  I3: 'one payment per order, key and code',
  I4: 'what was acknowledged is there',
  I5: 'nothing hangs',
  I6: 'what came by a channel and is nobody’s is known to a person',
  I7: 'each final payment was told exactly once',
  I8: 'the parts make the whole',
  I9: 'states follow each other',
  I10: 'no code, card number or secret in clear',
} as const

export type Invariant = keyof typeof invariants

export type Finding = {
  invariant: Invariant
  institutionId: string
  /** What is wrong: an account, a payment, a column. Never a code or a secret. */
  what: string
  problem: string
}

export type Audited = {
  findings: Finding[]
  counts: { institutions: number; payments: bigint; transfers: bigint; accounts: bigint }
  tookMs: number
}

export type AuditOptions = {
  now: Date
  /** What a client was told, line by line; without it I4 is not looked at. */
  journal?: readonly JournalLine[]
  /** How long after its time a waiting payment may still be `processing`, in ms. */
  graceMs?: number
  /** Told after each check, for a progress line. */
  onCheck?: (name: string, findings: number) => void
}

type Check = { name: string; invariant: Invariant; since?: 'events' | 'codes' | 'grace' }

// The name of each query begins with its invariant.
const checks: readonly Check[] = [
  { name: 'i1_books_balance', invariant: 'I1' },
  { name: 'i1_transfers_have_accounts', invariant: 'I1' },
  { name: 'i2_balances_are_sums', invariant: 'I2' },
  { name: 'i2_floors_hold', invariant: 'I2' },
  { name: 'i2_limits_are_sums', invariant: 'I2' },
  { name: 'i2_quotas_are_sums', invariant: 'I2' },
  { name: 'i2_caps_are_sums', invariant: 'I2' },
  { name: 'i3_order_once', invariant: 'I3' },
  { name: 'i3_key_once', invariant: 'I3' },
  { name: 'i3_code_once', invariant: 'I3', since: 'codes' },
  { name: 'i3_used_codes_have_payments', invariant: 'I3' },
  { name: 'i3_channel_number_once', invariant: 'I3' },
  { name: 'i5_nothing_hangs', invariant: 'I5', since: 'grace' },
  { name: 'i5_debits_end', invariant: 'I5', since: 'grace' },
  { name: 'i5_unknowns_are_asked', invariant: 'I5' },
  { name: 'i6_late_money_is_known', invariant: 'I6' },
  { name: 'i7_told_once', invariant: 'I7', since: 'events' },
  { name: 'i7_refunds_told_once', invariant: 'I7', since: 'events' },
  { name: 'i7_payer_told_once', invariant: 'I7' },
  { name: 'i7_debits_told_once', invariant: 'I7' },
  { name: 'i8_parts_make_the_whole', invariant: 'I8' },
  { name: 'i8_charges_are_booked', invariant: 'I8' },
  { name: 'i8_charges_pay_payments', invariant: 'I8' },
  { name: 'i8_refunds_fit', invariant: 'I8' },
  { name: 'i8_refunds_are_booked', invariant: 'I8' },
  { name: 'i8_shares_come_back', invariant: 'I8' },
  { name: 'i8_debits_add_up', invariant: 'I8' },
  { name: 'i8_sales_are_sums', invariant: 'I8' },
  { name: 'i9_states_follow', invariant: 'I9' },
  { name: 'i9_pendings_are_resolved', invariant: 'I9' },
]

/** Events are kept for three days and used codes for two; older payments are not asked for them. */
const DAY_MS = 24 * 60 * 60 * 1000

/**
 * Checks the invariants on any database of OneTill, read-only, all in one snapshot, institution by
 * institution. Answers what is wrong; an empty list is a clean database.
 *
 * Of I6 it looks at our side; the channels' own books are compared by whoever can ask them.
 *
 * @param url of the database; the login must be able to read all tables
 *
 * Source: DESIGN §9.
 */
export async function audit(url: string, options: AuditOptions): Promise<Audited> {
  const { now, journal, graceMs = 60_000, onCheck } = options
  const startedMs = performance.now()
  const client = new pg.Client({ connectionString: url, application_name: 'onetill audit' })
  await client.connect()
  try {
    await client.query('begin isolation level repeatable read read only')
    // It joins whole tables. Of new ones the planner believes that they are small, and would look
    // through one for each row of another: minutes for ten thousand payments.
    await client.query('set local enable_nestloop = off')
    const many = async <Row>(name: string, values: readonly unknown[] = []): Promise<Row[]> =>
      (await client.query(sql(name).text, [...values])).rows as Row[]
    const since = {
      events: new Date(now.getTime() - 2 * DAY_MS),
      codes: new Date(now.getTime() - DAY_MS),
      grace: new Date(now.getTime() - graceMs),
    }
    const findings: Finding[] = []
    const counts = { institutions: 0, payments: 0n, transfers: 0n, accounts: 0n }
    for (const { id: institutionId } of await many<{ id: string }>('institutions')) {
      counts.institutions++
      const found = (invariant: Invariant, name: string, rows: readonly Problem[]) => {
        findings.push(...rows.map((row) => ({ invariant, institutionId, ...row })))
        onCheck?.(name, rows.length)
      }
      for (const { name, invariant, since: from } of checks) {
        const values = from === undefined ? [institutionId] : [institutionId, since[from]]
        found(invariant, name, await many<Problem>(name, values))
      }
      found('I2', 'i2_trail_is_whole', await checkTrail(readerOf(client), institutionId))
      found('I10', 'i10_nothing_in_clear', await findLeaks(client, institutionId))
      if (journal) found('I4', 'i4_journal', await checkJournal(client, institutionId, journal))
      const [sizes] = await many<Omit<typeof counts, 'institutions'>>('counts', [institutionId])
      counts.payments += BigInt(sizes?.payments ?? 0)
      counts.transfers += BigInt(sizes?.transfers ?? 0)
      counts.accounts += BigInt(sizes?.accounts ?? 0)
    }
    await client.query('commit')
    return { findings, counts, tookMs: performance.now() - startedMs }
  } finally {
    await client.end()
  }
}

export type Problem = { what: string; problem: string }

const readerOf = (client: pg.Client): Pick<Db, 'read'> => ({
  read: async <Row>({ text }: { text: string }, values: readonly unknown[] = []) =>
    (await client.query(text, [...values])).rows as Row[],
})

/** Walks the hash chain of who did what; the first entry that does not fit is named. */
async function checkTrail(db: Pick<Db, 'read'>, institutionId: string): Promise<Problem[]> {
  const verdict = await verifyTrail(db, institutionId)
  return verdict.ok
    ? []
    : [{ what: `trail entry ${verdict.brokenNumber}`, problem: verdict.reason }]
}
