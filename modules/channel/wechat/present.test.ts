import { describe, expect, test } from 'vitest'

import type { PresentOrder } from '../channel.ts'
import type { WechatAccount } from './account.ts'
import { closeV2, closeV3, orderV2, orderV3, readClose, readPresent } from './present.ts'
import type { Told, ToldPrepay } from './told.ts'
import { prepayOfV2, prepayOfV3 } from './told.ts'

const direct: WechatAccount = {
  ...{ baseUrl: 'https://api.example', appId: 'wx8', mchId: '1900000109' },
  noticeUrl: 'https://till.example/notices/wechat',
}
const partner: WechatAccount = { ...direct, subAppId: 'wx9', subMchId: '1900000200' }

const order: PresentOrder = {
  ...{ chargeId: 'chg_1', way: 'native', payerRef: null, amountMinor: 888n, currency: 'CNY' },
  ...{ description: '姜茶', ip: '203.0.113.9', storeId: 'str_1', terminalId: 'trm_1' },
  startedAt: new Date('2026-11-23T04:00:00Z'),
  expiresAt: new Date('2026-11-23T04:15:00Z'),
  returnUrl: null,
}

describe('an order to be shown', () => {
  test('has in V2 the fields of 统一下单, in Beijing time', () => {
    expect(orderV2(direct, order)).toEqual({
      path: '/pay/unifiedorder',
      needsCertificate: false,
      fields: {
        ...{ appid: 'wx8', mch_id: '1900000109', device_info: 'trm_1', body: '姜茶' },
        ...{ out_trade_no: 'chg_1', total_fee: '888', fee_type: 'CNY' },
        ...{ spbill_create_ip: '203.0.113.9', trade_type: 'NATIVE', product_id: 'chg_1' },
        ...{ time_start: '20261123120000', time_expire: '20261123121500' },
        notify_url: 'https://till.example/notices/wechat',
      },
    })
  })

  test.each([
    ['jsapi', direct, { trade_type: 'JSAPI', openid: 'o1' }],
    ['jsapi', partner, { trade_type: 'JSAPI', sub_openid: 'o1', sub_mch_id: '1900000200' }],
    ['app', direct, { trade_type: 'APP' }],
    ['h5', direct, { trade_type: 'MWEB', scene_info: '{"h5_info":{"type":"Wap"}}' }],
  ] as const)('as %s says so, and who pays', (way, account, fields) => {
    expect(orderV2(account, { ...order, way, payerRef: 'o1' }).fields).toMatchObject(fields)
  })

  test('has in V3 its way in the path, and its end with an offset', () => {
    const { method, target, body } = orderV3(direct, { ...order, way: 'h5' })
    expect([method, target]).toEqual(['POST', '/v3/pay/transactions/h5'])
    expect(body).toEqual({
      ...{ appid: 'wx8', mchid: '1900000109', description: '姜茶', out_trade_no: 'chg_1' },
      ...{ time_expire: '2026-11-23T04:15:00+00:00', amount: { total: 888, currency: 'CNY' } },
      notify_url: 'https://till.example/notices/wechat',
      scene_info: {
        ...{ payer_client_ip: '203.0.113.9', device_id: 'trm_1', h5_info: { type: 'Wap' } },
      },
    })
  })

  test.each([
    [direct, { openid: 'o1' }],
    [{ ...partner, subAppId: undefined }, { sp_openid: 'o1' }],
    [partner, { sub_openid: 'o1' }],
  ])('in V3 names the payer as the app that asks knows them', (account, payer) => {
    const asked = { ...order, way: 'jsapi' as const, payerRef: 'o1' }
    expect(orderV3(account as WechatAccount, asked).body).toMatchObject({ payer })
  })

  test('without an address for notices names one that leads nowhere', () => {
    const { noticeUrl: _none, ...silent } = direct
    expect(orderV2(silent, order).fields['notify_url']).toBe('https://notice.invalid/')
  })
})

test('a closing names the order and the merchant', () => {
  expect(closeV2(direct, order)).toMatchObject({
    ...{ path: '/pay/closeorder', fields: { out_trade_no: 'chg_1' } },
  })
  const target = '/v3/pay/transactions/out-trade-no/chg_1/close'
  expect(closeV3(direct, order)).toMatchObject({ target, body: { mchid: '1900000109' } })
  expect(closeV3(partner, order).body).toEqual({
    ...{ sp_mchid: '1900000109', sub_mchid: '1900000200' },
  })
})

