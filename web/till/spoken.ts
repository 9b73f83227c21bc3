import { decimalsOf, isCurrency } from '../../modules/money/money.ts'
import type { Language } from '../ui/i18n.tsx'

const digits = '零一二三四五六七八九'
const places = ['', '十', '百', '千']

/**
 * An amount as it is said aloud: 8 850 fen is "八十八元五角", or "88.50 yuan" in English. A currency
 * that has no spoken form here is said as its code.
 */
export function spokenAmount(amountMinor: bigint, currency: string, language: Language): string {
  const decimals = isCurrency(currency) ? decimalsOf(currency) : 2
  const whole = amountMinor / 10n ** BigInt(decimals)
  const fraction = (amountMinor % 10n ** BigInt(decimals)).toString().padStart(decimals, '0')
  if (language === 'en') {
    const unit = currency === 'CNY' ? 'yuan' : currency
    return `${whole}${decimals > 0 && Number(fraction) > 0 ? `.${fraction}` : ''} ${unit}`
  }
  if (currency !== 'CNY') return `${chineseNumber(whole)}点${fraction} ${currency}`
  return spokenYuan(whole, Number(fraction[0]), Number(fraction[1]))
}

function spokenYuan(yuan: bigint, jiao: number, fen: number): string {
  const tail = `${jiao > 0 ? `${digits[jiao]}角` : ''}${fen > 0 ? `${digits[fen]}分` : ''}`
  if (yuan === 0n) return tail || '零元'
  const gap = jiao === 0 && fen > 0 ? '零' : ''
  return `${chineseNumber(yuan)}元${gap}${tail}`
}

/** A whole number in Chinese: 10 is 十, 1 005 is 一千零五, 120 000 is 十二万. */
export function chineseNumber(value: bigint): string {
  if (value === 0n) return '零'
  let text = ''
  let isSkipped = false
  for (const [unit, size] of [
    ['亿', 100_000_000n],
    ['万', 10_000n],
    ['', 1n],
  ] as const) {
    const section = Number((value / size) % 10_000n)
    const hasGap = text !== '' && (isSkipped || section < 1_000)
    isSkipped = section === 0
    if (section > 0) text += `${hasGap ? '零' : ''}${chineseSection(section)}${unit}`
  }
  return text.replace(/^一十/, '十')
}

function chineseSection(section: number): string {
  const written = String(section)
  const named = [...written].map((digit, i) =>
    digit === '0' ? '零' : `${digits[Number(digit)]}${places[written.length - 1 - i]}`,
  )
  return named.join('').replace(/零+/g, '零').replace(/零$/, '')
}
