import type { DeclineReason } from '../../modules/errors/errors.ts'

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
  created_at: string
}

export type Source = {
  object: 'source'
  id: string
  kind: 'balance' | 'card'
  label: string
  last4: string | null
  /** What may be spent now, in minor units. */
  balance: number
  currency: string
  chosen: boolean
  state: string
}

/** Limits in minor units; the business date is a day of the institution's time zone. */
export type Mandate = {
  object: 'mandate'
  id: string
  per_payment: number
  per_day: number
  per_month: number
  no_pin: number
  used_today: number
  used_this_month: number
  currency: string
  business_date: string
}

export type PaymentCodeView = {
  object: 'payment_code'
  code: string
  masked: string
  expires_at: string
  life_seconds: number
  source: { id: string; label: string }
}

export type PaymentState = 'processing' | 'succeeded' | 'failed' | 'reversed'
export type NextAction = 'payer_confirms' | null

export type { DeclineReason } from '../../modules/errors/errors.ts'

export type Position = { latitude: number; longitude: number; accuracy_m?: number | null }

export type GoodsLine = { sku: string; name: string; quantity: number; unit_price: number }

export type TimelineEntry = {
  at: string
  from: string | null
  to: string
  actor: string
  step?: string | null
  detail: unknown
}

export type PaymentView = {
  id: string
  object: 'payment'
  kind: 'purchase' | 'top_up'
  state: PaymentState
  next_action: NextAction
  amount: number
  currency: string
  order_no: string
  sale_no: string
  payment_code: string | null
  scheme: string | null
  road: string | null
  merchant: string
  merchant_name: string
  store: string | null
  store_name: string | null
  terminal: string | null
  terminal_name: string | null
  payer_name: string | null
  source_label: string | null
  decline_reason: DeclineReason | null
  position: Position | null
  created_at: string
  completed_at: string | null
  confirm_expires_at: string | null
  route: { road: string; reasons: { code: string; text_zh: string; text_en: string }[] } | null
  timeline?: TimelineEntry[]
  transfers?: LedgerTransfer[]
  goods?: GoodsLine[]
}

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
  kind: 'debit_instruction' | 'netting_notice'
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
}

export type EventType =
  | 'payment.succeeded'
  | 'payment.failed'
  | 'payment.reversed'
  | 'payment.confirmation_required'
  | 'notice.created'

/** `data` is the payment, or for notice.created the notice, as this reader may see it. */
export type StreamEvent = {
  id: string
  type: EventType
  created_at: string
  data: PaymentView
}

export type Retry = 'never' | 'same_key' | 'new_key'
export type ProblemNextAction = 'none' | 'rescan' | 'query' | 'wait' | 'sign_in' | 'fix_request'
