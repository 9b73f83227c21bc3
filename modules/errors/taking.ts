import { over, scan, wrong, type ErrorSpec } from './spec.ts'

// Refusals of whoever takes a payment: the scan, the terminal, the order. A part of the whole list.
export const takingErrors = {
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
} as const satisfies Record<string, ErrorSpec>
