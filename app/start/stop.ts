import type { Logger } from 'pino'

/** What was opened and must be put away, newest first. */
export type Stops = {
  /** Put away `name` by `close`, and do not wait longer than `withinMs` for it. */
  add(name: string, withinMs: number, close: () => Promise<void>): void
}

/**
 * Runs what `start` starts until somebody wants it to end, puts away what it put on `stops` in the
 * reverse order, and ends the process: with exit code 0, or 1 after a mistake of ours. What does not
 * end in its time is left behind, so the whole takes 10 s at most.
 *
 * @throws what `start` throws, when that much is put away too.
 */
export async function runUntilStopped(
  log: Logger,
  start: (stops: Stops) => Promise<void>,
): Promise<never> {
  const steps: (() => Promise<void>)[] = []
  const add: Stops['add'] = (name, withinMs, close) => {
    steps.unshift(() => putAway(log, { name, withinMs, close }))
  }
  const wish = untilStopped(log)
  const started = start({ add })
  try {
    // Who asks for the end during a start waits for it a moment, so that it can be put away.
    await Promise.race([started, wish.then(() => Promise.race([started, after(4_000)]))])
    log.info({ why: (await wish).why }, 'stopping')
  } finally {
    for (const step of steps) await step()
  }
  log.info('stopped')
  return process.exit((await wish).exitCode)
}

async function putAway(
  log: Logger,
  { name, withinMs, close }: { name: string; withinMs: number; close(): Promise<void> },
): Promise<void> {
  try {
    const isLate = await Promise.race([close().then(() => false), after(withinMs)])
    if (isLate) log.warn(`${name} did not end in time`)
  } catch (err) {
    log.warn({ err }, `${name} ended with an error`)
  }
}

/** Says true after so many ms, and keeps no finished program waiting for it. */
const after = (waitMs: number) =>
  new Promise<true>((resolve) => void setTimeout(() => resolve(true), waitMs).unref())

// Ctrl-C reaches every process of the terminal, and npm and our parent pass it on once more: what
// comes within this time of the first is the same wish, and what comes later means "now".
const SAME_WISH_MS = 2_000

type Wish = { why: string; exitCode: number }

/**
 * Answers when the program should end: at Ctrl-C, SIGTERM, the end of the terminal or of the process
 * that started us, and at a mistake that nobody caught. Asking again later ends it on the spot.
 */
function untilStopped(log: Logger): Promise<Wish> {
  return new Promise((resolve) => {
    let firstMs: number | undefined
    const stop = (why: string) => {
      firstMs ??= performance.now()
      if (performance.now() - firstMs > SAME_WISH_MS) process.exit(130)
      resolve({ why, exitCode: 0 })
    }
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop(name))
    process.on('disconnect', () => stop('the process that started this one ended'))
    process.on('uncaughtException', (err) => {
      log.fatal({ err }, 'a mistake that nobody caught')
      resolve({ why: 'a mistake of ours', exitCode: 1 })
    })
    // Listening for it alone must not keep the program running.
    process.channel?.unref()
  })
}
