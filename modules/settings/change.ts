import { loadSql, type Tx } from '../database/database.ts'
import { AppError } from '../errors/errors.ts'
import { newId } from '../lib/ids.ts'
import { putEvents } from '../outbox/outbox.ts'
import { record, type TrailEntry } from '../trail/trail.ts'
import type { SettingValue } from './definition.ts'
import { differences, type Difference, type WantedSettings } from './difference.ts'
import type { Place } from './effective.ts'
import { readSet, readSettingChange, readSystemSet, type SettingChange } from './read.ts'

const sql = loadSql(new URL('./settings.sql', import.meta.url))

/** What somebody wants to save at one place; the ids are made, so a rerun finds its own rows. */
export type SettingsWish = Place & {
  id: string
  /** Whose place it is; null: the institution's or everybody's. */
  merchantId: string | null
  changes: WantedSettings
  /** What the institution's version was when the person looked; null: whatever it was. */
  version: bigint | null
  actor: string
  reason: string
  undoes: string | null
  now: Date
}

/** A new wish with its id. */
export const wishAt = (wish: Omit<SettingsWish, 'id'>): SettingsWish => ({
  ...wish,
  id: newId('sch', wish.now.getTime()),
})

/**
 * Saves changes of settings, all of one institution, with who did it and why: the values, the history,
 * the trail and an event for the console. All processes follow within 2 s. Savings of an institution
 * take turns. A wish that changes nothing leaves no trace. Comes last in a transaction.
 *
 * @throws AppError SETTINGS_CHANGED when somebody has saved at the same place since `version`
 * @throws AppError SETTING_UNKNOWN, SETTING_OUT_OF_RANGE
 *
 * Source: P19; DESIGN §10.
 */
export async function saveSettings(
  tx: Tx,
  institutionId: string,
  wishes: readonly SettingsWish[],
): Promise<SettingChange[]> {
  const inTx = { read: tx.many }
  if (wishes.some(({ scope }) => scope === 'system')) await tx.many(sql('lock_system_version'))
  let version = await lockVersion(tx, institutionId)
  const earlier = await reread(tx, institutionId, wishes)
  if (earlier.length > 0) return earlier
  const set = await readSet(inTx, institutionId)
  const system = await readSystemSet(inTx)
  const changes: SettingChange[] = []
  for (const wish of wishes) {
    await refuseStale(tx, institutionId, wish)
    const here = wish.scope === 'system' ? system : set.get(wish.subjectId)?.set
    const diff = differences(wish, here, wish.changes)
    if (diff.length === 0) continue
    version += 1n
    const { changes: _wanted, now: changedAt, ...about } = wish
    changes.push({ ...about, version, diff, changedAt })
  }
  for (const change of changes) write(tx, institutionId, change)
  if (changes.length > 0) await tell(tx, institutionId, changes)
  return changes
}

/** @throws AppError SETTINGS_CHANGED */
async function refuseStale(
  tx: Tx,
  institutionId: string,
  { subjectId, version }: SettingsWish,
): Promise<void> {
  if (version === null) return
  type Row = { version: bigint }
  const [newest] = await tx.many<Row>(sql('newest_change_of'), [institutionId, subjectId])
  if (newest && newest.version > version) throw new AppError('SETTINGS_CHANGED')
}

async function lockVersion(tx: Tx, institutionId: string): Promise<bigint> {
  type Row = { version: bigint }
  await tx.many(sql('open_version'), [institutionId])
  const [row] = await tx.many<Row>(sql('lock_version'), [institutionId])
  return row?.version ?? 0n
}

/** What an earlier run of the same transaction has committed without our hearing of it. */
async function reread(tx: Tx, institutionId: string, wishes: readonly SettingsWish[]) {
  const found = await Promise.all(
    wishes.map(({ id }) => readSettingChange({ read: tx.many }, institutionId, id)),
  )
  return found.filter((one) => one !== null)
}

function write(tx: Tx, institutionId: string, change: SettingChange): void {
  const { scope, subjectId, diff } = change
  const put = diff.filter(({ after }) => after !== null)
  const names = put.map(({ name }) => name)
  const values = put.map(({ after }) => JSON.stringify(after))
  const taken = diff.filter(({ after }) => after === null).map(({ name }) => name)
  if (scope === 'system') {
    tx.send(sql('put_system_values'), [names, values])
    tx.send(sql('take_system_values'), [taken])
    tx.send(sql('bump_system_version'), [])
  } else {
    tx.send(sql('put_values'), [institutionId, scope, subjectId, change.merchantId, names, values])
    tx.send(sql('take_values'), [institutionId, subjectId, taken])
  }
  tx.send(sql('bump_version'), [institutionId])
  tx.send(sql('insert_change'), [
    ...[institutionId, change.id, change.version, scope, subjectId, change.merchantId],
    ...[JSON.stringify(diff), change.actor, change.reason, change.undoes, change.changedAt],
  ])
}

async function tell(tx: Tx, institutionId: string, changes: readonly SettingChange[]) {
  putEvents(tx, institutionId, changes.map(eventOf))
  await record(tx, institutionId, changes.map(entryOf))
}

const eventOf = (change: SettingChange) => ({
  ...{ id: newId('evt', change.changedAt.getTime()), type: 'settings.changed' as const },
  ...{ subjectId: change.id, merchantId: change.merchantId },
  ...{ terminalId: null, payerId: null, partyId: null },
  payload: {
    ...{ object: 'settings_change', id: change.id, scope: change.scope },
    ...{ subject: change.subjectId, names: change.diff.map(({ name }) => name) },
    ...{ version: Number(change.version), changed_by: change.actor },
  },
  occurredAt: change.changedAt,
})

const entryOf = (change: SettingChange): TrailEntry => ({
  ...{ at: change.changedAt, actor: change.actor },
  ...{ action: change.undoes === null ? 'settings.change' : 'settings.rollback' },
  subject: change.id,
  detail: {
    ...{ scope: change.scope, place: change.subjectId, reason: change.reason },
    ...(change.undoes !== null && { undoes: change.undoes }),
    changes: change.diff.map(({ name, before, after }) => ({ name, before, after })),
  },
})

/**
 * What takes a change back: each of its parameters as it was before.
 *
 * @throws AppError SETTINGS_CHANGED when any of them was changed again since
 */
export function undoing(
  { diff }: Pick<SettingChange, 'diff'>,
  current: (name: Difference['name']) => SettingValue | null,
): WantedSettings {
  const isStale = diff.some(({ name, after }) => current(name) !== after)
  if (isStale) throw new AppError('SETTINGS_CHANGED')
  return Object.fromEntries(diff.map(({ name, before }) => [name, before]))
}
