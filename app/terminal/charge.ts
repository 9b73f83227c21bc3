import type { Refusal } from './calls.ts'

/** What the cash register asks for: so much money, under a name that is its own. */
export type Charge = {
  /** The cash register's own number of this try: 1 to 40 of `A-Z a-z 0-9 . _ -`. */
  reference: string
  amountMinor: bigint
  currency: string
}

/** One way to say how a charge ended. */
export type Outcome = {
  state:
    | 'succeeded'
    | 'failed'
    | 'reversed'
    /** The server took no payment: `code` says why. */
    | 'refused'
    /** No code was scanned in time. */
    | 'no_scan'
    | 'cancelled'
    /** The server never had it. */
    | 'not_made'
  /** Why it did not succeed: an error's or a decline's code; null when it did. */
  code: string | null
  payment: PaymentTold | null
  /** What to do next, as the server said it. */
  nextAction?: string
}

/** What of a payment a cash register needs. */
export type PaymentTold = {
  id: string
  state: 'processing' | 'succeeded' | 'failed' | 'reversed'
  next_action: string | null
  amount: number
  discount: number
  charged: number
  currency: string
  order_no: string
  scheme: string | null
  payer_name: string | null
  decline_reason: string | null
  created_at: string
  completed_at: string | null
}

/** Whether the same reference may be tried again: nothing was made under it. */
export const isNothingMade = ({ state }: Outcome): boolean =>
  state === 'refused' || state === 'no_scan' || state === 'cancelled' || state === 'not_made'

/** How a payment that is final ended. */
export function outcomeOf(payment: PaymentTold): Outcome {
  const { state, decline_reason: reason } = payment
  if (state === 'processing') throw new Error('This payment has not ended.')
  const code = state === 'succeeded' ? null : (reason ?? state)
  return { state, code, payment }
}

/** The server would not have it. */
export const refusedBy = ({ code, nextAction }: Pick<Refusal, 'code' | 'nextAction'>): Outcome => ({
  ...{ state: 'refused', code, payment: null, nextAction },
})

/** What a terminal that is locked answers without asking. */
export const lockedOutcome = refusedBy({ code: 'TERMINAL_LOCKED', nextAction: 'none' })
