import { loadSql, type Db } from '../../modules/database/database.ts'
import type { Event } from '../../modules/outbox/outbox.ts'
import type { Principal } from './principal.ts'

const sql = loadSql(new URL('./streams.sql', import.meta.url))

const everything = 'all'

/**
 * What a reader listens to: everything (the operator), or what concerns one merchant, terminal,
 * payer or third party. Null: nothing.
 *
 * Source: P15.
 */
export function channelOf({ role, ...own }: Principal): string | null {
  switch (role) {
    case 'operator':
      return everything
    case 'merchant':
      return named('merchant', own.merchantId)
    case 'terminal':
      return named('terminal', own.terminalId)
    case 'payer':
      return named('payer', own.payerId)
    case 'party':
    case 'agent':
      return named('party', own.partyId)
    case 'bank':
      return null
  }
}

/** On which of them an event is heard. */
export function channelsOf(event: Event): string[] {
  const { merchantId, terminalId, payerId, partyId } = event
  const own = [named('merchant', merchantId), named('terminal', terminalId)]
  const others = [named('payer', payerId), named('party', partyId)]
  // News comes once for each payer; what one of them is offered is nobody else's business.
  const all = event.type === 'news.published' ? null : everything
  return [all, ...own, ...others].filter((channel) => channel !== null)
}

type Who = 'merchant' | 'terminal' | 'payer' | 'party'

const named = (who: Who, id: string | null): string | null => (id === null ? null : `${who} ${id}`)

/** Whom events are read for: everybody, or whoever is named. */
export type Audience = { isAll: boolean } & Record<`${Who}Ids`, readonly string[]>

/** All who listen on these channels, for one statement. */
export function audienceOf(channels: Iterable<string | null>): Audience {
  const all = [...channels].filter((channel) => channel !== null)
  const idsOf = (who: Who) =>
    all.flatMap((channel) => (channel.startsWith(`${who} `) ? [channel.slice(who.length + 1)] : []))
  return {
    isAll: all.includes(everything),
    merchantIds: idsOf('merchant'),
    terminalIds: idsOf('terminal'),
    payerIds: idsOf('payer'),
    partyIds: idsOf('party'),
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
