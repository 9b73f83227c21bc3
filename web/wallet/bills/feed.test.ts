import { expect, test } from 'vitest'
import type { List, PaymentView, RefundView, WalletDebit } from '../../ui/types.ts'
import { feedOf, joined, readNext, type Read } from './feed.ts'

const at = (minute: number): string => `2026-11-23T08:${String(minute).padStart(2, '0')}:00.000Z`
const list = <Item>(data: object[], has_more = false): List<Item> =>
  ({ object: 'list', data, has_more, url: '' }) as unknown as List<Item>
const payments = (minutes: number[], has_more = false) =>
  list<PaymentView>(
    minutes.map((each) => ({ object: 'payment', id: `pay_${each}`, created_at: at(each) })),
    has_more,
  )
const debits = (minutes: number[], has_more = false) =>
  list<WalletDebit>(
    minutes.map((each) => ({ object: 'wallet_debit', id: `wdb_${each}`, created_at: at(each) })),
    has_more,
  )
const refunds = (minutes: number[], has_more = false) =>
  list<RefundView>(
    minutes.map((each) => ({ object: 'refund', id: `rfd_${each}`, created_at: at(each) })),
    has_more,
  )
const reading = (change: Partial<Read>): Read => ({
  ...{ payments: payments([]), debits: debits([]), refunds: refunds([]), ...change },
})
const idsOf = (read: Read) => feedOf(read).bills.map(({ id }) => id)

test('payments, debits by other institutions and refunds stand in one list, the newest first', () => {
  const read = reading({
    payments: payments([40, 20]),
    debits: debits([30]),
    refunds: refunds([50]),
  })
  expect(idsOf(read)).toEqual(['rfd_50', 'pay_40', 'wdb_30', 'pay_20'])
  expect(readNext(read)).toBeNull()
})

test('what lies before the unread part of another list is held back until that is read', () => {
  const read = reading({
    ...{ payments: payments([40, 30], true), debits: debits([35, 10]), refunds: refunds([36, 29]) },
  })
  expect(idsOf(read)).toEqual(['pay_40', 'rfd_36', 'wdb_35', 'pay_30'])
  expect(feedOf(read).hasMore).toBe(true)
  expect(readNext(read)).toBe('payments')
})

test('of lists with more the one that was read less far is read on', () => {
  const most = { payments: payments([40, 30], true), debits: debits([35, 10], true) }
  expect(readNext(reading(most))).toBe('payments')
  expect(readNext(reading({ ...most, payments: payments([40, 5], true) }))).toBe('debits')
  expect(readNext(reading({ ...most, refunds: refunds([41], true) }))).toBe('refunds')
})

test('a refund counts what the payer gets back once that is known', () => {
  const one = { object: 'refund', id: 'rfd_1', payment: 'pay_1', amount: 1_000, payer_amount: 900 }
  const names = { merchant_name: '晨光', store_name: null, created_at: at(1) }
  const of = (state: string) =>
    feedOf(reading({ refunds: list<RefundView>([{ ...one, ...names, state }]) })).bills[0]
  expect(of('processing')).toMatchObject({ of: 'refund', billId: 'pay_1', amount: 1_000 })
  expect(of('succeeded')).toMatchObject({ shop: '晨光', amount: 900 })
})

test('a bill that is in the newest page and in an older one stands once', () => {
  const both = joined(payments([40, 30]), payments([30, 20], true))
  expect(both.data.map(({ id }) => id)).toEqual(['pay_40', 'pay_30', 'pay_20'])
  expect(both.has_more).toBe(true)
})
