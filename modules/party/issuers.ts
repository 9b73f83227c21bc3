import { loadSql, type Db, type Tx } from '../database/database.ts'
import { AppError } from '../errors/errors.ts'
import { assert } from '../lib/assert.ts'
import { ownIssuers, shippedIssuers, type Issuer } from '../paycode/paycode.ts'

const sql = loadSql(new URL('./institution.sql', import.meta.url))

/**
 * Adds the issuers of an institution's own codes, and those that OneTill ships with where they are
 * not yet. When any of them is new the version moves, and every process reads its copy again.
 */
export async function addIssuersOf(
  tx: Tx,
  institutionId: string,
  codePrefix: string,
  now: Date,
): Promise<void> {
  const { online, offline } = ownIssuers(institutionId, codePrefix, now)
  const added = await insertIssuers(tx, [...shippedIssuers, online, offline])
  if (added > 0) await tx.many(sql('bump_issuer_version'))
}

/**
 * Whether an institution may be opened whose codes begin with this even prefix: neither it nor the odd
 * one for offline codes stands before, inside or around a prefix of codes as long as ours.
 */
export async function isPrefixFree(
  db: Pick<Db, 'read'>,
  codePrefix: string,
  now: Date,
): Promise<boolean> {
  const others = [...shippedIssuers, ...(await readIssuers(db))]
  const { online, offline } = ownIssuers('', codePrefix, now)
  const isFree = (own: Issuer) =>
    others.every((other) => {
      if (other.id === own.id) return false
      const meets = (prefix: string) => prefix.startsWith(own.prefixes[0]!)
      return clashOf(own, [other]) === null && !(mayMeet(own, other) && other.prefixes.some(meets))
    })
  return isFree(online) && isFree(offline)
}

/** Answers how many of them are new. */
async function insertIssuers(tx: Tx, issuers: readonly Issuer[]): Promise<number> {
  const column = <Key extends keyof Issuer>(key: Key) => issuers.map((issuer) => issuer[key])
  const added = await tx.many<{ id: string }>(sql('insert_issuers'), [
    column('id'),
    column('institutionId'),
    column('scheme'),
    issuers.map(({ prefixes }) => prefixes.join(',')),
    column('minLength'),
    column('maxLength'),
    column('pattern'),
    column('defaultKind'),
    column('validFrom'),
    column('validUntil'),
  ])
  return added.length
}

/**
 * Adds an issuer that somebody has typed in; terminals know its codes within 2 s. The same id again
 * changes nothing.
 *
 * @throws AppError INVALID_REQUEST, `param` naming what is wrong: a prefix that is taken at the same
 *   time, or that would catch codes of a wallet of ours
 *
 * Source: P13.
 */
export async function createIssuer(tx: Tx, issuer: Issuer): Promise<void> {
  // The version's row is locked first, so that two who add at once see each other.
  await tx.many(sql('bump_issuer_version'))
  const rows = await tx.many<IssuerRow>(sql('read_issuers'))
  const others = rows.map(readRow).filter(({ id }) => id !== issuer.id)
  const param = clashOf(issuer, others)
  if (param !== null) throw new AppError('INVALID_REQUEST', { param, reason: 'it is taken' })
  await insertIssuers(tx, [issuer])
}

/** Ends an issuer; its codes are unknown within 2 s. Answers false when it had ended, or never was. */
export async function endIssuer(tx: Tx, id: string, now: Date): Promise<boolean> {
  const ended = await tx.many<{ id: string }>(sql('end_issuer'), [id, now])
  if (ended.length === 0) return false
  await tx.many(sql('bump_issuer_version'))
  return true
}

// Of two prefixes the longer wins, so one may stand inside another; only our own wallets' may not be
// divided: their codes are money that somebody else would be asked for.
function clashOf(issuer: Issuer, others: readonly Issuer[]): string | null {
  const rivals = others.filter((other) => mayMeet(issuer, other))
  for (const [place, prefix] of issuer.prefixes.entries())
    for (const { prefixes, institutionId } of rivals)
      for (const taken of prefixes)
        if (prefix === taken || (institutionId !== null && prefix.startsWith(taken)))
          return `prefixes.${place}`
  return null
}

const mayMeet = (a: Issuer, b: Issuer): boolean =>
  a.pattern === b.pattern &&
  a.minLength <= b.maxLength &&
  b.minLength <= a.maxLength &&
  (b.validUntil === null || a.validFrom < b.validUntil) &&
  (a.validUntil === null || b.validFrom < a.validUntil)

/** All issuers, for the copy that a process holds; also those not valid now. */
export async function readIssuers(db: Pick<Db, 'read'>): Promise<Issuer[]> {
  return (await db.read<IssuerRow>(sql('read_issuers'))).map(readRow)
}

/** Moves whenever an issuer was added or changed, so that a copy need not be read in vain. */
export async function issuerVersion(db: Pick<Db, 'read'>): Promise<bigint> {
  const [row] = await db.read<{ version: bigint }>(sql('read_issuer_version'))
  assert(row, 'the migration put the version row there')
  return row.version
}

type IssuerRow = {
  id: string
  institution_id: string | null
  scheme: string
  prefixes: string[]
  min_length: number
  max_length: number
  pattern: Issuer['pattern']
  default_kind: Issuer['defaultKind']
  valid_from: Date
  valid_until: Date | null
}

const readRow = (row: IssuerRow): Issuer => ({
  id: row.id,
  institutionId: row.institution_id,
  scheme: row.scheme,
  pattern: row.pattern,
  prefixes: row.prefixes,
  minLength: row.min_length,
  maxLength: row.max_length,
  defaultKind: row.default_kind,
  validFrom: row.valid_from,
  validUntil: row.valid_until,
})
