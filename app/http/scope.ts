import { AppError } from '../../modules/errors/errors.ts'
import type { Payment } from '../../modules/payment/payment.ts'
import { merchantScope, type Principal } from './principal.ts'

export type Wanted = { merchant?: string; store?: string; terminal?: string }

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
  switch (role) {
    case 'payer':
      return { ...chosen(wanted), storeId, payerId }
    case 'terminal':
      if (isAnother(wanted.terminal, terminalId)) throw new AppError('NOT_FOUND')
      return { ...chosen({ ...wanted, merchant: ownMerchant() }), terminalId, storeId }
    case 'operator':
    case 'merchant':
      return { ...chosen({ ...wanted, merchant: ownMerchant() }), storeId }
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
