import { asProblem, type Problem } from '../ui/problem.ts'
import type { PaymentView, Position } from '../ui/types.ts'
import type { CartLine } from './cart.ts'

/**
 * One scan's worth of asking for money. It is kept on the device from before the first request until
 * the outcome is known, so that a reload or a crash asks about the same attempt and never makes a
 * second one. The payment code is not part of it: that is in memory only.
 */
export type Attempt = {
  idempotencyKey: string
  orderNo: string
  saleNo: string
  amountMinor: string
  currency: string
  lines: readonly CartLine[]
  /** As it was at the scan: a repeat of the request must be the same to the letter. */
  position: Position | null
  /** The cashier has said that this far from the shop is right. */
  isPlaceConfirmed: boolean
  masked: string
  /** `qr`: nothing was scanned; the till shows a code and the customer scans it. */
  way: 'code' | 'qr'
  /** Whom the code belongs to, as the till read it; null while nobody but the server knows. */
  scheme: string | null
  /** What the shown QR code says. It names an order and is no secret. */
  qrText: string | null
  startedAtMs: number
  /** When the request last left. Undefined for one that another page of this till began. */
  sentAtMs: number | undefined
  payment: PaymentView | null
  /** `unknown`: asked, and no answer came. `place`: the server wants the cashier's word for it. */
  phase: 'submitting' | 'unknown' | 'processing' | 'place'
  wantsReverse: boolean
}

/** How an attempt ends. `not_made`: no payment exists, and none can come from it any more. */
export type Ending =
  | { kind: 'payment'; payment: PaymentView }
  | { kind: 'refused'; problem: Problem }
  | { kind: 'not_made' }

/** A payment, and of an order that the till shows also what its QR code says. */
export type Made = PaymentView & { qrText?: string }

/** The four questions to the server; each throws `Problem`. */
export type AttemptCalls = {
  create: (attempt: Attempt, code: string) => Promise<Made>
  read: (paymentId: string) => Promise<PaymentView>
  find: (orderNo: string) => Promise<PaymentView | null>
  reverse: (paymentId: string) => Promise<PaymentView>
}

export type AttemptRunner = {
  /** What the stream told. Answers whether it was about this attempt. */
  hear: (payment: PaymentView) => boolean
  /** Asks again now: the network is back, or somebody pressed the button. */
  wake: () => void
  reverse: () => void
  /** The cashier's answer to phase `place`, under a key of its own; a no ends the attempt. */
  confirmPlace: (isRight: boolean, idempotencyKey: string) => void
  stop: () => void
}

export type RunnerOptions = {
  calls: AttemptCalls
  /** Keeps the attempt; called before the first request leaves, and with every change. */
  keep: (attempt: Attempt) => void
  end: (ending: Ending, attempt: Attempt) => void
  /**
   * In memory only. Undefined after a reload: then the attempt is only asked about. Empty for one that
   * shows a QR code, which has no secret and is asked for again by its key.
   */
  code: string | undefined
  nowMs?: () => number
  pollMs?: number
}

const placeCode = 'POSITION_TO_CONFIRM'
const firstRetryMs = 1_000
const retryStepMs = 1_000

/**
 * After this long a request that got no answer has either made its payment or never will: the client
 * gives up after 10 s and a statement of the server after 5 s. Should one still come later, the sale
 * number keeps it from being charged on top of the next attempt. Source: DESIGN §3 and §5.
 */
export const settleMs = 20_000

