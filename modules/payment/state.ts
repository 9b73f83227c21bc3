import type { DeclineReason } from '../errors/errors.ts'
import type { SaleLine } from '../goods/goods.ts'
import type { Currency } from '../money/money.ts'
import { reasonWords, type RouteReason } from '../route/route.ts'
import type { MeasuredPlace, PositionFlag } from '../terminal/terminal.ts'

export type { RouteReason } from '../route/route.ts'

/** All but `processing` are final. Undoing a succeeded payment is a refund. Source: DESIGN §3. */
export type PaymentState = 'processing' | 'succeeded' | 'failed' | 'reversed'
export type PaymentKind = 'purchase' | 'top_up'
/** Whom or what a `processing` payment waits for. */
export type NextAction =
  /** Our payer enters a PIN, or the payer of a scheme a password on the phone. */
  | 'payer_confirms'
  /** The merchant shows a code and waits for whoever scans it. */
  | 'payer_scans'
  /** The channel is asked what became of the charge. */
  | 'query'
  /** The charge is being taken back. */
  | 'reverse'

/** What may follow what. A state that is not named on the left is final. */
export const mayFollow: Record<PaymentState, readonly PaymentState[]> = {
  processing: ['succeeded', 'failed', 'reversed'],
  succeeded: [],
  failed: [],
  reversed: [],
}

/** WGS-84, as the terminal measured it, and how far that is from its store. Source: P21. */
export type Position = MeasuredPlace & { distanceM?: number | null }

/** What the road of a payment is called in words, where the router had nothing to choose. */
export const routeWords = {
  on_us: {
    en: 'Payer and merchant keep their accounts at the same institution: booked at once.',
    zh: '付款人与商户的账户同在本机构，直接入账。',
  },
  payer_chose_source: {
    en: 'The payer chose this source for the code.',
    zh: '付款人为此付款码选择了该付款账户。',
  },
} as const

/** Why this road and this source. Source: P10–P12. */
export const wordsOf = (reason: RouteReason): { zh: string; en: string } =>
  reason.code in routeWords
    ? routeWords[reason.code as keyof typeof routeWords]
    : reasonWords(reason)

export type Payment = {
  institutionId: string
  id: string
  kind: PaymentKind
  state: PaymentState
  nextAction: NextAction | null
  merchantId: string
  merchantName: string
  storeId: string | null
  storeName: string | null
  terminalId: string | null
  terminalName: string | null
  initiatorPartyId: string | null
  orderNo: string
  saleNo: string
  amountMinor: bigint
  /** What a promotion takes off, and how much of that the merchant bears. */
  discountMinor: bigint
  merchantDiscountMinor: bigint
  promotionId: string | null
  currency: Currency
  scheme: string | null
  road: string | null
  maskedCode: string | null
  payerId: string | null
  payerName: string | null
  sourceId: string | null
  sourceLabel: string | null
  mandateId: string | null
  /** It is charged with the payer's PIN only. */
  needsPin: boolean
  /** By a code that the payer's device made without a network. */
  isOffline: boolean
  allocationVersion: number | null
  declineReason: DeclineReason | null
  routeReasons: readonly RouteReason[]
  position: Position | null
  /** What is odd about the place, or that there is none where one was due. */
  positionFlags: PositionFlag[]
  createdAt: Date
  confirmExpiresAt: Date | null
  completedAt: Date | null
}

/** What the payer pays: the amount less the discount, in minor units. */
export const chargedMinor = (payment: Pick<Payment, 'amountMinor' | 'discountMinor'>): bigint =>
  payment.amountMinor - payment.discountMinor

/**
 * Whether a channel has been asked for the money of a payment that goes on. One that waits for our
 * own payer, or for whoever scans the merchant's code, has a time by which it ends by itself.
 */
export const hasOpenCharge = ({ state, confirmExpiresAt }: Payment): boolean =>
  state === 'processing' && confirmExpiresAt === null

/** Who moved a payment from one state to the next. */
export type Actor = 'terminal' | 'merchant' | 'payer' | 'operator' | 'clock' | 'channel'

export type Transition = {
  paymentId: string
  number: number
  from: PaymentState | null
  to: PaymentState
  actor: Actor
  reason: string | null
  at: Date
}

/** What the caller asks for: everything is checked for shape, nothing for truth. */
export type PayRequest = {
  institutionId: string
  merchantId: string
  storeId: string
  terminalId: string
  /** The third party that started it, who is told the netting (P14). */
  initiatorPartyId: string | null
  idempotencyKey: string
  orderNo: string
  /** Null: the payment is a sale of its own, named like the order. */
  saleNo: string | null
  scannedCode: string
  amountMinor: bigint
  currency: Currency
  goods: readonly SaleLine[]
  position: Position | null
  /** The cashier has said that the place is right. */
  isPlaceConfirmed?: boolean
  /** Whence the till calls; channels ask for it. */
  ip?: string
}

/** The payment as the call left it; a replay changed nothing. */
export type Paid = { payment: Payment; isReplay: boolean }
