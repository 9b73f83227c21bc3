import { createHash } from 'node:crypto'

import { loadSql, type Db } from '../database/database.ts'
import { AppError } from '../errors/errors.ts'
import { isIssued, issueCredential, newToken, revokeCredentials } from '../party/party.ts'
import { putEvents } from '../outbox/outbox.ts'
import { record } from '../trail/trail.ts'
import { newId } from '../lib/ids.ts'
import { hashActivation, readActivationCode } from './activation.ts'

const sql = loadSql(new URL('./terminal.sql', import.meta.url))

export type Activated = {
  institutionId: string
  terminalId: string
  /** The device's bearer token; shown this once. */
  token: string
}

/**
 * Turns a typed activation code into the bearer token of a terminal, once: of many devices that
 * send the same code one gets it. Tokens that the terminal had before end. A locked terminal gets
 * its token and stays locked.
 *
 * @param publicKey the Ed25519 key that the device has made, 32 bytes: from now on its requests are
 *   signed with it
 *
 * @throws AppError ACTIVATION_CODE_WRONG for a code that is wrong, used or expired; which of them
 *   is not told
 *
 * Source: P22.
 */
export async function activate(
  { db, pepper, now }: { db: Db; pepper: Uint8Array; now(): Date },
  typedCode: string,
  publicKey: Uint8Array,
): Promise<Activated> {
  const typed = readActivationCode(typedCode)
  if (!typed) throw new AppError('ACTIVATION_CODE_WRONG', { param: 'activation_code' })
  const { institutionId } = typed
  const hash = hashActivation(pepper, typed)
  const token = newToken('terminal', institutionId)
  const trailId = newId('trl')
  const at = now()

  const terminalId = await db.transaction(async (tx) => {
    // A rerun after a commit whose answer was lost finds its own token, and the code used up.
    const earlier = await isIssued(tx, token)
    if (earlier !== null) return earlier
    type Row = { id: string; merchant_id: string }
    const [row] = await tx.many<Row>(sql('activate'), [institutionId, hash, at, publicKey])
    if (!row) return null
    revokeCredentials(tx, { institutionId, kind: 'terminal', subjectId: row.id, now: at })
    issueCredential(tx, { institutionId, kind: 'terminal', subjectId: row.id, now: at, token })
    const actor = `terminal:${row.id}`
    const about = { terminalId: null, payerId: null, partyId: null, occurredAt: at } as const
    putEvents(tx, institutionId, [
      {
        ...{ ...about, id: newId('evt', at.getTime()), type: 'terminal.changed' },
        ...{ subjectId: row.id, merchantId: row.merchant_id },
        payload: { object: 'activation', terminal: row.id },
      },
    ])
    const entry = { id: trailId, at, actor, action: 'terminal.activate', subject: row.id }
    const key = createHash('sha256').update(publicKey).digest('hex').slice(0, 16)
    await record(tx, institutionId, [{ ...entry, detail: { key } }])
    return row.id
  })
  if (terminalId === null) {
    throw new AppError('ACTIVATION_CODE_WRONG', { param: 'activation_code' })
  }
  return { institutionId, terminalId, token }
}
