import type pg from 'pg'

import { loadSql } from '../database/database.ts'
import type { Problem } from './audit.ts'

const sql = loadSql(new URL('./audit.sql', import.meta.url))

/** One thing a client was told: this order of this merchant came to this state. */
export type JournalLine = {
  institutionId: string
  merchantId: string
  orderNo: string
  paymentId: string
  state: 'succeeded' | 'failed' | 'reversed' | 'processing'
  amountMinor: string
}

/** Reads a journal: one JSON object a line. A line that was cut off at the end is left out. */
export function readJournal(text: string): JournalLine[] {
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as JournalLine]
    } catch {
      return [] // The writer died in the middle of it: the client was told nothing.
    }
  })
}

/**
 * Compares what clients were told with what is there: an acknowledged payment that is missing,
 * has another id, amount, or final state is a loss.
 *
 * Source: I4; DESIGN §9 (`--journal`).
 */
export async function checkJournal(
  client: pg.Client,
  institutionId: string,
  journal: readonly JournalLine[],
): Promise<Problem[]> {
  const lines = journal.filter((line) => line.institutionId === institutionId)
  const problems: Problem[] = []
  for (let from = 0; from < lines.length; from += 1000) {
    const page = lines.slice(from, from + 1000)
    const ids = page.map(({ paymentId }) => paymentId)
    const { rows } = await client.query<StoredRow>(sql('payments_of_journal').text, [
      institutionId,
      ids,
    ])
    const stored = new Map(rows.map((row) => [row.id, row]))
    for (const line of page) {
      const problem = compare(line, stored.get(line.paymentId))
      if (problem) problems.push({ what: `${line.merchantId} ${line.orderNo}`, problem })
    }
  }
  return problems
}

type StoredRow = {
  merchant_id: string
  order_no: string
  id: string
  state: string
  amount_minor: string
}

function compare(line: JournalLine, stored: StoredRow | undefined): string | null {
  if (!stored) return `acknowledged as ${line.state}, and is not there`
  if (stored.order_no !== line.orderNo || stored.merchant_id !== line.merchantId)
    return 'acknowledged under another order'
  if (stored.amount_minor !== line.amountMinor)
    return `acknowledged with ${line.amountMinor}, and is of ${stored.amount_minor}`
  if (line.state !== 'processing' && stored.state !== line.state)
    return `acknowledged as ${line.state}, and is ${stored.state}`
  return null
}
