import type pg from 'pg'

import { loadSql } from '../database/database.ts'
import type { Problem } from './audit.ts'

const sql = loadSql(new URL('./audit.sql', import.meta.url))

// A payment code of ours or of a known scheme, a bearer token, or digits that may be a card number.
// Word borders on both sides keep ids and hashes out of it.
const codes = String.raw`\m(8[0-9][0-9]{16}|1[0-5][0-9]{16}|(2[5-9]|30)[0-9]{14,22}|62[0-9]{17})\M`
const tokens = String.raw`\m(sk|tk|ps|ss|pk)_[a-z0-9]{1,16}_[A-Za-z0-9_-]{43}`
const cards = String.raw`\m[3-6][0-9]{12,18}\M`

// What merchants name themselves is theirs, and may look like anything: a barcode like a card number.
const theirs = String.raw`"(order_no|orderNo|sale_no|saleNo|sku|barcode)": *"([^"\\]|\\.)*"`

/**
 * Looks for payment codes, card numbers and bearer tokens in clear in every text column of an
 * institution's tables. Answers the columns, and never what stands in them.
 *
 * Source: I10; P3; DESIGN §6 (no code is stored but as hash and mask).
 */
export async function findLeaks(client: pg.Client, institutionId: string): Promise<Problem[]> {
  type Column = { table_name: string; column_name: string }
  const { rows: columns } = await client.query<Column>(sql('text_columns').text)
  const problems: Problem[] = []
  for (const { table_name: table, column_name: column } of columns) {
    const text = `regexp_replace(${client.escapeIdentifier(column)}::text, $3, '', 'g')`
    const { rows } = await client.query<{ leak: string }>(
      `select substring(${text} from $2) as leak from ${client.escapeIdentifier(table)}
       where institution_id = $1 and ${text} ~ $2 limit 50`,
      [institutionId, `(${codes}|${tokens}|${cards})`, theirs],
    )
    const leaks = rows.filter(({ leak }) => !/^[3-6]\d{12,18}$/.test(leak) || isLuhn(leak))
    if (leaks.length > 0)
      problems.push({
        what: `${table}.${column}`,
        problem: 'a code, card number or token in clear',
      })
  }
  return problems
}

/** The check digit of card numbers. Source: ISO/IEC 7812-1, annex B. */
function isLuhn(digits: string): boolean {
  let sum = 0
  for (let place = 0; place < digits.length; place++) {
    const digit = Number(digits[digits.length - 1 - place])
    const doubled = place % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}
