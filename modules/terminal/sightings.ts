import type { Batched } from '../database/database.ts'
import { sight, type Sighting } from './sighting.ts'

/** What a payment says of its terminal, without waiting for it to be written. */
export type Noted = Omit<Sighting, 'source' | 'heartbeat'> & {
  institutionId: string
  /** It was refused for its place: written with the next flush, however lately the last was. */
  isUrgent?: boolean
}

export type Sightings = {
  /** Notes that a terminal called. Costs nothing: the row is written by `flush`. */
  note(noted: Noted): void
  /** Writes what was noted since the last time, one batch per institution. */
  flush(): Promise<void>
}

// A row of a busy terminal is written once a minute, not with each of its calls.
const QUIET_MS = 60_000

/**
 * Gathers when and where terminals were last seen, in this process. A sighting is written at most
 * once a minute per terminal; the position of each payment is kept with the payment itself.
 *
 * Source: P21, P22.
 */
export function openSightings(batched: Batched): Sightings {
  const waiting = new Map<string, Noted>()
  const writtenMs = new Map<string, number>()

  return {
    note(noted) {
      const key = `${noted.institutionId} ${noted.terminalId}`
      const earlier = waiting.get(key)
      const isQuiet = noted.seenAt.getTime() < (writtenMs.get(key) ?? -Infinity) + QUIET_MS
      if (isQuiet && !earlier && !noted.isUrgent) return
      waiting.set(key, { ...noted, position: noted.position ?? earlier?.position ?? null })
    },
    async flush() {
      const taken = [...waiting]
      waiting.clear()
      const about = { source: 'payment', heartbeat: null } as const
      await Promise.all(
        taken.map(([, { institutionId, isUrgent: _, ...noted }]) =>
          batched(sight, institutionId, { ...noted, ...about }),
        ),
      )
      for (const [key, { seenAt }] of taken) writtenMs.set(key, seenAt.getTime())
    },
  }
}
