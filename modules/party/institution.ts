import { loadSql, type Db, type Tx } from '../database/database.ts'
import { AppError } from '../errors/errors.ts'
import { assert } from '../lib/assert.ts'
import { isCurrency, type Currency } from '../money/money.ts'

const sql = loadSql(new URL('./institution.sql', import.meta.url))

/** Who keeps a set of books: the tenant wall, and the shard. Source: DESIGN §4. */
export type InstitutionRecord = {
  id: string
  name: string
  nameEn: string
  currency: Currency
  /** IANA name; the local days and months of limits and totals are counted in it. */
  timeZone: string
  /** The two digits that its online payment codes begin with. */
  codePrefix: string
  state: 'active' | 'closed'
  createdAt: Date
}

/** The same with the terms that its settings say, as the entry hands it down. */
export type Institution = InstitutionRecord & {
  codeLifeSeconds: number
  codeGraceSeconds: number
  confirmSeconds: number
  guessesPerTerminalDay: number
}

const idPattern = /^ins_([a-z0-9]{1,16})$/

/** The part of an institution's id that stands in tokens and login names: `ins_demo` is `demo`. */
export function slugOf(institutionId: string): string {
  const slug = idPattern.exec(institutionId)?.[1]
  assert(slug !== undefined, 'an institution id is ins_ and up to 16 letters or digits')
  return slug
}

/** @throws AppError NOT_FOUND */
export async function readInstitution(
  db: Pick<Db, 'read'>,
  id: string,
): Promise<InstitutionRecord> {
  const [row] = await db.read<InstitutionRow>(sql('read'), [id])
  if (!row) throw new AppError('NOT_FOUND')
  return readRow(row)
}

/** As `readInstitution`, inside a transaction. */
export async function institutionIn(tx: Tx, id: string): Promise<InstitutionRecord> {
  const [row] = await tx.many<InstitutionRow>(sql('read'), [id])
  if (!row) throw new AppError('NOT_FOUND')
  return readRow(row)
}

/** All institutions in the order of their creation; for loops that go over them. */
export async function readInstitutions(db: Pick<Db, 'read'>): Promise<InstitutionRecord[]> {
  return (await db.read<InstitutionRow>(sql('read_all'))).map(readRow)
}

const loginPattern = /^([^@\s]{1,64})(?:@([a-z0-9]{1,16}))?$/i

/**
 * Reads what somebody typed as a login: `boss@demo`, or `boss` for the institution that was opened
 * first. Null when the text is no login or names no active institution.
 */
export async function readLogin(
  db: Pick<Db, 'read'>,
  typed: string,
): Promise<{ institutionId: string; login: string } | null> {
  const parts = loginPattern.exec(typed.trim())
  if (!parts) return null
  const [, login = '', slug] = parts
  const wanted = slug === undefined ? null : `ins_${slug.toLowerCase()}`
  const [row] = await db.read<{ id: string }>(sql('find_for_login'), [wanted])
  return row ? { institutionId: row.id, login: login.toLowerCase() } : null
}

type InstitutionRow = {
  id: string
  name: string
  name_en: string
  currency: string
  time_zone: string
  code_prefix: string
  state: InstitutionRecord['state']
  created_at: Date
}

function readRow(row: InstitutionRow): InstitutionRecord {
  assert(isCurrency(row.currency), 'an institution keeps its books in a known currency')
  return {
    id: row.id,
    name: row.name,
    nameEn: row.name_en,
    currency: row.currency,
    timeZone: row.time_zone,
    codePrefix: row.code_prefix,
    state: row.state,
    createdAt: row.created_at,
  }
}
