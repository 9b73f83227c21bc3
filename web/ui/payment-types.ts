import type { DeclineReason } from '../../modules/errors/errors.ts'
import type { LedgerTransfer } from './types.ts'

/** A payment as the API sends it, and what it is made of; `types.ts` has the rest. */

export type PaymentState = 'processing' | 'succeeded' | 'failed' | 'reversed'
/** Whom or what a `processing` payment waits for. */
export type NextAction = 'payer_confirms' | 'payer_scans' | 'query' | 'reverse' | null

export type { DeclineReason } from '../../modules/errors/errors.ts'

export type Position = {
  latitude: number
  longitude: number
  accuracy_m?: number | null
  measured_at?: string | null
}

export type GoodsLine = { sku: string; name: string; quantity: number; unit_price: number }

export type TimelineEntry = {
  at: string
  from: string | null
  to: string
  actor: string
  step?: string | null
  detail: unknown
}

/** Why a road was chosen, or was not, in both languages. */
export type RouteReason = { code: string; text_zh: string; text_en: string }

export type RouteCandidate = {
  road: string
  name_zh: string
  name_en: string
  source: string | null
  source_label: string | null
  is_winner: boolean
  discount: number
  score: number
  excluded_by: RouteReason | null
  reasons: RouteReason[]
}

/** What was asked of a channel, and how it ended. */
export type ChargeView = {
  id: string
  channel: string
  channel_account: string
  settlement: 'direct' | 'pooled'
  state: PaymentState
  step: 'query' | 'reverse' | 'watch' | null
  amount: number
  payer_paid: number | null
  payer: string | null
  channel_ref: string | null
  channel_code: string | null
  is_late: boolean
  queries: number
  reverses: number
  started_at: string
  completed_at: string | null
}

export type RefundState = 'processing' | 'succeeded' | 'failed'

/** Money given back. Amounts in minor units, `amount` of the price, `payer_amount` to the payer. */
export type RefundView = {
  object: 'refund'
  id: string
  payment: string
  order_no: string | null
  merchant_name: string | null
  store_name: string | null
  state: RefundState
  next_action: 'second_approval' | 'query' | null
  amount: number
  payer_amount: number
  currency: string
  reason: string | null
  is_late: boolean
  requested_by: string | null
  approved_by: string | null
  decline_reason: string | null
  channel_code: string | null
  created_at: string
  completed_at: string | null
}

export type PaymentView = {
  id: string
  object: 'payment'
  kind: 'purchase' | 'top_up'
  state: PaymentState
  next_action: NextAction
  amount: number
  /** What a promotion took off. */
  discount: number
  /** What the payer pays: the amount less the discount. */
  charged: number
  promotion: string | null
  currency: string
  order_no: string
  sale_no: string
  payment_code: string | null
  /** By a code that a phone made without a network. */
  is_offline: boolean
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
  route: { road: string | null; reasons: RouteReason[]; candidates?: RouteCandidate[] } | null
  charges?: ChargeView[]
  timeline?: TimelineEntry[]
  transfers?: LedgerTransfer[]
  goods?: GoodsLine[]
}
