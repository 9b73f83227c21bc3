import { hastenChecks, runChecks } from '../../modules/payment/payment.ts'
import type { OpenIo } from '../io.ts'
import { openTrouble } from '../start/trouble.ts'

const BUSY_MS = 100
const IDLE_MS = 500

/**
 * Asks the channels of one institution, on and on, what became of charges that nobody knows of. It
 * runs beside the other consumers, so that a channel that is slow to answer holds up none of them. An
 * account whose breaker is open is asked no more than a probe; when it answers again, all that waits
 * for it is due at once.
 *
 * Source: DESIGN §3 (unknown payments), §5 (reminders carry their channel account).
 */
export function startChecks(io: OpenIo, institutionId: string): { stop(): Promise<void> } {
  let isStopped = false
  let wakeUp: () => void = () => undefined
  const trouble = openTrouble(io.log, 'the channels cannot be asked', { institutionId })

  const rest = (waitMs: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, waitMs)
      wakeUp = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  async function run(): Promise<void> {
    while (!isStopped) {
      let waitMs = IDLE_MS
      try {
        const checked = await runChecks(io, institutionId, accountsAtRest(io, institutionId))
        if (checked > 0) waitMs = BUSY_MS
        trouble.isOver()
      } catch (error) {
        trouble.happened(error)
      }
      if (!isStopped) await rest(waitMs)
    }
  }

  io.channels.onHealed((healedInstitutionId, accountId) => {
    if (healedInstitutionId !== institutionId || isStopped) return
    hastenChecks(io, institutionId, accountId).then(() => wakeUp(), trouble.happened)
  })
  const running = run()
  return {
    stop() {
      isStopped = true
      wakeUp()
      return running
    },
  }
}

const accountsAtRest = ({ channels }: OpenIo, institutionId: string): string[] =>
  channels
    .roads(institutionId)
    .map(({ account }) => account.id)
    .filter((accountId) => !channels.mayCall(institutionId, accountId))
