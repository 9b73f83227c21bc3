import { accountOf, allocate } from '../allocation/allocation.ts'
import type { DeclineReason, ErrorCode } from '../errors/errors.ts'
import { saleSubject } from '../goods/goods.ts'
import {
  applyTransfers,
  firstBelowFloor,
  merchantPayable,
  walletBalance,
  type Transfer,
} from '../ledger/ledger.ts'
import { assert } from '../lib/assert.ts'
import { addUse, overLimit, type Periods } from '../wallet/wallet.ts'
import type { Ground } from './ground.ts'
import type { Payment } from './state.ts'

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
  const { amountMinor, mandateId } = payment
  const use = { mandateId: mandateId ?? '', ...periods }
  if (payment.kind === 'purchase') {
    const terms = ground.mandates.get(use.mandateId)
    assert(terms, 'a purchase has a mandate')
    const reason = overLimit(terms, ground.counters, periods, amountMinor)
    if (reason) return { kind: 'declined', reason }
    if (isPartOfSale && !fitsSale(payment, ground))
      return { kind: 'declined', reason: 'sale_already_paid' }
  }
  const rule = payment.kind === 'purchase' ? ground.rules.get(payment.merchantId) : undefined
  const transfers = transfersOf(payment, sourceAccountId, rule?.lines ?? [], now)
  const isLocked = (id: string) => ground.accounts.has(id)
  if (!transfers.every((one) => isLocked(one.debitAccountId) && isLocked(one.creditAccountId)))
    return { kind: 'again' }
  if (firstBelowFloor(ground.accounts, transfers) !== null)
    return { kind: 'declined', reason: 'insufficient_funds' }

  // After this point the charge succeeds.
  applyTransfers(ground.accounts, transfers)
  if (payment.kind === 'purchase') addUse(ground.counters, use, amountMinor)
  if (isPartOfSale) addTender(payment, ground)
  return { kind: 'charged', transfers, allocationVersion: rule?.version ?? null }
}

type RuleLines = Parameters<typeof allocate>[1]

/** One transfer a part, all from the payer's account; parts of nothing are left out. */
function transfersOf(
  payment: Payment,
  debitAccountId: string,
  lines: RuleLines,
  eventAt: Date,
): Transfer[] {
  const { id: subjectId, currency, amountMinor, payerId } = payment
  const common = { subjectId, debitAccountId, currency, eventAt }
  if (payment.kind === 'top_up') {
    assert(payerId, 'a top-up has a payer')
    const creditAccountId = walletBalance(payerId)
    return [{ ...common, leg: 1, kind: 'top_up', creditAccountId, amountMinor }]
  }
  const { merchantMinor, parts } = allocate(amountMinor, lines)
  const legs = [
    {
      kind: 'payment_net',
      creditAccountId: merchantPayable(payment.merchantId),
      amountMinor: merchantMinor,
    },
    ...parts.map((part) => ({
      kind: part.role === 'fee' ? 'payment_fee' : `payment_${part.role}_share`,
      creditAccountId: accountOf(part),
      amountMinor: part.amountMinor,
    })),
  ]
  return legs
    .filter((leg) => leg.amountMinor > 0n)
    .map((leg, at) => ({ ...common, ...leg, leg: at + 1 }))
}

/** Would the sale, with this tender, not be paid more than its goods cost? */
export function fitsSale(payment: Payment, ground: Ground): boolean {
  const sale = ground.sales.get(saleSubject(payment))
  assert(sale, 'the sale is locked')
  return sale.totalMinor === null || sale.paidMinor + payment.amountMinor <= sale.totalMinor
}

function addTender(payment: Payment, ground: Ground): void {
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
