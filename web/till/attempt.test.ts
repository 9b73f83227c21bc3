import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Problem } from '../ui/problem.ts'
import type { PaymentView } from '../ui/types.ts'
import { runAttempt, settleMs, type Attempt, type AttemptCalls, type Ending } from './attempt.ts'

const fresh: Attempt = {
  idempotencyKey: 'k1',
  orderNo: 'S1-1',
  saleNo: 'S1',
  amountMinor: '8850',
  currency: 'CNY',
  lines: [],
  position: null,
  isPlaceConfirmed: false,
  masked: '80…42',
  way: 'code',
  scheme: 'onetill',
  qrText: null,
  startedAtMs: 0,
  sentAtMs: undefined,
  payment: null,
  phase: 'submitting',
  wantsReverse: false,
}

const payment = (state: PaymentView['state']) =>
  ({ id: 'pay_1', order_no: 'S1-1', state }) as PaymentView
const lost = () => Promise.reject(new Problem({ code: 'TIMEOUT', retry: 'same_key' }))
const never = () => Promise.reject(new Error('not asked in this test'))

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => void vi.useRealTimers())

function begin(
  calls: Partial<AttemptCalls>,
  options: { code?: string | undefined; attempt?: Attempt } = {},
) {
  const kept: Attempt[] = []
  const endings: Ending[] = []
  const runner = runAttempt(options.attempt ?? fresh, {
    calls: { create: never, read: never, find: never, reverse: never, ...calls },
    keep: (attempt) => kept.push(attempt),
    end: (ending) => endings.push(ending),
    code: 'code' in options ? options.code : '801234567890123442',
  })
  return { runner, kept, endings }
}

test('the attempt is kept before the request leaves, and the code is not in it', () => {
  const { kept } = begin({
    create: () => {
      expect(kept.length).toBeGreaterThan(0)
      return new Promise(() => undefined)
    },
  })
  expect(JSON.stringify(kept)).not.toContain('801234567890123442')
  expect(kept[0]).toMatchObject({ idempotencyKey: 'k1', orderNo: 'S1-1' })
})

test('a lost answer is asked for again with the same key, and counts once', async () => {
  const keys: string[] = []
  const { endings } = begin({
    create: (attempt) => {
      keys.push(attempt.idempotencyKey)
      return keys.length < 3 ? lost() : Promise.resolve(payment('succeeded'))
    },
  })
  await vi.advanceTimersByTimeAsync(20_000)
  expect(keys).toEqual(['k1', 'k1', 'k1'])
  expect(endings).toEqual([{ kind: 'payment', payment: payment('succeeded') }])
})

test('a refusal ends it at once and is not asked again', async () => {
  const create = vi.fn(() => Promise.reject(new Problem({ code: 'CODE_USED', status: 422 })))
  const { endings } = begin({ create })
  await vi.advanceTimersByTimeAsync(20_000)
  expect(create).toHaveBeenCalledTimes(1)
  expect(endings).toMatchObject([{ kind: 'refused', problem: { code: 'CODE_USED' } }])
})

test('a channel that is down is a refusal, although it is a fault of a server', async () => {
  const down = { code: 'CHANNEL_UNAVAILABLE', status: 503, retry: 'new_key' } as const
  const create = vi.fn(() => Promise.reject(new Problem(down)))
  const { endings } = begin({ create })
  await vi.advanceTimersByTimeAsync(5_000)
  expect(create).toHaveBeenCalledTimes(1)
  expect(endings).toMatchObject([{ kind: 'refused', problem: { code: 'CHANNEL_UNAVAILABLE' } }])
})

test('a payment that waits for the payer is polled, and the stream may be faster', async () => {
  const read = vi.fn(() => Promise.resolve(payment('processing')))
  const { runner, endings } = begin({ create: () => Promise.resolve(payment('processing')), read })
  await vi.advanceTimersByTimeAsync(6_500)
  expect(read).toHaveBeenCalledTimes(2)
  expect(runner.hear({ ...payment('succeeded'), id: 'pay_2' })).toBe(false)
  expect(runner.hear(payment('succeeded'))).toBe(true)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(read).toHaveBeenCalledTimes(2)
  expect(endings.length).toBe(1)
})

