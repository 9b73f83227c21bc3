import { Type } from 'typebox'

import { noticeOf, type Notice } from '../../modules/notice/notice.ts'
import type { Event } from '../../modules/outbox/outbox.ts'
import { paymentOfPlain } from '../../modules/payment/payment.ts'
import type { Principal } from '../http/principal.ts'
import { PaymentView, showPayment } from './payment.ts'
import { CurrencyCode, orNull, Time, Words } from './shared.ts'

/** A notice as the API shows it. */
export const NoticeView = Type.Object(
  {
    object: Type.Literal('notice'),
    id: Type.String({ examples: ['ntc_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    kind: Words(['debit_instruction', 'netting_notice']),
    payment: Type.String({ examples: ['pay_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    amount: Type.Integer({ examples: [25_000] }),
    currency: CurrencyCode(),
    merchant_name: Type.String(),
    created_at: Time(),
    read_at: orNull(Time()),
  },
  { title: 'Notice' },
)

export const showNotice = (notice: Notice) => ({
  object: 'notice' as const,
  id: notice.id,
  kind: notice.kind,
  payment: notice.paymentId,
  amount: Number(notice.amountMinor),
  currency: notice.currency,
  merchant_name: notice.merchantName,
  created_at: notice.occurredAt.toISOString(),
  read_at: notice.readAt?.toISOString() ?? null,
})

export const eventTypes = [
  'payment.succeeded',
  'payment.failed',
  'payment.reversed',
  'payment.confirmation_required',
  'notice.created',
] as const

/** An event as streams and lists show it. */
export const EventView = Type.Object(
  {
    id: Type.String({ examples: ['evt_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    type: Words(eventTypes),
    created_at: Time(),
    // Written as it is; the choice between the two is for the documentation.
    data: Type.Unsafe<object>({
      ...{ type: 'object', additionalProperties: true },
      'x-shown': { anyOf: [PaymentView, NoticeView] },
    }),
  },
  { title: 'Event' },
)

/** What of an event a reader may see: the payment as it was then, or the notice. */
export function showEvent(event: Event, principal: Principal) {
  const { id, type, occurredAt, payload } = event
  const isNotice = type === 'notice.created'
  return {
    id,
    type,
    created_at: occurredAt.toISOString(),
    data: isNotice ? showNotice(noticeOf(event)) : showPayment(paymentOfPlain(payload), principal),
  }
}
