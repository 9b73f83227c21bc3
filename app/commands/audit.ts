import { readFileSync } from 'node:fs'

import { audit, readJournal } from '../../modules/audit/audit.ts'
import { OperatorError } from '../../modules/database/operator-error.ts'
import { systemClock } from '../../modules/lib/clock.ts'
import type { Config } from '../config.ts'
import { ensureSchema, shareDatabase } from '../start/database.ts'
import { print } from '../start/print.ts'

export type AuditSaid = { journal?: string; json?: boolean }

/**
 * Checks the invariants of the books, beside a running program too, and prints what does not hold.
 * The exit code is 0 when all of them do, and 2 when not.
 *
 * Source: DESIGN §9.
 */
export async function auditCommand(config: Config, said: AuditSaid): Promise<void> {
  const journal = said.journal === undefined ? null : openJournal(said.journal)
  const database = await shareDatabase(config)
  try {
    await ensureSchema(database, { mayMigrate: false })
    const { findings, counts, tookMs } = await audit(database.url, {
      now: systemClock(),
      ...(journal && { journal }),
    })
    if (said.json) {
      const shown = { findings, counts, tookMs }
      const asNumber = (_: string, value: unknown) =>
        typeof value === 'bigint' ? Number(value) : value
      print(JSON.stringify(shown, asNumber))
    } else {
      for (const { invariant, institutionId, what, problem } of findings) {
        print(`${invariant}  ${institutionId}  ${what}: ${problem}`)
      }
      const { institutions, payments, transfers, accounts } = counts
      print(
        `${findings.length} findings in ${institutions} institutions, ${payments} payments, ` +
          `${transfers} transfers and ${accounts} accounts (${Math.round(tookMs)} ms).`,
      )
    }
    if (findings.length > 0) process.exitCode = 2
  } finally {
    await database.close()
  }
}

function openJournal(file: string) {
  try {
    return readJournal(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new OperatorError(`${file} is no journal that can be read; name another file.`, { cause })
  }
}
