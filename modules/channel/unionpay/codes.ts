import type { DeclineReason } from '../../errors/errors.ts'

// UnionPay's answer codes for a payment that will not happen, by what the cashier is told. Source:
// "平台接入接口规范-第5部分-附录" (answer codes), from public copies, and the SDK's samples: 00 is done,
// 03, 04 and 05 are to be asked about, every other code of the list is a failure.
//
// Not here, and so unknown, on purpose (guess "declined" wrongly and the payer pays twice): 02 and 06
// (busy, try later), 12 (repeated: the first one may be paid), 42, 74 and 75 (the money was taken, the
// rest went wrong), 70 (the payer is at it), 82 and 83 (under way at the issuer), 99 (anything), A6
// (a defective success), and codes that nobody has documented.

// A scanned code stands in for a card, so that what is said of a card's number or validity is said of
// the code: 61 of its number, 73 of its validity, 86 of its state, 80 and 89 of the token behind it.
const rows: readonly (readonly [DeclineReason, string])[] = [
  ['insufficient_funds', '64 90'],
  ['over_channel_limit', '33'],
  ['over_day_limit', '87'],
  ['over_month_limit', '81'],
  ['code_expired', '73 80'],
  ['code_used', '86'],
  ['code_invalid', '61 88 89'],
  ['confirmation_expired', '69'],
  ['payer_frozen', '67'],
  ['card_not_accepted', '62 63 68 72 76 77 78 79'],
  ['risk_refused', '38'],
  ['merchant_closed', '31'],
  // What the account or the request has wrong, which the operator must put right; and what UnionPay
  // or the issuer does not say more of.
  ['channel_refused', '01 10 11 13 30 32 39 43 60 65 66 71 85 91 92 93 94 95 96'],
]

const declines = new Map(
  rows.flatMap(([reason, codes]) => codes.split(' ').map((code) => [code, reason])),
)

/** Why UnionPay will not make this payment; undefined for a code that is not final, or not known. */
export function declineReasonOf(respCode: string): DeclineReason | undefined {
  return declines.get(respCode)
}

/** There is no such transaction, as far as UnionPay can see now. */
export const NOT_FOUND = '34'

/** The purchase was given back or voided; it was reversed. */
export const undoneCodes: ReadonlySet<string> = new Set(['45', '46'])

// Of what follows a purchase: it does not exist, does not fit, or was undone already.
const followUpRefusals = new Set(['35', '36', '45', '46'])

/** Whether a void or a refund will not happen, by its answer code. */
export function isFollowUpRefused(respCode: string): boolean {
  return declines.has(respCode) || followUpRefusals.has(respCode)
}
