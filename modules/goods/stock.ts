import { loadSql, type Tx } from '../database/database.ts'
import type { SaleKey } from './sale.ts'

const sql = loadSql(new URL('./stock.sql', import.meta.url))

/** How the outbox and the stock movements name a sale: `merchant/sale_no`. */
export const saleSubject = ({ merchantId, saleNo }: SaleKey): string => `${merchantId}/${saleNo}`

/** Reads what `saleSubject` wrote. A sale number may hold a slash, a merchant's id does not. */
export function readSaleSubject(subject: string): SaleKey {
  const slash = subject.indexOf('/')
  return { merchantId: subject.slice(0, slash), saleNo: subject.slice(slash + 1) }
}

/**
 * Books out what was sold in these sales, as far as they are paid and their SKUs are products. A
 * sale moves stock once: calling again, or two workers at once, changes nothing more. Stock may
 * sink below zero, because what was sold has left the shop whatever the books say.
 *
 * Source: P23; DESIGN §3 (goods move stock once, when the sale is fully paid).
 */
export async function moveStock(
  tx: Tx,
  institutionId: string,
  sales: readonly SaleKey[],
  now: Date,
): Promise<void> {
  const merchantIds = sales.map(({ merchantId }) => merchantId)
  const saleNos = sales.map(({ saleNo }) => saleNo)
  const moved = await tx.many<{ product_id: string; quantity: bigint }>(sql('insert_of_sales'), [
    institutionId,
    merchantIds,
    saleNos,
    now,
  ])
  if (moved.length === 0) return
  const sums = new Map<string, bigint>()
  for (const { product_id: id, quantity } of moved) sums.set(id, (sums.get(id) ?? 0n) + quantity)
  const ids = [...sums.keys()].sort()
  await tx.many(sql('lock_products'), [institutionId, ids])
  tx.send(sql('add_to_stock'), [institutionId, ids, ids.map((id) => sums.get(id))])
}

export type StockCorrection = {
  institutionId: string
  productId: string
  /** What was counted; null: it is not counted from now on. */
  quantity: bigint | null
  /** Names this correction, once. */
  subjectId: string
}

/**
 * Sets the stock to what was counted, by a movement that makes up the difference: the stock of a
 * counted product is always the sum of its movements.
 */
export async function correctStock(tx: Tx, stock: StockCorrection, now: Date): Promise<void> {
  const { institutionId, productId, quantity, subjectId } = stock
  await tx.many(sql('lock_products'), [institutionId, [productId]])
  if (quantity !== null)
    tx.send(sql('insert_correction'), [institutionId, productId, subjectId, quantity, now])
  tx.send(sql('set_stock'), [institutionId, productId, quantity])
}
