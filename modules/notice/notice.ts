// What payers and third parties are told of payments: an inbox each, written from the outbox; and
// webhooks, by which the servers of merchants and third parties are told (`webhook.ts`). Apart from
// both, what merchants offer to those who subscribe, and what payers say of payments.

import { loadSql, type Db, type Tx } from '../database/database.ts'
import { assert } from '../lib/assert.ts'
import { newId } from '../lib/ids.ts'
import { isCurrency, type Currency } from '../money/money.ts'
import { putEvents, type Event, type Message } from '../outbox/outbox.ts'
import type { Page } from '../party/party.ts'

export {
  answerFeedback,
  giveFeedback,
  listFeedback,
  readFeedback,
  type Feedback,
} from './feedback.ts'
export { deliverNews, givingNow, purgeNews, type Giving } from './news-delivery.ts'
export { markNewsRead, readFeed, readFeedItem, type FeedItem } from './news-feed.ts'
export { MOST_PICTURE_TEXT, readPictureText, type Picture } from './news-picture.ts'
export {
  changeNews,
  createNews,
  endsTooSoon,
  listNews,
  newsStates,
  publishNews,
  readNews,
  readPicture,
  readPictureInFeed,
  withdrawNews,
  type News,
  type NewsText,
} from './news.ts'
export {
  chooseSubscription,
  listSubscriptions,
  subscribeByPaying,
  subscriptionStates,
  subscriptionWays,
  type Subscription,
} from './subscription.ts'
export { sendPushes } from './web-push-send.ts'
export {
  ownPushKey,
  putPushSubscription,
  removePushSubscription,
  type PushAddress,
} from './web-push.ts'
export * from './webhook.ts'
export { sealedInNotice } from './sealed.ts'

const sql = loadSql(new URL('./notice.sql', import.meta.url))

/**
 * `debit_instruction`: to the payer's device, what was taken from it. `refund_notice`: to the same,
 * what came back of it. `netting_notice`: to the third party that started a payment inside one
 * institution, what was netted.
 *
 * Source: P14, P15.
 */
export const noticeKinds = ['debit_instruction', 'refund_notice', 'netting_notice'] as const

export type NoticeKind = (typeof noticeKinds)[number]

export type Notice = {
  id: string
  kind: NoticeKind
  paymentId: string
  amountMinor: bigint
  currency: Currency
  merchantName: string
  occurredAt: Date
  readAt: Date | null
}

type Delivery = Omit<Notice, 'readAt'> & { recipientId: string }

/**
 * Writes the notices of outbox messages, and one event each for open streams. Doing it again writes
 * nothing: a notice has the id of its message.
 *
 * @throws AssertionError for a message that is no notice: its writer has a bug.
 */
export async function deliverNotices(
  tx: Tx,
  institutionId: string,
  messages: readonly Message[],
): Promise<void> {
  if (messages.length === 0) return
  const notices = messages.map(readMessage)
  const column = <Key extends keyof Delivery>(key: Key) => notices.map((notice) => notice[key])
  const added = await tx.many<{ id: string }>(sql('put'), [
    institutionId,
    column('recipientId'),
    column('id'),
    column('kind'),
    column('paymentId'),
    column('amountMinor'),
    column('currency'),
    column('merchantName'),
    column('occurredAt'),
  ])
  const isNew = new Set(added.map(({ id }) => id))
  putEvents(tx, institutionId, notices.filter(({ id }) => isNew.has(id)).map(asEvent))
}

/** The notices of one payer or third party, the newest first. */
export async function listNotices(
  db: Pick<Db, 'read'>,
  { institutionId, recipientId }: { institutionId: string; recipientId: string },
  { startingAfter, limit }: Page,
): Promise<Notice[]> {
  const values = [institutionId, recipientId, startingAfter ?? 'ntc_z', limit]
  return (await db.read<NoticeRow>(sql('read_inbox'), values)).map(readRow)
}

type Read = { institutionId: string; recipientId: string; id: string; andOlder: boolean }

/**
 * The recipient has read a notice, or that and every older one; the first time counts. Answers
 * false when there is none of that id in this inbox, and changes nothing then.
 */
export async function markNoticesRead(
  tx: Tx,
  { institutionId, recipientId, id, andOlder }: Read,
  now: Date,
): Promise<boolean> {
  const values = [institutionId, recipientId, id, now]
  const [marked] = await tx.many<{ id: string }>(sql('mark_read'), values)
  if (marked && andOlder) await tx.many(sql('mark_older_read'), values)
  return marked !== undefined
}

/** The notice that an event of type `notice.created` tells of. */
export const noticeOf = ({ payload }: Pick<Event, 'payload'>): Notice => ({
  ...readPayload(String(payload.id), payload),
  readAt: null,
})

function readMessage({ id, payload }: Message): Delivery {
  return readPayload(id.replace(/^msg_/, 'ntc_'), payload)
}

function readPayload(id: string, payload: Message['payload']): Delivery {
  const { recipientId, paymentId, amountMinor, currency, merchantName, occurredAt } = payload
  const kind = noticeKinds.find((one) => one === payload.kind)
  assert(kind, `${id} is a kind of notice`)
  assert(typeof currency === 'string' && isCurrency(currency), `${id} is in a known currency`)
  assert(isAmount(amountMinor), `${id} names an amount`)
  return {
    id,
    kind,
    currency,
    recipientId: String(recipientId),
    paymentId: String(paymentId),
    amountMinor: BigInt(amountMinor),
    merchantName: String(merchantName),
    occurredAt: new Date(String(occurredAt)),
  }
}

// JSON has no bigint: an amount travels as a number below 2^53 or as its digits.
const isAmount = (value: unknown): value is number | string =>
  Number.isSafeInteger(value) || (typeof value === 'string' && /^\d+$/.test(value))

function asEvent({ recipientId, amountMinor, occurredAt, ...notice }: Delivery): Event {
  const isPayer = recipientId.startsWith('pyr_')
  return {
    id: newId('evt'),
    type: 'notice.created',
    subjectId: notice.id,
    merchantId: null,
    terminalId: null,
    payerId: isPayer ? recipientId : null,
    partyId: isPayer ? null : recipientId,
    payload: { ...notice, recipientId, amountMinor: amountMinor.toString(), occurredAt },
    occurredAt,
  }
}

type NoticeRow = {
  id: string
  kind: NoticeKind
  payment_id: string
  amount_minor: bigint
  currency: string
  merchant_name: string
  occurred_at: Date
  read_at: Date | null
}

function readRow(row: NoticeRow): Notice {
  assert(isCurrency(row.currency), 'a notice is in a known currency')
  return {
    id: row.id,
    kind: row.kind,
    paymentId: row.payment_id,
    amountMinor: row.amount_minor,
    currency: row.currency,
    merchantName: row.merchant_name,
    occurredAt: row.occurred_at,
    readAt: row.read_at,
  }
}
