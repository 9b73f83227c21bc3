import { assert } from '../lib/assert.ts'
import { bpsOf, WHOLE_BPS } from '../money/money.ts'

export {
  accountOf,
  insertRuleVersion,
  readCurrentRules,
  readRules,
  type CurrentRule,
  type RuleVersion,
} from './rules.ts'

/** One part of a rule. Amounts in minor units, rates in basis points (38 is 0.38 %). */
export type AllocationLine = {
  role: 'fee' | 'platform' | 'agent'
  /** Who receives it; null for the fee, which stays with the institution. */
  partyId: string | null
  bps: number
  /** Of what the rate is taken: the whole payment, or the handling fee. */
  base: 'gross' | 'fee'
  minimumMinor: bigint
  capMinor: bigint | null
}

export type Part = { role: AllocationLine['role']; partyId: string | null; amountMinor: bigint }
export type Allocation = { merchantMinor: bigint; parts: Part[] }

/**
 * Shares one payment: each part rounds half up, is held between its minimum and its cap, and takes
 * no more than what is left; the merchant has the rest. So the parts and the merchant's rest
 * always make the gross. The fee is reckoned first, since others may be a share of it.
 *
 * @param grossMinor what the payer paid, in minor units; above 0
 * @throws AssertionError when the gross is not above zero, which is our bug
 *
 * Source: P29; DESIGN §5 (rounding), §10 (lines); decision 0003.
 */
export function allocate(grossMinor: bigint, lines: readonly AllocationLine[]): Allocation {
  assert(grossMinor > 0n, 'the gross is above zero')
  let merchantMinor = grossMinor
  let feeMinor = 0n
  const inOrder = [
    ...lines.filter(({ role }) => role === 'fee'),
    ...lines.filter(({ role }) => role !== 'fee'),
  ]
  const parts = inOrder.map((line): Part => {
    const baseMinor = line.base === 'fee' ? feeMinor : grossMinor
    const wantedMinor = held(bpsOf(baseMinor, BigInt(line.bps)), line)
    const amountMinor = wantedMinor < merchantMinor ? wantedMinor : merchantMinor
    merchantMinor -= amountMinor
    if (line.role === 'fee') feeMinor += amountMinor
    return { role: line.role, partyId: line.partyId, amountMinor }
  })
  return { merchantMinor, parts }
}

const held = (amountMinor: bigint, { minimumMinor, capMinor }: AllocationLine): bigint => {
  const raisedMinor = amountMinor < minimumMinor ? minimumMinor : amountMinor
  return capMinor !== null && raisedMinor > capMinor ? capMinor : raisedMinor
}

export type RuleProblem = { code: 'INVALID_REQUEST' | 'ALLOCATION_OVER_WHOLE'; reason: string }

/**
 * Says what is wrong with the lines of a new rule, or null: one fee at most, a party exactly where
 * one receives, and rates that together never exceed the payment (a share of the fee counts as
 * that part of the fee's own rate).
 *
 * Source: DESIGN §10 (the sum never exceeds gross).
 */
export function checkRule(lines: readonly AllocationLine[]): RuleProblem | null {
  const fees = lines.filter(({ role }) => role === 'fee')
  const names = lines.map(({ role, partyId }) => `${role} ${partyId ?? ''}`)
  const checks: [boolean, string][] = [
    [fees.length > 1, 'there is one handling fee at most'],
    [fees.some(({ base }) => base === 'fee'), 'the handling fee is taken of the gross'],
    [
      lines.some(({ role, partyId }) => (role === 'fee') !== (partyId === null)),
      'a platform or agent line names its party, and the fee names none',
    ],
    [new Set(names).size < names.length, 'a party stands in the rule once'],
    [
      lines.some(({ minimumMinor, capMinor }) => capMinor !== null && capMinor < minimumMinor),
      'a cap is not below its minimum',
    ],
    [
      lines.some(({ bps }) => !Number.isInteger(bps) || bps < 0 || bps > Number(WHOLE_BPS)),
      'a rate is 0 to 10 000 basis points',
    ],
  ]
  const wrong = checks.find(([isWrong]) => isWrong)
  if (wrong) return { code: 'INVALID_REQUEST', reason: wrong[1] }

  const feeBps = BigInt(fees[0]?.bps ?? 0)
  const sumBps = lines.reduce(
    (sum, { base, bps }) => sum + (base === 'gross' ? BigInt(bps) : bpsOf(feeBps, BigInt(bps))),
    0n,
  )
  const reason = 'the rates together exceed the payment'
  return sumBps > WHOLE_BPS ? { code: 'ALLOCATION_OVER_WHOLE', reason } : null
}
