import type { AllocationRule } from '../../ui/types.ts'
import { minorFromTyped, typedFromMinor } from '../amounts.ts'
import type { Line } from './example.ts'

/** A line as it is typed; amounts in yuan. */
export type TypedLine = {
  role: Line['role']
  party?: string
  bps: string
  base: Line['base']
  minimum?: string
  cap?: string
}

export type TypedRule = {
  lines: TypedLine[]
  when: 'now' | 'later'
  effective_at?: string
}

/** What a new rule begins with: the handling fee that most shops pay. */
export const firstLine: TypedLine = { role: 'fee', bps: '38', base: 'gross' }

/** The lines of a version, to be changed into the next. */
export function typedLines(rule: AllocationRule | null): TypedLine[] {
  if (!rule) return [firstLine]
  return rule.lines.map((line) => ({
    role: line.role,
    bps: String(line.bps),
    base: line.base,
    ...(line.party ? { party: line.party } : {}),
    ...(line.minimum ? { minimum: typedFromMinor(line.minimum) } : {}),
    ...(line.cap == null ? {} : { cap: typedFromMinor(line.cap) }),
  }))
}

/** A rate as typed, in whole basis points; null for what is none. */
export function readBps(typed: string | undefined): number | null {
  const text = typed?.trim() ?? ''
  if (!/^\d{1,5}$/.test(text)) return null
  const bps = Number(text)
  return bps <= 10_000 ? bps : null
}

/** A typed line as the worked example takes it; what is not right yet counts as nothing. */
export function readLine(typed: Partial<TypedLine>): Line {
  const capMinor = typed.cap?.trim() ? minorFromTyped(typed.cap) : null
  return {
    role: typed.role ?? 'fee',
    bps: readBps(typed.bps) ?? 0,
    base: typed.base ?? 'gross',
    minimumMinor: BigInt((typed.minimum?.trim() && minorFromTyped(typed.minimum)) || 0),
    capMinor: capMinor === null ? null : BigInt(capMinor),
  }
}

/** The body of the request, in minor units and basis points. */
export function ruleBody(merchant: string, typed: TypedRule): object {
  return {
    merchant,
    ...(typed.when === 'later' && typed.effective_at
      ? { effective_at: new Date(typed.effective_at).toISOString() }
      : {}),
    lines: typed.lines.map((line) => {
      const { role, bps, base, minimumMinor, capMinor } = readLine(line)
      return {
        role,
        bps,
        base: role === 'fee' ? 'gross' : base,
        ...(role === 'fee' ? {} : { party: line.party }),
        ...(minimumMinor > 0n ? { minimum: Number(minimumMinor) } : {}),
        ...(capMinor === null ? {} : { cap: Number(capMinor) }),
      }
    }),
  }
}
