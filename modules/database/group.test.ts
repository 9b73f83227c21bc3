import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

import { freshDatabase, type FreshDatabase } from '../../test/database.ts'
import { openDb, type Db, type Sql, type Tx } from './database.ts'

let database: FreshDatabase
let db: Db

const put: Sql = { name: 'test.put', text: 'insert into thing values ($1, $2)' }
const list: Sql = { name: 'test.list', text: 'select id, word from thing order by id' }
const things = () => db.read<{ id: number; word: string }>(list)

beforeAll(async () => {
  database = await freshDatabase()
  // One connection, so that what one test leaves behind is what the next one meets.
  db = openDb({ url: database.url, role: null, poolSize: 1 })
  await db.read({ name: 'test.table', text: 'create table thing (id int primary key, word text)' })
})
beforeEach(() => db.read({ name: 'test.clear', text: 'delete from thing' }))
afterAll(async () => {
  await db.close()
  await database.drop()
})

test('what is asked in one moment is answered in its order, the same statement twice among it', async () => {
  const rows = await db.transaction(async (tx) => {
    tx.send(put, [2, 'two'])
    tx.send(put, [1, null])
    const [first, none, again] = await Promise.all([
      tx.many(list),
      tx.many({ name: 'test.none', text: 'select 1 as one where false' }),
      tx.many(list),
    ])
    return { first, none, again }
  })
  const both = [
    { id: 1, word: null },
    { id: 2, word: 'two' },
  ]
  expect(rows).toEqual({ first: both, none: [], again: both })
  expect(await things()).toEqual(both)
})

test('values come back as what they are', async () => {
  const text = `select $1::bigint as large, $2::timestamptz as at, $3::bytea as bytes, $4::jsonb as json,
    $5::text[] as words, $6::boolean as yes, $7::numeric as exact`
  const at = new Date('2026-11-23T01:02:03.456Z')
  const bytes = Buffer.from([0, 255])
  const values = [9007199254740993n, at, bytes, { a: [1] }, ['ä', '"', null], true, '0.10']
  for (let time = 1; time <= 2; time++) {
    const [row] = await db.read({ name: 'test.values', text }, values)
    expect(row).toEqual({
      ...{ large: 9007199254740993n, at, bytes, json: { a: [1] }, words: ['ä', '"', null] },
      ...{ yes: true, exact: '0.10' },
    })
  }
})

test.each([
  ['known to the connection', false],
  ['new to it', true],
])('one that fails takes the whole transaction with it: %s', async (_, isNew) => {
  const again: Sql = isNew ? { ...put, name: 'test.put_anew' } : put
  const heard: string[] = []
  const work = async (tx: Tx) => {
    const follow = (name: string, rows: Promise<unknown>) =>
      rows.then(
        () => heard.push(`${name} done`),
        () => heard.push(`${name} failed`),
      )
    await Promise.all([
      follow('first', tx.many(put, [1, 'one'])),
      follow('same key', tx.many(again, [1, 'uno'])),
      follow('after it', tx.many(put, [2, 'two'])),
    ])
    tx.send(put, [3, 'three'])
    return 'kept'
  }
  await expect(db.transaction(work, { tries: 1 })).rejects.toMatchObject({ code: '23505' })
  expect(heard).toEqual(['first done', 'same key failed', 'after it failed'])
  expect(await things()).toEqual([])
  // And the next one finds a connection of which everything is known.
  await db.transaction(async (tx) => void (await tx.many(again, [4, 'four'])))
  expect(await things()).toEqual([{ id: 4, word: 'four' }])
})

test('work that throws leaves nothing, not even what it had just asked for', async () => {
  const work = (tx: Tx) => {
    tx.send(put, [1, 'one'])
    throw new Error('a bug')
  }
  await expect(db.transaction(work)).rejects.toThrow('a bug')
  expect(await things()).toEqual([])
})

test('a value that cannot be written fails its transaction and nothing after it', async () => {
  const loop: Record<string, unknown> = {}
  loop['self'] = loop
  const work = async (tx: Tx) => {
    tx.send(put, [1, 'one'])
    await tx.many(put, [2, loop])
  }
  await expect(db.transaction(work)).rejects.toThrow(/circular/i)
  expect(await things()).toEqual([])
  await db.transaction((tx) => tx.many(put, [3, 'three']))
  expect(await things()).toEqual([{ id: 3, word: 'three' }])
})

test('a value that cannot be read fails the one who asked, and nobody else', async () => {
  const { MACADDR } = pg.types.builtins // a type that no table has
  pg.types.setTypeParser(MACADDR, () => {
    throw new RangeError('unreadable')
  })
  const odd: Sql = { name: 'test.odd', text: `select macaddr '08:00:2b:01:02:03' as odd` }
  const work = async (tx: Tx) => {
    tx.send(put, [1, 'one'])
    await tx.many(odd)
  }
  await expect(db.transaction(work)).rejects.toThrow('unreadable')
  await expect(db.read(odd)).rejects.toThrow('unreadable')
  expect(await things()).toEqual([])
})

test('a statement whose table has changed since fails once, and not for ever', async () => {
  const all: Sql = { name: 'test.all', text: 'select * from thing' }
  await db.read(all)
  await db.read({ name: 'test.alter', text: 'alter table thing add more int' })
  await expect(db.transaction((tx) => tx.many(all), { tries: 1 })).rejects.toThrow(/cached plan/)
  expect(await db.transaction((tx) => tx.many(all))).toEqual([])
})
