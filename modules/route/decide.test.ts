import fc from 'fast-check'
import { expect, test } from 'vitest'

import {
  alipay,
  candidate,
  environment,
  preference,
  promotion,
  quota,
  situation,
} from '../../test/route-rules.ts'
import {
  anything,
  anywhere,
  compileRules,
  decideRoute,
  neededCounters,
  quotaKey,
  reasonCodes,
  reasonWords,
  type Candidate,
  type Decision,
  type RouteReason,
  type RouteRule,
  type Situation,
} from './route.ts'

type Asked = {
  rules?: RouteRule[]
  candidates?: Candidate[]
  at?: Partial<Situation>
  used?: Record<string, bigint>
}

const decide = ({ rules = [], candidates = [candidate(), alipay()], at, used = {} }: Asked) =>
  decideRoute(compileRules(rules), situation(at), candidates, new Map(Object.entries(used)))

const winnerOf = (asked: Asked) => decide(asked).winner?.candidate.road ?? null
const onWechat = { ...anything, channels: ['wechat'] }
const onAlipay = { ...anything, channels: ['alipay'] }
const spent = (minor: bigint, subject = 'rte_1', period = 'all') => ({
  [quotaKey(subject, period)]: minor,
})
const dayOf = (subject: string, minor: bigint) => spent(minor, subject, '2026-11-23')

test('the first thing in which candidates differ decides, and says so', () => {
  const wechatDay = quota({ of: { kind: 'channel_account', id: 'cha_w' }, perDayMinor: 50_000n })
  const alipayDay = quota(
    { of: { kind: 'channel_account', id: 'cha_a' }, perDayMinor: 60_000n },
    { id: 'rte_2' },
  )
  const late = alipay({ sourceRank: 1 })
  const table: [what: string, Asked, winner: string | null, reason: string][] = [
    ['discount', { rules: [promotion({ on: onWechat })] }, 'cha_w', 'chosen_discount'],
    [
      'the larger discount',
      {
        rules: [
          promotion({ on: onWechat }),
          promotion(
            { on: onAlipay, offer: { kind: 'amount_off', amountMinor: 301n } },
            { id: 'rte_2' },
          ),
        ],
      },
      ...(['cha_a', 'chosen_discount'] as const),
    ],
    [
      'a discount goes before the environment and the payer’s order',
      {
        rules: [promotion({ on: onAlipay }), environment({ on: onWechat }, { id: 'rte_2' })],
        candidates: [candidate(), late],
      },
      ...(['cha_a', 'chosen_discount'] as const),
    ],
    ['environment', { rules: [environment({ on: onWechat })] }, 'cha_w', 'chosen_environment'],
    [
      'the environment goes before the payer’s order',
      { rules: [environment({ on: onAlipay })], candidates: [candidate(), late] },
      ...(['cha_a', 'chosen_environment'] as const),
    ],
    [
      'weights of the environment add up',
      {
        rules: [
          environment({ on: onWechat, weight: 3 }),
          environment({ on: onAlipay, weight: 2 }, { id: 'rte_2' }),
          environment({ on: onAlipay, weight: 2 }, { id: 'rte_3' }),
        ],
      },
      ...(['cha_a', 'chosen_environment'] as const),
    ],
    ['payer’s order', { candidates: [candidate(), late] }, 'cha_w', 'chosen_payer_order'],
    [
      'the payer’s order goes before the merchant’s',
      { rules: [preference(['cha_a'])], candidates: [candidate(), late] },
      ...(['cha_w', 'chosen_payer_order'] as const),
    ],
    ['an order of roads', { rules: [preference(['cha_w'])] }, 'cha_w', 'chosen_preference'],
    ['an order of channels', { rules: [preference(['wechat'])] }, 'cha_w', 'chosen_preference'],
    [
      'the merchant’s own order goes before the newer one for all',
      {
        rules: [
          preference(['alipay'], { id: 'rte_2' }),
          preference(['wechat'], { id: 'rte_1', merchantId: 'mch_1' }),
        ],
      },
      ...(['cha_w', 'chosen_preference'] as const),
    ],
    [
      'of two orders for all the newer counts',
      { rules: [preference(['wechat'], { id: 'rte_2' }), preference(['alipay'])] },
      ...(['cha_w', 'chosen_preference'] as const),
    ],
    ['the larger quota', { rules: [wechatDay, alipayDay] }, 'cha_a', 'chosen_quota'],
    [
      'the larger quota of those left',
      { rules: [wechatDay, alipayDay], used: dayOf('cha_a', 10_001n) },
      ...(['cha_w', 'chosen_quota'] as const),
    ],
    ['no quota is the largest', { rules: [wechatDay] }, 'cha_a', 'chosen_quota'],
    [
      'the lower cost',
      { candidates: [candidate(), alipay({ costBps: 39 })] },
      'cha_w',
      'chosen_cost',
    ],
    ['nothing: the first by its id', {}, 'cha_a', 'chosen_tie'],
    ['the only one', { candidates: [candidate()] }, 'cha_w', 'chosen_only'],
    [
      'the only healthy one',
      { candidates: [candidate(), alipay({ isHealthy: false })] },
      'cha_w',
      'chosen_only',
    ],
  ]
  for (const [what, asked, winner, reason] of table) {
    const decision = decide(asked)
    expect([decision.winner?.candidate.road, decision.winner?.reasons[0]?.code], what).toEqual([
      winner,
      reason,
    ])
    expect(decision.candidates.filter(({ isWinner }) => isWinner)).toHaveLength(1)
    expect(decision.candidates[0]).toMatchObject({ road: winner, isWinner: true })
  }
})