test('the stream names the payment by its order number while the answer is on its way', async () => {
  const { runner, endings } = begin({ create: () => new Promise(() => undefined) })
  runner.hear(payment('succeeded'))
  expect(endings).toMatchObject([{ kind: 'payment' }])
})

test('after a reload it is looked up by its number and never sent again', async () => {
  const find = vi.fn(() => Promise.resolve(payment('succeeded')))
  const { endings } = begin({ find }, { code: undefined })
  await vi.advanceTimersByTimeAsync(1)
  expect(endings).toMatchObject([{ kind: 'payment' }])
})

test('one that the server does not know is given up only when no answer can come', async () => {
  const attempt: Attempt = { ...fresh, sentAtMs: 0 }
  const { endings } = begin({ find: async () => null }, { code: undefined, attempt })
  await vi.advanceTimersByTimeAsync(settleMs - 4_000)
  expect(endings).toEqual([])
  await vi.advanceTimersByTimeAsync(5_000)
  expect(endings).toEqual([{ kind: 'not_made' }])
})

test('no network keeps it open for as long as it lasts', async () => {
  const down = () => Promise.reject(new Problem({ code: 'NETWORK' }))
  const { endings, kept } = begin({ find: down }, { code: undefined })
  await vi.advanceTimersByTimeAsync(600_000)
  expect(endings).toEqual([])
  expect(kept.at(-1)?.phase).toBe('unknown')
})

test('a reversal is asked for at once and ends it', async () => {
  const reverse = vi.fn(() => Promise.resolve(payment('reversed')))
  const { runner, endings } = begin({
    create: () => Promise.resolve(payment('processing')),
    reverse,
  })
  await vi.advanceTimersByTimeAsync(500)
  runner.reverse()
  await vi.advanceTimersByTimeAsync(1)
  expect(endings).toMatchObject([{ kind: 'payment', payment: { state: 'reversed' } }])
})

test('a reversal that comes too late shows how the payment ended', async () => {
  const { runner, endings } = begin({
    create: () => Promise.resolve(payment('processing')),
    reverse: () => Promise.reject(new Problem({ code: 'PAYMENT_FINAL', status: 409 })),
    read: () => Promise.resolve(payment('succeeded')),
  })
  await vi.advanceTimersByTimeAsync(500)
  runner.reverse()
  await vi.advanceTimersByTimeAsync(1)
  expect(endings).toMatchObject([{ kind: 'payment', payment: { state: 'succeeded' } }])
})

test('a reversal that this till may not ask for is not shown as one, and the payment is followed', async () => {
  const states: PaymentView['state'][] = ['processing', 'processing', 'succeeded']
  const { runner, endings, kept } = begin({
    create: () => Promise.resolve(payment('processing')),
    reverse: () => Promise.reject(new Problem({ code: 'TERMINAL_MAY_NOT', status: 403 })),
    read: () => Promise.resolve(payment(states.shift() ?? 'succeeded')),
  })
  await vi.advanceTimersByTimeAsync(500)
  runner.reverse()
  await vi.advanceTimersByTimeAsync(1)
  expect(kept.at(-1)).toMatchObject({ wantsReverse: false, phase: 'processing' })
  await vi.advanceTimersByTimeAsync(10_000)
  expect(endings).toMatchObject([{ kind: 'payment', payment: { state: 'succeeded' } }])
})

test('a reversal that takes its time is asked for once, and then looked at until it is definite', async () => {
  const states = [{ ...payment('processing'), next_action: 'reverse' } as PaymentView]
  const reverse = vi.fn(async () => states.at(-1) as PaymentView)
  const read = vi.fn(async () => states.at(-1) as PaymentView)
  const { runner, endings, kept } = begin({
    create: async () => ({ ...payment('processing'), next_action: 'query' }) as PaymentView,
    reverse,
    read,
  })
  await vi.advanceTimersByTimeAsync(500)
  runner.reverse()
  await vi.advanceTimersByTimeAsync(9_000)
  expect(reverse).toHaveBeenCalledTimes(1)
  expect(read.mock.calls.length).toBeGreaterThan(1)
  expect(kept.at(-1)).toMatchObject({ wantsReverse: true, payment: { next_action: 'reverse' } })
  expect(endings).toEqual([])
  states.push(payment('reversed'))
  await vi.advanceTimersByTimeAsync(3_000)
  expect(endings).toMatchObject([{ kind: 'payment', payment: { state: 'reversed' } }])
})

