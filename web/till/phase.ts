import type { IconName } from '../ui/icons.tsx'
import type { Attempt } from './attempt.ts'

/**
 * What an open attempt waits for, which decides all that the screen says. `password`: the payer types
 * at the scheme; `pin`: our own payer in the wallet; `scans`: the customer scans what we show; `place`:
 * the cashier says whether the till is where it should be.
 */
export type Phase =
  | 'submitting'
  | 'unknown'
  | 'processing'
  | 'pin'
  | 'password'
  | 'scans'
  | 'query'
  | 'reversing'
  | 'place'

/** Who acts now, as colour and drawing; a new phase is a type error here. */
export const phaseLooks: Record<Phase, { tone: string; icon: IconName }> = {
  submitting: { tone: 'processing', icon: 'spinner' },
  processing: { tone: 'processing', icon: 'spinner' },
  pin: { tone: 'waiting', icon: 'clock' },
  password: { tone: 'waiting', icon: 'clock' },
  scans: { tone: 'processing', icon: 'qr' },
  query: { tone: 'waiting', icon: 'spinner' },
  unknown: { tone: 'waiting', icon: 'spinner' },
  reversing: { tone: 'neutral', icon: 'undo' },
  place: { tone: 'waiting', icon: 'warning' },
}

/** The phase of an attempt: what the server said of it, or how far our asking has come. */
export function phaseOf({ payment, phase, wantsReverse }: Attempt): Phase {
  const next = payment?.state === 'processing' ? payment.next_action : null
  if (wantsReverse || next === 'reverse') return 'reversing'
  if (phase !== 'processing') return phase
  if (next === 'payer_confirms') return isOurPayer(payment) ? 'pin' : 'password'
  if (next === 'payer_scans') return 'scans'
  return next === 'query' ? 'query' : 'processing'
}

// A payer of ours has until `confirm_expires_at` to agree; a scheme tells of no such time.
const isOurPayer = (payment: Attempt['payment']): boolean => payment?.confirm_expires_at != null

/** Whether the cashier may still ask for the money to be taken back. */
export const mayReverse = (phase: Phase): boolean => phase !== 'reversing' && phase !== 'place'
