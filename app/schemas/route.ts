import { Type, type Static } from 'typebox'

import { AppError } from '../../modules/errors/errors.ts'
import type { Currency } from '../../modules/money/money.ts'
import { storeKinds } from '../../modules/party/party.ts'
import {
  checkRouteRule,
  reasonWords,
  ruleKinds,
  ruleState,
  type Hours,
  type RouteReason,
  type RouteRule,
} from '../../modules/route/route.ts'
import { readTerms, showTerms } from './route-terms.ts'
import { Amount, Body, IdText, LARGEST_SUMMAND, orNull, Text, Time, Words } from './shared.ts'

/** Whom a rule is about. `book` is our own books. */
const channelNames = ['book', 'wechat', 'alipay', 'unionpay', 'bankcard', 'interbank'] as const
const sourceKinds = ['balance', 'card', 'linked', 'bank_card'] as const
const funders = ['institution', 'merchant'] as const

const SchemeName = Type.String({ pattern: '^[a-z][a-z0-9_]{1,31}$', examples: ['wechat'] })
const RoadName = Type.String({
  pattern: '^(book|cha_[0-9a-z]{26})$',
  examples: ['cha_01kaqb2m5vf7esx3d9w8r6t4yz'],
})
const Limit = (description: string) => Amount({ maximum: LARGEST_SUMMAND, description })
const Bps = Type.Integer({ minimum: 1, maximum: 10_000, description: '100 is 1 %' })
const Some = <Schema extends Parameters<typeof Type.Array>[0]>(item: Schema) =>
  Type.Optional(Type.Array(item, { minItems: 1, maxItems: 100, uniqueItems: true }))
const Clock = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', examples: ['18:00'] })

const Area = Body({
  latitude: Type.Number({ minimum: -90, maximum: 90, examples: [31.2397] }),
  longitude: Type.Number({ minimum: -180, maximum: 180, examples: [121.4998] }),
  radius_m: Type.Number({ minimum: 1, maximum: 100_000, examples: [500] }),
})

const WhenFields = Body(
  {
    stores: Some(IdText('str')),
    categories: Some(Type.String({ pattern: '^[0-9]{4}$', examples: ['5411'] })),
    store_kinds: Some(Words(storeKinds)),
    areas: Some(Area),
    weekdays: Some(Type.Integer({ minimum: 1, maximum: 7, description: 'Monday is 1' })),
    hours: Some(Body({ from: Clock, until: Clock })),
  },
  { description: 'Where and when; of each list one entry must be met. Hours are local.' },
)

const OnFields = Body(
  {
    schemes: Some(SchemeName),
    channels: Some(Words(channelNames)),
    channel_accounts: Some(RoadName),
    source_kinds: Some(Words(sourceKinds)),
  },
  { description: 'Which sources and roads it is about; of each list one entry must be met' },
)

const PromotionFields = Body({
  amount_off: Type.Optional(Limit('Either so much off')),
  percent_bps: Type.Optional(Bps),
  cap: Type.Optional(Limit('The most that a percentage takes off')),
  minimum: Type.Optional(Limit('From which amount on')),
  budget: Type.Optional(Limit('What may be given altogether')),
  funded_by: Type.Optional(
    Type.Array(Body({ by: Words(funders), bps: Bps }), { minItems: 1, maxItems: 2 }),
  ),
  on: Type.Optional(OnFields),
  when: Type.Optional(WhenFields),
})

const QuotaFields = Body({
  source_kind: Type.Optional(Words(sourceKinds)),
  channel_account: Type.Optional(RoadName),
  scheme: Type.Optional(SchemeName),
  per_payment: Type.Optional(Limit('Most for one payment')),
  per_day: Type.Optional(Limit('Most for one local day')),
  per_month: Type.Optional(Limit('Most for one local month')),
})

const EnvironmentFields = Body({
  effect: Words(['prefer', 'exclude']),
  weight: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 1 })),
  on: OnFields,
  when: Type.Optional(WhenFields),
})

const PreferenceFields = Body({
  order: Type.Array(
    Type.String({ pattern: '^([a-z]{4,10}|cha_[0-9a-z]{26})$', examples: ['wechat'] }),
    { minItems: 1, maxItems: 50, uniqueItems: true, description: 'Channels or channel accounts' },
  ),
  when: Type.Optional(WhenFields),
})

const kindFields = {
  promotion: Type.Optional(PromotionFields),
  quota: Type.Optional(QuotaFields),
  environment: Type.Optional(EnvironmentFields),
  preference: Type.Optional(PreferenceFields),
}

