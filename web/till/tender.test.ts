import { describe, expect, test } from 'vitest'
import type { PaymentView } from '../ui/types.ts'
import { orderCodeOf, readOrderCode } from './order-code.ts'
import { addTender, leftMinor, nextMinor, paidMinor } from './tender.ts'

const paid = (id: string, amount: number, discount = 0) =>
  ({ id, amount, discount, charged: amount - discount, state: 'succeeded' }) as PaymentView

describe('a sale that is paid in parts', () => {
  const tenders = addTender(addTender([], paid('pay_1', 3_000)), paid('pay_2', 2_000, 300))

  test('is short of its total less what was paid, and a discount is no debt', () => {
    expect(paidMinor(tenders)).toBe(5_000n)
    expect(leftMinor({ totalMinor: 10_000n, tenders })).toBe(5_000n)
    expect(leftMinor({ totalMinor: 4_000n, tenders })).toBe(0n)
  })

  test('counts a payment once, however often it is heard of', () => {
    expect(addTender(tenders, paid('pay_2', 2_000)).length).toBe(2)
  })

  test.each([
    [null, 5_000n],
    ['2000', 2_000n],
    ['5000', 5_000n],
    ['9999', 5_000n],
    ['0', 5_000n],
  ])('asks the next code for the part %s: %s', (partMinor, minor) => {
    expect(nextMinor({ totalMinor: 10_000n, tenders, partMinor })).toBe(minor)
  })
})

describe('the code of a receipt', () => {
  test('is digits that no payment code begins with, and names its order number again', () => {
    const code = orderCodeOf('S261123140509000042-2')
    expect(code).toBe('0026112314050900004202')
    expect(readOrderCode(code ?? '')).toBe('S261123140509000042-2')
    expect(readOrderCode(`${code}\r\n`)).toBe('S261123140509000042-2')
  })

  test('may be the order number itself, by hand', () => {
    expect(readOrderCode('S261123140509000042-12')).toBe('S261123140509000042-12')
  })

  test.each(['801234567890123442', '134567890123456789', '6901234567892', '00261123', 'T01-0001'])(
    'is not %s',
    (text) => expect(readOrderCode(text)).toBeNull(),
  )

  test('is not made for an order number of somebody else', () => {
    expect(orderCodeOf('T01-20261123-0001')).toBeNull()
    expect(orderCodeOf('S261123140509000042-100')).toBeNull()
  })
})
