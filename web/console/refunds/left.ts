import type { PaymentView, RefundView } from '../../ui/types.ts'

/**
 * What of a payment may still be given back, in minor units: its price less what was given back or
 * is about to be. What failed counts no more, and money that came late is no part of the payment.
 */
export function leftMinor(payment: PaymentView, refunds: readonly RefundView[]): number {
  const given = refunds
    .filter(({ state, is_late }) => state !== 'failed' && !is_late)
    .reduce((sum, { amount }) => sum + amount, 0)
  return payment.state === 'succeeded' ? Math.max(0, payment.amount - given) : 0
}

/** What a refund waits for, or how it ended: a word of the catalogue. */
export function refundWord({ state, next_action }: RefundView): string {
  return state === 'processing' && next_action ? next_action : state
}
