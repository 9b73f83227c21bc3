import { startEmbedded, type Embedded } from '../../modules/database/embedded.ts'
import {
  appRole,
  migrate,
  readMigrations,
  readSchema,
  refuseNewer,
} from '../../modules/database/migrate.ts'
import { OperatorError } from '../../modules/database/operator-error.ts'
import type { Config } from '../config.ts'
import { isLock, prepareFolder, takeFolder, takenSentence, type FolderLock } from './folder.ts'
import { findKeys, type Keys } from '../keys.ts'

/** The log of the server's own life: started, ended unexpectedly, taken over. */
export type ServerLog = { info(message: string): void; warn(message: string): void }

export type OpenDatabase = {
  url: string
  /** What the rows are hashed and encrypted with. */
  keys: Keys
  /** The embedded server, when it is ours to start and to stop. */
  embedded: Embedded | null
  /** Tells those who wait for the data folder that it will be free soon. */
  announceClose(): void
  /** Stops what was started and gives the data folder back. Takes `withinMs` at most. */
  close(withinMs?: number): Promise<void>
}

export type OpenOptions = {
  log?: ServerLog
  /** Looked at when the data folder is ours, and before a server is started for nothing. */
  lastCheck?: () => Promise<void>
}

/**
 * Opens the database to work in alone: the one that DATABASE_URL names, or the embedded one in the
 * data folder, which is then locked for this process.
 *
 * @throws OperatorError when the folder cannot be used, or another process has it.
 */
export async function openDatabase(
  config: Config,
  options: OpenOptions = {},
): Promise<OpenDatabase> {
  prepareNeeded(config)
  if (config.databaseUrl !== null) {
    await options.lastCheck?.()
    return given(config.databaseUrl, findKeys(config))
  }
  const taken = await takeFolder(config.dataFolder)
  if (isLock(taken)) return start(config, taken, options)
  throw new OperatorError(takenSentence(config.dataFolder, taken))
}

/**
 * Opens the database beside whoever works in it: for a look, a backup, an audit. When OneTill runs
 * on the data folder its server is used, and else it is started for as long as this takes.
 *
 * @throws OperatorError as `openDatabase`.
 */
export async function shareDatabase(config: Config): Promise<OpenDatabase> {
  prepareNeeded(config)
  if (config.databaseUrl !== null) return given(config.databaseUrl, findKeys(config))
  const taken = await takeFolder(config.dataFolder)
  if (isLock(taken)) return start(config, taken, {})
  if (taken.databaseUrl !== null) return given(taken.databaseUrl, findKeys(config))
  throw new OperatorError(takenSentence(config.dataFolder, taken))
}

/** With a database and a key from the environment nothing is kept here, and nothing need be writable. */
function prepareNeeded({ databaseUrl, key, dataFolder }: Config): void {
  if (databaseUrl === null || key === null) prepareFolder(dataFolder)
}

const given = (url: string, keys: Keys): OpenDatabase => ({
  url,
  keys,
  embedded: null,
  announceClose: () => undefined,
  close: () => Promise.resolve(),
})

async function start(
  config: Config,
  lock: FolderLock,
  { log, lastCheck }: OpenOptions,
): Promise<OpenDatabase> {
  const folder = config.dataFolder
  try {
    await lastCheck?.()
    // Before the first row: data without its keys is of no use.
    const keys = findKeys(config)
    const embedded = await startEmbedded({ folder, ...(log && { log }) })
    lock.tell({ databaseUrl: embedded.url, isClosing: false })
    return {
      url: embedded.url,
      keys,
      embedded,
      announceClose: () => lock.tell({ databaseUrl: null, isClosing: true }),
      async close(withinMs) {
        await embedded.stop(withinMs)
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

/**
 * Makes sure that the schema is the program's own, and answers the role that statements run as (null:
 * the login's own). The embedded database is migrated by whoever starts it; a shared one only by
 * the command that says so, since a change of the schema is its operators' decision.
 *
 * @throws OperatorError when the database is newer, or has to be migrated first, or cannot be reached.
 */
export async function ensureSchema(
  database: OpenDatabase,
  { mayMigrate }: { mayMigrate: boolean },
): Promise<string | null> {
  const known = readMigrations()
  const found = await readSchema(database.url).catch(unreachable)
  refuseNewer(found.version, known)
  if (mayMigrate || database.embedded) {
    return (await migrate(database.url)).hasRole ? appRole : null
  }
  const needed = known.at(-1)?.version ?? 0
  if (found.version === needed) return found.hasRole ? appRole : null
  throw new OperatorError(
    `The database is at schema ${found.version} and this OneTill needs ${needed}; run ` +
      '"onetill migrate" first.',
  )
}

function unreachable(cause: Error): never {
  throw new OperatorError(
    `The database cannot be reached (${cause.message || (cause as NodeJS.ErrnoException).code}); ` +
      'start it, or correct DATABASE_URL.',
    { cause },
  )
}
