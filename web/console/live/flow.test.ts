import { expect, test } from 'vitest'
import type { PaymentView } from '../../ui/types.ts'
import { merge, noFlow, release, type Flow } from './flow.ts'

const payment = (number: number, more: Partial<PaymentView> = {}): PaymentView =>
  ({
    id: `pay_${String(number).padStart(3, '0')}`,
    created_at: new Date(number * 1_000).toISOString(),
    state: 'succeeded',
    ...more,
  }) as PaymentView
const open = { isHeld: false, filters: {} }
const held = { isHeld: true, filters: {} }
const ids = (flow: Flow): string[] => flow.rows.map(({ id }) => id)

test('the newest stands on top, in whatever order payments come', () => {
  const flow = merge(noFlow, [payment(1), payment(3), payment(2)], open)
  expect(ids(flow)).toEqual(['pay_003', 'pay_002', 'pay_001'])
})

test('while the reader looks nothing moves, and the new ones wait until they are released', () => {
  const before = merge(noFlow, [payment(1)], open)
  const during = merge(before, [payment(2), payment(3)], held)
  expect(ids(during)).toEqual(['pay_001'])
  expect(during.held).toHaveLength(2)
  const after = release(during)
  expect(ids(after)).toEqual(['pay_003', 'pay_002', 'pay_001'])
  expect(after.held).toEqual([])
})

test('a known payment changes where it stands, also while the list is held', () => {
  const before = merge(noFlow, [payment(1, { state: 'processing' }), payment(2)], open)
  const after = merge(before, [payment(1, { state: 'failed' })], held)
  expect(after.rows[1]).toMatchObject({ id: 'pay_001', state: 'failed' })
  expect(after.held).toEqual([])
})

test('a late message never takes a payment back to processing', () => {
  const before = merge(noFlow, [payment(1)], open)
  const after = merge(before, [payment(1, { state: 'processing' })], open)
  expect(after.rows[0]?.state).toBe('succeeded')
})

test('what does not match the filters stays away', () => {
  const filters = { state: 'failed', store: 'str_1' }
  const coming = [
    payment(1),
    payment(2, { state: 'failed', store: 'str_1' }),
    payment(3, { state: 'failed', store: 'str_2' }),
  ]
  expect(ids(merge(noFlow, coming, { isHeld: false, filters }))).toEqual(['pay_002'])
})

test('the list keeps the newest 200', () => {
  const many = Array.from({ length: 300 }, (_, number) => payment(number))
  const flow = merge(noFlow, many, open)
  expect(flow.rows).toHaveLength(200)
  expect(ids(flow)[0]).toBe('pay_299')
})
