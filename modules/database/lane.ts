import { assert } from '../lib/assert.ts'
import { boundedQueue, type BoundedQueue } from '../lib/queue.ts'
import { retry } from '../lib/retry.ts'
import { AppError } from '../errors/errors.ts'
import { isTransient } from './connection.ts'
import type { Db, Tx } from './database.ts'

/**
 * A step of a flow: many items of one institution in, one answer for each, in the same order. A
 * step refuses an item by its answer; what it throws is a bug in one item, or the database's
 * trouble. It must stand being run twice, so ids are made before the item enters a lane.
 */
export type Step<In, Out> = {
  readonly name: string
  /** `single`: statements that each stand alone. `write`: one transaction a batch. */
  readonly mode: 'single' | 'write'
  run(tx: Tx, institutionId: string, items: readonly In[]): Promise<readonly Out[]>
}

/** Puts one item into the next batch of its step and answers what the step said of it. */
export type Batched = <In, Out>(
  step: Step<In, Out>,
  institutionId: string,
  item: In,
) => Promise<Out>

export type LaneOptions = {
  /** Items in a batch at most. Source: DESIGN §5. */
  most?: number
  /** Items that wait in one lane at most; then the caller is told BUSY. */
  room?: number
  /** Batches of one lane that may be at the database at once, when full ones wait. */
  inFlight?: number
  /** Told after each batch: how many items, and how long it took in ms. */
  onBatch?: (stepName: string, size: number, tookMs: number) => void
  now?: () => number
}

type Caller = { item: unknown; resolve(answer: unknown): void; reject(error: unknown): void }
type Lane = { waiting: BoundedQueue<Caller>; flying: number }
type AnyStep = Step<unknown, unknown>

// A database that is started again comes back within seconds; callers wait for it that long.
const TRIES = 8
const aloneBackoff = { tries: TRIES, firstWaitMs: 20, longestWaitMs: 1_000 }

/**
 * Lanes gather single calls into batches. While one batch of a lane is at the database the next
 * gathers, and leaves when the other returns or when it is full. There is no timer: an idle system
 * commits at once, and under load one commit serves many. Lanes are per step and institution; no
 * correctness rests on them.
 *
 * A passing error reruns the whole batch, with back-off; any other halves it until the item that
 * causes it stands alone and fails alone. A lane without room throws AppError BUSY.
 *
 * Source: DESIGN §5 (lanes); measured there at three times single transactions.
 */
export function openLanes(db: Db, options: LaneOptions = {}) {
  const { most = 128, room = 5_000, inFlight = 2, onBatch, now = () => performance.now() } = options
  const lanes = new Map<AnyStep, Map<string, Lane>>()

  async function attempt(step: AnyStep, institutionId: string, callers: readonly Caller[]) {
    const items = callers.map(({ item }) => item)
    const startedMs = now()
    const run = (tx: Tx) => step.run(tx, institutionId, items)
    const answers =
      step.mode === 'write'
        ? await db.transaction(run, { tries: TRIES })
        : await retry(() => run(alone(db)), { ...aloneBackoff, mayPass: isTransient })
    assert(answers.length === items.length, `${step.name} answers each item`)
    onBatch?.(step.name, items.length, now() - startedMs)
    callers.forEach(({ resolve }, at) => resolve(answers[at]))
  }

  async function run(step: AnyStep, institutionId: string, callers: readonly Caller[]) {
    try {
      await attempt(step, institutionId, callers)
    } catch (error) {
      if (isTransient(error)) {
        const busy = new AppError('BUSY', {}, { cause: error })
        return callers.forEach(({ reject }) => reject(busy))
      }
      if (callers.length === 1) return callers[0]?.reject(error)
      const half = Math.ceil(callers.length / 2)
      await run(step, institutionId, callers.slice(0, half))
      await run(step, institutionId, callers.slice(half))
    }
  }

  function depart(step: AnyStep, institutionId: string, lane: Lane): void {
    while (lane.waiting.size > 0) {
      const isFull = lane.waiting.size >= most
      if (lane.flying >= (isFull ? inFlight : 1)) return
      const callers = lane.waiting.take(most)
      lane.flying++
      void run(step, institutionId, callers).finally(() => {
        lane.flying--
        depart(step, institutionId, lane)
      })
    }
  }

  function laneOf(step: AnyStep, institutionId: string): Lane {
    let ofStep = lanes.get(step)
    if (!ofStep) lanes.set(step, (ofStep = new Map<string, Lane>()))
    let lane = ofStep.get(institutionId)
    if (!lane) ofStep.set(institutionId, (lane = { waiting: boundedQueue(room), flying: 0 }))
    return lane
  }

  const batched: Batched = (step, institutionId, item) =>
    new Promise((resolve, reject) => {
      const anyStep = step as unknown as AnyStep
      const lane = laneOf(anyStep, institutionId)
      const isTaken = lane.waiting.offer({ item, resolve: resolve as Caller['resolve'], reject })
      if (!isTaken) return reject(new AppError('BUSY'))
      // The others of this tick come along: a burst is one batch and not one plus the rest.
      const { size } = lane.waiting
      if (size === 1 || size === most) setImmediate(() => depart(anyStep, institutionId, lane))
    })

  /** Items waiting now, per step, for /metrics. */
  function waiting(): Record<string, number> {
    const sizes: Record<string, number> = {}
    for (const [step, ofStep] of lanes)
      for (const lane of ofStep.values())
        sizes[step.name] = (sizes[step.name] ?? 0) + lane.waiting.size
    return sizes
  }

  return { batched, waiting }
}

const alone = (db: Db): Tx => ({
  many: (sql, values) => db.read(sql, values),
  send: () => assert(false, 'a statement that stands alone has an answer'),
})
