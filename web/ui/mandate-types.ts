export type MandateLevel = 'A' | 'B' | 'C' | 'D'
export type MandateArea = { name: string; latitude: number; longitude: number; radius_m: number }
/** Days from Monday, 1, in local time; hours that end before they begin go over midnight. */
export type WeekHours = { days: number[]; from: string; until: string }

/**
 * What a payer allows, in minor units; null: no bound. The business date is a day of the
 * institution's time zone.
 */
export type Mandate = {
  object: 'mandate'
  id: string
  level: MandateLevel
  /** The best that the payer may choose. */
  granted_level: MandateLevel
  consent: 'standing' | 'each'
  per_payment: number
  per_day: number
  per_month: number
  no_pin: number
  /** More than this needs the PIN now. */
  pin_above: number
  per_day_count: number | null
  offline_per_day: number
  merchants: { id: string; name: string }[] | null
  shop_kinds: ('small_store' | 'supermarket' | 'restaurant' | 'online' | 'other')[] | null
  areas: MandateArea[] | null
  hours: WeekHours[] | null
  used_today: number
  used_this_month: number
  used_count_today: number
  no_pin_used_today: number
  offline_used_today: number
  caps: {
    per_day_max: number | null
    no_pin_max: number
    offline_per_day_max: number
    per_day_by_level: { level: MandateLevel; per_day_max: number | null }[]
  }
  currency: string
  business_date: string
}
