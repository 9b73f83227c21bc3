import { expect, test } from 'vitest'
import type { PaymentState, PaymentView, RefundView } from '../ui/types.ts'
import type { Attempt } from './attempt.ts'
import {
  asideOf,
  endingOf,
  faceOfAside,
  isOf,
  mayPutAside,
  receiptOf,
  restMinor,
  saleOf,
  stepOf,
  type Aside,
  type AsideFace,
  type AsideStep,
} from './put-aside.ts'

const payment = (state: PaymentState, change: Partial<PaymentView> = {}): PaymentView =>
  ({
    id: 'pay_1',
    order_no: 'S1-2',
    state,
    next_action: null,
    amount: 7_000,
    ...change,
  }) as PaymentView

const attempt = (change: Partial<Attempt> = {}): Attempt => ({
  ...{ idempotencyKey: 'k', orderNo: 'S1-2', saleNo: 'S1', amountMinor: '7000', currency: 'CNY' },
  ...{ lines: [], position: null, isPlaceConfirmed: false, masked: '10…42', way: 'code' },
  ...{ scheme: 'wechat', qrText: null, startedAtMs: 0, sentAtMs: 0, payment: null },
  ...{ phase: 'processing', wantsReverse: false },
  ...change,
})

const line = { id: 'l1', sku: 'TEA', name: '茶', nameEn: null, priceMinor: '5000', quantity: 2 }
const aside = (change: Partial<Aside> = {}): Aside => ({
  attempt: attempt(),
  cart: { lines: [line], selectedId: 'l1' },
  ...{ attempts: 2, tenders: [], putAtMs: 0, note: '', ending: null, refund: null, told: 'no' },
  isPrinted: false,
  ...change,
})
const ended = (state: PaymentState, change: Partial<Aside> = {}): Aside => {
  const paid = payment(state)
  return aside({ attempt: attempt({ payment: paid }), ending: endingOf(paid), ...change })
}
const earlier = { payment: payment('succeeded', { id: 'pay_0', amount: 3_000 }), refund: null }
const late = (state: RefundView['state']) => ({ state, amount: 7_000, is_late: true }) as RefundView

const open = payment('processing')
const waits = (next: PaymentView['next_action'], asked: string | null = null) =>
  attempt({ payment: { ...open, next_action: next, confirm_expires_at: asked } })

test.each<[string, Attempt, number, boolean]>([
  ['a channel that does not answer, at once', waits('query'), 9_999, false],
  ['a channel that does not answer, for long', waits('query'), 10_000, true],
  ['a server that does not answer, for long', attempt({ phase: 'unknown' }), 10_000, true],
  ['a request that has just left', attempt({ phase: 'submitting' }), 60_000, false],
  ['a reversal that the cashier has asked for', attempt({ wantsReverse: true }), 0, true],
  ['a reversal that the server has begun', waits('reverse'), 0, true],
  ['a customer who types the PIN', waits('payer_confirms', 'soon'), 60_000, false],
  ['a customer who types a password', waits('payer_confirms'), 60_000, false],
  ['a code on our screen', waits('payer_scans'), 60_000, false],
  ['a place to confirm', attempt({ phase: 'place' }), 60_000, false],
])('only what nobody here can hasten is put aside: %s', (_, each, nowMs, may) => {
  expect(mayPutAside(each, nowMs)).toBe(may)
})

test.each<[string, Aside, AsideFace, AsideStep]>([
  ['nothing is known', aside(), 'open', 'wait'],
  ['it is being taken back', aside({ attempt: waits('reverse') }), 'reversing', 'wait'],
  [
    'it was paid and the sale with it',
    ended('succeeded', { tenders: [earlier] }),
    'succeeded',
    'done',
  ],
  ['it was paid and the sale is short', ended('succeeded'), 'succeeded', 'rest'],
  ['it was declined', ended('failed'), 'failed', 'again'],
  ['it was taken back', ended('reversed'), 'reversed', 'again'],
  ['it never came to be', aside({ ending: { kind: 'not_made' } }), 'not_made', 'again'],
  ['late money goes back', ended('reversed', { refund: late('processing') }), 'refunding', 'done'],
  ['late money went back', ended('reversed', { refund: late('succeeded') }), 'refunded', 'done'],
  [
    'late money did not go back',
    ended('reversed', { refund: late('failed') }),
    'reversed',
    'again',
  ],
])('the cashier is told what to do when %s', (_, each, face, step) => {
  expect(faceOfAside(each)).toBe(face)
  expect(stepOf(each)).toBe(step)
})

test('a sale is taken up again with its lines, its number and what was paid of it', () => {
  const failed = ended('failed', { tenders: [earlier] })
  expect(restMinor(failed)).toBe(7_000n)
  expect(saleOf(failed)).toMatchObject({ saleNo: 'S1', attempts: 2, tenders: [earlier] })
  const paid = ended('succeeded')
  expect(saleOf(paid).tenders.map((one) => one.payment.id)).toEqual(['pay_1'])
  expect(restMinor(paid)).toBe(3_000n)
  expect(receiptOf(paid)).toMatchObject({ leftMinor: '3000', goods: [{ sku: 'TEA' }] })
})

test('a payment that only the server knows is collected again as one amount of a new sale', () => {
  const found = asideOf(attempt({ payment: open }), 'Typed amount')
  expect(stepOf(found)).toBe('wait')
  expect(saleOf(found)).toMatchObject({ saleNo: null, attempts: 0, tenders: [] })
  expect(restMinor(found)).toBe(7_000n)
  expect(isOf(payment('reversed'), found)).toBe(true)
  expect(isOf(payment('reversed', { id: 'pay_2' }), found)).toBe(false)
  expect(isOf(payment('succeeded'), aside())).toBe(true)
})
