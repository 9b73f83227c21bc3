import { loadSql, type Tx } from '../database/database.ts'

const sql = loadSql(new URL('./terminal.sql', import.meta.url))

/** Codes that were never issued, as one terminal scanned them on one local day. */
export type Guesses = {
  terminalId: string
  /** The institution's local day, YYYY-MM-DD. */
  day: string
  guesses: number
}

/**
 * Adds to the counters of unknown codes. Each terminal and day stands at most once in the batch;
 * rows are taken in key order.
 *
 * Source: DESIGN §6 (guessing is throttled per terminal).
 */
export function countGuesses(tx: Tx, institutionId: string, counted: readonly Guesses[]): void {
  if (counted.length === 0) return
  tx.send(sql('count_guesses'), [
    institutionId,
    counted.map(({ terminalId }) => terminalId),
    counted.map(({ day }) => day),
    counted.map(({ guesses }) => guesses),
  ])
}

/** The counters of these terminals on one local day; a terminal that guessed nothing is left out. */
export async function readGuesses(
  tx: Tx,
  institutionId: string,
  { terminalIds, day }: { terminalIds: readonly string[]; day: string },
): Promise<Guesses[]> {
  const values = [institutionId, terminalIds, day]
  const rows = await tx.many<{ terminal_id: string; guesses: number }>(sql('read_guesses'), values)
  return rows.map(({ terminal_id: terminalId, guesses }) => ({ terminalId, day, guesses }))
}
