const DAY_MS = 24 * 60 * 60 * 1000

/** The two moments between which it is a certain day, YYYY-MM-DD, in an IANA time zone. */
export function dayBounds(day: string, timeZone: string): { from: Date; before: Date } {
  const middleMs = Date.parse(`${day}T12:00:00Z`)
  const next = new Date(middleMs + DAY_MS).toISOString().slice(0, 10)
  return { from: midnight(day, timeZone), before: midnight(next, timeZone) }
}

/** Whether the text names a day of the calendar. */
export const isDay = (text: string): boolean => {
  const at = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}

/** The first moment of a day. Twice, because the guess may lie on the other side of a clock change. */
function midnight(day: string, timeZone: string): Date {
  const wallMs = Date.parse(`${day}T00:00:00Z`)
  const guessMs = wallMs - offsetMs(wallMs, timeZone)
  return new Date(wallMs - offsetMs(guessMs, timeZone))
}

/** How far the zone's clocks are ahead of UTC at a moment. */
function offsetMs(atMs: number, timeZone: string): number {
  const options = { timeZone, dateStyle: 'short', timeStyle: 'medium' } as const
  // Swedish writes dates and times as ISO 8601 does.
  const wall = new Intl.DateTimeFormat('sv-SE', options).format(new Date(atMs))
  return Date.parse(`${wall.replace(' ', 'T')}Z`) - Math.floor(atMs / 1000) * 1000
}
