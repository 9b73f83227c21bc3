import { loadSql, type Db, type Tx } from '../database/database.ts'
import type { Place } from '../lib/distance.ts'
import type { StoreKind } from '../party/party.ts'
import { effective, type Effective, type Level, type Scope } from './levels.ts'

const sql = loadSql(new URL('./permission.sql', import.meta.url))

/** What is asked of a terminal before it may take a payment, with the names that are shown. */
export type TerminalPermission = Effective & {
  terminalId: string
  terminalName: string
  merchantId: string
  merchantName: string
  /** The merchant's category code. */
  category: string
  storeId: string
  storeName: string
  storeKind: StoreKind
  storePosition: Place | null
  /** `new`: no device was activated yet. `locked`: at whichever level. */
  state: 'new' | 'active' | 'locked'
  /** It is no device: a merchant's keys pay through it, from nowhere in particular. */
  isVirtual: boolean
  /** Where it was when it last said so. */
  lastPosition: SeenPosition | null
  merchantState: 'active' | 'closed'
  storeState: 'active' | 'closed'
}

/** Where something was measured, and when. */
export type SeenPosition = Place & { accuracyM: number; at: Date }

/** The permissions of a whole batch, in one statement and without a lock. Unknown ids are left out. */
export async function readPermissions(
  tx: Pick<Tx, 'many'>,
  institutionId: string,
  terminalIds: readonly string[],
): Promise<TerminalPermission[]> {
  if (terminalIds.length === 0) return []
  const values = [institutionId, terminalIds]
  const rows = await tx.many<PermissionRow>(sql('read_permissions'), values)
  return rows.map(readRow)
}

type PermissionRow = {
  terminal_id: string
  terminal_name: string
  merchant_id: string
  merchant_name: string
  category: string
  store_id: string
  store_name: string
  store_kind: StoreKind
  store_latitude: number | null
  store_longitude: number | null
  is_virtual: boolean
  is_activated: boolean
  latitude: number | null
  longitude: number | null
  accuracy_m: number | null
  position_at: Date | null
  merchant_state: 'active' | 'closed'
  store_state: 'active' | 'closed'
  levels: LevelRow[] | null
}

/** A row of `terminal_permission`, as JSON. */
export type LevelRow = {
  scope: Scope
  may_take_payment: boolean | null
  may_refund: boolean | null
  may_reverse: boolean | null
  limit_per_payment_minor: number | string | null
  limit_per_day_minor: number | string | null
  hours: Effective['hours']
  schemes: string[] | null
  fence_radius_m: number | null
  fence_action: Effective['fenceAction']
  is_locked: boolean
  reason: string | null
}

const minorOf = (amount: number | string | null): bigint | null =>
  amount === null ? null : BigInt(amount)

/** One level as it is stored. Amounts in JSON stay below 2^53, which every limit does. */
export const readLevel = (row: LevelRow): Level => ({
  scope: row.scope,
  reason: row.reason,
  terms: {
    mayTakePayment: row.may_take_payment,
    mayRefund: row.may_refund,
    mayReverse: row.may_reverse,
    limitPerPaymentMinor: minorOf(row.limit_per_payment_minor),
    limitPerDayMinor: minorOf(row.limit_per_day_minor),
    hours: row.hours,
    schemes: row.schemes,
    fenceRadiusM: row.fence_radius_m,
    fenceAction: row.fence_action,
    isLocked: row.is_locked,
  },
})

function readRow(row: PermissionRow): TerminalPermission {
  const { terms } = effective((row.levels ?? []).map(readLevel))
  const state = !row.is_activated ? 'new' : terms.isLocked ? 'locked' : 'active'
  return {
    ...terms,
    terminalId: row.terminal_id,
    terminalName: row.terminal_name,
    merchantId: row.merchant_id,
    merchantName: row.merchant_name,
    category: row.category,
    storeId: row.store_id,
    storeName: row.store_name,
    storeKind: row.store_kind,
    storePosition:
      row.store_latitude === null || row.store_longitude === null
        ? null
        : { latitude: row.store_latitude, longitude: row.store_longitude },
    state,
    isVirtual: row.is_virtual,
    lastPosition:
      row.latitude === null || row.longitude === null || row.position_at === null
        ? null
        : {
            latitude: row.latitude,
            longitude: row.longitude,
            accuracyM: row.accuracy_m ?? 0,
            at: row.position_at,
          },
    merchantState: row.merchant_state,
    storeState: row.store_state,
  }
}

/** The levels that speak of one terminal, its own among them. */
export async function readLevels(
  db: Pick<Db, 'read'>,
  institutionId: string,
  { id, storeId, merchantId }: { id: string; storeId: string; merchantId: string },
): Promise<Level[]> {
  const values = [institutionId, [id, storeId, merchantId]]
  return (await db.read<LevelRow>(sql('read_levels'), values)).map(readLevel)
}
