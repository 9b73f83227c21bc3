import { loadSql, type Db, type Step, type Tx } from '../database/database.ts'
import { newId } from '../lib/ids.ts'
import { putEvents, type Event } from '../outbox/outbox.ts'
import {
  fenceOf,
  judgePlace,
  type Fence,
  type JudgedPlace,
  type MeasuredPlace,
  type PositionFlag,
} from './judge.ts'
import { readPermissions, type SeenPosition, type TerminalPermission } from './permission.ts'

const sql = loadSql(new URL('./sighting.sql', import.meta.url))

/** A terminal was heard of: when, and where if it said so. */
export type Sighting = {
  terminalId: string
  seenAt: Date
  position: MeasuredPlace | null
  /** What the settings say of a fence, where no permission does. */
  usualFence: Fence
  source: 'payment' | 'heartbeat'
  /** What a heartbeat says of the program; null for a payment. */
  heartbeat: { appVersion: string | null; configurationVersion: string | null } | null
}

export type Seen = {
  /** Null for a terminal that is not there. */
  permission: TerminalPermission | null
  judged: JudgedPlace
}

/**
 * Writes when and where terminals were, and judges the places: the console is alarmed when a terminal
 * has left its fence, jumped, or makes its place up, once until it is well again. Answers what each may
 * do now.
 *
 * Source: P21, P22.
 */
export const sight: Step<Sighting, Seen> = {
  name: 'terminal.sight',
  mode: 'write',
  async run(tx, institutionId, sightings) {
    const ids = [...new Set(sightings.map(({ terminalId }) => terminalId))].sort()
    type Row = { id: string; position_flags: string }
    const [locked, permissions] = await Promise.all([
      tx.many<Row>(sql('lock_seen'), [institutionId, ids]),
      readPermissions(tx, institutionId, ids),
    ])
    const standing = new Map<string, Standing>()
    for (const permission of permissions) {
      const row = locked.find(({ id }) => id === permission.terminalId)
      const flags = flagsOf(row?.position_flags ?? '')
      standing.set(permission.terminalId, { permission, flags, last: permission.lastPosition })
    }
    const alarms: Event[] = []
    const seen = sightings.map((sighting) => look(sighting, standing, alarms))
    write(tx, institutionId, sightings, seen)
    putEvents(tx, institutionId, alarms)
    return seen
  },
}

type Standing = {
  permission: TerminalPermission
  flags: readonly PositionFlag[]
  last: SeenPosition | null
}

const nothing: Seen = { permission: null, judged: { flags: [], distanceM: null } }

function look(sighting: Sighting, standing: Map<string, Standing>, alarms: Event[]): Seen {
  const { terminalId, position, seenAt, usualFence, source } = sighting
  const before = standing.get(terminalId)
  if (!before) return nothing
  const { permission } = before
  const fence = fenceOf(permission, usualFence)
  const around = { store: permission.storePosition, last: before.last, fence, now: seenAt }
  const judged = judgePlace(position, around)
  // A payment that says nothing of its place takes nothing back of what is known.
  if (position === null && source === 'payment') {
    return { permission, judged: { ...judged, flags: [...before.flags] } }
  }
  const fresh = judged.flags.filter((flag) => isAlarming(flag) && !before.flags.includes(flag))
  if (fresh.length > 0 && position)
    alarms.push(alarmOf(sighting, { permission, flags: fresh, judged }))
  const last = position ? { ...position, at: position.measuredAt ?? seenAt } : before.last
  standing.set(terminalId, { permission, flags: judged.flags, last })
  return { permission, judged }
}

const isAlarming = (flag: PositionFlag) =>
  flag === 'outside_fence' || flag === 'jump' || flag === 'mock'

type Alarm = { permission: TerminalPermission; flags: PositionFlag[]; judged: JudgedPlace }

