import { spawn, type StdioOptions } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, realpathSync } from 'node:fs'
import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

import pg from 'pg'

import { sleep } from '../lib/retry.ts'
import { cleanEnvironment, findBinaries, type Binaries } from './embedded-binaries.ts'
import { explain, prepareFiles, type Files } from './embedded-files.ts'
import { OperatorError } from './operator-error.ts'
import { haveEnded, isAlive, postgresIn, serverName, signal } from './processes.ts'

export type EmbeddedOptions = {
  /** Everything is kept below it. The caller holds the folder's lock: one server a folder. */
  folder: string
  log?: { info(message: string): void; warn(message: string): void }
  /** Settings of the server beside ours; a proof that durability matters turns it off here. */
  settings?: Readonly<Record<string, string>>
}

export type Embedded = {
  /** Of the database `onetill`, over the socket; stays the same when the server is restarted. */
  url: string
  /** For `psql -h`, with port 5432 and user onetill. */
  socketFolder: string
  /** The process number of the server as it now runs. */
  pid(): number
  /** How often the server had to be started again since. */
  restarts(): number
  /** Ends all sessions, writes everything out and waits for the end, no longer than `withinMs`. */
  stop(withinMs?: number): Promise<void>
}

// Durability is never for sale (DESIGN §5). A dead caller's statement ends within two seconds. Of
// the messages only starts, stops and disasters are kept: errors of statements reach the caller.
// What a killed server has to replay is bounded by max_wal_size: 957 MB of pgbench's TPC-B took 4.4 s
// on two busy cores (2 GB would not keep the promised 10 s), and compressing it made that slower.
const ourSettings: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  max_connections: '100',
  shared_buffers: '256MB',
  max_wal_size: '1GB',
  checkpoint_timeout: '15min',
  jit: 'off',
  client_connection_check_interval: '2s',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'log',
  log_checkpoints: 'off',
}

/**
 * Starts the embedded PostgreSQL in `folder`, or takes over the one that a killed process left
 * running there, and keeps it running: when the server dies, it is started again and callers only
 * see their connections break. It speaks on a Unix socket in a folder of mode 700 and on no port.
 *
 * Source: DESIGN §7; reference/dependencies.md §3; PostgreSQL 18 manual §18.5 (signals of the
 * server), §19.3 (postmaster.pid).
 *
 * @throws OperatorError when the person who starts it has something to mend first.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 })
  const folder = realpathSync(options.folder)
  const log = options.log ?? { info: () => undefined, warn: () => undefined }
  const binaries = findBinaries()
  const files = prepareFiles(folder, binaries)
  const words = serverWords(files, binaries, options.settings ?? {})

  let stopping = false
  let pid = await adopt(files, words)
  const run = () =>
    launch(files, words, (started) => {
      pid = started
      if (stopping) signal(started, 'SIGQUIT') // it was on its way when the wish to stop came
    })
  if (pid === 0) await run()
  else log.info('took over the PostgreSQL that an earlier run left')
  await makeDatabase(files)

  let restarts = 0
  let restarting: Promise<void> | null = null

  async function restart(): Promise<void> {
    for (let waitMs = 50; !stopping; waitMs = Math.min(waitMs * 2, 2_000)) {
      try {
        await endLeftovers(files)
        await run()
        restarts += 1
        return log.info(`PostgreSQL runs again, process ${pid}`)
      } catch (error) {
        if (stopping) return
        log.warn(`PostgreSQL does not start: ${(error as Error).message}`)
        await sleep(waitMs)
      }
    }
  }

  const watch = setInterval(() => {
    if (restarting || isAlive(pid)) return
    log.warn('PostgreSQL ended unexpectedly and is started again')
    restarting = restart().finally(() => (restarting = null))
  }, 100)
  watch.unref()

  return {
    url: urlOf(files, 'onetill'),
    socketFolder: files.socketFolder,
    pid: () => pid,
    restarts: () => restarts,
    async stop(withinMs = 9_000) {
      stopping = true
      clearInterval(watch)
      await endServer(pid, files, withinMs)
      await restarting
      await endServer(pid, files, 1_000)
      pid = 0
    },
  }
}

/** The address of a database of the server, for `pg`, `psql` and `pgbench` alike. */
function urlOf(files: Files, database: string): string {
  const host = encodeURIComponent(files.socketFolder)
  return `postgresql:///${database}?host=${host}&port=5432&user=onetill`
}

