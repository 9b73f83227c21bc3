import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { renameSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { cleanEnvironment, giveTo, type Binaries } from './embedded-binaries.ts'
import { OperatorError } from './operator-error.ts'

/** Where the embedded PostgreSQL keeps what. */
export type Files = {
  cluster: string
  socketFolder: string
  log: string
}

// A socket's path has 107 bytes; PostgreSQL adds `/.s.PGSQL.5432` and, beside it, `.lock`.
const SOCKET_FOLDER_BYTES = 107 - '/.s.PGSQL.5432.lock'.length

/**
 * Makes the folders that are missing, and the cluster on first use. The cluster is made beside its
 * place and moved there, so a start killed half-way leaves nothing that looks finished.
 *
 * @throws OperatorError when the cluster was made by another major version of PostgreSQL.
 */
export function prepareFiles(folder: string, binaries: Binaries): Files {
  const files: Files = {
    cluster: join(folder, 'postgres'),
    socketFolder: socketFolderFor(folder),
    log: join(folder, 'postgres.log'),
  }
  if (!existsSync(files.cluster)) makeCluster(files.cluster, binaries)
  refuseOtherMajor(files.cluster, binaries.version)
  makePrivate(files.socketFolder)
  for (const path of [files.cluster, files.socketFolder]) giveTo(binaries.owner, path)
  // Only starts, stops and disasters are logged, so one old file beside the new one is plenty.
  const oldLog = statSync(files.log, { throwIfNoEntry: false })
  if (oldLog && oldLog.size > 1_000_000) renameSync(files.log, `${files.log}.1`)
  return files
}

function makeCluster(cluster: string, binaries: Binaries): void {
  const unfinished = `${cluster}.new`
  rmSync(unfinished, { recursive: true, force: true })
  makePrivate(unfinished)
  giveTo(binaries.owner, unfinished)
  const [program = '', ...words] = binaries.command('initdb')
  // The folder's mode is the lock on the door: only its owner reaches the socket, so the server
  // need not ask again, and over TCP it does not listen at all.
  const how = ['--username=onetill', '--auth-local=trust', '--auth-host=reject', '--data-checksums']
  const what = ['--locale=C', '--encoding=UTF8', '--no-instructions', `--pgdata=${unfinished}`]
  try {
    execFileSync(program, [...words, ...how, ...what], { stdio: 'pipe', env: cleanEnvironment })
  } catch (cause) {
    const said = String((cause as { stderr?: unknown }).stderr ?? cause)
    throw new OperatorError(explain(said, unfinished), { cause })
  }
  renameSync(unfinished, cluster)
}

/** One sentence for the person, out of what the server said last. */
export function explain(said: string, place: string): string {
  if (/no space left on device|disk quota exceeded/i.test(said)) {
    return `The disk of ${place} is full; free some space and start again.`
  }
  const words = said.split('\n').filter((line) => /FATAL|PANIC|error:/.test(line))
  const last = words.at(-1)?.replace(/^.*?(FATAL|PANIC|error): */, '') ?? 'it gave no reason'
  return `PostgreSQL could not start in ${place} (${last.trim()}); mend that and start again.`
}

function refuseOtherMajor(cluster: string, version: string): void {
  const made = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim()
  const ours = version.split('.')[0]
  if (made === ours) return
  throw new OperatorError(
    `The data in ${cluster} is of PostgreSQL ${made} and this OneTill brings ${ours}; make a backup ` +
      'with the OneTill that wrote it and restore it into a new data folder.',
  )
}

function socketFolderFor(folder: string): string {
  const near = join(folder, 'socket')
  if (Buffer.byteLength(near) <= SOCKET_FOLDER_BYTES) return near
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 12)
  return join(tmpdir(), `onetill-${name}`)
}

function makePrivate(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const made = lstatSync(folder)
  // Below /tmp anybody can have made it first, and would then see all that goes through.
  const us = process.getuid?.() ?? 0
  const isOurs = made.isDirectory() && (made.uid === us || us === 0)
  if (!isOurs) {
    throw new OperatorError(
      `The folder ${folder} belongs to somebody else; remove it and try again.`,
    )
  }
  chmodSync(folder, 0o700)
}
