import { Type } from 'typebox'

import { declineReasons } from '../../modules/errors/errors.ts'
import { chargedMinor, wordsOf, type Charge, type Payment } from '../../modules/payment/payment.ts'
import type { Considered } from '../../modules/route/route.ts'
import type { Principal } from '../http/principal.ts'
import { RefundView } from './refund.ts'
import {
  Amount,
  Body,
  CurrencyCode,
  IdText,
  LARGEST_AMOUNT,
  ListQuery,
  MeasuredPosition,
  orNull,
  QueryFlag,
  Text,
  Time,
  Words,
} from './shared.ts'

export const paymentStates = ['processing', 'succeeded', 'failed', 'reversed'] as const
export const paymentKinds = ['purchase', 'top_up'] as const
const nextActions = ['payer_confirms', 'payer_scans', 'query', 'reverse'] as const

// So bounded that the total of a sale stays below 2^63 whatever stands in its lines.
const GoodsLine = Body(
  {
    sku: Text(64, { examples: ['6901234567892'] }),
    name: Text(200, { examples: ['矿泉水 550 ml'] }),
    quantity: Type.Integer({ minimum: 1, maximum: 100_000, examples: [2] }),
    unit_price: Type.Integer({ minimum: 0, maximum: 10 ** 11, examples: [200] }),
  },
  { title: 'GoodsLine' },
)

/** POST /v1/payments. The scan is checked by `paycode`, which has a refusal for each mistake. */
export const PaymentBody = Body({
  payment_code: Type.String({
    maxLength: 4096,
    description: 'What the scanner delivered',
    examples: ['801234567890123456'],
  }),
  amount: Amount({ description: 'In minor units' }),
  currency: CurrencyCode(),
  order_no: Text(64, { description: 'Names this attempt', examples: ['T01-20261123-0001'] }),
  sale_no: Type.Optional(
    Text(64, {
      description: 'Groups attempts and tenders of one sale; left out: the order number',
    }),
  ),
  goods: Type.Optional(Type.Array(GoodsLine, { maxItems: 200 })),
  position: Type.Optional(MeasuredPosition()),
  position_confirmed: Type.Optional(
    Type.Boolean({
      description: 'The cashier was asked (POSITION_TO_CONFIRM) and says it is right',
    }),
  ),
  merchant: Type.Optional(IdText('mch', { description: 'Named by a third party' })),
  store: Type.Optional(IdText('str', { description: 'Named by a merchant key or a third party' })),
})

export const PaymentQuery = ListQuery({
  state: Type.Optional(Words(paymentStates)),
  open: QueryFlag('Only those that are processing'),
  kind: Type.Optional(Words(paymentKinds)),
  terminal: Type.Optional(IdText('trm')),
  store: Type.Optional(IdText('str')),
  merchant: Type.Optional(IdText('mch')),
  payer: Type.Optional(IdText('pyr', { description: 'For the operator' })),
  order_no: Type.Optional(Text(64)),
  created_gte: Type.Optional(Time()),
  created_lt: Type.Optional(Time()),
})

const Position = Type.Object({
  latitude: Type.Number(),
  longitude: Type.Number(),
  accuracy_m: Type.Number(),
  distance_m: orNull(Type.Integer({ description: 'From the store' })),
  flags: Type.Array(Type.String({ examples: ['outside_fence'] })),
})

const RouteReason = Type.Object({
  code: Type.String({ examples: ['on_us'] }),
  text_zh: Type.String(),
  text_en: Type.String(),
})