const alarmOf = (
  { terminalId, position, seenAt }: Sighting,
  { permission, flags, judged }: Alarm,
): Event => ({
  ...{ id: newId('evt', seenAt.getTime()), type: 'terminal.alarm', subjectId: terminalId },
  ...{ merchantId: permission.merchantId, terminalId: null, payerId: null, partyId: null },
  payload: {
    ...{ object: 'terminal_alarm', kind: 'position', terminal: terminalId },
    terminal_name: permission.terminalName,
    ...{ store: permission.storeId, store_name: permission.storeName, flags },
    position: position && {
      ...{ latitude: position.latitude, longitude: position.longitude },
      ...{ accuracy_m: position.accuracyM, distance_m: judged.distanceM },
    },
  },
  occurredAt: seenAt,
})

function write(
  tx: Tx,
  institutionId: string,
  sightings: readonly Sighting[],
  seen: readonly Seen[],
): void {
  const all = sightings.map((sighting, at) => ({ ...sighting, ...(seen[at] ?? nothing).judged }))
  // Of several about one terminal the last is what is known of it.
  const rows = [...new Map(all.map((one) => [one.terminalId, one])).values()]
  tx.send(sql('write_seen'), [
    institutionId,
    rows.map(({ terminalId }) => terminalId),
    rows.map(({ seenAt }) => seenAt),
    rows.map(({ heartbeat, seenAt }) => heartbeat && seenAt),
    rows.map(({ heartbeat }) => heartbeat?.appVersion ?? null),
    rows.map(({ heartbeat }) => heartbeat?.configurationVersion ?? null),
    rows.map(({ position }) => position?.latitude ?? null),
    rows.map(({ position }) => position?.longitude ?? null),
    rows.map(({ position }) => position?.accuracyM ?? null),
    rows.map(({ position, seenAt }) => position && (position.measuredAt ?? seenAt)),
    rows.map(({ position }) => position?.isMock ?? false),
    rows.map(({ distanceM }) => distanceM),
    rows.map(({ flags }) => flags.join(' ')),
  ])
  const placed = all.flatMap(({ position, ...one }) => (position ? [{ ...one, position }] : []))
  if (placed.length === 0) return
  tx.send(sql('put_positions'), [
    institutionId,
    placed.map(({ terminalId }) => terminalId),
    placed.map(({ seenAt }) => seenAt),
    placed.map(({ position, seenAt }) => position.measuredAt ?? seenAt),
    placed.map(({ position }) => position.latitude),
    placed.map(({ position }) => position.longitude),
    placed.map(({ position }) => position.accuracyM),
    placed.map(({ position }) => position.isMock ?? false),
    placed.map(({ flags }) => flags.join(' ')),
    placed.map(({ distanceM }) => distanceM),
    placed.map(({ source }) => source),
  ])
}

/** What was kept as a text with spaces. */
export const flagsOf = (text: string): PositionFlag[] =>
  text === '' ? [] : (text.split(' ') as PositionFlag[])

/** Where a terminal was, as it said it and as it was judged then. */
export type PastPosition = MeasuredPlace & {
  seenAt: Date
  measuredAt: Date
  flags: PositionFlag[]
  distanceM: number | null
  source: Sighting['source']
}

/** Where a terminal was in a stretch of time, the newest first. */
export async function readPositions(
  db: Pick<Db, 'read'>,
  { institutionId, id }: { institutionId: string; id: string },
  { since, before, limit }: { since: Date; before: Date; limit: number },
): Promise<PastPosition[]> {
  type Row = {
    seen_at: Date
    measured_at: Date
    latitude: number
    longitude: number
    accuracy_m: number | null
    is_mock: boolean
    flags: string
    distance_m: number | null
    source: Sighting['source']
  }
  const values = [institutionId, id, since, before, limit]
  return (await db.read<Row>(sql('read_positions'), values)).map((row) => ({
    ...{ seenAt: row.seen_at, measuredAt: row.measured_at, isMock: row.is_mock },
    ...{ latitude: row.latitude, longitude: row.longitude, accuracyM: row.accuracy_m ?? 0 },
    ...{ flags: flagsOf(row.flags), distanceM: row.distance_m, source: row.source },
  }))
}

/** Forgets where terminals were before a moment. */
export function purgePositions(tx: Tx, institutionId: string, before: Date): void {
  tx.send(sql('purge_positions'), [institutionId, before])
}
