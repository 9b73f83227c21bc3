import type { Payment } from './state.ts'

/** A payment as plain JSON: amounts as text, times in ms since 1970. What events carry. */
export type PlainPayment = Record<string, unknown>

/** For the payload of an event; `paymentOfPlain` reads it back. Holds no code but its mask. */
export const plainPayment = (payment: Payment): PlainPayment => ({
  ...payment,
  amountMinor: payment.amountMinor.toString(),
  discountMinor: payment.discountMinor.toString(),
  merchantDiscountMinor: payment.merchantDiscountMinor.toString(),
  createdAt: payment.createdAt.getTime(),
  confirmExpiresAt: payment.confirmExpiresAt?.getTime() ?? null,
  completedAt: payment.completedAt?.getTime() ?? null,
})

/** Reads what `plainPayment` wrote. */
export function paymentOfPlain(plain: PlainPayment): Payment {
  const { amountMinor, createdAt, confirmExpiresAt, completedAt } = plain
  // Events from before there were promotions have no discount.
  const { discountMinor = '0', merchantDiscountMinor = '0', promotionId = null } = plain
  const { needsPin = false, isOffline = false } = plain
  const { positionFlags = [] } = plain
  const time = (at: unknown) => (at === null ? null : new Date(at as number))
  return {
    ...(plain as unknown as Payment),
    amountMinor: BigInt(amountMinor as string),
    discountMinor: BigInt(discountMinor as string),
    merchantDiscountMinor: BigInt(merchantDiscountMinor as string),
    promotionId: promotionId as string | null,
    positionFlags: positionFlags as Payment['positionFlags'],
    needsPin: needsPin as boolean,
    isOffline: isOffline as boolean,
    createdAt: time(createdAt) as Date,
    confirmExpiresAt: time(confirmExpiresAt),
    completedAt: time(completedAt),
  }
}
