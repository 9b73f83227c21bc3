import { expect, test } from 'vitest'

import type { PresentOrder } from '../channel.ts'
import type { UnionpayAccount } from './account.ts'
import type { Reply } from './outcome.ts'
import { pageOf, readPresent, shownOrder } from './present.ts'

const account: UnionpayAccount = {
  ...{ baseUrl: 'https://gateway.95516.com', merId: '777290000000001', privateKey: '' },
  ...{ certificate: '', rootCertificates: [], notifyUrl: 'https://till.example/notices/unionpay' },
}
const order: PresentOrder = {
  ...{ chargeId: 'order001', way: 'native', payerRef: null, amountMinor: 888n, currency: 'CNY' },
  ...{ description: '姜茶', ip: '203.0.113.9', storeId: 'str_1', terminalId: '00000042' },
  startedAt: new Date('2026-11-23T04:00:00Z'),
  expiresAt: new Date('2026-11-23T04:15:00Z'),
  returnUrl: 'https://till.example/done',
}

test('an order to be shown is named as a charge is, and ends in Beijing time', () => {
  expect(shownOrder(order, account)).toEqual({
    ...{ txnType: '01', txnSubType: '07', orderId: 'order001', txnTime: '20261123120000' },
    ...{ txnAmt: '888', currencyCode: '156', termId: '00000042', payTimeout: '20261123121500' },
    backUrl: 'https://till.example/notices/unionpay',
  })
  expect(shownOrder({ ...order, way: 'app' }, account)).toMatchObject({ txnSubType: '01' })
  expect(() => shownOrder({ ...order, currency: 'USD' }, account)).toThrow('takes CNY')
})

test('a page has a way back, where there is one', () => {
  expect(pageOf({}, order)).toEqual({ frontUrl: 'https://till.example/done' })
  expect(pageOf({}, { returnUrl: null })).toEqual({})
})

const said = (respCode: string, more: Record<string, string> = {}): Reply => ({
  fields: { respCode, ...more },
})

test.each<[string, Reply, object]>([
  ['a QR code', said('00', { qrCode: 'q' }), { kind: 'ready', qrText: 'q' }],
  ['accepted without one', said('00'), { kind: 'unknown', channelCode: '00' }],
  ['there already', said('12'), { kind: 'unknown', channelCode: '12' }],
  ['busy', said('03'), { kind: 'unknown', channelCode: '03' }],
  ['no right', said('32'), { kind: 'refused', reason: 'channel_refused', channelCode: '32' }],
  ['closed merchant', said('31'), { kind: 'refused', reason: 'merchant_closed' }],
  ['no answer', { problem: 'TIMEOUT' }, { kind: 'unknown', isIll: true }],
])('the answer to an order: %s', (_what, reply, expected) => {
  expect(readPresent(reply, 'qrCode')).toMatchObject(expected)
})

test('an app is given its number', () => {
  expect(readPresent(said('00', { tn: '888' }), 'tn')).toEqual({ kind: 'ready', sdk: '888' })
})
