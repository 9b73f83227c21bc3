import pg from 'pg'

import { checkBackup, FORMAT, readBackup, writeBackup } from './backup-file.ts'
import type { BackupHeader, BackupTable, Line } from './backup-file.ts'
import { migrate, readMigrations, refuseNewer } from './migrate.ts'
import { OperatorError } from './operator-error.ts'
import { loadSql } from './sql.ts'

const sql = loadSql(new URL('./catalogue.sql', import.meta.url))

const ROWS_AT_ONCE = 500

// What the runner of the migrations keeps by itself.
const bookkeeping = ['schema_migration', 'schema_lock']

// Whatever the server's settings are, the same value is the same text, and reads back as itself.
const steadyTexts = `
  set timezone = 'UTC'; set datestyle = 'ISO'; set intervalstyle = 'iso_8601';
  set bytea_output = 'hex'; set extra_float_digits = 1`

/**
 * Copies every table and the keys into one file, as of one moment, while others go on working.
 *
 * Source: DESIGN §6 (the keys are part of every backup), §10 (our own copy in one snapshot).
 *
 * @throws OperatorError when there is such a file already.
 */
export async function backup(
  url: string,
  options: { file: string; key: string; madeAt: Date },
): Promise<BackupHeader> {
  return connected(url, async (client) => {
    await client.query(steadyTexts)
    await client.query('begin isolation level repeatable read, read only')
    const header = await readHeader(client, options)
    await writeBackup(options.file, readTables(client, header))
    await client.query('rollback')
    return header
  })
}

/**
 * Brings a backup into a database that holds nothing, and then to the schema of this program. All
 * rows arrive in one transaction, and every foreign key is checked anew; on any error the database
 * is as empty as before.
 *
 * @throws OperatorError when the database holds something, or the file is damaged, newer than this
 * program, or of another program.
 */
export async function restore(url: string, file: string): Promise<BackupHeader> {
  const header = await checkBackup(file)
  refuseNewer(header.schemaVersion, readMigrations())
  await connected(url, (client) => refuseUsed(client))
  const { version } = await migrate(url, { upTo: header.schemaVersion })
  refuseOther(header, version)
  await connected(url, async (client) => {
    await client.query(steadyTexts)
    await client.query('begin')
    await load(client, file)
    await client.query('commit')
  })
  await migrate(url)
  return header
}

async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'onetill copy' })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end() // which ends an open transaction by rolling it back
  }
}

type CatalogueRow = { table: string; columns: string[]; types: string[]; generated: boolean[] }

/** The tables that a backup holds, without the columns that the database works out by itself. */
async function readTableList(client: pg.Client): Promise<Omit<BackupTable, 'rows'>[]> {
  const { rows } = await client.query<CatalogueRow>(sql('tables').text)
  return rows
    .filter(({ table }) => !bookkeeping.includes(table))
    .map((row) => {
      const isKept = (_: string, i: number) => !row.generated[i]
      return {
        name: row.table,
        columns: row.columns.filter(isKept),
        types: row.types.filter(isKept),
      }
    })
}

async function readHeader(
  client: pg.Client,
  { key, madeAt }: { key: string; madeAt: Date },
): Promise<BackupHeader> {
  const done = 'select version, name, sha256 from schema_migration order by version'
  const { rows } = await client.query<{ version: number; name: string; sha256: string }>(done)
  const tables: BackupTable[] = []
  for (const table of await readTableList(client)) {
    const count = `select count(*)::text as rows from ${pg.escapeIdentifier(table.name)}`
    const counted = (await client.query<{ rows: string }>(count)).rows[0]?.rows
    tables.push({ ...table, rows: Number(counted) })
  }
  return {
    format: FORMAT,
    madeAt: madeAt.toISOString(),
    schemaVersion: rows.at(-1)?.version ?? 0,
    migrations: rows.map(({ name, sha256 }) => ({ name, sha256 })),
    tables,
    key,
  }
}

