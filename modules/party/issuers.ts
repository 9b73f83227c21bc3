import { loadSql, type Db, type Tx } from '../database/database.ts'
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
  const issuers = [...shippedIssuers, online, offline]
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
  if (added.length > 0) await tx.many(sql('bump_issuer_version'))
}

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
