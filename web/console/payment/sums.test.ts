import { expect, test } from 'vitest'
import type { LedgerTransfer } from '../../ui/types.ts'
import { sharesOf, sumOfShares } from './sums.ts'

const transfer = (debit: string, credit: string, amount: number): LedgerTransfer =>
  ({ debit_account: debit, credit_account: credit, amount, currency: 'CNY' }) as LedgerTransfer

test('parts that come straight from the payer make the whole', () => {
  const shares = sharesOf([
    transfer('wallet:a', 'merchant:m', 9_938),
    transfer('wallet:a', 'institution:fees', 38),
    transfer('wallet:a', 'platform:p', 14),
    transfer('wallet:a', 'agent:x', 10),
  ])
  expect(shares).toContainEqual({ account: 'merchant:m', amountMinor: 9_938n })
  expect(sumOfShares(shares)).toBe(10_000n)
})

test('parts that pass through the merchant make the whole as well', () => {
  const shares = sharesOf([
    transfer('wallet:a', 'merchant:m', 10_000),
    transfer('merchant:m', 'institution:fees', 38),
  ])
  expect(shares).toEqual([
    { account: 'merchant:m', amountMinor: 9_962n },
    { account: 'institution:fees', amountMinor: 38n },
  ])
  expect(sumOfShares(shares)).toBe(10_000n)
})
