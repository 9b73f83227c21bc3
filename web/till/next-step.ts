import type { DeclineReason } from '../ui/types.ts'
import type { Result } from './till.ts'

/** What the cashier does after a sale that was not paid; each is a sentence of the catalogue. */
export type NextStep =
  | 'rescan'
  | 'show_again'
  | 'other_way'
  | 'ask_payer'
  | 'wait'
  | 'query'
  | 'manager'
  | 'sign_in'
  | 'allow_position'
  | 'to_the_shop'

const afterDecline: Record<DeclineReason, NextStep> = {
  insufficient_funds: 'other_way',
  over_payment_limit: 'other_way',
  over_day_limit: 'other_way',
  over_month_limit: 'other_way',
  payer_declined: 'ask_payer',
  confirmation_expired: 'rescan',
  payer_frozen: 'other_way',
  merchant_closed: 'manager',
  terminal_locked: 'manager',
  sale_already_paid: 'query',
  code_expired: 'rescan',
  code_used: 'rescan',
  code_invalid: 'rescan',
  card_not_accepted: 'other_way',
  risk_refused: 'other_way',
  channel_refused: 'other_way',
  channel_unavailable: 'other_way',
  channel_not_reached: 'rescan',
  over_channel_limit: 'other_way',
  over_count_limit: 'other_way',
  outside_area: 'other_way',
  outside_hours: 'other_way',
  shop_not_allowed: 'other_way',
  over_offline_limit: 'other_way',
  consent_used: 'other_way',
  position_unknown: 'other_way',
  over_static_limit: 'other_way',
  order_expired: 'show_again',
  account_not_linked: 'other_way',
}

// Of these nothing was charged, and the same way would be refused again.
const otherWay: ReadonlySet<string> = new Set([
  ...['SCHEME_NOT_OPEN', 'CODE_UNKNOWN_ISSUER', 'CHANNEL_UNAVAILABLE', 'NO_ROAD_LEFT'],
  ...['TERMINAL_SCHEME_CLOSED', 'DEVICE_REVOKED'],
])

// What the terminal may not do now, where the cashier can do something about it.
const ofTerminal: Readonly<Record<string, NextStep>> = {
  POSITION_REQUIRED: 'allow_position',
  POSITION_TO_CONFIRM: 'to_the_shop',
  TERMINAL_OUTSIDE_FENCE: 'to_the_shop',
}

/** Says what to do next: by the reason of a decline, by `next_action` of a refusal. */
export function nextStep(result: Result): NextStep {
  if (result.kind === 'not_made') return 'rescan'
  if (result.kind === 'payment') {
    const { decline_reason: reason, payment_code: code } = result.payment
    if (reason) return afterDecline[reason] ?? 'manager'
    // Of one that was taken back: a code of ours was shown, or the customer's was scanned.
    return code === null ? 'show_again' : 'rescan'
  }
  const { nextAction, code } = result.problem
  if (otherWay.has(code)) return 'other_way'
  if (code === 'SALE_OVERPAID') return 'query'
  if (ofTerminal[code]) return ofTerminal[code]
  if (code.startsWith('SIGNATURE_')) return 'sign_in'
  if (nextAction === 'none' || nextAction === 'fix_request') return 'manager'
  return nextAction
}

/** Whether another scan for the same amount makes sense at once. */
export function mayRescan(step: NextStep): boolean {
  return !['manager', 'sign_in', 'query', 'to_the_shop'].includes(step)
}
