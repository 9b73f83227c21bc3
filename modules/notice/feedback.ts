import { loadSql, type Db, type Tx } from '../database/database.ts'
import { AppError } from '../errors/errors.ts'
import { newId } from '../lib/ids.ts'
import { putEvents, putMessages, type Event } from '../outbox/outbox.ts'
import type { Page } from '../party/party.ts'
import { pushMessages } from './web-push.ts'

const sql = loadSql(new URL('./feedback.sql', import.meta.url))

/** What a payer said of a payment, and what the merchant answered. */
export type Feedback = {
  id: string
  paymentId: string
  payerId: string
  merchantId: string
  payerName: string
  /** 1 to 5 stars. */
  rating: number
  body: string | null
  givenAt: Date
  answer: string | null
  answeredBy: string | null
  answeredAt: Date | null
}

export type NewFeedback = Omit<Feedback, 'givenAt' | 'answer' | 'answeredBy' | 'answeredAt'>

/** How an event of feedback tells of it: as the API shows it to payer and merchant alike. */
export type ShowFeedback = (feedback: Feedback) => Record<string, unknown>

/**
 * Gives feedback on a payment, to its merchant. Said again before there is an answer it replaces what
 * was said. Answers how it stands.
 *
 * @throws AppError FEEDBACK_ANSWERED when the merchant has answered
 *
 * Source: P20 (goods and feedback).
 */
export async function giveFeedback(
  tx: Tx,
  institutionId: string,
  given: NewFeedback,
  { show, now }: { show: ShowFeedback; now: Date },
): Promise<Feedback> {
  type Row = { id: string; answered_at: Date | null }
  const [before] = await tx.many<Row>(sql('lock_of_payment'), [institutionId, given.paymentId])
  if (before?.answered_at) throw new AppError('FEEDBACK_ANSWERED')
  const unanswered = { answer: null, answeredBy: null, answeredAt: null }
  const feedback = { ...given, id: before?.id ?? given.id, givenAt: now, ...unanswered }
  const { id, paymentId, payerId, merchantId, payerName, rating, body } = feedback
  const who = [id, paymentId, payerId, merchantId, payerName]
  tx.send(sql('give'), [institutionId, ...who, rating, body, now])
  putEvents(tx, institutionId, [eventOf('feedback.created', feedback, { show, now })])
  return feedback
}

/**
 * Answers feedback; another answer takes the place of the one before. The payer is told.
 *
 * @throws AppError NOT_FOUND
 */
export async function answerFeedback(
  tx: Tx,
  { institutionId, id }: { institutionId: string; id: string },
  said: { answer: string; answeredBy: string; merchantName: string },
  { show, now }: { show: ShowFeedback; now: Date },
): Promise<Feedback> {
  const { answer, answeredBy, merchantName } = said
  const [row] = await tx.many<FeedbackRow>(sql('read'), [institutionId, id])
  if (!row) throw new AppError('NOT_FOUND')
  const feedback = { ...readRow(row), answer, answeredBy, answeredAt: now }
  tx.send(sql('answer'), [institutionId, id, answer, answeredBy, now])
  putEvents(tx, institutionId, [eventOf('feedback.answered', feedback, { show, now })])
  const { payerId, paymentId } = feedback
  const push = { title: merchantName, body: answer, path: `bills/${paymentId}`, until: null, now }
  putMessages(tx, institutionId, await pushMessages(tx, institutionId, [payerId], push))
  return feedback
}

export type FeedbackFilter = Page & {
  merchantId: string | null
  payerId: string | null
  paymentId: string | null
  isAnswered: boolean | null
}

/** A page of feedback, the newest first. */
export async function listFeedback(
  db: Pick<Db, 'read'>,
  institutionId: string,
  { merchantId, payerId, paymentId, isAnswered, startingAfter, limit }: FeedbackFilter,
): Promise<Feedback[]> {
  const after = [institutionId, merchantId, startingAfter ?? 'fbk_z']
  const values = [...after, paymentId, payerId, isAnswered, limit]
  return (await db.read<FeedbackRow>(sql('list'), values)).map(readRow)
}

/** One piece of feedback; null when there is none. */
export async function readFeedback(
  db: Pick<Db, 'read'>,
  { institutionId, id }: { institutionId: string; id: string },
): Promise<Feedback | null> {
  const [row] = await db.read<FeedbackRow>(sql('read'), [institutionId, id])
  return row ? readRow(row) : null
}

type FeedbackEvent = 'feedback.created' | 'feedback.answered'

const eventOf = (
  type: FeedbackEvent,
  feedback: Feedback,
  { show, now }: { show: ShowFeedback; now: Date },
): Event => ({
  ...{ id: newId('evt', now.getTime()), type, subjectId: feedback.id, occurredAt: now },
  ...{ merchantId: feedback.merchantId, payerId: feedback.payerId },
  ...{ terminalId: null, partyId: null, payload: show(feedback) },
})

type FeedbackRow = {
  id: string
  payment_id: string
  payer_id: string
  merchant_id: string
  payer_name: string
  rating: number
  body: string | null
  given_at: Date
  answer: string | null
  answered_by: string | null
  answered_at: Date | null
}

const readRow = (row: FeedbackRow): Feedback => ({
  ...{ id: row.id, paymentId: row.payment_id, payerId: row.payer_id, merchantId: row.merchant_id },
  ...{ payerName: row.payer_name, rating: row.rating, body: row.body, givenAt: row.given_at },
  ...{ answer: row.answer, answeredBy: row.answered_by, answeredAt: row.answered_at },
})
