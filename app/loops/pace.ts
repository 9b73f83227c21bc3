import type { Log } from '../../modules/io/io.ts'
import { openTrouble } from '../start/trouble.ts'

// How soon it is looked again: when there was work, and at the latest when there was none.
const BUSY_MS = 50
const IDLE_MS = 1_000

export type Paced = {
  /** Looks soon: something has happened. */
  wake(): void
  /** Answers when the round under way is done. */
  stop(): Promise<void>
}

/**
 * Runs `round` again and again until it is stopped: often while it answers that there was work,
 * longer and longer apart (up to 1 s) while there was none, and soon after `wake`. A round that
 * throws is told to the log once for a row of failures.
 */
export function startPaced(
  round: () => Promise<number>,
  { log, trouble, about }: { log: Log; trouble: string; about: object },
): Paced {
  const troubled = openTrouble(log, trouble, about)
  let isStopped = false
  let isWoken = false
  let wakeUp: () => void = () => undefined

  const rest = (waitMs: number): Promise<void> =>
    new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        wakeUp = () => undefined
        resolve()
      }
      const timer = setTimeout(done, waitMs)
      wakeUp = done
    })

  async function run(): Promise<void> {
    let waitMs = BUSY_MS
    while (!isStopped) {
      isWoken = false
      try {
        waitMs = (await round()) > 0 ? BUSY_MS : Math.min(waitMs * 2, IDLE_MS)
        troubled.isOver()
      } catch (error) {
        troubled.happened(error)
        waitMs = IDLE_MS
      }
      if (isStopped) return
      // What was woken meanwhile takes a breath too, so that a burst is one round.
      await rest(isWoken ? BUSY_MS : waitMs)
    }
  }

  const running = run()
  return {
    wake() {
      if (isWoken) return
      isWoken = true
      const asleep = wakeUp
      setTimeout(() => asleep(), BUSY_MS / 5).unref()
    },
    stop() {
      isStopped = true
      wakeUp()
      return running
    },
  }
}
