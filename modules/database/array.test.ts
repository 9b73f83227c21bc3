import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { freshDatabase, type FreshDatabase } from '../../test/database.ts'
import { openDb, type Db } from './database.ts'

let database: FreshDatabase
let db: Db

beforeAll(async () => {
  database = await freshDatabase()
  db = openDb({ url: database.url, poolSize: 2 })
})
afterAll(async () => {
  await db.close()
  await database.drop()
})

const text = fc.string({ unit: 'grapheme' }).filter((one) => !one.includes('\u0000'))
const millis = fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2400, 0, 1) })
const bytes = fc.uint8Array({ maxLength: 64 }).map((one) => Buffer.from(one))
const big = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })

test.each([
  ['text', text],
  ['bigint', big],
  ['bytea', bytes],
  ['timestamptz', millis.map((one) => new Date(one))],
  ['float8', fc.double({ noNaN: true, noDefaultInfinity: true })],
  ['boolean', fc.boolean()],
  ['int', fc.integer()],
  ['smallint', fc.integer({ min: -32_768, max: 32_767 })],
] as [string, fc.Arbitrary<unknown>][])(
  'an array of %s comes back from the database as it went in, nulls and all',
  async (type, element) => {
    const sql = {
      name: `array.${type}`,
      text: `select x from unnest($1::${type}[]) with ordinality as a (x, place) order by place`,
    }
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(element), { maxLength: 300 }), async (values) => {
        const rows = await db.read<{ x: unknown }>(sql, [values])
        expect(rows.map(({ x }) => x)).toEqual(values)
      }),
      { numRuns: 40 },
    )
  },
)

test('a text that is no array, and elements of another type, go the ordinary way', async () => {
  const sql = { name: 'array.mixed', text: 'select $1::text[] as x, $2::text as y' }
  const [row] = await db.read(sql, [['1', '2'], 'plain'])
  expect(row).toEqual({ x: ['1', '2'], y: 'plain' })
  const numbers = { name: 'array.numbers', text: 'select $1::bigint[] as x' }
  expect(await db.read(numbers, [['1', '2']])).toEqual([{ x: ['1', '2'] }])
})
