import { asProblem, type Problem } from '../../ui/problem.ts'
import type { PaymentCodeView } from '../../ui/types.ts'

/** What is on the card: a code that pays now, nothing yet, or nothing and why. */
export type CodeState =
  | { kind: 'starting' }
  | { kind: 'live'; code: PaymentCodeView }
  | { kind: 'none'; problem: Problem }

export type KeeperOptions = {
  issue: (sourceId: string | null) => Promise<PaymentCodeView>
  /** Ms that only go forward; may stand still while the device sleeps. */
  steadyMs: () => number
  /** The server's time in ms since 1970, which runs on while the device sleeps. */
  serverNowMs: () => number
  onChange: (state: CodeState) => void
}

export type CodeKeeper = {
  state(): CodeState
  /** Looks at the clocks: drops a code that has expired, asks for the next one when it is time. */
  tick(): void
  /** Asks for a new code at once. `drop` takes the shown one off the screen first. */
  refresh(options?: { sourceId?: string; drop?: boolean }): void
  /** Whole seconds that the shown code still lives; 0 when there is none. */
  secondsLeft(): number
}

type Deadline = { steadyMs: number; serverMs: number }

// The next code is fetched so early that it is there before the shown one ends.
const renewBeforeMs = 6_000
// A newer code kills the older one after this grace. Source: DESIGN §6, the contract of the API.
const graceMs = 10_000
const waitsMs = [500, 1_000, 2_000, 4_000, 8_000]

/**
 * Keeps one live payment code. A shown code never outlives its expiry, whichever of the two clocks
 * reaches it first; the next one replaces it before that when the server can be reached. Digits are
 * held here in memory and nowhere else.
 */
export function createCodeKeeper(options: KeeperOptions): CodeKeeper {
  let state: CodeState = { kind: 'starting' }
  let deadline: Deadline | null = null
  let isAsking = false
  let askAgain: { sourceId: string | null } | null = null
  let lastProblem: Problem | null = null
  let failures = 0
  let askAfterMs = 0

  function show(next: CodeState): void {
    state = next
    options.onChange(next)
  }

  function leftMs(): number {
    if (!deadline) return 0
    const steady = deadline.steadyMs - options.steadyMs()
    return Math.min(steady, deadline.serverMs - options.serverNowMs())
  }

  async function ask(sourceId: string | null): Promise<void> {
    if (isAsking) {
      askAgain = { sourceId }
      return
    }
    isAsking = true
    // The life is counted from before the question, so it ends here before it ends at the server.
    const askedAtMs = options.steadyMs()
    try {
      const code = await options.issue(sourceId)
      failures = 0
      lastProblem = null
      // A code that was overtaken while it was made dies soon: wait for its successor instead.
      if (!askAgain) accept(code, askedAtMs)
    } catch (thrown) {
      refuse(asProblem(thrown), askedAtMs)
    } finally {
      isAsking = false
    }
    if (!askAgain) return
    const next = askAgain
    askAgain = null
    await ask(next.sourceId)
  }

  function accept(code: PaymentCodeView, askedAtMs: number): void {
    deadline = {
      steadyMs: askedAtMs + code.life_seconds * 1000,
      serverMs: Date.parse(code.expires_at),
    }
    if (leftMs() > 0) show({ kind: 'live', code })
    else blank()
  }

  function blank(): void {
    deadline = null
    show(lastProblem ? { kind: 'none', problem: lastProblem } : { kind: 'starting' })
  }

  function refuse(problem: Problem, askedAtMs: number): void {
    askAfterMs = options.steadyMs() + waitsMs[Math.min(failures, waitsMs.length - 1)]!
    failures += 1
    lastProblem = problem
    // The question may have been heard though no answer came; then the shown code is dying.
    if (deadline && problem.isUnanswered) {
      deadline.steadyMs = Math.min(deadline.steadyMs, askedAtMs + graceMs)
    }
    if (problem.code === 'PAYER_FROZEN') deadline = null
    if (leftMs() <= 0) blank()
  }

  return {
    state: () => state,
    secondsLeft: () => Math.max(0, Math.ceil(leftMs() / 1000)),
    refresh({ sourceId, drop } = {}) {
      if (drop) {
        lastProblem = null
        blank()
      }
      void ask(sourceId ?? null)
    },
    tick() {
      if (state.kind === 'live' && leftMs() <= 0) blank()
      const isDue = state.kind !== 'live' || leftMs() <= renewBeforeMs
      const isFrozen = state.kind === 'none' && state.problem.code === 'PAYER_FROZEN'
      if (isDue && !isFrozen && !isAsking && options.steadyMs() >= askAfterMs) void ask(null)
    },
  }
}
