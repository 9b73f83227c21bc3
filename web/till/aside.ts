import { t } from '../ui/i18n.tsx'
import { asProblem } from '../ui/problem.ts'
import type { PaymentView, RefundView } from '../ui/types.ts'
import { runAttempt, type Attempt, type AttemptCalls, type AttemptRunner } from './attempt.ts'
import { askCancelSale } from './cancel-sale.ts'
import { adopt, readTaken, releaseAttempt, resumeKept, takeUp } from './charge.ts'
import { isConnected } from './connection.ts'
import { keepAsides, readKeptAsides } from './kept.ts'
import { asideOf, endingOf, isOf, saleOf, type Aside } from './put-aside.ts'
import { api, attemptCalls, queries, readOpenPayments } from './server.ts'
import { forgetWaiting } from './scans.ts'
import { makeStore } from './store.ts'
import { openCollect, say, till } from './till.ts'

/** The payments that were put aside, oldest first; `chosen` is the order number of the one on show. */
export const asideStore = makeStore<{ all: readonly Aside[]; chosen: string | null }>({
  all: [],
  chosen: null,
})

/** More than a till meets in a day on which its channels are dead; the manager has to know. */
const mostAside = 50
// The stream tells at once; this is for a stream that does not stand.
const pollMs = 15_000
// A payment as young as this was on the screen a moment ago, and its customer is still there.
const youngMs = 120_000

const runners = new Map<string, AttemptRunner>()
const orderNoOf = ({ attempt }: Aside): string => attempt.orderNo

/** Puts the open attempt aside: the till is free for the next customer, and goes on asking. */
export function putAside(note: string): void {
  const { attempt, cart, attempts, tenders } = till.get()
  if (!attempt) return
  if (asideStore.get().all.length >= mostAside) return say({ tone: 'bad', key: 'aside.too_many' })
  const aside: Aside = {
    ...{ attempt, cart, attempts, tenders, note: note.trim(), putAtMs: Date.now() },
    ...{ ending: null, refund: null, told: 'no' as const, isPrinted: false },
  }
  // Kept here before it is forgotten there: a till that dies in between has it at least once.
  setAll([...asideStore.get().all, aside])
  releaseAttempt()
  follow(aside)
  say({ tone: 'info', key: 'aside.put' })
}

/**
 * Takes up all that a reload, a crash or another browser of this terminal has left open: what was put
 * aside, the attempt on the screen, and whatever else the server holds open. Throws `Problem` when
 * the server cannot be asked; then it is to be called again.
 */
export async function resumePayments(): Promise<void> {
  const kept = readKeptAsides()
  asideStore.set({ all: kept })
  for (const aside of kept) if (!aside.ending) follow(aside)
  resumeKept(new Set(kept.map(orderNoOf)))
  const open = await readOpenPayments()
  const known = new Set([...readTaken(), ...asideStore.get().all.map(orderNoOf)])
  const strange = open.filter(({ order_no: orderNo }) => !known.has(orderNo))
  for (const payment of strange) {
    const isYoung = api.serverNow() - Date.parse(payment.created_at) < youngMs
    if (isYoung && !till.get().attempt && !till.get().result) takeUp(adopt(payment))
    else addFound(payment)
  }
}

function addFound(payment: PaymentView): void {
  const aside = asideOf(adopt(payment), t('till.typed_amount'))
  setAll([...asideStore.get().all, aside])
  follow(aside)
}

/** Stops asking, without forgetting. */
export function pauseAsides(): void {
  for (const runner of runners.values()) runner.stop()
  runners.clear()
}

/** What the stream tells of a payment. Answers whether it was put aside. */
export function hearAside(payment: PaymentView): boolean {
  const aside = asideStore.get().all.find((one) => isOf(payment, one))
  if (!aside) return false
  const runner = runners.get(orderNoOf(aside))
  if (runner) return runner.hear(payment)
  // It had ended already, and ends otherwise after all: money that came late.
  const state = aside.ending?.kind === 'payment' ? aside.ending.payment.state : null
  if (payment.state !== state) endAs(orderNoOf(aside), payment)
  return true
}

/** What the stream tells of a refund: money that came after its payment was taken back. */
export function hearAsideRefund(refund: RefundView): void {
  for (const one of asideStore.get().all) {
    const isNews = one.refund?.id !== refund.id || one.refund.state !== refund.state
    if (one.attempt.payment?.id !== refund.payment || !isNews) continue
    // What the cashier gave back is told on the refund's own screen.
    const told = refund.is_late ? 'no' : one.told
    change(orderNoOf(one), { refund, told })
  }
}

