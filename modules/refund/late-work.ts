import type { Io } from '../io/io.ts'
import { done, postpone, takeDue, type Message } from '../outbox/outbox.ts'
import { refundLate } from './late.ts'
import { waitMs } from './ladder.ts'

const MOST = 50

/**
 * Refunds the late payments that the outbox tells of. A message stays until its refund is opened, which
 * happens once however often it is told. Answers how many messages it looked at.
 *
 * Source: DESIGN §3 (a success after a reversal is refunded by itself or opens an exception).
 */
export async function refundLatePayments(io: Io, institutionId: string): Promise<number> {
  const now = io.now()
  const due = await io.db.transaction(async (tx) => {
    const taken = await takeDue(tx, institutionId, { consumer: 'late_refund', now, limit: MOST })
    for (const message of taken) {
      const dueAt = new Date(now.getTime() + waitMs(message.attempts))
      const put = { messages: [message], dueAt, problem: 'not opened yet' }
      postpone(tx, institutionId, { consumer: 'late_refund', ...put })
    }
    return taken
  })
  await Promise.all(due.map((message) => refundOne(io, institutionId, message)))
  return due.length
}

async function refundOne(io: Io, institutionId: string, message: Message): Promise<void> {
  const { id: messageId, payload } = message
  try {
    await refundLate(io, institutionId, { chargeId: String(payload.chargeId) })
  } catch (err) {
    // It comes back on its next rung, and the exception that was opened with it stays open.
    io.log.error({ err, institutionId, messageId }, 'a late payment could not be refunded')
    return
  }
  await io.db.transaction(async (tx) => {
    done(tx, institutionId, 'late_refund', [message])
    await Promise.resolve()
  })
}
