import { isDebitEvent, isPaymentEvent } from '../ui/types.ts'
import type {
  DeclineReason,
  NextAction,
  PaymentState,
  PaymentView,
  RouteReason,
  StreamEvent,
  WalletDebit,
} from '../ui/types.ts'

/**
 * Money that leaves or enters the wallet, whoever keeps the merchant's books: a payment of this
 * institution, or a debit by another one. Amounts in minor units of `currency`.
 */
export type Spending = {
  of: 'payment' | 'wallet_debit'
  id: string
  kind: 'purchase' | 'top_up'
  state: PaymentState
  nextAction: NextAction
  /** It waits for this payer's PIN, here and not at a scheme. */
  asksMe: boolean
  /** Who is paid, as the payer would say it. */
  shop: string
  amount: number
  discount: number
  /** What the payer pays: the amount less the discount. */
  charged: number
  /** What came back of it; a payment does not say it of itself. */
  refunded: number
  currency: string
  orderNo: string | null
  sourceLabel: string | null
  /** By a code that the payer's phone made without a network. */
  isOffline: boolean
  /** By which way it is charged: `book`, `alipay` …; null before one is chosen, and for a debit. */
  road: string | null
  declineReason: DeclineReason | null
  reasons: RouteReason[]
  createdAt: string
  completedAt: string | null
  expiresAt: string | null
}

/** Either of them by one view. */
export const spendingOf = (shown: PaymentView | WalletDebit): Spending =>
  shown.object === 'payment' ? ofPayment(shown) : ofDebit(shown)

/** What an event tells of this payer's money; null for an event that tells of something else. */
export const spendingIn = (event: StreamEvent): Spending | null =>
  isPaymentEvent(event) || isDebitEvent(event) ? spendingOf(event.data) : null

/** Where the API keeps it. */
export const pathOf = ({ of, id }: Pick<Spending, 'of' | 'id'>): string =>
  `/v1/${of === 'payment' ? 'payments' : 'wallet_debits'}/${id}`

/** Whether nobody knows yet how it ends, and the payer has nothing to do here. */
export const isUnderWay = ({ state, asksMe }: Pick<Spending, 'state' | 'asksMe'>): boolean =>
  state === 'processing' && !asksMe

function ofPayment(payment: PaymentView): Spending {
  const { id, kind, state, next_action: nextAction, confirm_expires_at: expiresAt } = payment
  return {
    ...{ of: 'payment', id, kind, state, nextAction, expiresAt },
    // A password that is typed at a scheme has no time of ours by which it must be.
    asksMe: state === 'processing' && nextAction === 'payer_confirms' && expiresAt !== null,
    shop: payment.store_name ?? payment.merchant_name,
    ...{ amount: payment.amount, discount: payment.discount, charged: payment.charged },
    ...{ refunded: 0, currency: payment.currency, orderNo: payment.order_no },
    ...{ sourceLabel: payment.source_label, road: payment.road, isOffline: payment.is_offline },
    declineReason: payment.decline_reason,
    reasons: payment.route?.reasons ?? [],
    ...{ createdAt: payment.created_at, completedAt: payment.completed_at },
  }
}

function ofDebit(debit: WalletDebit): Spending {
  const { id, amount, refunded, currency } = debit
  const asksMe = debit.state === 'waiting'
  return {
    ...{ of: 'wallet_debit', id, kind: 'purchase', asksMe },
    state: debit.state === 'waiting' ? 'processing' : debit.state,
    nextAction: asksMe ? 'payer_confirms' : null,
    shop: debit.merchant_name,
    ...{ amount, discount: 0, charged: amount, refunded, currency, orderNo: null },
    ...{ sourceLabel: debit.source_label, road: null, isOffline: debit.is_offline, reasons: [] },
    declineReason: debit.decline_reason,
    ...{ createdAt: debit.created_at, completedAt: debit.completed_at },
    expiresAt: debit.confirm_expires_at,
  }
}
