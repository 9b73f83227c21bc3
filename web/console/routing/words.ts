import { schemeText } from '../../ui/scheme.tsx'
import { moneyText } from '../../ui/money.tsx'
import type { NameOf } from '../names.ts'
import type { Text } from '../text.ts'
import type { RouteRule, RuleOn, RuleWhen } from '../types.ts'

export type Names = {
  store: NameOf
  account: NameOf
  word: (group: string, word: string) => string
}
type Say = { t: Text; names: Names }

/** What a rule says, as short sentences; the first is what it does, the others when and for whom. */
export function ruleWords(rule: RouteRule, say: Say): string[] {
  const { promotion, quota, environment, preference } = rule
  if (promotion) {
    return [offerWords(rule, say), ...onWords(promotion.on, say), ...whenWords(promotion.when, say)]
  }
  if (quota) return [quotaWords(rule, say)]
  if (environment) {
    const { effect, on, when, weight } = environment
    const does = say.t(`routing.effect_${effect}`, { what: onWords(on, say).join(' · ') })
    const strength =
      effect === 'prefer' && weight > 1 ? [say.t('routing.weight_n', { weight })] : []
    return [does, ...strength, ...whenWords(when, say)]
  }
  if (preference) {
    const order = preference.order.map((road) => roadWord(road, say)).join(' → ')
    return [say.t('routing.order_words', { order }), ...whenWords(preference.when, say)]
  }
  return []
}

function offerWords({ promotion, currency }: RouteRule, { t }: Say): string {
  if (!promotion) return ''
  const { amount_off, percent_bps = 0, cap, minimum } = promotion
  const from = moneyText(minimum, currency)
  if (amount_off !== undefined) {
    return t('routing.offer_amount', { from, off: moneyText(amount_off, currency) })
  }
  const percent = `${percent_bps / 100}%`
  return cap === undefined
    ? t('routing.offer_percent', { from, percent })
    : t('routing.offer_percent_cap', { from, percent, cap: moneyText(cap, currency) })
}

function quotaWords({ quota, currency }: RouteRule, say: Say): string {
  const { t, names } = say
  if (!quota) return ''
  const { scheme, channel_account: account, source_kind: source } = quota
  const of = scheme
    ? schemeText(scheme)
    : account
      ? roadWord(account, say)
      : names.word('routing.source_', source ?? '')
  const limits = (['per_payment', 'per_day', 'per_month'] as const).flatMap((name) => {
    const limit = quota[name]
    return limit === undefined
      ? []
      : [t(`routing.${name}_words`, { limit: moneyText(limit, currency) })]
  })
  return t('routing.quota_words', { of, limits: limits.join(' · ') })
}

/** Which sources and roads a rule is about; nothing when it is about all of them. */
export function onWords(on: RuleOn | undefined, say: Say): string[] {
  const { names } = say
  const all = [
    ...(on?.schemes ?? []).map((scheme) => schemeText(scheme)),
    ...(on?.channels ?? []).map((channel) => schemeText(channel)),
    ...(on?.channel_accounts ?? []).map((road) => roadWord(road, say)),
    ...(on?.source_kinds ?? []).map((kind) => names.word('routing.source_', kind)),
  ]
  return all.length > 0 ? [all.join(' · ')] : []
}

const roadWord = (road: string, { names }: Say): string =>
  road.startsWith('cha_') ? names.account(road) : schemeText(road)

/** Where and when a rule holds. */
export function whenWords(when: RuleWhen | undefined, { t, names }: Say): string[] {
  if (!when) return []
  const list = (items: string[]): string[] => (items.length > 0 ? [items.join(' · ')] : [])
  return [
    ...list((when.stores ?? []).map(names.store)),
    ...list((when.categories ?? []).map((category) => t('routing.category_n', { category }))),
    ...list((when.store_kinds ?? []).map((kind) => names.word('stores.kind_', kind))),
    ...(when.areas ?? []).map(({ latitude, longitude, radius_m: metres }) =>
      t('routing.area_words', {
        at: `${latitude.toFixed(4)}, ${longitude.toFixed(4)}`,
        metres,
      }),
    ),
    ...list((when.weekdays ?? []).map((day) => names.word('routing.weekday_', String(day)))),
    ...list((when.hours ?? []).map(({ from, until }) => `${from} – ${until}`)),
  ]
}
