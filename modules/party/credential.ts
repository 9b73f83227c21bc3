import { createHash, randomBytes } from 'node:crypto'

import { loadSql, type Db, type Tx } from '../database/database.ts'
import { assert } from '../lib/assert.ts'
import { slugOf } from './institution.ts'

const sql = loadSql(new URL('./credential.sql', import.meta.url))

// What a token begins with says whose it is, to a person who finds one in a log as well.
const prefixes = {
  merchant_key: 'sk',
  party_key: 'pk',
  terminal: 'tk',
  payer: 'ps',
  staff: 'ss',
} as const

export type CredentialKind = keyof typeof prefixes

export type Credential = {
  institutionId: string
  kind: CredentialKind
  /** The merchant, party, terminal, payer or person whose it is. */
  subjectId: string
  createdAt: Date
  /** null: until revoked. */
  expiresAt: Date | null
}

export type NewCredential = {
  institutionId: string
  kind: CredentialKind
  subjectId: string
  now: Date
  expiresAt?: Date | null
  /** Made by `newToken` before the transaction, where a rerun must issue the same one. */
  token?: string
}

const tokenPattern = /^(sk|pk|tk|ps|ss)_([a-z0-9]{1,16})_([A-Za-z0-9_-]{43})$/

/** A new bearer token of 256 random bits. It names its institution, so one look-up is enough. */
export function newToken(kind: CredentialKind, institutionId: string): string {
  return `${prefixes[kind]}_${slugOf(institutionId)}_${randomBytes(32).toString('base64url')}`
}

/**
 * Issues a bearer token and stores its SHA-256; the token itself is stored nowhere, so the answer
 * is the only chance to show it. The same `token` again changes nothing.
 */
export function issueCredential(tx: Tx, wanted: NewCredential): string {
  const { institutionId, kind, subjectId, now, expiresAt = null } = wanted
  const token = wanted.token ?? newToken(kind, institutionId)
  assert(token.startsWith(`${prefixes[kind]}_`), 'the token is of the kind that is issued')
  tx.send(sql('issue'), [institutionId, hashOf(token), kind, subjectId, now, expiresAt])
  return token
}

/** Whose the token is, or null: not a token, unknown, revoked or expired. */
export async function readCredential(
  db: Pick<Db, 'read'>,
  token: string,
  now: Date,
): Promise<Credential | null> {
  const institutionId = institutionOfToken(token)
  if (institutionId === null) return null
  const [row] = await db.read<CredentialRow>(sql('read'), [institutionId, hashOf(token)])
  return row && isLive(row, now) ? readRow(institutionId, row) : null
}

/** As `readCredential`, inside a transaction: did an earlier run of it issue this token already? */
export async function isIssued(tx: Tx, token: string): Promise<string | null> {
  const institutionId = institutionOfToken(token)
  if (institutionId === null) return null
  const [row] = await tx.many<CredentialRow>(sql('read'), [institutionId, hashOf(token)])
  return row?.subject_id ?? null
}

export type Revocation = {
  institutionId: string
  kind: CredentialKind
  subjectId: string
  now: Date
}

/** Ends all live tokens of one kind of one subject. What is revoked stays revoked. */
export function revokeCredentials(tx: Tx, { institutionId, kind, subjectId, now }: Revocation) {
  tx.send(sql('revoke_of_subject'), [institutionId, subjectId, kind, now])
}

/** Ends one token: signing out. Ending it twice is no error. */
export function revokeToken(tx: Tx, token: string, now: Date): void {
  const institutionId = institutionOfToken(token)
  assert(institutionId !== null, 'only a token that was accepted is signed out')
  revokeHash(tx, { institutionId, hash: hashOf(token), now })
}

/** Ends the token with this hash. Ending it twice is no error. */
export function revokeHash(
  tx: Tx,
  { institutionId, hash, now }: { institutionId: string; hash: Buffer; now: Date },
): void {
  tx.send(sql('revoke_one'), [institutionId, hash, now])
}

type CredentialRow = {
  kind: CredentialKind
  subject_id: string
  created_at: Date
  expires_at: Date | null
  revoked_at: Date | null
}

const isLive = (row: CredentialRow, now: Date) =>
  row.revoked_at === null && (row.expires_at === null || row.expires_at > now)

const readRow = (institutionId: string, row: CredentialRow): Credential => ({
  institutionId,
  kind: row.kind,
  subjectId: row.subject_id,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
})

function institutionOfToken(token: string): string | null {
  const slug = tokenPattern.exec(token)?.[2]
  return slug === undefined ? null : `ins_${slug}`
}

// A token is 256 random bits, so a plain hash cannot be searched; a slow one would be paid on
// every request.
const hashOf = (token: string) => createHash('sha256').update(token).digest()