test('what cannot go is left out for one reason, in this order of reasons', () => {
  const of = { kind: 'channel_account', id: 'cha_w' } as const
  const perPayment = quota({ of, perPaymentMinor: 9_999n })
  const perDay = quota({ of, perDayMinor: 20_000n })
  const perMonth = quota({ of, perMonthMinor: 30_000n })
  const forbids = environment({ effect: 'exclude', on: onWechat }, { id: 'rte_0' })
  const table: [what: string, Asked, excludedBy: string | null][] = [
    ['nothing', {}, null],
    ['ill', { candidates: [candidate({ isHealthy: false })] }, 'channel_ill'],
    [
      'ill and forbidden',
      { candidates: [candidate({ isHealthy: false })], rules: [forbids] },
      'channel_ill',
    ],
    ['forbidden', { rules: [forbids] }, 'excluded_by_rule'],
    ['forbidden and over', { rules: [forbids, perPayment] }, 'excluded_by_rule'],
    ['over one payment', { rules: [perPayment] }, 'over_payment_quota'],
    ['just not over one payment', { rules: [perPayment], at: { amountMinor: 9_999n } }, null],
    ['over the day', { rules: [perDay], used: dayOf('cha_w', 10_001n) }, 'over_day_quota'],
    ['just fits the day', { rules: [perDay], used: dayOf('cha_w', 10_000n) }, null],
    [
      'yesterday does not count',
      { rules: [perDay], used: spent(20_000n, 'cha_w', '2026-11-22') },
      null,
    ],
    [
      'over the month',
      { rules: [perMonth], used: spent(20_001n, 'cha_w', '2026-11') },
      'over_month_quota',
    ],
    ['just fits the month', { rules: [perMonth], used: spent(20_000n, 'cha_w', '2026-11') }, null],
    ['another account’s quota', { rules: [perDay], used: dayOf('cha_a', 20_000n) }, null],
    [
      'what is taken off counts no quota',
      { rules: [perPayment, promotion({}, { id: 'rte_2' })] },
      null,
    ],
  ]
  for (const [what, { candidates = [candidate()], ...asked }, excludedBy] of table) {
    const {
      candidates: [only],
    } = decide({ ...asked, candidates })
    expect(only?.excludedBy?.code ?? null, what).toBe(excludedBy)
    expect(only?.score, what).toBe(excludedBy === null ? 1 : 0)
  }
})

