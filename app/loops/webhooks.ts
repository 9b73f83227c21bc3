import {
  attempt,
  claimDeliveries,
  hasEndpoints,
  planDeliveries,
  type Claimed,
  type Sender,
} from '../../modules/notice/notice.ts'
import type { Event } from '../../modules/outbox/outbox.ts'
import { ownPrincipal } from '../http/principal.ts'
import type { OpenIo } from '../io.ts'
import { showEvent } from '../schemas/event.ts'
import { openTrouble } from '../start/trouble.ts'
import { startPaced, type Paced } from './pace.ts'

// When the process stops, what is on the wire may end; then it is cut off and put back.
const LAST_MS = 800

/**
 * Tells the servers of one institution's merchants and third parties what happens. What is sent is
 * not waited for: while slow servers take their time, the next events are looked for. Any number of
 * processes may run it.
 */
export function startWebhooks(io: OpenIo, institutionId: string, sender: Sender): Paced {
  const flights = new Map<Claimed, Promise<void>>()
  const ending = new AbortController()
  const trouble = openTrouble(io.log, 'webhooks cannot be written down', { institutionId })
  const show = (event: Event, ownerId: string) => showBody(io, event, { institutionId, ownerId })

  async function fly(delivery: Claimed): Promise<void> {
    try {
      await attempt(io, institutionId, delivery, { sender, signal: ending.signal })
      trouble.isOver()
    } catch (error) {
      // It stays leased, and is sent again when the lease is over: at least once.
      trouble.happened(error)
    } finally {
      flights.delete(delivery)
      loop.wake()
    }
  }

  async function round(): Promise<number> {
    if (!(await hasEndpoints(io, institutionId))) return 0
    const { planned, mayBeMore } = await planDeliveries(io, institutionId, show)
    const claimed = await claimDeliveries(io, institutionId, [...flights.keys()])
    for (const delivery of claimed) flights.set(delivery, fly(delivery))
    return planned + claimed.length + (mayBeMore ? 1 : 0)
  }

  const loop = startPaced(round, {
    ...{ log: io.log, trouble: 'webhooks cannot be sent', about: { institutionId } },
  })
  return {
    wake: loop.wake,
    async stop() {
      const timer = setTimeout(() => ending.abort(), LAST_MS)
      await loop.stop()
      await Promise.all(flights.values())
      clearTimeout(timer)
    },
  }
}

type Owner = { institutionId: string; ownerId: string }

/**
 * The body of a webhook: the event as the API shows it to its owner. An event that cannot be shown
 * is our mistake and must not hold up the others: its owner is told what it is about, and can look.
 *
 * Source: Standard Webhooks 1.0.0, "Payload structure", "Thin vs full payloads".
 */
function showBody({ log }: OpenIo, event: Event, { institutionId, ownerId }: Owner): string {
  const { type } = event
  const timestamp = event.occurredAt.toISOString()
  try {
    const { data } = showEvent(event, ownPrincipal(institutionId, ownerId))
    return JSON.stringify({ type, timestamp, data })
  } catch (err) {
    log.error({ err, institutionId, eventId: event.id, type }, 'an event cannot be shown')
    return JSON.stringify({ type, timestamp, data: { id: event.subjectId } })
  }
}
