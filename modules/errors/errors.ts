export { declineReasons, type DeclineReason } from './declines.ts'

export type ErrorSpec = {
  status: number
  /** May the caller send it again? `same_key`: yes, unchanged. `new_key`: as a new attempt. */
  retry: 'never' | 'same_key' | 'new_key'
  /** What the person at the screen does next. */
  nextAction: 'none' | 'rescan' | 'query' | 'wait' | 'sign_in' | 'fix_request'
  /** A few words. */
  title: string
  /** What is wrong, and what to do. */
  message: string
}

// Refusals of a scan. No payment exists and the order number stays free, so a fresh code may be
// scanned under the same order number with a new key.
const scan = { status: 422, retry: 'new_key', nextAction: 'rescan' } as const

// The request itself is wrong, and would be refused again.
const wrong = { status: 422, retry: 'never', nextAction: 'fix_request' } as const

// It has come to its end already, and a look at it says how.
const over = { status: 409, retry: 'never', nextAction: 'query' } as const

// The whole list. docs/errors.md has one section per code, and a test compares the two.
// A code is public API: it is never renamed and never reused.
export const errors = {
  CODE_EMPTY: {
    ...scan,
    title: 'Nothing was scanned',
    message: 'The scan is empty. Scan the payment code again.',
  },
  INVALID_PAYMENT_CODE: {
    ...scan,
    title: 'Not a payment code',
    message: 'The scanned text is not a payment code. Ask the payer to open the payment code.',
  },
  CODE_FULL_WIDTH: {
    ...scan,
    title: 'Full-width digits',
    message: 'The code has full-width digits. Switch the input method of the till to English.',
  },
  CODE_TOO_LONG: {
    ...scan,
    title: 'Scan too long',
    message: 'The scan is longer than any payment code. Scan one code at a time.',
  },
  CODE_HAS_SPACES: {
    ...scan,
    title: 'Spaces in the code',
    message: 'There are spaces inside the code. Scan it again, or type it without spaces.',
  },
  CODE_IS_GOODS_BARCODE: {
    ...scan,
    title: 'A goods barcode',
    message: 'This is the barcode of a product. Scan the payment code on the payer’s phone.',
  },
  CODE_IS_CARD_NUMBER: {
    ...scan,
    title: 'A card number',
    message: 'This is a bank card number, which is never taken. Ask for a payment code.',
  },
  CODE_UNKNOWN_ISSUER: {
    ...scan,
    title: 'Unknown kind of code',
    message: 'No known issuer makes such a code. Ask the payer for another way to pay.',
  },
  CODE_UNKNOWN: {
    ...scan,
    title: 'No such code',
    message: 'This code was never issued. Ask the payer to refresh it and scan again.',
  },
  CODE_USED: {
    ...scan,
    title: 'Code already used',
    message: 'This code was used before and pays once only. Ask the payer to refresh it.',
  },
  CODE_EXPIRED: {
    ...scan,
    title: 'Code expired',
    message: 'This code has expired. Ask the payer to refresh it and scan again.',
  },
  CODE_BLOCKED_TERMINAL: {
    ...scan,
    retry: 'never',
    nextAction: 'wait',
    title: 'Too many unknown codes',
    message: 'This terminal scanned too many unknown codes and is blocked. Call the operator.',
  },
  SCHEME_NOT_OPEN: {
    ...scan,
    title: 'Way to pay not open',
    message: 'This shop has no road to this kind of code. Ask the payer for another one.',
  },
  TERMINAL_NOT_ACTIVE: {
    status: 403,
    retry: 'never',
    nextAction: 'none',
    title: 'Terminal not active',
    message: 'This terminal is not activated or is locked. Ask the merchant to activate it.',
  },
  TERMINAL_MAY_NOT: {
    status: 403,
    retry: 'never',
    nextAction: 'none',
    title: 'Terminal may not take payments',
    message: 'This terminal may not take payments. Ask the merchant to allow it.',
  },
  TERMINAL_OVER_LIMIT: {
    status: 422,
    retry: 'never',
    nextAction: 'none',
    title: 'Over the terminal’s limit',
    message: 'The amount is over the limit of this terminal. Use another one or ask the merchant.',
  },
  ACTIVATION_CODE_WRONG: {
    ...wrong,
    title: 'Activation code not accepted',
    message: 'The activation code is wrong, used or expired. Ask the merchant for a new one.',
  },
  IDEMPOTENCY_KEY_MISSING: {
    status: 400,
    retry: 'never',
    nextAction: 'fix_request',
    title: 'Idempotency key missing',
    message: 'This call needs the header Idempotency-Key. Send one key for each attempt.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    ...wrong,
    title: 'Idempotency key reused',
    message: 'This idempotency key was used for a different request. Take a new one.',
  },
  REQUEST_IN_PROGRESS: {
    status: 409,
    retry: 'same_key',
    nextAction: 'wait',
    title: 'Still at work',
    message: 'The same request is still being worked on. Send it again, unchanged, in a second.',
  },
  ORDER_NO_REUSED: {
    ...wrong,
    title: 'Order number reused',
    message: 'This order number names another payment. An order number names one attempt.',
  },
  SALE_OVERPAID: {
    ...wrong,
    title: 'Sale would be overpaid',
    message: 'The payments of this sale would be more than its total. Collect what is left.',
  },
  SALE_DIFFERS: {
    ...wrong,
    title: 'Goods of the sale differ',
    message: 'This sale number has other goods. Send the same lines, none, or a new sale number.',
  },
  MERCHANT_CLOSED: {
    status: 403,
    retry: 'never',
    nextAction: 'none',
    title: 'Merchant or store closed',
    message: 'This merchant or store is closed and takes no payments. Ask the operator.',
  },
  AMOUNT_INVALID: {
    ...wrong,
    title: 'Amount not valid',
    message: 'The amount must be a whole number of minor units above zero and below 2^53.',
  },
  CURRENCY_NOT_SUPPORTED: {
    ...wrong,
    title: 'Currency not supported',
    message: 'This currency cannot be taken here. Use the currency of the account.',
  },
  PAYMENT_FINAL: {
    ...over,
    title: 'Payment already final',
    message: 'This payment has its final state. Look at it; to give money back, make a refund.',
  },
  PAYMENT_NOT_WAITING: {
    ...over,
    title: 'Nothing to confirm',
    message: 'This payment does not wait for the payer. Look at how it stands.',
  },
  UNAUTHENTICATED: {
    status: 401,
    retry: 'never',
    nextAction: 'sign_in',
    title: 'Not signed in',
    message: 'The bearer token is missing, wrong or expired. Sign in again.',
  },
  LOGIN_WRONG: {
    status: 401,
    retry: 'never',
    nextAction: 'sign_in',
    title: 'Sign-in refused',
    message: 'The name or the password is wrong. Check both and sign in again.',
  },
  FORBIDDEN: {
    status: 403,
    retry: 'never',
    nextAction: 'none',
    title: 'Not allowed',
    message: 'You may not do this. Ask the operator for the right.',
  },
  PAYER_FROZEN: {
    status: 403,
    retry: 'never',
    nextAction: 'none',
    title: 'Payer frozen',
    message: 'This wallet is frozen after too many wrong PINs. Ask the operator to open it.',
  },
  PIN_WRONG: {
    ...wrong,
    title: 'PIN wrong',
    message: 'The PIN is wrong, and nothing was done. Five wrong PINs in a row freeze the wallet.',
  },
  SOURCE_NOT_USABLE: {
    ...wrong,
    title: 'Account not usable',
    message: 'This account is closed or cannot be used for this. Choose another one.',
  },
  LOGIN_TAKEN: {
    status: 409,
    retry: 'never',
    nextAction: 'fix_request',
    title: 'Name taken',
    message: 'Somebody has this login name already. Choose another one, or sign in.',
  },
  SKU_TAKEN: {
    status: 409,
    retry: 'never',
    nextAction: 'fix_request',
    title: 'SKU taken',
    message: 'This merchant has a product with this SKU or barcode already. Change one of them.',
  },
  ALLOCATION_OVER_WHOLE: {
    ...wrong,
    title: 'Shares over the whole',
    message: 'The lines of this rule can take more than the payment. Lower them.',
  },
  EFFECTIVE_AT_PAST: {
    ...wrong,
    title: 'Effective time in the past',
    message: 'A rule cannot begin in the past. Leave the time out to begin at once.',
  },
  INVALID_REQUEST: {
    ...wrong,
    title: 'Request not valid',
    message: 'A field of the request is missing, unknown or has a wrong value. Correct it.',
  },
  NOT_FOUND: {
    status: 404,
    retry: 'never',
    nextAction: 'none',
    title: 'Not found',
    message: 'There is no such thing, or it is not yours to see. Check the address.',
  },
  REQUEST_TOO_LARGE: {
    status: 413,
    retry: 'never',
    nextAction: 'fix_request',
    title: 'Request too large',
    message: 'The request is larger than is accepted. Send less at once.',
  },
  MEDIA_TYPE_NOT_SUPPORTED: {
    status: 415,
    retry: 'never',
    nextAction: 'fix_request',
    title: 'Media type not supported',
    message: 'Send the body as JSON, with Content-Type: application/json.',
  },
  RATE_LIMITED: {
    status: 429,
    retry: 'same_key',
    nextAction: 'wait',
    title: 'Too many requests',
    message: 'Too many requests. Wait as long as Retry-After says, then send the same again.',
  },
  CHANNEL_UNAVAILABLE: {
    status: 503,
    retry: 'new_key',
    nextAction: 'wait',
    title: 'Way to pay not answering',
    message:
      'This way to pay does not answer, and nothing was charged. Wait, or ask for another one.',
  },
  NO_ROAD_LEFT: {
    status: 422,
    retry: 'new_key',
    nextAction: 'rescan',
    title: 'No road for this payment',
    message: 'Nothing can take this payment now. Ask the payer for another way to pay.',
  },
  ORDER_EXPIRED: {
    status: 409,
    retry: 'never',
    nextAction: 'none',
    title: 'Order no longer open',
    message: 'This order is paid, closed or too old. Ask the cashier for a new one.',
  },
  LINK_REFUSED: {
    status: 422,
    retry: 'new_key',
    nextAction: 'none',
    title: 'Linking refused',
    message: 'The other side did not link this account. Try again, or link another one.',
  },
  PAYMENT_NOT_REFUNDABLE: {
    ...over,
    title: 'Nothing to refund',
    message: 'This payment took no money, so none can be given back. Look at how it stands.',
  },
  REFUND_TOO_LARGE: {
    status: 422,
    retry: 'never',
    nextAction: 'fix_request',
    title: 'Refund too large',
    message: 'The refunds would be more than was paid. Refund what is left, or less.',
  },
  REFUND_NOT_ALLOWED: {
    status: 403,
    retry: 'never',
    nextAction: 'none',
    title: 'Refunds not allowed here',
    message:
      'This terminal may not refund. Ask the merchant to allow it, or refund at the back office.',
  },
  REFUND_FINAL: {
    ...over,
    title: 'Refund already final',
    message:
      'This refund has its final state. Look at it; for more money back, make another refund.',
  },
  SECOND_PERSON_NEEDED: {
    status: 403,
    retry: 'never',
    nextAction: 'none',
    title: 'A second person must approve',
    message: 'Who asked for it may not approve it. Ask another person with the right.',
  },
  EXCEPTION_FINAL: {
    ...over,
    title: 'Already resolved',
    message: 'This exception was resolved before. Look at what was done.',
  },
  WEBHOOK_URL_REFUSED: {
    status: 422,
    retry: 'never',
    nextAction: 'fix_request',
    title: 'Address refused',
    message: 'This address cannot be told anything. Give a public https address.',
  },
  SIGNATURE_WRONG: {
    status: 401,
    retry: 'never',
    nextAction: 'fix_request',
    title: 'Signature wrong',
    message: 'The signature is missing, wrong or too old. Sign the request with the agreed key.',
  },
  INTERNAL_ERROR: {
    status: 500,
    retry: 'same_key',
    nextAction: 'query',
    title: 'Our mistake',
    message: 'Something broke on our side. The same request with the same key cannot charge twice.',
  },
  BUSY: {
    status: 503,
    retry: 'same_key',
    nextAction: 'wait',
    title: 'Busy',
    message: 'Not finished. Send the same request with the same key: it cannot charge twice.',
  },
} as const satisfies Record<string, ErrorSpec>

export type ErrorCode = keyof typeof errors

/** Whether the text is a code of the list; for codes that were stored or came over the wire. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errors, text)
}

/**
 * An expected failure of a request. What the caller sees comes from the list above and `detail`
 * (for instance `param`, the field that is wrong); nothing else leaves the process. Put secrets in
 * neither.
 */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly detail: Readonly<Record<string, string>>

  constructor(code: ErrorCode, detail: Record<string, string> = {}, options?: ErrorOptions) {
    super(errors[code].message, options)
    this.code = code
    this.detail = detail
  }
}
