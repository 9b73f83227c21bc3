import pg from 'pg'

import { backoffMs, sleep } from '../lib/retry.ts'
import { isSilence, isTransient, withSession } from './connection.ts'
import { Group } from './group.ts'
import type { Sql } from './sql.ts'

export { isTransient, sqlState } from './connection.ts'
export { openLanes, type Batched, type Step } from './lane.ts'
export { loadSql, type Sql } from './sql.ts'
export { refreshStatistics } from './statistics.ts'

// int8 is money and counts: never a float. Source: DESIGN §10.
pg.types.setTypeParser(pg.types.builtins.INT8, BigInt)

/**
 * One open transaction. `many` answers the rows of a statement. `send` does not wait: the statement
 * travels with its neighbours, and its error, if any, fails the transaction before it commits.
 */
export type Tx = {
  many<Row>(sql: Sql, values?: readonly unknown[]): Promise<Row[]>
  send(sql: Sql, values: readonly unknown[]): void
}

export type Db = {
  /** One statement on its own, outside any transaction. */
  read<Row>(sql: Sql, values?: readonly unknown[]): Promise<Row[]>
  /**
   * Runs `work` in one READ COMMITTED transaction and commits. On a passing error (connection lost,
   * deadlock, lock time-out, a unique key taken meanwhile) the whole of it runs again, up to
   * `tries` times, so `work` must make its ids outside and stand being run twice.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>, options?: { tries?: number }): Promise<T>
  /** How many statements could not get a connection and wait for one. */
  waiting(): number
  close(): Promise<void>
}

export type DbOptions = {
  url: string
  poolSize?: number
  /** The role that the program works as; null keeps the role of the login. Source: DESIGN §5. */
  role?: string | null
  /**
   * For statements that go by whole keys, as lanes and queues do: each is planned once and by an
   * index, whatever the server believes of the tables. Not for lists and reports.
   */
  isKeyed?: boolean
  /** Told about connections that broke while idle; the pool replaces them by itself. */
  onIdleError?: (error: Error) => void
}

/**
 * Opens a pool. Statements are cut off after 5 s and wait for a lock no longer than 2 s; a server
 * that does not answer at all is given up after 8 s.
 *
 * Source: DESIGN §5 (lock_timeout, statement_timeout); reliability.md §5 (why pg).
 */
export function openDb(options: DbOptions): Db {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize ?? 16,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 5_000,
    lock_timeout: 2_000,
    query_timeout: 8_000,
    idle_in_transaction_session_timeout: 15_000,
    keepAlive: true,
    // A new connection must prepare every statement anew, in the middle of somebody's payment.
    idleTimeoutMillis: 600_000,
    application_name: 'onetill',
    ...withSession({
      role: options.role === undefined ? 'onetill_app' : options.role,
      isKeyed: options.isKeyed ?? false,
    }),
  })
  let isClosing = false
  pool.on('error', (error) => {
    // A server that stops with us says so to each connection; that is no news.
    if (!isClosing) options.onIdleError?.(error)
  })

  async function transaction<T>(
    work: (tx: Tx) => Promise<T>,
    { tries = 5 }: { tries?: number } = {},
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await once(pool, work)
      } catch (error) {
        if (attempt >= tries || !isTransient(error)) throw error
        await sleep(backoffMs(attempt, { firstWaitMs: 20, longestWaitMs: 1_000 }))
      }
    }
  }

  return {
    read: <Row>(sql: Sql, values: readonly unknown[] = []) =>
      lend(pool, async ({ query, drop }) => {
        const rows = query<Row>(sql, values)
        rows.catch(drop)
        return rows
      }),
    transaction,
    waiting: () => pool.waitingCount,
    close() {
      isClosing = true
      return pool.end()
    },
  }
}

/** What a connection is borrowed for: statements, each of which leaves with those of the same moment. */
type Talk = {
  query<Row>(sql: Sql, values: readonly unknown[]): Promise<Row[]>
  /** Sends now what has gathered. */
  leave(): void
  /** Whatever was asked, in order. */
  readonly sent: readonly Promise<unknown>[]
  rollback(): Promise<void>
  /** Has the connection closed when it is given back. */
  drop(): void
}

/** Lends a connection to `work`. One that broke, or of which nothing is known, is not used again. */
async function lend<T>(pool: pg.Pool, work: (talk: Talk) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  // A connection that dies while it is ours says so by an event as well as by the failed query.
  const onError = (error: Error) => (broken = error)
  client.on('error', onError)
  const drop = () => void (broken ??= new Error('nobody knows how it stands with the connection'))
  const sent: Promise<unknown>[] = []
  let group = new Group(drop)
  const leave = () => {
    if (group.isEmpty) return
    client.query(group)
    group = new Group(drop)
  }
  try {
    return await work({
      query<Row>(sql: Sql, values: readonly unknown[]) {
        if (group.isEmpty) process.nextTick(leave)
        const answer = group.add(sql, values) as Promise<Row[]>
        sent.push(answer)
        answer.catch(() => undefined) // looked at later; a rejection must not go unhandled before
        return answer
      },
      ...{ leave, drop, sent },
      rollback: async () =>
        void (await client.query('rollback').catch((error: unknown) => (broken = asError(error)))),
    })
  } finally {
    client.off('error', onError)
    client.release(broken)
  }
}

const once = <T>(pool: pg.Pool, work: (tx: Tx) => Promise<T>): Promise<T> =>
  lend(pool, async ({ query, leave, sent, rollback, drop }) => {
    try {
      void query(begin, [])
      const result = await work({
        many: (sql, values = []) => query(sql, values),
        send: (sql, values) => void query(sql, values),
      })
      // COMMIT leaves with the last writes: after a failed statement the server does not come to it.
      void query(commit, [])
      leave()
      await Promise.all(sent)
      return result
    } catch (error) {
      leave() // What was asked goes before the rollback, never after it.
      // A server that is silent would not answer to that either.
      if (isSilence(error)) drop()
      else await rollback()
      throw await firstError(sent, error)
    }
  })

const begin: Sql = { name: 'begin', text: 'begin isolation level read committed' }
const commit: Sql = { name: 'commit', text: 'commit' }

/** Of all statements the first that failed is the cause; the rest only say "aborted". */
async function firstError(sent: readonly Promise<unknown>[], error: unknown): Promise<unknown> {
  const settled = await Promise.allSettled(sent)
  const failed = settled.find((one) => one.status === 'rejected')
  return failed ? (failed.reason as unknown) : error
}

const asError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)))
