import { appendFileSync } from 'node:fs'

import type { JournalLine } from '../../modules/audit/audit.ts'
import { sleep } from '../../modules/lib/retry.ts'
import { terminalHeaders } from '../../bench/parts/signing.ts'
import { institutionId, type Till } from '../../bench/world.ts'

export type LoadOptions = {
  url: string
  tills: readonly Till[]
  /** Gives the digits of a code that nobody used yet. */
  nextCode: () => Promise<string>
  /** Where each acknowledgement is written down, before the next request goes out. */
  journalFile: string
  /** Requests under way at once. */
  clients: number
}

export type LoadResult = {
  acknowledged: number
  /** Tries that ended without an answer or with 5xx, and were sent again unchanged. */
  retries: number
  /** Answers that no payment of this load may get: each is a fault of the server. */
  strange: string[]
  /** Orders that were answered with two different payments. */
  doubled: string[]
}

export type Load = { stop(): Promise<LoadResult>; acknowledged(): number }

type Answer = { status: number; body: { id?: string; state?: string; code?: string } }

/**
 * Pays as tills do, without pause: each order is sent with its own key, and sent again unchanged
 * until somebody answers it. Every acknowledgement is written to the journal, which is what the
 * clients remember when the servers forget.
 *
 * Source: DESIGN §9 (`--journal`); reliability R1, R2.
 */
export function startLoad(options: LoadOptions): Load {
  const { url, tills, nextCode, journalFile, clients } = options
  const result: LoadResult = { acknowledged: 0, retries: 0, strange: [], doubled: [] }
  const paymentOf = new Map<string, string>()
  let isStopping = false
  let orders = 0

  async function send(till: Till, orderNo: string, body: string): Promise<Answer | null> {
    try {
      const to = `${url}/v1/payments`
      const response = await fetch(to, {
        method: 'POST',
        headers: terminalHeaders(till, { url: to, body, key: `key-${orderNo}` }),
        body,
        signal: AbortSignal.timeout(15_000),
      })
      return { status: response.status, body: (await response.json()) as Answer['body'] }
    } catch {
      return null
    }
  }

  function remember(till: Till, orderNo: string, { id, state }: Answer['body']): void {
    const earlier = paymentOf.get(orderNo)
    if (earlier !== undefined && earlier !== id) result.doubled.push(orderNo)
    paymentOf.set(orderNo, id ?? '')
    const line: JournalLine = {
      ...{ institutionId, merchantId: till.merchantId, orderNo, paymentId: id ?? '' },
      ...{ state: state as JournalLine['state'], amountMinor: '100' },
    }
    appendFileSync(journalFile, `${JSON.stringify(line)}\n`)
    result.acknowledged++
  }

  async function payOne(): Promise<void> {
    const number = ++orders
    const orderNo = `order-${number}`
    const till = tills[number % tills.length] as Till
    const payment_code = await nextCode()
    const body = JSON.stringify({ payment_code, amount: 100, currency: 'CNY', order_no: orderNo })
    for (;;) {
      const answer = await send(till, orderNo, body)
      if (answer && answer.status < 300) {
        remember(till, orderNo, answer.body)
        // One in twenty asks again: the answer must be the same payment.
        if (number % 20 === 0) {
          const again = await send(till, orderNo, body)
          if (again && again.status < 300) remember(till, orderNo, again.body)
        }
        return
      }
      if (answer && answer.status < 500 && answer.status !== 429 && answer.status !== 409) {
        result.strange.push(`${answer.status} ${answer.body.code ?? ''}`)
        return
      }
      result.retries++
      await sleep(50)
    }
  }

  const running = Array.from({ length: clients }, async () => {
    while (!isStopping) await payOne()
  })
  return {
    acknowledged: () => result.acknowledged,
    async stop() {
      isStopping = true
      await Promise.all(running)
      return result
    },
  }
}
