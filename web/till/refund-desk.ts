import { newIdempotencyKey } from '../ui/api.ts'
import { flash, playSound } from '../ui/sound.ts'
import type { PaymentView, RefundView } from '../ui/types.ts'
import { runRefund, type RefundRunner, type RefundTry } from './refund-try.ts'
import { queries, refundCalls } from './server.ts'
import type { Tender } from './tender.ts'
import { hush, say, till } from './till.ts'

// By the payment: the refund screen has one, a half-paid sale one for each of its tenders.
const runners = new Map<string, RefundRunner>()

/** Opens the refund screen for a payment; one that took no money says so instead. */
export function openRefund(payment: PaymentView): void {
  if (till.get().attempt || till.get().tenders.length > 0) return
  if (payment.state !== 'succeeded') return say({ tone: 'bad', key: 'refund.not_paid' })
  const goods = payment.goods ?? []
  till.set({ screen: 'refund', result: null, refunding: { payment, goods, wanted: null } })
  hush()
}

/** Asks for the refund: `amountMinor` of the price, in minor units. The same press twice asks once. */
export function askRefund(amountMinor: bigint, reason: string | null): void {
  const { refunding } = till.get()
  if (!refunding || refunding.wanted) return
  follow(newTry(refunding.payment, amountMinor, reason), changeRefunding)
}

/** From a refused or failed refund back to its form, for another try with a key of its own. */
export function askAnother(): void {
  const { refunding } = till.get()
  if (!refunding) return
  forget(refunding.payment.id)
  till.set({ refunding: { ...refunding, wanted: null } })
}

/** Leaves the refund screen. A refund that is under way goes on without it. */
export function closeRefund(screen: 'sell' | 'recent'): void {
  const { refunding } = till.get()
  if (refunding) forget(refunding.payment.id)
  till.set({ refunding: null, screen, note: null })
}

/** Gives back every tender of a half-paid sale, in whole. */
export function refundTenders(reason: string): void {
  for (const { payment, refund } of till.get().tenders) {
    if (!refund) follow(newTry(payment, BigInt(payment.amount), reason), changeTender)
  }
}

/** Takes up refunds whose answer a reload has cut off. */
export function resumeRefunds(): void {
  const { refunding, tenders } = till.get()
  if (refunding?.wanted) follow(refunding.wanted, changeRefunding)
  for (const { refund } of tenders) if (refund) follow(refund, changeTender)
}

/** Stops asking, without forgetting. */
export function pauseRefunds(): void {
  for (const paymentId of [...runners.keys()]) forget(paymentId)
}

/** What the stream tells of a refund. */
export function hearRefund(refund: RefundView): void {
  void queries.invalidateQueries({ queryKey: ['refunds'] })
  runners.get(refund.payment)?.hear(refund)
}

function newTry(payment: PaymentView, amountMinor: bigint, reason: string | null): RefundTry {
  return {
    idempotencyKey: newIdempotencyKey(),
    paymentId: payment.id,
    amountMinor: String(amountMinor),
    reason,
    refund: null,
    problem: null,
    phase: 'asking',
  }
}

// `change` keeps the try on the device before its request leaves: `runRefund` calls it first.
function follow(wanted: RefundTry, change: (next: RefundTry) => void): void {
  forget(wanted.paymentId)
  let last = wanted
  const runner = runRefund(wanted, {
    calls: refundCalls,
    change(next) {
      change(next)
      tellEnd(last, next)
      last = next
    },
  })
  runners.set(wanted.paymentId, runner)
}

function forget(paymentId: string): void {
  runners.get(paymentId)?.stop()
  runners.delete(paymentId)
}

function changeRefunding(wanted: RefundTry): void {
  const { refunding } = till.get()
  if (refunding?.payment.id === wanted.paymentId) till.set({ refunding: { ...refunding, wanted } })
}

function changeTender(refund: RefundTry): void {
  const put = (one: Tender): Tender =>
    one.payment.id === refund.paymentId ? { ...one, refund } : one
  till.set({ tenders: till.get().tenders.map(put) })
}

// A refund is heard when its word changes, as a payment is.
function tellEnd(before: RefundTry, after: RefundTry): void {
  const isNew = before.refund?.state !== after.refund?.state || before.phase !== after.phase
  if (!isNew) return
  void queries.invalidateQueries({ queryKey: ['refunds'] })
  const isGood = after.refund?.state === 'succeeded'
  const isBad = after.refund?.state === 'failed' || after.phase === 'refused'
  if (!isGood && !isBad) return
  playSound(isGood ? 'paid' : 'failed')
  flash(isGood ? 'good' : 'bad')
}
