import { expect, test } from 'vitest'
import type { PaymentView } from '../ui/types.ts'
import { emptyBoard, takeIn } from './live-board.ts'

function payment(change: Partial<PaymentView>): PaymentView {
  const shown = { id: 'pay_1', kind: 'purchase', state: 'processing', next_action: null }
  return { ...shown, ...change } as PaymentView
}

const asked = payment({ next_action: 'payer_confirms' })
const paid = payment({ state: 'succeeded' })

test('a payment that waits for the payer is asked once, however often it is told', () => {
  const board = takeIn(takeIn(emptyBoard, asked), asked)
  expect(board.waiting).toEqual([asked])
})

test('a payment that ends stops waiting and becomes the result', () => {
  const board = takeIn(takeIn(emptyBoard, asked), paid)
  expect(board.waiting).toEqual([])
  expect(board.result).toEqual(paid)
})

test('a late word that it waits does not wake a payment that has ended', () => {
  const board = takeIn(takeIn(emptyBoard, paid), asked)
  expect(board.waiting).toEqual([])
  expect(board.result).toEqual(paid)
})

test('a result that was acknowledged does not come back when it is told again', () => {
  const board = takeIn({ ...takeIn(emptyBoard, paid), result: null }, paid)
  expect(board.result).toBeNull()
})

test('two payments that wait are asked in the order in which they were made', () => {
  const later = payment({ id: 'pay_2', next_action: 'payer_confirms' })
  expect(takeIn(takeIn(emptyBoard, later), asked).waiting).toEqual([asked, later])
})

test('a top-up and a payment that only works on are not shown over the screen', () => {
  const topUp = payment({ kind: 'top_up', state: 'succeeded' })
  expect(takeIn(takeIn(emptyBoard, topUp), payment({}))).toEqual(emptyBoard)
})
