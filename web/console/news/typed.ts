/** A moment as the browser's field has it, in a time zone: `2026-11-23T18:00`. */
export function typedMoment(at: string, timeZone: string): string {
  const style = { dateStyle: 'short', timeStyle: 'short' } as const
  // Swedish writes dates and times as ISO 8601 does.
  const wall = new Intl.DateTimeFormat('sv-SE', { timeZone, ...style }).format(new Date(at))
  return wall.replace(' ', 'T')
}
