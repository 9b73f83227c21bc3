import type { Judged } from './judge.ts'

type Compare = (a: Judged, b: Judged) => number

// What a candidate has over another, or 0: the first that differs decides.
const steps: readonly [step: string, compare: Compare][] = [
  ['discount', (a, b) => descending(a.discountMinor, b.discountMinor)],
  ['environment', (a, b) => b.environmentWeight - a.environmentWeight],
  ['payer_order', (a, b) => a.candidate.sourceRank - b.candidate.sourceRank],
  ['preference', (a, b) => a.preferencePlace - b.preferencePlace],
  ['quota', (a, b) => byRemaining(a.remainingMinor, b.remainingMinor)],
  ['cost', (a, b) => a.candidate.costBps - b.candidate.costBps],
]

const compares = steps.map(([, compare]) => compare)

const descending = (aMinor: bigint, bMinor: bigint): number =>
  aMinor === bMinor ? 0 : aMinor > bMinor ? -1 : 1

/** No quota at all is the largest. */
function byRemaining(aMinor: bigint | null, bMinor: bigint | null): number {
  if (aMinor === null || bMinor === null) return Number(aMinor !== null) - Number(bMinor !== null)
  return descending(aMinor, bMinor)
}

const ascending = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Those that nothing else tells apart, by their ids. */
export const byName = (a: Judged, b: Judged): number =>
  ascending(a.candidate.road, b.candidate.road) ||
  ascending(a.candidate.sourceId ?? '', b.candidate.sourceId ?? '')

/** Which of two goes first; a negative number for the first of them. */
export function inOrder(a: Judged, b: Judged): number {
  // By index and without taking apart: this is asked a hundred times for each payment.
  for (let at = 0; at < compares.length; at += 1) {
    const difference = compares[at]!(a, b)
    if (difference !== 0) return difference
  }
  return byName(a, b)
}

/** Why a goes before b: the first step in which they differ. */
export const stepBetween = (a: Judged, b: Judged): string =>
  steps.find(([, compare]) => compare(a, b) !== 0)?.[0] ?? 'tie'
