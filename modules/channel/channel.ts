import type { DeclineReason } from '../errors/errors.ts'
import type { Currency } from '../money/money.ts'
import type { PaymentCode } from '../paycode/paycode.ts'

/**
 * What a channel is asked to collect: one charge of one payment. The charge's id is what the
 * counterpart knows it by (out_trade_no, orderId), and stays the same however often it is asked.
 */
export type ChargeOrder = {
  /** 6 to 32 letters, digits, `_`, `-`: what all counterparts take. */
  chargeId: string
  code: PaymentCode
  amountMinor: bigint
  currency: Currency
  /** What the payer reads in the bill: the merchant's name, or the goods. */
  description: string
  terminalId: string
  /** Of the terminal or of our server; counterparts ask for one. */
  ip: string
  startedAt: Date
}

/**
 * What we know after asking. There are three answers and not two: a channel that did not say yes
 * and did not say no has told us nothing, and must be asked again. Only what the counterpart's own
 * document calls final is final. An adapter never throws; what it cannot read is `unknown`.
 *
 * Source: DESIGN §3 (a channel has three answers; unknown is the default).
 */
export type ChargeOutcome =
  | {
      kind: 'succeeded'
      /** The counterpart's own number: transaction_id, trade_no, queryId. */
      channelRef: string
      paidAt: Date
      /** What the payer really paid, after the counterpart's own discounts; minor units. */
      payerPaidMinor: bigint
      /** How the counterpart shows the payer, already masked; null when it does not. */
      payer: string | null
    }
  | { kind: 'declined'; reason: DeclineReason; channelCode: string }
  /** `payer`: a person types a password. `channel`: nobody said anything final. */
  | { kind: 'unknown'; waitsFor: 'payer' | 'channel'; channelCode: string }
  /** Asked what became of it, the counterpart is sure that it never took the order. */
  | { kind: 'not_found'; channelCode: string }
  /** It was undone: closed unpaid, or paid and given back. Nothing was taken. */
  | { kind: 'reversed'; channelCode: string }

/** `again`: not definite yet, reverse again. `refused`: the counterpart will not undo it. */
export type ReverseOutcome =
  | { kind: 'reversed'; wasPaid: boolean | null; channelCode: string }
  | { kind: 'again'; channelCode: string }
  | { kind: 'refused'; channelCode: string }

export type RefundOrder = {
  chargeId: string
  /** The counterpart's number of the charge, as `succeeded` told it. */
  channelRef: string
  chargedAt: Date
  /** The same however often it is asked: what makes a refund happen once. */
  refundId: string
  refundMinor: bigint
  chargeMinor: bigint
  currency: Currency
  reason: string
}

export type RefundOutcome =
  | { kind: 'succeeded'; refundRef: string }
  | { kind: 'declined'; channelCode: string }
  | { kind: 'unknown'; channelCode: string }

/** What a notice says, after its signature was verified: which charge or refund, and how it ended. */
export type ReadNotice =
  | { kind: 'charge'; chargeId: string; amountMinor: bigint; outcome: ChargeOutcome }
  | { kind: 'refund'; refundId: string; outcome: RefundOutcome }
  /** Forged, foreign or unreadable: it has no effect. */
  | { kind: 'refused'; problem: string }

export type NoticeRequest = {
  headers: Readonly<Record<string, string | undefined>>
  /** As it came, byte for byte: signatures are over these bytes. */
  body: string
}

/** What the counterpart wants to hear, so that it stops telling. */
export type NoticeReply = { status: number; contentType: string; body: string }

/**
 * When an unknown charge is asked about again, in ms after the charge. Published by each
 * counterpart; a setting of the channel account, with the published values as its defaults.
 */
export type Schedule = {
  firstQueryMs: number
  everyMs: number
  /** After this it is reversed. */
  giveUpMs: number
  /** Never reversed before this. */
  reverseNotBeforeMs: number
  /** Between tries to reverse, until it is definite. */
  reverseEveryMs: number
  /** When the background looks again at what is still not definite. */
  followUpMs: readonly number[]
}

/** A road to a counterpart, with the keys of one channel account. */
export type Channel = {
  /** wechat, alipay, unionpay, … */
  readonly name: string
  readonly schedule: Schedule
  charge(order: ChargeOrder): Promise<ChargeOutcome>
  query(charge: Pick<ChargeOrder, 'chargeId' | 'startedAt'>): Promise<ChargeOutcome>
  reverse(
    charge: Pick<ChargeOrder, 'chargeId' | 'startedAt' | 'amountMinor'>,
  ): Promise<ReverseOutcome>
  refund(order: RefundOrder): Promise<RefundOutcome>
  queryRefund(order: RefundOrder): Promise<RefundOutcome>
  readNotice(request: NoticeRequest): ReadNotice
  /** What to answer to a notice that was taken in, or that was refused. */
  replyTo(notice: ReadNotice): NoticeReply
}
