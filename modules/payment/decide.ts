import type { DeclineReason, ErrorCode } from '../errors/errors.ts'
import { saleSubject } from '../goods/goods.ts'
import { applyTransfers, firstBelowFloor, type Transfer } from '../ledger/ledger.ts'
import { assert } from '../lib/assert.ts'
import { addUse, overLimit, type Periods } from '../wallet/wallet.ts'
import type { Ground } from './ground.ts'
import { chargedMinor, type Payment } from './state.ts'
import { topUpTransfer, transfersOf } from './transfers.ts'

/** What a payment is charged to, and the days its limits count in. */
export type ChargeTo = { sourceAccountId: string; periods: Periods; isPartOfSale: boolean }

export type Charged =
  | { kind: 'charged'; transfers: Transfer[]; allocationVersion: number | null }
  | { kind: 'declined'; reason: DeclineReason }
  /** The rule changed meanwhile and names an account that is not locked: begin again. */
  | { kind: 'again' }

/**
 * Decides one charge on locked ground and, when it may be, counts it there, so that the next
 * payment of the batch sees the money gone and the limit used. Nothing is written.
 *
 * Source: P7 (limits), P14 (on-us), P29 (allocation).
 */
export function decideCharge(
  payment: Payment,
  { sourceAccountId, periods, isPartOfSale }: ChargeTo,
  ground: Ground,
  now: Date,
): Charged {
  if (payment.kind === 'purchase') {
    const reason = refuseUse(payment, { periods, isPartOfSale }, ground)
    if (reason) return { kind: 'declined', reason }
  }
  const rule = payment.kind === 'purchase' ? ground.rules.get(payment.merchantId) : undefined
  const books = { subjectId: payment.id, debitAccountId: sourceAccountId, eventAt: now }
  const transfers =
    payment.kind === 'top_up'
      ? [topUpTransfer(payment, books)]
      : transfersOf(payment, rule?.lines ?? [], books)
  if (!areLocked(transfers, ground)) return { kind: 'again' }
  if (firstBelowFloor(ground.accounts, transfers) !== null)
    return { kind: 'declined', reason: 'insufficient_funds' }

  // After this point the charge succeeds.
  applyTransfers(ground.accounts, transfers)
  if (payment.kind === 'purchase') addUseOf(payment, periods, ground)
  if (isPartOfSale) addTender(payment, ground)
  return { kind: 'charged', transfers, allocationVersion: rule?.version ?? null }
}

/** Why the payer's mandate, or the sale, does not allow the payment now; null when they do. */
export function refuseUse(
  payment: Payment,
  { periods, isPartOfSale }: Pick<ChargeTo, 'periods' | 'isPartOfSale'>,
  ground: Ground,
): DeclineReason | null {
  if (payment.mandateId !== null) {
    const terms = ground.mandates.get(payment.mandateId)
    assert(terms, 'a mandate that is named can be read')
    const reason = overLimit(terms, ground.counters, periods, chargedMinor(payment))
    if (reason) return reason
  }
  return isPartOfSale && !fitsSale(payment, ground) ? 'sale_already_paid' : null
}

/** Counts what the payer pays against the mandate, where there is one. */
export function addUseOf(payment: Payment, periods: Periods, ground: Ground): void {
  const { mandateId } = payment
  if (mandateId !== null) addUse(ground.counters, { mandateId, ...periods }, chargedMinor(payment))
}

/** Whether every account of the transfers is among the locked ones. */
export const areLocked = (transfers: readonly Transfer[], { accounts }: Ground): boolean =>
  transfers.every((one) => accounts.has(one.debitAccountId) && accounts.has(one.creditAccountId))

/** Would the sale, with this tender, not be paid more than its goods cost? */
export function fitsSale(payment: Payment, ground: Ground): boolean {
  const sale = ground.sales.get(saleSubject(payment))
  assert(sale, 'the sale is locked')
  return sale.totalMinor === null || sale.paidMinor + payment.amountMinor <= sale.totalMinor
}

/** Counts the payment to its sale in memory, so that the next of the batch sees it. */
export function addTender(payment: Payment, ground: Ground): void {
  const sale = ground.sales.get(saleSubject(payment))
  assert(sale, 'the sale is locked')
  sale.paidMinor += payment.amountMinor
}

/** Why the terminal may not take this payment, or null. Source: P22; DESIGN §3 (refusals). */
export function refusePermission(payment: Payment, ground: Ground): ErrorCode | null {
  if (payment.kind === 'top_up') return null
  const may = ground.permissions.get(payment.terminalId ?? '')
  if (!may || may.state !== 'active') return 'TERMINAL_NOT_ACTIVE'
  if (may.merchantState !== 'active' || may.storeState !== 'active') return 'MERCHANT_CLOSED'
  if (!may.mayTakePayment) return 'TERMINAL_MAY_NOT'
  const { limitPerPaymentMinor } = may
  if (limitPerPaymentMinor !== null && payment.amountMinor > limitPerPaymentMinor)
    return 'TERMINAL_OVER_LIMIT'
  return null
}