async function* readTables(client: pg.Client, header: BackupHeader): AsyncGenerator<Line> {
  yield header
  type KeyRow = { table: string; columns: string[] }
  const keys = (await client.query<KeyRow>(sql('primary_keys').text)).rows
  for (const { name, columns } of header.tables) {
    yield { table: name }
    const texts = columns.map((column) => `${pg.escapeIdentifier(column)}::text`)
    const key = keys.find(({ table }) => table === name)?.columns.map(pg.escapeIdentifier)
    const select = `select ${texts.join(', ')} from ${pg.escapeIdentifier(name)}`
    const order = key ? ` order by ${key.join(', ')}` : ''
    await client.query(`declare every_row no scroll cursor for ${select}${order}`)
    const fetch = { text: `fetch ${ROWS_AT_ONCE} from every_row`, rowMode: 'array' } as const
    for (;;) {
      const { rows } = await client.query<(string | null)[]>(fetch)
      if (rows.length === 0) break
      yield* rows
    }
    await client.query('close every_row')
  }
}

/** Used is a database where anything of an institution is kept; migrations alone leave none. */
async function refuseUsed(client: pg.Client): Promise<void> {
  type KeyRow = { table: string; columns: string[] }
  const keys = (await client.query<KeyRow>(sql('primary_keys').text)).rows
  for (const { table, columns } of keys) {
    if (columns[0] !== 'institution_id' && table !== 'institution') continue
    const found = await client.query(`select from ${pg.escapeIdentifier(table)} limit 1`)
    if (found.rowCount === 0) continue
    throw new OperatorError(
      'The database holds data, and a restore would destroy it; name an empty data folder or database.',
    )
  }
}

function refuseOther(header: BackupHeader, version: number): void {
  if (version > header.schemaVersion) {
    throw new OperatorError(
      `The database was migrated beyond the backup (schema ${version}, backup ` +
        `${header.schemaVersion}); name an empty data folder or database.`,
    )
  }
  const ours = readMigrations().map(({ name, sha256 }) => `${name} ${sha256}`)
  const theirs = header.migrations.map(({ name, sha256 }) => `${name} ${sha256}`)
  if (theirs.every((line, i) => line === ours[i])) return
  throw new OperatorError(
    'The backup was written with other migrations than those of this OneTill; restore it with the ' +
      'OneTill that wrote it.',
  )
}

type ConstraintRow = { table: string; name: string; kind: string; definition: string }

/** Names come from the database's own catalogue and never from the file. */
async function load(client: pg.Client, file: string): Promise<void> {
  const tables = await readTableList(client)
  const all = (await client.query<ConstraintRow>(sql('constraints').text)).rows
  const foreignKeys = all.filter(({ kind }) => kind === 'f')
  const alter = ({ table }: ConstraintRow) => `alter table ${pg.escapeIdentifier(table)}`
  for (const key of foreignKeys) {
    await client.query(`${alter(key)} drop constraint ${pg.escapeIdentifier(key.name)}`)
  }
  await client.query(`truncate ${tables.map(({ name }) => pg.escapeIdentifier(name)).join(', ')}`)
  let into: Omit<BackupTable, 'rows'> | undefined
  let rows: (string | null)[][] = []
  const write = async () => {
    if (into && rows.length > 0) await insert(client, into, rows)
    rows = []
  }
  for await (const line of readBackup(file)) {
    if (Array.isArray(line)) {
      if (rows.push(line) === ROWS_AT_ONCE) await write()
    } else if ('table' in line) {
      await write()
      into = tables.find(({ name }) => name === line.table)
      if (!into) throw new OperatorError(`${file} holds a table that this OneTill does not know.`)
    }
  }
  await write()
  for (const key of foreignKeys) {
    await client.query(
      `${alter(key)} add constraint ${pg.escapeIdentifier(key.name)} ${key.definition}`,
    )
  }
}

async function insert(
  client: pg.Client,
  table: Omit<BackupTable, 'rows'>,
  rows: readonly (string | null)[][],
): Promise<void> {
  const columns = table.columns.map(pg.escapeIdentifier).join(', ')
  const parameters = table.columns.map((_, i) => `$${i + 1}::text[]`).join(', ')
  const names = table.columns.map((_, i) => `c${i}`)
  const values = names.map((name, i) => `${name}::${table.types[i]}`).join(', ')
  await client.query(
    `insert into ${pg.escapeIdentifier(table.name)} (${columns})
     select ${values} from unnest(${parameters}) as given (${names.join(', ')})`,
    table.columns.map((_, i) => rows.map((row) => row[i])),
  )
}
