import { giveStaticBack, staticUsesOf } from '../payment/payment.ts'
import { partGivenBack, quotaKey, type QuotaUse } from '../route/route.ts'
import { counterOf, type Counted, type Counters } from '../wallet/wallet.ts'
import type { Ground } from './ground.ts'
import type { Refund } from './state.ts'

/** What refunds give back of what their payments had reserved: amounts below zero. */
export type GivenBack = { uses: Counted[]; quotas: QuotaUse[] }

/**
 * What a payment has reserved comes back with its refunds, once they have succeeded, to the counters
 * of the day that the payment names; the counters of codes on the wall are changed in memory.
 *
 * - The mandate's day and month: what the payer gets back. The number of payments, what went without
 *   a PIN and what went by codes made offline stay: they bound what somebody with another's phone can
 *   do, and that has been done.
 * - Quotas of sources, channel accounts, schemes and terminals, and the promotion's budget: the same
 *   part as of the price, so that refunds of the whole price give back exactly all of it.
 * - The cap on codes on the wall: what is refunded of the price, as the price was counted.
 *
 * No counter goes below nothing.
 *
 * @param succeeded the refunds that have succeeded in this batch, and in no earlier one; none of money
 *   that came late, since what its payment had reserved went back when it was given up
 *
 * Source: DESIGN §10 (returned limits go back to the day that the payment names); P7, P10, P11.
 */
export function giveBack(succeeded: readonly Refund[], ground: Ground): GivenBack {
  const back: GivenBack = { uses: [], quotas: [] }
  for (const paymentId of new Set(succeeded.map((one) => one.paymentId))) {
    const payment = ground.payments.get(paymentId)
    const reserved = ground.reserved.get(paymentId)
    if (!payment || !reserved) continue
    const refunds = succeeded.filter((one) => one.paymentId === paymentId)
    const { limitDay, quotas } = reserved
    const nowMinor = sumMinor(refundedOf(paymentId, ground))
    const refundedMinor = sumMinor(refunds)
    const returned = { beforeMinor: nowMinor - refundedMinor, nowMinor }
    back.quotas.push(
      ...partGivenBack(quotas, { priceMinor: payment.amountMinor, ...returned }).map((use) =>
        atMost(use, ground.quotas),
      ),
    )
    for (const use of staticUsesOf(payment, limitDay))
      giveStaticBack(ground.statics, use, refundedMinor)
    const { mandateId } = payment
    if (mandateId === null || limitDay === null) continue
    const place = { mandateId, day: limitDay, month: limitDay.slice(0, 7) }
    const payerMinor = refunds.reduce((sum, one) => sum + one.payerMinor, 0n)
    back.uses.push({ ...place, amountMinor: -usedAtMost(place, payerMinor, ground.counters) })
  }
  return back
}

const sumMinor = (refunds: readonly Refund[]): bigint =>
  refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)

/** All refunds of the price that have given back, as the batch leaves them. */
const refundedOf = (paymentId: string, { refunds }: Ground): Refund[] =>
  [...refunds.values()].filter(
    (one) => one.paymentId === paymentId && one.state === 'succeeded' && !one.isLate,
  )

/** Several payments of a batch may share a counter, so what one gives back the next finds gone. */
function atMost(use: QuotaUse, quotas: Map<string, bigint>): QuotaUse {
  const key = quotaKey(use.subject, use.period)
  const usedMinor = quotas.get(key) ?? 0n
  const amountMinor = -use.amountMinor > usedMinor ? -usedMinor : use.amountMinor
  quotas.set(key, usedMinor + amountMinor)
  return { ...use, amountMinor }
}

function usedAtMost(
  { mandateId, day, month }: { mandateId: string; day: string; month: string },
  amountMinor: bigint,
  counters: Counters,
): bigint {
  const used = [day, month].map((period) => counterOf(counters, mandateId, period))
  const leastMinor = used.reduce(
    (least, { usedMinor }) => (usedMinor < least ? usedMinor : least),
    amountMinor,
  )
  for (const counter of used) counter.usedMinor -= leastMinor
  return leastMinor
}
