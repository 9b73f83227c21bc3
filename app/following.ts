import type { Log } from '../modules/io/io.ts'
import { openTrouble } from './start/trouble.ts'

/** A copy of something in the database, which this process keeps as young as it promises. */
export type Following = {
  /** Reads all that was committed before the call. Throws what the reading throws. */
  refresh(): Promise<void>
  /** Answers when the look under way is done. */
  stop(): Promise<void>
}

/**
 * Looks at once, and then again and again until it is stopped. One look at a time; whoever asks for one
 * while another is under way gets the next. A look that fails is told to the log once for a row of failures.
 *
 * @param everyMs how old the copy may become
 * @throws when the first look fails
 */
export async function startFollowing(
  look: () => Promise<void>,
  { everyMs, log, trouble }: { everyMs: number; log: Log; trouble: string },
): Promise<Following> {
  let looking: Promise<void> = Promise.resolve()
  let waiting = 0
  const refresh = (): Promise<void> => {
    waiting += 1
    const next = looking.then(look).finally(() => (waiting -= 1))
    looking = next.catch(() => undefined)
    return next
  }
  await refresh()

  const troubled = openTrouble(log, trouble)
  const timer = setInterval(() => {
    if (waiting === 0) refresh().then(troubled.isOver, troubled.happened)
  }, everyMs).unref()
  return {
    refresh,
    async stop() {
      clearInterval(timer)
      await looking
    },
  }
}
