import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { crowd, crowded } from './crowd.ts'
import { freshDatabase, type FreshDatabase } from './database.ts'
import { queries, readTables } from './statements.ts'

// The queries on the way of a payment must find their rows by an index, on the first day as on the
// thousandth. Plans are generic: it is those that the program gets after its first few calls.

const hot = queries.filter(({ file }) => /^modules\/(payment|wallet|ledger|outbox)\//.test(file))
const tables = await readTables()

// Never on the way of a payment, and right to read all: how much is waiting, and clearing out.
const readsAll = new Set(['outbox.backlog', 'outbox.purge_events', 'peer.purge_nonces'])

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

/** Whether the index is asked for more than the institution, which is most of the table. */
const isNarrow = ({ by }: Scan) => /[<=>]/.test(by.replace(/institution_id = [^)]+/, ''))

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

test('on a million rows no hot query reads a whole table, or a whole institution', async () => {
  await crowd(client)
  const scans = await allScans()
  // A plan for an empty table says nothing.
  expect(scans.filter(({ table }) => !crowded.includes(table)).map(show)).toEqual([])
  const loose = scans.filter((scan) => scan.how === 'Seq Scan' || !isNarrow(scan))
  expect(loose.filter(({ query }) => !readsAll.has(query)).map(show)).toEqual([])
}, 240_000)