const said = <Said>(what: Said): Told<Said> => ({ kind: 'said', said: what })
const refused = (code: string): Told<ToldPrepay> => ({ kind: 'refused', code })
const sign = (way: string, prepayId: string) => ({ way, prepayId })
const shown = (way: PresentOrder['way'], returnUrl: string | null = null) => ({ way, returnUrl })

test.each([
  ['native', { code_url: 'weixin://x' }, { qrText: 'weixin://x' }],
  ['jsapi', { prepay_id: 'wx1' }, { sdk: { way: 'jsapi', prepayId: 'wx1' } }],
  ['app', { prepay_id: 'wx1' }, { sdk: { way: 'app', prepayId: 'wx1' } }],
] as const)('what is shown as %s is in the answer %j', (way, fields, ready) => {
  const outcomes = [prepayOfV2(fields), prepayOfV3(fields)].map((told) =>
    readPresent(said(told), shown(way), sign),
  )
  const expected = { kind: 'ready', ...ready }
  expect(outcomes).toEqual([expected, expected])
})

test('the address of a page gets the way back', () => {
  const told = prepayOfV2({ mweb_url: 'https://wx.example/h5?a=1' })
  const back = shown('h5', 'https://till.example/done?b=2')
  expect(readPresent(said(told), back, sign)).toEqual({
    kind: 'ready',
    url: 'https://wx.example/h5?a=1&redirect_url=https%3A%2F%2Ftill.example%2Fdone%3Fb%3D2',
  })
})

test.each([
  ['ORDERPAID', { kind: 'unknown' }],
  ['OUT_TRADE_NO_USED', { kind: 'unknown' }],
  ['SYSTEMERROR', { kind: 'unknown' }],
  ['SOMETHING_NEW', { kind: 'unknown' }],
  ['ORDERCLOSED', { kind: 'refused', reason: 'order_expired' }],
  ['ORDER_CLOSED', { kind: 'refused', reason: 'order_expired' }],
  ['NOAUTH', { kind: 'refused', reason: 'channel_refused' }],
  ['PARAM_ERROR', { kind: 'refused', reason: 'channel_refused' }],
])('an order that WeChat refuses with %s is %j', (code, expected) => {
  const outcome = readPresent(refused(code), shown('native'), sign)
  expect(outcome).toEqual({ ...expected, channelCode: code })
})

test('an order without what is to be shown, or without an answer, is unknown', () => {
  expect(readPresent(said(prepayOfV2({})), shown('native'), sign)).toEqual({
    ...{ kind: 'unknown', channelCode: 'INCOMPLETE_ORDER' },
  })
  const nothing: Told<ToldPrepay> = { kind: 'nothing', problem: 'NO_ANSWER' }
  expect(readPresent(nothing, shown('native'), sign)).toEqual({
    ...{ kind: 'unknown', channelCode: 'NO_ANSWER', isIll: true },
  })
})

test.each([
  ['ORDERPAID', true, 'refused'],
  ['ORDER_PAID', true, 'refused'],
  ['PARAM_ERROR', true, 'refused'],
  ['ORDERCLOSED', false, 'reversed'],
  ['ORDERREVERSED', false, 'reversed'],
  ['ORDERNOTEXIST', false, 'again'],
  ['ORDERNOTEXIST', true, 'reversed'],
  ['ORDER_NOT_EXIST', true, 'reversed'],
  ['INVALID_REQUEST', true, 'again'],
  ['SYSTEMERROR', true, 'again'],
  ['SOMETHING_NEW', true, 'again'],
])('a closing refused with %s, of an old order: %s, is %s', (code, isOld, kind) => {
  expect(readClose(refused(code), isOld)).toMatchObject({ kind, channelCode: code })
})

test('a closing is done when WeChat says so, and only then', () => {
  const done = { kind: 'reversed', wasPaid: false, channelCode: 'CLOSED' }
  expect(readClose(said({}), false)).toEqual(done)
  const nothing: Told<never> = { kind: 'nothing', problem: 'NO_ANSWER' }
  expect(readClose(nothing, true)).toEqual({
    ...{ kind: 'again', channelCode: 'NO_ANSWER', isIll: true },
  })
})
