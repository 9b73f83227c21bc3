import type { Tx } from '../database/database.ts'
import { lockSales } from '../goods/goods.ts'
import {
  lockAccounts,
  readTransfersOfSubjects,
  unresolved,
  type Account,
  type PostedTransfer,
} from '../ledger/ledger.ts'
import {
  lockPayments,
  lockStaticCounters,
  readCharges,
  readReserved,
  staticUsesOf,
  type Charge,
  type Payment,
  type Reserved,
  type StaticCounters,
} from '../payment/payment.ts'
import { lockQuotas } from '../route/route.ts'
import { readPermissions, type TerminalPermission } from '../terminal/terminal.ts'
import { lockCounters, type Counters } from '../wallet/wallet.ts'
import { readRefundsOf } from './read.ts'
import type { Shares } from './share.ts'
import type { Refund } from './state.ts'

/** What a batch decides upon: all that hangs on the payments that it holds. */
export type Ground = {
  payments: Map<string, Payment>
  charges: readonly Charge[]
  /** All refunds of the payments, as the batch leaves them. */
  refunds: Map<string, Refund>
  /** By payment, charge or refund. */
  transfers: Map<string, PostedTransfer[]>
  accounts: Map<string, Account>
  permissions: Map<string, TerminalPermission>
  /** What each payment has taken of limits and quotas, and the counters that it is in. */
  reserved: Map<string, Reserved>
  statics: StaticCounters
  counters: Counters
  quotas: Map<string, bigint>
}

/**
 * Locks payments and reads all that hangs on them, in the order of decision 0006. Whatever
 * happens to a refund happens under its payment's lock, so refunds have none of their own.
 */
export async function lockGround(
  tx: Tx,
  institutionId: string,
  { paymentIds, terminalIds = [] }: { paymentIds: readonly string[]; terminalIds?: string[] },
): Promise<Ground> {
  const ids = [...new Set(paymentIds)].sort()
  const db = { read: tx.many }
  const payments = await lockPayments(tx, institutionId, ids)
  const [charges, refunds, reserved] = await Promise.all([
    readCharges(db, institutionId, ids),
    readRefundsOf(db, institutionId, ids),
    readReserved(tx, institutionId, ids),
  ])
  const subjectIds = [...ids, ...charges.map(({ id }) => id), ...refunds.map(({ id }) => id)]
  const held = [...payments.values()].map((payment) => ({
    ...{ payment, quotas: reserved.get(payment.id)?.quotas ?? [] },
    limitDay: reserved.get(payment.id)?.limitDay ?? null,
  }))
  const [transfers, statics, , counters, quotas] = await Promise.all([
    readTransfersOfSubjects(tx, institutionId, subjectIds),
    lockStaticCounters(
      tx,
      institutionId,
      held.flatMap(({ payment, limitDay }) => staticUsesOf(payment, limitDay)),
    ),
    lockSales(tx, institutionId, [...payments.values()]),
    lockCounters(tx, institutionId, held.flatMap(usesOf)),
    lockQuotas(
      tx,
      institutionId,
      held.flatMap((one) => one.quotas),
    ),
  ])
  const all = [...transfers.values()].flat()
  const accountIds = all.flatMap((one) => [one.debitAccountId, one.creditAccountId])
  const [accounts, permissions] = await Promise.all([
    lockAccounts(tx, institutionId, [...new Set(accountIds)].sort()),
    readPermissions(tx, institutionId, [...new Set(terminalIds)].sort()),
  ])
  return {
    ...{ payments, charges, transfers, accounts, reserved, statics, counters, quotas },
    refunds: new Map(refunds.map((one) => [one.id, one])),
    permissions: new Map(permissions.map((one) => [one.terminalId, one])),
  }
}

const usesOf = ({
  payment: { mandateId },
  limitDay,
}: {
  payment: Payment
  limitDay: string | null
}) =>
  mandateId === null || limitDay === null
    ? []
    : [{ mandateId, day: limitDay, month: limitDay.slice(0, 7) }]

/** Under what a payment's money is booked, and what its price was. */
export type Booked = { subjectId: string; priceMinor: bigint; charge: Charge | null }

/**
 * What of a payment can be refunded: the payment itself when it was booked here, its charge when a
 * channel took the money, or a charge that came too late. Null: nothing was taken.
 *
 * A payment has many charges when it was shown in many ways, and never two that paid for it: the first
 * success ends it, and what any other brings is late money that goes back by itself. So a refund has
 * one charge, which took the whole price, and there is nothing to spread. The unique index
 * `charge_pays_once` is the guard. A sale that was paid by several payments is refunded payment by
 * payment.
 */
export function bookedOf(
  payment: Payment,
  ground: Ground,
  { isLate, chargeId }: Pick<Refund, 'isLate' | 'chargeId'>,
): Booked | null {
  const charges = ground.charges.filter(({ paymentId }) => paymentId === payment.id)
  if (isLate) {
    const charge = charges.find(({ id }) => id === chargeId)
    return charge?.isLate ? { subjectId: charge.id, priceMinor: charge.amountMinor, charge } : null
  }
  if (payment.kind !== 'purchase' || payment.state !== 'succeeded') return null
  const charge = charges.find((one) => one.state === 'succeeded' && !one.isLate)
  const priceMinor = payment.amountMinor
  if (charge) return { subjectId: charge.id, priceMinor, charge }
  return payment.road === 'book' ? { subjectId: payment.id, priceMinor, charge: null } : null
}

/** The refunds that give back the same money and have not failed. */
export const standing = (
  ground: Ground,
  { paymentId, isLate, chargeId }: Pick<Refund, 'paymentId' | 'isLate' | 'chargeId'>,
): Refund[] =>
  [...ground.refunds.values()].filter(
    (one) =>
      one.paymentId === paymentId &&
      one.isLate === isLate &&
      // Money that came late goes back charge by charge.
      (!isLate || one.chargeId === chargeId) &&
      one.state !== 'failed',
  )

/** What earlier refunds, those that have begun, leave of the payment's transfers. */
export function sharesOf(
  refund: Refund,
  { subjectId, priceMinor }: Booked,
  ground: Ground,
): Shares {
  const earlier = standing(ground, refund).filter(
    (one) => one.begunAt !== null && one.id !== refund.id,
  )
  const returnedMinor = new Map<number, bigint>()
  for (const { id } of earlier)
    for (const { leg, amountMinor, state } of ground.transfers.get(id) ?? [])
      if (state === 'posted' || state === 'pending')
        returnedMinor.set(leg, (returnedMinor.get(leg) ?? 0n) + amountMinor)
  const givenMinor = earlier.reduce((sum, one) => sum + one.amountMinor, 0n)
  const transfers = (ground.transfers.get(subjectId) ?? []).filter(
    ({ state }) => state === 'posted',
  )
  return { transfers, returnedMinor, priceLeftMinor: priceMinor - givenMinor }
}

/** The transfers of a refund that still reserve. */
export const reservedBy = (refund: Refund, ground: Ground): PostedTransfer[] =>
  unresolved(ground.transfers.get(refund.id) ?? [])
