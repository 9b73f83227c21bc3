import { NO_ROAD, type Unlinked } from '../channel/channel.ts'
import type { Io } from '../io/io.ts'
import { idTime, newId } from '../lib/ids.ts'
import { done, leaseDue, postpone, type Leased } from '../outbox/outbox.ts'
import { record } from '../trail/trail.ts'
import { forgetToken, openKeptToken } from './linked.ts'

// Nobody else tells the same within this; longer than any channel's own time-out.
const LEASE_MS = 30_000
const MOST = 32
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const WAITS_MS = [LEASE_MS, 2 * MINUTE_MS, 10 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS]
// A scheme that has said nothing in a month is told no more; what it knows a person must look at.
const GIVE_UP_MS = 30 * 24 * HOUR_MS

type Telling = Pick<Io, 'db' | 'now' | 'masterKey' | 'channels' | 'log'>

/**
 * Tells the schemes which accounts their payers have unlinked, as far as it is due, and answers how many
 * were looked at. No transaction is open meanwhile. What nobody could tell is told again; what the
 * scheme refuses for good, or never answers, stands in the trail.
 *
 * @param accountsAtRest channel accounts whose breaker is open: theirs waits
 *
 * Source: P9; DESIGN §5 (outbox).
 */
export async function tellUnlinks(
  io: Telling,
  institutionId: string,
  accountsAtRest: readonly string[],
): Promise<number> {
  const leased = await io.db.transaction((tx) => {
    const now = io.now()
    const until = new Date(now.getTime() + LEASE_MS)
    const wanted = { consumer: 'unlink', now, until, limit: MOST } as const
    return leaseDue(tx, institutionId, { ...wanted, without: accountsAtRest })
  })
  await Promise.all(leased.map((message) => tellOne(io, institutionId, message)))
  return leased.length
}

async function tellOne(io: Telling, institutionId: string, message: Leased): Promise<void> {
  const { id, subjectId: linkId, attempts } = message
  const outcome = await ask(io, institutionId, message)
  const now = io.now()
  const isOver = now.getTime() - idTime(id).getTime() > GIVE_UP_MS
  const { channelCode } = outcome
  await io.db.transaction(async (tx) => {
    if (outcome.kind === 'again' && !isOver) {
      // A try is counted twice: when it is leased, and when it is put off.
      const waitMs = WAITS_MS[Math.min(Math.floor(attempts / 2), WAITS_MS.length - 1)] ?? HOUR_MS
      const put = { dueAt: new Date(now.getTime() + waitMs), problem: channelCode }
      return postpone(tx, institutionId, { consumer: 'unlink', messages: [message], ...put })
    }
    done(tx, institutionId, 'unlink', [message])
    forgetToken(tx, { institutionId, sourceId: linkId })
    if (outcome.kind === 'unlinked') return
    io.log.warn({ institutionId, linkId, channelCode }, 'a scheme was not told of an unlinking')
    const entry = { id: newId('trl', now.getTime()), at: now, actor: 'channel' }
    const what = { action: 'source.unlink_untold', subject: linkId }
    await record(tx, institutionId, [{ ...entry, ...what, detail: { channel_code: channelCode } }])
  })
}

async function ask(io: Telling, institutionId: string, message: Leased): Promise<Unlinked> {
  const { subjectId: linkId, channelAccountId } = message
  const road = io.channels.road(institutionId, channelAccountId ?? '')
  if (!road) return { kind: 'again', channelCode: NO_ROAD }
  if (!road.channel.unlink) return { kind: 'unlinked', channelCode: 'NOTHING_TO_TELL' }
  const token = await openKeptToken(io.db, { institutionId, sourceId: linkId }, io.masterKey)
  return road.channel.unlink({ linkId, token })
}
