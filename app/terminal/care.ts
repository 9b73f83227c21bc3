import { version } from '../version.ts'
import type { Place } from './attempt.ts'
import { Refusal, type Calls } from './calls.ts'

type Beat = { configuration_version: string; interval_seconds: number }

type Configuration = { version: string; is_locked: boolean; lock_reason: string | null }

export type CareOptions = {
  calls: Calls
  place: Place | null
  onConfiguration(configuration: Configuration): void
  /** Whether the server answers, and takes our signature. */
  onHealth(health: 'online' | 'offline' | 'signature'): void
}

const FIRST_INTERVAL_MS = 30_000
const SHORTEST_MS = 5_000
const LONGEST_MS = 300_000

/**
 * Tells the server every so often that this terminal is alive and where it stands, takes over what it
 * wants this terminal to be, and says so.
 */
export function careFor({ calls, place, onConfiguration, onHealth }: CareOptions): {
  /** Reads the configuration now: the server told that it is another one. */
  refresh(): Promise<void>
  close(): void
} {
  let applied: string | undefined
  let isOver = false
  let timer: NodeJS.Timeout | undefined

  let reading: Promise<void> | undefined
  let isStale = false

  // One at a time, and once more for what was told meanwhile: an older answer never comes after.
  function refresh(): Promise<void> {
    isStale = true
    reading ??= readAll().finally(() => (reading = undefined))
    return reading
  }

  async function readAll(): Promise<void> {
    while (isStale && !isOver) {
      isStale = false
      await readOnce()
    }
  }

  async function readOnce(): Promise<void> {
    try {
      const path = '/v1/terminals/current/configuration'
      const configuration = await calls.get<Configuration>(path)
      if (isOver) return
      onConfiguration(configuration)
      if (configuration.version === applied) return
      await calls.post(`${path}/acknowledge`, { version: configuration.version })
      applied = configuration.version
    } catch (error) {
      noteFailure(error)
    }
  }

  function noteFailure(error: unknown): void {
    if (!(error instanceof Refusal)) throw error
    if (error.code.startsWith('SIGNATURE_') || error.status === 401) onHealth('signature')
    else if (error.code === 'NETWORK') onHealth('offline')
  }

  async function beat(): Promise<void> {
    let intervalMs = FIRST_INTERVAL_MS
    try {
      const told = await calls.post<Beat>('/v1/terminals/current/heartbeat', {
        app_version: version,
        ...(applied !== undefined && { configuration_version: applied }),
        ...(place && { position: place }),
      })
      onHealth('online')
      intervalMs = told.interval_seconds * 1_000
      if (told.configuration_version !== applied) await refresh()
    } catch (error) {
      noteFailure(error)
      intervalMs = SHORTEST_MS
    }
    const waitMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, intervalMs))
    if (!isOver) timer = setTimeout(() => void beat(), waitMs)
  }

  void beat()
  return {
    refresh,
    close() {
      isOver = true
      clearTimeout(timer)
    },
  }
}
