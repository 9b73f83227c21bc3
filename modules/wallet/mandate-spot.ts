import { distanceM, type LocalMoment, type Place } from '../route/route.ts'

/** Where and when a payment happens, as far as it is known: what a mandate's bounds are about. */
export type Spot = Pick<LocalMoment, 'weekday' | 'minuteOfDay'> & {
  /** Null for a merchant of another institution. */
  merchantId: string | null
  shopKind: string | null
  /** Where the terminal was measured, else where its store is. */
  position: Place | null
}

/** A circle on the ground that a payer allows. */
export type MandateArea = Place & { radiusM: number; name: string }

export { isWithin, type WeekHours } from '../lib/week-hours.ts'

/** Whether the place is in the circle or on its edge. */
export const isInside = (area: MandateArea, place: Place): boolean =>
  distanceM(place, area) <= area.radiusM