/** A road that the router looked at, as people and programs see it. */
export const CandidateView = Type.Object(
  {
    road: Type.String({ examples: ['cha_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    name_zh: Type.String({ examples: ['微信支付'] }),
    name_en: Type.String({ examples: ['WeChat Pay'] }),
    source: orNull(Type.String()),
    source_label: orNull(Type.String()),
    is_winner: Type.Boolean(),
    discount: Type.Integer(),
    score: Type.Number(),
    excluded_by: orNull(RouteReason),
    reasons: Type.Array(RouteReason),
  },
  { title: 'RouteCandidate' },
)

export const showCandidate = (one: Considered) => ({
  road: one.road,
  name_zh: one.name,
  name_en: one.nameEn,
  source: one.sourceId,
  source_label: one.sourceLabel,
  is_winner: one.isWinner,
  discount: Number(one.discountMinor),
  score: Number(one.score),
  excluded_by: one.excludedBy && showReason(one.excludedBy),
  reasons: one.reasons.map(showReason),
})

/** What was asked of a channel, and how it ended. */
const ChargeView = Type.Object(
  {
    id: Type.String({ examples: ['chg_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    channel: Type.String({ examples: ['wechat'] }),
    channel_account: Type.String({ examples: ['cha_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    settlement: Words(['direct', 'pooled']),
    state: Words(paymentStates),
    step: orNull(Words(['query', 'reverse', 'watch'])),
    amount: Type.Integer(),
    payer_paid: orNull(Type.Integer({ description: 'After the channel’s own discounts' })),
    payer: orNull(Type.String({ description: 'As the channel shows the payer, masked' })),
    channel_ref: orNull(Type.String()),
    channel_code: orNull(Type.String()),
    is_late: Type.Boolean({ description: 'Paid after it was given up' }),
    queries: Type.Integer(),
    reverses: Type.Integer(),
    started_at: Time(),
    completed_at: orNull(Time()),
  },
  { title: 'Charge' },
)

export const showCharge = (charge: Charge) => ({
  id: charge.id,
  channel: charge.channel,
  channel_account: charge.channelAccountId,
  settlement: charge.settlement,
  state: charge.state,
  step: charge.step,
  amount: Number(charge.amountMinor),
  payer_paid: charge.payerPaidMinor === null ? null : Number(charge.payerPaidMinor),
  payer: charge.payerMasked,
  channel_ref: charge.channelRef,
  channel_code: charge.channelCode,
  is_late: charge.isLate,
  queries: charge.queries,
  reverses: charge.reverses,
  started_at: charge.startedAt.toISOString(),
  completed_at: charge.completedAt?.toISOString() ?? null,
})

const TimelineEntry = Type.Object({
  at: Time(),
  from: orNull(Words(paymentStates)),
  to: Words(paymentStates),
  actor: Type.String({ examples: ['terminal'] }),
  step: Type.Optional(Type.String()),
  detail: orNull(Type.String()),
})

export const TransferView = Type.Object(
  {
    object: Type.Literal('ledger_transfer'),
    id: Type.String({ examples: ['pay_01kaqb2m5vf7esx3d9w8r6t4yz-1'] }),
    kind: Type.String({ examples: ['payment_net'] }),
    subject: Type.String(),
    leg: Type.Integer(),
    debit_account: Type.String({ examples: ['wallet:pyr_…:balance'] }),
    credit_account: Type.String({ examples: ['merchant:mch_…:payable'] }),
    amount: Type.Integer(),
    currency: CurrencyCode(),
    event_at: Time(),
  },
  { title: 'LedgerTransfer' },
)

const names = (kind: string) => ({
  type: 'string',
  examples: [`${kind}_01kaqb2m5vf7esx3d9w8r6t4yz`],
})

/** A payment as the API shows it. */
export const PaymentView = Type.Object(
  {
    id: Type.Unsafe<string>(names('pay')),
    object: Type.Literal('payment'),
    kind: Words(paymentKinds),
    state: Words(paymentStates),
    next_action: orNull(Words(nextActions)),
    amount: Type.Integer({ minimum: 1, maximum: LARGEST_AMOUNT, examples: [25_000] }),
    discount: Type.Integer({ minimum: 0, description: 'What a promotion took off', examples: [0] }),
    charged: Type.Integer({ minimum: 1, description: 'What the payer pays', examples: [25_000] }),
    promotion: orNull(Type.String()),
    currency: CurrencyCode(),
    order_no: Type.String(),
    sale_no: Type.String(),
    payment_code: orNull(Type.String({ description: 'Masked', examples: ['80…56'] })),
    is_offline: Type.Boolean({ description: 'By a code that a phone made without a network' }),
    scheme: orNull(Type.String({ examples: ['onetill'] })),
    road: orNull(Type.String({ examples: ['book'] })),
    merchant: Type.Unsafe<string>(names('mch')),
    merchant_name: Type.String(),
    store: orNull(Type.String()),
    store_name: orNull(Type.String()),
    terminal: orNull(Type.String()),
    terminal_name: orNull(Type.String()),
    payer_name: orNull(Type.String({ description: 'Masked for all but payer and operator' })),
    source_label: orNull(Type.String({ description: 'For payer and operator only' })),
    decline_reason: orNull(Words(Object.keys(declineReasons))),
    position: Type.Unsafe<object | null>({ ...Position, type: ['object', 'null'] }),
    position_flags: Type.Array(Type.String(), {
      description: 'What is odd about the place; also that there is none where one was due',
    }),
    created_at: Time(),
    completed_at: orNull(Time()),
    confirm_expires_at: orNull(Time()),
    route: Type.Object({
      road: orNull(Type.String()),
      reasons: Type.Array(RouteReason),
      candidates: Type.Optional(Type.Array(CandidateView)),
    }),
    charges: Type.Optional(Type.Array(ChargeView)),
    refunds: Type.Optional(Type.Array(RefundView)),
    timeline: Type.Optional(Type.Array(TimelineEntry)),
    transfers: Type.Optional(Type.Array(TransferView)),
    goods: Type.Optional(Type.Array(GoodsLine)),
  },
  { title: 'Payment' },
)

/** What of a payment a reader may see: whose money it is is no business of the till. */
export function showPayment(payment: Payment, { role, payerId }: Principal) {
  const isOwn = role === 'operator' || (payerId !== null && payerId === payment.payerId)
  const { payerName, sourceLabel, position } = payment
  return {
    id: payment.id,
    object: 'payment' as const,
    kind: payment.kind,
    state: payment.state,
    next_action: payment.nextAction,
    amount: Number(payment.amountMinor), // capped below 2^53 where it came in
    discount: Number(payment.discountMinor),
    charged: Number(chargedMinor(payment)),
    promotion: payment.promotionId,
    currency: payment.currency,
    order_no: payment.orderNo,
    sale_no: payment.saleNo,
    payment_code: payment.maskedCode,
    is_offline: payment.isOffline,
    scheme: payment.scheme,
    road: payment.road,
    merchant: payment.merchantId,
    merchant_name: payment.merchantName,
    store: payment.storeId,
    store_name: payment.storeName,
    terminal: payment.terminalId,
    terminal_name: payment.terminalName,
    payer_name: payerName === null || isOwn ? payerName : maskName(payerName),
    source_label: isOwn ? sourceLabel : null,
    decline_reason: payment.declineReason,
    position: position && {
      latitude: position.latitude,
      longitude: position.longitude,
      accuracy_m: position.accuracyM,
      distance_m: position.distanceM ?? null,
      flags: payment.positionFlags,
    },
    position_flags: payment.positionFlags,
    created_at: payment.createdAt.toISOString(),
    completed_at: payment.completedAt?.toISOString() ?? null,
    confirm_expires_at: payment.confirmExpiresAt?.toISOString() ?? null,
    route: { road: payment.road, reasons: payment.routeReasons.map(showReason) },
  }
}

/** Why a road was chosen, or was not, for people. */
export const showReason = (reason: Payment['routeReasons'][number]) => {
  const { zh, en } = wordsOf(reason)
  return { code: reason.code, text_zh: zh, text_en: en }
}

/** The first sign of a name and no more: `李*`. Source: the masking that payers know from peers. */
export const maskName = (name: string): string => `${[...name][0] ?? ''}*`
