import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { freshDatabase, type FreshDatabase } from './database.ts'
import { queries, readTables } from './statements.ts'

// The queries on the way of a payment must find their rows by an index, on the first day as on the
// thousandth. Plans are generic: it is those that the program gets after its first few calls.

const hot = queries.filter(({ file }) => /^modules\/(payment|wallet|ledger|outbox)\//.test(file))
const tables = await readTables()

type Plan = Readonly<Record<string, unknown>> & { Plans?: readonly Plan[] }
type Scan = { query: string; table: string; how: string; by: string }

let database: FreshDatabase
let client: pg.Client

beforeAll(async () => {
  database = await freshDatabase()
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
  await client.query('set plan_cache_mode = force_generic_plan')
  for (const { name, text } of hot) await client.query(`prepare "${name}" as ${text}`)
})

afterAll(async () => {
  await client.end()
  await database.drop()
})

async function planOf(name: string): Promise<Plan> {
  const { rows } = await client.query<{ count: number }>(
    'select cardinality(parameter_types) as count from pg_prepared_statements where name = $1',
    [name],
  )
  const values = Array.from({ length: rows[0]!.count }, () => 'null').join(', ')
  const explained = await client.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(
    `explain (format json) execute "${name}"${values && ` (${values})`}`,
  )
  return explained.rows[0]!['QUERY PLAN'][0]!.Plan
}

/** How a plan reads each table of an institution. */
function scansOf(query: string, plan: Plan): Scan[] {
  const inside = (plan.Plans ?? []).flatMap((inner) => scansOf(query, inner))
  const table = plan['Relation Name']
  const how = String(plan['Node Type'])
  if (typeof table !== 'string' || !tables.get(table)?.isScoped || how === 'ModifyTable') {
    return inside
  }
  // A bitmap is made by index scans below, which do not name the table.
  const conditions = [plan, ...(plan.Plans ?? [])].map((node) => String(node['Index Cond'] ?? ''))
  return [{ query, table, how, by: conditions.join(' ') }, ...inside]
}

async function allScans(): Promise<Scan[]> {
  const scans: Scan[] = []
  for (const { name } of hot) scans.push(...scansOf(name, await planOf(name)))
  return scans
}

const show = ({ query, table, how, by }: Scan) =>
  `${query}: ${how} of ${table} by ${by || 'nothing'}`

test('on empty tables there is an index for every hot query, and the institution leads it', async () => {
  await client.query('set enable_seqscan = off')
  const scans = await allScans()
  await client.query('reset enable_seqscan')
  expect(scans.length).toBeGreaterThan(20)
  const loose = scans.filter(({ how, by }) => how === 'Seq Scan' || !by.includes('institution_id'))
  expect(loose.map(show)).toEqual([])
})

// A million payments of one institution, as after some months: the hardest case for the planner,
// since naming the institution sorts out nothing. Every thousandth still waits for its payer.
const million = `generate_series(1, 1000000) as n,
  lateral (select 'pay_' || lpad(n::text, 26, '0') as id, timestamptz '2026-01-01' + n * interval '20 s' as at) as its`

const fill = [
  `insert into payment_code (institution_id, code_hash, payer_id, source_id, mandate_id, kind, masked, issued_at,
    expires_at, used_at, payment_id)
  select 'ins_full', decode(lpad(to_hex(n), 64, '0'), 'hex'), 'pyr_' || n % 100000, 'src_' || n % 100000,
    'mnd_' || n % 100000, 'purchase', '80…42', at, at + interval '60 s', at, id
  from ${million}`,
  `insert into payment (institution_id, id, kind, state, next_action, merchant_id, store_id, terminal_id, order_no, sale_no,
    idempotency_key, request_fingerprint, amount_minor, currency, payer_id, source_id, route_reasons, created_at,
    completed_at)
  select 'ins_full', id, 'purchase', case when n % 1000 = 0 then 'processing' else 'succeeded' end,
    case when n % 1000 = 0 then 'payer_confirms' end, 'mch_' || n % 2000, 'str_' || n % 2000, 'trm_' || n % 4000, 'o' || n,
    'o' || n, 'k' || n, '\\x00', 100, 'CNY', 'pyr_' || n % 100000, 'src_' || n % 100000, '[]', at,
    case when n % 1000 > 0 then at end
  from ${million}`,
  `insert into ledger_transfer (institution_id, subject_id, leg, kind, debit_account_id, credit_account_id, currency,
    amount_minor, event_at)
  select 'ins_full', id, 1, 'payment_net', 'wallet:' || n % 100000, 'merchant:' || n % 2000, 'CNY', 100, at
  from ${million}`,
]

// Rows are written first and sorted into the indexes afterwards, which takes half the time.
async function fillTable(statement: string): Promise<void> {
  const table = /insert into (\w+)/.exec(statement)![1]!
  const keys = await client.query<{ name: string; definition: string }>(
    `select conname as name, pg_get_constraintdef(oid) as definition from pg_constraint
    where conrelid = $1::regclass and contype in ('p', 'u')`,
    [table],
  )
  const indexes = await client.query<{ name: string; definition: string }>(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index
    where indrelid = $1::regclass and not exists (select from pg_constraint where conindid = indexrelid)`,
    [table],
  )
  for (const { name } of keys.rows)
    await client.query(`alter table ${table} drop constraint ${name}`)
  for (const { name } of indexes.rows) await client.query(`drop index ${name}`)
  await client.query(`alter table ${table} set unlogged`)
  await client.query(statement)
  for (const { name, definition } of keys.rows) {
    await client.query(`alter table ${table} add constraint ${name} ${definition}`)
  }
  for (const { definition } of indexes.rows) await client.query(definition)
  await client.query(`analyze ${table}`)
}

test('on a million rows no hot query reads a whole table, or a whole institution', async () => {
  await client.query("set maintenance_work_mem = '256MB'")
  for (const statement of fill) await fillTable(statement)
  const full = new Set(['payment_code', 'payment', 'ledger_transfer'])
  const scans = (await allScans()).filter(({ table }) => full.has(table))
  expect(scans.length).toBeGreaterThan(10)
  const byMore = ({ by }: Scan) => /[<=>]/.test(by.replace(/institution_id = \$\d+/, ''))
  const loose = scans.filter((scan) => scan.how === 'Seq Scan' || !byMore(scan))
  expect(loose.map(show)).toEqual([])
}, 120_000)
