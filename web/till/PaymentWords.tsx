import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { useT } from '../ui/i18n.tsx'
import { moneyText } from '../ui/money.tsx'
import { schemeText } from '../ui/scheme.tsx'
import type { PaymentView } from '../ui/types.ts'

/** "3.00 off: pays 47.00", or nothing where nothing was taken off. */
export function Discount({ payment }: { payment: PaymentView | null }): ReactElement | null {
  const t = useT()
  if (!payment || payment.discount === 0) return null
  const { discount, charged, currency } = payment
  const off = moneyText(discount, currency)
  return (
    <span className="till-discount" data-testid="payment-discount">
      {t('pay.discount', { off, charged: moneyText(charged, currency) })}
    </span>
  )
}

/** Why the router took this road, in the language of the screen; empty when it had no choice. */
export function useReasons(payment: PaymentView | null): string[] {
  const isEnglish = useTranslation().i18n.language === 'en'
  const reasons = payment?.route?.reasons ?? []
  return reasons.map(({ text_zh: zh, text_en: en }) => (isEnglish ? en : zh))
}

// What concerns the customer; what a road costs the shop does not.
const forCustomers: ReadonlySet<string> = new Set([
  ...['chosen_discount', 'chosen_environment', 'chosen_payer_order', 'chosen_preference'],
])

/** The reasons that are worth a line on paper, in the language of the screen. */
export function useReceiptReasons(payment: PaymentView): string[] {
  const isEnglish = useTranslation().i18n.language === 'en'
  const reasons = (payment.route?.reasons ?? []).filter(({ code }) => forCustomers.has(code))
  return reasons.map(({ text_zh: zh, text_en: en }) => (isEnglish ? en : zh))
}

/** Whether the money came by another road than the code's own: our code, a WeChat account. */
export function via({ scheme, road }: PaymentView): boolean {
  return road !== null && road !== 'book' && road !== scheme
}

/** How it was paid, as plain text: the code's scheme, and the road to it where that is another. */
export function paidByText(payment: PaymentView, word: string): string {
  const scheme = schemeText(payment.scheme)
  return via(payment) ? `${scheme} ${word} ${schemeText(payment.road)}` : scheme
}
