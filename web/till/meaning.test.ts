import { describe, expect, test } from 'vitest'
import { Problem } from '../ui/problem.ts'
import type { DeclineReason, PaymentView } from '../ui/types.ts'
import { goodsKey, readScan } from './meaning.ts'
import { mayRescan, nextStep } from './next-step.ts'

describe('a scan', () => {
  test('of a payment code is told by its issuer and shown by its ends only', () => {
    expect(readScan('801234567890123442')).toEqual({
      kind: 'payment_code',
      scheme: 'onetill',
      masked: '80…42',
    })
    expect(readScan('134567890123456789')).toMatchObject({ scheme: 'wechat' })
    expect(readScan('2812345678901234\n')).toMatchObject({ scheme: 'alipay' })
    expect(readScan('841234567890123442')).toMatchObject({ scheme: 'onetill' })
  })

  test('of goods is goods before it is anything else', () => {
    expect(readScan('6901234567892')).toEqual({ kind: 'goods', barcode: '6901234567892' })
    expect(readScan('6901234567893')).toMatchObject({ kind: 'other' })
  })

  test('of a receipt is its order, and never a payment code', () => {
    const order = { kind: 'order_code', orderNo: 'S261123140509000042-1' }
    expect(readScan('0026112314050900004201')).toEqual(order)
    expect(readScan('S261123140509000042-1')).toEqual(order)
  })

  test('of digits that only the server may know is left to the server', () => {
    expect(readScan('771234567890123451')).toMatchObject({ kind: 'maybe_payment_code' })
    expect(JSON.stringify(readScan('771234567890123451'))).not.toContain('123456')
  })

  test.each([
    ['', 'CODE_EMPTY'],
    ['hello', 'INVALID_PAYMENT_CODE'],
    ['80 1234567890123442', 'CODE_HAS_SPACES'],
    ['８０１２３４５６７８９０１２３４４２', 'CODE_FULL_WIDTH'],
    ['4111111111111111', 'CODE_IS_CARD_NUMBER'],
    ['8'.repeat(65), 'CODE_TOO_LONG'],
  ])('of %j is refused as the server would', (text, refused) => {
    expect(readScan(text)).toEqual({ kind: 'other', refused })
  })
})

test('one product has one key, whether its barcode is printed with 12 or with 13 digits', () => {
  expect(goodsKey('036000291452')).toBe(goodsKey('0036000291452'))
  expect(goodsKey('TEA-1')).toBe('TEA-1')
})

describe('the next step', () => {
  const declined = (decline_reason: DeclineReason) =>
    nextStep({
      kind: 'payment',
      payment: { state: 'failed', decline_reason } as PaymentView,
      goods: [],
      before: [],
      leftMinor: null,
      isPrinted: false,
    })
  const refused = (problem: Problem) =>
    nextStep({ kind: 'refused', problem, amountMinor: '100', orderNo: 'S1-1' })

  test('after a decline is another way to pay, the payer, or the manager', () => {
    expect(declined('insufficient_funds')).toBe('other_way')
    expect(declined('payer_declined')).toBe('ask_payer')
    expect(declined('merchant_closed')).toBe('manager')
    expect(declined('order_expired')).toBe('show_again')
  })

  test('after a refusal is what the server says', () => {
    expect(refused(new Problem({ code: 'CODE_USED', next_action: 'rescan' }))).toBe('rescan')
    expect(refused(new Problem({ code: 'TERMINAL_MAY_NOT', next_action: 'none' }))).toBe('manager')
    expect(refused(new Problem({ code: 'UNAUTHENTICATED', next_action: 'sign_in' }))).toBe(
      'sign_in',
    )
  })

  test('after a way to pay that is shut is another way to pay', () => {
    for (const code of ['CHANNEL_UNAVAILABLE', 'NO_ROAD_LEFT', 'SCHEME_NOT_OPEN'])
      expect(refused(new Problem({ code, next_action: 'wait' }))).toBe('other_way')
  })

  test('is never another scan when the sale may be paid already', () => {
    expect(mayRescan(declined('sale_already_paid'))).toBe(false)
    expect(mayRescan(refused(new Problem({ code: 'SALE_OVERPAID' })))).toBe(false)
    expect(mayRescan('rescan')).toBe(true)
  })
})
