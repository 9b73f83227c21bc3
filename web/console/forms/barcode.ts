/**
 * Whether the digits are a goods barcode: 8, 12, 13 or 14 of them with a right check digit.
 *
 * Source: GS1 General Specifications, section 7.9, check digit calculation.
 */
export function isGoodsBarcode(digits: string): boolean {
  if (!/^(\d{8}|\d{12,14})$/.test(digits)) return false
  const weighted = [...digits].reverse().map((digit, place) => Number(digit) * (place % 2 ? 3 : 1))
  return weighted.reduce((sum, each) => sum + each, 0) % 10 === 0
}
