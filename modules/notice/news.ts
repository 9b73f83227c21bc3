// News: what merchants tell their subscribers of goods and prices. A draft is written, published and,
// when it was wrong, withdrawn. Whom it reaches is in `news-delivery.ts`.

import { loadSql, type Db, type Tx } from '../database/database.ts'
import { AppError } from '../errors/errors.ts'
import { assert } from '../lib/assert.ts'
import { newId } from '../lib/ids.ts'
import { isCurrency, type Currency } from '../money/money.ts'
import { putMessages, type NewMessage } from '../outbox/outbox.ts'
import type { Page } from '../party/party.ts'
import type { Picture } from './news-picture.ts'

const sql = loadSql(new URL('./news.sql', import.meta.url))

export const newsStates = ['draft', 'published', 'withdrawn'] as const

export type NewsState = (typeof newsStates)[number]

/** What a merchant writes. The price is in minor units, of one. */
export type NewsText = {
  title: string
  body: string
  picture: Picture | null
  productId: string | null
  priceMinor: bigint | null
  validFrom: Date
  validUntil: Date
}

/** News as it is listed: its picture is asked for by itself. */
export type News = Omit<NewsText, 'picture'> & {
  id: string
  merchantId: string
  currency: Currency
  hasPicture: boolean
  state: NewsState
  publishedAt: Date | null
  /** How many payers it was given to, and how many of them have read it. */
  given: number
  read: number
  createdBy: string
  createdAt: Date
  updatedAt: Date
}

type Which = { institutionId: string; id: string }

export type NewNews = NewsText & Pick<News, 'id' | 'merchantId' | 'currency' | 'createdBy'>

/** Adds a draft. Nobody but its merchant and the operator sees it. */
export function createNews(tx: Tx, institutionId: string, news: NewNews, now: Date): void {
  tx.send(sql('create'), [
    ...[institutionId, news.id, news.merchantId, news.title, news.body],
    ...[news.picture?.bytes ?? null, news.picture?.mediaType ?? null, news.productId],
    ...[news.priceMinor, news.currency, news.validFrom, news.validUntil, news.createdBy, now],
  ])
}

/** A page of a merchant's news, or of all (null), the newest first. */
export async function listNews(
  db: Pick<Db, 'read'>,
  institutionId: string,
  { merchantId, state, startingAfter, limit }: NewsFilter,
): Promise<News[]> {
  const values = [institutionId, merchantId, state, startingAfter ?? 'nws_z', limit]
  return (await db.read<NewsRow>(sql('list'), values)).map(readRow)
}

export type NewsFilter = Page & { merchantId: string | null; state: NewsState | null }

/** One piece of news; null when there is none. */
export async function readNews(
  db: Pick<Db, 'read'>,
  { institutionId, id }: Which,
): Promise<News | null> {
  const [row] = await db.read<NewsRow>(sql('read'), [institutionId, id])
  return row ? readRow(row) : null
}

/**
 * Changes a draft; what is left out stays.
 *
 * @throws AppError NOT_FOUND, or INVALID_REQUEST when it is no draft any more or ends before it begins
 */
export async function changeNews(
  tx: Tx,
  { institutionId, id }: Which,
  change: Partial<NewsText>,
  now: Date,
): Promise<void> {
  const row = await lock(tx, { institutionId, id })
  if (row.state !== 'draft')
    throw new AppError('INVALID_REQUEST', { reason: 'is published; withdraw it and write another' })
  const next = { ...textOf(row), ...change }
  if (next.validFrom >= next.validUntil) throw endsTooSoon()
  tx.send(sql('change'), [
    ...[institutionId, id, next.title, next.body, next.picture?.bytes ?? null],
    ...[next.picture?.mediaType ?? null, next.productId, next.priceMinor],
    ...[next.validFrom, next.validUntil, now],
  ])
}

/** News whose end does not lie behind its beginning is refused. */
export const endsTooSoon = (): AppError =>
  new AppError('INVALID_REQUEST', { param: 'valid_until', reason: 'must be later' })

export type Publishing = {
  now: Date
  /** The institution's day, and how many news of a merchant one payer gets in one. */
  day: string
  most: number
}

/**
 * Publishes news: its subscribers are given it when it begins to be valid. What is published already
 * stays so. Answers whether anything changed.
 *
 * @throws AppError NOT_FOUND
 * @throws AppError NEWS_TOO_OFTEN when the merchant has published as many today as a payer may get
 * @throws AppError INVALID_REQUEST when its time is over
 */
