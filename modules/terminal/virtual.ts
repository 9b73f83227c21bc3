import { loadSql, type Db, type Tx } from '../database/database.ts'
import { assert } from '../lib/assert.ts'
import { newId } from '../lib/ids.ts'

const sql = loadSql(new URL('./terminal.sql', import.meta.url))

export type StoreKey = { institutionId: string; merchantId: string; storeId: string }

/**
 * Opens the virtual terminal of a store, through which the merchant's API keys pay, so that
 * permission always has a row. A store has one; opening it again changes nothing.
 *
 * Source: DESIGN §10.
 */
export async function openVirtualTerminal(
  tx: Tx,
  { institutionId, merchantId, storeId }: StoreKey,
  now: Date,
): Promise<void> {
  const values = [institutionId, newId('trm'), merchantId, storeId, 'API', now]
  await tx.many(sql('create_virtual'), values)
}

/** The id of the store's virtual terminal, opened when the store has none yet. */
export async function virtualTerminal(db: Db, store: StoreKey, now: Date): Promise<string> {
  const values = [store.institutionId, store.storeId]
  const read = () => db.read<{ id: string }>(sql('read_virtual'), values)
  const [found] = await read()
  if (found) return found.id
  await db.transaction((tx) => openVirtualTerminal(tx, store, now))
  const [opened] = await read()
  assert(opened, 'the virtual terminal that was opened is there')
  return opened.id
}
