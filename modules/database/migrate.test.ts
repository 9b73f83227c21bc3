import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { emptyDatabase, type FreshDatabase } from '../../test/database.ts'
import { migrate, readMigrations, readSchema } from './migrate.ts'
import { OperatorError } from './operator-error.ts'

let database: FreshDatabase
let folder: string

beforeEach(async () => {
  database = await emptyDatabase()
  folder = mkdtempSync(join(tmpdir(), 'onetill-migrations-'))
  mkdirSync(join(folder, 'migrations'))
  write('grants.sql', '')
})
afterEach(async () => {
  await database.drop()
  rmSync(folder, { recursive: true })
})

const write = (file: string, text: string) => writeFileSync(join(folder, file), text)
const run = (options: { upTo?: number } = {}) =>
  migrate(database.url, { folder: pathToFileURL(`${folder}/`), ...options })

async function rows(statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  try {
    return (await client.query({ text: statement, rowMode: 'array' })).rows.flat()
  } finally {
    await client.end()
  }
}

test('each file is run once, in order, and running again changes nothing', async () => {
  write('migrations/0001_shelf.sql', 'create table shelf (id int primary key)')
  write('migrations/0002_book.sql', 'alter table shelf add column title text')
  expect((await run()).applied).toEqual(['0001_shelf', '0002_book'])
  expect(await run()).toMatchObject({ applied: [], version: 2 })
})

test('several processes at once run each file once', async () => {
  write('migrations/0001_shelf.sql', 'create table shelf (id int primary key)')
  write('migrations/0002_book.sql', 'insert into shelf values (1)')
  write('grants.sql', 'grant select on shelf to onetill_app')
  const done = await Promise.all(Array.from({ length: 6 }, () => run()))
  expect(done.flatMap(({ applied }) => applied).toSorted()).toEqual(['0001_shelf', '0002_book'])
  expect(await rows('select count(*)::int from shelf')).toEqual([1])
})

test('a file that fails leaves nothing of itself, and what ran before it stays', async () => {
  write('migrations/0001_shelf.sql', 'create table shelf (id int primary key)')
  write('migrations/0002_book.sql', 'insert into shelf values (1); select no_such_thing')
  await expect(run()).rejects.toThrow('no_such_thing')
  expect(await rows('select id from shelf')).toEqual([])
  write('migrations/0002_book.sql', 'insert into shelf values (1)')
  expect((await run()).applied).toEqual(['0002_book'])
})

test('a file that was changed after it was run is refused', async () => {
  write('migrations/0001_shelf.sql', 'create table shelf (id int primary key)')
  await run()
  write('migrations/0001_shelf.sql', 'create table shelf (id bigint primary key)')
  await expect(run()).rejects.toThrow(/0001_shelf.sql was changed after it was run/)
})

test('a database that a newer version migrated is refused and left alone', async () => {
  write('migrations/0001_shelf.sql', 'create table shelf (id int primary key)')
  write('migrations/0002_book.sql', 'insert into shelf values (1)')
  await run()
  rmSync(join(folder, 'migrations/0002_book.sql'))
  const refused = run()
  await expect(refused).rejects.toThrow(OperatorError)
  await expect(refused).rejects.toThrow(/newer OneTill \(schema 2, this one knows 1\)/)
})

test('a database with the tables of another program is refused and left alone', async () => {
  await rows('create table payment (id int)')
  write('migrations/0001_shelf.sql', 'create table shelf (id int primary key)')
  await expect(run()).rejects.toThrow(/tables of another program \(payment\); make an empty one/)
  expect(await rows(`select tablename from pg_tables where schemaname = 'public'`)).toEqual([
    'payment',
  ])
})

test('a number that is missing or taken twice is refused', () => {
  write('migrations/0001_shelf.sql', '')
  write('migrations/0003_book.sql', '')
  const read = () => readMigrations(pathToFileURL(`${folder}/`))
  expect(read).toThrow(/0003_book.sql is out of order; its number must be 2/)
  write('migrations/0001_chair.sql', '')
  expect(read).toThrow(/0001_shelf.sql is out of order/)
})

test('changed grants are applied without a new migration, and old ones are taken back', async () => {
  const rights = `select privilege_type::text from information_schema.role_table_grants
    where table_name = 'shelf' and grantee = 'onetill_app' order by 1`
  write('migrations/0001_shelf.sql', 'create table shelf (id int primary key)')
  write('grants.sql', 'grant select, delete on shelf to onetill_app')
  await run()
  expect(await rows(rights)).toEqual(['DELETE', 'SELECT'])
  write('grants.sql', 'grant select, insert on shelf to onetill_app')
  await run()
  expect(await rows(rights)).toEqual(['INSERT', 'SELECT'])
})

test('where roles may not be made, the schema is made and the missing role is told', async () => {
  const login = `plain_${Math.random().toString(36).slice(2, 10)}`
  await rows(`create role ${login} login`)
  await rows(`grant create on schema public to ${login}`)
  write('migrations/0001_shelf.sql', 'create table shelf (id int primary key)')
  write('grants.sql', 'grant select on shelf to onetill_app')
  const url = new URL(database.url)
  url.searchParams.set('user', login)
  try {
    const done = await migrate(url.href, { folder: pathToFileURL(`${folder}/`) })
    expect(done).toEqual({ applied: ['0001_shelf'], version: 1, hasRole: false })
    expect(await readSchema(url.href)).toEqual({ version: 1, hasRole: false })
  } finally {
    await rows(`drop owned by ${login}`)
    await rows(`drop role ${login}`)
  }
})

test('an empty database is at version 0, and looking at it changes nothing', async () => {
  expect((await readSchema(database.url)).version).toBe(0)
  const tables = `select count(*)::int from pg_tables where schemaname = 'public'`
  expect(await rows(tables)).toEqual([0])
})
