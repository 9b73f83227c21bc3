import { loadSql, type Db, type Tx } from '../database/database.ts'

export * from './event.ts'

const sql = loadSql(new URL('./outbox.sql', import.meta.url))

/**
 * Who takes messages. `notice`: inboxes of payers and third parties. `stock`: goods that leave.
 * `payment_check`: a reminder to look at a payment that waits for its payer. `charge_check`: to ask a
 * channel what became of a charge, or to reverse it. `late_refund`: money that came after a reversal
 * goes back. `refund_check`: to ask a channel what became of a refund.
 * `debit_check`: a reminder to look at a debit, for another institution, that waits for its payer.
 * `unlink`: a scheme to be told that an account of a payer's shall be charged no more.
 * `news`: what a merchant has published, to its subscribers. `web_push`: a browser to be woken.
 */
export type Consumer =
  | 'notice'
  | 'stock'
  | 'payment_check'
  | 'charge_check'
  | 'late_refund'
  | 'refund_check'
  | 'debit_check'
  | 'unlink'
  | 'news'
  | 'web_push'

export type NewMessage = {
  consumer: Consumer
  id: string
  /** What it is about; messages of one consumer about one subject keep their order. */
  subjectId: string
  /** A reminder stands outside that order. */
  isReminder: boolean
  payload: Readonly<Record<string, unknown>>
  dueAt: Date
  /** Whose counterpart must be asked; such messages wait while it does not answer. */
  channelAccountId?: string
}

export type Message = Pick<NewMessage, 'id' | 'subjectId' | 'dueAt'> & {
  payload: Record<string, unknown>
  /** How often it was tried before. */
  attempts: number
}

/** Writes messages in the transaction that made them true: they are delivered at least once. */
export function putMessages(tx: Tx, institutionId: string, messages: readonly NewMessage[]): void {
  if (messages.length === 0) return
  tx.send(sql('put'), [
    institutionId,
    messages.map((one) => one.consumer),
    messages.map((one) => one.id),
    messages.map((one) => one.subjectId),
    messages.map((one) => one.isReminder),
    messages.map((one) => JSON.stringify(one.payload)),
    messages.map((one) => one.dueAt),
    messages.map((one) => one.channelAccountId ?? null),
  ])
}

/**
 * Locks due messages of one consumer until the transaction ends, oldest first. Effects that are
 * written in the same transaction as `done` happen exactly once; other workers pass them by.
 */
export async function takeDue(
  tx: Tx,
  institutionId: string,
  { consumer, now, limit }: { consumer: Consumer; now: Date; limit: number },
): Promise<Message[]> {
  type Row = {
    id: string
    subject_id: string
    payload: Record<string, unknown>
    attempts: number
    due_at: Date
  }
  const rows = await tx.many<Row>(sql('take_due'), [institutionId, consumer, now, limit])
  return rows.map(({ subject_id: subjectId, due_at: dueAt, ...row }) => ({
    ...row,
    subjectId,
    dueAt,
  }))
}

/** A message that is held for a while, and whose counterpart it is about. */
export type Leased = Pick<NewMessage, 'id' | 'subjectId' | 'dueAt'> & {
  payload: Record<string, unknown>
  channelAccountId: string | null
  attempts: number
}

/**
 * Takes due messages for work that lasts longer than a transaction: until `until` nobody else gets
 * them, and a process that dies loses nothing. Messages of the named channel accounts stay.
 */
export async function leaseDue(
  tx: Tx,
  institutionId: string,
  lease: { consumer: Consumer; now: Date; until: Date; limit: number; without: readonly string[] },
): Promise<Leased[]> {
  type Row = {
    id: string
    subject_id: string
    payload: Record<string, unknown>
    due_at: Date
    channel_account_id: string | null
    attempts: number
  }
  const { consumer, now, until, limit, without } = lease
  const values = [institutionId, consumer, now, limit, without]
  const rows = await tx.many<Row>(sql('find_leasable'), values)
  const leased = rows.map((row) => ({
    id: row.id,
    subjectId: row.subject_id,
    payload: row.payload,
    dueAt: row.due_at,
    channelAccountId: row.channel_account_id,
    attempts: row.attempts,
  }))
  if (leased.length > 0) tx.send(sql('lease'), [institutionId, consumer, ...keysOf(leased), until])
  return leased
}

/** Makes what waits for a channel account due at once: it answers again. */
export function hasten(tx: Tx, institutionId: string, accountId: string, now: Date): void {
  tx.send(sql('hasten'), [institutionId, accountId, now])
}

/** What names a message among those of its consumer. */
export type MessageKey = Pick<NewMessage, 'id' | 'subjectId'>

/** Takes delivered messages off the table. */
export function done(
  tx: Tx,
  institutionId: string,
  consumer: Consumer,
  messages: readonly MessageKey[],
): void {
  if (messages.length > 0) tx.send(sql('done'), [institutionId, consumer, ...keysOf(messages)])
}

const keysOf = (messages: readonly MessageKey[]) => [
  messages.map(({ subjectId }) => subjectId),
  messages.map(({ id }) => id),
]

/** Takes off the reminders about subjects that have come to their end. */
export function dropReminders(
  tx: Tx,
  institutionId: string,
  consumer: Consumer,
  subjectIds: readonly string[],
): void {
  if (subjectIds.length > 0) tx.send(sql('drop_reminders'), [institutionId, consumer, subjectIds])
}

/** Puts messages back until `dueAt`, with one more attempt counted and what went wrong. */
export function postpone(
  tx: Tx,
  institutionId: string,
  { consumer, messages, dueAt, problem }: PutOff,
): void {
  if (messages.length === 0) return
  tx.send(sql('postpone'), [institutionId, consumer, ...keysOf(messages), dueAt, problem])
}

type PutOff = {
  consumer: Consumer
  messages: readonly MessageKey[]
  dueAt: Date
  problem: string
}

export type Backlog = { consumer: Consumer; messages: bigint; oldestMs: bigint }

/** What is due and not delivered, per consumer, with the age of the oldest in ms. */
export async function readBacklog(
  db: Pick<Db, 'read'>,
  institutionId: string,
  now: Date,
): Promise<Backlog[]> {
  type Row = { consumer: Consumer; messages: bigint; oldest_ms: bigint }
  const rows = await db.read<Row>(sql('backlog'), [institutionId, now])
  return rows.map(({ oldest_ms: oldestMs, ...row }) => ({ ...row, oldestMs }))
}
