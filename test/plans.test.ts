import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { withSession } from '../modules/database/connection.ts'
import { openDb, refreshStatistics } from '../modules/database/database.ts'
import { sleep } from '../modules/lib/retry.ts'
import { crowd, crowded } from './crowd.ts'
import { freshDatabase, type FreshDatabase } from './database.ts'
import { queries, readTables } from './statements.ts'

// The queries on the way of a payment must find their rows by an index, on the first day as on the
// thousandth. Plans are generic: it is those that the program gets after its first few calls.

const alsoHot = [
  ...['allocation.read_current_rules', 'sale.lock', 'route.lock_quotas'],
  ...['nonce.take', 'nonce.read_earlier', 'nonce.read_taken'],
]
const hot = queries.filter(
  ({ file, name }) =>
    /^modules\/(payment|wallet|ledger|outbox)\//.test(file) ||
    alsoHot.includes(name) ||
    name === 'route.write_quotas',
)
const tables = await readTables()

// Never on the way of a payment, and right to read all: how much is waiting, and clearing out.
const readsAll = new Set([
  ...['outbox.backlog', 'outbox.purge_events', 'peer.purge_nonces'],
  ...['offline.purge_payer_guesses', 'sealed.put_peers', 'sealed.put_next_peers'],
])

type Plan = Readonly<Record<string, unknown>> & { Plans?: readonly Plan[] }
type Scan = { query: string; table: string; how: string; by: string }

let database: FreshDatabase
let client: pg.Client

beforeAll(async () => {
  database = await freshDatabase()
  client = await prepared('-c plan_cache_mode=force_generic_plan')
})

afterAll(async () => {
  await client.end()
  await database.drop()
})

/** A session in which every hot query is prepared. */
async function prepared(options: string | undefined): Promise<pg.Client> {
  const session = new pg.Client({ connectionString: database.url, ...(options && { options }) })
  await session.connect()
  for (const { name, text } of hot) await session.query(`prepare "${name}" as ${text}`)
  return session
}

async function planOf(session: pg.Client, name: string): Promise<Plan> {
  const { rows } = await session.query<{ count: number }>(
    'select cardinality(parameter_types) as count from pg_prepared_statements where name = $1',
    [name],
  )
  const values = Array.from({ length: rows[0]!.count }, () => 'null').join(', ')
  const explained = await session.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(
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

async function allScans(session: pg.Client): Promise<Scan[]> {
  const scans: Scan[] = []
  for (const { name } of hot) scans.push(...scansOf(name, await planOf(session, name)))
  return scans
}

/** Whether the index is asked for more than the institution, which is most of the table. */
const isNarrow = ({ by }: Scan) => /[<=>]/.test(by.replace(/institution_id = [^)]+/, ''))

/** Those that read a whole table, or a whole institution. */
const tooWide = (scans: readonly Scan[]) =>
  scans
    .filter((scan) => scan.how === 'Seq Scan' || !isNarrow(scan))
    .filter(({ query }) => !readsAll.has(query))
    .map(show)

const show = ({ query, table, how, by }: Scan) =>
  `${query}: ${how} of ${table} by ${by || 'nothing'}`

test('on empty tables there is an index for every hot query, and the institution leads it', async () => {
  await client.query('set enable_seqscan = off')
  const scans = await allScans(client)
  await client.query('reset enable_seqscan')
  expect(scans.length).toBeGreaterThan(20)
  const loose = scans.filter(({ how, by }) => how === 'Seq Scan' || !by.includes('institution_id'))
  expect(loose.map(show)).toEqual([])
})

describe('when a hundred thousand payments have come', () => {
  let lane: pg.Client
  let whenEmpty: Scan[]

  beforeAll(async () => {
    lane = await prepared(withSession({ role: null, isKeyed: true }).options)
    await allScans(lane)
    await crowd(client)
    whenEmpty = await allScans(lane)
    const db = openDb({ url: database.url, poolSize: 1, role: null })
    // Where autovacuum is at a table this moment, the next round looks at it, as it does in the program.
    while ((await refreshStatistics(db)) > 0) await sleep(100)
    await db.close()
  }, 120_000)
  afterAll(() => lane.end())

  test('a plan made on empty tables is kept until these are looked at, and then made anew', async () => {
    // Where every index is as good as any other, most plans would read the whole institution.
    expect(tooWide(whenEmpty).length).toBeGreaterThan(0)
    expect(tooWide(await allScans(lane))).toEqual([])
  })

  test('no hot query reads a whole table, or a whole institution', async () => {
    const scans = await allScans(client)
    // A plan for an empty table says nothing.
    expect(scans.filter(({ table }) => !crowded.includes(table)).map(show)).toEqual([])
    expect(tooWide(scans)).toEqual([])
  })
})
