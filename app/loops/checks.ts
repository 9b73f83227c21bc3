import { hastenChecks, runChecks } from '../../modules/payment/payment.ts'
import type { OpenIo } from '../io.ts'
import { startPaced, type Paced } from './pace.ts'

/**
 * Asks the channels of one institution, on and on, what became of charges that nobody knows of. It
 * runs beside the other consumers, so that a channel that is slow to answer holds up none of them. An
 * account whose breaker is open is asked no more than a probe; when it answers again, all that waits
 * for it is due at once.
 *
 * Source: DESIGN §3 (unknown payments), §5 (reminders carry their channel account).
 */
export function startChecks(io: OpenIo, institutionId: string): Paced {
  const checks = startPaced(() => runChecks(io, institutionId, accountsAtRest(io, institutionId)), {
    log: io.log,
    trouble: 'the channels cannot be asked',
    about: { institutionId },
  })
  io.channels.onHealed((healedInstitutionId, accountId) => {
    if (healedInstitutionId !== institutionId) return
    hastenChecks(io, institutionId, accountId).then(checks.wake, (err: unknown) => {
      // They come due by themselves, later.
      io.log.warn({ err, institutionId, channelAccountId: accountId }, 'checks are not made due')
    })
  })
  return checks
}

/** The accounts whose breaker is open: what is due for them waits. */
export const accountsAtRest = ({ channels }: OpenIo, institutionId: string): string[] =>
  channels
    .roads(institutionId)
    .map(({ account }) => account.id)
    .filter((accountId) => !channels.mayCall(institutionId, accountId))
