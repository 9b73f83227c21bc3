import { loadSql, type Db, type Tx } from '../database/database.ts'
import type { Page } from '../party/party.ts'

const sql = loadSql(new URL('./present.sql', import.meta.url))

/** A code that hangs on a merchant's wall. The payer says how much. */
export type MerchantCodeRow = {
  institutionId: string
  id: string
  merchantId: string
  storeId: string
  name: string
  state: 'active' | 'closed'
  createdAt: Date
  closedAt: Date | null
}

type NewCode = Pick<MerchantCodeRow, 'institutionId' | 'id' | 'merchantId' | 'storeId' | 'name'>

/** Adds a code to a store. The same id again changes nothing. */
export function createMerchantCode(tx: Tx, code: NewCode, now: Date): void {
  const { institutionId, id, merchantId, storeId, name } = code
  tx.send(sql('create_merchant_code'), [institutionId, id, merchantId, storeId, name, now])
}

/** Takes a code out of use; orders that were made by it stay. Closed again it stays closed. */
export function closeMerchantCode(
  tx: Tx,
  { institutionId, id }: Pick<MerchantCodeRow, 'institutionId' | 'id'>,
  now: Date,
): void {
  tx.send(sql('close_merchant_code'), [institutionId, id, now])
}

type CodeRow = {
  id: string
  merchant_id: string
  store_id: string
  name: string
  state: MerchantCodeRow['state']
  created_at: Date
  closed_at: Date | null
}

const readRow = (institutionId: string, row: CodeRow): MerchantCodeRow => ({
  ...{ institutionId, id: row.id, merchantId: row.merchant_id, storeId: row.store_id },
  ...{ name: row.name, state: row.state, createdAt: row.created_at, closedAt: row.closed_at },
})

/** Null when there is none in this institution. */
export async function readMerchantCode(
  db: Pick<Db, 'read'>,
  institutionId: string,
  id: string,
): Promise<MerchantCodeRow | null> {
  const [row] = await db.read<CodeRow>(sql('read_merchant_code'), [institutionId, id])
  return row ? readRow(institutionId, row) : null
}

/** A page of codes, the newest first: of one merchant, or of all when `merchantId` is null. */
export async function readMerchantCodes(
  db: Pick<Db, 'read'>,
  institutionId: string,
  { merchantId, startingAfter, limit }: Page & { merchantId: string | null },
): Promise<MerchantCodeRow[]> {
  const after = startingAfter ?? 'mcd_z'
  const rows = await (merchantId === null
    ? db.read<CodeRow>(sql('read_merchant_codes'), [institutionId, after, limit])
    : db.read<CodeRow>(sql('read_merchant_codes_of'), [institutionId, merchantId, after, limit]))
  return rows.map((row) => readRow(institutionId, row))
}
