import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Problem } from '../ui/problem.ts'
import type { RefundView } from '../ui/types.ts'
import { faceOfTry, refundableMinor } from './refund-look.ts'
import { isRefundOver, runRefund, type RefundCalls, type RefundTry } from './refund-try.ts'

const wanted: RefundTry = {
  idempotencyKey: 'k1',
  paymentId: 'pay_1',
  amountMinor: '2000',
  reason: 'Goods returned',
  refund: null,
  problem: null,
  phase: 'asking',
}
const refund = (part: Partial<RefundView> = {}) =>
  ({
    ...{ id: 'rfd_1', payment: 'pay_1', state: 'succeeded', next_action: null, amount: 2_000 },
    ...part,
  }) as RefundView
const never = () => Promise.reject(new Error('not asked in this test'))

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => void vi.useRealTimers())

function begin(calls: Partial<RefundCalls>, first: RefundTry = wanted) {
  const kept: RefundTry[] = []
  const runner = runRefund(first, {
    calls: { create: never, read: never, ...calls },
    change: (next) => kept.push(next),
  })
  return { runner, kept }
}

test('a refund is kept before its request leaves', () => {
  const { kept } = begin({
    create: () => {
      expect(kept.length).toBe(1)
      return new Promise(() => undefined)
    },
  })
  expect(kept[0]).toMatchObject({ idempotencyKey: 'k1', phase: 'asking' })
})

test('a lost answer is asked for again with the same key', async () => {
  const keys: string[] = []
  const { kept } = begin({
    create: (one) => {
      keys.push(one.idempotencyKey)
      const lost = new Problem({ code: 'TIMEOUT', retry: 'same_key' })
      return keys.length < 3 ? Promise.reject(lost) : Promise.resolve(refund())
    },
  })
  await vi.advanceTimersByTimeAsync(1)
  expect(kept.at(-1)).toMatchObject({ phase: 'unknown' })
  await vi.advanceTimersByTimeAsync(20_000)
  expect(keys).toEqual(['k1', 'k1', 'k1'])
  expect(kept.at(-1)).toMatchObject({ phase: 'made', refund: { state: 'succeeded' } })
})

test('a refusal ends it with its reason', async () => {
  const refused = new Problem({ code: 'REFUND_NOT_ALLOWED', status: 403 })
  const create = vi.fn(() => Promise.reject(refused))
  const { kept } = begin({ create })
  await vi.advanceTimersByTimeAsync(20_000)
  expect(create).toHaveBeenCalledTimes(1)
  expect(kept.at(-1)).toMatchObject({ phase: 'refused', problem: { code: 'REFUND_NOT_ALLOWED' } })
})

test('one that a channel is at is looked at until it is definite, and the stream may be faster', async () => {
  const open = refund({ state: 'processing', next_action: 'query' })
  const read = vi.fn(() => Promise.resolve(open))
  const { runner, kept } = begin({ create: () => Promise.resolve(open), read })
  await vi.advanceTimersByTimeAsync(7_000)
  expect(read.mock.calls.length).toBe(2)
  expect(runner.hear(refund({ id: 'rfd_2' }))).toBe(false)
  expect(runner.hear(refund())).toBe(true)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(read.mock.calls.length).toBe(2)
  expect(isRefundOver(kept.at(-1) ?? wanted)).toBe(true)
})

test('after a reload the same key asks again, and one that is over is left alone', async () => {
  const create = vi.fn(() => Promise.resolve(refund()))
  begin({ create }, { ...wanted, phase: 'unknown' })
  await vi.advanceTimersByTimeAsync(1)
  expect(create).toHaveBeenCalledWith(expect.objectContaining({ idempotencyKey: 'k1' }))
  const over = begin({}, { ...wanted, phase: 'made', refund: refund() })
  await vi.advanceTimersByTimeAsync(10_000)
  expect(over.kept).toEqual([])
})

test.each([
  [{ phase: 'asking' }, 'asking'],
  [{ phase: 'unknown' }, 'unknown'],
  [{ phase: 'refused' }, 'refused'],
  [{ refund: refund({ state: 'processing', next_action: 'query' }) }, 'query'],
  [{ refund: refund({ state: 'processing', next_action: 'second_approval' }) }, 'second_approval'],
  [{ refund: refund() }, 'succeeded'],
  [{ refund: refund({ state: 'failed' }) }, 'failed'],
] as const)('a refund %j is shown as %s', (part, face) => {
  expect(faceOfTry({ ...wanted, ...part })).toBe(face)
})

test('what may be refunded is what no refund holds: failed ones gave it back', () => {
  const refunds = [
    refund({ amount: 2_000 }),
    refund({ amount: 1_000, state: 'processing', next_action: 'second_approval' }),
    refund({ amount: 5_000, state: 'failed' }),
  ]
  expect(refundableMinor(8_850n, refunds)).toBe(5_850n)
  expect(refundableMinor(2_500n, refunds)).toBe(0n)
})
