import type { Log } from '../../modules/io/io.ts'

/** Something that is tried again and again, and may fail for a while. */
export type Trouble = {
  /** It failed. Says so at the first time of a row, and is silent about the rest. */
  happened(error: unknown): void
  /** It went well. Says so after a failure. */
  isOver(): void
}

/** Tells the log when trouble begins and when it ends, not ten times a second in between. */
export function openTrouble(log: Log, message: string, about: object = {}): Trouble {
  let isThere = false
  return {
    happened(err) {
      if (!isThere) log.warn({ ...about, err }, message)
      isThere = true
    },
    isOver() {
      if (isThere) log.info(about, `over: ${message}`)
      isThere = false
    },
  }
}
