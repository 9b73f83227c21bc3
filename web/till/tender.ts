import type { PaymentView } from '../ui/types.ts'
import type { RefundTry } from './refund-try.ts'

/**
 * One payment that succeeded for a sale which is not paid in full yet: part by one code, the rest by
 * another. Each has an order number of its own under the sale's number. Source: DESIGN §3.
 */
export type Tender = {
  payment: PaymentView
  /** While the half-paid sale is cancelled: the refund of this tender. */
  refund: RefundTry | null
}

type Sale = {
  /** What the goods come to, in minor units. */
  totalMinor: bigint
  tenders: readonly Tender[]
  /** What the cashier chose for the next code, in minor units; null: all that is left. */
  partMinor: string | null
}

/** What the sale was paid so far, in minor units of the price. */
export function paidMinor(tenders: readonly Tender[]): bigint {
  return tenders.reduce((sum, { payment }) => sum + BigInt(payment.amount), 0n)
}

/** What is still to pay, in minor units; never below zero. */
export function leftMinor({ totalMinor, tenders }: Omit<Sale, 'partMinor'>): bigint {
  const left = totalMinor - paidMinor(tenders)
  return left > 0n ? left : 0n
}

/** What the next code is charged, in minor units: the chosen part, and never more than is left. */
export function nextMinor({ partMinor, ...sale }: Sale): bigint {
  const left = leftMinor(sale)
  const part = partMinor === null ? left : BigInt(partMinor)
  return part > 0n && part < left ? part : left
}

/** Puts a payment to the sale's tenders, once, however often it is heard of. */
export function addTender(tenders: readonly Tender[], payment: PaymentView): readonly Tender[] {
  if (tenders.some((one) => one.payment.id === payment.id)) return tenders
  return [...tenders, { payment, refund: null }]
}
