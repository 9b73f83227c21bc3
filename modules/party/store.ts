import { loadSql, type Db, type Tx } from '../database/database.ts'
import { AppError } from '../errors/errors.ts'
import type { Page } from './page.ts'

const sql = loadSql(new URL('./party.sql', import.meta.url))

export const storeKinds = ['small_store', 'supermarket', 'restaurant', 'online', 'other'] as const

/** What kind of place it is: one of the things a road is chosen by. Source: P12. */
export type StoreKind = (typeof storeKinds)[number]

/** In degrees, WGS 84. */
export type Position = { latitude: number; longitude: number }

export type Store = {
  id: string
  merchantId: string
  name: string
  kind: StoreKind
  address: string | null
  position: Position | null
  state: 'active' | 'closed'
  createdAt: Date
}

export type NewStore = Pick<Store, 'id' | 'merchantId' | 'name' | 'kind'> & {
  institutionId: string
  address?: string | null
  position?: Position | null
}

/** Adds a store to a merchant of the same institution. The same id again changes nothing. */
export async function createStore(tx: Tx, store: NewStore, now: Date): Promise<void> {
  const { institutionId, id, merchantId, name, kind, address = null, position = null } = store
  const place = [position?.latitude ?? null, position?.longitude ?? null]
  const values = [institutionId, id, merchantId, name, kind, address, ...place, now]
  await tx.many(sql('create_store'), values)
}

/** What is left out stays; an address or position of null is taken away. */
export type StoreChange = {
  name?: string
  kind?: StoreKind
  address?: string | null
  position?: Position | null
  state?: Store['state']
}

/**
 * Changes a store and answers it as it is then. A closed one takes no payment from the next on; what it
 * took can still be refunded.
 *
 * @throws AppError NOT_FOUND
 */
export async function changeStore(
  tx: Tx,
  { institutionId, id }: { institutionId: string; id: string },
  { name, kind, state, address, position }: StoreChange,
): Promise<Store> {
  const [row] = await tx.many<StoreRow>(sql('change_store'), [
    ...[institutionId, id, name ?? null, kind ?? null, state ?? null],
    ...[address !== undefined, address ?? null],
    ...[position !== undefined, position?.latitude ?? null, position?.longitude ?? null],
  ])
  if (!row) throw new AppError('NOT_FOUND')
  return readRow(row)
}

/** Null when there is none in this institution. */
export async function readStore(
  db: Pick<Db, 'read'>,
  institutionId: string,
  id: string,
): Promise<Store | null> {
  const [row] = await db.read<StoreRow>(sql('read_store'), [institutionId, id])
  return row ? readRow(row) : null
}

/**
 * A page of stores, the newest first: of one merchant, or of all when `merchantId` is null; with `q`
 * of those so called, or with that id.
 */
export async function readStores(
  db: Pick<Db, 'read'>,
  institutionId: string,
  { merchantId, startingAfter, limit, q = null }: StorePage,
): Promise<Store[]> {
  const after = startingAfter ?? 'str_z'
  const [query, values] =
    merchantId === null
      ? [sql('read_stores'), [institutionId, after, limit, q]]
      : [sql('read_stores_of_merchant'), [institutionId, merchantId, after, limit, q]]
  return (await db.read<StoreRow>(query, values)).map(readRow)
}

type StorePage = Page & { merchantId: string | null; q?: string | null }

type StoreRow = {
  id: string
  merchant_id: string
  name: string
  kind: StoreKind
  address: string | null
  latitude: number | null
  longitude: number | null
  state: Store['state']
  created_at: Date
}

const readRow = (row: StoreRow): Store => ({
  id: row.id,
  merchantId: row.merchant_id,
  name: row.name,
  kind: row.kind,
  address: row.address,
  position:
    row.latitude === null || row.longitude === null
      ? null
      : { latitude: row.latitude, longitude: row.longitude },
  state: row.state,
  createdAt: row.created_at,
})
