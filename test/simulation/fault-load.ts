import { appendFileSync } from 'node:fs'

import type { JournalLine } from '../../modules/audit/audit.ts'
import { sleep } from '../../modules/lib/retry.ts'
import { terminalHeaders } from '../../bench/parts/signing.ts'
import { institutionId, type Till } from '../../bench/world.ts'
import type { PaymentPlan } from './fault-plan.ts'
import type { SandboxProcess } from './sandbox.ts'

/** What the tills saw. */
export type Seen = {
  /** Answers by state: what the cashier's screen said first. */
  answers: Record<string, number>
  /** Tries without an answer or with 5xx, sent again unchanged. */
  retries: number
  /** Refusals that a till may meet while a channel is ill, by code. */
  refused: Record<string, number>
  /** Answers that no payment of this load may get. */
  strange: string[]
  /** Orders that were answered with two different payments. */
  doubled: string[]
  reversals: { asked: number; tooLate: number }
  passwords: { typed: number; cancelled: number }
}

export type LoadOptions = {
  url: string
  tills: readonly Till[]
  sandbox: SandboxProcess
  /** The code of a wallet here or at the other institution. */
  walletCode: (plan: PaymentPlan) => Promise<string>
  /** What waits for an answer on a phone, a scheme's or the other institution's. */
  phoneOf: (plan: PaymentPlan) => WaitingPhone
  journalFile: string
  clients: number
  /** Told before each payment goes out. */
  onPayment: (number: number) => void
}

/** One phone in a customer's hand. */
export type WaitingPhone = {
  /** The number of the payment of this amount that waits for the password; null: none does. */
  waitingFor(amountMinor: number): Promise<string | null>
  /** Answers whether it was taken. */
  answer(number: string, action: 'confirm' | 'cancel'): Promise<boolean>
}

type Body = { id?: string; state?: string; code?: string; next_action?: string | null }
type Answer = { status: number; body: Body }

// A road that is down at this moment: the till says so, and the cashier takes another payment.
const mayMeet = ['CHANNEL_UNAVAILABLE', 'NO_ROAD_LEFT']

/**
 * Makes the planned payments as tills do, so many at a time, and does what their customers and
 * cashiers do meanwhile. Each request is sent again unchanged until somebody answers it, and every
 * acknowledgement goes to the journal first.
 */
export async function runLoad(plans: Iterable<PaymentPlan>, options: LoadOptions): Promise<Seen> {
  const seen: Seen = {
    ...{ answers: {}, retries: 0, refused: {}, strange: [], doubled: [] },
    ...{ reversals: { asked: 0, tooLate: 0 }, passwords: { typed: 0, cancelled: 0 } },
  }
  const people: Promise<void>[] = []
  const next = plans[Symbol.iterator]()
  const client = async () => {
    for (let item = next.next(); !item.done; item = next.next()) {
      options.onPayment(item.value.number)
      await payOne(item.value, { options, seen, people })
    }
  }
  await Promise.all(Array.from({ length: options.clients }, client))
  await Promise.all(people)
  return seen
}

type Run = { options: LoadOptions; seen: Seen; people: Promise<void>[] }

async function payOne(plan: PaymentPlan, { options, seen, people }: Run): Promise<void> {
  // The customer holds the phone in the hand from the scan on.
  if (isAsked(plan)) people.push(answerPhone(plan, options, seen))
  const till = options.tills[plan.till] as Till
  const paid = await payPatiently(plan, till, { options, seen, people })
  if (!paid) return
  const { answer, send } = paid
  const { id = '', state = '' } = answer.body
  seen.answers[state] = (seen.answers[state] ?? 0) + 1
  if (plan.isSentTwice) {
    const again = await untilAnswered(send, seen)
    if (again.body.id !== id) seen.doubled.push(`order-${plan.number}`)
  }
  if (state !== 'processing') return
  if (plan.reverseAfterMs !== null) people.push(reverse(plan, id, { options, seen, people }))
}

// So often a customer lets a cashier try again while the channel is down.
const PATIENCE = 20
const PATIENCE_MS = 500

