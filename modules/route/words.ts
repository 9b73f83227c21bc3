import { formatDecimal, isCurrency } from '../money/money.ts'
import type { RuleOf } from './rule.ts'

/** Why a candidate was chosen, came later or was left out. Kept with the payment, as data. */
export type RouteReason = { code: string; params?: Record<string, string> }

type Words = { zh: string; en: string }

// `{off}` and its like are amounts with their unit, in the reader's language.
const words: Readonly<Record<string, Words>> = {
  chosen_discount: { zh: '选用{name}：立减 {off}', en: '{name} chosen: {off} off' },
  chosen_environment: {
    zh: '选用{name}：此场所优先',
    en: '{name} chosen: preferred at this place and time',
  },
  chosen_payer_order: {
    zh: '选用{name}：在付款人的顺序中靠前',
    en: '{name} chosen: it comes first in the payer’s own order',
  },
  chosen_preference: {
    zh: '选用{name}：商户设定的优先通道',
    en: '{name} chosen: it comes first in the order set for this merchant',
  },
  chosen_quota: { zh: '选用{name}：剩余额度最多', en: '{name} chosen: the most quota is left' },
  chosen_cost: { zh: '选用{name}：费率最低', en: '{name} chosen: the lowest cost' },
  chosen_only: { zh: '选用{name}：唯一可用的通道', en: '{name} chosen: the only way open' },
  chosen_tie: {
    zh: '选用{name}：条件相同，按编号取第一个',
    en: '{name} chosen: all else is equal, and it is the first by its id',
  },
  behind_discount: { zh: '{name}的优惠更多', en: '{name} takes more off' },
  behind_environment: {
    zh: '{name}在此场所优先',
    en: '{name} is preferred at this place and time',
  },
  behind_payer_order: {
    zh: '{name}在付款人的顺序中更靠前',
    en: '{name} comes earlier in the payer’s own order',
  },
  behind_preference: {
    zh: '{name}在商户设定的顺序中更靠前',
    en: '{name} comes earlier in the order set for this merchant',
  },
  behind_quota: { zh: '{name}的剩余额度更多', en: '{name} has more quota left' },
  behind_cost: { zh: '{name}的费率更低', en: '{name} costs less' },
  behind_tie: {
    zh: '条件与{name}相同，编号在后',
    en: 'All is equal to {name}, which comes first by its id',
  },
  offers_discount: { zh: '可立减 {off}（{rule}）', en: '{off} off ({rule})' },
  promotion_spent: {
    zh: '活动“{rule}”的预算已不足',
    en: 'The budget of “{rule}” is too small for this',
  },
  promotion_minimum: {
    zh: '未达到活动“{rule}”的门槛 {minimum}',
    en: 'Below the {minimum} that “{rule}” begins at',
  },
  channel_ill: { zh: '{name}的通道暂不可用', en: 'The channel of {name} does not answer now' },
  excluded_by_rule: { zh: '规则“{rule}”不允许', en: 'Not allowed by the rule “{rule}”' },
  over_payment_quota: {
    zh: '超过单笔额度 {left}（{rule}）',
    en: 'Over the {left} allowed for one payment ({rule})',
  },
  over_day_quota: {
    zh: '当日剩余额度只有 {left}（{rule}）',
    en: 'Only {left} is left for the day ({rule})',
  },
  over_month_quota: {
    zh: '当月剩余额度只有 {left}（{rule}）',
    en: 'Only {left} is left for the month ({rule})',
  },
}

/** Every reason that this room gives. */
export const reasonCodes: readonly string[] = Object.keys(words)

/**
 * A reason in words for people: "WeChat Pay chosen: 3.00 yuan off". A code that is not known here,
 * as an older payment may hold, stands for itself.
 */
export function reasonWords({ code, params = {} }: RouteReason): Words {
  const template = words[code]
  if (!template) return { zh: code, en: code }
  return { zh: fill(template.zh, params, 'zh'), en: fill(template.en, params, 'en') }
}

function fill(template: string, params: Record<string, string>, language: 'zh' | 'en'): string {
  return template.replace(/\{(\w+)\}/g, (_blank, name: string) => {
    const own = language === 'en' ? params[`${name}_en`] : undefined
    return own ?? withUnit(params[name] ?? '', language)
  })
}

/** `3.00 CNY` as people say it. */
const withUnit = (text: string, language: 'zh' | 'en'): string =>
  text.replace(/^(\d+\.\d\d) CNY$/, language === 'zh' ? '$1 元' : '$1 yuan')

/** The blanks of a candidate's name, in both languages. */
export const nameWords = ({ name, nameEn }: { name: string; nameEn: string }) => ({
  name,
  name_en: nameEn,
})

/** The blanks of a rule: what it is called, and which it is. */
export const ruleWords = ({ id, name, nameEn }: { id: string; name: string; nameEn: string }) => ({
  rule: name,
  rule_en: nameEn,
  rule_id: id,
})

/** The blank of an amount. */
export const amountWords = (
  blank: 'off' | 'left' | 'minimum',
  amountMinor: bigint,
  currency: string,
): Record<string, string> => ({
  [blank]: isCurrency(currency) ? `${formatDecimal(amountMinor, currency)} ${currency}` : '',
})

/** What a promotion gives, in words: "3.00 yuan off from 50.00 yuan". */
export function offerWords({ terms, currency }: RuleOf<'promotion'>): Words {
  const { offer, minimumMinor } = terms
  const say = (amountMinor: bigint, language: 'zh' | 'en') =>
    withUnit(`${formatDecimal(amountMinor, currency)} ${currency}`, language)
  const isAmount = offer.kind === 'amount_off'
  const capMinor = isAmount ? null : offer.capMinor
  const off = (language: 'zh' | 'en') =>
    isAmount ? say(offer.amountMinor, language) : `${offer.bps / 100}%`
  const isFromAny = minimumMinor <= 1n
  const zh = `${isFromAny ? '' : `满 ${say(minimumMinor, 'zh')}`}减 ${off('zh')}`
  const en = `${off('en')} off${isFromAny ? '' : ` from ${say(minimumMinor, 'en')}`}`
  if (capMinor === null) return { zh, en }
  return {
    zh: `${zh}，最多 ${say(capMinor, 'zh')}`,
    en: `${en}, ${say(capMinor, 'en')} at most`,
  }
}
