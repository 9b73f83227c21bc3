import type { DeclineReason } from '../errors/errors.ts'
import type { Currency } from '../money/money.ts'
import type { PaymentCode } from '../paycode/paycode.ts'
import type { ChannelAccount } from './account.ts'

// The port to the counterparts: what a road is asked, and what it may answer. Adapters are behind
// it, one folder a road; only the entry opens them, by the side door `channel/open`.

export {
  changeChannelAccount,
  channelNames,
  channelVersion,
  createChannelAccount,
  fingerprintOf,
  keyHintsOf,
  listChannelAccounts,
  openKeys,
  readChannelAccount,
  sealKeys,
} from './account.ts'
export {
  countSealed,
  sealedInChannel,
  sealPlaceAnew,
  type SealedCount,
  type SealedPlace,
} from './sealed.ts'
export { timingsOf, type Timing } from './timing.ts'
export { masterKeyOf, newestOf, sealingKeyOf } from './seal.ts'
export type { MasterKey, SealedFor, SealingKey } from './seal.ts'
export type {
  ChannelAccount,
  ChannelAccountChange,
  ChannelName,
  KeyHint,
  NewChannelAccount,
} from './account.ts'

/** How the payer is charged. */
export type Means =
  /** A code that was scanned at the till. */
  | { kind: 'code'; code: PaymentCode }
  /** A linked account or a card on file: what the scheme gave us for it. */
  | { kind: 'agreement'; token: string }

/**
 * What a channel is asked to collect: one charge of one payment. The charge's id is what the
 * counterpart knows it by (out_trade_no, orderId), and stays the same however often it is asked.
 */
export type ChargeOrder = {
  /** 6 to 32 letters, digits, `_`, `-`: what all counterparts take. */
  chargeId: string
  means: Means
  amountMinor: bigint
  currency: Currency
  /** What the payer reads in the bill: the merchant's name, or the goods. */
  description: string
  terminalId: string
  storeId: string
  /** Of the terminal or of our server; counterparts ask for one. */
  ip: string
  startedAt: Date
}

/**
 * What a charge is asked about by. `by`: a linked account was charged; counterparts may have calls of
 * their own for that.
 */
export type ChargeKey = Pick<ChargeOrder, 'chargeId' | 'startedAt' | 'amountMinor'> & {
  by?: 'agreement'
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
  | {
      kind: 'unknown'
      /** `payer`: a person types a password. `channel`: nobody said anything final. */
      waitsFor: 'payer' | 'channel'
      channelCode: string
      /** No answer, or none that can be believed: what the breaker counts. */
      isIll?: true
      /** The payer's side failed (WeChat's PAYERROR): reverse as soon as it is allowed. */
      reverseNow?: true
    }
  /** Only from the guard: breaker open, or too many calls at once. Nothing left us. */
  | { kind: 'not_sent'; channelCode: string }
  /** Asked what became of it, the counterpart is sure that it never took the order. */
  | { kind: 'not_found'; channelCode: string }
  /** It was undone: closed unpaid, or, where it is known, paid and given back. Nothing was taken. */
  | { kind: 'reversed'; channelCode: string; wasPaid?: true }

/** The channel code of what the guard kept back: the breaker is open, or too many are under way. */
export const NOT_SENT = 'NOT_SENT'

/** The channel code where nobody can be asked: the account is closed. */
export const NO_ROAD = 'NO_ROAD'

/** `again`: not definite yet, reverse again. `refused`: the counterpart will not undo it. */
export type ReverseOutcome =
  | { kind: 'reversed'; wasPaid: boolean | null; channelCode: string }
  | { kind: 'again'; channelCode: string; isIll?: true }
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
  /** When the refund began; the same however often it is asked. */
  startedAt: Date
}

/** `accepted`: under way at the counterpart, ask later. `not_found`: it has no such refund. */
export type RefundOutcome =
  | { kind: 'succeeded'; refundRef: string }
  | { kind: 'accepted'; channelCode: string }
  | { kind: 'declined'; channelCode: string }
  | { kind: 'not_found'; channelCode: string }
  | { kind: 'unknown'; channelCode: string; isIll?: true }

/** An order that a merchant shows: a QR code, a page or an app, with which the payer pays. */
export type PresentOrder = {
  chargeId: string
  /** `native`: a QR code that the payer scans. `h5`: a page in the phone's browser. */
  way: 'native' | 'jsapi' | 'app' | 'h5'
  /** The payer as the scheme knows them (openid, buyer_id); jsapi needs it. */
  payerRef: string | null
  amountMinor: bigint
  currency: Currency
  description: string
  ip: string
  storeId: string
  terminalId: string
  startedAt: Date
  expiresAt: Date
  /** Where the scheme's page sends the payer's browser afterwards. */
  returnUrl: string | null
}

/** A page that the payer's browser is sent to by posting these fields. */
export type PostForm = { action: string; fields: Readonly<Record<string, string>> }

export type PresentOutcome =
  | {
      kind: 'ready'
      /** native: what the QR code says. */
      qrText?: string
      /** h5: where the payer's browser goes. */
      url?: string
      /** h5, where the page is posted to. */
      form?: PostForm
      /** app and jsapi: what is handed to the scheme's SDK on the phone, already signed. */
      sdk?: string | Readonly<Record<string, string>>
    }
  | { kind: 'refused'; reason: DeclineReason; channelCode: string }
  | { kind: 'unknown'; channelCode: string; isIll?: true }

