import type { DeclineReason } from '../../errors/errors.ts'

// Alipay's words for a payment that will not happen, by what the cashier is told. Only codes of the
// list of `alipay.trade.pay` (alipay-sdk-java-all, AlipayTradePayErrorResponseModel, 2026-09-23),
// each of which the vendor's table answers with "the payment failed". Every code that is not here
// stays unknown, on purpose: guess "declined" wrongly and the payer pays twice.
//
// Not here: SYSTEM_ERROR (ask), and all that speaks of a trade that exists already under our number
// (TRADE_HAS_SUCCESS, TRADE_HAS_CLOSE, TRADE_STATUS_ERROR, TRADE_BUYER_NOT_MATCH, TRADE_SETTLE_ERROR,
// CONTEXT_INCONSISTENT): what became of that trade is for the query to say.

const rows: readonly (readonly [DeclineReason, string])[] = [
  ['insufficient_funds', 'BUYER_BALANCE_NOT_ENOUGH BUYER_BANKCARD_BALANCE_NOT_ENOUGH'],
  // The payer's own limits at Alipay.
  ['over_payment_limit', 'BUYER_LIMIT_EXCEEDED'],
  ['over_day_limit', 'BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR'],
  ['over_month_limit', 'BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR'],
  // The merchant's, the product's and the agreement's.
  [
    'over_channel_limit',
    `TOTAL_FEE_EXCEED BEYOND_PER_RECEIPT_SINGLE_RESTRICTION PRODUCT_AMOUNT_LIMIT_ERROR
     REQUEST_AMOUNT_EXCEED MERCHANT_PERM_RECEIPT_SINGLE_LIMIT BEYOND_PER_RECEIPT_DAY_RESTRICTION
     MERCHANT_PERM_RECEIPT_DAY_LIMIT BEYOND_PAY_RESTRICTION BEYOND_PER_RECEIPT_RESTRICTION
     CYCLE_PAY_SINGLE_FEE_EXCEED CYCLE_PAY_TOTAL_FEE_EXCEED CYCLE_PAY_TOTAL_TIMES_EXCEED
     OVER_MAX_DEDUCT_COUNT OVER_MERCHANT_DAILY_DEDUCT_AMOUNT`,
  ],
  // One code for never shown, used and expired. Alipay's advice for the second is the same: the payer
  // refreshes the code, and it is scanned again.
  ['code_invalid', 'PAYMENT_AUTH_CODE_INVALID PULL_MOBILE_CASHIER_FAIL'],
  ['payer_frozen', 'BUYER_ENABLE_STATUS_FORBID'],
  ['risk_refused', 'PAYMENT_REQUEST_HAS_RISK'],
  [
    'card_not_accepted',
    `NO_PAYMENT_INSTRUMENTS_AVAILABLE NOT_SUPPORT_PAYMENT_INST ERROR_BALANCE_PAYMENT_DISABLE
     BUYER_BANKCARD_INVALID BUYER_BANKCARD_DECLINED CARD_TYPE_ERROR CARD_USER_NOT_MATCH`,
  ],
  [
    'account_not_linked',
    `AGREEMENT_NOT_EXIST AGREEMENT_INVALID AGREEMENT_STATUS_NOT_NORMAL AGREEMENT_ERROR`,
  ],
  [
    'merchant_closed',
    `SELLER_BEEN_BLOCKED SELLER_NOT_EXIST MERCHANT_STATUS_NOT_NORMAL
     MERCHANT_PERM_RECEIPT_SUSPEND_LIMIT SECONDARY_MERCHANT_STATUS_ERROR`,
  ],
  // What the account or the request has wrong, which the operator must put right; and what Alipay
  // does not say more of.
  [
    'channel_refused',
    `INVALID_PARAMETER ACCESS_FORBIDDEN EXIST_FORBIDDEN_WORD PARTNER_ERROR INVALID_STORE_ID
     INVALID_RECEIVE_ACCOUNT CURRENCY_NOT_SUPPORT AMOUNT_OR_CURRENCY_ERROR
     MERCHANT_AGREEMENT_NOT_EXIST MERCHANT_AGREEMENT_INVALID RESTRICTED_MERCHANT_INDUSTRY
     CERT_EXPIRED RISK_MERCHANT_IP_NOT_EXIST SUB_MERCHANT_CREATE_FAIL SUB_MERCHANT_TYPE_INVALID
     SECONDARY_MERCHANT_ALIPAY_ACCOUNT_INVALID SECONDARY_MERCHANT_ID_INVALID
     SECONDARY_MERCHANT_ID_BLANK SECONDARY_MERCHANT_NOT_MATCH
     SECONDARY_MERCHANT_ISV_PUNISH_INDIRECT PLATFORM_BUSINESS_ACQUIRE_MODE_MUST_MERCHANT_ID
     SUB_GOODS_SIZE_MAX_COUNT NOW_TIME_AFTER_EXPIRE_TIME_ERROR UN_SUPPORT_TRADE_SCENE
     ROYALTY_ACCOUNT_NOT_EXIST SMILE_PAY_MERCHANT_NOT_MATCH PAYMENT_FAIL
     ERROR_BUYER_CERTIFY_LEVEL_LIMIT MOBILE_PAYMENT_SWITCH_OFF USER_FACE_PAYMENT_SWITCH_OFF
     BUYER_SELLER_EQUAL BUYER_NOT_EXIST BUYER_NOT_MAINLAND_CERT NOT_CERTIFIED_USER PAYER_UNMATCHED
     USER_LOGONID_DUP MERCHANT_UNSUPPORT_ADVANCE BUYER_UNSUPPORT_ADVANCE ORDER_UNSUPPORT_ADVANCE
     CYCLE_PAY_DATE_NOT_MATCH OVER_DEDUCT_PERIOD`,
  ],
]

