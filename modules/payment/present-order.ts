import { loadSql, type Tx } from '../database/database.ts'
import type { Payment } from './state.ts'
import type { Decided } from './write.ts'

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
    ...[column('sourceId'), column('mandateId')],
    taken.map(({ routeReasons }) => JSON.stringify(routeReasons)),
  ])
}
