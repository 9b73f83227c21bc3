import type {
  Candidate,
  EnvironmentTerms,
  PreferenceTerms,
  PromotionTerms,
  QuotaTerms,
  RouteRule,
  RuleOf,
  Situation,
} from '../modules/route/route.ts'
import { anything, anywhere } from '../modules/route/route.ts'

// Rules, candidates and a situation to vary in the tests and the bench of the route.

type Head = Partial<Omit<RouteRule, 'kind' | 'terms'>>

const head = (given: Head) => ({
  ...{ id: 'rte_1', merchantId: null, name: '规则', nameEn: 'Rule', currency: 'CNY' as const },
  ...{ validFrom: new Date('2026-01-01T00:00:00Z'), validUntil: null },
  ...{ createdBy: 'test', createdAt: new Date('2026-01-01T00:00:00Z') },
  ...given,
})

/** 3.00 off from 50.00, on everything, paid by the institution, unless it is said otherwise. */
export const promotion = (
  terms: Partial<PromotionTerms> = {},
  given: Head = {},
): RuleOf<'promotion'> => ({
  ...head({ name: '立减', nameEn: 'Three off', ...given }),
  kind: 'promotion',
  terms: {
    ...{
      offer: { kind: 'amount_off', amountMinor: 300n },
      minimumMinor: 5_000n,
      budgetMinor: null,
    },
    ...{ fundedBy: [{ by: 'institution', bps: 10_000 }], on: anything, when: anywhere },
    ...terms,
  },
})

export const quota = (
  terms: Partial<QuotaTerms> & Pick<QuotaTerms, 'of'>,
  given: Head = {},
): RuleOf<'quota'> => ({
  ...head({ name: '额度', nameEn: 'Quota', ...given }),
  kind: 'quota',
  terms: { perPaymentMinor: null, perDayMinor: null, perMonthMinor: null, ...terms },
})

export const environment = (
  terms: Partial<EnvironmentTerms> = {},
  given: Head = {},
): RuleOf<'environment'> => ({
  ...head({ name: '场所', nameEn: 'Place', ...given }),
  kind: 'environment',
  terms: { effect: 'prefer', weight: 1, on: anything, when: anywhere, ...terms },
})

export const preference = (
  order: readonly string[],
  given: Head = {},
  when: PreferenceTerms['when'] = anywhere,
): RuleOf<'preference'> => ({
  ...head({ name: '顺序', nameEn: 'Order', ...given }),
  kind: 'preference',
  terms: { order, when },
})

/** WeChat Pay by the account `cha_w`, healthy and free, unless it is said otherwise. */
export const candidate = (given: Partial<Candidate> = {}): Candidate => ({
  ...{ road: 'cha_w', channel: 'wechat', scheme: 'wechat', name: '微信支付', nameEn: 'WeChat Pay' },
  ...{ sourceId: null, sourceKind: null, sourceRank: 0, sourceLabel: null, costBps: 38 },
  ...{ isHealthy: true, ...given },
})

export const alipay = (given: Partial<Candidate> = {}): Candidate =>
  candidate({
    ...{ road: 'cha_a', channel: 'alipay', scheme: 'alipay', name: '支付宝', nameEn: 'Alipay' },
    ...given,
  })

/** Monday 2026-11-23, 18:30 in Shanghai, 100.00 yuan in a small store on the Bund. */
export const situation = (given: Partial<Situation> = {}): Situation => ({
  ...{ institutionId: 'ins_test', merchantId: 'mch_1', category: '5411', storeId: 'str_1' },
  ...{ storeKind: 'small_store', storePosition: { latitude: 31.24, longitude: 121.49 } },
  ...{ position: null, scheme: 'wechat', amountMinor: 10_000n, currency: 'CNY' },
  ...{ day: '2026-11-23', month: '2026-11', weekday: 1, minuteOfDay: 18 * 60 + 30 },
  now: new Date('2026-11-23T10:30:00Z'),
  ...given,
})
