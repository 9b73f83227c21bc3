import { bpsOf, WHOLE_BPS } from '../../../modules/money/money.ts'

export type Line = {
  role: 'fee' | 'platform' | 'agent'
  bps: number
  base: 'gross' | 'fee'
  minimumMinor: bigint
  capMinor: bigint | null
}

/** What each line takes of the example, in the order of the lines, and what the merchant keeps. */
export type Example = { partsMinor: bigint[]; merchantMinor: bigint }

/**
 * Shares an amount as the server will: the fee first, each part half up, between its minimum and
 * its cap, and never more than is left; the merchant has the rest. All in minor units.
 *
 * Source: P29; DESIGN §5 (rounding), §10 (lines). It repeats modules/allocation, which a browser
 * cannot load, for the figures that are shown while a rule is typed; no money is moved by it.
 */
export function shareOf(grossMinor: bigint, lines: readonly Line[]): Example {
  let merchantMinor = grossMinor
  let feeMinor = 0n
  const partsMinor = lines.map(() => 0n)
  const places = lines.map((_, place) => place)
  const isFee = (place: number): boolean => lines[place]?.role === 'fee'
  const inOrder = [...places.filter(isFee), ...places.filter((place) => !isFee(place))]
  for (const place of inOrder) {
    const line = lines[place]
    if (!line) continue
    const wantedMinor = held(
      bpsOf(line.base === 'fee' ? feeMinor : grossMinor, BigInt(line.bps)),
      line,
    )
    const partMinor = wantedMinor < merchantMinor ? wantedMinor : merchantMinor
    merchantMinor -= partMinor
    partsMinor[place] = partMinor
    if (line.role === 'fee') feeMinor += partMinor
  }
  return { partsMinor, merchantMinor }
}

function held(amountMinor: bigint, { minimumMinor, capMinor }: Line): bigint {
  const raisedMinor = amountMinor < minimumMinor ? minimumMinor : amountMinor
  return capMinor !== null && raisedMinor > capMinor ? capMinor : raisedMinor
}

/** The rates together, in basis points of the payment; above the whole no rule may be. */
export function sumOfRates(lines: readonly Line[]): bigint {
  const feeBps = BigInt(lines.find(({ role }) => role === 'fee')?.bps ?? 0)
  return lines.reduce(
    (sum, { base, bps }) => sum + (base === 'gross' ? BigInt(bps) : bpsOf(feeBps, BigInt(bps))),
    0n,
  )
}

/** Whether the rates together are more than the whole payment. */
export function isOverWhole(lines: readonly Line[]): boolean {
  return sumOfRates(lines) > WHOLE_BPS
}

/** 38 basis points are "0.38%". */
export function percentText(bps: number | bigint): string {
  return `${(Number(bps) / 100).toFixed(2)}%`
}
