import { expect, test } from 'vitest'
import type { PaymentView, WalletDebit } from '../ui/types.ts'
import { isUnderWay, pathOf, spendingOf } from './spending.ts'

const payment = (change: Partial<PaymentView>): PaymentView =>
  ({
    ...{ object: 'payment', id: 'pay_1', kind: 'purchase', state: 'processing' },
    ...{ next_action: 'payer_confirms', amount: 5_000, discount: 300, charged: 4_700 },
    ...{ merchant_name: '晨光', store_name: null, confirm_expires_at: null },
    ...change,
  }) as PaymentView

const debit = (change: Partial<WalletDebit>): WalletDebit =>
  ({
    ...{ object: 'wallet_debit', id: 'wdb_1', state: 'waiting', amount: 60_000, refunded: 0 },
    ...{ merchant_name: '晨光便利店', confirm_expires_at: '2026-11-23T08:02:00Z' },
    ...change,
  }) as WalletDebit

test('a payment asks for the PIN only while our own time for it runs', () => {
  const asked = spendingOf(payment({ confirm_expires_at: '2026-11-23T08:02:00Z' }))
  expect(asked).toMatchObject({ asksMe: true, charged: 4_700, discount: 300, shop: '晨光' })
  const atScheme = spendingOf(payment({}))
  expect(atScheme.asksMe).toBe(false)
  expect(isUnderWay(atScheme)).toBe(true)
})

test('a debit by another institution that waits asks for the PIN, as a payment does', () => {
  const asked = spendingOf(debit({}))
  expect(asked).toMatchObject({ state: 'processing', nextAction: 'payer_confirms', asksMe: true })
  expect(pathOf(asked)).toBe('/v1/wallet_debits/wdb_1')
})

test('a debit that was given back in part says how much', () => {
  const paid = spendingOf(debit({ state: 'succeeded', refunded: 1_000 }))
  expect(paid).toMatchObject({ state: 'succeeded', asksMe: false, refunded: 1_000 })
})
