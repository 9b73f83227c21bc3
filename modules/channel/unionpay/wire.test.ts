import { describe, expect, test } from 'vitest'

import { orderIdOf, readOrderId, voidOrderIdOf } from './order-id.ts'
import { readAnswer, readForm, signedText } from './sign.ts'
import { clearingDay, readTraceTime, readTxnTime, txnTime } from './times.ts'

describe('an order number', () => {
  test.each([
    ['chg_01jdgq8v3zek4r8v3zek4r8v3z', 'chgZu01jdgq8v3zek4r8v3zek4r8v3z'],
    ['A-1_Z', 'AZd1ZuZZ'],
    ['A1', 'A1ZpZpZp'],
    ['order001', 'order001'],
  ])('%s is spelt %s and read back', (id, orderId) => {
    expect(orderIdOf(id)).toBe(orderId)
    expect(orderId).toMatch(/^[0-9A-Za-z]{8,40}$/)
    expect(readOrderId(orderId)).toEqual({ id, isVoid: false })
    expect(readOrderId(voidOrderIdOf(id))).toEqual({ id, isVoid: true })
  })

  test('of others is not read as one of ours', () => {
    for (const text of ['', 'Zv', 'ABCZ', 'ABCDEFZx']) expect(readOrderId(text), text).toBeNull()
  })

  test('that does not fit is a mistake of ours', () => {
    expect(() => orderIdOf('单号单号单号单号')).toThrow('letters, digits')
    expect(() => orderIdOf('_'.repeat(20))).toThrow('short enough')
  })
})

describe('an answer of the gateway', () => {
  test('is split and not decoded', () => {
    const text = 'a=1+2&cert=AB=\r\nCD/==&msg=成功[0000000]&info={x=1&y={z=2&w=3}}&empty='
    expect(readAnswer(text)).toEqual({
      a: '1+2',
      cert: 'AB=\r\nCD/==',
      msg: '成功[0000000]',
      info: '{x=1&y={z=2&w=3}}',
      empty: '',
    })
  })

  test.each(['', '<html>502</html>', 'a=1&a=2', '=1', 'a=1&b'])('%j is none', (text) => {
    expect(readAnswer(text)).toBeNull()
  })

  test('of which a field is there twice is none as a form either', () => {
    expect(readForm('a=1%2B2&b=%E6%88%90')).toEqual({ a: '1+2', b: '成' })
    expect(readForm('a=1&a=2')).toBeNull()
  })
})

test('the signed text is sorted, not encoded, and leaves out the signature only', () => {
  expect(signedText({ b: '2&3', a: '成功', signature: 'x', c: '' })).toBe('a=成功&b=2&3&c=')
})

test('times are Beijing’s, to the second', () => {
  expect(txnTime(new Date('2026-11-23T16:00:01.999Z'))).toBe('20261124000001')
  expect(readTxnTime('20261124000001')).toEqual(new Date('2026-11-23T16:00:01Z'))
  for (const text of ['', '20260231000000', '2026112400000', '20261124240000']) {
    expect(readTxnTime(text), text).toBeNull()
  }
})

test('a time without a year is read beside one that has it, over the end of the year too', () => {
  const [eve, newYear] = ['20261231235959', '20270101000001'].map((text) => readTxnTime(text)!)
  expect(readTraceTime('1231235959', eve!)).toEqual(eve)
  expect(readTraceTime('0101000001', eve!)).toEqual(newYear)
  expect(readTraceTime('0101000001', newYear!)).toEqual(newYear)
  expect(readTraceTime('soon', eve!)).toBeNull()
})

test('a clearing day ends at 23:00', () => {
  expect(clearingDay(new Date('2026-11-23T14:59:59Z'))).toBe('20261123')
  expect(clearingDay(new Date('2026-11-23T15:00:00Z'))).toBe('20261124')
  expect(clearingDay(new Date('2026-11-23T16:30:00Z'))).toBe('20261124')
})
