import type { IconName } from '../ui/icons.tsx'
import type { RefundView } from '../ui/types.ts'
import type { RefundTry } from './refund-try.ts'

/** How a refund stands, in the words of a cashier; each is a sentence of the catalogue. */
export type RefundFace =
  'asking' | 'unknown' | 'refused' | 'query' | 'second_approval' | 'succeeded' | 'failed'

/** Colour and drawing; a new face is a type error here. */
export const refundLooks: Record<RefundFace, { tone: string; icon: IconName }> = {
  asking: { tone: 'processing', icon: 'spinner' },
  unknown: { tone: 'waiting', icon: 'spinner' },
  refused: { tone: 'failed', icon: 'cross' },
  query: { tone: 'processing', icon: 'clock' },
  second_approval: { tone: 'waiting', icon: 'user' },
  succeeded: { tone: 'succeeded', icon: 'check' },
  failed: { tone: 'failed', icon: 'cross' },
}

/** The face of a refund that the server has. */
export function faceOfRefund({ state, next_action: next }: RefundView): RefundFace {
  if (state !== 'processing') return state
  return next === 'second_approval' ? 'second_approval' : 'query'
}

/** The face of a refund that was asked for here. */
export function faceOfTry({ phase, refund }: RefundTry): RefundFace {
  if (refund) return faceOfRefund(refund)
  return phase === 'made' ? 'asking' : phase
}

/** What may still be given back of a payment, in minor units: failed refunds took nothing. */
export function refundableMinor(amountMinor: bigint, refunds: readonly RefundView[]): bigint {
  const taken = refunds
    .filter(({ state, is_late: isLate }) => state !== 'failed' && !isLate)
    .reduce((sum, { amount }) => sum + BigInt(amount), 0n)
  return amountMinor > taken ? amountMinor - taken : 0n
}
