import { loadSql, type Db } from '../database/database.ts'
import type { MeasuredPosition } from './terminal.ts'

const sql = loadSql(new URL('./terminal.sql', import.meta.url))

/** A terminal was heard of: when, and where if it said so. */
export type Sighting = {
  institutionId: string
  terminalId: string
  seenAt: Date
  position: MeasuredPosition | null
}

export type Sightings = {
  /** Notes that a terminal called. Costs nothing: the row is written by `flush`. */
  note(sighting: Sighting): void
  /** Writes what was noted since the last time, one statement per institution. */
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
export function openSightings(db: Pick<Db, 'transaction'>): Sightings {
  const waiting = new Map<string, Sighting>()
  const writtenMs = new Map<string, number>()

  return {
    note(sighting) {
      const key = `${sighting.institutionId} ${sighting.terminalId}`
      const earlier = waiting.get(key)
      const isQuiet = sighting.seenAt.getTime() < (writtenMs.get(key) ?? -Infinity) + QUIET_MS
      if (isQuiet && !earlier) return
      waiting.set(key, { ...sighting, position: sighting.position ?? earlier?.position ?? null })
    },
    async flush() {
      const taken = [...waiting]
      waiting.clear()
      const byInstitution = Map.groupBy(taken, ([, { institutionId }]) => institutionId)
      for (const [institutionId, entries] of byInstitution) {
        await write(
          db,
          institutionId,
          entries.map(([, sighting]) => sighting),
        )
        for (const [key, { seenAt }] of entries) writtenMs.set(key, seenAt.getTime())
      }
    },
  }
}

async function write(
  db: Pick<Db, 'transaction'>,
  institutionId: string,
  sightings: readonly Sighting[],
): Promise<void> {
  const values = [
    institutionId,
    sightings.map(({ terminalId }) => terminalId),
    sightings.map(({ seenAt }) => seenAt),
    sightings.map(({ position }) => position?.latitude ?? null),
    sightings.map(({ position }) => position?.longitude ?? null),
    sightings.map(({ position }) => position?.accuracyM ?? null),
  ]
  await db.transaction(async (tx) => {
    await tx.many(sql('lock_seen'), values.slice(0, 2))
    tx.send(sql('write_seen'), values)
  })
}
