import { expect, test } from 'vitest'
import type { PaymentView, RefundView } from '../../ui/types.ts'
import { leftMinor, refundWord } from './left.ts'

const payment = (state: string) => ({ state, amount: 1_000 }) as PaymentView
const refund = (given: Partial<RefundView>) =>
  ({ state: 'succeeded', next_action: null, amount: 300, is_late: false, ...given }) as RefundView

test('what is left is the price less what was given back or is on its way', () => {
  const refunds = [
    refund({}),
    refund({ state: 'processing', next_action: 'query', amount: 200 }),
    refund({ state: 'failed', amount: 500 }),
    refund({ is_late: true, amount: 1_000 }),
  ]
  expect(leftMinor(payment('succeeded'), refunds)).toBe(500)
  expect(leftMinor(payment('failed'), [])).toBe(0)
  expect(leftMinor(payment('succeeded'), [refund({ amount: 1_000 })])).toBe(0)
})

test('an open refund is named by what it waits for', () => {
  expect(refundWord(refund({ state: 'processing', next_action: 'second_approval' }))).toBe(
    'second_approval',
  )
  expect(refundWord(refund({}))).toBe('succeeded')
})
