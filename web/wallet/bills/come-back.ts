import type { RefundView } from '../../ui/types.ts'

/** Money that came back, or is on its way: a row of its own among the bills. Amounts in minor units. */
export type ComeBack = {
  of: 'refund'
  id: string
  /** The payment, or the debit by another institution, that it is of. */
  billId: string
  shop: string
  /** What the payer gets back. Before it is done nobody can say what of a discounted price that is. */
  amount: number
  currency: string
  state: RefundView['state']
  nextAction: RefundView['next_action']
  createdAt: string
}

/** What a refund gives the payer back, in minor units. */
export const comesBackMinor = ({ state, amount, payer_amount }: RefundView): number =>
  state === 'succeeded' ? payer_amount : amount

/** A refund as a row among the bills. */
export const comeBackOf = (refund: RefundView): ComeBack => ({
  of: 'refund',
  ...{ id: refund.id, billId: refund.payment, state: refund.state },
  shop: refund.store_name ?? refund.merchant_name ?? '',
  amount: comesBackMinor(refund),
  ...{ currency: refund.currency, nextAction: refund.next_action, createdAt: refund.created_at },
})
