import { isCurrency, type Currency } from '../money/money.ts'
import { assert } from '../lib/assert.ts'

export const ruleKinds = ['promotion', 'quota', 'environment', 'preference'] as const

/** Where and when a rule holds. An empty list says nothing; several lists must all be met. */
export type When = {
  storeIds: readonly string[]
  /** Merchant category codes, four digits. Source: ISO 18245. */
  categories: readonly string[]
  storeKinds: readonly string[]
  areas: readonly Area[]
  /** Monday is 1, Sunday 7; of the day that it is, also for hours over midnight. */
  weekdays: readonly number[]
  /** In the institution's zone. */
  hours: readonly Hours[]
}

/** A circle on the ground; its edge belongs to it. Degrees are WGS 84. */
export type Area = { latitude: number; longitude: number; radiusM: number }

/** Minutes of the day: from the first one up to the last, which is out. Over midnight when it is less. */
export type Hours = { fromMinute: number; untilMinute: number }

/** Which candidates a rule is about. An empty list says nothing; several lists must all be met. */
export type Target = {
  schemes: readonly string[]
  /** wechat, alipay, …; `book` is our own books. */
  channels: readonly string[]
  /** Channel accounts, or `book`. */
  roads: readonly string[]
  sourceKinds: readonly string[]
}

export type Offer =
  | { kind: 'amount_off'; amountMinor: bigint }
  | { kind: 'percent'; bps: number; capMinor: bigint | null }

/** Who bears so many basis points of a discount; together they make the whole. */
export type FundingPart = { by: 'institution' | 'merchant'; bps: number }

export type PromotionTerms = {
  offer: Offer
  /** Payments below it get nothing off. */
  minimumMinor: bigint
  /** What may be given away altogether; null: no end. */
  budgetMinor: bigint | null
  fundedBy: readonly FundingPart[]
  on: Target
  when: When
}

/** What a quota is of: each source of a kind by itself, one channel account, or one scheme. */
export type QuotaOf =
  | { kind: 'source'; sourceKind: string }
  | { kind: 'channel_account'; id: string }
  | { kind: 'scheme'; scheme: string }

export type QuotaTerms = {
  of: QuotaOf
  perPaymentMinor: bigint | null
  perDayMinor: bigint | null
  perMonthMinor: bigint | null
}

export type EnvironmentTerms = {
  effect: 'prefer' | 'exclude'
  /** Of several that prefer, the weights add up. */
  weight: number
  on: Target
  when: When
}

export type PreferenceTerms = {
  /** Channel accounts, or channels (`book` is ours), the first one first. */
  order: readonly string[]
  when: When
}

type RuleTerms =
  | { kind: 'promotion'; terms: PromotionTerms }
  | { kind: 'quota'; terms: QuotaTerms }
  | { kind: 'environment'; terms: EnvironmentTerms }
  | { kind: 'preference'; terms: PreferenceTerms }

/** One rule. It is never changed, only ended. Source: P10–P12. */
export type RouteRule = RuleTerms & {
  id: string
  /** Null: for every merchant of the institution. */
  merchantId: string | null
  name: string
  nameEn: string
  /** Of the amounts; a payment in another one does not meet the rule. */
  currency: Currency
  validFrom: Date
  /** The first moment at which it holds no more; null: until it is ended. */
  validUntil: Date | null
  createdBy: string
  createdAt: Date
}

export type RuleKind = RouteRule['kind']

/** A rule of one kind. */
export type RuleOf<Kind extends RuleKind> = Extract<RouteRule, { kind: Kind }>

/** Conditions that everything meets. */
export const anywhere: When = {
  ...{ storeIds: [], categories: [], storeKinds: [], areas: [], weekdays: [], hours: [] },
}

/** A target that every candidate is in. */
export const anything: Target = { schemes: [], channels: [], roads: [], sourceKinds: [] }

/** Whether the rule holds now, will, or holds no more. */
export function ruleState(rule: RouteRule, now: Date): 'upcoming' | 'active' | 'ended' {
  const { validFrom, validUntil } = rule
  if (validUntil !== null && (validUntil <= now || validUntil <= validFrom)) return 'ended'
  return validFrom > now ? 'upcoming' : 'active'
}

/** The terms as the database keeps them. JSON has no whole numbers of our size, so money is text. */
export const writeTerms = (terms: RouteRule['terms']): string =>
  JSON.stringify(terms, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  )

const readTerms = (text: string): unknown =>
  JSON.parse(text, (key, value: unknown) =>
    key.endsWith('Minor') && typeof value === 'string' ? BigInt(value) : value,
  )

export type RuleRow = {
  id: string
  kind: RuleKind
  merchant_id: string | null
  name: string
  name_en: string
  currency: string
  terms: string
  valid_from: Date
  valid_until: Date | null
  created_by: string
  created_at: Date
}

/** A rule from its row. What the terms hold was checked when the rule was made. */
export function readRuleRow(row: RuleRow): RouteRule {
  assert(isCurrency(row.currency), 'a rule is in a known currency')
  const terms = { kind: row.kind, terms: readTerms(row.terms) } as RuleTerms
  return {
    ...terms,
    id: row.id,
    merchantId: row.merchant_id,
    name: row.name,
    nameEn: row.name_en,
    currency: row.currency,
    validFrom: row.valid_from,
    validUntil: row.valid_until,
    createdBy: row.created_by,
    createdAt: row.created_at,
  }
}
