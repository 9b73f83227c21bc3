import { describe, expect, test } from 'vitest'
import {
  addPiece,
  countPieces,
  emptyCart,
  largestQuantity,
  moveSelection,
  removeLine,
  setQuantity,
  totalMinor,
} from './cart.ts'
import { newSaleNo, orderNoOf } from './order-no.ts'
import { chineseNumber, spokenAmount } from './spoken.ts'

const tea = { sku: 'TEA', name: '茶', nameEn: 'Tea', priceMinor: '1250' }
const typed = { sku: null, name: '金额', nameEn: null, priceMinor: '1250' }

describe('the cart', () => {
  test('adds the same product to its line and a typed amount to a line of its own', () => {
    let cart = addPiece(emptyCart, tea, 'a')
    cart = addPiece(cart, typed, 'b')
    cart = addPiece(cart, tea, 'c')
    cart = addPiece(cart, typed, 'd')
    expect(cart.lines.map(({ id, quantity }) => `${id}${quantity}`)).toEqual(['a2', 'b1', 'd1'])
    expect(totalMinor(cart.lines)).toBe(5_000n)
    expect(countPieces(cart.lines)).toBe(4)
  })

  test('removes a line at quantity zero and selects the one in its place', () => {
    let cart = addPiece(addPiece(addPiece(emptyCart, tea, 'a'), typed, 'b'), typed, 'c')
    cart = moveSelection(cart, -1)
    expect(cart.selectedId).toBe('b')
    cart = setQuantity(cart, 'b', 0)
    expect(cart.selectedId).toBe('c')
    cart = removeLine(removeLine(cart, 'c'), 'a')
    expect(cart).toEqual(emptyCart)
  })

  test('never takes a scanned number for a quantity', () => {
    const cart = setQuantity(addPiece(emptyCart, tea, 'a'), 'a', 6901234567892)
    expect(cart.lines[0]?.quantity).toBe(largestQuantity)
  })
})

test('a sale number is the time of the shop and six digits, and attempts count up behind it', () => {
  const saleNo = newSaleNo(Date.UTC(2026, 10, 23, 6, 5, 9), 'Asia/Shanghai', () => 0.000042)
  expect(saleNo).toBe('S261123140509000042')
  expect(orderNoOf(saleNo, 2)).toBe('S261123140509000042-2')
})

test.each([
  [8_850n, '八十八元五角'],
  [8_855n, '八十八元五角五分'],
  [1_005n, '十元零五分'],
  [100n, '一元'],
  [50n, '五角'],
  [0n, '零元'],
  [10_000n, '一百元'],
  [100_500n, '一千零五元'],
  [12_000_000n, '十二万元'],
  [10_000_500_000n, '一亿零五千元'],
])('%s fen are said as %s', (amountMinor, text) => {
  expect(spokenAmount(amountMinor, 'CNY', 'zh-CN')).toBe(text)
})

test('numbers with holes keep one zero for each hole', () => {
  expect(chineseNumber(10_010n)).toBe('一万零一十')
  expect(chineseNumber(1_000_100n)).toBe('一百万零一百')
  expect(spokenAmount(8_850n, 'CNY', 'en')).toBe('88.50 yuan')
})
