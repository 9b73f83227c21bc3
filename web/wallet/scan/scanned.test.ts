import { expect, test } from 'vitest'
import {
  makeMpm,
  merchantToken,
  ourMpmAccount,
  type MerchantQr,
} from '../../../modules/paycode/paycode.ts'
import { readScanned } from './scanned.ts'

const token = merchantToken('ins_demo', 'pay_01kaqb2m5vf7esx3d9w8r6t4yz')
const shop: Omit<MerchantQr, 'accounts'> = {
  ...{ initiation: 'dynamic', category: '5411', currency: 'CNY', amountMinor: 1_990n },
  ...{ tip: null, country: 'CN', name: '示例便利店', city: 'SHANGHAI', postalCode: null },
  ...{ additional: [], inLanguage: null, others: [] },
}
const emv = makeMpm({ ...shop, accounts: [ourMpmAccount(token)] })
const foreign = [{ id: '27', owner: 'com.example', fields: [{ id: '01', value: '42' }] }]

test.each([
  ['its address', `https://pay.example.com/c/${token}`],
  ['its address with white space around it', ` http://localhost:8080/c/${token}?lang=en\n`],
  ['its token alone', token],
  ['the EMVCo code with our template', emv],
])('an order is read from %s', (_what, text) => {
  expect(readScanned(text)).toEqual({ token })
})

test.each([
  ['weixin://wxpay/bizpayurl?pr=abc', { wrong: 'scan.is_scheme', scheme: 'wechat' }],
  ['https://qr.alipay.com/bax03431', { wrong: 'scan.is_scheme', scheme: 'alipay' }],
  [makeMpm({ ...shop, accounts: foreign }), { wrong: 'scan.is_elsewhere' }],
  [`${emv.slice(0, -1)}${emv.endsWith('0') ? '1' : '0'}`, { wrong: 'scan.is_damaged' }],
  ['801234567890123456', { wrong: 'scan.is_payment_code' }],
  ['https://example.com/', { wrong: 'scan.is_nothing' }],
  ['', { wrong: 'scan.is_nothing' }],
])('%j is nothing to pay here, and it is said why', (text, expected) => {
  expect(readScanned(text)).toEqual(expected)
})
