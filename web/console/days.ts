import { isoDay } from '../ui/i18n.tsx'

const dayMs = 86_400_000

/** The first moment of a day (`YYYY-MM-DD`) in a time zone, as the API takes it. */
export function startOfDay(day: string, zone: string): string {
  return momentOf(`${day}T00:00`, zone)
}

/** A local time as it is typed (`2026-11-23T18:00`) in a time zone, as the API takes it. */
export function momentOf(typed: string, zone: string): string {
  const asUtc = Date.parse(`${typed}Z`)
  // Two rounds, since the offset is that of the moment itself, and a clock may change overnight.
  let at = asUtc - offsetMs(asUtc, zone)
  at = asUtc - offsetMs(at, zone)
  return new Date(at).toISOString()
}

/** As the browser's field has it, without a zone: `2026-11-23T18:00`. */
export type TypedPeriod = { valid_from?: string; valid_until?: string }

/** The period as the API takes it; what was left empty begins at once, or has no end. */
export function validityOf(typed: TypedPeriod, zone: string): TypedPeriod {
  const { valid_from: from, valid_until: until } = typed
  return {
    ...(from ? { valid_from: momentOf(from, zone) } : {}),
    ...(until ? { valid_until: momentOf(until, zone) } : {}),
  }
}

/** The day so many days later; negative goes back. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10)
}

/** Today in a time zone. */
export function today(zone: string): string {
  return isoDay(Date.now(), zone)
}

/** Whether a text is a day that exists, as `YYYY-MM-DD`. */
export function isDay(text: string | undefined): text is string {
  if (!text || !/^\d{4}-\d\d-\d\d$/.test(text)) return false
  const at = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}

function offsetMs(at: number, zone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const found = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  const part = (type: Intl.DateTimeFormatPartTypes): number => found.get(type) ?? 0
  const local = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  )
  return local - Math.floor(at / 1000) * 1000
}
