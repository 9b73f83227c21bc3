import { accountOf, allocate, type AllocationLine } from '../allocation/allocation.ts'
import {
  memoMerchant,
  merchantPayable,
  promotionCost,
  walletBalance,
  type Transfer,
} from '../ledger/ledger.ts'
import { assert } from '../lib/assert.ts'
import { chargedMinor, type Payment } from './state.ts'

/** Under which subject a payment is booked, who pays it, and when. */
export type Books = { subjectId: string; debitAccountId: string; eventAt: Date }

/**
 * The transfers of one purchase: its parts by the merchant's rule, paid by whoever pays. What the
 * institution bears of a discount it pays to the merchant; what the merchant bears is simply not
 * there, and no fee is taken of it. Parts of nothing are left out. Legs are numbered from 1.
 *
 * Source: P29; DESIGN §5 (the unit is a transfer), §10 (subject).
 */
export function transfersOf(
  payment: Payment,
  lines: readonly AllocationLine[],
  { subjectId, debitAccountId, eventAt }: Books,
): Transfer[] {
  const { currency, amountMinor, discountMinor, merchantDiscountMinor } = payment
  const { merchantMinor, parts } = allocate(amountMinor - merchantDiscountMinor, lines)
  const credits = [
    {
      kind: 'payment_net',
      accountId: merchantPayable(payment.merchantId),
      dueMinor: merchantMinor,
    },
    ...parts.map((part) => ({
      kind: part.role === 'fee' ? 'payment_fee' : `payment_${part.role}_share`,
      accountId: accountOf(part),
      dueMinor: part.amountMinor,
    })),
  ]
  const debits = [
    { accountId: promotionCost, leftMinor: discountMinor - merchantDiscountMinor },
    { accountId: debitAccountId, leftMinor: chargedMinor(payment) },
  ].filter(({ leftMinor }) => leftMinor > 0n)
  const transfers: Transfer[] = []
  for (const { kind, accountId, dueMinor } of credits) {
    for (let restMinor = dueMinor; restMinor > 0n;) {
      const [from] = debits
      assert(from, 'what is paid is what is shared')
      const partMinor = from.leftMinor < restMinor ? from.leftMinor : restMinor
      const isPromotion = from.accountId === promotionCost
      transfers.push({
        ...{ subjectId, leg: transfers.length + 1, currency, eventAt },
        kind: isPromotion ? 'promotion' : kind,
        ...{ debitAccountId: from.accountId, creditAccountId: accountId, amountMinor: partMinor },
      })
      restMinor -= partMinor
      from.leftMinor -= partMinor
      if (from.leftMinor === 0n) debits.shift()
    }
  }
  return transfers
}

/** The one transfer of a top-up, from the card to the payer's balance. */
export function topUpTransfer(payment: Payment, { subjectId, debitAccountId, eventAt }: Books) {
  const { payerId, currency, amountMinor } = payment
  assert(payerId, 'a top-up has a payer')
  const creditAccountId = walletBalance(payerId)
  const accounts = { debitAccountId, creditAccountId }
  return { subjectId, leg: 1, kind: 'top_up', ...accounts, currency, amountMinor, eventAt }
}

/**
 * The memorandum of a charge by a channel that pays the merchant itself: no debt of the institution.
 * What the institution bears of a discount, the channel did not pay: that it owes the merchant.
 *
 * Source: DESIGN §4 (direct channel accounts).
 */
export function memoTransfers(payment: Payment, books: Books): Transfer[] {
  const { merchantId, currency, discountMinor, merchantDiscountMinor } = payment
  const { debitAccountId, ...rest } = books
  const bornMinor = discountMinor - merchantDiscountMinor
  const memo = { debitAccountId, creditAccountId: memoMerchant(merchantId) }
  const owed = { debitAccountId: promotionCost, creditAccountId: merchantPayable(merchantId) }
  const legs = [
    { kind: 'payment_memo', ...memo, amountMinor: chargedMinor(payment) },
    { kind: 'promotion', ...owed, amountMinor: bornMinor },
  ].filter(({ amountMinor }) => amountMinor > 0n)
  return legs.map((leg, at) => ({ ...rest, ...leg, leg: at + 1, currency }))
}
