import { expect, test } from 'vitest'

import { compileIssuers, parse, shippedIssuers } from '../../paycode/paycode.ts'
import type { ChargeOrder, RefundOrder } from '../channel.ts'
import type { WechatAccount } from './account.ts'
import {
  chargeV2,
  chargeV3,
  queryRefundV2,
  queryRefundV3,
  queryV2,
  queryV3,
  refundV2,
  refundV3,
  reverseV2,
  reverseV3,
} from './request.ts'

const code = parse(
  '130061098828009406',
  compileIssuers(shippedIssuers, new Date('2026-01-01T00:00:00Z')),
).ok!

const order: ChargeOrder = {
  chargeId: 'pay_1',
  means: { kind: 'code', code },
  amountMinor: 888n,
  currency: 'CNY',
  description: '姜茶店 红糖姜茶',
  terminalId: 'trm_1',
  storeId: 'str_1',
  ip: '203.0.113.9',
  startedAt: new Date('2026-01-01T00:00:00Z'),
}
const refund: RefundOrder = {
  chargeId: 'pay_1',
  channelRef: '4200',
  chargedAt: order.startedAt,
  refundId: 'rfd_1',
  refundMinor: 88n,
  chargeMinor: 888n,
  currency: 'CNY',
  reason: '少一杯',
  startedAt: order.startedAt,
}

const direct: WechatAccount = {
  baseUrl: 'https://api.example',
  appId: 'wx8888888888888888',
  mchId: '1900000109',
}
const partner: WechatAccount = {
  ...direct,
  subAppId: 'wx9999999999999999',
  subMchId: '1900000200',
  noticeUrl: 'https://till.example/notices/wechat',
}
const partiesV2 = { appid: direct.appId, mch_id: direct.mchId }
const partnersV2 = { ...partiesV2, sub_appid: partner.subAppId, sub_mch_id: partner.subMchId }
const partnersV3 = {
  sp_appid: direct.appId,
  sp_mchid: direct.mchId,
  sub_appid: partner.subAppId,
  sub_mchid: partner.subMchId,
}

test('a V2 charge has the fields of 提交付款码支付', () => {
  expect(chargeV2(direct, order)).toEqual({
    path: '/pay/micropay',
    needsCertificate: false,
    fields: {
      ...partiesV2,
      device_info: 'trm_1',
      body: '姜茶店 红糖姜茶',
      out_trade_no: 'pay_1',
      total_fee: '888',
      fee_type: 'CNY',
      spbill_create_ip: '203.0.113.9',
      scene_info: '{"store_info":{"id":"str_1"}}',
      auth_code: '130061098828009406',
    },
  })
  expect(chargeV2(partner, order).fields).toMatchObject(partnersV2)
})

test('V2 asks, reverses and refunds by our own numbers, and shows the certificate where it must', () => {
  const byCharge = { ...partiesV2, out_trade_no: 'pay_1' }
  expect(queryV2(direct, order)).toEqual({
    path: '/pay/orderquery',
    needsCertificate: false,
    fields: byCharge,
  })
  expect(reverseV2(direct, order)).toEqual({
    path: '/secapi/pay/reverse',
    needsCertificate: true,
    fields: byCharge,
  })
  expect(queryRefundV2(direct, refund)).toEqual({
    path: '/pay/refundquery',
    needsCertificate: false,
    fields: { ...partiesV2, out_refund_no: 'rfd_1' },
  })
  expect(refundV2(partner, refund)).toEqual({
    path: '/secapi/pay/refund',
    needsCertificate: true,
    fields: {
      ...partnersV2,
      out_trade_no: 'pay_1',
      out_refund_no: 'rfd_1',
      total_fee: '888',
      refund_fee: '88',
      refund_fee_type: 'CNY',
      refund_desc: '少一杯',
      notify_url: 'https://till.example/notices/wechat',
    },
  })
})

test('a V3 charge has the fields of 付款码支付, in partner mode under other names', () => {
  const body = {
    description: '姜茶店 红糖姜茶',
    out_trade_no: 'pay_1',
    payer: { auth_code: '130061098828009406' },
    amount: { total: 888, currency: 'CNY' },
    scene_info: {
      device_id: 'trm_1',
      device_ip: '203.0.113.9',
      store_info: { out_id: 'str_1' },
    },
  }
  expect(chargeV3(direct, order)).toEqual({
    method: 'POST',
    target: '/v3/pay/transactions/codepay',
    body: { appid: direct.appId, mchid: direct.mchId, ...body },
  })
  const inShop = { ...partner, storeNo: 'A1111' }
  expect(chargeV3(inShop, order)).toEqual({
    method: 'POST',
    target: '/v3/pay/partner/transactions/codepay',
    body: {
      ...partnersV3,
      ...body,
      scene_info: { ...body.scene_info, store_info: { out_id: 'A1111' } },
    },
  })
})

test('V3 asks, reverses and refunds by our own numbers', () => {
  const ofOrder = '/v3/pay/transactions/out-trade-no/pay_1'
  const ofPartner = '/v3/pay/partner/transactions/out-trade-no/pay_1'
  expect(queryV3(direct, order)).toEqual({ method: 'GET', target: `${ofOrder}?mchid=1900000109` })
  expect(queryV3(partner, order)).toEqual({
    method: 'GET',
    target: `${ofPartner}?sp_mchid=1900000109&sub_mchid=1900000200`,
  })
  expect(reverseV3(direct, order)).toEqual({
    method: 'POST',
    target: `${ofOrder}/reverse`,
    body: { appid: direct.appId, mchid: direct.mchId },
  })
  expect(reverseV3(partner, order)).toEqual({
    method: 'POST',
    target: `${ofPartner}/reverse`,
    body: partnersV3,
  })
  const refunds = '/v3/refund/domestic/refunds'
  expect(refundV3(partner, refund)).toEqual({
    method: 'POST',
    target: refunds,
    body: {
      sub_mchid: '1900000200',
      out_trade_no: 'pay_1',
      out_refund_no: 'rfd_1',
      reason: '少一杯',
      notify_url: 'https://till.example/notices/wechat',
      amount: { refund: 88, total: 888, currency: 'CNY' },
    },
  })
  expect(queryRefundV3(direct, refund).target).toBe(`${refunds}/rfd_1`)
  expect(queryRefundV3(partner, refund).target).toBe(`${refunds}/rfd_1?sub_mchid=1900000200`)
})

test.each([
  ['a long one is cut between characters', '茶'.repeat(60), '茶'.repeat(42)],
  ['control characters become a blank', '茶\u0000\n杯', '茶 杯'],
  ['half a character becomes a blank', '茶\ud83c杯', '茶 杯'],
  ['a whole one stays', '茶🍵', '茶🍵'],
  ['an empty one is a dash', ' ', '-'],
])('of descriptions %s', (_what, description, body) => {
  expect(chargeV2(direct, { ...order, description }).fields['body']).toBe(body)
})
