import type { Currency } from '../money/money.ts'

/** `processing` is not final; a failed refund gave nothing back. */
export type RefundState = 'processing' | 'succeeded' | 'failed'

/** `second_approval`: another person must agree. `query`: the channel is at it and is asked. */
export type RefundStep = 'second_approval' | 'query'

/** Why a refund failed, in the words the cashier reads. */
export const refundFailures = {
  insufficient_funds: {
    en: 'The merchant or a sharer has too little left to give it back',
    zh: '商户或分账方余额不足，无法退款',
  },
  rejected: { en: 'The second person said no', zh: '复核人已拒绝' },
  channel_refused: { en: 'Refused by the way to pay', zh: '被付款通道拒绝' },
} as const satisfies Record<string, { en: string; zh: string }>

export type RefundFailure = keyof typeof refundFailures

/** Money given back for one payment, in part or whole. Amounts in minor units. */
export type Refund = {
  institutionId: string
  /** What the counterpart knows it by, however often it is asked. */
  id: string
  paymentId: string
  /** Null: the payment was booked here. */
  chargeId: string | null
  /** Null: nothing goes by a channel. */
  channelAccountId: string | null
  /** Of money that came after its payment was taken back: it stands in suspense. */
  isLate: boolean
  merchantId: string
  /** Of the payment, as people know it. */
  merchantName: string
  storeName: string | null
  orderNo: string
  /** Of the payment: whose till, payer and third party hear of it. */
  terminalId: string | null
  payerId: string | null
  initiatorPartyId: string | null
  state: RefundState
  nextAction: RefundStep | null
  /** Of the price. */
  amountMinor: bigint
  /** Of it what the payer gets back; the rest is the part of a promotion. */
  payerMinor: bigint
  currency: Currency
  reason: string | null
  /** `terminal:trm_…`, `merchant:mch_…`, `person:per_…`, or `clock` for a late payment. */
  requestedBy: string
  approvedBy: string | null
  /** The counterpart's own number. */
  channelRef: string | null
  /** The counterpart's last word. */
  channelCode: string | null
  declineReason: RefundFailure | null
  createdAt: Date
  /** Since when it is booked, or reserved until the channel says how it went. */
  begunAt: Date | null
  /** Since when whoever asked believes that it is under way. */
  promisedAt: Date | null
  completedAt: Date | null
}

/** The refund as the call left it; a replay changed nothing. */
export type Refunded = { refund: Refund; isReplay: boolean }

/** A refund as plain JSON: amounts as text, times in ms since 1970. What events carry. */
export const plainRefund = (refund: Refund): Record<string, unknown> => ({
  ...refund,
  amountMinor: refund.amountMinor.toString(),
  payerMinor: refund.payerMinor.toString(),
  createdAt: refund.createdAt.getTime(),
  begunAt: refund.begunAt?.getTime() ?? null,
  promisedAt: refund.promisedAt?.getTime() ?? null,
  completedAt: refund.completedAt?.getTime() ?? null,
})

/** Reads what `plainRefund` wrote. */
export function refundOfPlain(plain: Readonly<Record<string, unknown>>): Refund {
  const time = (at: unknown) => (at === null ? null : new Date(at as number))
  return {
    ...(plain as unknown as Refund),
    amountMinor: BigInt(plain.amountMinor as string),
    payerMinor: BigInt(plain.payerMinor as string),
    createdAt: time(plain.createdAt) as Date,
    begunAt: time(plain.begunAt),
    promisedAt: time(plain.promisedAt),
    completedAt: time(plain.completedAt),
  }
}