/** Drives one attempt to its end: asks, asks again with the same key, polls, reverses on request. */
export function runAttempt(first: Attempt, options: RunnerOptions): AttemptRunner {
  const { calls, keep, end, nowMs = Date.now, pollMs = 3_000 } = options
  let attempt = first
  let code = options.code
  let isOver = false
  let failures = 0
  let isHurried = false
  let wakeUp: (() => void) | undefined
  let doubtedPlace: Problem | undefined

  function change(part: Partial<Attempt>): void {
    attempt = { ...attempt, ...part }
    if (!isOver) keep(attempt)
  }

  function finish(ending: Ending): void {
    if (isOver) return
    isOver = true
    code = undefined
    wakeUp?.()
    end(ending, attempt)
  }

  function take({ qrText, ...payment }: Made): void {
    if (isOver) return
    failures = 0
    // The digits have done their work: from here on the payment has a name of its own.
    code = undefined
    change({ payment, phase: 'processing', ...(qrText ? { qrText } : {}) })
    if (payment.state !== 'processing') finish({ kind: 'payment', payment })
  }

  async function submit(secret: string): Promise<void> {
    change({ sentAtMs: nowMs() })
    try {
      take(await calls.create(attempt, secret))
    } catch (thrown) {
      const problem = asProblem(thrown)
      if (mayTakeEffect(problem)) doubt()
      else if (problem.code === placeCode && !attempt.wantsReverse) askPlace(problem)
      else finish({ kind: 'refused', problem })
    }
  }

  // Nothing was made and the code is still good: it waits here, in memory, for the cashier's word.
  function askPlace(problem: Problem): void {
    doubtedPlace = problem
    change({ phase: 'place' })
  }

  function doubt(): void {
    failures += 1
    if (!attempt.payment) change({ phase: 'unknown' })
  }

  async function lookUp(): Promise<void> {
    const found = await calls.find(attempt.orderNo)
    if (found) take(found)
    else if (nowMs() - (attempt.sentAtMs ?? 0) >= settleMs) finish({ kind: 'not_made' })
    else change({ phase: 'unknown' })
  }

  async function askReverse(paymentId: string): Promise<void> {
    try {
      take(await calls.reverse(paymentId))
    } catch (thrown) {
      if (mayTakeEffect(asProblem(thrown))) throw thrown
      // It was final before we came, or this terminal may not: how it ends is what counts.
      change({ wantsReverse: false })
      take(await calls.read(paymentId))
    }
  }

  async function askOnce(): Promise<void> {
    try {
      const { payment, wantsReverse, phase } = attempt
      if (phase === 'place' && doubtedPlace) return
      // One that is being taken back is only looked at: its channel says when it is done.
      const mustWish = wantsReverse && payment?.next_action !== 'reverse'
      if (payment && mustWish) await askReverse(payment.id)
      else if (payment) take(await calls.read(payment.id))
      else if (code !== undefined && !wantsReverse) await submit(code)
      else await lookUp()
    } catch {
      // Not to know is no answer: the next round asks again, and the screen says so meanwhile.
      doubt()
    }
  }

  function rest(): Promise<void> {
    const retryMs = Math.min(pollMs, firstRetryMs + retryStepMs * failures)
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, isHurried ? 0 : failures > 0 ? retryMs : pollMs)
      wakeUp = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  function hurry(): void {
    isHurried = true
    wakeUp?.()
  }

  async function run(): Promise<void> {
    while (!isOver) {
      isHurried = false
      await askOnce()
      if (!isOver) await rest()
    }
  }

  // Before anything is sent: a till that dies in the next line must know this attempt again.
  keep(attempt)
  void run()
  return {
    hear(payment) {
      const isOurs = attempt.payment
        ? payment.id === attempt.payment.id
        : payment.order_no === attempt.orderNo
      if (isOurs) take(payment)
      return isOurs
    },
    wake: hurry,
    reverse() {
      change({ wantsReverse: true })
      hurry()
    },
    confirmPlace(isRight, idempotencyKey) {
      const problem = doubtedPlace
      if (!problem || isOver) return
      doubtedPlace = undefined
      if (!isRight) return finish({ kind: 'refused', problem })
      change({ phase: 'submitting', isPlaceConfirmed: true, idempotencyKey })
      hurry()
    },
    stop() {
      isOver = true
      wakeUp?.()
    },
  }
}

// No answer, a fault of the server, or "ask the same again": the payment may exist. A server that says
// "with a new key" (503 CHANNEL_UNAVAILABLE) knows that it does not.
function mayTakeEffect({ isUnanswered, status, retry }: Problem): boolean {
  return isUnanswered || retry === 'same_key' || (status >= 500 && retry !== 'new_key')
}
