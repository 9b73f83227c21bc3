import { AppError } from '../../modules/errors/errors.ts'
import type { Io } from '../../modules/io/io.ts'
import type { Payment } from '../../modules/payment/payment.ts'
import { readPermissions } from '../../modules/terminal/terminal.ts'
import { merchantScope, type Principal } from './principal.ts'

export type Wanted = { merchant?: string; store?: string; terminal?: string; payer?: string }

export type PaymentScope = {
  merchantId: string | null
  storeId: string | null
  terminalId: string | null
  payerId: string | null
}

/**
 * Which payments a caller may look at, out of those he asks for: a terminal its own, a payer his
 * own, a merchant its own, the operator all.
 *
 * @throws AppError NOT_FOUND when he asks for somebody else's, FORBIDDEN for everybody else
 */
export function paymentScope(principal: Principal, wanted: Wanted): PaymentScope {
  const { role, terminalId, payerId } = principal
  const storeId = wanted.store ?? null
  // Who pays where is no business of a shop.
  if (wanted.payer !== undefined && role !== 'operator') throw new AppError('FORBIDDEN')
  switch (role) {
    case 'payer':
      return { ...chosen(wanted), storeId, payerId }
    case 'terminal':
      if (isAnother(wanted.terminal, terminalId)) throw new AppError('NOT_FOUND')
      return { ...chosen({ ...wanted, merchant: ownMerchant() }), terminalId, storeId }
    case 'operator':
    case 'merchant': {
      const payerId = wanted.payer ?? null
      return { ...chosen({ ...wanted, merchant: ownMerchant() }), storeId, payerId }
    }
    default:
      throw new AppError('FORBIDDEN')
  }

  function ownMerchant(): string | undefined {
    return merchantScope(principal, wanted.merchant) ?? undefined
  }
}

const chosen = ({ merchant, terminal }: { merchant?: string | undefined; terminal?: string }) => ({
  merchantId: merchant ?? null,
  terminalId: terminal ?? null,
  payerId: null,
})

const isAnother = (wanted: string | undefined, own: string | null) =>
  wanted !== undefined && wanted !== own

/**
 * Whether a payment was taken in the store of the terminal that calls. Another till of the store knows
 * it when it is named by its receipt.
 */
export const isOfStore = (
  { role, merchantId, storeId }: Principal,
  payment: Pick<Payment, 'merchantId' | 'storeId'>,
): boolean =>
  role === 'terminal' && payment.merchantId === merchantId && payment.storeId === storeId

/**
 * Whether the terminal that calls may look up what other tills of its store took: one that may give
 * money back, since a customer comes back to whichever till is free.
 *
 * Source: P24 (refund by scanning the receipt).
 */
export async function mayLookUpStore(
  { db }: Pick<Io, 'db'>,
  { role, institutionId, terminalId }: Principal,
): Promise<boolean> {
  if (role !== 'terminal' || terminalId === null) return false
  const [may] = await readPermissions({ many: db.read }, institutionId, [terminalId])
  return may?.state === 'active' && may.mayRefund
}

/** Whether a caller may see this payment; whoever may not is not told that it exists. */
export function maySee(principal: Principal, payment: Payment): boolean {
  const { role, merchantId, terminalId, payerId, partyId } = principal
  switch (role) {
    case 'operator':
      return true
    case 'merchant':
      return payment.merchantId === merchantId
    case 'terminal':
      return payment.terminalId === terminalId
    case 'payer':
      return payment.payerId === payerId
    case 'party':
    case 'agent':
      return partyId !== null && payment.initiatorPartyId === partyId
    case 'bank':
      return false
  }
}
