import { describe, expect, test } from 'vitest'

import type { PresentOrder } from '../channel.ts'
import type { AlipayAccount } from './account.ts'
import type { Reply } from './outcome.ts'
import { readClose } from './outcome.ts'
import * as shown from './present.ts'
import { payBiz } from './request.ts'
import type { Content } from './sign.ts'

const account: AlipayAccount = {
  ...{ baseUrl: 'https://openapi.alipay.com', appId: '2021', privateKey: '', sellerId: '2088' },
  ...{ alipayPublicKeys: [], storeId: 'S0', storeNos: { str_1: 'S1' } },
}
const order: PresentOrder = {
  ...{ chargeId: 'chg_1', way: 'native', payerRef: null, amountMinor: 888n, currency: 'CNY' },
  ...{ description: '姜茶', ip: '203.0.113.9', storeId: 'str_1', terminalId: 'trm_1' },
  startedAt: new Date('2026-11-23T04:00:00Z'),
  expiresAt: new Date('2026-11-23T04:15:00Z'),
  returnUrl: 'https://till.example/done',
}
const said = (content: Content): Reply => ({ content })
const refused = (sub_code: string, code = '40004'): Reply => said({ code, sub_code })
const none: Reply = { problem: 'TIMEOUT' }

describe('an order to be shown', () => {
  test('is asked for in yuan, and ends in Beijing time', () => {
    expect(shown.presentBiz(order, account)).toEqual({
      ...{ out_trade_no: 'chg_1', subject: '姜茶', total_amount: '8.88', seller_id: '2088' },
      ...{ terminal_id: 'trm_1', store_id: 'S1', product_code: 'FACE_TO_FACE_PAYMENT' },
      time_expire: '2026-11-23 12:15:00',
      business_params: { mc_create_trade_ip: '203.0.113.9' },
    })
    expect(() => shown.presentBiz({ ...order, currency: 'USD' }, account)).toThrow('CNY')
  })

  test.each([
    ['jsapi', '2088123456789012', { product_code: 'JSAPI_PAY', buyer_id: '2088123456789012' }],
    ['jsapi', '074a1CcT', { product_code: 'JSAPI_PAY', buyer_open_id: '074a1CcT' }],
    ['h5', null, { product_code: 'QUICK_WAP_WAY', quit_url: 'https://till.example/done' }],
    ['app', null, { product_code: 'QUICK_MSECURITY_PAY' }],
  ] as const)('as %s for %s has the product of that way', (way, payerRef, fields) => {
    expect(shown.presentBiz({ ...order, way, payerRef }, account)).toMatchObject(fields)
  })
})

const made = { code: '10000', out_trade_no: 'chg_1' }

test.each<[string, PresentOrder['way'], Reply, object]>([
  ['a QR code', 'native', said({ ...made, qr_code: 'q' }), { kind: 'ready', qrText: 'q' }],
  ['a trade', 'jsapi', said({ ...made, trade_no: '9' }), { kind: 'ready', sdk: { tradeNO: '9' } }],
  ['no QR code', 'native', said(made), { kind: 'unknown' }],
  [
    'another trade',
    'native',
    said({ ...made, out_trade_no: 'x', qr_code: 'q' }),
    { kind: 'unknown' },
  ],
  ['no answer', 'native', none, { kind: 'unknown', isIll: true }],
  ['a busy gateway', 'native', said({ code: '20000' }), { kind: 'unknown' }],
  ['a paid trade', 'native', refused('ACQ.TRADE_HAS_SUCCESS'), { kind: 'unknown' }],
  [
    'too much',
    'native',
    refused('ACQ.TOTAL_FEE_EXCEED'),
    { kind: 'refused', reason: 'over_channel_limit' },
  ],
  [
    'no right',
    'native',
    refused('isv.insufficient-isv-permissions', '40006'),
    { kind: 'refused', reason: 'channel_refused' },
  ],
])('the answer to an order: %s', (_what, way, reply, expected) => {
  expect(shown.readPresent(reply, { way, chargeId: 'chg_1' })).toMatchObject(expected)
})

