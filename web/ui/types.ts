import type { DeclineReason } from '../../modules/errors/errors.ts'
import type { PaymentView, Position, RefundView } from './payment-types.ts'

/** What the API sends, as it stands on the wire. Amounts are integers in minor units. */

export type List<T> = { object: 'list'; data: T[]; has_more: boolean; url: string }

export type Named = { id: string; name: string }

export type PrincipalKind = 'staff' | 'terminal' | 'payer' | 'merchant_key' | 'party_key'

export type Principal = {
  object: 'principal'
  kind: PrincipalKind
  id: string
  name: string
  roles: string[]
  institution: { id: string; name: string; time_zone: string }
  merchant: Named | null
  store: Named | null
  terminal: Named | null
}

export type Session = {
  object: 'session'
  token: string
  expires_at: string
  principal: Principal
}

export type Payer = {
  object: 'payer'
  id: string
  name: string
  login: string
  state: 'active' | 'frozen'
  has_pin: boolean
  chosen_source: string | null
  /** New codes choose among all sources, by offers. */
  auto: boolean
  created_at: string
}

export type Source = {
  object: 'source'
  id: string
  /** `linked`: an account at WeChat Pay or Alipay. `bank_card`: on file at UnionPay. */
  kind: 'balance' | 'card' | 'linked' | 'bank_card'
  label: string
  last4: string | null
  /** What may be spent now, in minor units; null where only the scheme knows. */
  balance: number | null
  currency: string
  chosen: boolean
  /** The payer's own order; 1 is the first. */
  rank: number
  /** Through which it is charged; null for an account here. */
  channel_account: string | null
  state: string
}

/** What a payer can link. */
export type LinkOffer = {
  object: 'link_offer'
  channel_account: string
  name: string
  scheme: string
  kind: 'linked' | 'bank_card'
}

/** One attempt to link an account; the source that comes of it has the same id. */
export type LinkedAccount = {
  object: 'linked_account'
  id: string
  state: 'pending' | 'linked' | 'refused' | 'unlinked'
  channel_account: string
  label: string | null
  last4: string | null
  problem: string | null
  created_at: string
  finished_at: string | null
}

/** Where the payer agrees: a page to go to, or one that is opened by posting a form. */
export type StartedLink = {
  object: 'linked_account'
  id: string
  state: 'pending'
  channel_account: string
  url: string | null
  form: { action: string; fields: Record<string, string> } | null
}

/** What payers get off now. Lists that are left out mean: all of them. */
export type Promotion = {
  object: 'promotion'
  id: string
  name: string
  name_en: string
  merchant: string | null
  merchant_name: string | null
  text_zh: string
  text_en: string
  on: { schemes?: string[]; channels?: string[]; source_kinds?: string[] } | null
  when: { weekdays?: number[]; hours?: { from: string; until: string }[] } | null
  valid_until: string | null
}

/** What a merchant shows to be scanned, before it is paid. */
export type MerchantOrder = {
  object: 'merchant_order'
  token: string
  kind: 'order' | 'static'
  state: 'open' | 'paid' | 'closed'
  merchant: string
  merchant_name: string
  store_name: string | null
  /** What stands under a code on the wall. */
  name: string | null
  /** Null: the payer says how much. */
  amount: number | null
  currency: string
  expires_at: string | null
  /** More than this needs the PIN. */
  pin_above: number
  /** Set when it is this payer's. */
  payment: string | null
}

export * from './mandate-types.ts'

export type PaymentCodeView = {
  object: 'payment_code'
  code: string
  masked: string
  expires_at: string
  life_seconds: number
  source: { id: string; label: string }
  /** Any of the payer's sources may be charged. */
  auto: boolean
}

export * from './payment-types.ts'

export type DayTotals = {
  object: 'day_totals'
  business_date: string
  currency: string
  count: number
  amount: number
  failed_count: number
  by_scheme: { scheme: string; count: number; amount: number }[]
  by_hour: { hour: number; count: number; amount: number }[]
}

export type Merchant = {
  object: 'merchant'
  id: string
  name: string
  category: string
  state: string
  agent: string | null
  platform: string | null
  /** Above this a second person approves a refund, in minor units; null: never. */
  refund_approval_from: number | null
  refund_approved_by: 'staff' | 'operator'
  created_at: string
  /** Present once, in the answer that creates the merchant. */
  api_key?: string
}

export type StoreKind = 'small_store' | 'supermarket' | 'restaurant' | 'online' | 'other'

export type Store = {
  object: 'store'
  id: string
  merchant: string
  name: string
  kind: StoreKind
  address: string | null
  position: Position | null
  state: 'active' | 'closed'
  created_at: string
}

export type Terminal = {
  object: 'terminal'
  id: string
  name: string
  store: string
  merchant: string
  state: 'new' | 'active' | 'locked'
  may_take_payment: boolean
  may_refund: boolean
  limit_per_payment: number | null
  last_seen_at: string | null
  position: Position | null
  /** Present once, in the answer that creates the terminal or makes a new code. */
  activation_code?: string
  activation_expires_at?: string
}