test('a customer who paid while it was being taken back has paid', async () => {
  const { runner, endings } = begin({
    create: async () => ({ ...payment('processing'), next_action: 'query' }) as PaymentView,
    reverse: async () => ({ ...payment('processing'), next_action: 'reverse' }) as PaymentView,
    read: async () => ({ ...payment('processing'), next_action: 'reverse' }) as PaymentView,
  })
  await vi.advanceTimersByTimeAsync(100)
  runner.reverse()
  await vi.advanceTimersByTimeAsync(100)
  runner.hear(payment('succeeded'))
  expect(endings).toMatchObject([{ kind: 'payment', payment: { state: 'succeeded' } }])
})

test('what a shown code says is kept for a reload, and is asked for again by the same key', async () => {
  const attempt: Attempt = { ...fresh, way: 'qr', scheme: null, masked: '' }
  const create = vi.fn(async () => ({ ...payment('processing'), qrText: 'https://pay/o1' }))
  const { kept } = begin({ create, read: async () => payment('processing') }, { attempt, code: '' })
  await vi.advanceTimersByTimeAsync(4_000)
  expect(create).toHaveBeenCalledTimes(1)
  expect(create).toHaveBeenCalledWith(expect.objectContaining({ idempotencyKey: 'k1' }), '')
  expect(kept.at(-1)).toMatchObject({ qrText: 'https://pay/o1', payment: { id: 'pay_1' } })
})

test('a reversal wanted while the answer is on its way follows the answer', async () => {
  let answer: (payment: PaymentView) => void = () => undefined
  const { runner, endings } = begin({
    create: () => new Promise((resolve) => (answer = resolve)),
    reverse: () => Promise.resolve(payment('reversed')),
  })
  runner.reverse()
  answer(payment('processing'))
  await vi.advanceTimersByTimeAsync(10)
  expect(endings).toMatchObject([{ kind: 'payment', payment: { state: 'reversed' } }])
})

test('a till far from its shop asks the cashier, and sends the same code again under another key', async () => {
  const sent: { key: string; isConfirmed: boolean; code: string }[] = []
  const { runner, kept, endings } = begin({
    create: ({ idempotencyKey, isPlaceConfirmed }, code) => {
      sent.push({ key: idempotencyKey, isConfirmed: isPlaceConfirmed, code })
      if (isPlaceConfirmed) return Promise.resolve(payment('succeeded'))
      return Promise.reject(
        new Problem({ code: 'POSITION_TO_CONFIRM', status: 409, retry: 'new_key' }),
      )
    },
  })
  await vi.advanceTimersByTimeAsync(10_000)
  expect(kept.at(-1)?.phase).toBe('place')
  expect(sent.length).toBe(1)
  runner.confirmPlace(true, 'k2')
  await vi.advanceTimersByTimeAsync(10)
  expect(sent).toEqual([
    { key: 'k1', isConfirmed: false, code: '801234567890123442' },
    { key: 'k2', isConfirmed: true, code: '801234567890123442' },
  ])
  expect(endings).toEqual([{ kind: 'payment', payment: payment('succeeded') }])
})

test('a cashier who does not confirm the place charges nothing', async () => {
  const problem = new Problem({ code: 'POSITION_TO_CONFIRM', status: 409, retry: 'new_key' })
  const { runner, endings } = begin({ create: () => Promise.reject(problem) })
  await vi.advanceTimersByTimeAsync(10)
  runner.confirmPlace(false, 'k2')
  expect(endings).toEqual([{ kind: 'refused', problem }])
})
