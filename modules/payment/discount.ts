import { shareDiscount, type Chosen } from '../route/route.ts'

/** What the chosen promotion takes off, in minor units, and how much of that the merchant bears. */
export function discountOf({ promotionId, discountMinor, funding }: Chosen) {
  if (promotionId === null || discountMinor === 0n)
    return { promotionId: null, discountMinor: 0n, merchantDiscountMinor: 0n }
  const shares = shareDiscount(discountMinor, funding)
  const merchants = shares.find(({ by }) => by === 'merchant')
  return { promotionId, discountMinor, merchantDiscountMinor: merchants?.amountMinor ?? 0n }
}
