import { homeCurrency } from '../amounts.ts'
import type { LedgerTransfer, PaymentView } from '../../ui/types.ts'

export type Sum = { count: number; amountMinor: bigint; currency: string }

/** How many of these payments succeeded, and their total in minor units. */
export function sumOfSucceeded(payments: readonly PaymentView[]): Sum {
  const paid = payments.filter(({ state, kind }) => state === 'succeeded' && kind === 'purchase')
  return {
    count: paid.length,
    amountMinor: paid.reduce((sum, { amount }) => sum + BigInt(amount), 0n),
    currency: paid[0]?.currency ?? homeCurrency,
  }
}

export type Share = { account: string; amountMinor: bigint }

/**
 * What each account got in the end, in minor units: what came in less what went out, over all
 * transfers of a payment. The accounts that paid are left out.
 */
export function sharesOf(transfers: readonly LedgerTransfer[]): Share[] {
  const net = new Map<string, bigint>()
  const add = (account: string, amountMinor: bigint): void => {
    net.set(account, (net.get(account) ?? 0n) + amountMinor)
  }
  for (const { debit_account, credit_account, amount } of transfers) {
    add(debit_account, -BigInt(amount))
    add(credit_account, BigInt(amount))
  }
  return [...net]
    .filter(([, amountMinor]) => amountMinor > 0n)
    .map(([account, amountMinor]) => ({ account, amountMinor }))
}

/** The shares together; of a payment that was booked rightly this is the payment's amount. */
export function sumOfShares(shares: readonly Share[]): bigint {
  return shares.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)
}