export type Activation = {
  object: 'activation'
  token: string
  /** The device key's name to the server. */
  key_id: string
  terminal: Terminal
  store: Store
  merchant: Merchant
}

export type Product = {
  object: 'product'
  id: string
  merchant: string
  sku: string
  name: string
  name_en: string | null
  price: number
  currency: string
  barcode: string | null
  stock: number | null
  category: string | null
}

export type Party = {
  object: 'party'
  id: string
  kind: 'agent' | 'platform'
  name: string
  created_at: string
  api_key?: string
}

export type AllocationLine = {
  role: 'fee' | 'platform' | 'agent'
  party?: string | null
  bps: number
  base: 'gross' | 'fee'
  minimum?: number | null
  cap?: number | null
}

export type AllocationRule = {
  object: 'allocation_rule'
  id: string
  merchant: string
  version: number
  effective_at: string
  lines: AllocationLine[]
  created_at: string
  created_by: string
}

export type LedgerAccount = {
  object: 'ledger_account'
  id: string
  currency: string
  normal_side: 'debit' | 'credit'
  balance: number
  debits_posted: number
  credits_posted: number
  floor: number | null
}

export type LedgerTransfer = {
  object: 'ledger_transfer'
  id: string
  kind: string
  subject: string
  leg: string | number
  debit_account: string
  credit_account: string
  amount: number
  currency: string
  event_at: string
}

export type Notice = {
  object: 'notice'
  id: string
  kind: 'debit_instruction' | 'refund_notice' | 'netting_notice'
  payment: string
  amount: number
  currency: string
  merchant_name: string
  created_at: string
  read_at: string | null
}

export type TrailEntry = {
  id: string
  at: string
  actor: string
  action: string
  subject: string
  detail: unknown
}

export type Demo = {
  payers: { name: string; login: string; password: string; pin: string }[]
  staff: { name: string; login: string; password: string; role: string }[]
  /** Pages of the sandbox that play payers' phones. */
  phones: { scheme: string; title: string; name: string; url: string }[]
}

/** What a merchant of another institution took from a payer of this one. */
export type WalletDebit = {
  object: 'wallet_debit'
  id: string
  /** `waiting`: for the payer's PIN. */
  state: 'waiting' | 'succeeded' | 'failed' | 'reversed'
  amount: number
  /** What was given back of it. */
  refunded: number
  currency: string
  merchant_name: string
  acquirer: string
  payment_code: string | null
  /** By a code that a phone made without a network. */
  is_offline: boolean
  source: string | null
  source_label: string | null
  decline_reason: DeclineReason | null
  created_at: string
  confirm_expires_at: string | null
  completed_at: string | null
}

export type PaymentEventType =
  | 'payment.succeeded'
  | 'payment.failed'
  | 'payment.reversed'
  | 'payment.confirmation_required'
  | 'payment.updated'

export type RefundEventType = 'refund.processing' | 'refund.succeeded' | 'refund.failed'

export type DebitEventType = 'wallet_debit.confirmation_required' | 'wallet_debit.updated'

/** What is told of terminals, phones, settings and news; who hears it reads what it is about anew. */
export type DeviceEventType =
  | 'terminal.configuration'
  | 'terminal.changed'
  | 'terminal.alarm'
  | 'settings.changed'
  | 'device.changed'
  | 'code.alarm'
  | 'news.published'
  | 'feedback.created'
  | 'feedback.answered'

type EventOf<Type extends string, Subject> = {
  id: string
  type: Type
  created_at: string
  data: Subject
}

/** What happened, and the subject as this reader may see it. Kinds unknown here may come later. */
export type StreamEvent =
  | EventOf<PaymentEventType, PaymentView>
  | EventOf<RefundEventType, RefundView>
  | EventOf<'notice.created', Notice>
  | EventOf<DebitEventType, WalletDebit>
  | EventOf<'exception.opened' | 'exception.resolved' | 'channel.health_changed', unknown>
  | EventOf<DeviceEventType, unknown>

export type EventType = StreamEvent['type']

/** Whether the event tells of a payment. */
export const isPaymentEvent = (
  event: StreamEvent,
): event is EventOf<PaymentEventType, PaymentView> => event.type.startsWith('payment.')

/** Whether the event tells of a debit by another institution. */
export const isDebitEvent = (event: StreamEvent): event is EventOf<DebitEventType, WalletDebit> =>
  event.type.startsWith('wallet_debit.')

/** Whether the event tells of a refund. */
export const isRefundEvent = (event: StreamEvent): event is EventOf<RefundEventType, RefundView> =>
  event.type.startsWith('refund.')

export type Retry = 'never' | 'same_key' | 'new_key'
export type ProblemNextAction = 'none' | 'rescan' | 'query' | 'wait' | 'sign_in' | 'fix_request'
