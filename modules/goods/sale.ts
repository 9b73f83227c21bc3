import { loadSql, type Db, type Tx } from '../database/database.ts'
import type { Currency } from '../money/money.ts'

const sql = loadSql(new URL('./sale.sql', import.meta.url))

/** A sale is named by the merchant's own number for it. */
export type SaleKey = { merchantId: string; saleNo: string }

export type SaleLine = {
  sku: string
  name: string
  quantity: bigint
  /** For one, in minor units. */
  unitPriceMinor: bigint
}

export type Sale = SaleKey & {
  /** Of the goods lines, in minor units; null when no goods were named. */
  totalMinor: bigint | null
  paidMinor: bigint
  currency: Currency
  state: 'open' | 'paid'
}

export type NewSale = SaleKey & {
  currency: Currency
  /** Empty when no goods were named. */
  lines: readonly SaleLine[]
  createdAt: Date
}

/** What a payment adds to its sale. */
export type Tender = SaleKey & { paidMinor: bigint; becamePaid: boolean; at: Date }

/** What the goods come to, in minor units; null when there are none. */
export function totalMinor(lines: readonly SaleLine[]): bigint | null {
  if (lines.length === 0) return null
  return lines.reduce((sum, { quantity, unitPriceMinor }) => sum + quantity * unitPriceMinor, 0n)
}

/**
 * Writes sales, each once, that a batch found missing, with their lines. One that another batch
 * made meanwhile meets the unique key, and the batch reruns and finds it.
 */
export function insertSales(tx: Tx, institutionId: string, sales: readonly NewSale[]): void {
  if (sales.length === 0) return
  tx.send(sql('insert'), [
    institutionId,
    sales.map(({ merchantId }) => merchantId),
    sales.map(({ saleNo }) => saleNo),
    sales.map(({ lines }) => totalMinor(lines)),
    sales.map(({ currency }) => currency),
    sales.map(({ createdAt }) => createdAt.toISOString()),
  ])
  const rows = sales.flatMap(({ merchantId, saleNo, lines }) =>
    lines.map((line, at) => ({ merchantId, saleNo, lineNo: at + 1, ...line })),
  )
  if (rows.length === 0) return
  tx.send(sql('insert_lines'), [
    institutionId,
    rows.map(({ merchantId }) => merchantId),
    rows.map(({ saleNo }) => saleNo),
    rows.map(({ lineNo }) => lineNo),
    rows.map(({ sku }) => sku),
    rows.map(({ name }) => name),
    rows.map(({ quantity }) => quantity),
    rows.map(({ unitPriceMinor }) => unitPriceMinor),
  ])
}

/** Locks these sales in key order and tells how they stand. Those that do not exist are left out. */
export async function lockSales(
  tx: Tx,
  institutionId: string,
  keys: readonly SaleKey[],
): Promise<Sale[]> {
  if (keys.length === 0) return []
  const distinct = [...new Map(keys.map((key) => [keyOf(key), key])).values()]
  const rows = await tx.many<SaleRow>(sql('lock'), [
    institutionId,
    distinct.map(({ merchantId }) => merchantId),
    distinct.map(({ saleNo }) => saleNo),
  ])
  return rows.map((row) => ({
    ...readKey(row),
    totalMinor: row.total_minor,
    paidMinor: row.paid_minor,
    currency: row.currency,
    state: row.state,
  }))
}

/**
 * Adds what was paid to sales that the batch has locked. Each sale once: the caller has summed the
 * tenders of one sale. Whether it is paid now is the caller's to say, who knows the total.
 */
export function applyTenders(tx: Tx, institutionId: string, tenders: readonly Tender[]): void {
  if (tenders.length === 0) return
  tx.send(sql('apply_tenders'), [
    institutionId,
    tenders.map(({ merchantId }) => merchantId),
    tenders.map(({ saleNo }) => saleNo),
    tenders.map(({ paidMinor }) => paidMinor),
    tenders.map(({ becamePaid, at }) => (becamePaid ? at : null)),
  ])
}

/** What a refund takes from what its sale was paid, in minor units of the price. */
export type SaleRefund = SaleKey & { refundedMinor: bigint }

/**
 * Takes refunds from what sales were paid, which the batch has locked; where there is no such sale
 * nothing happens. A paid sale stays paid: what was sold does not come back into stock by itself.
 */
export function applyRefunds(tx: Tx, institutionId: string, refunds: readonly SaleRefund[]): void {
  const sums = new Map<string, SaleRefund>()
  for (const { merchantId, saleNo, refundedMinor } of refunds) {
    const key = keyOf({ merchantId, saleNo })
    const sumMinor = (sums.get(key)?.refundedMinor ?? 0n) + refundedMinor
    sums.set(key, { merchantId, saleNo, refundedMinor: sumMinor })
  }
  if (sums.size === 0) return
  const rows = [...sums.values()]
  tx.send(sql('apply_refunds'), [
    institutionId,
    rows.map(({ merchantId }) => merchantId),
    rows.map(({ saleNo }) => saleNo),
    rows.map(({ refundedMinor }) => refundedMinor),
  ])
}

/** The goods of one sale, in the order of the basket. */
export async function readSaleLines(
  db: Pick<Db, 'read'>,
  institutionId: string,
  { merchantId, saleNo }: SaleKey,
): Promise<SaleLine[]> {
  const values = [institutionId, merchantId, saleNo]
  const rows = await db.read<LineRow>(sql('read_lines'), values)
  return rows.map(({ sku, name, quantity, unit_price_minor: unitPriceMinor }) => ({
    sku,
    name,
    quantity,
    unitPriceMinor,
  }))
}

type SaleKeyRow = { merchant_id: string; sale_no: string }
type SaleRow = SaleKeyRow & {
  total_minor: bigint | null
  paid_minor: bigint
  currency: Currency
  state: Sale['state']
}
type LineRow = { sku: string; name: string; quantity: bigint; unit_price_minor: bigint }

const readKey = (row: SaleKeyRow): SaleKey => ({ merchantId: row.merchant_id, saleNo: row.sale_no })

// A merchant's id holds no space.
const keyOf = ({ merchantId, saleNo }: SaleKey) => `${merchantId} ${saleNo}`
