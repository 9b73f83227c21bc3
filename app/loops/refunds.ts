import { checkRefunds, refundLatePayments } from '../../modules/refund/refund.ts'
import type { OpenIo } from '../io.ts'
import { startPaced, type Paced } from './pace.ts'

/**
 * Asks the channels of one institution, on and on, what became of refunds, and gives late payments
 * back. It runs beside the other consumers, so that a channel that is slow to answer holds up none of
 * them.
 *
 * Source: DESIGN §3, §5 (reminders).
 */
export const startRefunds = (io: OpenIo, institutionId: string): Paced =>
  startPaced(() => refundRound(io, institutionId), {
    log: io.log,
    trouble: 'refunds cannot be looked after',
    about: { institutionId },
  })

/** One round: what is due of refunds and of late payments. Answers how much that was. */
export async function refundRound(io: OpenIo, institutionId: string): Promise<number> {
  const late = await refundLatePayments(io, institutionId)
  return late + (await checkRefunds(io, institutionId))
}
