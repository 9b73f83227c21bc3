import { AppError } from '../../modules/errors/errors.ts'
import {
  anything,
  anywhere,
  type Offer,
  type PromotionTerms,
  type QuotaOf,
  type QuotaTerms,
  type RouteRule,
  type RuleOf,
  type Target,
  type When,
} from '../../modules/route/route.ts'
import { readClock, showHours, type OnBody, type RouteRuleBody, type WhenBody } from './route.ts'

// What rules of each kind say, from the wire and back.

type Terms = {
  [Kind in RouteRule['kind']]: Pick<RuleOf<Kind>, 'kind' | 'terms'>
}[RouteRule['kind']]

/**
 * What a body says under the name of its kind, which is there.
 *
 * @throws AppError INVALID_REQUEST with the field that is missing, or is one too many
 */
export function readTerms({ kind, ...body }: RouteRuleBody): Terms {
  switch (kind) {
    case 'promotion':
      return { kind, terms: readPromotion(body.promotion ?? {}) }
    case 'quota':
      return { kind, terms: readQuota(body.quota ?? {}) }
    case 'environment': {
      const { effect = 'prefer', weight = 1, on = {}, when = {} } = body.environment ?? {}
      return { kind, terms: { effect, weight, on: readTarget(on), when: readWhen(when) } }
    }
    case 'preference': {
      const { order = [], when = {} } = body.preference ?? {}
      return { kind, terms: { order, when: readWhen(when) } }
    }
  }
}

const minor = (amount: number | undefined): bigint | null =>
  amount === undefined ? null : BigInt(amount)

type PromotionBody = NonNullable<RouteRuleBody['promotion']>

function readPromotion(body: PromotionBody): PromotionTerms {
  const { amount_off, minimum, budget, funded_by, on = {}, when = {} } = body
  return {
    offer: readOffer(body),
    // What it takes off must leave something to pay.
    minimumMinor: minor(minimum) ?? BigInt(amount_off ?? 0) + 1n,
    budgetMinor: minor(budget),
    fundedBy: funded_by ?? [{ by: 'institution', bps: 10_000 }],
    on: readTarget(on),
    when: readWhen(when),
  }
}

function readOffer({ amount_off, percent_bps, cap }: PromotionBody): Offer {
  if (amount_off !== undefined) {
    if (percent_bps !== undefined) throw wrong('promotion.percent_bps')
    if (cap !== undefined) throw wrong('promotion.cap')
    return { kind: 'amount_off', amountMinor: BigInt(amount_off) }
  }
  if (percent_bps === undefined) throw wrong('promotion.amount_off')
  return { kind: 'percent', bps: percent_bps, capMinor: minor(cap) }
}

function readQuota(body: NonNullable<RouteRuleBody['quota']>): QuotaTerms {
  const { source_kind, channel_account, scheme, per_payment, per_day, per_month } = body
  const all: (QuotaOf | null)[] = [
    source_kind === undefined ? null : { kind: 'source', sourceKind: source_kind },
    channel_account === undefined ? null : { kind: 'channel_account', id: channel_account },
    scheme === undefined ? null : { kind: 'scheme', scheme },
  ]
  const [of, ...others] = all.filter((one) => one !== null)
  if (!of || others.length > 0) throw wrong('quota')
  return {
    of,
    perPaymentMinor: minor(per_payment),
    perDayMinor: minor(per_day),
    perMonthMinor: minor(per_month),
  }
}

const wrong = (param: string) => new AppError('INVALID_REQUEST', { param })

const readTarget = (on: OnBody): Target => ({
  schemes: on.schemes ?? anything.schemes,
  channels: on.channels ?? anything.channels,
  roads: on.channel_accounts ?? anything.roads,
  sourceKinds: on.source_kinds ?? anything.sourceKinds,
})

const readWhen = (when: WhenBody): When => ({
  storeIds: when.stores ?? anywhere.storeIds,
  categories: when.categories ?? anywhere.categories,
  storeKinds: when.store_kinds ?? anywhere.storeKinds,
  areas: (when.areas ?? []).map(({ radius_m: radiusM, ...place }) => ({ ...place, radiusM })),
  weekdays: when.weekdays ?? anywhere.weekdays,
  hours: (when.hours ?? []).map(({ from, until }) => ({
    fromMinute: readClock(from),
    untilMinute: readClock(until),
  })),
})

/** What a rule says, under the name of its kind. What says nothing is left out. */
export function showTerms(rule: RouteRule): Record<string, object> {
  switch (rule.kind) {
    case 'promotion':
      return { promotion: showPromotion(rule.terms) }
    case 'quota':
      return { quota: showQuota(rule.terms) }
    case 'environment': {
      const { effect, weight, on, when } = rule.terms
      return { environment: { effect, weight, on: showTarget(on), ...showWhen(when) } }
    }
    case 'preference':
      return { preference: { order: rule.terms.order, ...showWhen(rule.terms.when) } }
  }
}

const amountIf = (name: string, amountMinor: bigint | null) =>
  amountMinor === null ? {} : { [name]: Number(amountMinor) }

const listIf = <Item>(name: string, list: readonly Item[]) =>
  list.length === 0 ? {} : { [name]: list }

const showPromotion = (terms: PromotionTerms) => ({
  ...(terms.offer.kind === 'amount_off'
    ? amountIf('amount_off', terms.offer.amountMinor)
    : { percent_bps: terms.offer.bps, ...amountIf('cap', terms.offer.capMinor) }),
  minimum: Number(terms.minimumMinor),
  ...amountIf('budget', terms.budgetMinor),
  funded_by: terms.fundedBy,
  ...(isSaying(terms.on) && { on: showTarget(terms.on) }),
  ...showWhen(terms.when),
})

const showQuota = ({ of, perPaymentMinor, perDayMinor, perMonthMinor }: QuotaTerms) => ({
  ...(of.kind === 'source' && { source_kind: of.sourceKind }),
  ...(of.kind === 'channel_account' && { channel_account: of.id }),
  ...(of.kind === 'scheme' && { scheme: of.scheme }),
  ...amountIf('per_payment', perPaymentMinor),
  ...amountIf('per_day', perDayMinor),
  ...amountIf('per_month', perMonthMinor),
})

const isSaying = (lists: Target | When): boolean =>
  Object.values(lists).some((list: readonly unknown[]) => list.length > 0)

const showTarget = (on: Target) => ({
  ...listIf('schemes', on.schemes),
  ...listIf('channels', on.channels),
  ...listIf('channel_accounts', on.roads),
  ...listIf('source_kinds', on.sourceKinds),
})

const showWhen = (when: When) =>
  isSaying(when)
    ? {
        when: {
          ...listIf('stores', when.storeIds),
          ...listIf('categories', when.categories),
          ...listIf('store_kinds', when.storeKinds),
          ...listIf('areas', when.areas.map(showArea)),
          ...listIf('weekdays', when.weekdays),
          ...listIf('hours', when.hours.map(showHours)),
        },
      }
    : {}

const showArea = ({ radiusM: radius_m, ...place }: When['areas'][number]) => ({
  ...place,
  radius_m,
})