function serverWords(
  files: Files,
  binaries: Binaries,
  more: Readonly<Record<string, string>>,
): string[] {
  const settings = { ...ourSettings, unix_socket_directories: files.socketFolder, ...more }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const words = [...binaries.command('postgres'), '-D', files.cluster, '-p', '5432', ...flags]
  // The name tells a server of this version with these settings from any other, see `adopt`.
  const told = createHash('sha256')
    .update(`${binaries.version} ${words.join(' ')}`)
    .digest('hex')
  return [...words, '-c', `cluster_name=${serverName(files.cluster)}-${told.slice(0, 12)}`]
}

/** Takes over a server that is as we would start it; any other that is left is ended. 0: none. */
async function adopt(files: Files, words: readonly string[]): Promise<number> {
  const pid = readPidFile(files)?.pid ?? 0
  if (postgresIn(files.cluster).includes(pid)) {
    const opts = join(files.cluster, 'postmaster.opts')
    const isOurs = existsSync(opts) && readFileSync(opts, 'utf8').includes(words.at(-1) ?? '-')
    // Without its socket it cannot be reached: somebody has cleaned up below it.
    const hasSocket = existsSync(join(files.socketFolder, '.s.PGSQL.5432'))
    if (isOurs && hasSocket && (await isReady(pid, files))) return pid
    await endServer(pid, files)
  }
  await endLeftovers(files)
  return 0
}

/** Waits while the server replays its log, however long; false when it ended instead. */
async function isReady(pid: number, files: Files): Promise<boolean> {
  while (isAlive(pid)) {
    const written = readPidFile(files)
    if (written?.pid === pid && written.ready) return true
    await sleep(10)
  }
  return false
}

/**
 * Ends what a dead server left: its children, which notice by themselves unless they are busy, and
 * then its pid files, whose number may by now be another process's, or a dead one's that nobody has
 * reaped. Nobody else can be starting a server here, since the caller holds the folder's lock.
 */
async function endLeftovers(files: Files): Promise<void> {
  const left = postgresIn(files.cluster)
  if (!(await haveEnded(left, 500))) {
    for (const pid of left) signal(pid, 'SIGKILL')
    await haveEnded(left, 2_000)
  }
  rmSync(join(files.cluster, 'postmaster.pid'), { force: true })
  for (const name of ['.s.PGSQL.5432', '.s.PGSQL.5432.lock']) {
    rmSync(join(files.socketFolder, name), { force: true })
  }
}

async function launch(
  files: Files,
  words: readonly string[],
  started: (pid: number) => void,
): Promise<void> {
  const log = openSync(files.log, 'a', 0o600)
  const logStart = statSync(files.log).size
  const [program = '', ...rest] = words
  // In a session of its own, or Ctrl-C would stop it before the requests in flight are answered.
  const stdio: StdioOptions = ['ignore', log, log]
  const child = spawn(program, rest, { detached: true, stdio, env: cleanEnvironment })
  closeSync(log)
  child.unref()
  const failed = once(child, 'error').then(([error]) => Promise.reject(error as Error))
  if (child.pid === undefined) return failed
  failed.catch(() => undefined) // it did start, so what may come later is seen by the watch
  started(child.pid)
  if (await isReady(child.pid, files)) return
  const said = readFileSync(files.log).subarray(logStart).toString()
  throw new OperatorError(explain(said, files.cluster))
}

/** Source: PostgreSQL, miscadmin.h: line 1 is the process, line 8 the state. */
function readPidFile(files: Files): { pid: number; ready: boolean } | undefined {
  try {
    const lines = readFileSync(join(files.cluster, 'postmaster.pid'), 'utf8').split('\n')
    return { pid: Number(lines[0]), ready: lines[7]?.trim() === 'ready' }
  } catch {
    return undefined // not written yet, or removed meanwhile
  }
}

async function makeDatabase(files: Files): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(files, 'postgres') })
  await client.connect()
  try {
    const found = await client.query(`select from pg_database where datname = 'onetill'`)
    if (found.rowCount === 0) await client.query('create database onetill')
  } finally {
    await client.end()
  }
}

/** Asks in three steps: a fast shutdown (SIGINT), an immediate one (SIGQUIT), and the kill. */
async function endServer(pid: number, files: Files, withinMs = 9_000): Promise<void> {
  const steps = [
    ['SIGINT', Math.max(withinMs - 1_500, 500)],
    ['SIGQUIT', 1_000],
  ] as const
  for (const [name, waitMs] of steps) {
    if (!isAlive(pid)) return
    signal(pid, name)
    if (await haveEnded([pid], waitMs)) return
  }
  const left = postgresIn(files.cluster)
  for (const one of left) signal(one, 'SIGKILL')
  await haveEnded(left, 500)
}
