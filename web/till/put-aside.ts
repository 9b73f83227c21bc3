import type { PaymentView, RefundView } from '../ui/types.ts'
import type { Attempt } from './attempt.ts'
import { goodsOf, totalMinor, type Cart, type CartLine } from './cart.ts'
import { phaseOf, type Phase } from './phase.ts'
import { addTender, leftMinor, type Tender } from './tender.ts'

/** How an attempt that was put aside ended. `not_made`: no payment exists and none can come of it. */
export type AsideEnding = { kind: 'payment'; payment: PaymentView } | { kind: 'not_made' }

/**
 * A payment whose end the till does not wait for: the next customer is served, and the cashier is told
 * when it ends. Kept on the device with the whole sale, so that it can be collected again.
 */
export type Aside = {
  attempt: Attempt
  /** What was sold, and what it was paid before this attempt. */
  cart: Cart
  attempts: number
  tenders: readonly Tender[]
  putAtMs: number
  /** Whom to call, in the cashier's words. It stays on this device. */
  note: string
  ending: AsideEnding | null
  /** Of money that came after its reversal, or that the cashier gave back. */
  refund: RefundView | null
  /** `heard`: it rang; `seen`: the cashier has opened it since. */
  told: 'no' | 'heard' | 'seen'
  /** Its receipt was printed, and the next one is a copy. */
  isPrinted: boolean
}

/** How it stands, for a person. */
export type AsideFace = 'open' | 'reversing' | 'succeeded' | 'failed' | 'not_made' | AfterPaid
type AfterPaid = 'reversed' | 'refunding' | 'refunded'

/** What the cashier does about it: nothing yet, no more, collect again, or the rest of the sale. */
export type AsideStep = 'wait' | 'done' | 'again' | 'rest'

// The first queries of every channel are over by then: what is unknown still may be so for long.
const unknownForMs = 10_000
const unknown: ReadonlySet<Phase> = new Set(['processing', 'query', 'unknown'])

/**
 * Whether the till need not stay with this attempt: its result has been unknown for long, or it is being
 * taken back and only the channel's word is missing. While a person acts (a PIN, a code on our screen)
 * it is reversed first.
 */
export function mayPutAside(attempt: Attempt, nowMs: number): boolean {
  const phase = phaseOf(attempt)
  if (phase === 'reversing') return true
  return unknown.has(phase) && nowMs - attempt.startedAtMs >= unknownForMs
}

/** How it stands. A refund of a payment that was taken back is of money that came late. */
export function faceOfAside({ attempt, ending, refund }: Aside): AsideFace {
  if (!ending) return phaseOf(attempt) === 'reversing' ? 'reversing' : 'open'
  if (ending.kind === 'not_made') return 'not_made'
  const { state } = ending.payment
  if (refund && refund.state !== 'failed') {
    if (refund.state === 'processing') return 'refunding'
    const isWhole = refund.amount === ending.payment.amount
    if (isWhole || refund.is_late) return 'refunded'
  }
  return state === 'processing' ? 'open' : state
}

/** The part of the sale that is still to be paid now that this attempt has ended, in minor units. */
export function restMinor(aside: Aside): bigint {
  return leftMinor({ totalMinor: totalMinor(aside.cart.lines), tenders: tendersOf(aside) })
}

/** What its end asks of the cashier. */
export function stepOf(aside: Aside): AsideStep {
  const face = faceOfAside(aside)
  if (face === 'open' || face === 'reversing') return 'wait'
  if (face === 'succeeded') return restMinor(aside) > 0n ? 'rest' : 'done'
  return face === 'failed' || face === 'reversed' || face === 'not_made' ? 'again' : 'done'
}

/** What its sale was paid so far, this attempt among it. */
export function tendersOf({ ending, tenders }: Aside): readonly Tender[] {
  const isPaid = ending?.kind === 'payment' && ending.payment.state === 'succeeded'
  return isPaid ? addTender(tenders, ending.payment) : tenders
}

/** The sale as the till takes it up again. One that the server alone knew has a number of its own. */
export function saleOf(aside: Aside) {
  const { cart, attempts, attempt } = aside
  const saleNo = attempts > 0 ? attempt.saleNo : null
  return { cart, saleNo, attempts, tenders: tendersOf(aside), partMinor: null, typed: '' }
}

/** What its receipt shows; null where the server has never told of a payment. */
export function receiptOf(aside: Aside) {
  const { attempt, cart, tenders } = aside
  if (!attempt.payment) return null
  const before = tenders.map(({ payment }) => payment)
  const isPaid = attempt.payment.state === 'succeeded'
  const leftMinor = isPaid ? String(restMinor(aside)) : null
  return { payment: attempt.payment, goods: goodsOf(cart.lines), before, leftMinor }
}

/** Whether this is the payment of that attempt. */
export function isOf(payment: PaymentView, { attempt }: Pick<Aside, 'attempt'>): boolean {
  return attempt.payment ? attempt.payment.id === payment.id : attempt.orderNo === payment.order_no
}

/** How it ended, as far as `payment` says; null while that is open. */
export function endingOf(payment: PaymentView): AsideEnding | null {
  return payment.state === 'processing' ? null : { kind: 'payment', payment }
}

/**
 * A payment that only the server knows, of a till that has lost its memory. What was sold is not known
 * here: collected again it is one amount, under a new sale.
 */
export function asideOf(attempt: Attempt, amountName: string): Aside {
  const { payment, amountMinor, orderNo, startedAtMs } = attempt
  const line: CartLine = {
    ...{ id: orderNo, sku: null, name: amountName, nameEn: null, priceMinor: amountMinor },
    quantity: 1,
  }
  return {
    attempt,
    cart: { lines: [line], selectedId: line.id },
    ...{ attempts: 0, tenders: [], putAtMs: startedAtMs, note: '' },
    ending: payment && endingOf(payment),
    ...{ refund: null, told: 'no' as const, isPrinted: false },
  }
}
