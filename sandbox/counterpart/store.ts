import { closeSync, existsSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs'

/** Rows by id. What is answered belongs to the table: put a changed copy, do not change it. */
export type Table<Row> = {
  readonly size: number
  get(id: string): Row | undefined
  put(id: string, row: Row): void
  delete(id: string): void
  /** In the order in which their ids first came. */
  all(): Row[]
}

export type Store = { table<Row>(name: string): Table<Row>; close(): void }

type Line = [table: string, id: string, row?: unknown]

/**
 * Opens tables that live in memory and, when a file is named, in its journal: one line a change,
 * read back at the next start. A last line that was cut off by a kill is dropped. The journal is
 * handed to the machine line by line and not synced: it survives the process, not the power.
 */
export function openStore(file?: string): Store {
  const tables = new Map<string, Map<string, unknown>>()
  const rowsOf = (name: string) => {
    const rows = tables.get(name) ?? new Map<string, unknown>()
    tables.set(name, rows)
    return rows
  }
  if (file !== undefined && existsSync(file)) {
    for (const [table, id, row] of readJournal(file)) {
      if (row === undefined) rowsOf(table).delete(id)
      else rowsOf(table).set(id, row)
    }
  }
  const journal = file === undefined ? undefined : openSync(file, 'a', 0o600)
  const write = (line: Line) => {
    if (journal !== undefined) writeSync(journal, `${JSON.stringify(line, writeMinor)}\n`)
  }
  return {
    table: <Row>(name: string) => openTable<Row>(rowsOf(name) as Map<string, Row>, name, write),
    close: () => {
      if (journal !== undefined) closeSync(journal)
    },
  }
}

function openTable<Row>(
  rows: Map<string, Row>,
  name: string,
  write: (line: Line) => void,
): Table<Row> {
  return {
    get size() {
      return rows.size
    },
    get: (id) => rows.get(id),
    put: (id, row) => {
      rows.set(id, row)
      write([name, id, row])
    },
    delete: (id) => {
      if (rows.delete(id)) write([name, id])
    },
    all: () => [...rows.values()],
  }
}

function readJournal(file: string): Line[] {
  const journal = readFileSync(file)
  const end = journal.lastIndexOf('\n') + 1
  if (end < journal.length) truncateSync(file, end)
  const lines = journal.subarray(0, end).toString('utf8').split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line, readMinor) as Line)
}

// JSON has no bigint, and an amount must not come back as a double.
function writeMinor(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? { minor: String(value) } : value
}

function readMinor(_key: string, value: unknown): unknown {
  const isAmount =
    typeof value === 'object' &&
    value !== null &&
    'minor' in value &&
    typeof value.minor === 'string' &&
    Object.keys(value).length === 1
  return isAmount ? BigInt(String(value.minor)) : value
}
