import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { appRole } from '../modules/database/migrate.ts'
import { freshDatabase, type FreshDatabase } from './database.ts'
import { queries } from './statements.ts'

// What only a real PostgreSQL can say of our SQL: on the schema of the last migration.

let database: FreshDatabase
let client: pg.Client

beforeAll(async () => {
  database = await freshDatabase()
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
})

afterAll(async () => {
  await client.end()
  await database.drop()
})

test('every query prepares on the migrated schema, and the program’s role may run it', async () => {
  const problems: string[] = []
  const attempt = async (name: string, text: string) => {
    try {
      return await client.query<{ count: number }>(text)
    } catch (error) {
      problems.push(`${name}: ${(error as Error).message}`)
      return null
    }
  }
  await client.query('set plan_cache_mode = force_generic_plan')
  for (const { name, text } of queries) {
    if (!(await attempt(name, `prepare "${name}" as ${text}`))) continue
    const parameters = await client.query<{ count: number }>(
      'select cardinality(parameter_types) as count from pg_prepared_statements where name = $1',
      [name],
    )
    const values = Array.from({ length: parameters.rows[0]!.count }, () => 'null').join(', ')
    // Explaining a plan checks the rights and runs nothing.
    await client.query(`set role ${appRole}`)
    await attempt(name, `explain execute "${name}"${values && ` (${values})`}`)
    await client.query('reset role')
  }
  expect(problems).toEqual([])
})
