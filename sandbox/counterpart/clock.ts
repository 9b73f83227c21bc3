import { assert } from '../../modules/lib/assert.ts'
import { systemClock } from '../../modules/lib/clock.ts'

type Job = () => void | Promise<void>
type Timed = { dueMs: number; order: number; job: Job }

/** A clock that runs or stands still, can jump, and does what falls due. */
export type VirtualClock = {
  now(): Date
  nowMs(): number
  /** Keeps a job until so many milliseconds have passed. Answers what cancels it. */
  after(waitMs: number, job: Job): () => void
  /** Jumps forward. What falls due on the way is done at its own time, in order, and waited for. */
  advance(byMs: number): Promise<void>
  /** No job is done any more. */
  stop(): void
}

// The longest wait that the machine's timer can hold.
const LONGEST_TIMER_MS = 2 ** 31 - 1

/**
 * Makes a clock. Running, it is the machine's time plus all that was advanced; standing still, it
 * moves only when it is told to. A job that throws is a mistake of the counterpart and ends the
 * `advance` that did it, or the process when the clock runs.
 */
export function virtualClock(options: { startAt?: Date; running?: boolean } = {}): VirtualClock {
  const { running = true, startAt } = options
  const machineMs = () => (running ? systemClock().getTime() : 0)
  let offsetMs = (startAt ?? systemClock()).getTime() - machineMs()
  // While a jump is under way the time is that of the job that is being done.
  let heldMs: number | undefined
  let jobs: Timed[] = []
  let made = 0
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  let lastJump = Promise.resolve()

  const nowMs = () => heldMs ?? machineMs() + offsetMs

  const nextDue = (untilMs: number): Timed | undefined => {
    const due = jobs.filter(({ dueMs }) => dueMs <= untilMs)
    return due.toSorted((one, other) => one.dueMs - other.dueMs || one.order - other.order)[0]
  }

  const wake = () => {
    clearTimeout(timer)
    if (!running || isStopped || jobs.length === 0) return
    const waitMs = Math.min(...jobs.map(({ dueMs }) => dueMs)) - nowMs()
    timer = setTimeout(
      () => void doDue(nowMs()).then(wake),
      Math.min(Math.max(waitMs, 0), LONGEST_TIMER_MS),
    )
    timer.unref()
  }

  const doDue = async (untilMs: number) => {
    for (let next = nextDue(untilMs); next && !isStopped; next = nextDue(untilMs)) {
      const { order, dueMs, job } = next
      jobs = jobs.filter((kept) => kept.order !== order)
      if (heldMs !== undefined) heldMs = Math.max(heldMs, dueMs)
      await job()
    }
  }

  const jump = async (byMs: number) => {
    const targetMs = nowMs() + byMs
    heldMs = nowMs()
    try {
      await doDue(targetMs)
    } finally {
      heldMs = undefined
      offsetMs = targetMs - machineMs()
      wake()
    }
  }

  return {
    now: () => new Date(nowMs()),
    nowMs,
    after: (waitMs, job) => {
      assert(waitMs >= 0, 'a job is kept for the future')
      const order = made++
      jobs.push({ dueMs: nowMs() + waitMs, order, job })
      if (heldMs === undefined) wake()
      return () => {
        jobs = jobs.filter((kept) => kept.order !== order)
      }
    },
    advance: (byMs) => {
      assert(byMs >= 0, 'the clock goes forward')
      // Jumps that are asked for at once are made one after the other.
      const jumped = lastJump.then(() => jump(byMs))
      lastJump = jumped.catch(() => undefined)
      return jumped
    },
    stop: () => {
      isStopped = true
      jobs = []
      clearTimeout(timer)
    },
  }
}
