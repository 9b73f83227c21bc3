import fc from 'fast-check'
import { expect, test } from 'vitest'

import { AssertionError } from '../lib/assert.ts'
import { newId } from '../lib/ids.ts'
import {
  makeMpm,
  merchantToken,
  ourMpmAccount,
  parseMerchantCode,
  readMerchantToken,
  type MerchantQr,
} from './paycode.ts'

const paymentId = newId('pay')
const codeId = newId('mcd')
const order = merchantToken('ins_demo', paymentId)
const onTheWall = merchantToken('ins_city', codeId)
const shop: MerchantQr = {
  ...{ initiation: 'dynamic', accounts: [ourMpmAccount(order)], category: '5411' },
  ...{ currency: 'CNY', amountMinor: 1_990n, tip: null, country: 'CN', name: '示例便利店' },
  ...{ city: 'SHANGHAI', postalCode: null, additional: [], inLanguage: null, others: [] },
}

test('a token tells its kind, its institution and what it names', () => {
  expect(order).toBe(`o_demo_${paymentId.slice(4)}`)
  expect(readMerchantToken(order)).toEqual({
    ...{ codeKind: 'order', institutionId: 'ins_demo', id: paymentId },
  })
  expect(readMerchantToken(onTheWall)).toEqual({
    ...{ codeKind: 'static', institutionId: 'ins_city', id: codeId },
  })
  expect(() => merchantToken('ins_demo', newId('chg'))).toThrow(AssertionError)
  expect(() => merchantToken('demo', paymentId)).toThrow(AssertionError)
})

test.each([[''], ['o_demo'], [`${order}0`], [`x${order}`], [order.toUpperCase()], [`${order}\n`]])(
  'the text %j is no token',
  (text) => expect(readMerchantToken(text)).toBeNull(),
)

test.each([
  [`https://pay.example.cn/c/${order}`, order, 'order', 'https://pay.example.cn'],
  [`http://127.0.0.1:8080/c/${onTheWall}`, onTheWall, 'static', 'http://127.0.0.1:8080'],
  [` https://pay.example.cn/c/${order}?lang=en\r\n`, order, 'order', 'https://pay.example.cn'],
])('the address %j is a code of ours', (text, token, codeKind, origin) => {
  expect(parseMerchantCode(text)).toEqual({ kind: 'ours', token, codeKind, origin })
})

test('a merchant-presented code with our template is a code of ours', () => {
  const ours = { kind: 'ours', token: order, codeKind: 'order', origin: null }
  expect(parseMerchantCode(makeMpm(shop))).toEqual(ours)
  const besides = { id: '27', owner: 'com.example', fields: [{ id: '01', value: '42' }] }
  const accounts = [besides, ourMpmAccount(order)]
  expect(parseMerchantCode(makeMpm({ ...shop, accounts }))).toEqual(ours)
})

test('a merchant-presented code of somebody else is told apart from a damaged one', () => {
  const accounts = [{ id: '27', owner: 'com.example', fields: [{ id: '01', value: '42' }] }]
  const text = makeMpm({ ...shop, accounts })
  expect(parseMerchantCode(text)).toEqual({ kind: 'emv', qr: { ...shop, accounts } })
  const damaged = text.replace('19.90', '91.90')
  expect(parseMerchantCode(damaged)).toEqual({ kind: 'wrong', fault: 'wrong_crc' })
})

test.each([
  ['weixin://wxpay/bizpayurl?pr=abc', 'wechat'],
  ['wxp://f2f0abc', 'wechat'],
  ['https://qr.alipay.com/bax0', 'alipay'],
  ['HTTPS://QR.ALIPAY.COM/FKX0', 'alipay'],
  ['https://qr.95516.com/00010000/6228', 'unionpay'],
])('the code %j is one that only its scheme can pay', (text, scheme) => {
  expect(parseMerchantCode(text)).toEqual({ kind: 'scheme', scheme })
})

test.each([
  [''],
  ['801234567890123456'],
  ['https://example.cn/'],
  [`https://example.cn/d/${order}`],
  [`javascript:alert(1)//c/${order}`],
  [`https://example.cn/c/${order.slice(0, -1)}`],
  [`https://example.cn/c/${order}/${'x'.repeat(2_000)}`],
])('the text %j is no merchant’s code', (text) => {
  expect(parseMerchantCode(text)).toEqual({ kind: 'none' })
})

test('any text is one of the five, and reading it never throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      expect(parseMerchantCode(text).kind).toMatch(/^(ours|emv|scheme|wrong|none)$/)
    }),
    { numRuns: 2_000 },
  )
})