test('a rule holds by its merchant, its time, its currency and its conditions', () => {
  const rule = (given: object, when: object = {}) =>
    promotion({ when: { ...anywhere, ...when } }, given)
  const area = { latitude: 31.24, longitude: 121.49, radiusM: 500 }
  const from = new Date('2026-11-23T10:30:00Z')
  const table: [what: string, RouteRule, holds: boolean][] = [
    ['for all', rule({}), true],
    ['its own merchant', rule({ merchantId: 'mch_1' }), true],
    ['another merchant', rule({ merchantId: 'mch_2' }), false],
    ['another currency', rule({ currency: 'USD' }), false],
    ['from this moment', rule({ validFrom: from }), true],
    ['from a moment later', rule({ validFrom: new Date(from.getTime() + 1) }), false],
    ['until this moment', rule({ validUntil: from }), false],
    ['until a moment later', rule({ validUntil: new Date(from.getTime() + 1) }), true],
    ['its category', rule({}, { categories: ['5812', '5411'] }), true],
    ['another category', rule({}, { categories: ['5812'] }), false],
    ['its store', rule({}, { storeIds: ['str_1'] }), true],
    ['another store', rule({}, { storeIds: ['str_2'] }), false],
    ['its kind of store', rule({}, { storeKinds: ['small_store'] }), true],
    ['another kind of store', rule({}, { storeKinds: ['supermarket'] }), false],
    ['its weekday', rule({}, { weekdays: [1, 2] }), true],
    ['another weekday', rule({}, { weekdays: [7] }), false],
    ['its hours', rule({}, { hours: [{ fromMinute: 18 * 60 + 30, untilMinute: 19 * 60 }] }), true],
    [
      'hours that end now',
      rule({}, { hours: [{ fromMinute: 0, untilMinute: 18 * 60 + 30 }] }),
      false,
    ],
    ['in the area', rule({}, { areas: [area] }), true],
    ['in another area', rule({}, { areas: [{ ...area, latitude: 31.3 }] }), false],
    ['one condition of two', rule({}, { areas: [area], weekdays: [7] }), false],
  ]
  for (const [what, one, holds] of table) {
    expect(decide({ rules: [one] }).winner?.promotionId, what).toBe(holds ? 'rte_1' : null)
  }
})

test('a rule is about the candidates that its target names', () => {
  const source = { sourceId: 'src_1', sourceKind: 'card', sourceLabel: '储蓄卡' }
  const table: [what: string, target: object, one: Candidate, isOn: boolean][] = [
    ['everything', {}, candidate(), true],
    ['its channel', { channels: ['wechat'] }, candidate(), true],
    ['another channel', { channels: ['alipay'] }, candidate(), false],
    ['its account', { roads: ['cha_x', 'cha_w'] }, candidate(), true],
    ['another account', { roads: ['cha_x'] }, candidate(), false],
    ['its scheme', { schemes: ['wechat'] }, candidate(), true],
    ['another scheme', { schemes: ['onetill'] }, candidate(), false],
    ['its kind of source', { sourceKinds: ['card'] }, candidate(source), true],
    ['another kind of source', { sourceKinds: ['balance'] }, candidate(source), false],
    ['a kind of source, and none', { sourceKinds: ['card'] }, candidate(), false],
    ['channel and account', { channels: ['wechat'], roads: ['cha_x'] }, candidate(), false],
    ['our own books', { channels: ['book'] }, candidate({ road: 'book', channel: 'book' }), true],
  ]
  for (const [what, target, one, isOn] of table) {
    const rules = [promotion({ on: { ...anything, ...target } })]
    expect(decide({ rules, candidates: [one] }).winner?.discountMinor, what).toBe(isOn ? 300n : 0n)
  }
})

test('a promotion gives from its minimum on, and while its whole discount is in the budget', () => {
  const rules = [promotion({ budgetMinor: 1_000n })]
  const table: [what: string, Asked, discount: bigint, reason: string | undefined][] = [
    ['at the minimum', { at: { amountMinor: 5_000n } }, 300n, undefined],
    ['below the minimum', { at: { amountMinor: 4_999n } }, 0n, 'promotion_minimum'],
    ['the last of the budget', { used: spent(700n) }, 300n, undefined],
    ['a fen too little left', { used: spent(701n) }, 0n, 'promotion_spent'],
  ]
  for (const [what, asked, discountMinor, reason] of table) {
    const { winner } = decide({ rules, candidates: [candidate()], ...asked })
    expect(winner?.discountMinor, what).toBe(discountMinor)
    expect(winner?.reasons.at(-1)?.code, what).toBe(reason ?? 'chosen_only')
    expect(winner?.funding, what).toEqual(
      discountMinor > 0n ? [{ by: 'institution', bps: 10_000 }] : [],
    )
  }
})