/** Tries again, each time with a new code and as a new order, while the channel is down. */
async function payPatiently(plan: PaymentPlan, till: Till, { options, seen }: Run) {
  for (let tried = 1; tried <= PATIENCE; tried++) {
    const orderNo = `order-${plan.number}${tried === 1 ? '' : `-${tried}`}`
    const payment_code = await codeOf(plan, options)
    const body = { payment_code, amount: plan.amountMinor, currency: 'CNY', order_no: orderNo }
    const request = { body, key: `key-${orderNo}` }
    const send = () => post(options.url, till, '/v1/payments', request)
    const answer = await untilAnswered(send, seen)
    if (answer.status < 300) {
      remember(plan, till, { ...answer.body, orderNo }, options)
      return { answer, send }
    }
    const problem = answer.body.code ?? ''
    if (!mayMeet.includes(problem)) {
      seen.strange.push(`${orderNo} ${plan.payer}: ${answer.status} ${problem}`)
      return null
    }
    seen.refused[problem] = (seen.refused[problem] ?? 0) + 1
    await sleep(PATIENCE_MS)
  }
  return null
}

const isAsked = ({ habit }: PaymentPlan) => habit === 'late' || habit === 'cancels'

async function codeOf(plan: PaymentPlan, { sandbox, walletCode }: LoadOptions): Promise<string> {
  const { payer, phone } = plan
  if (payer === 'onus' || payer === 'interbank') return walletCode(plan)
  return (await sandbox[payer].phone(phone)).code
}

type Acknowledged = Body & { orderNo: string }

/** Writes down what a till was told, before anything else happens. */
function remember(
  plan: PaymentPlan,
  { merchantId }: Till,
  { id = '', state, orderNo }: Acknowledged,
  { journalFile }: LoadOptions,
): void {
  const line: JournalLine = {
    ...{ institutionId, merchantId, orderNo, paymentId: id },
    ...{ state: state as JournalLine['state'], amountMinor: String(plan.amountMinor) },
  }
  appendFileSync(journalFile, `${JSON.stringify(line)}\n`)
}

const PHONE_MS = 8_000

/** The customer waits for the question, lets it wait, and answers it or sends it away. */
async function answerPhone(plan: PaymentPlan, options: LoadOptions, seen: Seen): Promise<void> {
  const { amountMinor, habit, confirmAfterMs } = plan
  const phone = options.phoneOf(plan)
  await sleep(confirmAfterMs)
  for (let waitedMs = 0; waitedMs < PHONE_MS; waitedMs += 400) {
    const number = await phone.waitingFor(amountMinor)
    if (number !== null) {
      const action = habit === 'cancels' ? 'cancel' : 'confirm'
      if (await phone.answer(number, action))
        seen.passwords[action === 'confirm' ? 'typed' : 'cancelled'] += 1
      return
    }
    await sleep(400)
  }
}

/** The customer has left, or pays otherwise: the cashier takes the payment back. */
async function reverse(plan: PaymentPlan, id: string, { options, seen }: Run): Promise<void> {
  await sleep(plan.reverseAfterMs ?? 0)
  const till = options.tills[plan.till] as Till
  const send = () => post(options.url, till, `/v1/payments/${id}/reverse`, { body: {} })
  const answer = await untilAnswered(send, seen)
  seen.reversals.asked += 1
  if (answer.body.code === 'PAYMENT_FINAL') seen.reversals.tooLate += 1
  else if (answer.status >= 300) seen.strange.push(`reverse ${id}: ${answer.body.code}`)
}

async function untilAnswered(send: () => Promise<Answer | null>, seen: Seen): Promise<Answer> {
  for (;;) {
    const answer = await send()
    const isBusy = !answer || answer.status >= 500 || answer.status === 429
    // The till whose request is still under way is told so, and asks again.
    const mayPass = answer?.body.code === 'CHANNEL_UNAVAILABLE'
    if (!isBusy || mayPass) return answer
    seen.retries += 1
    await sleep(100)
  }
}

async function post(
  url: string,
  till: Till,
  path: string,
  { body: said, key }: { body: object; key?: string },
): Promise<Answer | null> {
  try {
    const body = JSON.stringify(said)
    const request = { url: url + path, body, ...(key !== undefined && { key }) }
    const response = await fetch(url + path, {
      method: 'POST',
      // Signed anew each time: what is sent again is another request of the same order.
      headers: terminalHeaders(till, request),
      body,
      signal: AbortSignal.timeout(30_000),
    })
    return { status: response.status, body: (await response.json()) as Body }
  } catch {
    return null // No answer: the till sends the same again.
  }
}
