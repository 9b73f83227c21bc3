import { sendPushes, type Sender } from '../../modules/notice/notice.ts'
import type { OpenIo } from '../io.ts'
import { startPaced, type Paced } from './pace.ts'

/**
 * Wakes the browsers of one institution's payers. It runs beside the other consumers, so that a push
 * service that does not answer, as in some countries none does, holds up none of them.
 */
export function startPushes(io: OpenIo, institutionId: string, sender: Sender): Paced {
  const ending = new AbortController()
  const { signal } = ending
  const loop = startPaced(() => sendPushes(io, institutionId, { sender, signal }), {
    ...{ log: io.log, trouble: 'browsers cannot be woken', about: { institutionId } },
  })
  return {
    wake: loop.wake,
    stop() {
      // What is on the wire is cut off and put back.
      ending.abort()
      return loop.stop()
    },
  }
}