test('when the budget of the best promotion is spent the next best one gives', () => {
  const rules = [
    promotion({ offer: { kind: 'amount_off', amountMinor: 500n }, budgetMinor: 800n }),
    promotion({}, { id: 'rte_2' }),
  ]
  expect(decide({ rules }).winner).toMatchObject({ promotionId: 'rte_1', discountMinor: 500n })
  const later = decide({ rules, used: spent(500n) })
  expect(later.winner).toMatchObject({ promotionId: 'rte_2', discountMinor: 300n, uses: [] })
})

test('what a payment takes of quotas and budgets is told with the limits', () => {
  const source = { sourceId: 'src_1', sourceKind: 'linked', sourceLabel: '微信' }
  const rules = [
    promotion({ budgetMinor: 1_000n }),
    quota({ of: { kind: 'source', sourceKind: 'linked' }, perDayMinor: 20_000n }, { id: 'rte_2' }),
    quota(
      { of: { kind: 'channel_account', id: 'cha_w' }, perMonthMinor: 90_000n },
      { id: 'rte_3' },
    ),
    quota(
      { of: { kind: 'scheme', scheme: 'wechat' }, perDayMinor: 80_000n },
      { id: 'rte_4', merchantId: 'mch_1' },
    ),
    // The same counter again, with a lower limit: it counts once, against the lower one.
    quota(
      { of: { kind: 'channel_account', id: 'cha_w' }, perMonthMinor: 70_000n },
      { id: 'rte_5' },
    ),
  ]
  const candidates = [candidate(source)]
  const uses = [
    { subject: 'rte_1', period: 'all', amountMinor: 300n, limitMinor: 1_000n },
    { subject: 'src_1', period: '2026-11-23', amountMinor: 9_700n, limitMinor: 20_000n },
    { subject: 'cha_w', period: '2026-11', amountMinor: 9_700n, limitMinor: 70_000n },
    {
      ...{ subject: 'scheme:wechat@mch_1', period: '2026-11-23' },
      ...{ amountMinor: 9_700n, limitMinor: 80_000n },
    },
  ]
  expect(decide({ rules, candidates }).winner?.uses).toEqual(uses)
  const needed = neededCounters(compileRules(rules), situation(), candidates)
  const byKey = (list: readonly { subject: string; period: string }[]) =>
    list.map(({ subject, period }) => quotaKey(subject, period)).toSorted()
  expect(byKey(needed)).toEqual(byKey(uses))
})

test('when nothing is left there is no winner, and each candidate says why in both languages', () => {
  const rules = [
    environment({ effect: 'exclude', on: onAlipay }, { name: '校园', nameEn: 'Campus' }),
    quota(
      { of: { kind: 'scheme', scheme: 'unionpay' }, perDayMinor: 10_000n },
      { id: 'rte_2', name: '银联日限', nameEn: 'UnionPay day' },
    ),
  ]
  const unionpay = candidate({
    ...{ road: 'cha_u', channel: 'unionpay', scheme: 'unionpay', name: '银联', nameEn: 'UnionPay' },
  })
  const decision = decide({
    rules,
    candidates: [unionpay, candidate({ isHealthy: false }), alipay()],
    used: dayOf('scheme:unionpay', 9_000n),
  })
  expect(decision.winner).toBeNull()
  const said = decision.candidates.map(({ road, excludedBy, score }) => {
    const { zh, en } = reasonWords(excludedBy!)
    return [road, score, zh, en]
  })
  expect(said).toEqual([
    ['cha_a', 0, '规则“校园”不允许', 'Not allowed by the rule “Campus”'],
    [
      'cha_u',
      0,
      '当日剩余额度只有 10.00 元（银联日限）',
      'Only 10.00 yuan is left for the day (UnionPay day)',
    ],
    ['cha_w', 0, '微信支付的通道暂不可用', 'The channel of WeChat Pay does not answer now'],
  ])
  expect(decide({ candidates: [] })).toEqual({ winner: null, candidates: [] })
})

