import { loadSql, type Db, type Tx } from '../database/database.ts'
import { AppError } from '../errors/errors.ts'
import type { Io } from '../io/io.ts'
import { newId } from '../lib/ids.ts'
import type { Page } from '../party/party.ts'
import { attempt, LEASE_MS, type Attempt } from './webhook-attempt.ts'
import type { WebhookProblem } from './webhook-ladder.ts'
import { putDeliveries, type Given } from './webhook-plan.ts'
import type { Sender } from './webhook-send.ts'

const sql = loadSql(new URL('./webhook.sql', import.meta.url))

/** What one endpoint is told of one event, and how that went. */
export type WebhookDelivery = {
  id: string
  endpointId: string
  /** The receiver's `webhook-id`, the same in every try. */
  eventId: string
  eventType: Given['eventType']
  /** As it is sent, byte for byte. */
  body: string
  state: 'pending' | 'succeeded' | 'failed'
  attempts: number
  /** Of the next try; null when there is none. */
  dueAt: Date | null
  status: number | null
  problem: WebhookProblem | null
  /** The last 20 tries, the oldest first. */
  attemptLog: Attempt[]
  createdAt: Date
  completedAt: Date | null
}

export type DeliveryFilter = {
  institutionId: string
  ownerId: string | null
  endpointId: string | null
  state: WebhookDelivery['state'] | null
  eventId: string | null
}

/** A page of what was told, the newest first. */
export async function listDeliveries(
  db: Pick<Db, 'read'>,
  { institutionId, ownerId, endpointId, state, eventId }: DeliveryFilter,
  { startingAfter, limit }: Page,
): Promise<WebhookDelivery[]> {
  const where = [institutionId, ownerId, startingAfter ?? 'wdl_z', endpointId, state, eventId]
  return (await db.read<DeliveryRow>(sql('list_deliveries'), [...where, limit])).map(readRow)
}

type Which = { institutionId: string; id: string }

/** One delivery and whose it is; null when there is none. */
export async function readDelivery(
  db: Pick<Db, 'read'>,
  { institutionId, id }: Which,
): Promise<(WebhookDelivery & { ownerId: string; isStopped: boolean }) | null> {
  type Row = DeliveryRow & { owner_id: string; endpoint_state: string }
  const [row] = await db.read<Row>(sql('read_delivery'), [institutionId, id])
  if (!row) return null
  const isStopped = row.endpoint_state === 'disabled' || row.endpoint_state === 'deleted'
  return { ...readRow(row), ownerId: row.owner_id, isStopped }
}

/**
 * Puts a delivery at the foot of the ladder, due now, whatever became of it before. The receiver
 * knows it by the same id.
 */
export function resendDelivery(tx: Tx, { institutionId, id }: Which, now: Date): void {
  tx.send(sql('resend'), [institutionId, id, now])
}

/**
 * Sends a `ping` to an endpoint now, once, in whatever state that is, and answers how it went. It
 * stands in the log; it neither disables nor enables.
 *
 * @throws AppError NOT_FOUND when the endpoint is there no more
 */
export async function ping(
  io: Pick<Io, 'db' | 'now' | 'batched' | 'masterKey' | 'settings'>,
  { institutionId, id: endpointId }: Which,
  sender: Sender,
): Promise<WebhookDelivery> {
  type Row = { url: string; sealed_secrets: Buffer }
  const [endpoint] = await io.db.read<Row>(sql('secrets_of'), [institutionId, endpointId])
  if (!endpoint) throw new AppError('NOT_FOUND')
  const now = io.now()
  const timestamp = now.toISOString()
  const body = JSON.stringify({ type: 'ping', timestamp, data: { endpoint: endpointId } })
  const [id, eventId] = [newId('wdl', now.getTime()), newId('evt', now.getTime())]
  const given = { id, endpointId, eventId, eventType: 'ping' as const, body }
  const leasedUntil = new Date(now.getTime() + LEASE_MS)
  await io.db.transaction(async (tx) => {
    putDeliveries(tx, institutionId, [given], { now, leasedUntil })
    await Promise.resolve()
  })
  const { url, sealed_secrets: sealedSecrets } = endpoint
  const claimed = { ...given, url, sealedSecrets, rung: 0, attemptLog: [], isFailing: false }
  await attempt(io, institutionId, claimed, { sender, signal: new AbortController().signal })
  const delivery = await readDelivery(io.db, { institutionId, id })
  if (!delivery) throw new AppError('NOT_FOUND')
  return delivery
}

type DeliveryRow = {
  id: string
  endpoint_id: string
  event_id: string
  event_type: Given['eventType']
  body: string
  state: WebhookDelivery['state']
  attempts: number
  due_at: Date | null
  status: number | null
  problem: WebhookProblem | null
  attempt_log: Attempt[]
  created_at: Date
  completed_at: Date | null
}

const readRow = (row: DeliveryRow): WebhookDelivery => ({
  id: row.id,
  endpointId: row.endpoint_id,
  eventId: row.event_id,
  eventType: row.event_type,
  body: row.body,
  state: row.state,
  attempts: row.attempts,
  dueAt: row.due_at,
  status: row.status,
  problem: row.problem,
  attemptLog: row.attempt_log,
  createdAt: row.created_at,
  completedAt: row.completed_at,
})
