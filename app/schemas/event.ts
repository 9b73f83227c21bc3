import { Type } from 'typebox'

import { noticeKinds, noticeOf, type Notice } from '../../modules/notice/notice.ts'
import type { Event } from '../../modules/outbox/outbox.ts'
import { exceptionOfPlain } from '../../modules/exception/exception.ts'
import { paymentOfPlain } from '../../modules/payment/payment.ts'
import { refundOfPlain } from '../../modules/refund/refund.ts'
import { debitOfPlain } from '../../modules/wallet/wallet.ts'
import type { Principal } from '../http/principal.ts'
import { ExceptionView, showException } from './exception.ts'
import { PaymentView, showPayment } from './payment.ts'
import { showWalletDebit, WalletDebitView } from './wallet-debit.ts'
import { RefundView, showRefund } from './refund.ts'
import { CurrencyCode, orNull, Time, Words } from './shared.ts'

/** A notice as the API shows it. */
export const NoticeView = Type.Object(
  {
    object: Type.Literal('notice'),
    id: Type.String({ examples: ['ntc_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    kind: Words(noticeKinds),
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
  'payment.updated',
  'notice.created',
  'refund.processing',
  'refund.succeeded',
  'refund.failed',
  'exception.opened',
  'exception.resolved',
  'channel.health_changed',
  'wallet_debit.confirmation_required',
  'wallet_debit.updated',
  'terminal.configuration',
  'terminal.changed',
  'terminal.alarm',
  'device.changed',
  'code.alarm',
  'news.published',
  'feedback.created',
  'feedback.answered',
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
      'x-shown': { anyOf: [PaymentView, NoticeView, RefundView, ExceptionView, WalletDebitView] },
    }),
  },
  { title: 'Event' },
)

/** What of an event a reader may see: the payment as it was then, or the notice. */
export function showEvent(event: Event, principal: Principal) {
  const { id, type, occurredAt, payload } = event
  return { id, type, created_at: occurredAt.toISOString(), data: dataOf() }

  function dataOf(): object {
    if (type === 'notice.created') return showNotice(noticeOf(event))
    if (type.startsWith('refund.')) return showRefund(refundOfPlain(payload), principal)
    if (type.startsWith('exception.')) return showException(exceptionOfPlain(payload), occurredAt)
    if (type.startsWith('wallet_debit.')) return showWalletDebit(debitOfPlain(payload))
    // What is not a payment is written as it is shown.
    return type.startsWith('payment.') ? showPayment(paymentOfPlain(payload), principal) : payload
  }
}
