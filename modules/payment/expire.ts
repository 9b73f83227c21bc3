import type { Io } from '../io/io.ts'
import { done, takeDue } from '../outbox/outbox.ts'
import { periodsAt } from '../wallet/wallet.ts'
import { approve } from './approve.ts'

/**
 * Ends the payments whose payer did not confirm in time, told by their reminders. Answers how many
 * reminders it looked at, so that the loop knows whether there may be more. The reminder goes with
 * the payment's end; a reminder that outlived its payment is taken off here.
 *
 * Source: DESIGN §3 (the confirmation's own expiry).
 */
export async function expireConfirmations(io: Io, institutionId: string): Promise<number> {
  const { timeZone } = await io.institution(institutionId)
  const now = io.now()
  const due = await io.db.transaction((tx) =>
    takeDue(tx, institutionId, { consumer: 'payment_check', now, limit: 100 }),
  )
  const periods = periodsAt(now, timeZone)
  await Promise.all(
    due.map(({ subjectId: paymentId }) =>
      io.batched(approve, institutionId, {
        ...{ paymentId, payerId: null, act: 'expire', actor: 'clock' },
        ...{ charge: null, periods, now },
      }),
    ),
  )
  await io.db.transaction(async (tx) => {
    done(tx, institutionId, 'payment_check', due)
    await Promise.resolve()
  })
  if (due.length > 0) io.poke(institutionId)
  return due.length
}
