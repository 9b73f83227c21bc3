import { loadSql, type Db } from '../modules/database/database.ts'
import type { Event } from '../modules/outbox/outbox.ts'
import type { Principal } from './principal.ts'

const sql = loadSql(new URL('./streams.sql', import.meta.url))

/** Whom events are read for: everybody, or whoever is named. */
export type Audience = {
  isAll: boolean
  merchantIds: readonly string[]
  terminalIds: readonly string[]
  payerIds: readonly string[]
  partyIds: readonly string[]
}

/**
 * Whether an event is a reader's own: a payer's when he pays, a terminal's when it was taken there,
 * a merchant's, a third party's; the operator sees all.
 *
 * Source: P15.
 */
export function concerns(event: Event, { role, ...own }: Principal): boolean {
  switch (role) {
    case 'operator':
      return true
    case 'merchant':
      return event.merchantId !== null && event.merchantId === own.merchantId
    case 'terminal':
      return event.terminalId !== null && event.terminalId === own.terminalId
    case 'payer':
      return event.payerId !== null && event.payerId === own.payerId
    case 'party':
    case 'agent':
      return event.partyId !== null && event.partyId === own.partyId
    case 'bank':
      return false
  }
}

/** All of these readers together, for one statement. */
export function audienceOf(readers: Iterable<Principal>): Audience {
  const names = { merchant: new Set<string>(), terminal: new Set<string>() }
  const others = { payer: new Set<string>(), party: new Set<string>() }
  let isAll = false
  for (const { role, merchantId, terminalId, payerId, partyId } of readers) {
    isAll ||= role === 'operator'
    if (role === 'merchant' && merchantId !== null) names.merchant.add(merchantId)
    if (role === 'terminal' && terminalId !== null) names.terminal.add(terminalId)
    if (role === 'payer' && payerId !== null) others.payer.add(payerId)
    if ((role === 'party' || role === 'agent') && partyId !== null) others.party.add(partyId)
  }
  return {
    isAll,
    merchantIds: [...names.merchant],
    terminalIds: [...names.terminal],
    payerIds: [...others.payer],
    partyIds: [...others.party],
  }
}

const valuesOf = (audience: Audience) => [
  audience.isAll,
  audience.merchantIds,
  audience.terminalIds,
  audience.payerIds,
  audience.partyIds,
]

type Reads = Pick<Db, 'read'>
type Where = { institutionId: string; audience: Audience }

/** The ids of events after `afterId`, oldest first. */
export async function readFreshIds(
  db: Reads,
  { institutionId, audience }: Where,
  { afterId, limit }: { afterId: string; limit: number },
): Promise<string[]> {
  const values = [institutionId, afterId, ...valuesOf(audience), limit]
  return (await db.read<{ id: string }>(sql('fresh_ids'), values)).map(({ id }) => id)
}

/** Whole events, oldest first. */
export async function readEventsById(
  db: Reads,
  institutionId: string,
  ids: readonly string[],
): Promise<Event[]> {
  return (await db.read<EventRow>(sql('read_by_id'), [institutionId, ids])).map(readRow)
}

/**
 * One page of a replay: it looks at up to `look` events after `afterId`, whomever they concern, so
 * that it ends soon. `lastId` is null when there was nothing left to look at.
 */
export async function readReplay(
  db: Reads,
  { institutionId, audience }: Where,
  { afterId, look }: { afterId: string; look: number },
): Promise<{ events: Event[]; lastId: string | null }> {
  type Row = { id: string }
  const [end] = await db.read<Row>(sql('page_end'), [institutionId, afterId, look])
  if (!end) return { events: [], lastId: null }
  const values = [institutionId, afterId, end.id, ...valuesOf(audience)]
  const rows = await db.read<EventRow>(sql('read_page'), values)
  return { events: rows.map(readRow), lastId: end.id }
}

/** A page of events, the newest first, of those after `afterId`. */
export async function readNewest(
  db: Reads,
  { institutionId, audience }: Where,
  { afterId, beforeId, limit }: { afterId: string; beforeId: string | null; limit: number },
): Promise<Event[]> {
  const between = [afterId, beforeId ?? 'evt_z']
  const values = [institutionId, ...between, ...valuesOf(audience), limit]
  return (await db.read<EventRow>(sql('read_newest'), values)).map(readRow)
}

type EventRow = {
  id: string
  type: Event['type']
  subject_id: string
  merchant_id: string | null
  terminal_id: string | null
  payer_id: string | null
  party_id: string | null
  payload: Record<string, unknown>
  occurred_at: Date
}

const readRow = (row: EventRow): Event => ({
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
