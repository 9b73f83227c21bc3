import type { ErrorCode } from '../errors/errors.ts'

/** Scanners and clipboards bring all sorts of text; no payment code of digits is longer. */
export const LONGEST_SCAN = 64

/** Whether the text has ASCII digits and nothing else. */
export function isDigits(text: string): boolean {
  for (let place = 0; place < text.length; place += 1) {
    const char = text.charCodeAt(place)
    if (char < 48 || char > 57) return false
  }
  return text.length > 0
}

/** Why a text that is not all digits is no payment code. */
export function refuseText(text: string): ErrorCode {
  const withoutSpaces = text.replace(/\s/g, '')
  const narrow = withoutSpaces.replace(/[０-９]/g, (digit) =>
    String.fromCharCode(digit.charCodeAt(0) - 0xfee0),
  )
  if (!isDigits(narrow)) return 'INVALID_PAYMENT_CODE'
  return narrow === withoutSpaces ? 'CODE_HAS_SPACES' : 'CODE_FULL_WIDTH'
}

/**
 * Why digits of no known issuer are refused. Goods come first: one EAN-13 in ten also passes the
 * check of card numbers, and a cashier who scans a can of beans must not be told of cards.
 */
export function refuseDigits(digits: string): ErrorCode {
  if (isGoodsBarcode(digits)) return 'CODE_IS_GOODS_BARCODE'
  if (isCardNumber(digits)) return 'CODE_IS_CARD_NUMBER'
  return 'CODE_UNKNOWN_ISSUER'
}

/** EAN-8, UPC-A, EAN-13 or GTIN-14 with the right check digit. Source: GS1 General Specifications §7.9. */
export function isGoodsBarcode(digits: string): boolean {
  if (![8, 12, 13, 14].includes(digits.length)) return false
  let sum = 0
  for (let fromRight = 0; fromRight < digits.length; fromRight += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - fromRight) - 48
    sum += fromRight % 2 === 1 ? 3 * digit : digit
  }
  return sum % 10 === 0
}

/** Whether the digits could be a bank card's number: 13 to 19 and Luhn. Source: ISO/IEC 7812-1. */
export function isCardNumber(digits: string): boolean {
  if (digits.length < 13 || digits.length > 19) return false
  let sum = 0
  for (let fromRight = 0; fromRight < digits.length; fromRight += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - fromRight) - 48
    const doubled = digit * 2
    sum += fromRight % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}
