import { loadSql, type Db, type Tx } from '../database/database.ts'

const sql = loadSql(new URL('./outbox.sql', import.meta.url))

export type EventType =
  | 'payment.succeeded'
  | 'payment.failed'
  | 'payment.reversed'
  | 'payment.confirmation_required'
  | 'payment.updated'
  | 'refund.processing'
  | 'refund.succeeded'
  | 'refund.failed'
  | 'exception.opened'
  | 'exception.resolved'
  | 'channel.health_changed'
  | 'wallet_debit.confirmation_required'
  | 'wallet_debit.updated'
  | 'notice.created'
  | 'terminal.configuration'
  | 'terminal.changed'
  | 'terminal.alarm'
  | 'settings.changed'
  | 'device.changed'
  | 'code.alarm'
  | 'news.published'
  | 'feedback.created'
  | 'feedback.answered'

/** Something that streams are told, once, with whom it concerns. Ids sort by time. */
export type Event = {
  id: string
  type: EventType
  subjectId: string
  merchantId: string | null
  terminalId: string | null
  payerId: string | null
  partyId: string | null
  payload: Readonly<Record<string, unknown>>
  occurredAt: Date
}

/** Writes events in the transaction that made them true. */
export function putEvents(tx: Tx, institutionId: string, events: readonly Event[]): void {
  if (events.length === 0) return
  tx.send(sql('put_events'), [
    institutionId,
    events.map((one) => one.id),
    events.map((one) => one.type),
    events.map((one) => one.subjectId),
    events.map((one) => one.merchantId),
    events.map((one) => one.terminalId),
    events.map((one) => one.payerId),
    events.map((one) => one.partyId),
    events.map((one) => JSON.stringify(one.payload)),
    events.map((one) => one.occurredAt),
  ])
}

type EventRow = {
  id: string
  type: EventType
  subject_id: string
  merchant_id: string | null
  terminal_id: string | null
  payer_id: string | null
  party_id: string | null
  payload: Record<string, unknown>
  occurred_at: Date
}

/**
 * The events after the given id, oldest first. Ids are made before their commit, so an event may
 * appear behind one that was read already: a reader asks again from some seconds before.
 */
export async function readEvents(
  db: Pick<Db, 'read'>,
  institutionId: string,
  { afterId, limit }: { afterId: string; limit: number },
): Promise<Event[]> {
  const rows = await db.read<EventRow>(sql('read_events'), [institutionId, afterId, limit])
  return rows.map((row) => ({
    id: row.id,
    type: row.type,
    subjectId: row.subject_id,
    merchantId: row.merchant_id,
    terminalId: row.terminal_id,
    payerId: row.payer_id,
    partyId: row.party_id,
    payload: row.payload,
    occurredAt: row.occurred_at,
  }))
}

/** Forgets the events before the given id. */
export function purgeEvents(tx: Tx, institutionId: string, beforeId: string): void {
  tx.send(sql('purge_events'), [institutionId, beforeId])
}
