// Who did what and why: append-only, and each entry hashed over the one before it, so that an
// entry that was changed, taken out or put in later is found by walking the chain.

import { loadSql, type Db, type Tx } from '../database/database.ts'
import { assert } from '../lib/assert.ts'
import { newId } from '../lib/ids.ts'
import { canonicalJson, type Json } from './canonical.ts'
import { emptyHash, hashEntry, type HashedFields } from './chain.ts'

export { verifyTrail, type TrailVerdict } from './verify.ts'
export type { Json } from './canonical.ts'

const sql = loadSql(new URL('./trail.sql', import.meta.url))

export type TrailEntry = {
  /** Given where a rerun of the transaction must not record the act twice. */
  id?: string
  at: Date
  /** Who: `person:per_…`, `payer:pyr_…`, `terminal:trm_…`, `merchant:mch_…`, `command`. */
  actor: string
  /** What: `merchant.create`. */
  action: string
  /** To what: an id. */
  subject: string
  /** What was asked for. Never a password, a PIN, a token, an activation or a payment code. */
  detail: { readonly [name: string]: Json }
}

export type RecordedEntry = Required<TrailEntry> & { number: bigint }

/**
 * Appends entries to the institution's trail, in the transaction of the acts they tell of. Locks
 * the trail's head until the commit, so it comes last in a transaction. An entry whose `id` is
 * there already is left out.
 *
 * Source: DESIGN §2 (trail), §5 (lock order).
 */
export async function record(
  tx: Tx,
  institutionId: string,
  entries: readonly TrailEntry[],
): Promise<void> {
  const head = await lockHead(tx, institutionId)
  const isKnown = await knownAmong(tx, institutionId, { entries, head })
  const chained: Chained[] = []
  let { number, hash } = head
  for (const { id = newId('trl'), at, actor, action, subject, detail } of entries) {
    if (isKnown.has(id)) continue
    number += 1n
    const detailJson = canonicalJson(detail)
    const fields = { number, id, at, actor, action, subject, detailJson, previousHash: hash }
    hash = hashEntry(fields)
    chained.push({ ...fields, hash })
  }
  if (chained.length > 0) append(tx, institutionId, chained)
}

async function lockHead(tx: Tx, institutionId: string): Promise<Head> {
  const [head] = await tx.many<Head>(sql('lock_head'), [institutionId])
  if (head) return head
  await tx.many(sql('create_head'), [institutionId, emptyHash])
  const [made] = await tx.many<Head>(sql('lock_head'), [institutionId])
  assert(made, 'the head that was made is there')
  return made
}

type Head = { number: bigint; hash: Buffer }

// An earlier run of the same transaction, whose commit was not heard of, is at most this far back.
const LOOK_BACK = 1_000n

async function knownAmong(
  tx: Tx,
  institutionId: string,
  { entries, head }: { entries: readonly TrailEntry[]; head: Head },
): Promise<Set<string>> {
  const ids = entries.flatMap(({ id }) => (id === undefined ? [] : [id]))
  if (ids.length === 0) return new Set()
  const values = [institutionId, head.number - LOOK_BACK, ids]
  const rows = await tx.many<{ id: string }>(sql('read_known'), values)
  return new Set(rows.map(({ id }) => id))
}

function append(tx: Tx, institutionId: string, chained: readonly Chained[]): void {
  const column = <Key extends keyof Chained>(key: Key) => chained.map((entry) => entry[key])
  tx.send(sql('append'), [
    institutionId,
    column('number'),
    column('id'),
    column('at'),
    column('actor'),
    column('action'),
    column('subject'),
    column('detailJson'),
    column('previousHash'),
    column('hash'),
  ])
  const last = chained.at(-1)
  assert(last, 'there is something to append')
  tx.send(sql('move_head'), [institutionId, last.number, last.hash])
}

type Chained = HashedFields & { hash: Buffer }

/** Which entries of the trail: by whom, whose actions begin so, from when on, before when. */
export type TrailFilter = { actor?: string; action?: string; since?: Date; until?: Date }

type TrailPage = TrailFilter & { startingAfter: string | null; limit: number }

/** A page of the trail, the newest first; of all, or of what the filter lets through. */
export function readTrail(
  db: Pick<Db, 'read'>,
  institutionId: string,
  { startingAfter, limit, actor, action, since, until }: TrailPage,
): Promise<RecordedEntry[]> {
  const filter = [actor ?? null, action ?? null, since ?? null, until ?? null]
  return db.read<RecordedEntry>(sql('read_page'), [institutionId, startingAfter, limit, ...filter])
}

/** The newest entries about these subjects whose actions begin so: `terminal.`. */
export function readTrailAbout(
  db: Pick<Db, 'read'>,
  institutionId: string,
  { subjects, action, limit }: { subjects: readonly string[]; action: string; limit: number },
): Promise<RecordedEntry[]> {
  return db.read<RecordedEntry>(sql('read_about'), [institutionId, subjects, action, limit])
}
