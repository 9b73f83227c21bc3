import { compileIssuers, ownIssuers, parse, shippedIssuers } from '../../modules/paycode/paycode.ts'
import { readOrderCode } from './order-code.ts'

/** What a scanned text is to a till. Only `masked` of a payment code may be shown or kept. */
export type Meaning =
  | { kind: 'payment_code'; scheme: string; masked: string }
  /** The barcode of a receipt. */
  | { kind: 'order_code'; orderNo: string }
  | { kind: 'goods'; barcode: string }
  /** Digits of no issuer that this page knows. The server may know it: issuers are its rows. */
  | { kind: 'maybe_payment_code'; masked: string }
  | { kind: 'other'; refused: string }

// The even prefixes that institutions have so far. Source: DESIGN §6. An institution beyond the
// last one has a longer prefix, and the server tells what its codes are.
const ownPrefixes = Array.from({ length: 10 }, (_, i) => String(80 + 2 * i))

const since = new Date('2020-01-01T00:00:00Z')
const issuers = compileIssuers(
  [
    ...shippedIssuers,
    ...ownPrefixes.flatMap((prefix) => Object.values(ownIssuers('ins_any', prefix, since))),
  ],
  new Date(),
)
const noIssuers = compileIssuers([], since)

/** Reads a scan by the server's own lines, so that both say the same of it. Never throws. */
export function readScan(text: string): Meaning {
  const orderNo = readOrderCode(text)
  if (orderNo !== null) return { kind: 'order_code', orderNo }
  const { ok, refused } = parse(text, issuers)
  if (ok) return { kind: 'payment_code', scheme: ok.scheme, masked: ok.masked }
  if (refused === 'CODE_IS_GOODS_BARCODE') return { kind: 'goods', barcode: text.trim() }
  if (refused !== 'CODE_UNKNOWN_ISSUER') return { kind: 'other', refused }
  const digits = text.trim()
  // A shorter number is an order slip or a shelf label, and would be nearly whole in its mask.
  if (digits.length < 16) return { kind: 'other', refused }
  return { kind: 'maybe_payment_code', masked: `${digits.slice(0, 2)}…${digits.slice(-2)}` }
}

/** True for GTIN-8, -12, -13 and -14 with a right check digit. */
export function isGoodsBarcode(text: string): boolean {
  return parse(text, noIssuers).refused === 'CODE_IS_GOODS_BARCODE'
}

/** True for a whole code of a known form: a payment code of a known issuer, a receipt's, or goods. */
export function isKnownCode(text: string): boolean {
  const { kind } = readScan(text)
  return kind === 'payment_code' || kind === 'order_code' || kind === 'goods'
}

/** True for a whole payment code of an issuer that this page knows. */
export function isPaymentCode(text: string): boolean {
  return readScan(text).kind === 'payment_code'
}

/** Barcodes of 8, 12, 13 and 14 digits that name the same goods become the same text. */
export function goodsKey(barcode: string): string {
  return /^\d{8,14}$/.test(barcode) ? barcode.padStart(14, '0') : barcode
}
