import { loadSql, type Db, type Tx } from '../database/database.ts'
import { AppError } from '../errors/errors.ts'
import { newId } from '../lib/ids.ts'
import type { Currency } from '../money/money.ts'
import type { Page } from '../party/party.ts'
import { correctStock } from './stock.ts'

const sql = loadSql(new URL('./product.sql', import.meta.url))

export type Product = {
  id: string
  merchantId: string
  sku: string
  name: string
  nameEn: string | null
  category: string | null
  barcode: string | null
  /** For one, in minor units. */
  priceMinor: bigint
  currency: Currency
  /** null: not counted. Below zero: sold before it was booked in. */
  stockQuantity: bigint | null
  state: 'active' | 'closed'
  createdAt: Date
}

export type NewProduct = Omit<Product, 'state' | 'createdAt'> & { institutionId: string }

/** What may change; a field that is left out stays. Sales name the SKU, so it stays for good. */
export type ProductChange = Partial<
  Pick<Product, 'name' | 'nameEn' | 'category' | 'barcode' | 'priceMinor' | 'stockQuantity'>
>

type ProductKey = { institutionId: string; id: string }

/**
 * Adds a product and books its opening stock. A SKU whose product was closed comes back to life
 * under its old id, so that the sales of both are the same product's. Answers the product's id.
 *
 * @throws AppError SKU_TAKEN for an active product's SKU or barcode (`param` says which)
 */
export async function createProduct(tx: Tx, product: NewProduct, now: Date): Promise<string> {
  const { institutionId, merchantId, sku, name, nameEn, category, barcode } = product
  await refuseTakenBarcode(tx, { institutionId, merchantId, barcode, exceptId: '' })
  const { id, priceMinor, currency, stockQuantity } = product
  const values = [institutionId, id, merchantId, sku, name, nameEn, category, barcode, priceMinor]
  const [row] = await tx.many<{ id: string }>(sql('create'), [...values, currency, now])
  if (!row) throw new AppError('SKU_TAKEN', { param: 'sku' })
  const stock = { institutionId, productId: row.id, quantity: stockQuantity }
  await correctStock(tx, { ...stock, subjectId: `opening:${id}` }, now)
  return row.id
}

/**
 * Changes an active product, and books a correction when the stock is changed. Answers it as it is
 * then, or null when there is no such active product.
 *
 * @throws AppError SKU_TAKEN for another active product's barcode
 */
export async function updateProduct(
  tx: Tx,
  { institutionId, id }: ProductKey,
  change: ProductChange,
  now: Date,
): Promise<Product | null> {
  const [row] = await tx.many<ProductRow>(sql('lock_active'), [institutionId, id])
  if (!row) return null
  const next: Product = { ...readRow(row), ...change }
  const { merchantId, name, nameEn, category, barcode, priceMinor, stockQuantity } = next
  await refuseTakenBarcode(tx, { institutionId, merchantId, barcode, exceptId: id })
  tx.send(sql('update'), [institutionId, id, name, nameEn, category, barcode, priceMinor])
  if (stockQuantity !== row.stock_quantity) {
    const subjectId = `correction:${newId('req')}`
    const stock = { institutionId, productId: id, quantity: stockQuantity }
    await correctStock(tx, { ...stock, subjectId }, now)
  }
  return next
}

/** Takes a product out of sale; its sales and stock movements stay. False when it is not there. */
export async function closeProduct(tx: Tx, { institutionId, id }: ProductKey): Promise<boolean> {
  return (await tx.many(sql('close'), [institutionId, id])).length > 0
}

type BarcodeCheck = Pick<Product, 'merchantId' | 'barcode'> & {
  institutionId: string
  exceptId: string
}

// The unique index is the guard; when two add one at once, the loser runs again and is told here.
async function refuseTakenBarcode(tx: Tx, check: BarcodeCheck): Promise<void> {
  const { institutionId, merchantId, barcode, exceptId } = check
  if (barcode === null) return
  const taken = await tx.many(sql('find_barcode'), [institutionId, merchantId, barcode, exceptId])
  if (taken.length > 0) throw new AppError('SKU_TAKEN', { param: 'barcode' })
}

/** Null when there is no such active product in this institution. */
export async function readProduct(
  db: Pick<Db, 'read'>,
  institutionId: string,
  id: string,
): Promise<Product | null> {
  const [row] = await db.read<ProductRow>(sql('read'), [institutionId, id])
  return row ? readRow(row) : null
}

export type ProductPage = Page & {
  /** null: of all merchants. */
  merchantId: string | null
  /** Only the product with this barcode; needs the merchant. */
  barcode?: string
  /** A part of the name, or the SKU, barcode or id; null: all. */
  q?: string | null
}

/** A page of active products, the newest first. */
export async function readProducts(
  db: Pick<Db, 'read'>,
  institutionId: string,
  { merchantId, barcode, q = null, startingAfter, limit }: ProductPage,
): Promise<Product[]> {
  const after = startingAfter ?? 'prd_z'
  const page = [after, limit]
  const read = (name: string, values: readonly unknown[]) =>
    db.read<ProductRow>(sql(name), [institutionId, ...values])
  if (merchantId === null) return (await read('read_all', [...page, q])).map(readRow)
  if (barcode !== undefined)
    return (await read('read_by_barcode', [merchantId, barcode, ...page])).map(readRow)
  return (await read('read_of_merchant', [merchantId, ...page, q])).map(readRow)
}

type ProductRow = {
  id: string
  merchant_id: string
  sku: string
  name: string
  name_en: string | null
  category: string | null
  barcode: string | null
  price_minor: bigint
  currency: Currency
  stock_quantity: bigint | null
  state: Product['state']
  created_at: Date
}

const readRow = (row: ProductRow): Product => ({
  id: row.id,
  merchantId: row.merchant_id,
  sku: row.sku,
  name: row.name,
  nameEn: row.name_en,
  category: row.category,
  barcode: row.barcode,
  priceMinor: row.price_minor,
  currency: row.currency,
  stockQuantity: row.stock_quantity,
  state: row.state,
  createdAt: row.created_at,
})