/** Asks for the outcomes now: the network is back, or somebody pressed the button. */
export function askAsides(): void {
  for (const runner of runners.values()) runner.wake()
}

/** Asks for the payment of an order to be taken back. */
export function reverseAside(orderNo: string): void {
  runners.get(orderNo)?.reverse()
}

/** Shows the list, on the one that has news or is the oldest. */
export function openAsides(orderNo?: string): void {
  const { all } = asideStore.get()
  const first =
    orderNo ?? all.find(({ ending, told }) => ending && told !== 'seen')?.attempt.orderNo
  forgetWaiting()
  till.set({ screen: 'aside', note: null, confirming: null, isQuantityOpen: false })
  chooseAside(first ?? all[0]?.attempt.orderNo ?? null)
}

/** Shows one of the list; what it has to tell is then told. */
export function chooseAside(orderNo: string | null): void {
  asideStore.set({ chosen: orderNo })
  const aside = asideStore.get().all.find((one) => orderNoOf(one) === orderNo)
  if (aside?.ending && aside.told !== 'seen') change(orderNoOf(aside), { told: 'seen' })
}

/** It has rung; the line about it stays until the cashier opens it. */
export function markHeard(orderNo: string): void {
  change(orderNo, { told: 'heard' })
}

/** Its receipt was printed. */
export function markPrinted(orderNo: string): void {
  change(orderNo, { isPrinted: true })
}

/** Takes one that has ended from the list. */
export function removeAside(orderNo: string): void {
  runners.get(orderNo)?.stop()
  runners.delete(orderNo)
  const all = asideStore.get().all.filter((one) => orderNoOf(one) !== orderNo)
  setAll(all)
  if (asideStore.get().chosen === orderNo) chooseAside(all[0]?.attempt.orderNo ?? null)
}

/**
 * Takes the sale up again, to collect what is left of it, or with `cancel` to give back what was paid of
 * it before. The sale on the screen has to be finished first.
 */
export function collectAgain(aside: Aside, wish: 'collect' | 'cancel' = 'collect'): void {
  const { cart, typed, tenders } = till.get()
  if (cart.lines.length > 0 || typed !== '' || tenders.length > 0) {
    return say({ tone: 'bad', key: 'aside.finish_first' })
  }
  if (!isConnected()) return say({ tone: 'bad', key: 'till.offline' })
  till.set({ ...saleOf(aside), screen: 'sell', result: null, note: null })
  removeAside(orderNoOf(aside))
  if (wish === 'cancel') askCancelSale()
  else openCollect(t('till.typed_amount'))
}

function follow(aside: Aside): void {
  const orderNo = orderNoOf(aside)
  if (runners.has(orderNo)) return
  // Without the digits: whoever was put aside is asked about, and never charged by a late repeat.
  const runner = runAttempt(aside.attempt, {
    calls: callsFor(orderNo),
    keep: (attempt: Attempt) => change(orderNo, { attempt }),
    end: (ending) => {
      runners.delete(orderNo)
      if (ending.kind === 'payment') endAs(orderNo, ending.payment)
      else change(orderNo, { ending: { kind: 'not_made' }, told: 'no' })
      void queries.invalidateQueries({ queryKey: ['payments'] })
    },
    code: undefined,
    pollMs,
  })
  runners.set(orderNo, runner)
}

// A till that was activated as another terminal may not see the payments of the one before.
function callsFor(orderNo: string): AttemptCalls {
  return {
    ...attemptCalls,
    read: async (paymentId) => {
      try {
        return await attemptCalls.read(paymentId)
      } catch (thrown) {
        if (asProblem(thrown).code === 'NOT_FOUND') removeAside(orderNo)
        throw thrown
      }
    },
  }
}

function endAs(orderNo: string, payment: PaymentView): void {
  const aside = asideStore.get().all.find((one) => orderNoOf(one) === orderNo)
  if (!aside) return
  const attempt: Attempt = { ...aside.attempt, payment, phase: 'processing' }
  change(orderNo, { attempt, ending: endingOf(payment), told: 'no' })
  if (payment.state === 'succeeded') void queries.invalidateQueries({ queryKey: ['products'] })
}

function change(orderNo: string, part: Partial<Aside>): void {
  const { all } = asideStore.get()
  if (!all.some((one) => orderNoOf(one) === orderNo)) return
  setAll(all.map((one) => (orderNoOf(one) === orderNo ? { ...one, ...part } : one)))
}

function setAll(all: readonly Aside[]): void {
  keepAsides(all)
  asideStore.set({ all })
}
