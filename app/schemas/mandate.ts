import { Type, type Static } from 'typebox'

import {
  dayCapMinor,
  levels,
  oneProofDayCapMinor,
  type Mandate,
  type MandateChange,
} from '../../modules/wallet/wallet.ts'
import { storeKinds } from '../../modules/party/party.ts'
import { Pin } from '../routes/payers.ts'
import { Body, CurrencyCode, IdText, LARGEST_AMOUNT, orNull, Text, Words } from './shared.ts'

const Limit = (description: string) =>
  Type.Integer({ minimum: 0, maximum: LARGEST_AMOUNT, description, examples: [500_000] })

const Count = Type.Integer({ minimum: 1, maximum: 10_000, examples: [20] })

const Area = Body(
  {
    name: Text(40, { examples: ['家附近'] }),
    latitude: Type.Number({ minimum: -90, maximum: 90, examples: [31.2304] }),
    longitude: Type.Number({ minimum: -180, maximum: 180, examples: [121.4737] }),
    radius_m: Type.Integer({ minimum: 50, maximum: 1_000_000, examples: [3_000] }),
  },
  { title: 'MandateArea', description: 'A circle, WGS 84' },
)

const WeekHours = Body(
  {
    days: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), {
      minItems: 1,
      maxItems: 7,
      uniqueItems: true,
      description: 'Monday is 1',
    }),
    from: Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', examples: ['07:00'] }),
    until: Type.String({ pattern: '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$', examples: ['23:00'] }),
  },
  {
    title: 'WeekHours',
    description: 'Local time; hours that end before they begin go over midnight',
  },
)

const Level = (description: string) => Words(levels, { description, examples: ['B'] })
const Consent = Words(['standing', 'each'], {
  description: 'each: every payment waits for my PIN. standing: only what is above `no_pin`',
})

const lists = {
  shop_kinds: Type.Array(Words(storeKinds), { minItems: 1, uniqueItems: true }),
  areas: Type.Array(Area, { minItems: 1, maxItems: 10 }),
  hours: Type.Array(WeekHours, { minItems: 1, maxItems: 14 }),
}

