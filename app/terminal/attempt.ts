import { setTimeout as sleep } from 'node:timers/promises'

import { outcomeOf, refusedBy, type Outcome, type PaymentTold } from './charge.ts'
import { Refusal, type Calls } from './calls.ts'
import type { OpenAttempt } from './kept.ts'

export type Place = { latitude: number; longitude: number; accuracy_m: number }

export type AttemptOptions = {
  calls: Calls
  /** Keeps the attempt; called before the first request leaves, and with every change. */
  keep(attempt: OpenAttempt): void
  /** In memory only. Null after a restart: then the attempt is only asked about. */
  code: string | null
  place: Place | null
  isPlaceConfirmed: boolean
  nowMs(): number
  /** What a person is told when something changes. */
  tell(payment: PaymentTold | null): void
}

/**
 * After this long a request that got no answer has either made its payment or never will: the client
 * gives up after 10 s and a statement of the server after 5 s. Source: DESIGN §3 and §5.
 */
const SETTLE_MS = 20_000
const POLL_MS = 2_000

export type Following = {
  outcome: Promise<Outcome>
  /** Asks again now: the server told of something, or the network is back. */
  wake(): void
  reverse(): void
  /** Stops asking, without an outcome: the program ends and the next start goes on. */
  stop(): void
}

/**
 * Drives one attempt to its end: asks, asks again with the same key while no answer comes, polls, and
 * reverses on request. Until then nothing else may be scanned. Source: ux.md §3.1.4.
 */
export function followAttempt(first: OpenAttempt, options: AttemptOptions): Following {
  const { calls } = options
  let attempt = first
  let code = options.code
  let isOver = false
  let isBeingReversed = false
  let alarm = new AbortController()

  function change(part: Partial<OpenAttempt>): void {
    attempt = { ...attempt, ...part }
    options.keep(attempt)
  }

  function take(payment: PaymentTold): Outcome | null {
    code = null // the digits have done their work
    // One that is being taken back is only looked at: its channel says when it is done.
    isBeingReversed = payment.next_action === 'reverse'
    if (attempt.paymentId !== payment.id) change({ paymentId: payment.id })
    options.tell(payment)
    return payment.state === 'processing' ? null : outcomeOf(payment)
  }

  async function submit(secret: string): Promise<Outcome | null> {
    change({ sentAtMs: options.nowMs() })
    try {
      const body = bodyOf(attempt, secret, options)
      return take(await calls.post<PaymentTold>('/v1/payments', body, attempt.idempotencyKey))
    } catch (error) {
      if (!(error instanceof Refusal) || error.mayHaveTakenEffect) throw error
      return refused(error)
    }
  }

  // The number was used before this box forgot it: how that one ended is the answer.
  async function refused(refusal: Refusal): Promise<Outcome | null> {
    const known = refusal.code === 'ORDER_NO_REUSED' ? await find() : null
    const isOurs = known !== null && String(known.amount) === attempt.amountMinor
    return isOurs ? take(known) : refusedBy(refusal)
  }

  async function find(): Promise<PaymentTold | null> {
    const query = `order_no=${encodeURIComponent(attempt.orderNo)}`
    const found = await calls.get<{ data: PaymentTold[] }>(`/v1/payments?${query}`)
    return found.data[0] ?? null
  }

  async function lookUp(): Promise<Outcome | null> {
    const found = await find()
    if (found) return take(found)
    const hasSettled = options.nowMs() - (attempt.sentAtMs ?? 0) >= SETTLE_MS
    return hasSettled ? { state: 'not_made', code: 'not_made', payment: null } : null
  }

  async function askReverse(id: string): Promise<Outcome | null> {
    try {
      return take(await calls.post<PaymentTold>(`/v1/payments/${id}/reverse`, {}))
    } catch (error) {
      // It was final before we came, or this terminal may not: how it ends is what counts.
      if (!(error instanceof Refusal) || error.mayHaveTakenEffect) throw error
      change({ wantsReverse: false })
      return take(await calls.get<PaymentTold>(`/v1/payments/${id}`))
    }
  }

  function askOnce(): Promise<Outcome | null> {
    const { paymentId, wantsReverse } = attempt
    if (paymentId !== null && wantsReverse && !isBeingReversed) return askReverse(paymentId)
    if (paymentId !== null) return calls.get<PaymentTold>(`/v1/payments/${paymentId}`).then(take)
    return code !== null && !wantsReverse ? submit(code) : lookUp()
  }

  async function run(): Promise<Outcome> {
    while (!isOver) {
      alarm = new AbortController()
      try {
        const outcome = await askOnce()
        if (outcome) return outcome
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        options.tell(null) // not to know is no answer: the next round asks again
      }
      // A wake-up ends the rest early, and is no error.
      await sleep(POLL_MS, undefined, { signal: alarm.signal }).catch(() => undefined)
    }
    return new Promise(() => undefined)
  }

  // Before anything is sent: a box that dies in the next line must know this attempt again.
  options.keep(attempt)
  return {
    outcome: run(),
    wake: () => alarm.abort(),
    reverse() {
      change({ wantsReverse: true })
      alarm.abort()
    },
    stop() {
      isOver = true
      alarm.abort()
    },
  }
}

function bodyOf(attempt: OpenAttempt, code: string, options: AttemptOptions) {
  const { amountMinor, currency, orderNo } = attempt
  return {
    payment_code: code,
    amount: Number(amountMinor),
    currency,
    order_no: orderNo,
    ...(options.place && { position: options.place }),
    ...(options.isPlaceConfirmed && { position_confirmed: true }),
  }
}
