import type { Clock } from '../lib/clock.ts'
import type { Breaker } from './breaker.ts'
import { admits, ended, newBreaker, probed } from './breaker.ts'
import {
  NOT_SENT,
  type Channel,
  type Health,
  type PresentOrder,
  type Unlinking,
} from './channel.ts'

/** What a call was, and what came of it; for figures. */
export type Called = {
  operation:
    'charge' | 'query' | 'reverse' | 'close' | 'present' | 'refund' | 'refund_query' | 'unlink'
  /** The outcome's kind, or `ill`. */
  outcome: string
  tookMs: number
}

export type GuardOptions = {
  /** How many calls may be under way at once. */
  concurrency: () => number
  clock: Clock
  /** Milliseconds of a clock that never jumps. */
  nowMs: () => number
  onCalled?: (call: Called) => void
  /** It became ill, or answers again. Not told of probes. */
  onTurned?: (health: Health) => void
}

/** A channel behind its breaker and its limit, and what is known of how it has been answering. */
export type Guarded = {
  channel: Channel
  health(): Health
  mayCall(): boolean
  /** Makes a probe, when one is due; else nothing. */
  probe(): Promise<void>
}

// What a person looks at: the last calls of the last minute.
const RECENT_CALLS = 100
const RECENT_MS = 60_000

type Recent = { atMs: number; tookMs: number; isIll: boolean }
type Answered = { kind: string; channelCode?: string; isIll?: true }

/**
 * Puts a breaker and a limit of calls at once before a channel. When it is open or full nothing
 * leaves: a charge is `not_sent`, everything else is as unknown as before. A charge is never a
 * probe: what finds out whether the counterpart answers again must not cost a payer anything.
 *
 * Source: reliability.md §5 (breaker, bulkhead); DESIGN §3.
 */
export function guard(channel: Channel, options: GuardOptions): Guarded {
  const { clock, nowMs, concurrency, onCalled, onTurned } = options
  let breaker: Breaker = newBreaker(nowMs())
  let since = clock()
  let callsInFlight = 0
  let lastProblem: string | null = null
  let recent: Recent[] = []

  const health = (): Health => ({
    ...{ state: breaker.state, since, lastProblem, callsInFlight },
    recent: figuresOf(recent.filter(({ atMs }) => nowMs() - atMs <= RECENT_MS)),
  })

  function turnTo(next: Breaker): void {
    const hasTurned = (breaker.state === 'healthy') !== (next.state === 'healthy')
    breaker = next
    if (!hasTurned) return
    since = clock()
    onTurned?.(health())
  }

  async function call<Outcome extends Answered>(
    operation: Called['operation'],
    ask: () => Promise<Outcome>,
    notSent: Outcome,
  ): Promise<Outcome> {
    const kind = admits(breaker, nowMs())
    if (kind === 'no' || callsInFlight >= concurrency()) return notSent
    if (kind === 'probe' && !mayProbe.has(operation)) return notSent
    const beganAtMs = nowMs()
    if (kind === 'probe') turnTo(probed(breaker, beganAtMs))
    callsInFlight += 1
    let outcome: Outcome | undefined
    try {
      return (outcome = await ask())
    } finally {
      callsInFlight -= 1
      // An adapter that throws has a fault of its own; that, too, is no answer.
      const isIll = outcome === undefined || outcome.isIll === true
      const atMs = nowMs()
      const tookMs = atMs - beganAtMs
      if (isIll) lastProblem = outcome?.channelCode ?? 'ADAPTER_FAILED'
      recent = [...recent, { atMs, tookMs, isIll }].slice(-RECENT_CALLS)
      turnTo(ended(breaker, { kind, beganAtMs, atMs, isIll }))
      onCalled?.({ operation, outcome: isIll ? 'ill' : outcome!.kind, tookMs })
    }
  }

  const unsure = { kind: 'unknown', channelCode: NOT_SENT } as const
  const unknown = { ...unsure, waitsFor: 'channel' } as const
  const again = { kind: 'again', channelCode: NOT_SENT } as const
  const present = channel.present?.bind(channel)
  const unlink = channel.unlink?.bind(channel)
  const guarded: Channel = {
    ...channel,
    charge: (order) =>
      call('charge', () => channel.charge(order), { kind: 'not_sent', channelCode: NOT_SENT }),
    query: (charge) => call('query', () => channel.query(charge), unknown),
    reverse: (charge) => call('reverse', () => channel.reverse(charge), again),
    close: (charge) => call('close', () => channel.close(charge), again),
    refund: (order) => call('refund', () => channel.refund(order), unsure),
    queryRefund: (order) => call('refund_query', () => channel.queryRefund(order), unsure),
    ...(present && {
      present: (order: PresentOrder) => call('present', () => present(order), unsure),
    }),
    ...(unlink && {
      unlink: (link: Unlinking) => call('unlink', () => unlink(link), again),
    }),
  }

  return {
    channel: guarded,
    health,
    mayCall: () => admits(breaker, nowMs()) !== 'no',
    async probe() {
      if (admits(breaker, nowMs()) !== 'probe') return
      const tried = async () => {
        const { ok, problem } = await channel.test()
        return ok ? { kind: 'answered' } : { kind: 'ill', ...illOf(problem) }
      }
      await call('query', tried, { kind: 'not_sent' })
    },
  }
}

const illOf = (problem: string | null) => ({ isIll: true as const, channelCode: problem ?? 'ILL' })

// What does no harm to a payer, and is asked again when it is not answered.
const mayProbe: ReadonlySet<Called['operation']> = new Set([
  'query',
  'refund_query',
  'reverse',
  'unlink',
])

function figuresOf(recent: readonly Recent[]): Health['recent'] {
  const tookMs = recent.map((one) => one.tookMs).toSorted((a, b) => a - b)
  return {
    calls: recent.length,
    ill: recent.filter(({ isIll }) => isIll).length,
    p50Ms: Math.round(tookMs[Math.floor(tookMs.length / 2)] ?? 0),
  }
}
