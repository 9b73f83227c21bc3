import { createPublicKey, generateKeyPairSync } from 'node:crypto'

import { expect, test } from 'vitest'

import { compileIssuers, parse, shippedIssuers } from '../../paycode/paycode.ts'
import type { ChargeOrder, RefundOrder } from '../channel.ts'
import type { AlipayAccount } from './account.ts'
import { payBiz, refundBiz, signedForm, tradeBiz } from './request.ts'
import { isSigned, signedText } from './sign.ts'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const noon = new Date('2026-11-23T04:00:00Z')
const digits = '281234567890123456'

const account: AlipayAccount = {
  baseUrl: 'https://openapi.alipay.com',
  appId: '2021990000000001',
  privateKey: '',
  alipayPublicKeys: [],
  sellerId: '2088990000000001',
  notifyUrl: 'https://pay.example/notices/alipay?a=1&b=2',
}

const order: ChargeOrder = {
  chargeId: 'chg_1',
  means: { kind: 'code', code: parse(digits, compileIssuers(shippedIssuers, noon)).ok! },
  amountMinor: 5n,
  currency: 'CNY',
  description: '早餐/豆浆 & 油条',
  terminalId: 'trm_01jdgq8v3zek4r8v3zek4r8v3z',
  storeId: 'str_1',
  ip: '203.0.113.7',
  startedAt: noon,
}

test('a charge is asked for in yuan, as text, with the code and the seller', () => {
  expect(payBiz(order, account)).toEqual({
    out_trade_no: 'chg_1',
    scene: 'bar_code',
    auth_code: digits,
    product_code: 'FACE_TO_FACE_PAYMENT',
    subject: '早餐 豆浆   油条',
    total_amount: '0.05',
    seller_id: '2088990000000001',
    terminal_id: 'trm_01jdgq8v3zek4r8v3zek4r8v3z',
    timeout_express: '2m',
    business_params: { mc_create_trade_ip: '203.0.113.7' },
  })
})

test('no amount goes through a float', () => {
  const amountMinor = 999_999_999_99n
  expect(payBiz({ ...order, amountMinor }, account)).toMatchObject({ total_amount: '999999999.99' })
})

test('a subject is never empty and never too long', () => {
  const subjectOf = (description: string) =>
    payBiz({ ...order, description }, account)['subject'] as string
  expect(subjectOf(' /&= ')).toBe('消费')
  expect([...subjectOf('🍜'.repeat(300))]).toHaveLength(256)
})

test('an acquirer, an ISV and a store are named when there are', () => {
  const acquirer = { orgId: '2088110000000001', subMerchantId: '2088220000000001' }
  const more = { acquirer, serviceProviderId: '2088330000000001', storeId: 'S1' }
  expect(payBiz(order, { ...account, ...more })).toMatchObject({
    request_org_pid: '2088110000000001',
    sub_merchant: { merchant_id: '2088220000000001' },
    extend_params: { sys_service_provider_id: '2088330000000001' },
    store_id: 'S1',
  })
})

test('a refund has its own number, and its amount in yuan', () => {
  const refund: RefundOrder = {
    chargeId: 'chg_1',
    channelRef: '20261123',
    chargedAt: noon,
    refundId: 'rfd_1',
    refundMinor: 1_250n,
    chargeMinor: 5_000n,
    currency: 'CNY',
    reason: '退一件',
    startedAt: noon,
  }
  expect(refundBiz(refund)).toEqual({
    out_trade_no: 'chg_1',
    trade_no: '20261123',
    out_request_no: 'rfd_1',
    refund_amount: '12.50',
    refund_reason: '退一件',
  })
  expect(() => refundBiz({ ...refund, currency: 'USD' })).toThrow('Alipay takes CNY')
})

test('a call is signed over the fields as they are, and sent as a form', () => {
  const call = { method: 'alipay.trade.pay', biz: payBiz(order, account), at: noon }
  const fields = Object.fromEntries(new URLSearchParams(signedForm(call, account, privateKey)))
  expect(fields).toMatchObject({
    app_id: '2021990000000001',
    method: 'alipay.trade.pay',
    charset: 'utf-8',
    sign_type: 'RSA2',
    timestamp: '2026-11-23 12:00:00',
    notify_url: 'https://pay.example/notices/alipay?a=1&b=2',
  })
  const { sign = '' } = fields
  expect(isSigned(signedText(fields), sign, [createPublicKey(privateKey)])).toBe(true)
})

test('only a charge says where results are told; tokens and certificates are on every call', () => {
  const call = { method: 'alipay.trade.query', biz: tradeBiz(order), at: noon }
  const certificates = { appSerial: 'aa', rootSerial: 'bb_cc' }
  const whole = { ...account, certificates, appAuthToken: '201510BB' }
  const fields = Object.fromEntries(new URLSearchParams(signedForm(call, whole, privateKey)))
  expect(fields).not.toHaveProperty('notify_url')
  expect(fields).toMatchObject({
    app_cert_sn: 'aa',
    alipay_root_cert_sn: 'bb_cc',
    app_auth_token: '201510BB',
    biz_content: '{"out_trade_no":"chg_1"}',
  })
})
