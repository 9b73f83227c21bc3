import { loadSql, type Tx } from '../database/database.ts'
import { newId } from '../lib/ids.ts'
import type { Event } from '../outbox/outbox.ts'

const sql = loadSql(new URL('./terminal.sql', import.meta.url))

/** Codes that were never issued, as one terminal scanned them on one local day. */
export type Guesses = {
  terminalId: string
  /** The institution's local day, YYYY-MM-DD. */
  day: string
  guesses: number
}

/**
 * Adds to the counters of unknown codes, and answers where they stand then. Each terminal and day
 * stands at most once in the batch; rows are taken in key order.
 *
 * Source: DESIGN §6 (guessing is throttled per terminal).
 */
export async function countGuesses(
  tx: Tx,
  institutionId: string,
  counted: readonly Guesses[],
): Promise<Guesses[]> {
  if (counted.length === 0) return []
  type Row = { terminal_id: string; day: string; guesses: number }
  const rows = await tx.many<Row>(sql('count_guesses'), [
    institutionId,
    counted.map(({ terminalId }) => terminalId),
    counted.map(({ day }) => day),
    counted.map(({ guesses }) => guesses),
  ])
  return rows.map(({ terminal_id: terminalId, day, guesses }) => ({ terminalId, day, guesses }))
}

/**
 * Locks the counters of these terminals on one local day, in key order and made where they are
 * missing: whoever guesses many codes at once then guesses them one after the other.
 */
export async function lockGuesses(
  tx: Tx,
  institutionId: string,
  { terminalIds, day }: { terminalIds: readonly string[]; day: string },
): Promise<Guesses[]> {
  const values = [institutionId, terminalIds, day]
  tx.send(sql('open_guesses'), values)
  const rows = await tx.many<{ terminal_id: string; guesses: number }>(sql('lock_guesses'), values)
  return rows.map(({ terminal_id: terminalId, guesses }) => ({ terminalId, day, guesses }))
}

/** Guesses that have just taken a terminal to its bound for the day. */
export type Blocked = {
  terminalId: string
  merchantId: string | null
  guesses: number
  day: string
}

/** Tells the console and the shop, once a day, that a terminal is blocked because it guesses. */
export function alarmOf({ terminalId, merchantId, guesses, day }: Blocked, now: Date): Event {
  return {
    ...{ id: newId('evt', now.getTime()), type: 'terminal.alarm', subjectId: terminalId },
    ...{ merchantId, terminalId, payerId: null, partyId: null, occurredAt: now },
    payload: {
      ...{ object: 'terminal_alarm', kind: 'unknown_codes', terminal: terminalId },
      ...{ guesses, business_date: day },
    },
  }
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

/** Forgets the guesses of local days before the given one. */
export function purgeGuesses(tx: Tx, institutionId: string, beforeDay: string): void {
  tx.send(sql('purge_guesses'), [institutionId, beforeDay])
}
