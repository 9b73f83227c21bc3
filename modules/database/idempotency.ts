import { timingSafeEqual } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'

import { AppError } from '../errors/errors.ts'
import { assert } from '../lib/assert.ts'
import type { Db, Tx } from './database.ts'
import { loadSql } from './sql.ts'

const sql = loadSql(new URL('./idempotency.sql', import.meta.url))

/** A request that names itself, so that sending it twice has one effect. */
export type Attempt = {
  institutionId: string
  /** Who, method and path: the same key elsewhere is another key. */
  scope: string
  key: string
  /** HMAC of the body under the pepper. */
  fingerprint: Uint8Array
  now: Date
}

/** What is kept and given again. A secret that is shown once has no place in `body`. */
export type Answer = { status: number; body: Readonly<Record<string, unknown>> }

/**
 * Does the work once for a key: its effects and its answer are one transaction, and every later
 * attempt with the same fingerprint gets the kept answer. What the work throws is not kept. An
 * attempt that comes while another one with its key is not yet committed waits for it.
 *
 * @throws AppError IDEMPOTENCY_KEY_REUSED for another fingerprint
 *
 * Source: reliability.md §10.1 (the Idempotency-Key draft of the IETF); DESIGN §10.
 */
export async function once(
  db: Db,
  attempt: Attempt,
  work: (tx: Tx) => Promise<Answer>,
): Promise<{ answer: Answer; isReplay: boolean }> {
  const { institutionId, scope, key, fingerprint, now } = attempt
  let earlierRun: Answer | undefined
  return db.transaction(async (tx) => {
    const taken = await tx.many(sql('take'), [institutionId, scope, key, fingerprint, now])
    if (taken.length === 0) {
      const answer = await readAnswer(tx, attempt)
      // A commit whose acknowledgement was lost: the row is our own, and so is the effect.
      const isOwn = earlierRun !== undefined && isDeepStrictEqual(asStored(earlierRun), answer)
      return { answer, isReplay: !isOwn }
    }
    const answer = await work(tx)
    earlierRun = answer
    const { status, body } = answer
    tx.send(sql('answer'), [institutionId, scope, key, status, JSON.stringify(body)])
    return { answer, isReplay: false }
  })
}

async function readAnswer(tx: Tx, { institutionId, scope, key, fingerprint }: Attempt) {
  type Row = { request_fingerprint: Buffer; status: number; response: Answer['body'] }
  const [row] = await tx.many<Row>(sql('read'), [institutionId, scope, key])
  assert(row, 'a key that is taken has a row')
  const isSame =
    row.request_fingerprint.length === fingerprint.length &&
    timingSafeEqual(row.request_fingerprint, fingerprint)
  if (!isSame) throw new AppError('IDEMPOTENCY_KEY_REUSED')
  return { status: row.status, body: row.response }
}

const asStored = ({ status, body }: Answer): Answer => ({
  status,
  body: JSON.parse(JSON.stringify(body)) as Answer['body'],
})

/** Forgets the keys that were taken before the given time; they are new again from then on. */
export function purgeKeys(tx: Tx, institutionId: string, before: Date): void {
  tx.send(sql('purge'), [institutionId, before])
}
