import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { emptyDatabase, freshDatabase } from '../database.ts'
import * as start from './program.ts'

// Whoever starts the program reads one sentence that says what to do, and nothing else.

let place: start.Place
beforeEach(async () => {
  place = await start.newPlace()
})
afterEach(() => place.remove())

const serve = (variables: Record<string, string> = {}, more: string[] = []) =>
  start.runProgram(
    ['serve', '--data', place.folder, '--port', String(place.port), ...more],
    variables,
  )

function isRefusal({ code, stdout, stderr }: start.Ended, sentence: RegExp): void {
  expect(stderr).toMatch(sentence)
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(stderr).toMatch(/\.\n$/)
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
}

/** Mounts a small file system there, and says why when this machine does not let us. */
function mount(options: string): string | null {
  mkdirSync(place.folder, { mode: 0o700 })
  const words = ['-t', 'tmpfs', '-o', options, 'tmpfs', place.folder]
  const done = spawnSync('mount', words, { encoding: 'utf8' })
  return done.status === 0 ? null : `a file system cannot be mounted here: ${done.stderr}`
}
const unmount = () => execFileSync('umount', [place.folder])

test('a port that another program has is named, with another one to take', async () => {
  const other = createServer().listen(place.port, '127.0.0.1')
  await once(other, 'listening')
  try {
    isRefusal(await serve(), new RegExp(`Port ${place.port} .* is taken .* PORT=${place.port + 1}`))
  } finally {
    other.close()
  }
})

test('a data folder where OneTill already runs is named, and the other goes on', async () => {
  const first = start.startDemo(place)
  try {
    await start.isReady(place, 60_000)
    const pid = start.serverPid(place)
    isRefusal(
      await serve(),
      new RegExp(`already runs on the data folder .*process ${pid}.*stop it`),
    )
    expect(await start.isReady(place, 1_000)).toBeLessThan(1_000)
  } finally {
    first.press('SIGTERM')
    await first.ended
  }
})

test('a full disk is named', async ({ skip }) => {
  const reason = mount('size=4m')
  if (reason) return skip(reason)
  try {
    isRefusal(await serve(), /The disk of the data folder .* is full; free 128 MB/)
  } finally {
    unmount()
  }
})

test('a disk that is full to the last byte is named', async ({ skip }) => {
  const reason = mount('size=1m')
  if (reason) return skip(reason)
  try {
    spawnSync('dd', ['if=/dev/zero', `of=${join(place.folder, 'ballast')}`, 'bs=4k'])
    isRefusal(await serve(), /The disk of the data folder .* is full; free 128 MB/)
  } finally {
    unmount()
  }
})

test('a file system that is read-only is named', async ({ skip }) => {
  const reason = mount('size=4m,ro')
  if (reason) return skip(reason)
  try {
    isRefusal(await serve(), /The data folder .* cannot be written \(EROFS\)/)
  } finally {
    unmount()
  }
})

test('a data folder that this user may not write is named', async ({ skip }) => {
  mkdirSync(place.folder)
  chmodSync(place.folder, 0o500)
  if (process.getuid?.() !== 0) return isRefusal(await serve(), /cannot be written \(EACCES\)/)
  const nobody = 65534
  const reason = start.whyNotAs(nobody)
  if (reason) return skip(reason)
  chmodSync(join(place.folder, '..'), 0o755)
  chownSync(place.folder, nobody, nobody)
  const words = ['serve', '--data', place.folder, '--port', String(place.port)]
  const sentence = /The data folder .* cannot be written \(EACCES\); give this user the right/
  isRefusal(await start.startProgram(words, {}, nobody).ended, sentence)
})

test('with database and keys from the environment no data folder is needed', async () => {
  const database = await freshDatabase()
  writeFileSync(place.folder, '')
  const ONETILL_KEY = Buffer.alloc(32, 7).toString('base64')
  const words = ['serve', '--data', place.folder, '--port', String(place.port)]
  const program = start.startProgram(words, { DATABASE_URL: database.url, ONETILL_KEY })
  try {
    await start.isReady(place, 10_000)
  } finally {
    program.press('SIGTERM')
    expect((await program.ended).code).toBe(0)
    await database.drop()
  }
})

