/**
 * The SQLSTATE of an error of the driver, or '' when it is none. Node's own codes can be five
 * capital letters too (EPIPE); every SQLSTATE has a digit.
 */
export function sqlState(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : ''
}

// 08 connection, 53 resources, 57 operator intervention, 40 rollback (deadlock), 55P03 lock not
// available, 23505 a unique key taken meanwhile: the rerun finds the row. Source: DESIGN §5.
const transientStates = /^(08|53|57|40)|^55P03$|^23505$/
const networkCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOENT', 'ETIMEDOUT'])

/**
 * May the same work, run again, end differently? True for passing states of the database and for
 * a lost connection (even at commit: ids are made before, so the rerun finds its own rows).
 */
export function isTransient(error: unknown): boolean {
  const state = sqlState(error)
  if (state) return transientStates.test(state)
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown }
  if (typeof code === 'string' && networkCodes.has(code)) return true
  return (
    typeof message === 'string' &&
    /Connection terminated|connection is closed|timeout exceeded when trying to connect|Query read timeout|not queryable/i.test(
      message,
    )
  )
}

/** Did the server not answer in time? The connection still waits for it and is of no use. */
export const isSilence = (error: unknown): boolean =>
  error instanceof Error && error.message === 'Query read timeout'

export type SessionOptions = {
  /** The role that the session works as from its first statement; null keeps that of the login. */
  role: string | null
  /** Every statement goes by whole keys. */
  isKeyed?: boolean
}

// Plan once, for any values, and always by an index: what the planner knows of a table is an hour
// old, or of the moment when the table was empty.
const keyed = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
}

/** The connection option that makes a session so from its start. */
export function withSession({ role, isKeyed = false }: SessionOptions): { options?: string } {
  const settings = { ...(role && { role }), ...(isKeyed && keyed) }
  const words = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`)
  return words.length > 0 ? { options: words.join(' ') } : {}
}
