// Whom news reaches: the merchant's subscribers, each no more of them in a day than is set. What is
// given is a row in the payer's feed, an event for his open wallet, and a message for his browsers.

import { loadSql, type Tx } from '../database/database.ts'
import type { Io } from '../io/io.ts'
import { newId } from '../lib/ids.ts'
import { putEvents, putMessages, type Event, type Message } from '../outbox/outbox.ts'
import { momentAt } from '../route/route.ts'
import { newsMessage } from './news.ts'
import { pushMessages } from './web-push.ts'

const sql = loadSql(new URL('./news.sql', import.meta.url))

// Subscribers that are given news in one transaction.
const MOST = 500
const DAY_MINUTES = 24 * 60
// What has ended so long ago is forgotten.
const KEPT_MS = 90 * 24 * 60 * 60 * 1000

/** When and how much is given. */
export type Giving = {
  now: Date
  /** The institution's day, YYYY-MM-DD, and when its next one begins. */
  day: string
  tomorrowAt: Date
  /** How many news of a merchant one payer gets in a day. */
  most(merchantId: string): number
}

/**
 * What holds of giving news in an institution at this moment.
 *
 * @throws AppError NOT_FOUND when there is no such institution
 */
export async function givingNow(
  io: Pick<Io, 'institution' | 'now' | 'settings'>,
  institutionId: string,
): Promise<Giving> {
  const now = io.now()
  const { timeZone } = await io.institution(institutionId)
  const { day, minuteOfDay } = momentAt(now, timeZone)
  return {
    now,
    day,
    tomorrowAt: new Date(now.getTime() + (DAY_MINUTES - minuteOfDay) * 60_000),
    most: (merchantId) => io.settings(institutionId, { merchantId }).integer('news.per_day'),
  }
}

/**
 * Gives news to the next subscribers of its merchant; a message for those after them, and one for
 * tomorrow when somebody has had as many today as he may get. A payer is given the same news once.
 * What was withdrawn or has ended meanwhile is given to nobody.
 */
export async function deliverNews(
  tx: Tx,
  institutionId: string,
  messages: readonly Message[],
  giving: Giving,
): Promise<void> {
  // One after the other, as each looks at what the one before has given.
  for (const message of messages) await deliverOne(tx, institutionId, message, giving)
}

type Standing = {
  merchant_id: string
  merchant_name: string
  title: string
  valid_from: Date
  valid_until: Date
}

async function deliverOne(
  tx: Tx,
  institutionId: string,
  { subjectId: newsId, payload }: Message,
  giving: Giving,
): Promise<void> {
  const { now, day, tomorrowAt } = giving
  const [news] = await tx.many<Standing>(sql('standing'), [institutionId, newsId, now])
  const most = news ? giving.most(news.merchant_id) : 0
  if (!news || most === 0) return
  const page = [institutionId, news.merchant_id, String(payload.afterPayerId ?? ''), MOST]
  const locked = await tx.many<{ payer_id: string }>(sql('lock_subscribers'), page)
  const payers = locked.map(({ payer_id: payerId }) => payerId)
  // A statement of its own: it sees what others gave before we had the locks.
  const before = await givenBefore(tx, institutionId, { news, newsId, payers, day })
  const lacking = payers.filter((payerId) => !before.get(payerId)?.hasIt)
  const lucky = lacking.filter((payerId) => (before.get(payerId)?.today ?? 0) < most)
  await give(tx, institutionId, { newsId, news, payers: lucky, giving })
  const isShort = payload.isShort === true || lucky.length < lacking.length
  const afterPayerId = payers.at(-1)
  if (payers.length === MOST && afterPayerId !== undefined) {
    putMessages(tx, institutionId, [
      newsMessage({ newsId, afterPayerId, isShort, dueAt: now, now }),
    ])
  } else if (isShort) {
    putMessages(tx, institutionId, [newsMessage({ newsId, dueAt: tomorrowAt, now })])
  }
}

type Asked = { news: Standing; newsId: string; payers: readonly string[]; day: string }

async function givenBefore(
  tx: Tx,
  institutionId: string,
  { news, newsId, payers, day }: Asked,
): Promise<Map<string, { today: number; hasIt: boolean }>> {
  type Row = { payer_id: string; today_count: bigint; has_it: boolean }
  const values = [institutionId, news.merchant_id, payers, newsId, day]
  const rows = await tx.many<Row>(sql('given_before'), values)
  return new Map(
    rows.map(
      (row) => [row.payer_id, { today: Number(row.today_count), hasIt: row.has_it }] as const,
    ),
  )
}

type Given = { newsId: string; news: Standing; payers: readonly string[]; giving: Giving }

async function give(
  tx: Tx,
  institutionId: string,
  { newsId, news, payers, giving: { now, day } }: Given,
): Promise<void> {
  if (payers.length === 0) return
  const { merchant_id: merchantId, merchant_name: merchantName, title } = news
  tx.send(sql('give'), [institutionId, newsId, merchantId, payers, day, now])
  const shown = { object: 'news', id: newsId, merchant: merchantId, merchant_name: merchantName }
  const events = payers.map((payerId): Event => ({
    ...{ id: newId('evt', now.getTime()), type: 'news.published', subjectId: newsId },
    ...{ merchantId: null, terminalId: null, payerId, partyId: null, occurredAt: now },
    payload: { ...shown, title },
  }))
  putEvents(tx, institutionId, events)
  const push = { title: merchantName, body: title, path: `feed/${newsId}`, until: news.valid_until }
  putMessages(tx, institutionId, await pushMessages(tx, institutionId, payers, { ...push, now }))
}

/**
 * Gives new subscribers what their merchants tell at this moment, so that a feed does not begin
 * empty. Without a push: they are in the shop.
 */
export function giveCurrent(
  tx: Tx,
  institutionId: string,
  subscribers: readonly { payerId: string; merchantId: string }[],
  { now, day, most }: Giving,
): void {
  if (subscribers.length === 0) return
  const payers = subscribers.map(({ payerId }) => payerId)
  const merchants = subscribers.map(({ merchantId }) => merchantId)
  const values = [institutionId, payers, merchants, now, merchants.map(most), day]
  tx.send(sql('give_current'), values)
}

/** Forgets to whom was given what has long ended. */
export function purgeNews(tx: Tx, institutionId: string, now: Date): void {
  tx.send(sql('purge'), [institutionId, new Date(now.getTime() - KEPT_MS)])
}
