import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'

import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

import { emptyDatabase, freshDatabase, type FreshDatabase } from '../../test/database.ts'
import { backup, restore } from './copy.ts'
import { describeSchema } from './schema.ts'

// Everything that is easily lost on the way through text: bytes, times to the microsecond, empty
// texts beside nulls, arrays, JSON, line ends, signs beyond ASCII, numbers beyond 2^53.
const rowsToKeep = `
  insert into institution (id, name, name_en, currency, time_zone, code_prefix, created_at)
  values ('ins_demo', E'示例机构\\n第二行 "引号" \\\\ €', '', 'CNY', 'Asia/Shanghai', '80',
    '2026-11-23 01:02:03.456789+08');
  insert into issuer (id, institution_id, scheme, prefixes, min_length, max_length, default_kind,
    valid_from)
  values ('odd', null, 'odd', array['1', 'a,b', '"', '', 'null'], 1, 2, 'cpm', 'infinity');
  insert into credential (institution_id, token_hash, kind, subject_id, created_at)
  values ('ins_demo', '\\x00ff0a5c', 'staff', 'per_1', '1999-12-31 23:59:59.999999+00');
  insert into event (institution_id, id, type, subject_id, payload, occurred_at)
  select 'ins_demo', 'evt_' || lpad(i::text, 26, '0'), 'payment.succeeded', 'pay_1',
    jsonb_build_object('n', i, 'text', E'\\t\\u4e00', 'large', 9007199254740993), now()
  from generate_series(1, 1203) i;
  update issuer_version set version = 9007199254740993;`

let folder: string
let source: FreshDatabase
const made: FreshDatabase[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'onetill-backup-'))
  source = await freshDatabase()
  await query(source.url, rowsToKeep)
  await backup(source.url, { file: join(folder, 'whole'), key: 'the key', madeAt: new Date(0) })
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await Promise.all([source, ...made].map((database) => database.drop()))
})

let target: FreshDatabase
beforeEach(async () => {
  target = await emptyDatabase()
  made.push(target)
})

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(text)).rows as Record<string, unknown>[]
  } finally {
    await client.end()
  }
}

/** Every row of every table as the database itself writes it. */
async function everything(url: string): Promise<Record<string, unknown[]>> {
  const tables = await query(url, `select tablename from pg_tables where schemaname = 'public'`)
  const names = tables.map(({ tablename }) => String(tablename)).toSorted()
  const found: Record<string, unknown[]> = {}
  for (const name of names) {
    const columns = name === 'schema_migration' ? 'version, name, sha256' : '*'
    const rows = `select r::text from (select ${columns} from ${name}) r order by 1`
    found[name] = (await query(url, rows)).map(({ r }) => r)
  }
  return found
}

test('what was restored is row for row what was backed up, under the same schema', async () => {
  const header = await restore(target.url, join(folder, 'whole'))
  expect(header.key).toBe('the key')
  expect(await everything(target.url)).toEqual(await everything(source.url))
  expect(await describeSchema(target.url)).toBe(await describeSchema(source.url))
})

test('a backup of what was restored is the same, line for line', async () => {
  await restore(target.url, join(folder, 'whole'))
  const again = { file: join(folder, 'again'), key: 'the key', madeAt: new Date(0) }
  await backup(target.url, again)
  const text = (file: string) => gunzipSync(readFileSync(join(folder, file))).toString()
  expect(text('again')).toBe(text('whole'))
})

test('only its owner can read a backup, and nothing unfinished stays beside it', () => {
  expect(statSync(join(folder, 'whole')).mode & 0o777).toBe(0o600)
  expect(existsSync(join(folder, 'whole.partial'))).toBe(false)
})

test('a backup never replaces a file', async () => {
  const file = join(folder, 'precious')
  writeFileSync(file, 'precious')
  const refused = backup(source.url, { file, key: '', madeAt: new Date(0) })
  await expect(refused).rejects.toThrow(/There is a file .*precious already/)
  expect(readFileSync(file, 'utf8')).toBe('precious')
  const nowhere = { file: join(folder, 'no such folder', 'backup'), key: '', madeAt: new Date(0) }
  await expect(backup(source.url, nowhere)).rejects.toThrow(/cannot be written \(ENOENT\); name an/)
})

test('a database that holds data is refused and left alone', async () => {
  const used = await freshDatabase()
  made.push(used)
  await query(used.url, rowsToKeep)
  const before = await everything(used.url)
  await expect(restore(used.url, join(folder, 'whole'))).rejects.toThrow(/holds data/)
  expect(await everything(used.url)).toEqual(before)
})

test.each([
  ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length - 40), /cannot be read to its end/],
  ['of other bytes', () => Buffer.from('PK other'), /cannot be read to its end/],
  ['changed by hand', (bytes: Buffer) => changed(bytes, 'per_1', 'per_2'), /is damaged/],
  ['short of its last lines', (bytes: Buffer) => withoutLines(bytes, 3), /is damaged/],
  ['of another program', () => gzipSync('{"a":1}\n'), /is damaged/],
])('a file that is %s is refused and nothing is written', async (what, damage, sentence) => {
  const file = join(folder, what.replaceAll(' ', '-'))
  writeFileSync(file, damage(readFileSync(join(folder, 'whole'))))
  await expect(restore(target.url, file)).rejects.toThrow(sentence)
  expect(await everything(target.url)).toEqual({})
})

test('a backup of a newer version is refused and nothing is written', async () => {
  const newer = await freshDatabase()
  made.push(newer)
  await query(newer.url, `insert into schema_migration values (9999, 'later', 'x')`)
  const file = join(folder, 'newer')
  await backup(newer.url, { file, key: '', madeAt: new Date(0) })
  await expect(restore(target.url, file)).rejects.toThrow(/newer OneTill/)
  expect(await everything(target.url)).toEqual({})
})

const changed = (bytes: Buffer, from: string, to: string) =>
  gzipSync(gunzipSync(bytes).toString().replace(from, to))

const withoutLines = (bytes: Buffer, count: number) =>
  gzipSync(`${gunzipSync(bytes).toString().split('\n').slice(0, -count).join('\n')}\n`)