test('a discount is told as people say it', () => {
  const rules = [promotion({ on: onWechat })]
  const { winner, candidates } = decide({ rules })
  const words = [winner?.reasons[0], candidates[1]?.reasons[0]].map((one) => reasonWords(one!))
  expect(words).toEqual([
    { zh: '选用微信支付：立减 3.00 元', en: 'WeChat Pay chosen: 3.00 yuan off' },
    { zh: '微信支付的优惠更多', en: 'WeChat Pay takes more off' },
  ])
  expect(reasonWords({ code: 'from_elsewhere' })).toEqual({
    zh: 'from_elsewhere',
    en: 'from_elsewhere',
  })
})

test('the scores count down from the winner, and what was excluded has none', () => {
  const candidates = [
    candidate({ road: 'cha_1', costBps: 20 }),
    candidate({ road: 'cha_2', costBps: 10 }),
    candidate({ road: 'cha_3', isHealthy: false }),
    candidate({ road: 'cha_4', costBps: 30 }),
  ]
  const scores = decide({ candidates }).candidates.map(({ road, score }) => [road, score])
  expect(scores).toEqual([
    ['cha_2', 3],
    ['cha_1', 2],
    ['cha_4', 1],
    ['cha_3', 0],
  ])
})

const channels = ['wechat', 'alipay', 'unionpay']
const anyTarget = fc.record({
  channels: fc.subarray(channels, { maxLength: 2 }),
  roads: fc.subarray(['cha_1', 'cha_2', 'cha_3'], { maxLength: 1 }),
  schemes: fc.constant([]),
  sourceKinds: fc.subarray(['card', 'linked'], { maxLength: 1 }),
})
const anyWhen = fc.record({
  ...{ storeIds: fc.subarray(['str_1', 'str_2'], { maxLength: 1 }), areas: fc.constant([]) },
  ...{ categories: fc.subarray(['5411', '5812']), storeKinds: fc.subarray(['small_store']) },
  ...{ weekdays: fc.subarray([1, 7]), hours: fc.constant([]) },
})
const limit = fc.option(fc.bigInt({ min: 5_000n, max: 40_000n }))
const anyRule: fc.Arbitrary<RouteRule> = fc.oneof(
  fc
    .record({
      offer: fc.oneof(
        fc.record({
          kind: fc.constant('amount_off' as const),
          amountMinor: fc.bigInt({ min: 1n, max: 400n }),
        }),
        fc.record({
          kind: fc.constant('percent' as const),
          bps: fc.integer({ min: 1, max: 9_999 }),
          capMinor: limit,
        }),
      ),
      budgetMinor: limit,
      on: anyTarget,
      when: anyWhen,
    })
    .map((terms) => promotion(terms)),
  fc
    .record({
      of: fc.oneof(
        fc.constantFrom('cha_1', 'cha_2').map((id) => ({ kind: 'channel_account' as const, id })),
        fc.constantFrom(...channels).map((scheme) => ({ kind: 'scheme' as const, scheme })),
        fc
          .constantFrom('card', 'linked')
          .map((sourceKind) => ({ kind: 'source' as const, sourceKind })),
      ),
      ...{ perPaymentMinor: limit, perDayMinor: limit, perMonthMinor: limit },
    })
    .map((terms) => quota(terms)),
  fc
    .record({
      effect: fc.constantFrom('prefer' as const, 'exclude' as const),
      ...{ weight: fc.integer({ min: 1, max: 3 }), on: anyTarget, when: anyWhen },
    })
    .map((terms) => environment(terms)),
  fc.shuffledSubarray([...channels, 'cha_1', 'cha_2']).map((order) => preference(order)),
)
const anyRules = fc
  .array(fc.tuple(anyRule, fc.constantFrom(null, 'mch_1', 'mch_2')), { maxLength: 12 })
  .map((rules) =>
    rules.map(
      ([rule, merchantId], at) => ({ ...rule, merchantId, id: `rte_${at + 10}` }) as RouteRule,
    ),
  )
