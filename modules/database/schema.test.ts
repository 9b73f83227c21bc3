import { readFileSync } from 'node:fs'

import { afterAll, beforeAll, expect, test } from 'vitest'

import { freshDatabase, type FreshDatabase } from '../../test/database.ts'
import { describeSchema } from './schema.ts'

let database: FreshDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.drop())

test('db/schema.sql is the schema after the last migration (npm run schema writes it)', async () => {
  const written = readFileSync(new URL('../../db/schema.sql', import.meta.url), 'utf8')
  expect(await describeSchema(database.url)).toBe(written)
})