export async function publishNews(
  tx: Tx,
  { institutionId, id }: Which,
  { now, day, most }: Publishing,
): Promise<boolean> {
  const row = await lock(tx, { institutionId, id })
  if (row.state === 'published') return false
  if (row.valid_until <= now) throw endsTooSoon()
  const of = [institutionId, row.merchant_id, day]
  const [last] = await tx.many<{ number: number }>(sql('last_of_day'), of)
  const number = (last?.number ?? 0) + 1
  if (number > most) throw new AppError('NEWS_TOO_OFTEN')
  tx.send(sql('publish'), [institutionId, id, now, day, number])
  const dueAt = row.valid_from > now ? row.valid_from : now
  putMessages(tx, institutionId, [newsMessage({ newsId: id, dueAt, now })])
  return true
}

/** Withdraws news: no feed shows it any more. Answers whether it stood until now. */
export async function withdrawNews(tx: Tx, which: Which, now: Date): Promise<boolean> {
  const values = [which.institutionId, which.id, now]
  return (await tx.many(sql('withdraw'), values)).length > 0
}

/** The message that has news given to the subscribers after one of them, some hundred at a time. */
export const newsMessage = (next: {
  newsId: string
  afterPayerId?: string
  isShort?: boolean
  dueAt: Date
  now: Date
}): NewMessage => ({
  ...{ id: newId('msg', next.now.getTime()), consumer: 'news', isReminder: true },
  subjectId: next.newsId,
  payload: { afterPayerId: next.afterPayerId ?? '', isShort: next.isShort ?? false },
  dueAt: next.dueAt,
})

/** The picture of news as its merchant (null: the operator) may see it; null when there is none. */
export async function readPicture(
  db: Pick<Db, 'read'>,
  { institutionId, id }: Which,
  merchantId: string | null,
): Promise<Picture | null> {
  const values = [institutionId, id, merchantId]
  const [row] = await db.read<PictureRow>(sql('picture_for_merchant'), values)
  return row ? { bytes: row.picture, mediaType: row.picture_type } : null
}

/** The picture of news in a payer's feed; null when there is none there. */
export async function readPictureInFeed(
  db: Pick<Db, 'read'>,
  { institutionId, id }: Which,
  payerId: string,
): Promise<Picture | null> {
  const values = [institutionId, id, payerId]
  const [row] = await db.read<PictureRow>(sql('picture_for_payer'), values)
  return row ? { bytes: row.picture, mediaType: row.picture_type } : null
}

async function lock(tx: Tx, { institutionId, id }: Which): Promise<LockedRow> {
  const [row] = await tx.many<LockedRow>(sql('lock'), [institutionId, id])
  if (!row) throw new AppError('NOT_FOUND')
  return row
}

type PictureRow = { picture: Buffer; picture_type: Picture['mediaType'] }

type TextRow = {
  title: string
  body: string
  product_id: string | null
  price_minor: bigint | null
  valid_from: Date
  valid_until: Date
}

type LockedRow = TextRow & {
  merchant_id: string
  picture: Buffer | null
  picture_type: Picture['mediaType'] | null
  state: NewsState
}

type NewsRow = TextRow & {
  id: string
  merchant_id: string
  picture_type: string | null
  currency: string
  state: NewsState
  published_at: Date | null
  created_by: string
  created_at: Date
  updated_at: Date
  given_count: bigint
  read_count: bigint
}

const plainText = (row: TextRow) => ({
  title: row.title,
  body: row.body,
  productId: row.product_id,
  priceMinor: row.price_minor,
  validFrom: row.valid_from,
  validUntil: row.valid_until,
})

const textOf = (row: LockedRow): NewsText => ({
  ...plainText(row),
  picture:
    row.picture && row.picture_type ? { bytes: row.picture, mediaType: row.picture_type } : null,
})

function readRow(row: NewsRow): News {
  assert(isCurrency(row.currency), 'news is in a known currency')
  return {
    ...plainText(row),
    ...{ id: row.id, merchantId: row.merchant_id, currency: row.currency, state: row.state },
    ...{ hasPicture: row.picture_type !== null, publishedAt: row.published_at },
    ...{ given: Number(row.given_count), read: Number(row.read_count), createdBy: row.created_by },
    ...{ createdAt: row.created_at, updatedAt: row.updated_at },
  }
}
