import { loadSql, type Db, type Tx } from '../database/database.ts'
import type { CredentialKind } from './credential.ts'

const sql = loadSql(new URL('./api-key.sql', import.meta.url))

// The API keys of merchants and parties. Of a key only its hash is kept, and the first eight bytes of
// the hash are its number: by it people name a key, and nobody finds the key by it.

const NUMBER_BYTES = 8
const HASH_BYTES = 32

/** What an API key belongs to: a merchant, or an agent or platform. */
export type KeyKind = Extract<CredentialKind, 'merchant_key' | 'party_key'>

/** An API key that is good now. */
export type ApiKey = {
  /** `key_` and 16 hexadecimal digits. */
  id: string
  createdAt: Date
  /** When it ends by itself, because a newer one took its place; null: not. */
  expiresAt: Date | null
}

export type KeyOwner = { institutionId: string; kind: KeyKind; subjectId: string }

/** The keys of one owner that are good now, the newest first; there are few. */
export async function readApiKeys(
  db: Pick<Db, 'read'>,
  { institutionId, kind, subjectId }: KeyOwner,
  now: Date,
): Promise<ApiKey[]> {
  return (await db.read<Row>(sql('list'), [institutionId, kind, subjectId, now])).map(readRow)
}

/** Whose a key that is good now is; null: there is none of this number. */
export async function readKeyOwner(
  db: Pick<Db, 'read'>,
  { institutionId, id }: { institutionId: string; id: string },
  now: Date,
): Promise<(KeyOwner & { hash: Buffer }) | null> {
  const number = Buffer.from(id.replace(/^key_/, ''), 'hex')
  const rest = HASH_BYTES - NUMBER_BYTES
  const bounds = [0, 255].map((byte) => Buffer.concat([number, Buffer.alloc(rest, byte)]))
  type Found = Row & { kind: KeyKind; subject_id: string }
  const [row] = await db.read<Found>(sql('find'), [institutionId, ...bounds, now])
  return row
    ? { institutionId, kind: row.kind, subjectId: row.subject_id, hash: row.token_hash }
    : null
}

/**
 * Lets the keys that an owner has end at a moment, so that the server behind them has time to take
 * the new one. Called before the new one is issued. Those that end before stay so.
 */
export function letKeysEnd(tx: Tx, { institutionId, kind, subjectId }: KeyOwner, at: Date): void {
  tx.send(sql('let_end'), [institutionId, kind, subjectId, at])
}

type Row = { token_hash: Buffer; created_at: Date; expires_at: Date | null }

const readRow = ({ token_hash: hash, created_at, expires_at }: Row): ApiKey => ({
  id: `key_${hash.subarray(0, NUMBER_BYTES).toString('hex')}`,
  createdAt: created_at,
  expiresAt: expires_at,
})
