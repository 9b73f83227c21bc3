import { loadSql, type Db, type Tx } from '../database/database.ts'
import { fits, type Scope, type SettingValue } from './definition.ts'
import { definitionOf, isSettingName, type SetHere, type SettingName } from './definitions.ts'
import type { Difference } from './difference.ts'
import type { Place } from './effective.ts'

const sql = loadSql(new URL('./settings.sql', import.meta.url))

/** The one subject of scope `system`. */
export const SYSTEM = 'system'

/** All that is set in an institution, by the id of the place. */
export type SetInInstitution = ReadonlyMap<string, SetPlace>

export type SetPlace = Place & {
  /** Whose place it is; null: the institution's own. */
  merchantId: string | null
  set: SetHere
}

type ValueRow = { name: string; value: unknown }

// What an older program has left, or a newer one: it is passed over, and what is wider counts.
const known = ({ name, value }: ValueRow): [SettingName, SettingValue][] =>
  isSettingName(name) && fits(definitionOf(name), value) ? [[name, value]] : []

/** Everything that is set in an institution. Values that fit no definition are left out. */
export async function readSet(
  db: Pick<Db, 'read'>,
  institutionId: string,
): Promise<SetInInstitution> {
  type Row = ValueRow & { scope: Scope; subject_id: string; merchant_id: string | null }
  const places = new Map<string, SetPlace & { set: Map<SettingName, SettingValue> }>()
  for (const row of await db.read<Row>(sql('read_values'), [institutionId])) {
    const { scope, subject_id: subjectId, merchant_id: merchantId } = row
    const place = places.get(subjectId) ?? { scope, subjectId, merchantId, set: new Map() }
    for (const [name, value] of known(row)) place.set.set(name, value)
    places.set(subjectId, place)
  }
  return places
}

/** What is set for all institutions of the installation. */
export async function readSystemSet(db: Pick<Db, 'read'>): Promise<SetHere> {
  const rows = await db.read<ValueRow>(sql('read_system_values'))
  return new Map(rows.flatMap(known))
}

/** Moves whenever anything was set in the institution, so that a copy need not be read in vain. */
export async function settingsVersion(
  db: Pick<Db, 'read'>,
  institutionId: string,
): Promise<bigint> {
  const [row] = await db.read<{ version: bigint }>(sql('read_version'), [institutionId])
  return row?.version ?? 0n
}

/** The same of what is set for all institutions. */
export async function systemSettingsVersion(db: Pick<Db, 'read'>): Promise<bigint> {
  const [row] = await db.read<{ version: bigint }>(sql('read_system_version'))
  return row?.version ?? 0n
}

/** Somebody's change of what is set at one place. Never rewritten. */
export type SettingChange = Place & {
  id: string
  /** The institution's version once it was made. */
  version: bigint
  /** Whose place it is; null: the institution's or everybody's. */
  merchantId: string | null
  diff: readonly Difference[]
  actor: string
  reason: string
  /** The change that it rolls back, or null. */
  undoes: string | null
  changedAt: Date
}

export type ChangePage = {
  /** Null: of all merchants, and the institution's own. */
  merchantId: string | null
  subjectId: string | null
  startingAfter: string | null
  limit: number
}

/** A page of changes, the newest first. */
export async function listSettingChanges(
  db: Pick<Db, 'read'>,
  institutionId: string,
  { merchantId, subjectId, startingAfter, limit }: ChangePage,
): Promise<SettingChange[]> {
  const values = [institutionId, startingAfter ?? 'sch_z', subjectId, limit]
  const rows =
    merchantId === null
      ? await db.read<ChangeRow>(sql('read_changes'), values)
      : await db.read<ChangeRow>(sql('read_changes_of_merchant'), [...values, merchantId])
  return rows.map(readRow)
}

/** Null when there is none in this institution. Inside a transaction hand in `{ read: tx.many }`. */
export async function readSettingChange(
  db: { read: Tx['many'] },
  institutionId: string,
  id: string,
): Promise<SettingChange | null> {
  const [row] = await db.read<ChangeRow>(sql('read_change'), [institutionId, id])
  return row ? readRow(row) : null
}

type ChangeRow = {
  id: string
  version: bigint
  scope: Scope
  subject_id: string
  merchant_id: string | null
  diff: Difference[]
  actor: string
  reason: string
  undoes: string | null
  changed_at: Date
}

const readRow = (row: ChangeRow): SettingChange => ({
  id: row.id,
  version: row.version,
  scope: row.scope,
  subjectId: row.subject_id,
  merchantId: row.merchant_id,
  diff: row.diff,
  actor: row.actor,
  reason: row.reason,
  undoes: row.undoes,
  changedAt: row.changed_at,
})
