import { asProblem, type Problem } from '../ui/problem.ts'
import type { RefundView } from '../ui/types.ts'

/**
 * One intended refund. It is kept on the device with its key before the first request leaves, so a
 * reload asks for the same refund again and never for a second one.
 */
export type RefundTry = {
  idempotencyKey: string
  paymentId: string
  /** Of the price, in minor units. */
  amountMinor: string
  reason: string | null
  /** As the server told it last; null before its first answer. */
  refund: RefundView | null
  /** Why the server would not make it; `phase` is `refused` then. */
  problem: { code: string; param: string | null; detail: string; requestId: string | null } | null
  /** `unknown`: asked, and no answer came. `made`: the server has it, whatever its state. */
  phase: 'asking' | 'unknown' | 'made' | 'refused'
}

export type RefundCalls = {
  /** Each throws `Problem`. */
  create: (wanted: RefundTry) => Promise<RefundView>
  read: (refundId: string) => Promise<RefundView>
}

export type RefundRunner = {
  /** What the stream told. Answers whether it was about this refund. */
  hear: (refund: RefundView) => boolean
  wake: () => void
  stop: () => void
}

/** Whether nothing more will happen to it. */
export function isRefundOver({ phase, refund }: RefundTry): boolean {
  return phase === 'refused' || (refund !== null && refund.state !== 'processing')
}

const retryMs = 2_000
const pollMs = 3_000

/** Asks for the refund, again with the same key while no answer comes, and follows it to its end. */
export function runRefund(
  first: RefundTry,
  options: { calls: RefundCalls; change: (next: RefundTry) => void },
): RefundRunner {
  const { calls, change } = options
  let current = first
  let isOver = isRefundOver(first)
  let wakeUp: (() => void) | undefined

  function set(part: Partial<RefundTry>): void {
    if (isOver) return
    current = { ...current, ...part }
    isOver = isRefundOver(current)
    change(current)
  }

  const take = (refund: RefundView): void => set({ refund, phase: 'made' })

  async function askOnce(): Promise<void> {
    try {
      take(current.refund ? await calls.read(current.refund.id) : await calls.create(current))
    } catch (thrown) {
      const problem = asProblem(thrown)
      // A refund that the server has can only be asked about again.
      if (!current.refund) set(mayExist(problem) ? { phase: 'unknown' } : refusal(problem))
    }
  }

  async function run(): Promise<void> {
    while (!isOver) {
      await askOnce()
      if (!isOver) await rest(current.phase === 'made' ? pollMs : retryMs)
    }
  }

  function rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      wakeUp = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  if (!isOver) {
    change(current)
    void run()
  }
  return {
    hear(refund) {
      const isOurs = refund.id === current.refund?.id
      if (isOurs) take(refund)
      return isOurs
    },
    wake: () => wakeUp?.(),
    stop() {
      isOver = true
      wakeUp?.()
    },
  }
}

// No answer, a fault of the server, or "ask the same again": the refund may exist. A server that says
// "with a new key" (503 CHANNEL_UNAVAILABLE) knows that it does not.
function mayExist({ isUnanswered, status, retry }: Problem): boolean {
  return isUnanswered || retry === 'same_key' || (status >= 500 && retry !== 'new_key')
}

function refusal({ code, param, detail, requestId }: Problem): Partial<RefundTry> {
  return { phase: 'refused', problem: { code, param, detail, requestId } }
}