const anyCandidates = fc.uniqueArray(
  fc.record({
    road: fc.constantFrom('cha_1', 'cha_2', 'cha_3', 'cha_4'),
    channel: fc.constantFrom(...channels),
    sourceId: fc.option(fc.constantFrom('src_1', 'src_2')),
    sourceKind: fc.constantFrom(null, 'card', 'linked'),
    ...{ sourceRank: fc.integer({ min: 0, max: 1 }), costBps: fc.integer({ min: 0, max: 1 }) },
    isHealthy: fc.boolean(),
  }),
  { maxLength: 6, selector: ({ road, sourceId }) => `${road} ${sourceId}` },
)
const anyQuestion = fc
  .record({
    rules: anyRules,
    candidates: anyCandidates.map((list) =>
      list.map((one) => candidate({ ...one, scheme: one.channel })),
    ),
    usedMinor: fc.bigInt({ min: 0n, max: 20_000n }),
  })
  .chain((question) =>
    fc.record({
      question: fc.constant(question),
      rules: fc.shuffledSubarray(question.rules, { minLength: question.rules.length }),
      candidates: fc.shuffledSubarray(question.candidates, {
        minLength: question.candidates.length,
      }),
    }),
  )

const ask = (rules: RouteRule[], candidates: Candidate[], usedMinor: bigint): Decision => {
  const compiled = compileRules(rules)
  const needed = neededCounters(compiled, situation(), candidates)
  const used = new Map(needed.map((one) => [quotaKey(one.subject, one.period), usedMinor]))
  return decideRoute(compiled, situation(), candidates, used)
}

test('the same question has the same answer, in whatever order rules and candidates come', () => {
  fc.assert(
    fc.property(anyQuestion, ({ question, rules, candidates }) => {
      const first = ask(question.rules, question.candidates, question.usedMinor)
      const again = ask(rules, candidates, question.usedMinor)
      expect(again.candidates).toEqual(first.candidates)
      const sorted = ({ winner }: Decision) =>
        winner && {
          ...winner,
          uses: winner.uses.toSorted((a, b) =>
            quotaKey(a.subject, a.period) < quotaKey(b.subject, b.period) ? -1 : 1,
          ),
        }
      expect(sorted(again)).toEqual(sorted(first))
    }),
    { numRuns: 2_000 },
  )
})

test('no answer takes more than there is, and each of its counters was asked for', () => {
  fc.assert(
    fc.property(anyQuestion, ({ question: { rules, candidates, usedMinor } }) => {
      const { winner, candidates: considered } = ask(rules, candidates, usedMinor)
      expect(considered).toHaveLength(candidates.length)
      const needed = neededCounters(compileRules(rules), situation(), candidates)
      const keys = new Set(needed.map(({ subject, period }) => quotaKey(subject, period)))
      for (const { subject, period, amountMinor, limitMinor } of winner?.uses ?? []) {
        expect(keys.has(quotaKey(subject, period))).toBe(true)
        expect(usedMinor + amountMinor <= limitMinor && amountMinor > 0n).toBe(true)
      }
      if (!winner) {
        expect(considered.every(({ excludedBy }) => excludedBy !== null)).toBe(true)
        return
      }
      expect(winner.discountMinor >= 0n && winner.discountMinor < 10_000n).toBe(true)
      const codes = [...winner.reasons, ...considered.flatMap(({ reasons }) => reasons)]
      expect(codes.every(isSaidInFull)).toBe(true)
    }),
    { numRuns: 2_000 },
  )
})

/** Whether a reason is known and has no blank left in either language. */
function isSaidInFull(reason: RouteReason): boolean {
  const { zh, en } = reasonWords(reason)
  return reasonCodes.includes(reason.code) && !/[{}]| $|“”/.test(zh + en)
}

test('a decision among many looks at the same rules as one without an index would', () => {
  const rules = [
    promotion({ when: { ...anywhere, storeIds: ['str_1', 'str_9'] }, on: onWechat }),
    environment({ effect: 'exclude', on: onAlipay }, { id: 'rte_2', merchantId: 'mch_1' }),
  ]
  const decoys = Array.from({ length: 500 }, (_none, at) =>
    promotion(
      { offer: { kind: 'amount_off', amountMinor: 4_000n } },
      { id: `rte_x${at}`, merchantId: `mch_x${at}` },
    ),
  )
  const decision = decide({ rules: [...decoys, ...rules] })
  expect(decision).toEqual(decide({ rules }))
  expect(winnerOf({ rules })).toBe('cha_w')
})