test.each<[string, Reply, object | null]>([
  ['done', said(made), { kind: 'reversed', wasPaid: false }],
  ['of another trade', said({ ...made, out_trade_no: 'x' }), { kind: 'again' }],
  ['of a paid trade', refused('ACQ.TRADE_STATUS_ERROR'), { kind: 'refused' }],
  ['of no trade', refused('ACQ.TRADE_NOT_EXIST'), null],
  ['unsure', refused('ACQ.SYSTEM_ERROR'), { kind: 'again' }],
  ['with a code that nobody documented', refused('ACQ.NEVER_HEARD_OF'), { kind: 'again' }],
  ['not answered', none, { kind: 'again', isIll: true }],
])('a closing that is %s', (_what, reply, expected) => {
  const outcome = readClose(reply, 'chg_1')
  if (expected === null) expect(outcome).toBeNull()
  else expect(outcome).toMatchObject(expected)
})

test('an agreement is charged without a code, by its number', () => {
  const { payerRef: _none, way: _way, expiresAt: _at, returnUrl: _url, ...charge } = order
  const means = { kind: 'agreement', token: '20261123000000000001' } as const
  const biz = payBiz({ ...charge, means }, account)
  expect(biz).toMatchObject({
    agreement_params: { agreement_no: '20261123000000000001' },
    product_code: 'GENERAL_WITHHOLDING',
  })
  expect(biz).not.toHaveProperty('auth_code')
  expect(biz).not.toHaveProperty('scene')
})

const signed = {
  ...{ code: '10000', external_agreement_no: 'src_1', agreement_no: 'A9', status: 'NORMAL' },
  alipay_logon_id: '138******01',
}

test.each<[string, Reply, object]>([
  ['signed', said(signed), { kind: 'linked', token: 'A9', label: '138******01', last4: null }],
  ['not signed yet', refused('USER_AGREEMENT_NOT_EXIST'), { kind: 'pending' }],
  ['under way', said({ ...signed, status: 'TEMP' }), { kind: 'pending' }],
  ['stopped', said({ ...signed, status: 'STOP' }), { kind: 'refused', channelCode: 'STOP' }],
  ['another one', said({ ...signed, external_agreement_no: 'src_2' }), { kind: 'pending' }],
  ['not answered', none, { kind: 'pending' }],
  [
    'asked for without the right',
    refused('isv.insufficient-isv-permissions', '40006'),
    { kind: 'refused' },
  ],
])('an agreement that is %s', (_what, reply, expected) => {
  expect(shown.readAgreement(reply, 'src_1')).toMatchObject(expected)
})

test.each([
  ['138******01', '138******01'],
  ['13812345678', '138******78'],
  ['zhang.wei@alipay.example', 'zha***@alipay.example'],
  ['2088102146225135x', '支付宝'],
  ['', '支付宝'],
])('an account that Alipay calls “%s” is called %s here', (alipay_logon_id, expected) => {
  expect(shown.labelOf({ alipay_logon_id })).toBe(expected)
})

test('the page of an agreement shows how the payer is called here, and never our number of them', () => {
  const link = { linkId: 'src_1', payerLabel: '139****0001', returnUrl: '', ip: '', isInApp: false }
  const biz = shown.agreementBiz({ ...link, startedAt: order.startedAt })
  expect(biz).toMatchObject({ external_agreement_no: 'src_1', external_logon_id: '139****0001' })
})

test.each<[string, Reply, object]>([
  ['done', said({ code: '10000' }), { kind: 'unlinked' }],
  ['of no agreement', refused('USER_AGREEMENT_NOT_EXIST'), { kind: 'unlinked' }],
  ['of none any more', refused('ACQ.USER_AGREEMENT_NOT_EXIST'), { kind: 'unlinked' }],
  ['unsure', refused('ACQ.SYSTEM_ERROR'), { kind: 'again' }],
  ['without the right', refused('isv.insufficient-isv-permissions', '40006'), { kind: 'refused' }],
  ['not answered', none, { kind: 'again', isIll: true }],
])('an unsigning that is %s', (_what, reply, expected) => {
  expect(shown.readUnsign(reply)).toMatchObject(expected)
})

test('a test of the connection is good when Alipay says that there is no such trade', () => {
  expect(shown.readTest(refused('ACQ.TRADE_NOT_EXIST'))).toEqual({ ok: true, problem: null })
  expect(shown.readTest(refused('isv.invalid-signature', '40002'))).toEqual({
    ...{ ok: false, problem: 'isv.invalid-signature' },
  })
  expect(shown.readTest(none)).toEqual({ ok: false, problem: 'TIMEOUT' })
})
