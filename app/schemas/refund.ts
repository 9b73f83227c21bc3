import { Type } from 'typebox'

import { refundFailures, type Refund } from '../../modules/refund/refund.ts'
import type { PayersRefund } from '../../modules/wallet/wallet.ts'
import type { Principal } from '../http/principal.ts'
import {
  Amount,
  Body,
  CurrencyCode,
  IdText,
  LARGEST_AMOUNT,
  ListQuery,
  orNull,
  Text,
  Time,
  Words,
} from './shared.ts'

export const refundStates = ['processing', 'succeeded', 'failed'] as const

/** POST /v1/refunds: the payment by its id, or by the order number that its receipt shows. */
export const RefundBody = Body({
  payment: Type.Optional(IdText('pay')),
  order_no: Type.Optional(
    Text(64, { description: 'Instead of the payment: what the receipt’s code says' }),
  ),
  amount: Type.Optional(
    Amount({ description: 'Of the price, in minor units; left out: all that is left' }),
  ),
  reason: Type.Optional(Text(80, { examples: ['少一件'] })),
})

export const RefundQuery = ListQuery({
  payment: Type.Optional(IdText('pay')),
  merchant: Type.Optional(IdText('mch')),
  state: Type.Optional(Words(refundStates)),
})

/** A refund as the API shows it. */
export const RefundView = Type.Object(
  {
    object: Type.Literal('refund'),
    id: Type.String({ examples: ['rfd_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    payment: Type.String({
      description: 'Of what; for a payer also what another institution took (`wdb_…`)',
      examples: ['pay_01kaqb2m5vf7esx3d9w8r6t4yz'],
    }),
    order_no: orNull(Type.String({ description: 'Of the payment', examples: ['20261123-0007'] })),
    merchant_name: orNull(Type.String()),
    store_name: orNull(Type.String()),
    state: Words(refundStates),
    next_action: orNull(Words(['second_approval', 'query'])),
    amount: Type.Integer({ minimum: 1, maximum: LARGEST_AMOUNT, description: 'Of the price' }),
    payer_amount: Type.Integer({
      minimum: 0,
      description: 'Of it, what the payer gets back; 0 before it begins',
    }),
    currency: CurrencyCode(),
    reason: orNull(Type.String()),
    is_late: Type.Boolean({ description: 'Of money that came after its payment was taken back' }),
    requested_by: orNull(Type.String({ description: 'For the merchant and the operator' })),
    approved_by: orNull(Type.String({ description: 'For the merchant and the operator' })),
    decline_reason: orNull(Words(Object.keys(refundFailures))),
    channel_code: orNull(Type.String({ description: 'The channel’s last word; for the operator' })),
    created_at: Time(),
    completed_at: orNull(Time()),
  },
  { title: 'Refund' },
)

// An event of before names were told with refunds has none.
const namesOf = ({ orderNo, merchantName, storeName }: Partial<Refund>) => ({
  ...{ order_no: orderNo ?? null, merchant_name: merchantName ?? null },
  store_name: storeName ?? null,
})

/** What of a refund a reader may see: who decided it is the merchant's own business. */
export function showRefund(refund: Refund, { role }: Pick<Principal, 'role'>) {
  const isInside = role === 'operator' || role === 'merchant' || role === 'terminal'
  return {
    object: 'refund' as const,
    id: refund.id,
    payment: refund.paymentId,
    ...namesOf(refund),
    state: refund.state,
    next_action: refund.nextAction,
    amount: Number(refund.amountMinor),
    payer_amount: Number(refund.payerMinor),
    currency: refund.currency,
    reason: refund.reason,
    is_late: refund.isLate,
    requested_by: isInside ? refund.requestedBy : null,
    approved_by: isInside ? refund.approvedBy : null,
    decline_reason: refund.declineReason,
    channel_code: role === 'operator' ? refund.channelCode : null,
    created_at: refund.createdAt.toISOString(),
    completed_at: refund.completedAt?.toISOString() ?? null,
  }
}

/** Shows a payer what the merchant of another institution has given back: done at once, or not at all. */
export const showDebitRefund = (refund: PayersRefund) => ({
  object: 'refund' as const,
  id: refund.refundId,
  payment: refund.debitId,
  ...namesOf({ merchantName: refund.merchantName }),
  ...{ state: 'succeeded' as const, next_action: null },
  amount: Number(refund.amountMinor),
  payer_amount: Number(refund.amountMinor),
  currency: refund.currency,
  ...{ reason: null, is_late: false, requested_by: null, approved_by: null },
  ...{ decline_reason: null, channel_code: null },
  created_at: refund.createdAt.toISOString(),
  completed_at: refund.createdAt.toISOString(),
})
