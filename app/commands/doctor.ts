import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'

import pg from 'pg'

import { countSealed, type MasterKey, type SealedCount } from '../../modules/channel/channel.ts'
import { openDb } from '../../modules/database/database.ts'
import { readMigrations, readSchema } from '../../modules/database/migrate.ts'
import { systemClock } from '../../modules/lib/clock.ts'
import { webRoot, type Config } from '../config.ts'
import { everySealedPlace, nameOf } from '../sealed-places.ts'
import { shareDatabase } from '../start/database.ts'
import { print } from '../start/print.ts'

type Verdict = { mark: 'ok' | 'look' | 'wrong'; text: string }

const ok = (text: string): Verdict => ({ mark: 'ok', text })
const look = (text: string): Verdict => ({ mark: 'look', text })
const wrong = (text: string): Verdict => ({ mark: 'wrong', text })

/**
 * Says of each part of the installation whether it is right, and if not what to do. Exit code 1 when
 * something is wrong; `look` is what may be meant so.
 *
 * Source: DESIGN §5 (the role, durability), §7.
 */
export async function doctor(config: Config): Promise<void> {
  const show = ({ mark, text }: Verdict) => {
    print(`${mark.padEnd(5)}  ${text}`)
    if (mark === 'wrong') process.exitCode = 1
  }
  show(ok(`Node ${process.versions.node} on ${process.platform} ${process.arch}`))
  const database = await shareDatabase(config)
  try {
    aboutFolder(config, database.keys.version).forEach(show)
    if (config.databaseUrl === null) {
      const host = new URL(database.url).searchParams.get('host')
      show(ok(`embedded PostgreSQL: psql -h ${host} -U onetill onetill`))
    }
    const verdicts = await aboutDatabase(database.url)
    verdicts.forEach(show)
    // Another schema has its sealed values elsewhere.
    if (verdicts.every(({ mark }) => mark !== 'wrong')) {
      for (const verdict of await aboutSealed(database.url, database.keys.masterKey)) show(verdict)
    }
  } finally {
    await database.close()
  }
  show(
    existsSync(join(webRoot, 'index.html'))
      ? ok('the web pages are built')
      : wrong('the web pages are not built; start once with bin/onetill.mjs, which builds them'),
  )
}

function aboutFolder(config: Config, version: number): Verdict[] {
  const file = join(config.dataFolder, 'key')
  if (config.key !== null) return [ok(`keys, version ${version}, from ONETILL_KEY`)]
  const folder = ok(`data folder ${config.dataFolder}`)
  const isOpen = (statSync(file).mode & 0o077) !== 0
  return [
    folder,
    isOpen
      ? wrong(`others can read the keys; run: chmod 600 ${file}`)
      : ok(`keys, version ${version}, in ${file}`),
  ]
}

async function aboutDatabase(url: string): Promise<Verdict[]> {
  const { version, hasRole } = await readSchema(url)
  const newest = readMigrations().at(-1)?.version ?? 0
  return [
    ...(await aboutServer(url)),
    version === newest
      ? ok(`schema ${version}`)
      : wrong(
          `the database is at schema ${version}, this OneTill needs ${newest}: onetill migrate`,
        ),
    hasRole
      ? ok('the program works as onetill_app, which cannot rewrite the books')
      : look(
          'the program works with all rights of its login; have an administrator run: create role ' +
            'onetill_app nologin; grant onetill_app to <login>; then run onetill migrate',
        ),
  ]
}

async function aboutServer(url: string): Promise<Verdict[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  await client.connect()
  try {
    type Row = { number: number; at: Date; fsync: string; commit: string; pages: string }
    const { rows } = await client.query<Row>(
      `select current_setting('server_version_num')::int as number, clock_timestamp() as at,
         current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
         current_setting('full_page_writes') as pages`,
    )
    return rows.flatMap((row) => [
      aboutVersion(row.number),
      aboutDurability(row),
      aboutClocks(row.at),
    ])
  } finally {
    await client.end()
  }
}

function aboutVersion(number: number): Verdict {
  const shown = `PostgreSQL ${Math.floor(number / 10_000)}.${number % 10_000}`
  return number >= 150_000 ? ok(shown) : wrong(`${shown} is too old; OneTill needs 15 or newer`)
}

function aboutDurability(row: { fsync: string; commit: string; pages: string }): Verdict {
  const off = Object.entries({
    fsync: row.fsync === 'on',
    synchronous_commit: !['off', 'local'].includes(row.commit),
    full_page_writes: row.pages === 'on',
  }).filter(([, isOn]) => !isOn)
  if (off.length === 0) return ok('what is committed stays, also through a loss of power')
  const names = off.map(([name]) => name).join(', ')
  return wrong(`a payment that was acknowledged can be lost; turn on: ${names}`)
}

function aboutClocks(at: Date): Verdict {
  const apartMs = Math.abs(at.getTime() - systemClock().getTime())
  return apartMs < 2_000
    ? ok('this machine and the database agree on the time')
    : look(
        `this machine and the database differ by ${Math.round(apartMs / 1000)} s; set the clocks`,
      )
}

/** Under which keys what lies encrypted is sealed. Source: docs/keys.md. */
async function aboutSealed(url: string, masterKey: MasterKey): Promise<Verdict[]> {
  const db = openDb({ url, poolSize: 1, role: null })
  try {
    const found: { name: string; count: SealedCount }[] = []
    for (const { institutionId, place } of await everySealedPlace(db)) {
      const count = await countSealed(db, institutionId, place, masterKey)
      found.push({ name: `${place.name} of ${institutionId}`, count })
    }
    return verdictsOf(found, masterKey)
  } finally {
    await db.close()
  }
}

function verdictsOf(
  found: readonly { name: string; count: SealedCount }[],
  masterKey: MasterKey,
): Verdict[] {
  const of = (standing: keyof SealedCount) => {
    const some = found.filter(({ count }) => count[standing] > 0)
    const total = some.reduce((sum, { count }) => sum + count[standing], 0)
    return { total, places: some.map(({ name, count }) => `${count[standing]} ${name}`).join(', ') }
  }
  const [newest, older, lost] = [of('newest'), of('older'), of('lost')]
  const verdicts = [ok(`${newest.total} sealed values are under the key ${nameOf(masterKey)}`)]
  if (older.total > 0) {
    verdicts.push(look(`still under an old key, run "onetill rotate-key": ${older.places}`))
  } else if (masterKey.held().length > 1) {
    verdicts.push(look('nothing is under the old key any more: onetill rotate-key --forget-old'))
  }
  if (lost.total > 0) verdicts.push(wrong(`no key that is here opens: ${lost.places}`))
  return verdicts
}
