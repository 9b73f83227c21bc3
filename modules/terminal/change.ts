import { loadSql, type Db, type Tx } from '../database/database.ts'
import { newId } from '../lib/ids.ts'
import { putEvents, type Event } from '../outbox/outbox.ts'
import { record, type TrailEntry } from '../trail/trail.ts'
import { noTerms, type PermissionTerms, type Scope } from './levels.ts'
import { readLevel, type LevelRow } from './permission.ts'
import { plainDifference } from './plain-terms.ts'

const sql = loadSql(new URL('./permission.sql', import.meta.url))

/** What is said at one place. */
export type Permission = {
  scope: Scope
  subjectId: string
  terms: PermissionTerms
  reason: string | null
  updatedBy: string | null
  updatedAt: Date | null
}

type PermissionRow = LevelRow & { subject_id: string; updated_by: string; updated_at: Date }

const readRow = (row: PermissionRow): Permission => ({
  subjectId: row.subject_id,
  ...readLevel(row),
  updatedBy: row.updated_by,
  updatedAt: row.updated_at,
})

/** What a merchant, a store or a terminal says of itself; says nothing where nobody said anything. */
export async function readPermission(
  db: Pick<Db, 'read'>,
  institutionId: string,
  { scope, subjectId }: { scope: Scope; subjectId: string },
): Promise<Permission> {
  const values = [institutionId, [subjectId]]
  const [row] = await db.read<PermissionRow>(sql('read_levels'), values)
  const nothing = { terms: noTerms, reason: null, updatedBy: null, updatedAt: null }
  return row ? readRow(row) : { scope, subjectId, ...nothing }
}

/** Whose permission is changed; the id of the trail entry is made before the first try. */
export type Subject = { subjectId: string; merchantId: string; trailId: string }

export type PermissionWish = {
  scope: Scope
  subjects: readonly Subject[]
  /** What is left out stays as it is; null takes away what was said. */
  change: Partial<PermissionTerms>
  reason: string | null
}

/**
 * Changes what merchants, stores or terminals say, all of one kind and in the same way, from the next
 * payment on. Each change is in the trail with its reason, the terminals are told to read their
 * configuration, and the console hears of it. Who already says so is left alone. Answers how many
 * changed.
 *
 * Source: P22 (remote permission, who did what and why).
 */
export async function changePermissions(
  tx: Tx,
  institutionId: string,
  { scope, subjects, change, reason }: PermissionWish,
  { actor, now }: { actor: string; now: Date },
): Promise<number> {
  const ids = subjects.map(({ subjectId }) => subjectId).sort()
  const opening = [institutionId, ids, scope, actor, now]
  await tx.many(sql('open_levels'), opening)
  const rows = await tx.many<PermissionRow>(sql('lock_levels'), [institutionId, ids])
  const entries: TrailEntry[] = []
  const changed: { subject: Subject; terms: PermissionTerms }[] = []
  for (const subject of subjects) {
    const row = rows.find(({ subject_id }) => subject_id === subject.subjectId)
    const before = row ? readRow(row).terms : noTerms
    const terms = { ...before, ...change }
    const difference = plainDifference(before, terms)
    if (Object.keys(difference).length === 0) continue
    changed.push({ subject, terms })
    entries.push({
      ...{ id: subject.trailId, at: now, actor, action: 'terminal.permission' },
      subject: subject.subjectId,
      detail: { scope, ...difference, ...(reason !== null && { reason }) },
    })
  }
  if (changed.length === 0) return 0
  write(tx, institutionId, changed, { reason, actor, now })
  await tellTerminals(tx, institutionId, { subjectIds: changedIds(changed), reason, now })
  putEvents(
    tx,
    institutionId,
    changed.map(({ subject }) => eventOf(subject, { scope, reason, actor, now })),
  )
  await record(tx, institutionId, entries)
  return changed.length
}

type Changed = { subject: Subject; terms: PermissionTerms }[]

const changedIds = (changed: Changed) => changed.map(({ subject }) => subject.subjectId)

function write(
  tx: Tx,
  institutionId: string,
  changed: Changed,
  { reason, actor, now }: { reason: string | null; actor: string; now: Date },
): void {
  const column = <Key extends keyof PermissionTerms>(key: Key) =>
    changed.map(({ terms }) => terms[key])
  tx.send(sql('put_levels'), [
    institutionId,
    changedIds(changed),
    column('mayTakePayment'),
    column('mayRefund'),
    column('mayReverse'),
    column('limitPerPaymentMinor'),
    column('limitPerDayMinor'),
    column('hours').map((hours) => (hours === null ? null : JSON.stringify(hours))),
    column('schemes').map((schemes) => schemes?.join(',') ?? null),
    column('fenceRadiusM'),
    column('fenceAction'),
    column('isLocked'),
    ...[reason, actor, now],
  ])
}

type About = { scope: Scope; reason: string | null; actor: string; now: Date }

/** For the console: that something is different, and why. */
const eventOf = ({ subjectId, merchantId }: Subject, about: About): Event => ({
  ...{ id: newId('evt', about.now.getTime()), type: 'terminal.changed', subjectId, merchantId },
  ...{ terminalId: null, payerId: null, partyId: null },
  payload: {
    ...{ object: 'permission', scope: about.scope, subject: subjectId },
    ...{ reason: about.reason, actor: about.actor },
  },
  occurredAt: about.now,
})

/**
 * Tells the terminals of these merchants and stores, and terminals that are named themselves, that their
 * configuration is another one. Also for whoever changes settings that terminals follow.
 */
export async function tellTerminals(
  tx: Tx,
  institutionId: string,
  { subjectIds, reason, now }: { subjectIds: readonly string[]; reason: string | null; now: Date },
): Promise<void> {
  const terminals = await tx.many<{ id: string }>(sql('terminals_of'), [institutionId, subjectIds])
  putEvents(
    tx,
    institutionId,
    terminals.map(({ id: terminalId }) => ({
      ...{ id: newId('evt', now.getTime()), type: 'terminal.configuration' },
      ...{ subjectId: terminalId, terminalId, merchantId: null, payerId: null, partyId: null },
      payload: { object: 'terminal_configuration', terminal: terminalId, reason },
      occurredAt: now,
    })),
  )
}
