import { minorFromTyped } from '../amounts.ts'
import { validityOf, type TypedPeriod } from '../days.ts'
import type { RuleKind, RuleOn, RuleWhen } from '../types.ts'

type TypedArea = { latitude?: number | null; longitude?: number | null; radius_m?: number | null }
type TypedWhen = Omit<RuleWhen, 'areas' | 'hours'> & {
  areas?: TypedArea[]
  hours?: { from?: string; until?: string }[]
}
type On = { on?: RuleOn; when?: TypedWhen }

/** A rule as it is typed: amounts in yuan, shares in percent. */
export type TypedRule = TypedPeriod & {
  kind: RuleKind
  name: string
  name_en?: string
  merchant?: string
  offer?: 'amount_off' | 'percent_bps'
  promotion?: On & {
    amount_off?: string
    percent_bps?: number
    cap?: string
    minimum?: string
    budget?: string
    /** What the institution pays of it, in percent; the merchant pays the rest. */
    funded_by?: number
  }
  of?: 'scheme' | 'channel_account' | 'source_kind'
  quota?: {
    scheme?: string
    channel_account?: string
    source_kind?: string
    per_payment?: string
    per_day?: string
    per_month?: string
  }
  environment?: On & { effect?: 'prefer' | 'exclude'; weight?: number }
  preference?: { order?: string[]; when?: TypedWhen }
}

/** The rule as the API takes it: what was left empty is left out. */
export function ruleBody(typed: TypedRule, zone: string): Record<string, unknown> {
  const { kind, name, name_en, merchant } = typed
  return {
    ...{ kind, name: name.trim() },
    ...(name_en?.trim() ? { name_en: name_en.trim() } : {}),
    ...(merchant ? { merchant } : {}),
    ...validityOf(typed, zone),
    [kind]: termsOf[kind](typed),
  }
}

const termsOf: Record<RuleKind, (typed: TypedRule) => object> = {
  promotion: ({ offer, promotion = {} }) => ({
    ...(offer === 'percent_bps'
      ? {
          percent_bps: Math.round((promotion.percent_bps ?? 0) * 100),
          ...amount('cap', promotion.cap),
        }
      : amount('amount_off', promotion.amount_off)),
    ...amount('minimum', promotion.minimum),
    ...amount('budget', promotion.budget),
    funded_by: fundersOf(promotion.funded_by ?? 100),
    ...onAndWhen(promotion),
  }),
  quota: ({ of = 'scheme', quota = {} }) => ({
    [of]: quota[of],
    ...amount('per_payment', quota.per_payment),
    ...amount('per_day', quota.per_day),
    ...amount('per_month', quota.per_month),
  }),
  environment: ({ environment = {} }) => ({
    effect: environment.effect ?? 'prefer',
    ...(environment.effect === 'exclude' ? {} : { weight: environment.weight ?? 1 }),
    on: {},
    ...onAndWhen(environment),
  }),
  preference: ({ preference = {} }) => ({
    order: preference.order ?? [],
    ...onAndWhen(preference),
  }),
}

const amount = (name: string, typed: string | undefined): object =>
  typed?.trim() ? { [name]: minorFromTyped(typed) } : {}

/** Shares in percent, as basis points; who pays nothing is not named. */
export function fundersOf(institutionPercent: number): { by: string; bps: number }[] {
  const bps = Math.round(institutionPercent * 100)
  return [
    { by: 'institution', bps },
    { by: 'merchant', bps: 10_000 - bps },
  ].filter((funder) => funder.bps > 0)
}

function onAndWhen({ on, when }: On): object {
  const said = filled(on ?? {})
  const { areas = [], hours = [], ...lists } = when ?? {}
  const isArea = ({ latitude, longitude, radius_m }: TypedArea): boolean =>
    latitude != null && longitude != null && radius_m != null
  const place = {
    ...filled(lists),
    ...filled({ areas: areas.filter((area) => area && isArea(area)) }),
    ...filled({ hours: hours.filter((each) => each?.from && each.until) }),
  }
  return {
    ...(Object.keys(said).length > 0 ? { on: said } : {}),
    ...(Object.keys(place).length > 0 ? { when: place } : {}),
  }
}

const filled = (lists: object): object =>
  Object.fromEntries(
    Object.entries(lists).filter(([, list]) => Array.isArray(list) && list.length > 0),
  )