/** A new rule: its kind, and under the name of the kind what it says. */
export const RouteRuleBody = Body({
  kind: Words(ruleKinds),
  name: Text(64, { examples: ['满 50 减 3'] }),
  name_en: Type.Optional(Text(64, { examples: ['3 off from 50'] })),
  merchant: Type.Optional(IdText('mch', { description: 'Left out: for every merchant' })),
  valid_from: Type.Optional(Time({ description: 'Left out: at once' })),
  valid_until: Type.Optional(Time({ description: 'Left out: until it is ended' })),
  ...kindFields,
})

export type RouteRuleBody = Static<typeof RouteRuleBody>
export type WhenBody = Static<typeof WhenFields>
export type OnBody = Static<typeof OnFields>

export const RouteRuleView = Type.Object(
  {
    object: Type.Literal('route_rule'),
    id: Type.String({ examples: ['rte_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    kind: Words(ruleKinds),
    name: Type.String(),
    name_en: Type.String(),
    merchant: orNull(Type.String()),
    currency: Type.String({ examples: ['CNY'] }),
    state: Words(['upcoming', 'active', 'ended']),
    valid_from: Time(),
    valid_until: orNull(Time()),
    ...kindFields,
    budget_used: orNull(
      Type.Integer({ description: 'Of a budget: what has been given, in minor units' }),
    ),
    created_at: Time(),
    created_by: Type.String({ examples: ['person:per_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
  },
  { title: 'RouteRule' },
)

/** What is known of a new rule besides its body. */
export type RuleHead = { id: string; currency: Currency; createdBy: string; now: Date }

/**
 * A new rule as its body says it.
 *
 * @throws AppError INVALID_REQUEST with the field that is wrong: a rule that says nothing of its
 *   kind, or something of another, or what `checkRouteRule` refuses
 */
export function readRouteRule(body: RouteRuleBody, head: RuleHead): RouteRule {
  const { kind, name } = body
  const strange = ruleKinds.find((one) => (body[one] !== undefined) !== (one === kind))
  if (strange !== undefined) throw new AppError('INVALID_REQUEST', { param: strange })
  const { id, currency, createdBy, now } = head
  const rule: RouteRule = {
    ...readTerms(body),
    ...{ id, currency, createdBy, createdAt: now, name, nameEn: body.name_en ?? name },
    merchantId: body.merchant ?? null,
    validFrom: body.valid_from === undefined ? now : new Date(body.valid_from),
    validUntil: body.valid_until === undefined ? null : new Date(body.valid_until),
  }
  if (rule.validUntil !== null && rule.validUntil <= now) {
    throw new AppError('INVALID_REQUEST', { param: 'valid_until', reason: 'the time is over' })
  }
  const problem = checkRouteRule(rule)
  if (!problem) return rule
  const param = asParam(kind, problem.part)
  throw new AppError('INVALID_REQUEST', { param, reason: problem.reason })
}

// The fields whose names in the body are not those of the rule in another spelling.
const fieldNames: Readonly<Record<string, string>> = {
  'terms.offer.amountMinor': 'amount_off',
  'terms.offer.bps': 'percent_bps',
  'terms.offer.capMinor': 'cap',
}

/** `terms.fundedBy` of a promotion is `promotion.funded_by` to the caller. */
function asParam(kind: string, part: string): string {
  const known = fieldNames[part]
  if (known !== undefined) return `${kind}.${known}`
  const snake = part.replace(/Minor$/, '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  return snake.replace(/^terms/, kind)
}

/** A rule as the API shows it, and what of its budget is used. Amounts in minor units. */
export const showRouteRule = (rule: RouteRule, now: Date, usedMinor: bigint | null = null) => ({
  object: 'route_rule' as const,
  id: rule.id,
  kind: rule.kind,
  name: rule.name,
  name_en: rule.nameEn,
  merchant: rule.merchantId,
  currency: rule.currency,
  state: ruleState(rule, now),
  valid_from: rule.validFrom.toISOString(),
  valid_until: rule.validUntil?.toISOString() ?? null,
  ...showTerms(rule),
  budget_used: usedMinor === null ? null : Number(usedMinor),
  created_at: rule.createdAt.toISOString(),
  created_by: rule.createdBy,
})

/** Minutes of the day as a clock shows them, and back. */
export const readClock = (text: string): number =>
  Number(text.slice(0, 2)) * 60 + Number(text.slice(3))

/** As `readClock`, the other way round. */
export const showHours = ({ fromMinute, untilMinute }: Hours) => ({
  from: showClock(fromMinute),
  until: showClock(untilMinute),
})

const showClock = (minute: number): string =>
  [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':')

export const ReasonView = Type.Object({
  code: Type.String({ examples: ['chosen_discount'] }),
  text_zh: Type.String({ examples: ['选用微信支付：立减 3.00 元'] }),
  text_en: Type.String({ examples: ['WeChat Pay chosen: 3.00 yuan off'] }),
})

/** A reason in words. */
export function showReason(reason: RouteReason) {
  const { zh, en } = reasonWords(reason)
  return { code: reason.code, text_zh: zh, text_en: en }
}
