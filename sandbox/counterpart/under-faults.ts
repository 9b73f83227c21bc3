import type { Fault } from './faults.ts'
import { faultValue, hasFault } from './faults.ts'
import type { Answer } from './http.ts'
import { text } from './http.ts'

/** How one scheme does a call, and how it says that it does not know. */
export type Work = {
  work: () => Answer | Promise<Answer>
  /** The scheme's "system error, ask again". */
  unsure: () => Answer
  /** The same answer with a signature that is wrong. */
  spoil: (answer: Answer) => Answer
}

/**
 * Does the work of a call while the faults befall it: those of the connection, and those that hide
 * from the caller whether it was done. The faults of the business are the work's own.
 */
export async function underFaults(faults: readonly Fault[], scheme: Work): Promise<Answer> {
  const slowMs = faultValue(faults, 'slow', 300)
  const answer = await answerUnder(faults, scheme)
  return slowMs === undefined ? answer : { ...answer, delayMs: slowMs }
}

async function answerUnder(faults: readonly Fault[], scheme: Work): Promise<Answer> {
  const has = (kind: Fault['kind']) => hasFault(faults, kind)
  const errorStatus = faultValue(faults, 'server_error', 500)
  if (has('down') || has('request_lost')) return { status: 503, cut: 'before' }
  if (errorStatus !== undefined) return text(errorStatus, '<html>bad gateway</html>', 'text/html')
  if (has('busy')) return scheme.unsure()

  const answer = await scheme.work()
  if (has('answer_lost')) return { ...answer, cut: 'before' }
  if (has('system_error')) return scheme.unsure()
  const told = has('wrong_signature') ? scheme.spoil(answer) : answer
  return has('truncated') ? { ...told, cut: 'inside' } : told
}
