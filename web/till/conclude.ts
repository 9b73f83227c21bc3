import { currentLanguage, t } from '../ui/i18n.tsx'
import { flash, playSound, speak } from '../ui/sound.ts'
import type { PaymentView } from '../ui/types.ts'
import type { Attempt, Ending } from './attempt.ts'
import { emptyCart, goodsOf, totalMinor } from './cart.ts'
import { refreshConfiguration } from './configuration.ts'
import { queries } from './server.ts'
import { spokenAmount } from './spoken.ts'
import { addTender, leftMinor } from './tender.ts'
import { till } from './till.ts'

// The voice begins when the two notes of `paid` are over.
const voiceAfterMs = 420

/** How an attempt ended: on the screen, to the ear, and in the sale. */
export function concludeAttempt(ending: Ending, attempt: Attempt): void {
  const { amountMinor, orderNo } = attempt
  if (ending.kind === 'payment') {
    concludePayment(ending.payment, attempt)
  } else if (ending.kind === 'refused') {
    // The server knows more of this terminal than the till does.
    if (ending.problem.code.startsWith('TERMINAL_')) void refreshConfiguration()
    till.set({ attempt: null, result: { ...ending, amountMinor, orderNo } })
    sound(ending.problem.nextAction === 'rescan' ? 'refused' : 'failed')
  } else {
    till.set({ attempt: null, result: { kind: 'not_made', amountMinor, orderNo } })
    sound('failed')
  }
  void queries.invalidateQueries({ queryKey: ['payments'] })
}

/**
 * An attempt of this sale that the till had given up was paid after all, and the stream tells: the
 * sale counts it, or the customer would pay twice. Anything else is of no concern to the screen.
 */
export function concludeLate(payment: PaymentView): void {
  const { attempt, saleNo, tenders, cart } = till.get()
  const isKnown = tenders.some((one) => one.payment.id === payment.id)
  if (attempt || payment.state !== 'succeeded' || payment.sale_no !== saleNo || isKnown) return
  concludePayment(payment, { saleNo, lines: cart.lines })
}

type Tried = Pick<Attempt, 'lines'> & { saleNo: string }

function concludePayment(payment: PaymentView, { saleNo, lines }: Tried): void {
  const goods = goodsOf(lines)
  if (payment.state !== 'succeeded') {
    const facts = { before: [], leftMinor: null }
    till.set({
      attempt: null,
      result: { kind: 'payment', payment, goods, isPrinted: false, ...facts },
    })
    return sound('failed')
  }
  const state = till.get()
  const isThisSale = saleNo === state.saleNo
  const before = isThisSale ? state.tenders.map((one) => one.payment) : []
  const tenders = addTender(isThisSale ? state.tenders : [], payment)
  const left = isThisSale ? leftMinor({ totalMinor: totalMinor(state.cart.lines), tenders }) : 0n
  const paid = { payment, goods, before, leftMinor: String(left) }
  till.set({
    attempt: null,
    result: { kind: 'payment', isPrinted: false, ...paid },
    lastPaid: paid,
    // An attempt of another page must not take away the cart that stands here.
    ...(isThisSale ? (left > 0n ? { tenders, partMinor: null } : paidSale) : {}),
    screen: left > 0n ? 'collect' : 'sell',
  })
  playSound('paid')
  flash('good')
  setTimeout(() => announce(payment), voiceAfterMs)
  void queries.invalidateQueries({ queryKey: ['products'] })
}

/** What a sale leaves behind when it has ended. */
export const paidSale = {
  cart: emptyCart,
  typed: '',
  saleNo: null,
  attempts: 0,
  tenders: [],
  partMinor: null,
} as const

function announce({ charged, currency }: PaymentView): void {
  const language = currentLanguage()
  const text = spokenAmount(BigInt(charged), currency, language)
  speak(t('till.spoken_paid', { amount: text }), language)
}

function sound(name: 'refused' | 'failed'): void {
  playSound(name)
  flash('bad')
}
