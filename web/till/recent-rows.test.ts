import { expect, test } from 'vitest'
import type { PaymentView, RefundView } from '../ui/types.ts'
import { recentRows } from './recent-rows.ts'

const at = (minute: number) => `2026-11-23T08:${minute}:00.000Z`
const payment = (minute: number, order_no = 'T-1') =>
  ({ id: `pay_${minute}`, order_no, created_at: at(minute) }) as PaymentView
const refund = (minute: number, order_no = 'T-1') =>
  ({ id: `rfd_${minute}`, payment: 'pay_x', order_no, created_at: at(minute) }) as RefundView
const idsOf = (...given: Parameters<typeof recentRows>) => recentRows(...given).map(({ id }) => id)

test('refunds stand among the payments by their time, each with the payment that it is of', () => {
  const rows = recentRows([payment(40), payment(20)], [refund(30)], { words: '', most: 50 })
  expect(rows.map(({ id, paymentId }) => [id, paymentId])).toEqual([
    ['pay_40', 'pay_40'],
    ['rfd_30', 'pay_x'],
    ['pay_20', 'pay_20'],
  ])
})

test('a refund older than the last payment stands there only when all payments do', () => {
  const read = [[payment(40)], [refund(41), refund(30)]] as const
  expect(idsOf(...read, { words: '', most: 1 })).toEqual(['rfd_41', 'pay_40'])
  expect(idsOf(...read, { words: '', most: 2 })).toEqual(['rfd_41', 'pay_40', 'rfd_30'])
})

test('a search finds both by the order number', () => {
  const found = idsOf([payment(40, 'T-7'), payment(39)], [refund(38, 'T-7')], {
    words: 't-7',
    most: 9,
  })
  expect(found).toEqual(['pay_40', 'rfd_38'])
})
