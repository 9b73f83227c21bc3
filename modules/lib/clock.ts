/** Tells the time. Handed down from the entry, so that a test can hold it still. */
export type Clock = () => Date

/** The machine's clock, and the only place that reads it. */
export const systemClock: Clock = () => new Date()

export type ManualClock = Clock & {
  /** Moves the time by so many milliseconds; backwards too, as real clocks do. */
  advance(byMs: number): void
  set(at: Date): void
}

/** A clock that stands still until it is told otherwise. Each reading is a Date of its own. */
export function manualClock(startAt: Date): ManualClock {
  let nowMs = startAt.getTime()
  return Object.assign(() => new Date(nowMs), {
    advance: (byMs: number) => {
      nowMs += byMs
    },
    set: (at: Date) => {
      nowMs = at.getTime()
    },
  })
}
