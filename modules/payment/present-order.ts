import { loadSql, type Tx } from '../database/database.ts'
import type { Payment } from './state.ts'
import type { TakeUp } from './present-take-up.ts'
import { plainCandidates, plainQuotas, type Decided } from './write.ts'

const sql = loadSql(new URL('./present.sql', import.meta.url))

/** Whether a payment was made by showing a code: no payer's code was ever scanned for it. */
export const isOrder = ({ kind, maskedCode }: Pick<Payment, 'kind' | 'maskedCode'>): boolean =>
  kind === 'purchase' && maskedCode === null

/** Whether an order was made by a code on the wall. */
export const isStaticOrder = ({ orderNo }: { orderNo: string }): boolean =>
  /^mcd_[0-9a-z]{26}-[0-9a-f]{32}$/.test(orderNo)

/**
 * Writes who pays orders that were open until now, and by which road. Sent before they are finished;
 * of payments that began with a payer's code nothing is written.
 */
export function writeTakenUp(tx: Tx, institutionId: string, decided: readonly Decided[]): void {
  const taken = decided
    .filter(({ opened, payment }) => !opened && isOrder(payment) && payment.road !== null)
    .map(({ payment }) => payment)
  if (taken.length === 0) return
  const column = <Key extends keyof Payment>(key: Key) => taken.map((one) => one[key])
  tx.send(sql('take_up'), [
    institutionId,
    ...[column('id'), column('scheme'), column('road'), column('payerId')],
    ...[column('sourceId'), column('mandateId'), column('needsPin')],
    taken.map(({ routeReasons }) => JSON.stringify(routeReasons)),
  ])
}

/** Writes what promotion a taken order has and what it has reserved, so that it can be given back. */
export function writeOffers(tx: Tx, institutionId: string, taken: readonly TakeUp[]): void {
  const offered = taken.filter(({ quotas, candidates }) => quotas.length + candidates.length > 0)
  if (offered.length === 0) return
  tx.send(sql('write_offers'), [
    institutionId,
    offered.map(({ paymentId }) => paymentId),
    offered.map(({ offer }) => offer.promotionId),
    offered.map(({ offer }) => offer.discountMinor),
    offered.map(({ offer }) => offer.merchantDiscountMinor),
    offered.map(({ quotas }) => (quotas.length > 0 ? plainQuotas(quotas) : null)),
    offered.map(({ candidates }) => plainCandidates(candidates)),
  ])
}
