import { assert } from '../lib/assert.ts'

// Widths of bar, space, bar, … in modules for the values 0 to 105, and the stop character last.
// Source: ISO/IEC 15417, table 1.
const widths = `
  212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132
  122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212
  322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311
  112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321
  331121 312113 312311 332111 314111 221411 431111 111224 111422 121124 121421 141122 141221 112214
  112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212
  124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 114311 411113
  411311 113141 114131 311141 411131 211412 211214 211232 2331112`
  .trim()
  .split(/\s+/)

const TO_SET_B = 100
const START_B = 104
const START_C = 105
const STOP = 106

/**
 * The symbol characters of a Code 128 barcode for digits: start, content, check and stop. Two
 * digits make one character of set C; an odd last digit is written in set B.
 *
 * @throws AssertionError when the text is not one digit or more
 */
export function code128Values(digits: string): number[] {
  assert(/^\d+$/.test(digits), 'a barcode of digits has digits')
  const pairs = digits.match(/\d\d/g) ?? []
  const odd = digits.length % 2 === 1 ? [digits.charCodeAt(digits.length - 1) - 32] : []
  const start = pairs.length > 0 ? START_C : START_B
  const toSetB = pairs.length > 0 && odd.length > 0 ? [TO_SET_B] : []
  const content = [...pairs.map(Number), ...toSetB, ...odd]
  const sum = content.reduce((total, value, place) => total + value * (place + 1), start)
  return [start, ...content, sum % 103, STOP]
}

/**
 * The modules of a Code 128 barcode from left to right, true where a bar is; 18 digits make 134.
 * Whoever draws it leaves ten modules white on either side.
 *
 * @throws AssertionError when the text is not one digit or more
 */
export function code128Modules(digits: string): boolean[] {
  return code128Values(digits).flatMap((value) =>
    [...widths[value]!].flatMap((width, place) =>
      Array.from({ length: Number(width) }, () => place % 2 === 0),
    ),
  )
}
