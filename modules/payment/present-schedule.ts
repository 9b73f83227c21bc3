import type { Schedule } from '../channel/channel.ts'
import type { Charge } from './charge.ts'
import type { Payment } from './state.ts'

// A payer needs some seconds to look at the amount and to put a thumb on the phone. Channels tell by
// a notice as well; asking is for those that get lost.
const QUERIES_MS = [3_000, 6_000, 10_000, 15_000, 20_000, 30_000]
const EVERY_MS = 10_000

// Before the order's own end the channel stops taking it, and then it is asked for the last time.
const STOP_BEFORE_MS = 10_000
const CLOSE_BEFORE_MS = 5_000
// WeChat takes no order of less than a minute.
const SHORTEST_MS = 60_000

/**
 * When the charge behind an order is asked about: as long as the order is open, and once that is over
 * it is closed at the channel. In everything else the channel's own schedule counts.
 *
 * Source: DESIGN §10 (a merchant-shown order); protocols.md §2.4, §3.5 (order query, close).
 */
export function orderSchedule(
  charge: Charge,
  order: Pick<Payment, 'state' | 'nextAction' | 'confirmExpiresAt'> | null,
  schedule: Schedule,
): Schedule {
  const isOpen = order?.state === 'processing' && order.nextAction === 'payer_scans'
  const until = (isOpen && order.confirmExpiresAt) || charge.startedAt
  const openMs = until.getTime() - charge.startedAt.getTime()
  const giveUpMs = Math.max(openMs - CLOSE_BEFORE_MS, 0)
  return { ...schedule, queriesMs: QUERIES_MS, everyMs: EVERY_MS, giveUpMs }
}

/**
 * Until when a channel lets an order be paid: a little less long than the order itself is open, so that
 * whoever pays in the last moment is heard of in time. Never less than the minute that channels want.
 */
export const channelUntil = (orderUntil: Date, now: Date): Date =>
  new Date(Math.max(orderUntil.getTime() - STOP_BEFORE_MS, now.getTime() + SHORTEST_MS))

/** When the charge of an order is looked at first, in ms after it was shown. */
export const FIRST_CHECK_MS = 3_000
