// Two digits that no issuer's codes begin with, so that a wedge scanner's text is told from a payment
// code by its first signs. Digits only: set C of Code 128 puts 22 of them on 58 mm paper.
const mark = '00'

/**
 * What the barcode of a receipt says: `00`, the 18 digits of the sale's number, and the attempt with
 * two digits. Null for an order number that no till has made, which no receipt shows as a barcode.
 */
export function orderCodeOf(orderNo: string): string | null {
  const [, sale, attempt] = /^S(\d{18})-(\d{1,2})$/.exec(orderNo) ?? []
  return sale && attempt ? `${mark}${sale}${attempt.padStart(2, '0')}` : null
}

/** The order number that a scanned text names, by the barcode or by the number itself; else null. */
export function readOrderCode(text: string): string | null {
  const code = text.trim()
  const [, sale, attempt] = /^00(\d{18})(\d\d)$/.exec(code) ?? []
  if (sale && attempt) return `S${sale}-${Number(attempt)}`
  return /^S\d{18}-\d{1,2}$/.test(code) ? code : null
}
