import { sleep } from '../../modules/lib/retry.ts'

/** Makes one payment and answers whether it succeeded; null when there is nothing left to pay. */
export type Call = () => Promise<boolean> | null

export type Loaded = { succeeded: number; others: number; tookSeconds: number }

/** So many callers, each of whom calls again when it has its answer: how much can be had at most. */
export async function closedLoop(
  call: Call,
  { callers, seconds }: { callers: number; seconds: number },
): Promise<Loaded> {
  const loaded: Loaded = { succeeded: 0, others: 0, tookSeconds: 0 }
  const startedMs = performance.now()
  const endMs = startedMs + seconds * 1000
  const caller = async () => {
    while (performance.now() < endMs) {
      const answer = call()
      if (!answer) return
      if (await answer) loaded.succeeded += 1
      else loaded.others += 1
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  loaded.tookSeconds = (performance.now() - startedMs) / 1000
  return loaded
}

/**
 * Calls at fixed moments, whether the earlier answers are there or not, and answers how long each
 * took from the moment at which it was meant to leave, in ms, sorted. A call that had to wait for
 * its turn has waited.
 *
 * Source: reliability.md §7, rule 1 (coordinated omission).
 */
export async function openLoop(
  call: Call,
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<{ latenciesMs: Float64Array; succeeded: number }> {
  const count = Math.floor(perSecond * seconds)
  const latenciesMs = new Float64Array(count)
  const startedMs = performance.now()
  const answers: Promise<void>[] = []
  let succeeded = 0
  while (answers.length < count) {
    const dueMs = performance.now() - startedMs
    const due = Math.min(count, Math.floor((dueMs / 1000) * perSecond) + 1)
    for (let number = answers.length; number < due; number++) {
      const intendedMs = startedMs + (number / perSecond) * 1000
      const answer = call()
      if (!answer) throw new Error('there are not enough codes for the time at half load')
      answers.push(
        answer.then((isPaid) => {
          latenciesMs[number] = performance.now() - intendedMs
          if (isPaid) succeeded += 1
        }),
      )
    }
    await sleep(1)
  }
  await Promise.all(answers)
  return { latenciesMs: latenciesMs.sort(), succeeded }
}

/** The value that a share of sorted values does not exceed; 0.99 is the 99th percentile. */
export const percentile = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN

/** The middle one; of an even number the lower of the two in the middle. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? NaN
}
