import type { PaymentView, RefundView } from '../ui/types.ts'

/** One line of what happened at this till: money that was taken, or money that was given back. */
export type RecentRow =
  | { kind: 'payment'; id: string; paymentId: string; payment: PaymentView }
  | { kind: 'refund'; id: string; paymentId: string; refund: RefundView }

/** A payment as a line. */
export const rowOfPayment = (payment: PaymentView): RecentRow => ({
  ...{ kind: 'payment', id: payment.id, paymentId: payment.id, payment },
})

/**
 * The newest lines, newest first, whose order number has the words in it (in lower case). Refunds that
 * are older than the oldest payment are left out: between them payments would be missing.
 *
 * @param most how many payments are asked for; as many as that may not be all there are
 */
export function recentRows(
  payments: readonly PaymentView[],
  refunds: readonly RefundView[],
  { words, most }: { words: string; most: number },
): RecentRow[] {
  const from = payments.length < most ? '' : (payments.at(-1)?.created_at ?? '')
  const rows: (RecentRow & { at: string; orderNo: string })[] = [
    ...payments.map((payment) => ({
      ...rowOfPayment(payment),
      ...{ at: payment.created_at, orderNo: payment.order_no },
    })),
    ...refunds.map((refund) => ({
      ...({ kind: 'refund', id: refund.id, paymentId: refund.payment, refund } as const),
      ...{ at: refund.created_at, orderNo: refund.order_no ?? '' },
    })),
  ]
  return rows
    .filter(({ at, orderNo }) => at >= from && orderNo.toLowerCase().includes(words))
    .sort((a, b) => (a.at < b.at ? 1 : -1))
}
