import { assert } from './assert.ts'

/** Waits so many milliseconds. Handed in, so that a test need not. */
export type Sleep = (waitMs: number) => Promise<void>

export type Backoff = {
  /** How often the work is done at most, the first time included; 1 or more. */
  tries: number
  firstWaitMs: number
  longestWaitMs: number
}

export type RetryOptions = Backoff & {
  /** Whether this error may go away by itself. Left out: every one may. */
  mayPass?: (error: unknown) => boolean
  sleep?: Sleep
  /** A number from 0 up to 1. */
  random?: () => number
}

/** Waits by the machine's timer. */
export const sleep: Sleep = (waitMs) => new Promise((resolve) => setTimeout(resolve, waitMs))

/**
 * How long to wait after the given try (1, 2, …), in whole milliseconds: doubling, capped, and
 * spread over the upper half, so that those who failed together do not come back together.
 */
export function backoffMs(
  tried: number,
  { firstWaitMs, longestWaitMs }: Omit<Backoff, 'tries'>,
  random: () => number = Math.random,
): number {
  const fullMs = Math.min(longestWaitMs, firstWaitMs * 2 ** (tried - 1))
  return Math.round(fullMs / 2 + (fullMs / 2) * random())
}

/**
 * Does the work again until it succeeds, the error may not pass, or the tries are used up; then
 * throws the last error as it came. The work is told which try it is and must stand being redone.
 */
export async function retry<T>(
  work: (tryNumber: number) => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  assert(options.tries >= 1, 'at least one try')
  const { mayPass = () => true, sleep: wait = sleep, random = Math.random } = options
  for (let tried = 1; ; tried += 1) {
    try {
      return await work(tried)
    } catch (error) {
      if (tried >= options.tries || !mayPass(error)) throw error
      await wait(backoffMs(tried, options, random))
    }
  }
}
