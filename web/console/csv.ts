export type CsvColumn<Row> = { title: string; cell: (row: Row) => string | number }

// Excel takes a file for UTF-8 only when it begins so.
const BYTE_ORDER_MARK = '\uFEFF'
const isNumber = /^-?\d+(\.\d+)?$/

/**
 * One cell of a CSV file. What a spreadsheet would run as a formula gets an apostrophe in front;
 * plain numbers, also negative ones, stay as they are.
 *
 * Source: OWASP, CSV Injection; RFC 4180 for the quotes.
 */
export function csvCell(value: string | number): string {
  const text = String(value)
  const isFormula = /^[\s]*[=+\-@\t\r]/.test(text) && !isNumber.test(text)
  const safe = isFormula ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe
}

/** The first line of a file, with the mark that makes Excel read Chinese. */
export function csvHead<Row>(columns: readonly CsvColumn<Row>[]): string {
  return BYTE_ORDER_MARK + csvLine(columns.map(({ title }) => title))
}

/** The lines of some rows. */
export function csvRows<Row>(columns: readonly CsvColumn<Row>[], rows: readonly Row[]): string {
  return rows.map((row) => csvLine(columns.map(({ cell }) => cell(row)))).join('')
}

function csvLine(cells: readonly (string | number)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}
