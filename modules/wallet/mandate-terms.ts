import { loadSql, type Tx } from '../database/database.ts'
import type { DeclineReason } from '../errors/errors.ts'
import type { Currency } from '../money/money.ts'
import { counterOf, type Counters, type Manner, type Periods } from './limits.ts'
import {
  dayCapMinor,
  lowerMinor,
  oneProofDayCapMinor,
  weaker,
  type Level,
} from './mandate-level.ts'
import { isInside, isWithin, type MandateArea, type Spot, type WeekHours } from './mandate-spot.ts'

const sql = loadSql(new URL('./mandate.sql', import.meta.url))

/** Each payment is confirmed with the PIN, or only what is above the limit for going without. */
export type Consent = 'standing' | 'each'

/** What a payer allows, as written; amounts in minor units. Null: no bound. */
export type Terms = {
  id: string
  currency: Currency
  /** The best level that the institution has granted. */
  grantedLevel: Level
  level: Level
  perPaymentMinor: bigint
  perDayMinor: bigint
  perMonthMinor: bigint
  /** Above this each payment needs the payer's PIN. */
  noPinMinor: bigint
  perDayCount: number | null
  offlinePerDayMinor: bigint
  merchants: readonly string[] | null
  shopKinds: readonly string[] | null
  areas: readonly MandateArea[] | null
  hours: readonly WeekHours[] | null
  consent: Consent
  mayPay: boolean
}

/** The same as payments are held to it: cut to what the regulator allows its level. Source: P7, P9. */
export type MandateTerms = Terms & {
  /** What may go without a PIN in a day. */
  noPinPerDayMinor: bigint
}

export type TermsRow = {
  id: string
  currency: string
  granted_level: Level
  level: Level
  per_payment_minor: bigint
  per_day_minor: bigint
  per_month_minor: bigint
  no_pin_minor: bigint
  per_day_count: number | null
  offline_per_day_minor: bigint
  merchants: string[] | null
  shop_kinds: string[] | null
  areas: MandateArea[] | null
  hours: WeekHours[] | null
  consent: Consent
  state: string
  payer_state: string
}

/** A row of the table as terms. */
export const readTerms = (row: TermsRow): Terms => ({
  id: row.id,
  currency: row.currency as Currency,
  grantedLevel: row.granted_level,
  level: row.level,
  perPaymentMinor: row.per_payment_minor,
  perDayMinor: row.per_day_minor,
  perMonthMinor: row.per_month_minor,
  noPinMinor: row.no_pin_minor,
  perDayCount: row.per_day_count,
  offlinePerDayMinor: row.offline_per_day_minor,
  merchants: row.merchants,
  shopKinds: row.shop_kinds,
  areas: row.areas,
  hours: row.hours,
  consent: row.consent,
  mayPay: row.state === 'active' && row.payer_state === 'active',
})

/** Cuts terms to what their level allows, whatever was written. Pure. */
export function heldTo(terms: Terms): MandateTerms {
  const { currency } = terms
  const level = weaker(terms.level, terms.grantedLevel)
  const oneProofMinor = oneProofDayCapMinor(currency)
  return {
    ...terms,
    level,
    perDayMinor: lowerMinor(terms.perDayMinor, dayCapMinor(level, currency)),
    offlinePerDayMinor: lowerMinor(terms.offlinePerDayMinor, oneProofMinor),
    noPinPerDayMinor: oneProofMinor,
  }
}

/** The terms of the mandates, by id, read after the locks. */
export async function readMandateTerms(
  tx: Pick<Tx, 'many'>,
  institutionId: string,
  ids: readonly string[],
): Promise<Map<string, MandateTerms>> {
  const rows = await tx.many<TermsRow>(sql('read_mandates'), [institutionId, ids])
  return new Map(rows.map((row) => [row.id, heldTo(readTerms(row))]))
}

/**
 * Why the mandate never allows the amount at this spot, or null when it may: what no counter has a
 * say in. Pure.
 *
 * Source: P7 (amount per payment, kind of shop, area), [0080] of CN107808285A.
 */
export function refuseAtAll(
  terms: MandateTerms,
  amountMinor: bigint,
  spot: Spot,
): DeclineReason | null {
  if (!terms.mayPay) return 'payer_frozen'
  if (amountMinor > terms.perPaymentMinor) return 'over_payment_limit'
  const { merchants, shopKinds, areas, hours } = terms
  const isListed = (list: readonly string[] | null, one: string | null) =>
    list === null || (one !== null && list.includes(one))
  if (!isListed(merchants, spot.merchantId) || !isListed(shopKinds, spot.shopKind))
    return 'shop_not_allowed'
  if (areas) {
    const { position } = spot
    if (!position) return 'position_unknown'
    if (!areas.some((area) => isInside(area, position))) return 'outside_area'
  }
  return hours && !hours.some((one) => isWithin(one, spot)) ? 'outside_hours' : null
}

export type Asked = Periods &
  Manner & {
    amountMinor: bigint
    spot: Spot
    /** The institution's own bound on offline codes, where it has one. */
    offlineCapMinor?: bigint | undefined
  }

/** Why the mandate does not allow the payment now, or null when it does. Pure. */
export function overLimit(
  terms: MandateTerms,
  counters: Counters,
  { day, month, isOffline, offlineCapMinor, amountMinor, spot }: Asked,
): DeclineReason | null {
  const reason = refuseAtAll(terms, amountMinor, spot)
  if (reason) return reason
  const today = counterOf(counters, terms.id, day)
  const inMonth = counterOf(counters, terms.id, month)
  if (today.usedMinor + amountMinor > terms.perDayMinor) return 'over_day_limit'
  if (terms.perDayCount !== null && today.count >= terms.perDayCount) return 'over_count_limit'
  if (inMonth.usedMinor + amountMinor > terms.perMonthMinor) return 'over_month_limit'
  const offlineMinor = lowerMinor(terms.offlinePerDayMinor, offlineCapMinor ?? null)
  return isOffline && today.offlineMinor + amountMinor > offlineMinor ? 'over_offline_limit' : null
}

/**
 * Whether the amount needs the payer's PIN: each one does, where the payer wants to be asked; else
 * what is above the limit for one payment, or would take the day's sum without a PIN over its cap.
 * Pure.
 *
 * Source: P9; PBC 2017 No. 296, level C (protocols.md §6.1).
 */
export function needsPin(
  terms: MandateTerms,
  counters: Counters,
  { day, amountMinor }: { day: string; amountMinor: bigint },
): boolean {
  if (terms.consent === 'each' || amountMinor > terms.noPinMinor) return true
  const { noPinMinor } = counterOf(counters, terms.id, day)
  return noPinMinor + amountMinor > terms.noPinPerDayMinor
}