const declines = new Map(
  rows.flatMap(([reason, codes]) => codes.split(/\s+/).map((code) => [`ACQ.${code}`, reason])),
)

/** Why Alipay will not make this payment; undefined for a code that is not final, or not known. */
export function declineReasonOf(subCode: string): DeclineReason | undefined {
  return declines.get(subCode)
}

/**
 * Whether the gateway itself refused the request, before Alipay looked at what it asks: a token, a
 * missing or wrong field, a missing right. The app must be set up anew; nothing was charged.
 *
 * Source: Alipay, common error codes (reference/protocols.md §3.4).
 */
export function isRefusedByGateway(code: string): boolean {
  return ['20001', '40001', '40002', '40006'].includes(code)
}

const words = (codes: string): ReadonlySet<string> =>
  new Set(codes.split(/\s+/).map((code) => `ACQ.${code}`))

/**
 * Answers to `alipay.trade.cancel` after which asking again changes nothing: the trade stands, or a
 * person must act first.
 *
 * Source: reference/protocols.md §3.4, the list of trade.cancel; the vendor's advice for each.
 */
export const cancelRefusals = words(
  `INVALID_PARAMETER SELLER_BALANCE_NOT_ENOUGH REASON_TRADE_BEEN_FREEZEN TRADE_HAS_FINISHED
   TRADE_CANCEL_TIME_OUT REASON_TRADE_REFUND_FEE_ERR CANCEL_NOT_ALLOWED`,
)

/**
 * Answers to `alipay.trade.close` after which asking again changes nothing: the trade is paid, or is
 * of a kind that is cancelled. A query says how it stands.
 *
 * Source: alipay-sdk-java-all, AlipayTradeCloseErrorResponseModel.
 */
export const closeRefusals = words(
  'INVALID_PARAMETER TRADE_STATUS_ERROR REASON_TRADE_STATUS_INVALID REASON_ILLEGAL_STATUS',
)

/**
 * Answers to `alipay.trade.refund` that mean: this refund was not made. Not here, and so unknown:
 * SYSTEM_ERROR, and DISCORDANT_REPEAT_REQUEST, which says that a refund of this number was made,
 * of another amount.
 *
 * Source: reference/protocols.md §3.4, the list of trade.refund.
 */
export const refundRefusals = words(
  `INVALID_PARAMETER SELLER_BALANCE_NOT_ENOUGH REFUND_AMT_NOT_EQUAL_TOTAL REASON_TRADE_BEEN_FREEZEN
   TRADE_NOT_EXIST TRADE_HAS_FINISHED TRADE_STATUS_ERROR REASON_TRADE_REFUND_FEE_ERR
   TRADE_NOT_ALLOW_REFUND REFUND_FEE_ERROR TRADE_HAS_CLOSE BUYER_NOT_EXIST
   BUYER_ENABLE_STATUS_FORBID REASON_TRADE_STATUS_INVALID NOT_ALLOW_PARTIAL_REFUND
   ONLINE_TRADE_VOUCHER_NOT_ALLOW_REFUND BUYER_ERROR CURRENCY_NOT_SUPPORT
   ALLOC_AMOUNT_VALIDATE_ERROR USER_NOT_MATCH_ERR TRADE_SETTLE_ERROR REFUND_CHARGE_ERROR
   ENTERPRISE_PAY_BIZ_ERROR OVERDRAFT_ASSIGN_ACCOUNT_INVALID OVERDRAFT_AGREEMENT_NOT_MATCH
   REFUND_ACCOUNT_NOT_EXIST CUSTOMER_VALIDATE_ERROR
   REFUND_ROYALTY_PAYEE_ACCOUNT_NOT_EXIST REFUNDALLOC_UNAUTH_LIMIT`,
)
