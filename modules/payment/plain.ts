import type { Payment } from './state.ts'

/** A payment as plain JSON: amounts as text, times as RFC 3339. What events carry. */
export type PlainPayment = Record<string, unknown>

/** For the payload of an event; `paymentOfPlain` reads it back. Holds no code but its mask. */
export const plainPayment = (payment: Payment): PlainPayment => ({
  ...payment,
  amountMinor: payment.amountMinor.toString(),
})

/** Reads what `plainPayment` wrote. */
export function paymentOfPlain(plain: PlainPayment): Payment {
  const { amountMinor, createdAt, confirmExpiresAt, completedAt } = plain
  const time = (text: unknown) => (typeof text === 'string' ? new Date(text) : null)
  return {
    ...(plain as unknown as Payment),
    amountMinor: BigInt(amountMinor as string),
    createdAt: time(createdAt) as Date,
    confirmExpiresAt: time(confirmExpiresAt),
    completedAt: time(completedAt),
  }
}
