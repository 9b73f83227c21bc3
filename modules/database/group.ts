import pg from 'pg'
import type { Connection } from 'pg'
// The driver's own rule for a value as a parameter; its front door does not offer it.
import driver from 'pg/lib/utils.js'

import { bindValues } from './array.ts'
import { sqlState } from './connection.ts'
import type { Sql } from './sql.ts'

type Row = Record<string, unknown>
type Field = { name: string; read(value: string): unknown }
type Described = { name: string; dataTypeID: number }

type Item = {
  sql: Sql
  values: unknown[]
  /** New to this connection, so that it is parsed and described first. */
  isNew: boolean
  fields: Field[]
  rows: Row[]
  resolve(rows: Row[]): void
  reject(error: unknown): void
}

/** What a connection has prepared, and how each statement's rows look. */
const prepared = new WeakMap<Connection, Map<string, Field[]>>()

/**
 * Statements that leave in one write and are answered in one: they share one Sync. One by one each would
 * cost a system call and a wake-up on both sides, which for a single payment is more than its work. The
 * first that fails ends the group: the server skips the rest.
 *
 * Source: PostgreSQL manual, Message Flow, Extended Query and Pipelining; docs/performance.md.
 */
export class Group implements pg.Submittable {
  /** Set by the driver, which ends its timer by it. */
  callback?: (error?: unknown) => void
  readonly #items: Item[] = []
  readonly #onDoubt: () => void
  #answered = 0
  #unsent: unknown = null

  /** @param onDoubt told when nobody knows any more what the connection has prepared: drop it */
  constructor(onDoubt: () => void) {
    this.#onDoubt = onDoubt
  }

  get isEmpty(): boolean {
    return this.#items.length === 0
  }

  /** Adds a statement and answers its rows. Only before the group is sent. */
  add(sql: Sql, values: readonly unknown[]): Promise<Row[]> {
    return new Promise((resolve, reject) => {
      const bound = bindValues(sql, values)
      this.#items.push({ sql, values: bound, isNew: false, fields: [], rows: [], resolve, reject })
    })
  }

  /** Called by the driver when the connection is free. */
  submit(connection: Connection): void {
    let known = prepared.get(connection)
    if (!known) prepared.set(connection, (known = new Map<string, Field[]>()))
    connection.stream.cork()
    try {
      for (const item of this.#items) send(connection, item, known)
    } catch (error) {
      this.#unsent = error // A value that cannot be written. What was sent is answered all the same.
    } finally {
      connection.sync()
      connection.stream.uncork()
    }
  }

  handleRowDescription({ fields }: { fields: readonly Described[] }): void {
    // One array for all that this statement will answer on this connection.
    const described = fields.map(({ name, dataTypeID }) => ({
      ...{ name, read: pg.types.getTypeParser(dataTypeID) as Field['read'] },
    }))
    this.#items[this.#answered]?.fields.push(...described)
  }

  handleDataRow({ fields: values }: { fields: readonly (string | null)[] }): void {
    const { fields, rows, reject } = this.#items[this.#answered] as Item
    const row: Row = {}
    try {
      for (const [at, { name, read }] of fields.entries()) {
        const value = values[at]
        row[name] = value == null ? null : read(value)
      }
      rows.push(row)
    } catch (error) {
      reject(error) // Thrown from here it would end the process, and not the one who asked.
    }
  }

  handleCommandComplete(): void {
    this.#answered += 1
  }

  handleReadyForQuery(): void {
    if (this.#unsent !== null) return this.handleError(this.#unsent)
    this.callback?.()
    for (const { resolve, rows } of this.#items) resolve(rows)
  }

  handleError(error: unknown): void {
    this.callback?.(error)
    for (const { resolve, rows } of this.#items.slice(0, this.#answered)) resolve(rows)
    const open = this.#items.slice(this.#answered)
    const isStale = staleStates.has(sqlState(error))
    if (isStale || open.some(({ isNew }) => isNew)) this.#onDoubt()
    for (const { reject } of open) reject(error)
  }
}

// The tables have changed since it was prepared; or somebody has discarded it.
const staleStates = new Set(['0A000', '26000'])

function send(connection: Connection, item: Item, known: Map<string, Field[]>): void {
  const { name, text } = item.sql
  const fields = known.get(name)
  item.isNew = !fields
  item.fields = fields ?? []
  if (!fields) {
    connection.parse({ name, text, types: [] }, true)
    known.set(name, item.fields)
  }
  connection.bind({ statement: name, values: item.values.map(driver.prepareValue) }, true)
  if (!fields) connection.describe({ type: 'P', name: '' }, true)
  connection.execute({ portal: '' }, true)
}