/** Links a payer's account at the scheme: they agree on a page of the scheme. */
export type LinkOrder = {
  linkId: string
  /** How the page calls the payer's account here: readable, and masked. */
  payerLabel: string
  returnUrl: string
  startedAt: Date
  /** Of the payer's browser. */
  ip: string
  /** The browser is the one inside the scheme's own app. */
  isInApp: boolean
}

/** `problem`: the scheme gave no page now. */
export type LinkPage = { url: string } | { form: PostForm } | { problem: string }

export type Linked =
  | { kind: 'linked'; token: string; label: string; last4: string | null }
  | { kind: 'pending' }
  | { kind: 'refused'; channelCode: string }

/** The payer has unlinked an account here, or has thought better of linking one. */
export type Unlinking = {
  linkId: string
  /** What the scheme gave us for it; null when it has given nothing yet. */
  token: string | null
}

/**
 * `unlinked`: the scheme lets it be charged no more, or has never done so. `again`: nobody knows, ask
 * again. `refused`: it will not, whatever is asked.
 */
export type Unlinked =
  | { kind: 'unlinked'; channelCode: string }
  | { kind: 'again'; channelCode: string; isIll?: true }
  | { kind: 'refused'; channelCode: string }

/** How a page inside the scheme's app learns who its payer is, as jsapi needs it. */
export type Identify = {
  /** Where the browser goes; it comes back to `returnUrl` with a code and the same state. */
  pageFor(order: { returnUrl: string; state: string }): string
  /** What the code says. It is good once. */
  read(code: string): Promise<Identified>
}

export type Identified =
  { kind: 'known'; payerRef: string } | { kind: 'unknown'; channelCode: string; isIll?: true }

/**
 * What a notice says, after its signature was verified: which charge, refund or link, and how it ended.
 * A notice of a charge that failed may name no amount.
 */
export type ReadNotice =
  | { kind: 'charge'; chargeId: string; amountMinor: bigint | null; outcome: ChargeOutcome }
  | { kind: 'refund'; refundId: string; outcome: RefundOutcome }
  /** The payer has agreed at the scheme, or has ended the agreement there. */
  | { kind: 'link'; linkId: string; linked: Linked | { kind: 'ended' } }
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
  /** The queries, as a ladder. */
  queriesMs: readonly number[]
  /** Between queries after the last rung, until it is given up. */
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

/** Whether a road can be gone: what a person is told who set it up. */
export type TestResult = { ok: boolean; problem: string | null }

/** A road to a counterpart, with the keys of one channel account. Its calls never throw. */
export type Channel = {
  /** wechat, alipay, unionpay, … */
  readonly name: string
  readonly schedule: Schedule
  charge(order: ChargeOrder): Promise<ChargeOutcome>
  query(charge: ChargeKey): Promise<ChargeOutcome>
  reverse(charge: ChargeKey): Promise<ReverseOutcome>
  /** Ends an order that nobody has paid. `refused`: it is paid, and a query says how. */
  close(charge: ChargeKey): Promise<ReverseOutcome>
  present?(order: PresentOrder): Promise<PresentOutcome>
  refund(order: RefundOrder): Promise<RefundOutcome>
  queryRefund(order: RefundOrder): Promise<RefundOutcome>
  readNotice(request: NoticeRequest): ReadNotice
  /** What to answer to a notice that was taken in, or that was refused. */
  replyTo(notice: ReadNotice): NoticeReply
  link?(order: LinkOrder): Promise<LinkPage>
  readLink?(linkId: string): Promise<Linked>
  /** Tells the scheme that it shall be charged no more. Told twice it is done all the same. */
  unlink?(link: Unlinking): Promise<Unlinked>
  identify?: Identify
  /** Tries the connection with a query for a number that cannot exist. */
  test(): Promise<TestResult>
}

/**
 * How an account has been answering lately. `ill`: its breaker is open, and calls are not made;
 * `probing`: one call is under way to see whether it answers again.
 */
export type Health = {
  state: 'healthy' | 'ill' | 'probing'
  since: Date
  lastProblem: string | null
  callsInFlight: number
  recent: { calls: number; ill: number; p50Ms: number }
}

/** An account with its opened road, which is guarded by breaker and concurrency limit. */
export type Road = { account: ChannelAccount; channel: Channel; health: Health }

/** The roads of this process: copies of the accounts at most 2 s old. */
export type Channels = {
  /** Null: there is no such account, it is closed, or its keys cannot be read. */
  road(institutionId: string, accountId: string): Road | null
  /** Of the active accounts. */
  roads(institutionId: string): readonly Road[]
  /** The breaker is closed, or it is time for a probe: background checks ask this first. */
  mayCall(institutionId: string, accountId: string): boolean
  /** Calls back when an account answers again, so that what waits for it can be made due. */
  onHealed(listener: (institutionId: string, accountId: string) => void): void
  onHealth(listener: (institutionId: string, accountId: string, health: Health) => void): void
}
