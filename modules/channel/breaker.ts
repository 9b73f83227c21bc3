// The circuit breaker of one channel account: a counterpart that does not answer is left alone, but
// for one probe now and then. Pure: times are handed in, in ms of any clock that never jumps.

/** After so many ill answers in a row it opens, */
const IN_A_ROW = 5
/** or when this share of the last calls was ill, all within this time. */
const LAST_CALLS = 20
const ILL_SHARE = 0.5
const WITHIN_MS = 10_000
/** While it is open, one probe in this time. */
export const PROBE_EVERY_MS = 5_000

type Ended = { atMs: number; isIll: boolean }

export type Breaker = {
  state: 'healthy' | 'ill' | 'probing'
  /** Since when it is healthy, or ill. */
  sinceMs: number
  illInARow: number
  last: readonly Ended[]
  /** The next probe is not before this. */
  probeAtMs: number
}

/** A breaker of an account that is believed to answer. */
export const newBreaker = (nowMs: number): Breaker => ({
  state: 'healthy',
  sinceMs: nowMs,
  illInARow: 0,
  last: [],
  probeAtMs: nowMs,
})

/** Whether a call may be made: `call`, `probe` (the one that finds out), or not. */
export function admits(breaker: Breaker, nowMs: number): 'call' | 'probe' | 'no' {
  if (breaker.state === 'healthy') return 'call'
  return breaker.state === 'ill' && nowMs >= breaker.probeAtMs ? 'probe' : 'no'
}

/** A probe goes out; until it ends there is no other. */
export const probed = (breaker: Breaker, nowMs: number): Breaker => ({
  ...breaker,
  state: 'probing',
  probeAtMs: nowMs + PROBE_EVERY_MS,
})

/**
 * A call ended. One good answer closes an open breaker. A call that began before the breaker last
 * turned says nothing new when it ends ill: what it tells of is over.
 *
 * @param call when it began and ended, and how
 */
export function ended(
  breaker: Breaker,
  call: { kind: 'call' | 'probe'; beganAtMs: number; atMs: number; isIll: boolean },
): Breaker {
  const { kind, beganAtMs, atMs, isIll } = call
  if (breaker.state !== 'healthy') {
    if (!isIll) return newBreaker(atMs)
    return kind === 'probe' ? { ...breaker, state: 'ill' } : breaker
  }
  if (isIll && beganAtMs < breaker.sinceMs) return breaker
  const illInARow = isIll ? breaker.illInARow + 1 : 0
  const last = [...breaker.last, { atMs, isIll }].slice(-LAST_CALLS)
  const next = { ...breaker, illInARow, last }
  return isTooIll(next, atMs)
    ? { ...next, state: 'ill', sinceMs: atMs, probeAtMs: atMs + PROBE_EVERY_MS }
    : next
}

function isTooIll({ illInARow, last }: Breaker, nowMs: number): boolean {
  if (illInARow >= IN_A_ROW) return true
  const recent = last.filter(({ atMs }) => nowMs - atMs <= WITHIN_MS)
  const ill = recent.filter(({ isIll }) => isIll).length
  return recent.length === LAST_CALLS && ill >= LAST_CALLS * ILL_SHARE
}
