import type { Io } from '../modules/io/io.ts'
import { newId } from '../modules/lib/ids.ts'
import { putEvents } from '../modules/outbox/outbox.ts'

/**
 * Writes an event whenever a channel account becomes ill for this process, or answers it again. Only
 * the console hears it. Each process has breakers of its own and tells of its own.
 *
 * Source: issue 3 (channels' health in the console); P15.
 */
export function tellOfHealth(io: Pick<Io, 'db' | 'now' | 'log' | 'channels' | 'poke'>): void {
  io.channels.onHealth((institutionId, accountId, { state, since, lastProblem }) => {
    const occurredAt = io.now()
    const event = {
      ...{ id: newId('evt', occurredAt.getTime()), type: 'channel.health_changed' as const },
      ...{ subjectId: accountId, merchantId: null, terminalId: null, payerId: null, partyId: null },
      payload: {
        ...{ object: 'channel_health', channel_account: accountId, state },
        ...{ since: since.toISOString(), last_problem: lastProblem },
      },
      occurredAt,
    }
    io.db
      .transaction((tx) => {
        putEvents(tx, institutionId, [event])
        return Promise.resolve()
      })
      .then(
        () => io.poke(institutionId),
        (err: unknown) => io.log.warn({ err, accountId }, 'a change of health was not written'),
      )
  })
}
