import { newIdempotencyKey } from '../ui/api.ts'
import { currentLanguage, t } from '../ui/i18n.tsx'
import { flash, playSound, speak } from '../ui/sound.ts'
import type { GoodsLine, PaymentView } from '../ui/types.ts'
import { runAttempt, type Attempt, type AttemptRunner, type Ending } from './attempt.ts'
import { emptyCart, totalMinor, type CartLine } from './cart.ts'
import { keepAttempt, readKeptAttempt } from './kept.ts'
import { orderNoOf } from './order-no.ts'
import { latestPosition } from './position.ts'
import { api, attemptCalls, queries, readOpenPayment } from './server.ts'
import { spokenAmount } from './spoken.ts'
import { till } from './till.ts'

// The voice begins when the two notes of `paid` are over.
const voiceAfterMs = 420

let runner: AttemptRunner | undefined

/**
 * Asks for the money: one attempt with a number and a key of its own. The till shows it before the
 * request leaves, and takes no other scan until its end is known.
 *
 * @param code in memory only; it goes into the request and nowhere else
 */
export function charge(code: string, masked: string): void {
  const { attempt: open, saleNo, attempts, cart, currency } = till.get()
  if (open || !saleNo) return
  const attempt: Attempt = {
    idempotencyKey: newIdempotencyKey(),
    orderNo: orderNoOf(saleNo, attempts + 1),
    saleNo,
    amountMinor: String(totalMinor(cart.lines)),
    currency,
    lines: cart.lines,
    position: latestPosition(Date.now()),
    masked,
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
 * Takes up what a reload, a crash or another page of this till has left open: the kept attempt, or
 * else the one that the server holds. Throws `Problem` when the server cannot be asked.
 */
export async function resumeAttempt(): Promise<void> {
  const kept = readKeptAttempt()
  if (kept) {
    till.set({ attempt: kept, result: null })
    return drive(kept, undefined)
  }
  const open = await readOpenPayment()
  if (!open || till.get().attempt) return
  const attempt = adopt(open)
  till.set({ attempt, result: null })
  drive(attempt, undefined)
}

/** Stops asking, without forgetting: the terminal has lost its token. */
export function pauseAttempt(): void {
  runner?.stop()
  runner = undefined
}

/** What the stream tells of a payment. */
export function hearPayment(payment: PaymentView): void {
  runner?.hear(payment)
}

/** Asks for the outcome now. */
export function askNow(): void {
  runner?.wake()
}

/** Undoes the open attempt, or learns that it is too late to. */
export function reverseAttempt(): void {
  runner?.reverse()
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

// A payment whose attempt this device never made or has lost.
function adopt(payment: PaymentView): Attempt {
  return {
    idempotencyKey: '',
    orderNo: payment.order_no,
    saleNo: payment.sale_no,
    amountMinor: String(payment.amount),
    currency: payment.currency,
    lines: [],
    position: null,
    masked: payment.payment_code ?? '',
    startedAtMs: Date.parse(payment.created_at),
    sentAtMs: undefined,
    payment,
    phase: 'processing',
    wantsReverse: false,
  }
}

function end(ending: Ending, attempt: Attempt): void {
  keepAttempt(null)
  runner = undefined
  const { amountMinor, orderNo } = attempt
  if (ending.kind === 'payment') endWithPayment(ending.payment, attempt)
  else if (ending.kind === 'refused') {
    till.set({ attempt: null, result: { ...ending, amountMinor, orderNo } })
    sound(ending.problem.nextAction === 'rescan' ? 'refused' : 'failed')
  } else {
    till.set({ attempt: null, result: { kind: 'not_made', amountMinor, orderNo } })
    sound('failed')
  }
  void queries.invalidateQueries({ queryKey: ['payments'] })
}

function endWithPayment(payment: PaymentView, attempt: Attempt): void {
  const goods = attempt.lines.map(asGoods)
  const result = { kind: 'payment', payment, goods, isPrinted: false } as const
  if (payment.state !== 'succeeded') {
    till.set({ attempt: null, result })
    return sound('failed')
  }
  const isThisSale = attempt.saleNo === till.get().saleNo
  till.set({
    attempt: null,
    result,
    lastPaid: { payment, goods },
    screen: 'sell',
    // An attempt of another page must not take away the cart that stands here.
    ...(isThisSale ? { cart: emptyCart, typed: '', saleNo: null, attempts: 0 } : {}),
  })
  playSound('paid')
  flash('good')
  setTimeout(() => announce(payment), voiceAfterMs)
  void queries.invalidateQueries({ queryKey: ['products'] })
}

function announce({ amount, currency }: PaymentView): void {
  const language = currentLanguage()
  const text = spokenAmount(BigInt(amount), currency, language)
  speak(t('till.spoken_paid', { amount: text }), language)
}

function sound(name: 'refused' | 'failed'): void {
  playSound(name)
  flash('bad')
}

function asGoods({ sku, name, quantity, priceMinor }: CartLine): GoodsLine {
  return { sku: sku ?? '', name, quantity, unit_price: Number(priceMinor) }
}

/** True while this device has a terminal's token. */
export function isActivated(): boolean {
  return api.token() !== null
}
