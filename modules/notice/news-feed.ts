import { loadSql, type Db, type Tx } from '../database/database.ts'
import { assert } from '../lib/assert.ts'
import { isCurrency, type Currency } from '../money/money.ts'
import type { Page } from '../party/party.ts'
import type { SubscriptionState } from './subscription.ts'

const sql = loadSql(new URL('./news.sql', import.meta.url))

/** News in a payer's feed. Prices in minor units. */
export type FeedItem = {
  /** Of the news. */
  id: string
  merchantId: string
  merchantName: string
  subscription: SubscriptionState
  title: string
  body: string
  hasPicture: boolean
  product: { id: string; name: string; nameEn: string | null } | null
  /** What the news says, else what the product costs now. */
  priceMinor: bigint | null
  currency: Currency
  validFrom: Date
  validUntil: Date
  deliveredAt: Date
  readAt: Date | null
}

/**
 * A page of a payer's feed, the latest first. What was withdrawn, has ended or comes from a merchant
 * that the payer left is not in it. Debits stand in the inbox, and never here.
 */
export async function readFeed(
  db: Pick<Db, 'read'>,
  { institutionId, payerId, now }: Whose,
  { startingAfter, limit }: Page,
): Promise<FeedItem[]> {
  const values = [institutionId, payerId, startingAfter, limit, now, null]
  return (await db.read<FeedRow>(sql('read_feed'), values)).map(readRow)
}

/** One piece of news in a payer's feed; null when it is not there, or no more. */
export async function readFeedItem(
  db: Pick<Db, 'read'>,
  { institutionId, payerId, now }: Whose,
  newsId: string,
): Promise<FeedItem | null> {
  const values = [institutionId, payerId, null, 1, now, newsId]
  const [row] = await db.read<FeedRow>(sql('read_feed'), values)
  return row ? readRow(row) : null
}

type Whose = { institutionId: string; payerId: string; now: Date }

/** Notes that a payer has looked at news. Answers false when it is not in his feed. */
export async function markNewsRead(
  tx: Tx,
  { institutionId, payerId, newsId }: { institutionId: string; payerId: string; newsId: string },
  now: Date,
): Promise<boolean> {
  const values = [institutionId, payerId, newsId, now]
  return (await tx.many(sql('mark_read'), values)).length > 0
}

type FeedRow = {
  id: string
  merchant_id: string
  merchant_name: string
  subscription: SubscriptionState
  title: string
  body: string
  picture_type: string | null
  product_id: string | null
  product_name: string | null
  product_name_en: string | null
  product_price_minor: bigint | null
  price_minor: bigint | null
  currency: string
  valid_from: Date
  valid_until: Date
  delivered_at: Date
  read_at: Date | null
}

function readRow(row: FeedRow): FeedItem {
  assert(isCurrency(row.currency), 'news is in a known currency')
  const { product_id: id, product_name: name, product_name_en: nameEn } = row
  return {
    ...{ id: row.id, merchantId: row.merchant_id, merchantName: row.merchant_name },
    ...{ subscription: row.subscription, title: row.title, body: row.body },
    hasPicture: row.picture_type !== null,
    // A product that is sold no more is not offered; the news keeps its own price.
    product: id !== null && name !== null ? { id, name, nameEn } : null,
    priceMinor: row.price_minor ?? row.product_price_minor,
    currency: row.currency,
    ...{ validFrom: row.valid_from, validUntil: row.valid_until },
    ...{ deliveredAt: row.delivered_at, readAt: row.read_at },
  }
}
