import { randomInt } from 'node:crypto'

import type { VirtualClock } from './clock.ts'

export type ShownCode = { code: string; expiresAt: Date }

export type TakenCode =
  | { kind: 'taken'; holder: string }
  | { kind: 'unknown' }
  | { kind: 'expired'; holder: string }
  | { kind: 'used'; holder: string }

export type CodeMint = {
  /** A new code for the holder, who may want it to live longer. Older ones live their own time out. */
  show(holder: string, lifeMs?: number): ShownCode
  /** Uses a code up. */
  take(code: string): TakenCode
  /** How it stands with a code, without using it. */
  stateOf(code: string): 'live' | 'used' | 'expired' | 'unknown'
}

// Codes are remembered for so long after their end, to tell a used or stale one from an unknown.
const MEMORY_MS = 3_600_000
const SWEEP_EVERY = 1_000

/** Makes one-time codes. They live in memory only: after a restart every payer shows a new one. */
export function codeMint(options: {
  clock: VirtualClock
  lifeMs: number
  make: () => string
}): CodeMint {
  const { clock, lifeMs, make } = options
  const codes = new Map<string, { holder: string; expiresAtMs: number; isUsed: boolean }>()

  const sweep = () => {
    const forgetMs = clock.nowMs() - MEMORY_MS
    for (const [code, { expiresAtMs }] of codes) if (expiresAtMs < forgetMs) codes.delete(code)
  }

  return {
    show: (holder, wantedMs = lifeMs) => {
      let code = make()
      while (codes.has(code)) code = make()
      const expiresAtMs = clock.nowMs() + wantedMs
      codes.set(code, { holder, expiresAtMs, isUsed: false })
      if (codes.size % SWEEP_EVERY === 0) sweep()
      return { code, expiresAt: new Date(expiresAtMs) }
    },
    take: (code) => {
      const shown = codes.get(code)
      if (!shown) return { kind: 'unknown' }
      const { holder, expiresAtMs, isUsed } = shown
      if (isUsed) return { kind: 'used', holder }
      if (clock.nowMs() >= expiresAtMs) return { kind: 'expired', holder }
      shown.isUsed = true
      return { kind: 'taken', holder }
    },
    stateOf: (code) => {
      const shown = codes.get(code)
      if (!shown) return 'unknown'
      if (shown.isUsed) return 'used'
      return clock.nowMs() >= shown.expiresAtMs ? 'expired' : 'live'
    },
  }
}

/** So many decimal digits, uniform, from the machine's own generator. */
export function randomDigits(count: number): string {
  return Array.from({ length: count }, () => randomInt(10)).join('')
}
