export { declineReasons, type DeclineReason } from './declines.ts'
export type { ErrorSpec } from './spec.ts'

import { deviceErrors } from './devices.ts'
import { over, wrong, type ErrorSpec } from './spec.ts'
import { takingErrors } from './taking.ts'

// The whole list. docs/errors.md has one section per code, and a test compares the two.
// A code is public API: it is never renamed and never reused.
export const errors = {
  ...takingErrors,
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
  ...deviceErrors,
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
