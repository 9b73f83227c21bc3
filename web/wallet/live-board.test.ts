import { expect, test } from 'vitest'
import { emptyBoard, takeIn } from './live-board.ts'
import type { Spending } from './spending.ts'

function spending(change: Partial<Spending>): Spending {
  const shown = { id: 'pay_1', kind: 'purchase', state: 'processing', asksMe: false }
  return { ...shown, createdAt: '2026-11-23T08:00:00.000Z', ...change } as Spending
}

const asked = spending({ asksMe: true, nextAction: 'payer_confirms' })
const paid = spending({ state: 'succeeded' })

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

test('a payment and a debit that wait are asked in the order in which they were made', () => {
  const later = spending({ id: 'wdb_0', asksMe: true, createdAt: '2026-11-23T08:00:01.000Z' })
  expect(takeIn(takeIn(emptyBoard, later), asked).waiting).toEqual([asked, later])
})

test('after the PIN a payment that a scheme has not answered is watched until it ends', () => {
  const atScheme = spending({ nextAction: 'query' })
  const watched = takeIn(takeIn(emptyBoard, asked), atScheme)
  expect(watched).toMatchObject({ waiting: [], result: atScheme })
  expect(takeIn(watched, paid).result).toEqual(paid)
  const putAway = { ...watched, result: null }
  expect(takeIn(putAway, atScheme).result).toBeNull()
  expect(takeIn(putAway, paid).result).toEqual(paid)
})

test('a top-up and a payment that only works on are not shown over the screen', () => {
  const topUp = spending({ kind: 'top_up', state: 'succeeded' })
  expect(takeIn(takeIn(emptyBoard, topUp), spending({}))).toEqual(emptyBoard)
})
