import { loadSql, type Db } from '../database/database.ts'
import { canonicalJson, type Json } from './canonical.ts'
import { emptyHash, hashEntry } from './chain.ts'

const sql = loadSql(new URL('./trail.sql', import.meta.url))

/** `broken`: the first entry, by number, that is not as it was recorded; 0 for the head itself. */
export type TrailVerdict =
  { ok: true; entries: bigint } | { ok: false; brokenNumber: bigint; reason: string }

const PAGE = 1_000

/**
 * Walks the institution's trail from its first entry to the head that stood when it began, and
 * says whether every entry is there, unchanged and in its place.
 *
 * Source: DESIGN §2 (trail: hash-chained).
 */
export async function verifyTrail(
  db: Pick<Db, 'read'>,
  institutionId: string,
): Promise<TrailVerdict> {
  const [head] = await db.read<{ number: bigint; hash: Buffer }>(sql('read_head'), [institutionId])
  const end = head ?? { number: 0n, hash: emptyHash }
  let before = { number: 0n, hash: emptyHash }
  while (before.number < end.number) {
    const rows = await db.read<EntryRow>(sql('read_onward'), [
      institutionId,
      before.number,
      end.number,
      PAGE,
    ])
    const first = rows[0]
    if (!first) return broken(before.number + 1n, 'the entry is missing')
    for (const row of rows) {
      const reason = faultOf(row, before)
      if (reason !== null) return broken(before.number + 1n, reason)
      before = { number: row.number, hash: row.hash }
    }
  }
  if (!before.hash.equals(end.hash)) return broken(0n, 'the head does not name the last entry')
  return { ok: true, entries: end.number }
}

const broken = (brokenNumber: bigint, reason: string): TrailVerdict => {
  return { ok: false, brokenNumber, reason }
}

function faultOf(row: EntryRow, before: { number: bigint; hash: Buffer }): string | null {
  if (row.number !== before.number + 1n) return 'the entry is missing'
  if (!row.previous_hash.equals(before.hash)) return 'the entry does not follow the one before it'
  const { number, id, at, actor, action, subject, detail, previous_hash: previousHash } = row
  const detailJson = canonicalJson(detail)
  const hash = hashEntry({ number, id, at, actor, action, subject, detailJson, previousHash })
  return hash.equals(row.hash) ? null : 'the entry was changed'
}

type EntryRow = {
  number: bigint
  id: string
  at: Date
  actor: string
  action: string
  subject: string
  detail: Json
  previous_hash: Buffer
  hash: Buffer
}
