import { openDb, openLanes, type DbOptions } from '../modules/database/database.ts'
import { AppError } from '../modules/errors/errors.ts'
import type { Io, Log } from '../modules/io/io.ts'
import { systemClock, type Clock } from '../modules/lib/clock.ts'
import { compileIssuers, type Issuer, type IssuerTable } from '../modules/paycode/paycode.ts'
import {
  issuerVersion,
  readInstitution,
  readIssuers,
  type InstitutionRecord,
} from '../modules/party/party.ts'
import { tellOfHealth } from './channel-health.ts'
import { openChannels, type OpenChannels } from './channels.ts'
import { startFollowing } from './following.ts'
import type { Keys } from './keys.ts'
import { openRouteRules } from './route-rules.ts'
import { openSettings } from './settings.ts'

// How old a copy of the issuers and of an institution's terms may be. Source: DESIGN §10.
const COPY_MS = 1_500

export type IoOptions = {
  databaseUrl: string
  keys: Pick<Keys, 'pepper' | 'aliasKey' | 'masterKey'>
  log: Log
  now?: Clock
  poolSize?: number
  /** The role that statements run as; null keeps the role of the login. */
  role?: string | null
}

/** What the entry itself needs besides what it hands down. */
export type OpenIo = Io & {
  /** Calls back after commits of this process. Answers how to stop that. */
  onPoke(listener: (institutionId: string) => void): () => void
  readonly channels: OpenChannels
  /** Reads the channel accounts as they stand now, instead of within 2 s. */
  refreshChannels(): Promise<void>
  /** Reads the routing rules as they stand now, instead of within 2 s. */
  refreshRouteRules(): Promise<void>
  /** Reads the settings as they stand now, instead of within 2 s. */
  refreshSettings(): Promise<void>
  /** Batches since the start, and what waits now, for /metrics. */
  readonly lanes: LaneFigures
  close(): Promise<void>
}

export type LaneFigures = {
  waiting(): Record<string, number>
  onBatch(listener: (step: string, size: number, tookMs: number) => void): void
  /** Statements that wait for a connection. */
  waitingForConnection(): number
}

/**
 * Opens the outside: the pool, the lanes, and the copies of the few rows that every process holds.
 * The issuers are there when it answers.
 *
 * @throws when the database cannot be reached or has no schema
 */
export async function openIo(options: IoOptions): Promise<OpenIo> {
  const { databaseUrl: url, log, now = systemClock, poolSize = 16, role } = options
  const { pepper, aliasKey, masterKey } = options.keys
  const open = (more: Pick<DbOptions, 'poolSize' | 'isKeyed'>) =>
    openDb({
      ...{ url, ...more, ...(role !== undefined && { role }) },
      onIdleError: (err) => log.warn({ err }, 'an idle connection to the database broke'),
    })
  // Lanes go by keys; everything else may be a list or a report and wants a plan that fits it.
  const db = open({ poolSize: Math.ceil(poolSize / 2) })
  const laneDb = open({ poolSize: Math.ceil(poolSize / 2), isKeyed: true })
  const close = async () => void (await Promise.all([db.close(), laneDb.close()]))
  let onBatch: (step: string, size: number, tookMs: number) => void = () => undefined
  const lanes = openLanes(laneDb, { onBatch: (step, size, tookMs) => onBatch(step, size, tookMs) })
  const listeners = new Set<(institutionId: string) => void>()
  const opening = [
    holdIssuers(db, { log, now }),
    openChannels({ db, log, now, masterKey }),
    openRouteRules({ db, log, now }),
    openSettings({ db, log }),
  ] as const
  const [issuers, channels, rules, settings] = await Promise.all(opening).catch(
    async (error: unknown) => {
      // Whatever of them did open stops its timers before the pool goes.
      for (const one of await Promise.allSettled(opening)) {
        if (one.status === 'fulfilled') await one.value.stop()
      }
      await close()
      throw error
    },
  )

  const io: OpenIo = {
    db,
    now,
    log,
    ...{ pepper, aliasKey, masterKey },
    batched: lanes.batched,
    issuers: issuers.table,
    institution: withTerms(holdInstitutions(db), settings.at),
    settings: settings.at,
    refreshSettings: settings.refresh,
    channels,
    refreshChannels: channels.refresh,
    routeRules: rules.of,
    refreshRouteRules: rules.refresh,
    poke: (institutionId) => listeners.forEach((listener) => listener(institutionId)),
    onPoke(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    lanes: {
      waiting: lanes.waiting,
      onBatch: (listener) => (onBatch = listener),
      waitingForConnection: () => db.waiting() + laneDb.waiting(),
    },
    async close() {
      await issuers.stop()
      await channels.stop()
      await rules.stop()
      await settings.stop()
      await close()
    },
  }
  tellOfHealth(io)
  return io
}

type Reads = Pick<Io['db'], 'read'>

/** A copy of the issuers that follows the version row; compiled anew as validity begins and ends. */
async function holdIssuers(db: Reads, { log, now }: Pick<Io, 'log' | 'now'>) {
  let version = -1n
  let issuers: readonly Issuer[] = []
  let table: IssuerTable

  async function follow(): Promise<void> {
    // The version first: what is changed in between is seen by the next look.
    const newest = await issuerVersion(db)
    if (newest !== version) {
      issuers = await readIssuers(db)
      version = newest
    }
    table = compileIssuers(issuers, now())
  }

  const following = await startFollowing(follow, {
    ...{ everyMs: COPY_MS, log, trouble: 'the issuers cannot be read again' },
  })
  return { ...following, table: () => table }
}

/** Institutions with the terms that their settings say now. */
const withTerms =
  (
    read: (institutionId: string) => Promise<InstitutionRecord>,
    settings: Io['settings'],
  ): Io['institution'] =>
  async (institutionId) => {
    const institution = await read(institutionId)
    const now = settings(institutionId)
    return {
      ...institution,
      codeLifeSeconds: now.integer('code.life_seconds'),
      codeGraceSeconds: now.integer('code.grace_seconds'),
      confirmSeconds: now.integer('payment.confirm_seconds'),
      guessesPerTerminalDay: now.integer('code.guesses_per_terminal_day'),
    }
  }

/** Institutions by id, read again when the copy is old; callers that come together read once. */
function holdInstitutions(db: Reads): (institutionId: string) => Promise<InstitutionRecord> {
  type Copy = { found: Promise<InstitutionRecord>; readAtMs: number }
  const copies = new Map<string, Copy>()
  return (institutionId) => {
    const nowMs = performance.now()
    const copy = copies.get(institutionId)
    if (copy && nowMs - copy.readAtMs < COPY_MS) return copy.found
    const found = readInstitution(db, institutionId)
    copies.set(institutionId, { found, readAtMs: nowMs })
    found.catch((error: unknown) => {
      // What failed is not kept, and what does not exist must not fill the memory.
      copies.delete(institutionId)
      if (copy && !(error instanceof AppError)) copies.set(institutionId, copy)
    })
    return found
  }
}
