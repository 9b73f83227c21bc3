import { newIdempotencyKey } from '../ui/api.ts'
import { runAttempt, type Attempt, type AttemptRunner, type Ending } from './attempt.ts'
import { concludeAttempt, concludeLate, paidSale } from './conclude.ts'
import { keepAttempt, readKeptAttempt } from './kept.ts'
import { orderNoOf } from './order-no.ts'
import { latestPosition } from './position.ts'
import { attemptCalls } from './server.ts'
import { playSound } from '../ui/sound.ts'
import type { PaymentView } from '../ui/types.ts'
import { till, tenderMinor } from './till.ts'

let runner: AttemptRunner | undefined

/** What was scanned: the digits stay in memory, the rest may be shown and kept. */
export type Scanned = { code: string; masked: string; scheme: string | null }

/**
 * Asks for the money: one attempt with a number and a key of its own. The till shows it before the
 * request leaves, and takes no other scan until its end is known.
 */
export function charge({ code, masked, scheme }: Scanned): void {
  begin({ way: 'code', masked, scheme }, code)
}

/** Shows a code of ours for the customer to scan: an order of this sale, and an attempt like any. */
export function showQr(): void {
  begin({ way: 'qr', masked: '', scheme: null }, '')
}

function begin(how: Pick<Attempt, 'way' | 'masked' | 'scheme'>, code: string): void {
  const state = till.get()
  const { attempt: open, saleNo, attempts, cart, currency } = state
  if (open || !saleNo) return
  const attempt: Attempt = {
    ...how,
    idempotencyKey: newIdempotencyKey(),
    orderNo: orderNoOf(saleNo, attempts + 1),
    saleNo,
    amountMinor: String(tenderMinor(state)),
    currency,
    lines: cart.lines,
    position: latestPosition(Date.now()),
    isPlaceConfirmed: false,
    qrText: null,
    startedAtMs: Date.now(),
    sentAtMs: undefined,
    payment: null,
    phase: 'submitting',
    wantsReverse: false,
  }
  // First of all: a device that cannot keep the attempt throws here, and nothing has been sent.
  keepAttempt(attempt)
  playSound('accepted')
  till.set({ attempt, attempts: attempts + 1, confirming: null, note: null, result: null })
  drive(attempt, code)
}

/**
 * Takes up the attempt that a reload or a crash has left open, unless it is among those that were put
 * `aside` and the till died before it could forget it here.
 */
export function resumeKept(aside: ReadonlySet<string>): void {
  const kept = readKeptAttempt()
  if (!kept || runner) return
  if (aside.has(kept.orderNo)) return keepAttempt(null)
  const isShown = kept.way === 'qr' && kept.payment === null && !kept.wantsReverse
  takeUp(kept, isShown ? '' : undefined)
}

/** Shows an open attempt and asks about it. */
export function takeUp(attempt: Attempt, code?: string): void {
  till.set({ attempt, result: null })
  drive(attempt, code)
}

/** The order numbers that are, or were a moment ago, on the screen: nobody need look for them. */
export function readTaken(): string[] {
  const { attempt, result, lastPaid } = till.get()
  const shown = result?.kind === 'payment' ? result.payment.order_no : result?.orderNo
  return [attempt?.orderNo, shown, lastPaid?.payment.order_no].filter((one) => one !== undefined)
}

/** Lets go of the open attempt and of its sale; whoever calls this has kept both. */
export function releaseAttempt(): void {
  pauseAttempt()
  keepAttempt(null)
  till.set({ attempt: null, ...paidSale, screen: 'sell' })
}

/** Stops asking, without forgetting: the terminal has lost its token. */
export function pauseAttempt(): void {
  runner?.stop()
  runner = undefined
}

/** What the stream tells of a payment: the open attempt's, or one of this sale that was given up. */
export function hearPayment(payment: PaymentView): void {
  if (!runner?.hear(payment)) concludeLate(payment)
}

/** Asks for the outcome now. */
export function askNow(): void {
  runner?.wake()
}

/** Undoes the open attempt, or learns that it is too late to. */
export function reverseAttempt(): void {
  runner?.reverse()
}

/** The cashier's word on where the till stands: charge all the same, or let it be. */
export function confirmPlace(isRight: boolean): void {
  runner?.confirmPlace(isRight, newIdempotencyKey())
}

function drive(attempt: Attempt, code: string | undefined): void {
  runner?.stop()
  runner = runAttempt(attempt, {
    calls: attemptCalls,
    keep(next) {
      keepAttempt(next)
      till.set({ attempt: next })
    },
    end,
    code,
  })
}

function end(ending: Ending, attempt: Attempt): void {
  keepAttempt(null)
  runner = undefined
  concludeAttempt(ending, attempt)
}

/** The attempt of a payment that this device never made or has lost. */
export function adopt(payment: PaymentView): Attempt {
  return {
    idempotencyKey: '',
    orderNo: payment.order_no,
    saleNo: payment.sale_no,
    amountMinor: String(payment.amount),
    currency: payment.currency,
    lines: [],
    position: null,
    isPlaceConfirmed: false,
    masked: payment.payment_code ?? '',
    way: payment.next_action === 'payer_scans' ? 'qr' : 'code',
    scheme: payment.scheme,
    qrText: null,
    startedAtMs: Date.parse(payment.created_at),
    sentAtMs: undefined,
    payment,
    phase: 'processing',
    wantsReverse: false,
  }
}
