import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'

import pg from 'pg'

import { sqlState } from './connection.ts'
import { OperatorError } from './operator-error.ts'

export type Migration = { version: number; name: string; sha256: string; text: string }

export type MigrateOptions = {
  /** Stop after this version; a restore brings an older backup in first and migrates then. */
  upTo?: number
  /** Where `migrations/` and `grants.sql` are; a test brings its own. */
  folder?: URL
}

export type Migrated = {
  /** The names of the files that were run now. */
  applied: string[]
  version: number
  /** Whether the program can work as a role that cannot rewrite the books. */
  hasRole: boolean
}

/** The role that the running program works as. Source: DESIGN §5. */
export const appRole = 'onetill_app'

const ourFolder = new URL('../../db/', import.meta.url)

/**
 * Brings the database to the schema of this program: each file of `db/migrations` in a transaction
 * of its own, then `db/grants.sql` when anything changed. Running it again changes nothing; two
 * processes at once take turns at the one row of `schema_lock`.
 *
 * Source: DESIGN §4 (no session advisory lock), §7; reference/dependencies.md §3 (own runner).
 *
 * @throws OperatorError when the database is another program's, or newer than this one, or a file that
 * was run before has changed since.
 */
export async function migrate(url: string, options: MigrateOptions = {}): Promise<Migrated> {
  const folder = options.folder ?? ourFolder
  const migrations = readMigrations(folder)
  const client = new pg.Client({ connectionString: url, application_name: 'onetill migrate' })
  await client.connect()
  try {
    await refuseForeign(client)
    await prepare(client)
    const applied: string[] = []
    for (const migration of migrations) {
      if (migration.version > (options.upTo ?? Infinity)) break
      if (await inTurn(client, () => apply(client, migration, migrations))) {
        applied.push(migration.name)
      }
    }
    const grants = readFileSync(new URL('grants.sql', folder), 'utf8')
    const hasRole = await mayUseRole(client)
    const version = await versionOf(client)
    // The grants name tables of the newest schema; at an older one nobody works.
    const mayGrant = hasRole && version >= migrations.length
    await inTurn(client, () => grant(client, mayGrant ? grants : '', applied.length > 0))
    return { applied, version, hasRole }
  } finally {
    await client.end()
  }
}

/**
 * Reads the migrations in order. Their numbers are 1, 2, 3 …: a gap or a number taken twice comes
 * from two branches and is refused.
 *
 * @throws OperatorError for such a folder.
 */
export function readMigrations(folder: URL = ourFolder): Migration[] {
  const place = new URL('migrations/', folder)
  const names = readdirSync(place).filter((name) => name.endsWith('.sql'))
  return names.toSorted().map((name, i) => {
    const version = Number(/^(\d{4})_[a-z_]+\.sql$/.exec(name)?.[1])
    if (version !== i + 1) {
      throw new OperatorError(`db/migrations/${name} is out of order; its number must be ${i + 1}.`)
    }
    const text = readFileSync(new URL(name, place), 'utf8')
    const sha256 = createHash('sha256').update(text).digest('hex')
    return { version, name: name.slice(0, -'.sql'.length), sha256, text }
  })
}

const bookkeeping = [
  `create table if not exists schema_migration (
    version int primary key,
    name text not null,
    sha256 text not null,
    applied_at timestamptz not null default now()
  )`,
  // Its one row is the lock that lets one process migrate at a time.
  `create table if not exists schema_lock (
    only_row boolean primary key default true check (only_row),
    grants_sha256 text not null
  )`,
  `insert into schema_lock (grants_sha256) values ('') on conflict do nothing`,
  `do $$ begin
    if not exists (select from pg_roles where rolname = '${appRole}') then
      create role ${appRole} nologin;
      grant ${appRole} to current_user;
    end if;
  exception
    when insufficient_privilege then null; -- told by mayUseRole, and to people by the doctor
  end $$`,
]

const foreignTables = `
  select relname from pg_class
  where relnamespace = to_regnamespace('public') and relkind in ('r', 'p')
    and to_regclass('public.schema_migration') is null
    and not exists (select from pg_depend
      where classid = 'pg_class'::regclass and objid = pg_class.oid and deptype = 'e')
  limit 1`

