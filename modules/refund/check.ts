import { openExceptions } from '../exception/exception.ts'
import type { Io } from '../io/io.ts'
import { done, postpone, takeDue, type Message } from '../outbox/outbox.ts'
import { askChannel } from './ask.ts'
import { STUCK_MS, waitMs } from './ladder.ts'
import { readRefund } from './read.ts'
import { exceptionOf } from './record.ts'
import type { Refund } from './state.ts'

const MOST = 50

/**
 * Asks the channels about refunds that are under way, told by their reminders. Each reminder is put
 * off to its next rung before anybody is asked, so a process that dies meanwhile loses nothing and
 * no other asks at the same time. Answers how many reminders it looked at.
 *
 * Source: DESIGN §3 (unknown is asked until it is definite).
 */
export async function checkRefunds(io: Io, institutionId: string): Promise<number> {
  const now = io.now()
  const due = await io.db.transaction(async (tx) => {
    const taken = await takeDue(tx, institutionId, { consumer: 'refund_check', now, limit: MOST })
    for (const message of taken) {
      const dueAt = new Date(now.getTime() + waitMs(message.attempts))
      const put = { messages: [message], dueAt, problem: 'under way at the channel' }
      postpone(tx, institutionId, { consumer: 'refund_check', ...put })
    }
    return taken
  })
  await Promise.all(due.map((message) => checkOne(io, institutionId, message)))
  return due.length
}

async function checkOne(io: Io, institutionId: string, message: Message): Promise<void> {
  const refund = await readRefund(io.db, institutionId, message.subjectId)
  if (refund?.nextAction !== 'query') {
    // Its end takes the reminder off; one that outlived it goes here.
    await io.db.transaction(async (tx) => {
      done(tx, institutionId, 'refund_check', [message])
      await Promise.resolve()
    })
    return
  }
  const { channelAccountId } = refund
  if (channelAccountId !== null && !io.channels.mayCall(institutionId, channelAccountId)) return
  await tellStuck(io, await askChannel(io, refund, { isFirst: false }))
}

/**
 * Asks the channel now what became of a refund; one that is not under way is answered as it stands.
 * Null when there is none.
 */
export async function checkRefund(
  io: Io,
  institutionId: string,
  refundId: string,
): Promise<Refund | null> {
  const refund = await readRefund(io.db, institutionId, refundId)
  return refund?.nextAction === 'query' ? askChannel(io, refund, { isFirst: false }) : refund
}

/** Still not back after a week: a person must look. It goes on being asked about. */
async function tellStuck(io: Io, refund: Refund): Promise<void> {
  const now = io.now()
  const { begunAt, institutionId } = refund
  if (refund.nextAction !== 'query' || !begunAt) return
  if (now.getTime() - begunAt.getTime() < STUCK_MS) return
  const exception = exceptionOf(refund, 'still_under_way', now)
  await io.db.transaction((tx) => openExceptions(tx, institutionId, [exception]))
}
