const BEIJING_AHEAD_MS = 8 * 3_600_000

const WRITTEN = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)?$/

/** Writes a moment as Alipay writes it: Beijing time, `yyyy-MM-dd HH:mm:ss`; what is less is cut. */
export function beijingTime(at: Date): string {
  const local = new Date(at.getTime() + BEIJING_AHEAD_MS).toISOString()
  return `${local.slice(0, 10)} ${local.slice(11, 19)}`
}

/** Reads what Alipay wrote (gmt_refund has a fraction, which is dropped); null for no such time. */
export function readBeijingTime(text: string): Date | null {
  const [, on, time] = WRITTEN.exec(text) ?? []
  const at = new Date(`${on}T${time}+08:00`)
  // A 31st of February is read as the 3rd of March, and then is written otherwise than it came.
  return !Number.isNaN(at.getTime()) && beijingTime(at) === `${on} ${time}` ? at : null
}