export const MandateView = Type.Object(
  {
    object: Type.Literal('mandate'),
    id: Type.String({ examples: ['mnd_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    level: Level('The level of proof whose caps hold'),
    granted_level: Level('The best that I may choose'),
    consent: Consent,
    per_payment: Limit('Most for one payment'),
    per_day: Limit('Most for one local day'),
    per_month: Limit('Most for one local month'),
    no_pin: Limit('Above this each payment needs the PIN'),
    pin_above: Limit('The same now: what is left of what may go without the PIN today'),
    per_day_count: orNull(Count),
    offline_per_day: Limit('Most for one local day by codes made offline'),
    merchants: orNull(Type.Array(Type.Object({ id: Type.String(), name: Type.String() }))),
    shop_kinds: orNull(lists.shop_kinds),
    areas: orNull(lists.areas),
    hours: orNull(lists.hours),
    used_today: Limit('Used on the business date'),
    used_this_month: Limit('Used in its month'),
    used_count_today: Type.Integer({ minimum: 0 }),
    no_pin_used_today: Limit('Paid without a PIN on the business date'),
    offline_used_today: Limit('Paid by codes made offline on the business date'),
    caps: Type.Object({
      per_day_max: orNull(Limit('What the level allows; null: as agreed')),
      no_pin_max: Limit('Without a PIN, in one payment and in a day'),
      offline_per_day_max: Limit('By codes made offline, in a day'),
      per_day_by_level: Type.Array(
        Type.Object({ level: Level('Its cap'), per_day_max: orNull(Limit('Its cap')) }),
      ),
    }),
    currency: CurrencyCode(),
    business_date: Type.String({ format: 'date', examples: ['2026-11-23'] }),
  },
  { title: 'Mandate' },
)

const number = (minor: bigint | null): number | null => (minor === null ? null : Number(minor))

/** A payer's mandate as the API shows it. Amounts in minor units. */
export const showMandate = (mandate: Mandate & { pinAboveMinor: bigint }) => ({
  object: 'mandate' as const,
  id: mandate.id,
  level: mandate.level,
  granted_level: mandate.grantedLevel,
  consent: mandate.consent,
  per_payment: Number(mandate.perPaymentMinor),
  per_day: Number(mandate.perDayMinor),
  per_month: Number(mandate.perMonthMinor),
  no_pin: Number(mandate.noPinMinor),
  pin_above: Number(mandate.pinAboveMinor),
  per_day_count: mandate.perDayCount,
  offline_per_day: Number(mandate.offlinePerDayMinor),
  merchants: mandate.merchants && [...(mandate.namedMerchants ?? [])],
  shop_kinds: mandate.shopKinds as Static<typeof lists.shop_kinds> | null,
  areas:
    mandate.areas && mandate.areas.map(({ radiusM: radius_m, ...area }) => ({ ...area, radius_m })),
  hours: mandate.hours && mandate.hours.map((one) => ({ ...one, days: [...one.days] })),
  used_today: Number(mandate.today.usedMinor),
  used_this_month: Number(mandate.usedThisMonthMinor),
  used_count_today: mandate.today.count,
  no_pin_used_today: Number(mandate.today.noPinMinor),
  offline_used_today: Number(mandate.today.offlineMinor),
  caps: showCaps(mandate),
  currency: mandate.currency,
  business_date: mandate.day,
})

const showCaps = ({ level, currency }: Mandate) => ({
  per_day_max: number(dayCapMinor(level, currency)),
  no_pin_max: Number(oneProofDayCapMinor(currency)),
  offline_per_day_max: Number(oneProofDayCapMinor(currency)),
  per_day_by_level: levels.map((one) => ({
    level: one,
    per_day_max: number(dayCapMinor(one, currency)),
  })),
})

/** What is left out stays as it is; a null takes a bound away. */
export const MandateChangeBody = Body({
  level: Type.Optional(Level('At most the granted one')),
  consent: Type.Optional(Consent),
  per_payment: Type.Optional(Limit('Most for one payment')),
  per_day: Type.Optional(Limit('Most for one local day')),
  per_month: Type.Optional(Limit('Most for one local month')),
  no_pin: Type.Optional(Limit('Above this each payment needs the PIN')),
  per_day_count: Type.Optional(orNull(Count)),
  offline_per_day: Type.Optional(Limit('Most for one local day by codes made offline')),
  merchants: Type.Optional(
    orNull(
      Type.Array(IdText('mch'), { minItems: 1, maxItems: 50, description: 'Only these shops' }),
    ),
  ),
  shop_kinds: Type.Optional(orNull(lists.shop_kinds)),
  areas: Type.Optional(orNull(lists.areas)),
  hours: Type.Optional(orNull(lists.hours)),
  pin: Pin,
})

/** A change as the wallet wants it, of what the body says and no more. */
export function readChange(body: Static<typeof MandateChangeBody>): MandateChange {
  const minor = (amount: number) => BigInt(amount)
  const { level, consent, per_payment, per_day, per_month, no_pin, offline_per_day } = body
  const { per_day_count, merchants, shop_kinds, areas, hours } = body
  return {
    ...(level !== undefined && { level }),
    ...(consent !== undefined && { consent }),
    ...(per_payment !== undefined && { perPaymentMinor: minor(per_payment) }),
    ...(per_day !== undefined && { perDayMinor: minor(per_day) }),
    ...(per_month !== undefined && { perMonthMinor: minor(per_month) }),
    ...(no_pin !== undefined && { noPinMinor: minor(no_pin) }),
    ...(per_day_count !== undefined && { perDayCount: per_day_count }),
    ...(offline_per_day !== undefined && { offlinePerDayMinor: minor(offline_per_day) }),
    ...(merchants !== undefined && { merchants }),
    ...(shop_kinds !== undefined && { shopKinds: shop_kinds }),
    ...(areas !== undefined && {
      areas: areas && areas.map(({ radius_m: radiusM, ...area }) => ({ ...area, radiusM })),
    }),
    ...(hours !== undefined && { hours }),
  }
}
