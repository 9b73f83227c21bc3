import type { zhCN } from './zh-CN.ts'

/** Words that all three apps share, in English. */
export const en: Record<keyof typeof zhCN, string> = {
  'state.processing': 'Processing',
  'state.waiting': 'Waiting for payer',
  'state.scanning': 'Waiting for a scan',
  'state.checking': 'Unknown, checking',
  'state.reversing': 'Being taken back',
  'state.succeeded': 'Paid',
  'state.failed': 'Not paid',
  'state.reversed': 'Reversed',

  'kind.purchase': 'Purchase',
  'kind.top_up': 'Top-up',

  'scheme.onetill': 'OneTill',
  'scheme.wechat': 'WeChat Pay',
  'scheme.alipay': 'Alipay',
  'scheme.unionpay': 'UnionPay',
  'scheme.ecny': 'Digital RMB',
  'scheme.bankcard': 'Bank card',
  'scheme.interbank': 'Another institution',
  'scheme.visa': 'Visa',
  'scheme.mastercard': 'Mastercard',
  'scheme.jcb': 'JCB',
  'scheme.amex': 'American Express',
  'scheme.discover': 'Discover',
  'scheme.rupay': 'RuPay',
  'scheme.book': 'Account here',
  'scheme.shown': 'Shown code',

  'code.made_offline': 'offline code',

  'source.balance': 'Balance',
  'source.card': 'Card',

  'stream.live': 'Live',
  'stream.reconnecting': 'Reconnecting',
  'stream.closed': 'Disconnected',

  'decline.insufficient_funds': 'Not enough money',
  'decline.over_payment_limit': 'Over the limit per payment',
  'decline.over_day_limit': "Over today's limit",
  'decline.over_month_limit': "Over this month's limit",
  'decline.payer_declined': 'The payer cancelled',
  'decline.confirmation_expired': 'Not confirmed in time',
  'decline.payer_frozen': "The payer's account is frozen",
  'decline.merchant_closed': 'The merchant is closed',
  'decline.terminal_locked': 'The till was locked meanwhile',
  'decline.sale_already_paid': 'The sale was paid another way',
  'decline.code_expired': 'The code had expired',
  'decline.code_used': 'The code was used already',
  'decline.code_invalid': 'The code is not known',
  'decline.card_not_accepted': 'This card is not accepted here',
  'decline.risk_refused': 'Refused for risk',
  'decline.channel_refused': 'Refused by the way to pay',
  'decline.channel_unavailable': 'The way to pay did not answer',
  'decline.channel_not_reached': 'The charge never arrived',
  'decline.over_channel_limit': "Over the way to pay's limit",
  'decline.over_count_limit': 'Over the number of payments for today',
  'decline.outside_area': 'Outside the area the payer allows',
  'decline.outside_hours': 'Outside the hours the payer allows',
  'decline.shop_not_allowed': 'The payer does not allow this shop',
  'decline.over_offline_limit': 'Over the daily limit of offline codes',
  'decline.consent_used': 'The payer allowed a smaller amount for this code',
  'decline.position_unknown': 'The payer asks for a place that is not known',
  'decline.over_static_limit': "Over today's limit of static codes",
  'decline.order_expired': 'Not paid in time',
  'decline.account_not_linked': 'The account is no longer linked',

  'action.cancel': 'Cancel',
  'action.close': 'Close',
  'action.back': 'Back',
  'action.retry': 'Try again',
  'action.save': 'Save',
  'action.copy': 'Copy',
  'action.copied': 'Copied',
  'action.refresh': 'Refresh',
  'action.sign_in': 'Sign in',
  'action.sign_out': 'Sign out',
  'action.print': 'Print',
  'action.confirm': 'Confirm',
  'action.more': 'More',

  'common.loading': 'Loading…',
  'common.offline': 'No network',
  'common.request_id': 'Request id',
  'common.unknown': 'Unknown',

  'theme.label': 'Appearance',
  'theme.system': 'System',
  'theme.light': 'Light',
  'theme.dark': 'Dark',

  'error.NETWORK': 'The server could not be reached. Check the network and try again.',
  'error.TIMEOUT':
    'The server did not answer in time, so the outcome is open. Look before you retry.',
  'error.UNKNOWN': 'Something went wrong. Try again, and tell your administrator if it stays.',
  'error.CODE_EMPTY': 'Nothing was scanned. Scan the payment code again.',
  'error.INVALID_PAYMENT_CODE':
    'This is no payment code. Ask the customer to open it, and scan again.',
  'error.CODE_FULL_WIDTH': 'Full-width digits. Switch the keyboard to English, and scan again.',
  'error.CODE_TOO_LONG': 'Too long for a payment code. Scan one code at a time.',
  'error.CODE_HAS_SPACES': 'There are spaces in the code. Scan again, or type it without spaces.',
  'error.CODE_IS_GOODS_BARCODE': "This is a goods barcode. Scan the code on the customer's phone.",
  'error.CODE_IS_CARD_NUMBER': 'This is a card number and is never taken. Ask for a payment code.',
  'error.CODE_UNKNOWN_ISSUER': 'This kind of code is not known. Ask for another way to pay.',
  'error.CODE_UNKNOWN': 'This code was never issued. Ask the customer to refresh, and scan again.',
  'error.CODE_USED': 'This code was used already. Ask the customer to refresh, and scan again.',
  'error.CODE_EXPIRED': 'This code has expired. Ask the customer to refresh, and scan again.',
  'error.CODE_BLOCKED_TERMINAL': 'Too many unknown codes: this till is blocked. Call the operator.',
  'error.SCHEME_NOT_OPEN': 'This shop does not take this kind of code yet. Ask for another one.',
  'error.TERMINAL_NOT_ACTIVE': 'This till is not active. Ask the manager.',
  'error.TERMINAL_MAY_NOT': 'This till may not take payments. Ask the manager.',
  'error.TERMINAL_OVER_LIMIT':
    "Over this till's limit per payment. Use another till or ask the manager.",
  'error.ACTIVATION_CODE_WRONG':
    'The activation code is wrong, used or expired. Ask for a new one.',
  'error.IDEMPOTENCY_KEY_MISSING':
    'The request had no idempotency key. Reload the page and try again.',
  'error.IDEMPOTENCY_KEY_REUSED':
    'An idempotency key was used twice. Reload the page and try again.',
  'error.REQUEST_IN_PROGRESS': 'The same request is still at work. Look again in a second.',
  'error.ORDER_NO_REUSED': 'The order number belongs to another payment. Start a new order.',
  'error.SALE_OVERPAID': 'More than the total of this sale. Collect only what is left.',
  'error.SALE_DIFFERS':
    'This sale number has other goods. Send the same goods, none, or start a new sale.',
  'error.MERCHANT_CLOSED':
    'The merchant or store is closed and takes no payments. Ask the operator.',
  'error.AMOUNT_INVALID': 'The amount is not right. Enter it again.',
  'error.CURRENCY_NOT_SUPPORTED': "This currency cannot be used here. Use the account's own.",
  'error.PAYMENT_FINAL': 'This payment is final. To give money back, make a refund.',
  'error.PAYMENT_NOT_WAITING': 'This payment no longer waits for you. Look at how it stands.',
  'error.UNAUTHENTICATED': 'The session has ended. Sign in again.',
  'error.LOGIN_WRONG': 'The name or the password is wrong. Check both and try again.',
  'error.FORBIDDEN': 'You may not do this. Ask the administrator for the right.',
  'error.PAYER_FROZEN': 'The account is frozen and cannot pay now. Ask support to unfreeze it.',
  'error.PIN_WRONG': 'Wrong PIN, nothing was done. Five wrong PINs in a row freeze the account.',
  'error.SOURCE_NOT_USABLE': 'This account is closed or cannot be used here. Choose another one.',
  'error.LOGIN_TAKEN': 'Somebody has this login name. Choose another one, or sign in.',
  'error.SKU_TAKEN': 'A product has this SKU or barcode already. Change one of them.',
  'error.ALLOCATION_OVER_WHOLE': 'The shares can add up to more than the payment. Lower them.',
  'error.EFFECTIVE_AT_PAST':
    'A rule cannot begin in the past. Leave the time out to begin at once.',
  'error.INVALID_REQUEST': 'Something is not filled in right. Please check: {{param}}',
  'error.NOT_FOUND': 'Not found, or not yours to see. Check the address.',
  'error.REQUEST_TOO_LARGE': 'Too much at once. Send less.',
  'error.MEDIA_TYPE_NOT_SUPPORTED':
    'The request had the wrong format. Reload the page and try again.',
  'error.RATE_LIMITED': 'Too many tries. Wait a little and try again.',
  'error.CHANNEL_UNAVAILABLE':
    'This way to pay does not answer, and nothing was charged. Wait, or ask for another one.',
  'error.NO_ROAD_LEFT': 'Nothing can take this payment now. Ask the payer for another way to pay.',
  'error.ORDER_EXPIRED': 'This order is paid, closed or too old. Ask the cashier for a new one.',
  'error.LINK_REFUSED': 'The other side did not link this account. Try again, or link another one.',
  'error.PAYMENT_NOT_REFUNDABLE':
    'This payment took no money, so none can be given back. Look at how it stands.',
  'error.REFUND_TOO_LARGE':
    'The refunds would be more than was paid. Refund what is left, or less.',
  'error.REFUND_NOT_ALLOWED':
    'This terminal may not refund. Ask the merchant to allow it, or refund at the back office.',
  'error.REFUND_FINAL':
    'This refund has its final state. Look at it; for more money back, make another refund.',
  'error.SECOND_PERSON_NEEDED':
    'Who asked for it may not approve it. Ask another person with the right.',
  'error.EXCEPTION_FINAL': 'This exception was resolved before. Look at what was done.',
  'error.WEBHOOK_URL_REFUSED': 'This address cannot be told anything. Give a public https address.',
  'error.SIGNATURE_MISSING': 'A terminal signs its calls. Sign this request with the device key.',
  'error.SIGNATURE_INVALID':
    'The signature does not fit the request or is too old. Check key, clock and body.',
  'error.SIGNATURE_REPLAYED':
    'This signed request was used already. Sign the next one with a fresh nonce.',
  'error.DEVICE_KEY_WRONG': 'The public key is not an Ed25519 key of 32 bytes in base64url.',
  'error.TERMINAL_LOCKED': 'This terminal was locked from afar. Ask who looks after the terminals.',
  'error.TERMINAL_OUTSIDE_HOURS':
    'This terminal may not take payments at this hour. Try again in its hours.',
  'error.TERMINAL_OUTSIDE_FENCE':
    'The terminal is too far from its shop. Take it back, or have its fence widened.',
  'error.POSITION_REQUIRED':
    'This terminal must say where it is. Allow the till to use the position.',
  'error.POSITION_TO_CONFIRM':
    'The terminal is far from its shop. Confirm the place and send it again.',
  'error.TERMINAL_SCHEME_CLOSED':
    'This terminal does not take this kind of code. Ask for another one.',
  'error.TERMINAL_OVER_DAY_LIMIT':
    'With this payment the terminal would be over its limit for today.',
  'error.TERMINAL_MAY_NOT_REVERSE':
    'This terminal may not reverse payments. Ask who looks after the terminals.',
  'error.CODE_WRONG_TIME':
    'The code’s time digits do not fit. Ask the payer to open the payment code again.',
  'error.CODE_BURNT': 'This code was tried wrongly too often and is dead. Ask for another code.',
  'error.DEVICE_REVOKED':
    'The codes of this phone were stopped. Ask the payer for another way to pay.',
  'error.DEVICE_FROZEN': 'This device is frozen or removed. Unfreeze it from another device first.',
  'error.SETTING_UNKNOWN': 'There is no setting of this name at this place.',
  'error.SETTING_OUT_OF_RANGE': 'The value does not fit the setting. See its kind and range.',
  'error.SETTINGS_CHANGED': 'Somebody saved settings meanwhile. Look at them again, then save.',
  'error.MANDATE_ABOVE_LEVEL': 'The limit is above what this level allows. Choose a lower limit.',
  'error.FEEDBACK_ANSWERED':
    'The shop has answered this feedback, so it stays as it is. Look at the answer.',
  'error.NEWS_TOO_OFTEN': 'The shop has published as much as it may today. Publish it tomorrow.',
  'error.SIGNATURE_WRONG':
    'The signature is missing, wrong or too old. Sign the request with the agreed key.',
  'error.INTERNAL_ERROR': 'Our mistake. Look at the outcome, then retry: it cannot charge twice.',
  'error.BUSY': 'Busy, and not finished. Wait a little and retry: it cannot charge twice.',
}
