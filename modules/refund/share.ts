import { promotionCost, type PostedTransfer, type Transfer } from '../ledger/ledger.ts'
import { assert } from '../lib/assert.ts'
import { largestRemainder } from '../money/money.ts'

/** What a refund is a part of: the transfers of its payment, and what earlier refunds left of them. */
export type Shares = {
  /** As posted, under the payment or its charge. */
  transfers: readonly PostedTransfer[]
  /** What earlier refunds that stand have given back, by leg. */
  returnedMinor: ReadonlyMap<number, bigint>
  /** Of the price, what those refunds leave; what no transfer carries a merchant's discount bore. */
  priceLeftMinor: bigint
}

/**
 * The transfers that give part of a payment back: each of its transfers the other way round, in
 * proportion to what is left of it, by largest remainder. So the parts make the refund, and the
 * refunds that together give the whole price back give exactly each share back. A leg keeps its
 * number. What the merchant bore of a discount was never moved and moves nothing now.
 *
 * @param amountMinor of the price; above 0 and at most what is left of it
 *
 * Source: P29; DESIGN §5 (largest remainder is for refunds).
 */
export function shareRefund(
  amountMinor: bigint,
  { transfers, returnedMinor, priceLeftMinor }: Shares,
  { subjectId, eventAt }: { subjectId: string; eventAt: Date },
): Transfer[] {
  assert(amountMinor > 0n && amountMinor <= priceLeftMinor, 'so much is left of the price')
  const leftMinor = transfers.map((one) => one.amountMinor - (returnedMinor.get(one.leg) ?? 0n))
  const movedMinor = leftMinor.reduce((sum, one) => sum + one, 0n)
  assert(
    leftMinor.every((one) => one >= 0n),
    'no share was given back twice',
  )
  assert(movedMinor <= priceLeftMinor, 'no more was moved than the price')
  const parts = largestRemainder(amountMinor, [...leftMinor, priceLeftMinor - movedMinor])
  return transfers.flatMap((one, at): Transfer[] => {
    const partMinor = parts[at] ?? 0n
    if (partMinor === 0n) return []
    return [
      {
        ...{ subjectId, leg: one.leg, kind: one.kind.replace(/^(payment_)?/, 'refund_') },
        ...{ debitAccountId: one.creditAccountId, creditAccountId: one.debitAccountId },
        ...{ currency: one.currency, amountMinor: partMinor, eventAt },
      },
    ]
  })
}

/** Of a refund's transfers, what the payer gets back: all but what goes to the promotion's funder. */
export const payerPartMinor = (transfers: readonly Transfer[]): bigint =>
  transfers
    .filter(({ creditAccountId }) => creditAccountId !== promotionCost)
    .reduce((sum, { amountMinor }) => sum + amountMinor, 0n)
