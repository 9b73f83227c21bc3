/** Weekdays (Monday is 1) with local hours, `08:00`; those that end before they begin go over midnight. */
export type WeekHours = { days: readonly number[]; from: string; until: string }

const minuteOf = (clock: string): number => {
  const [hour = '0', minute = '0'] = clock.split(':')
  return Number(hour) * 60 + Number(minute)
}

/**
 * Whether the moment is in the hours. The part of a night after midnight belongs to the day that it
 * began on; hours that end when they begin are the whole day.
 */
export function isWithin(
  { days, from, until }: WeekHours,
  { weekday, minuteOfDay }: { weekday: number; minuteOfDay: number },
): boolean {
  const [fromMinute, untilMinute] = [minuteOf(from), minuteOf(until)]
  const isToday = days.includes(weekday)
  if (fromMinute < untilMinute)
    return isToday && minuteOfDay >= fromMinute && minuteOfDay < untilMinute
  const isSinceYesterday = days.includes(weekday === 1 ? 7 : weekday - 1)
  return (isToday && minuteOfDay >= fromMinute) || (isSinceYesterday && minuteOfDay < untilMinute)
}
