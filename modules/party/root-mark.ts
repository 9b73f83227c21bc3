import { createHmac } from 'node:crypto'

import { loadSql, type Db } from '../database/database.ts'

const sql = loadSql(new URL('./institution.sql', import.meta.url))

const markOf = (pepper: Uint8Array, institutionId: string): Buffer =>
  createHmac('sha256', pepper).update(`onetill root mark ${institutionId}`).digest()

/**
 * Whether the pepper is the one that the hashes of every institution were made with, and notes it for
 * those of which it is not known yet. With another one no PIN, no code and no activation would be
 * recognised, and what is written meanwhile would be lost when the right one comes back.
 *
 * Source: docs/keys.md (the root stays for ever).
 */
export async function isOwnRoot(db: Db, pepper: Uint8Array): Promise<boolean> {
  type Row = { id: string; root_mark: Buffer | null }
  const rows = await db.read<Row>(sql('read_marks'))
  const fresh = rows.filter((row) => row.root_mark === null).map(({ id }) => id)
  if (rows.some(({ id, root_mark: mark }) => mark && !mark.equals(markOf(pepper, id)))) return false
  if (fresh.length === 0) return true
  const marks = fresh.map((id) => markOf(pepper, id))
  await db.transaction(async (tx) => void (await tx.many(sql('put_marks'), [fresh, marks])))
  return true
}
