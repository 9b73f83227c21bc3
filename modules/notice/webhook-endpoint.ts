import type { MasterKey } from '../channel/channel.ts'
import { loadSql, type Db, type Tx } from '../database/database.ts'
import { earliestId } from '../lib/ids.ts'
import type { EventType } from '../outbox/outbox.ts'
import type { Page } from '../party/party.ts'
import { openSecrets, rotate, sealSecrets } from './webhook-sign.ts'

export { newSecret } from './webhook-sign.ts'

const sql = loadSql(new URL('./webhook.sql', import.meta.url))

/** What endpoints may be told of. What is for the operator's people only is not among it. */
export const webhookEventTypes = [
  'payment.succeeded',
  'payment.failed',
  'payment.reversed',
  'payment.confirmation_required',
  'payment.updated',
  'refund.processing',
  'refund.succeeded',
  'refund.failed',
  'notice.created',
  'feedback.created',
  'feedback.answered',
] as const satisfies readonly EventType[]

export type WebhookEventType = (typeof webhookEventTypes)[number]

/** One of the types, or `*` for all of them, those of later versions too. */
export type WantedType = WebhookEventType | '*'

/** Whether it answered 410, or nothing arrived for five days. */
export type DisabledReason = 'gone' | 'failing'

/** In words for the merchant's staff. */
export const disabledReasons = {
  gone: {
    en: 'Your server answered 410, which says that it wants no more messages',
    zh: '对方服务器返回 410，表示不再接收消息',
  },
  failing: {
    en: 'Nothing has arrived for five days; look at the deliveries for the cause',
    zh: '连续五天没有一条送达，请在投递记录中查看原因',
  },
} as const satisfies Record<DisabledReason, { en: string; zh: string }>

export type Endpoint = {
  id: string
  /** A merchant or a party: whose events it is told. */
  ownerId: string
  url: string
  description: string | null
  eventTypes: WantedType[]
  state: 'active' | 'paused' | 'disabled'
  disabledReason: DisabledReason | null
  secretChangedAt: Date
  /** Until when the secret before signs too; null: there is none, or never was. */
  oldSecretUntil: Date | null
  failingSince: Date | null
  createdAt: Date
  updatedAt: Date
}

export type NewEndpoint = Pick<Endpoint, 'id' | 'ownerId' | 'url' | 'description' | 'eventTypes'>

/** How many endpoints one merchant or party has at most. */
export const MOST_ENDPOINTS = 16

type Sealing = { masterKey: MasterKey; now: Date }
type Which = { institutionId: string; id: string }

/** Adds an endpoint, which is told of what happens from now on. `secret` is from `newSecret`. */
export function createEndpoint(
  tx: Tx,
  institutionId: string,
  endpoint: NewEndpoint & { secret: string },
  { masterKey, now }: Sealing,
): void {
  const { id, ownerId, url, description, eventTypes, secret } = endpoint
  const sealed = sealSecrets([{ secret, until: null }], { institutionId, id }, masterKey)
  const values = [institutionId, id, ownerId, url, description, eventTypes, sealed, now]
  tx.send(sql('create_endpoint'), values)
  tx.send(sql('open_cursor'), [institutionId, earliestId('evt', now), now])
}

/** How many endpoints a merchant or party has. */
export async function countEndpoints(
  db: Pick<Db, 'read'>,
  { institutionId, ownerId }: { institutionId: string; ownerId: string },
): Promise<number> {
  const values = [institutionId, ownerId]
  const [row] = await db.read<{ count: bigint }>(sql('count_endpoints'), values)
  return Number(row?.count ?? 0)
}

/** A page of one owner's endpoints, or of all (null), the newest first. */
export async function listEndpoints(
  db: Pick<Db, 'read'>,
  { institutionId, ownerId }: { institutionId: string; ownerId: string | null },
  { startingAfter, limit }: Page,
): Promise<Endpoint[]> {
  const values = [institutionId, ownerId, startingAfter ?? 'wbh_z', limit]
  return (await db.read<EndpointRow>(sql('list_endpoints'), values)).map(readRow)
}

/** One endpoint; null when there is none, or no more. */
export async function readEndpoint(
  db: Pick<Db, 'read'>,
  { institutionId, id }: Which,
): Promise<Endpoint | null> {
  const [row] = await db.read<EndpointRow>(sql('read_endpoint'), [institutionId, id])
  return row ? readRow(row) : null
}

/** What an owner may say anew; what is left out stays. */
export type EndpointChange = {
  url?: string
  description?: string | null
  eventTypes?: readonly WantedType[]
  state?: 'active' | 'paused'
}

/**
 * Changes an endpoint. One that was disabled and is made active is told of what happens from then
 * on; one that was only paused gets what was kept for it. Answers false when it is there no more.
 */
export async function changeEndpoint(
  tx: Tx,
  { institutionId, id }: Which,
  change: EndpointChange,
  now: Date,
): Promise<boolean> {
  const [row] = await tx.many<LockedRow>(sql('lock_endpoint'), [institutionId, id])
  if (!row) return false
  const { url, description, eventTypes, state } = change
  const next = [url ?? row.url, description === undefined ? row.description : description]
  const more = [eventTypes ?? row.event_types, state ?? row.state, now]
  tx.send(sql('change_endpoint'), [institutionId, id, ...next, ...more])
  return true
}

/**
 * Puts a new secret beside those there were, which sign on for a day. Answers until when; null when
 * the endpoint is there no more.
 */
export async function rotateSecret(
  tx: Tx,
  { institutionId, id, secret }: Which & { secret: string },
  { masterKey, now }: Sealing,
): Promise<Date | null> {
  const [row] = await tx.many<LockedRow>(sql('lock_endpoint'), [institutionId, id])
  if (!row) return null
  const whose = { institutionId, id }
  const secrets = rotate(openSecrets(row.sealed_secrets, whose, masterKey), secret, now)
  const untilMs = Math.max(...secrets.flatMap(({ until }) => until ?? []))
  const until = new Date(untilMs)
  const sealed = sealSecrets(secrets, whose, masterKey)
  tx.send(sql('change_secrets'), [institutionId, id, sealed, now, until])
  return until
}

/** Ends an endpoint and forgets its secrets. Answers false when it is there no more. */
export async function deleteEndpoint(tx: Tx, which: Which, now: Date): Promise<boolean> {
  const values = [which.institutionId, which.id, now]
  return (await tx.many(sql('delete_endpoint'), values)).length > 0
}

type LockedRow = {
  url: string
  description: string | null
  event_types: WantedType[]
  state: Endpoint['state']
  sealed_secrets: Buffer
}

type EndpointRow = {
  id: string
  owner_id: string
  url: string
  description: string | null
  event_types: WantedType[]
  state: Endpoint['state']
  disabled_reason: DisabledReason | null
  secret_changed_at: Date
  old_secret_until: Date | null
  failing_since: Date | null
  created_at: Date
  updated_at: Date
}

const readRow = (row: EndpointRow): Endpoint => ({
  id: row.id,
  ownerId: row.owner_id,
  url: row.url,
  description: row.description,
  eventTypes: row.event_types,
  state: row.state,
  disabledReason: row.disabled_reason,
  secretChangedAt: row.secret_changed_at,
  oldSecretUntil: row.old_secret_until,
  failingSince: row.failing_since,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})
