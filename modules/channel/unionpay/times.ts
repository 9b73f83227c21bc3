const HOUR_MS = 3_600_000
const BEIJING_AHEAD_MS = 8 * HOUR_MS

const WRITTEN = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/

const written = (at: Date, aheadMs = BEIJING_AHEAD_MS): string =>
  new Date(at.getTime() + aheadMs).toISOString().slice(0, 19).replace(/\D/g, '')

/** Writes a moment as UnionPay writes txnTime: Beijing time, `yyyyMMddHHmmss`; what is less is cut. */
export function txnTime(at: Date): string {
  return written(at)
}

/** Reads a txnTime; null for what is none. */
export function readTxnTime(text: string): Date | null {
  const [, year, month, day, hour, minute, second] = WRITTEN.exec(text) ?? []
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}+08:00`)
  // A 31st of February is read as the 3rd of March, and then is written otherwise than it came.
  return !Number.isNaN(at.getTime()) && written(at) === text ? at : null
}

/**
 * Reads a traceTime, `MMddHHmmss`, which has no year: that of the txnTime beside it, or the next
 * when the year ended between the two. Null for what is none.
 */
export function readTraceTime(text: string, beside: Date): Date | null {
  const year = Number(written(beside).slice(0, 4))
  const [same, next] = [readTxnTime(`${year}${text}`), readTxnTime(`${year + 1}${text}`)]
  if (!same || !next) return same
  const distanceMs = (at: Date) => Math.abs(at.getTime() - beside.getTime())
  return distanceMs(next) < distanceMs(same) ? next : same
}

/**
 * The clearing day a moment belongs to, as `yyyyMMdd`: a day ends at 23:00 Beijing time.
 *
 * Source: reference/protocols.md §4.1.
 */
export function clearingDay(at: Date): string {
  return written(at, BEIJING_AHEAD_MS + HOUR_MS).slice(0, 8)
}
