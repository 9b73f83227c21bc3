import { loadSql, type Step, type Tx } from '../database/database.ts'

const sql = loadSql(new URL('./nonce.sql', import.meta.url))

/** A signed request that wants to be taken in; `requestId` is made anew for each arrival. */
export type SignedArrival = {
  terminalId: string
  nonce: string
  requestId: string
  /** What the signature itself says of its time. */
  createdAt: Date
}

// Twice as long as a signature is good, so that a nonce is known in its own period or the one before.
const PERIOD_MS = 600_000

const periodOf = (at: Date): number => Math.floor(at.getTime() / PERIOD_MS)

/**
 * Takes signed requests in, each once for at least ten minutes, in whichever process it arrives.
 * Answers whether it is the first with its nonce; a rerun after an answer that was lost finds its own
 * row. Requests that arrive together share the statement.
 *
 * Source: reliability.md §10.3 (nonce single-use on money-moving calls).
 */
export const admitSigned: Step<SignedArrival, boolean> = {
  name: 'terminal.nonce',
  mode: 'single',
  async run(tx, institutionId, arrivals) {
    // Of several with one nonce the first is the one that counts.
    const firsts = new Map<string, SignedArrival>()
    for (const arrival of arrivals) {
      const key = `${periodOf(arrival.createdAt)} ${arrival.terminalId} ${arrival.nonce}`
      if (!firsts.has(key)) firsts.set(key, arrival)
    }
    const rows = [...firsts.values()]
    const taken = await tx.many<{ request_id: string }>(sql('take'), [
      institutionId,
      rows.map(({ createdAt }) => periodOf(createdAt)),
      rows.map(({ terminalId }) => terminalId),
      rows.map(({ nonce }) => nonce),
      rows.map(({ requestId }) => requestId),
    ])
    const takers = new Set(taken.map((row) => row.request_id))
    return arrivals.map(({ requestId }) => takers.has(requestId))
  },
}

/** Forgets requests whose signatures are no longer good. */
export function purgeSigned(tx: Tx, institutionId: string, now: Date): void {
  tx.send(sql('purge'), [institutionId, periodOf(now) - 1])
}
