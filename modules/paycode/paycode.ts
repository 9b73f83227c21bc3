import type { ErrorCode } from '../errors/errors.ts'
import { PaymentCode } from './code.ts'
import { EMV_CPM_LONGEST, EMV_CPM_START, readEmvTemplates } from './emv.ts'
import { tokenIn } from './emv-token.ts'
import type { IssuerTable } from './issuer.ts'
import { isDigits, LONGEST_SCAN, refuseDigits, refuseText } from './scan.ts'

export { classify } from './classify.ts'
export type { Category, Classified, ProofKind } from './classify.ts'
export { PaymentCode } from './code.ts'
export type { CodeInformation, Hmac, Kind } from './code.ts'
export { code128Modules } from './code128.ts'
export { currencyNumber, currencyOfNumber } from './currency-number.ts'
export { readEmvToken } from './emv-token.ts'
export { compileIssuers, ownIssuers, shippedIssuers } from './issuer.ts'
export type { Issuer, IssuerTable } from './issuer.ts'
export {
  merchantToken,
  ourMpmAccount,
  parseMerchantCode,
  readMerchantToken,
} from './merchant-code.ts'
export type { MerchantCode, MerchantCodeKind } from './merchant-code.ts'
export { makeMpm, parseMpm } from './mpm.ts'
export type { MerchantQr, MpmAccount, MpmTip, ParsedMpm } from './mpm.ts'
export type { MpmFault, MpmField } from './mpm-fields.ts'
export {
  aliasLengthOf,
  OFFLINE_SLOT_MS,
  offlineCode,
  slotAt,
  slotEndsAtMs,
  splitOffline,
  TIME_CODE_LENGTH,
  timeCodeOf,
  timeCodeText,
} from './offline.ts'
export type { OfflineParts } from './offline.ts'
export { onlineCode } from './online.ts'
export type { RandomBytes } from './online.ts'

/** A payment code, or the reason why the scan is none. */
export type Parsed =
  { ok: PaymentCode; refused?: undefined } | { refused: ErrorCode; ok?: undefined }

/**
 * Reads what a scanner, a camera or a keyboard delivered: whose code it is, what it is for, and
 * what may be known of it. Says nothing of whether the code lives; never guesses a scheme and
 * never throws. White space around the text goes, as do the line ends and tabs that scanners add.
 *
 * Source: P1, P2; CN107808285A claim 1, S1.
 */
export function parse(scannedText: string, issuers: IssuerTable): Parsed {
  const text = scannedText.trim()
  if (text === '') return { refused: 'CODE_EMPTY' }
  if (text.startsWith(EMV_CPM_START)) return parseEmvCpm(text, issuers)
  if (text.length > LONGEST_SCAN) return { refused: 'CODE_TOO_LONG' }
  if (!isDigits(text)) return { refused: refuseText(text) }

  const match = issuers.findByDigits(text)
  if (!match) return { refused: refuseDigits(text) }
  const { issuer, prefix } = match
  return { ok: new PaymentCode(issuer, text, { form: 'digits', prefix, length: text.length }) }
}

function parseEmvCpm(text: string, issuers: IssuerTable): Parsed {
  if (text.length > EMV_CPM_LONGEST) return { refused: 'CODE_TOO_LONG' }
  const templates = readEmvTemplates(text)
  if (!templates) return { refused: 'INVALID_PAYMENT_CODE' }
  let refused: ErrorCode = 'CODE_UNKNOWN_ISSUER'
  for (const { id: applicationId, label: applicationLabel } of templates.applications) {
    const match = issuers.findByApplicationId(applicationId, text.length)
    if (!match) continue
    const token = tokenIn(templates, applicationId)
    refused = 'INVALID_PAYMENT_CODE' // unless a later application says what to charge
    if (!token) continue
    const shown = { applicationId, applicationLabel, masked: token.masked }
    return { ok: new PaymentCode(match.issuer, text, { form: 'emv_cpm', ...shown }) }
  }
  return { refused }
}
