import type { AllocationRule } from '../../ui/types.ts'

export type RuleStanding = 'current' | 'planned' | 'past'

/**
 * How a version stands at a moment: the newest whose time has come is in force; what is older is
 * past, and what begins later is planned.
 */
export function standingOf(
  rule: AllocationRule,
  all: readonly AllocationRule[],
  nowMs: number,
): RuleStanding {
  if (Date.parse(rule.effective_at) > nowMs) return 'planned'
  const isOverruled = all.some(
    ({ version, effective_at }) => version > rule.version && Date.parse(effective_at) <= nowMs,
  )
  return isOverruled ? 'past' : 'current'
}
