import { expect, test } from 'vitest'
import type { List, PaymentView, WalletDebit } from '../../ui/types.ts'
import { feedOf, joined, readNext } from './feed.ts'

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
const idsOf = (read: Parameters<typeof feedOf>[0]) => feedOf(read).spendings.map(({ id }) => id)

test('payments and debits by other institutions stand in one list, the newest first', () => {
  const read = { payments: payments([40, 20]), debits: debits([30]) }
  expect(idsOf(read)).toEqual(['pay_40', 'wdb_30', 'pay_20'])
  expect(readNext(read)).toBeNull()
})

test('what lies before the unread part of the other list is held back until that is read', () => {
  const read = { payments: payments([40, 30], true), debits: debits([35, 10]) }
  expect(idsOf(read)).toEqual(['pay_40', 'wdb_35', 'pay_30'])
  expect(feedOf(read).hasMore).toBe(true)
  expect(readNext(read)).toBe('payments')
})

test('of two lists with more the one that was read less far is read on', () => {
  expect(readNext({ payments: payments([40, 30], true), debits: debits([35, 10], true) })).toBe(
    'payments',
  )
  expect(readNext({ payments: payments([40, 5], true), debits: debits([35, 10], true) })).toBe(
    'debits',
  )
})

test('a bill that is in the newest page and in an older one stands once', () => {
  const both = joined(payments([40, 30]), payments([30, 20], true))
  expect(both.data.map(({ id }) => id)).toEqual(['pay_40', 'pay_30', 'pay_20'])
  expect(both.has_more).toBe(true)
})
