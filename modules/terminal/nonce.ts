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

type Key = { terminal_id: string; nonce: string }

const keyOf = (row: Key): string => `${row.terminal_id} ${row.nonce}`

/**
 * Takes signed requests in, each once for at least ten minutes, in whichever process it arrives.
 * Answers whether it is the first with its nonce. Requests that arrive together share the writes.
 *
 * Source: reliability.md §10.3 (nonce single-use on money-moving calls).
 */
export const admitSigned: Step<SignedArrival, boolean> = {
  name: 'terminal.nonce',
  mode: 'write',
  async run(tx, institutionId, arrivals) {
    const terminalIds = arrivals.map(({ terminalId }) => terminalId)
    const nonces = arrivals.map(({ nonce }) => nonce)
    const requestIds = arrivals.map(({ requestId }) => requestId)
    const periods = arrivals.map(({ createdAt }) => periodOf(createdAt))
    const before = periods.map((period) => period - 1)
    const [earlier, taken] = await Promise.all([
      tx.many<Key>(sql('read_earlier'), [institutionId, before, terminalIds, nonces]),
      tx.many<{ request_id: string }>(sql('take'), [
        institutionId,
        ...[periods, terminalIds, nonces, requestIds],
      ]),
    ])
    const isEarlier = new Set(earlier.map(keyOf))
    const first = new Set(taken.map((row) => row.request_id))
    if (first.size < arrivals.length) await addOwn()
    return arrivals.map(
      ({ terminalId, nonce, requestId }) =>
        first.has(requestId) && !isEarlier.has(keyOf({ terminal_id: terminalId, nonce })),
    )

    /** A rerun after a commit whose answer was lost finds its own rows. */
    async function addOwn(): Promise<void> {
      const values = [institutionId, periods, terminalIds, nonces]
      const rows = await tx.many<{ request_id: string }>(sql('read_taken'), values)
      for (const row of rows) first.add(row.request_id)
    }
  },
}

/** Forgets requests whose signatures are no longer good. */
export function purgeSigned(tx: Tx, institutionId: string, now: Date): void {
  tx.send(sql('purge'), [institutionId, periodOf(now) - 1])
}
