import type { DeclineReason } from '../errors/errors.ts'
import type { Currency } from '../money/money.ts'

/** All but `waiting` (for the payer's PIN) are final; a succeeded one may still be given back. */
export type DebitState = 'waiting' | 'succeeded' | 'failed' | 'reversed'

/**
 * The issuer's side of a payment at another institution: what was taken from one of our payers for
 * it. Its charge's number at the acquirer is what both know it by.
 *
 * Source: DESIGN §10 (the issuer side is `wallet_debit`).
 */
export type WalletDebit = {
  institutionId: string
  id: string
  /** The acquirer. */
  peerId: string
  chargeId: string
  state: DebitState
  /** Of the request; null for a reversal that came before its charge. */
  fingerprint: Buffer | null
  amountMinor: bigint
  currency: Currency
  merchantName: string
  maskedCode: string | null
  /** Null when the code names nobody. */
  payerId: string | null
  payerName: string | null
  sourceId: string | null
  sourceLabel: string | null
  ledgerAccountId: string | null
  mandateId: string | null
  /** It is taken with the payer's PIN only. */
  needsPin: boolean
  /** By a code that the payer's device made without a network. */
  isOffline: boolean
  declineReason: DeclineReason | null
  /** The local day, 2026-11-23, whose limits it counts in. */
  limitDay: string | null
  refundedMinor: bigint
  /** Transfers so far: the charge, the reversal or the refunds. */
  legs: number
  createdAt: Date
  confirmExpiresAt: Date | null
  completedAt: Date | null
}

/** Something given back to the payer, by the acquirer's own number. */
export type DebitRefund = { refundId: string; amountMinor: bigint; createdAt: Date }

/** The same as its payer sees it in a list, with what was debited. */
export type PayersRefund = DebitRefund &
  Pick<WalletDebit, 'currency' | 'merchantName'> & { debitId: string }

/** A debit as plain JSON, for the payload of an event; `debitOfPlain` reads it back. */
export const plainDebit = ({ fingerprint: _hash, ...debit }: WalletDebit) => ({
  ...debit,
  amountMinor: debit.amountMinor.toString(),
  refundedMinor: debit.refundedMinor.toString(),
  createdAt: debit.createdAt.getTime(),
  confirmExpiresAt: debit.confirmExpiresAt?.getTime() ?? null,
  completedAt: debit.completedAt?.getTime() ?? null,
})

/** Reads what `plainDebit` wrote. */
export function debitOfPlain(plain: Readonly<Record<string, unknown>>): WalletDebit {
  const time = (at: unknown) => (at === null ? null : new Date(at as number))
  return {
    ...(plain as unknown as WalletDebit),
    fingerprint: null,
    needsPin: plain.needsPin === true,
    isOffline: plain.isOffline === true,
    amountMinor: BigInt(plain.amountMinor as string),
    refundedMinor: BigInt(plain.refundedMinor as string),
    createdAt: time(plain.createdAt) as Date,
    confirmExpiresAt: time(plain.confirmExpiresAt),
    completedAt: time(plain.completedAt),
  }
}
