// WeChat's clocks show Beijing time, which has no summer time.
const OFFSET_MS = 8 * 3_600_000

/** `yyyyMMddHHmmss`, as V2 writes times. */
export function compactTime(at: Date): string {
  return shifted(at).replace(/\D/g, '').slice(0, 14)
}

/** `2026-11-23T20:15:02+08:00`, as V3 writes times. */
export function offsetTime(at: Date): string {
  return `${shifted(at).slice(0, 19)}+08:00`
}

/** Reads `yyyyMMddHHmmss`; undefined when it is no such time. */
export function readCompactTime(text: string): Date | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text)
  if (!parts) return undefined
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second) - OFFSET_MS)
}

function shifted(at: Date): string {
  return new Date(at.getTime() + OFFSET_MS).toISOString()
}
