import type { ExceptionKind, ExceptionView } from '../types.ts'

export const exceptionKinds: readonly ExceptionKind[] = [
  ...(['late_success', 'stuck_unknown', 'refund_failed', 'amount_mismatch'] as const),
]

export type Risk = { kind: ExceptionKind; count: number; amountMinor: number }

/** How many exceptions of each kind, and the value at risk in minor units; empty kinds too. */
export function riskByKind(open: readonly ExceptionView[]): Risk[] {
  return exceptionKinds.map((kind) => {
    const own = open.filter((one) => one.kind === kind)
    const amountMinor = own.reduce((sum, { amount }) => sum + amount, 0)
    return { kind, count: own.length, amountMinor }
  })
}

export type Age = { unit: 'second' | 'minute' | 'hour' | 'day'; count: number }

const units: readonly [unit: Age['unit'], seconds: number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** An age in its largest whole unit. */
export function ageOf(seconds: number): Age {
  const [unit, length] = units.find(([, each]) => seconds >= each) ?? ['second' as const, 1]
  return { unit, count: Math.floor(seconds / length) }
}

// An hour is a customer who waits for money; a day is a customer who has called. Our own decision.
const LATE_S = 3_600
const OLD_S = 86_400

/** How urgent an open exception is by its age alone. */
export function urgency(seconds: number): 'fresh' | 'late' | 'old' {
  return seconds >= OLD_S ? 'old' : seconds >= LATE_S ? 'late' : 'fresh'
}
