import type { RouteReason } from '../ui/types.ts'

/** What the API sends to the console alone, as it stands on the wire. Amounts in minor units. */

export type ChannelName = 'wechat' | 'alipay' | 'unionpay' | 'bankcard' | 'interbank'

export type Health = {
  state: 'healthy' | 'ill' | 'probing'
  since: string
  last_problem: string | null
  calls_in_flight: number
  recent: { calls: number; ill: number; p50_ms: number }
}

export type ChannelAccount = {
  object: 'channel_account'
  id: string
  channel: ChannelName
  scheme: string
  name: string
  acquirer: string | null
  settlement: 'direct' | 'pooled'
  merchant: string | null
  state: 'active' | 'paused' | 'closed'
  cost_bps: number
  concurrency: number
  settings: Record<string, unknown>
  /** Never a key: when each was set, and by what it can be compared. */
  keys: Record<string, { set_at: string; fingerprint: string }>
  health: Health | null
  created_at: string
  updated_at: string
}

/** An API key that is good now; by its number nobody finds the key. */
export type ApiKey = {
  object: 'api_key'
  id: string
  owner: string
  created_at: string
  /** When it ends, since a newer one took its place. */
  expires_at: string | null
}

/** Another institution whose merchants may charge the payers here. */
export type Peer = {
  object: 'peer_institution'
  id: string
  name: string
  public_key: string
  fingerprint: string
  old_key_until: string | null
  next_answer_key: string | null
  state: 'active' | 'closed'
  created_at: string
  updated_at: string
}

export type ChannelTest = { ok: boolean; problem: string | null; took_ms: number }

export type Issuer = {
  object: 'issuer'
  id: string
  scheme: string
  institution: string | null
  institution_name: string | null
  pattern: 'digits' | 'emv_cpm'
  prefixes: string[]
  min_length: number
  max_length: number
  kind: string
  state: 'upcoming' | 'active' | 'ended'
  valid_from: string
  valid_until: string | null
}

export const ruleKinds = ['promotion', 'quota', 'environment', 'preference'] as const
export type RuleKind = (typeof ruleKinds)[number]

export type Area = { latitude: number; longitude: number; radius_m: number }

/** Where and when a rule holds; of each list one entry must be met. */
export type RuleWhen = {
  stores?: string[]
  categories?: string[]
  store_kinds?: string[]
  areas?: Area[]
  /** Monday is 1. */
  weekdays?: number[]
  hours?: { from: string; until: string }[]
}

export type RuleOn = {
  schemes?: string[]
  channels?: string[]
  channel_accounts?: string[]
  source_kinds?: string[]
}

export type Funder = { by: 'institution' | 'merchant'; bps: number }

export type RouteRule = {
  object: 'route_rule'
  id: string
  kind: RuleKind
  name: string
  name_en: string
  merchant: string | null
  currency: string
  state: 'upcoming' | 'active' | 'ended'
  valid_from: string
  valid_until: string | null
  budget_used: number | null
  promotion?: {
    amount_off?: number
    percent_bps?: number
    cap?: number
    minimum: number
    budget?: number
    funded_by: Funder[]
    on?: RuleOn
    when?: RuleWhen
  }
  quota?: {
    source_kind?: string
    channel_account?: string
    scheme?: string
    per_payment?: number
    per_day?: number
    per_month?: number
  }
  environment?: { effect: 'prefer' | 'exclude'; weight: number; on: RuleOn; when?: RuleWhen }
  preference?: { order: string[]; when?: RuleWhen }
  created_at: string
  created_by: string
}

export type Considered = {
  road: string
  name: string
  name_en: string
  source: string | null
  source_label: string | null
  discount: number
  /** 0: excluded. Else the higher, the earlier. */
  score: number
  is_winner: boolean
  excluded_by: RouteReason | null
  reasons: RouteReason[]
}

export type RouteDecision = {
  object: 'route_decision'
  amount: number
  currency: string
  winner: {
    road: string
    source: string | null
    promotion: string | null
    discount: number
    charged: number
    reasons: RouteReason[]
  } | null
  candidates: Considered[]
}

export type ExceptionKind = 'late_success' | 'stuck_unknown' | 'refund_failed' | 'amount_mismatch'

/** Something that a person must decide. */
export type ExceptionView = {
  object: 'exception'
  id: string
  kind: ExceptionKind
  state: 'open' | 'resolved'
  subject: string
  payment: string | null
  /** The value at risk. */
  amount: number
  currency: string
  detail: Record<string, unknown>
  /** What may be done about it; empty when it is resolved. */
  actions: string[]
  opened_at: string
  age_seconds: number
  resolved_at: string | null
  resolved_by: string | null
  action: string | null
  note: string | null
}

/** A word for programs, and its meaning for people. */
export type Explained = { code: string; text_zh: string; text_en: string }

export type WebhookEndpoint = {
  object: 'webhook_endpoint'
  id: string
  merchant: string | null
  party: string | null
  url: string
  events: string[]
  description: string | null
  state: 'active' | 'paused' | 'disabled'
  disabled_reason: Explained | null
  failing_since: string | null
  secret_changed_at: string
  old_secret_until: string | null
  created_at: string
  updated_at: string
  /** Present once, in the answer that makes it. */
  secret?: string
}

export type WebhookTry = {
  at: string
  took_ms: number
  status: number | null
  problem: string | null
  detail: string | null
}

export type WebhookDelivery = {
  object: 'webhook_delivery'
  id: string
  endpoint: string
  event: string
  type: string
  state: 'pending' | 'succeeded' | 'failed'
  attempts: number
  next_attempt_at: string | null
  status: number | null
  error: Explained | null
  tries: WebhookTry[]
  /** As it is sent, byte for byte. */
  body: string
  created_at: string
  completed_at: string | null
}

/** A code that hangs on a merchant's wall. */
export type MerchantCode = {
  object: 'merchant_code'
  id: string
  merchant: string
  store: string
  name: string
  state: 'active' | 'closed'
  token: string
  url: string
  emvco_text: string
  print_url: string
  created_at: string
  closed_at: string | null
}

/** Somebody who signs in to the console. */
export type PersonView = {
  object: 'person'
  id: string
  login: string
  name: string
  role: string
  merchant: string | null
  state: string
  created_at: string
}