test('a data folder that is a file is named', async () => {
  writeFileSync(place.folder, '')
  isRefusal(await serve(), /The data folder .* is not a folder/)
})

test('a data folder on a file system that takes no folders is named', async () => {
  const words = ['serve', '--data', '/proc/onetill/data', '--port', String(place.port)]
  isRefusal(
    await start.runProgram(words),
    /The data folder \/proc\/onetill\/data cannot be made there; set DATA_DIR to another folder/,
  )
})

test('a data folder that a newer OneTill wrote is refused', async () => {
  mkdirSync(place.folder)
  writeFileSync(join(place.folder, 'version'), '2\n')
  isRefusal(await serve(), /was written by a newer OneTill \(version 2, this one knows 1\)/)
})

test('a database that a newer OneTill migrated is refused', async () => {
  const database = await freshDatabase()
  try {
    await change(database.url, `insert into schema_migration values (9999, 'later', '')`)
    isRefusal(
      await serve({ DATABASE_URL: database.url }),
      /The database was written by a newer OneTill \(schema 9999, this one knows \d+\)/,
    )
  } finally {
    await database.drop()
  }
})

test('a database that was made with another root is refused', async () => {
  const database = await freshDatabase()
  try {
    await change(
      database.url,
      `insert into institution (id, name, name_en, currency, time_zone, code_prefix, created_at, root_mark)
       values ('ins_x', 'x', 'x', 'CNY', 'UTC', '80', now(), decode(repeat('00', 32), 'hex'))`,
    )
    const ONETILL_KEY = Buffer.alloc(32, 7).toString('base64')
    isRefusal(
      await serve({ DATABASE_URL: database.url, ONETILL_KEY }),
      /The key .* is not the one that this database was made with; put that one back/,
    )
  } finally {
    await database.drop()
  }
})

test('a shared database that nobody migrated is left alone', async () => {
  const database = await emptyDatabase()
  try {
    const sentence = /The database is at schema 0 and this OneTill needs \d+; run "onetill migrate"/
    isRefusal(await serve({ DATABASE_URL: database.url }), sentence)
    const tables = `select from pg_tables where schemaname = 'public'`
    expect((await change(database.url, tables)).rowCount).toBe(0)
  } finally {
    await database.drop()
  }
})

test('a database that is not there is named, without its password', async () => {
  const url = 'postgresql://till:hunter2@127.0.0.1:9/onetill'
  const ended = await serve({ DATABASE_URL: url })
  isRefusal(ended, /The database cannot be reached \(.*\); start it, or correct DATABASE_URL/)
  expect(ended.stderr).not.toContain('hunter2')
})

test('production needs to be told where its data is', async () => {
  const ended = await start.runProgram(['serve', '--port', String(place.port)])
  isRefusal(ended, /Set DATABASE_URL .* or name a data folder .* --data/)
})

test('data whose keys are gone is refused, and no new keys are made', async () => {
  mkdirSync(join(place.folder, 'postgres'), { recursive: true })
  isRefusal(await serve(), /The file .*key is missing and the data cannot be used without it/)
  expect(() => readFileSync(join(place.folder, 'key'))).toThrow('ENOENT')
})

test('damaged keys are refused', async () => {
  mkdirSync(place.folder)
  writeFileSync(join(place.folder, 'key'), 'half of a k')
  isRefusal(await serve(), /The file .*key is damaged/)
})

test.each([
  ['PORT', '80a', /PORT must be a port number from 1 to 65535, and not "80a"/],
  ['LOG_LEVEL', 'loud', /LOG_LEVEL must be one of .*, and not "loud"/],
  ['DATABASE_URL', 'mysql://x', /DATABASE_URL must be an address that begins with postgresql:/],
  ['ONETILL_KEY', 'hunter2', /ONETILL_KEY must be 32 bytes in base64, as /],
])('a wrong %s is named with what it must be', async (name, value, sentence) => {
  const ended = await start.runProgram(['serve', '--data', place.folder], { [name]: value })
  isRefusal(ended, sentence)
  expect(ended.stderr).not.toContain('hunter2')
})

test('an address that this machine does not have is named', async () => {
  isRefusal(await serve({}, ['--host', '192.0.2.1']), /This machine has no address 192.0.2.1/)
})

async function change(url: string, text: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await client.query(text)
  } finally {
    await client.end()
  }
}
