import { loadSql, type Tx } from '../database/database.ts'
import type { Io } from '../io/io.ts'
import { earliestId, idTime, newId } from '../lib/ids.ts'
import type { Event } from '../outbox/outbox.ts'
import { webhookEventTypes, type WebhookEventType } from './webhook-endpoint.ts'

const sql = loadSql(new URL('./webhook.sql', import.meta.url))

// Ids are made before their commit, so an event may appear behind the cursor. Each look goes back as
// far as commits usually take, and one in some seconds as far as they ever may. Source: DESIGN §5.
const LOOK_BACK_MS = 2_000
const SWEEP_BACK_MS = 30_000
const SWEEP_MS = 5_000
const MOST_EVENTS = 2_000
const MOST_PAIRS = 500
// What was told longer ago is forgotten, a bite at a time.
const KEPT_MS = 30 * 24 * 60 * 60 * 1000
const BITE = 1_000

/** What of an event its owner, a merchant or a party, may see: the whole body as it is sent. */
export type ShowBody = (event: Event, ownerId: string) => string

/** Whether an institution has ever had an endpoint: one cheap read for the many that have none. */
export async function hasEndpoints(
  { db }: Pick<Io, 'db'>,
  institutionId: string,
): Promise<boolean> {
  return (await db.read(sql('has_cursor'), [institutionId])).length > 0
}

/**
 * Looks through the events since the last time and gives each endpoint those it wants. Answers how
 * many, and whether there are more to look through. The payment's own transaction knows nothing of
 * it, so it costs a payment nothing. What was given once is not given again, whichever process looks
 * and wherever one died.
 */
export async function planDeliveries(
  io: Pick<Io, 'db' | 'now'>,
  institutionId: string,
  show: ShowBody,
): Promise<{ planned: number; mayBeMore: boolean }> {
  return io.db.transaction(async (tx) => {
    const [cursor] = await tx.many<Cursor>(sql('take_cursor'), [institutionId])
    if (!cursor) return { planned: 0, mayBeMore: false }
    return look(tx, institutionId, { cursor, show, now: io.now() })
  })
}

type Cursor = { position: string; swept_at: Date }

async function look(
  tx: Tx,
  institutionId: string,
  { cursor, show, now }: { cursor: Cursor; show: ShowBody; now: Date },
): Promise<{ planned: number; mayBeMore: boolean }> {
  const { position, swept_at: sweptAt } = cursor
  const isSweep = Math.abs(now.getTime() - sweptAt.getTime()) >= SWEEP_MS
  const page = [institutionId, position, MOST_EVENTS]
  const [end] = await tx.many<{ id: string }>(sql('page_end'), page)
  const backMs = isSweep ? SWEEP_BACK_MS : LOOK_BACK_MS
  const fromId = earliestId('evt', new Date(idTime(position).getTime() - backMs))
  const until = end?.id ?? position
  const values = [institutionId, fromId, until, webhookEventTypes, MOST_PAIRS]
  const rows = await tx.many<WantedRow>(sql('wanted'), values)
  if (rows.length > 0) putDeliveries(tx, institutionId, rows.map(asGiven(show, now)), { now })
  const isFull = rows.length === MOST_PAIRS
  const reached = isFull ? later(position, rows.at(-1)?.id ?? position) : until
  if (isSweep) clearOut(tx, institutionId, now)
  if (reached !== position || isSweep) {
    tx.send(sql('move_cursor'), [institutionId, reached, isSweep && !isFull ? now : null])
  }
  return { planned: rows.length, mayBeMore: isFull || end !== undefined }
}

const later = (a: string, b: string) => (a > b ? a : b)

/** Ends what waits for endpoints that are no more, and forgets what is old. */
function clearOut(tx: Tx, institutionId: string, now: Date): void {
  tx.send(sql('fail_stopped'), [institutionId, now, BITE])
  const before = new Date(now.getTime() - KEPT_MS)
  tx.send(sql('purge'), [institutionId, earliestId('wdl', before), BITE])
}

export type Given = {
  id: string
  endpointId: string
  eventId: string
  eventType: WebhookEventType | 'ping'
  body: string
}

/** Writes deliveries, due now. With `leasedUntil` nobody sends them before that but the caller. */
export function putDeliveries(
  tx: Tx,
  institutionId: string,
  given: readonly Given[],
  { now, leasedUntil = null }: { now: Date; leasedUntil?: Date | null },
): void {
  tx.send(sql('put_deliveries'), [
    institutionId,
    given.map((one) => one.id),
    given.map((one) => one.endpointId),
    given.map((one) => one.eventId),
    given.map((one) => one.eventType),
    given.map((one) => one.body),
    now,
    leasedUntil,
  ])
}

type WantedRow = {
  endpoint_id: string
  owner_id: string
  id: string
  type: WebhookEventType
  subject_id: string
  merchant_id: string | null
  terminal_id: string | null
  payer_id: string | null
  party_id: string | null
  payload: Record<string, unknown>
  occurred_at: Date
}

const asGiven =
  (show: ShowBody, now: Date) =>
  (row: WantedRow): Given => ({
    id: newId('wdl', now.getTime()),
    endpointId: row.endpoint_id,
    eventId: row.id,
    eventType: row.type,
    body: show(asEvent(row), row.owner_id),
  })

const asEvent = (row: WantedRow): Event => ({
  id: row.id,
  type: row.type,
  subjectId: row.subject_id,
  merchantId: row.merchant_id,
  terminalId: row.terminal_id,
  payerId: row.payer_id,
  partyId: row.party_id,
  payload: row.payload,
  occurredAt: row.occurred_at,
})
