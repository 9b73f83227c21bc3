import { assert } from '../../modules/lib/assert.ts'
import { systemClock } from '../../modules/lib/clock.ts'

type Job = () => void | Promise<void>
type Timed = { dueMs: number; job: Job }

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
  // By the time they fall due; of one time, in the order in which they came.
  let jobs: Timed[] = []
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  let lastJump = Promise.resolve()

  const nowMs = () => heldMs ?? machineMs() + offsetMs

  const wake = () => {
    clearTimeout(timer)
    const [next] = jobs
    if (!running || isStopped || next === undefined) return
    const waitMs = Math.min(Math.max(next.dueMs - nowMs(), 0), LONGEST_TIMER_MS)
    timer = setTimeout(() => void doDue(nowMs()).then(wake), waitMs)
    timer.unref()
  }

  const doDue = async (untilMs: number) => {
    for (let [next] = jobs; next && next.dueMs <= untilMs && !isStopped; [next] = jobs) {
      jobs.shift()
      if (heldMs !== undefined) heldMs = Math.max(heldMs, next.dueMs)
      await next.job()
    }
  }

  const keep = (timed: Timed) => {
    const at = jobs.findLastIndex(({ dueMs }) => dueMs <= timed.dueMs)
    jobs.splice(at + 1, 0, timed)
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
      const timed = { dueMs: nowMs() + waitMs, job }
      keep(timed)
      if (heldMs === undefined) wake()
      return () => {
        jobs = jobs.filter((kept) => kept !== timed)
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