/** `schema_migration` is the first table that we make, so a database with others and without it is somebody else's. */
async function refuseForeign(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ relname: string }>(foreignTables)
  if (rows[0] === undefined) return
  throw new OperatorError(
    `The database has tables of another program (${rows[0].relname}); make an empty one for ` +
      'OneTill, and name that in DATABASE_URL.',
  )
}

/** Two first starts at once make the same things; the slower one finds them and asks again. */
async function prepare(client: pg.Client): Promise<void> {
  const madeMeanwhile = ['23505', '42P07', '42710', 'XX000']
  for (const text of bookkeeping) {
    for (let attempt = 1; ; attempt++) {
      try {
        await client.query(text)
        break
      } catch (error) {
        if (attempt === 5 || !madeMeanwhile.includes(sqlState(error))) throw error
      }
    }
  }
}

async function inTurn<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query('begin')
  try {
    await client.query('update schema_lock set only_row = true')
    const done = await work()
    await client.query('commit')
    return done
  } catch (error) {
    // When the connection itself is gone, the first error is the one to tell.
    await client.query('rollback').catch(() => undefined)
    throw error
  }
}

/** Runs one file if it was not run before; true when it was run now. */
async function apply(
  client: pg.Client,
  migration: Migration,
  all: readonly Migration[],
): Promise<boolean> {
  const { version, name, sha256, text } = migration
  refuseNewer(await versionOf(client), all)
  const sql = 'select sha256 from schema_migration where version = $1'
  const found = (await client.query<{ sha256: string }>(sql, [version])).rows[0]
  if (found && found.sha256 !== sha256) {
    throw new OperatorError(
      `db/migrations/${name}.sql was changed after it was run on this database; put the file back ` +
        'as it was and write the change as a new migration.',
    )
  }
  if (found) return false
  await client.query(text)
  const insert = 'insert into schema_migration (version, name, sha256) values ($1, $2, $3)'
  await client.query(insert, [version, name, sha256])
  return true
}

/**
 * Compares a database with this program, without changing it.
 *
 * @throws OperatorError when a newer OneTill has migrated the database.
 */
export function refuseNewer(version: number, all: readonly Migration[]): void {
  const known = all.at(-1)?.version ?? 0
  if (version <= known) return
  throw new OperatorError(
    `The database was written by a newer OneTill (schema ${version}, this one knows ${known}); ` +
      'start the newer version, or restore a backup into a new data folder.',
  )
}

async function versionOf(client: pg.Client): Promise<number> {
  const sql = 'select coalesce(max(version), 0)::int as version from schema_migration'
  return (await client.query<{ version: number }>(sql)).rows[0]?.version ?? 0
}

/**
 * Looks at a database that somebody else migrates, and changes nothing. Version 0 is an empty one.
 *
 * @throws the driver's error when the database cannot be reached.
 */
export async function readSchema(url: string): Promise<{ version: number; hasRole: boolean }> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  await client.connect()
  try {
    const table = `select to_regclass('public.schema_migration') is not null as found`
    const isMigrated = (await client.query<{ found: boolean }>(table)).rows[0]?.found ?? false
    return {
      version: isMigrated ? await versionOf(client) : 0,
      hasRole: await mayUseRole(client),
    }
  } finally {
    await client.end()
  }
}

/** Trying says more than the catalogue: what membership allows changed with PostgreSQL 16. */
async function mayUseRole(client: pg.Client): Promise<boolean> {
  try {
    await client.query(`set role ${appRole}`)
    await client.query('reset role')
    return true
  } catch (error) {
    // 22023: there is no such role; 42501: it is not for us.
    if (['22023', '42501'].includes(sqlState(error))) return false
    throw error
  }
}

async function grant(client: pg.Client, grants: string, isChanged: boolean): Promise<void> {
  const sha256 = createHash('sha256').update(grants).digest('hex')
  const row = await client.query<{ sha: string }>('select grants_sha256 as sha from schema_lock')
  if (!isChanged && row.rows[0]?.sha === sha256) return
  if (grants !== '') {
    await client.query(`grant usage on schema public to ${appRole}`)
    await client.query(`revoke all on all tables in schema public from ${appRole}`)
    await client.query(grants)
    await client.query(`revoke all on schema_lock from ${appRole}`)
  }
  await client.query('update schema_lock set grants_sha256 = $1', [sha256])
}
