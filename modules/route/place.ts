import { distanceM, type Place } from '../lib/distance.ts'
import type { Area, Hours, When } from './rule.ts'

export { distanceM, type Place }

/** A moment as the clocks and calendars of a time zone show it. */
export type LocalMoment = {
  day: string
  month: string
  /** Monday is 1, Sunday 7. */
  weekday: 1 | 2 | 3 | 4 | 5 | 6 | 7
  minuteOfDay: number
}

/** What of a payment the conditions of rules look at. */
export type Surroundings = Omit<LocalMoment, 'day' | 'month'> & {
  storeId: string
  category: string
  storeKind: string
  /** Where the store is, and where the terminal was measured, which counts more. */
  storePosition: Place | null
  position: Place | null
}

/** Whether the place is inside the circle or on its edge. */
export const isInArea = (place: Place, area: Area): boolean =>
  distanceM(place, area) <= area.radiusM

/** Whether the minute is in the hours; those that end before they begin go over midnight. */
export function isInHours(minuteOfDay: number, { fromMinute, untilMinute }: Hours): boolean {
  if (fromMinute < untilMinute) return minuteOfDay >= fromMinute && minuteOfDay < untilMinute
  return minuteOfDay >= fromMinute || minuteOfDay < untilMinute
}

const isOpen = <Item>(list: readonly Item[], item: Item): boolean =>
  list.length === 0 || list.includes(item)

/**
 * Whether a payment meets the conditions: of each list that says something, one entry. A payment
 * whose place nobody knows is in no area.
 *
 * Source: P12 (position, kind of shop).
 */
export function isMet(when: When, around: Surroundings): boolean {
  if (!isOpen(when.storeIds, around.storeId)) return false
  if (!isOpen(when.categories, around.category)) return false
  if (!isOpen(when.storeKinds, around.storeKind)) return false
  if (!isOpen(when.weekdays, around.weekday)) return false
  const { hours, areas } = when
  if (hours.length > 0 && !hours.some((one) => isInHours(around.minuteOfDay, one))) return false
  if (areas.length === 0) return true
  const place = around.position ?? around.storePosition
  return place !== null && areas.some((area) => isInArea(place, area))
}

const MINUTE_MS = 60_000
const formats = new Map<string, Intl.DateTimeFormat>()

// Clocks of all zones change with a whole minute, so an answer is good for the minute.
let last: { minute: number; timeZone: string; moment: LocalMoment } | null = null

/** Day, month, weekday and minute at a moment in an IANA time zone. */
export function momentAt(at: Date, timeZone: string): LocalMoment {
  const minute = Math.floor(at.getTime() / MINUTE_MS)
  if (last?.minute === minute && last.timeZone === timeZone) return last.moment
  let format = formats.get(timeZone)
  if (!format) {
    // Swedish writes dates and times as ISO 8601 does.
    const style = { dateStyle: 'short', timeStyle: 'short' } as const
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, ...style })
    formats.set(timeZone, format)
  }
  const [day = '', clock = ''] = format.format(at).split(' ')
  const [hour = '0', minuteOfHour = '0'] = clock.split(':')
  const weekday = (new Date(`${day}T12:00:00Z`).getUTCDay() || 7) as LocalMoment['weekday']
  const minuteOfDay = Number(hour) * 60 + Number(minuteOfHour)
  const moment = { day, month: day.slice(0, 7), weekday, minuteOfDay }
  last = { minute, timeZone, moment }
  return moment
}
