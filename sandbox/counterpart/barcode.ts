import { toString as drawQr } from 'qrcode'

import { assert } from '../../modules/lib/assert.ts'

// The widths of bars and spaces of the values 0 to 105, then of the stop. Source: ISO/IEC 15417,
// table 1.
const widths = (
  '212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 ' +
  '122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 ' +
  '321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 ' +
  '211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 ' +
  '213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 ' +
  '121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 ' +
  '241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 ' +
  '412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 ' +
  '211214 211232 2331112'
).split(' ')

const START_C = 105
const TO_SET_B = 100
const STOP = 106
const QUIET_MODULES = 10

/**
 * The symbol values of digits in Code 128: pairs in set C; the last of an odd number in set B.
 * Start, check and stop are included.
 */
export function code128Values(digits: string): number[] {
  assert(/^\d{2,}$/.test(digits), 'two digits at least, and nothing but digits')
  const pairs = digits.match(/\d\d/g)!.map(Number)
  const last = digits.length % 2 === 1 ? [TO_SET_B, digits.charCodeAt(digits.length - 1) - 32] : []
  const values = [...pairs, ...last]
  const sum = values.reduce((total, value, at) => total + value * (at + 1), START_C)
  return [START_C, ...values, sum % 103, STOP]
}

/** Digits as a Code 128 bar code: an SVG of its own, with the quiet zones it needs. */
export function code128Svg(digits: string): string {
  const modules = code128Values(digits)
    .map((value) => widths[value]!)
    .join('')
  let left = QUIET_MODULES
  let bars = ''
  for (const [at, width] of [...modules].entries()) {
    if (at % 2 === 0) bars += `M${left} 0h${width}v60h-${width}z`
    left += Number(width)
  }
  const box = `viewBox="0 0 ${left + QUIET_MODULES} 60" preserveAspectRatio="none"`
  return `<svg xmlns="http://www.w3.org/2000/svg" ${box} shape-rendering="crispEdges" role="img" aria-label="Code 128"><rect width="100%" height="100%" fill="#fff"/><path d="${bars}" fill="#000"/></svg>`
}

/** A text as a QR code, level M with a quiet zone of four modules: an SVG of its own. */
export function qrSvg(text: string): Promise<string> {
  return drawQr(text, { type: 'svg', errorCorrectionLevel: 'M', margin: 4 })
}
