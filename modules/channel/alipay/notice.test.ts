import { generateKeyPairSync } from 'node:crypto'

import { expect, test } from 'vitest'

import { noticeReply, readNoticeForm } from './notice.ts'
import { signedText, signRsa2 } from './sign.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const account = { appId: '2021', sellerId: '2088' }

const told = {
  notify_type: 'trade_status_sync',
  notify_id: 'n1',
  app_id: '2021',
  seller_id: '2088',
  trade_no: 'T1',
  out_trade_no: 'A1',
  trade_status: 'TRADE_SUCCESS',
  total_amount: '10.00',
  buyer_pay_amount: '9.50',
  buyer_logon_id: '138******01',
  subject: '早餐 & +',
  gmt_payment: '2026-11-23 12:00:00',
  sign_type: 'RSA2',
}
const back = { refund_fee: '4.00', gmt_refund: '2026-11-23 12:05:00.000' }

function formOf(fields: Record<string, string>, signed = fields): string {
  const sign = signRsa2(signedText(signed, ['sign', 'sign_type']), privateKey)
  return new URLSearchParams({ ...fields, sign }).toString()
}

const read = (body: string) => readNoticeForm(body, account, [publicKey])

test('a notice of a payment says which charge, how much, and how it ended', () => {
  expect(read(formOf(told))).toEqual({
    kind: 'charge',
    chargeId: 'A1',
    amountMinor: 1_000n,
    outcome: {
      kind: 'succeeded',
      channelRef: 'T1',
      paidAt: new Date('2026-11-23T04:00:00Z'),
      payerPaidMinor: 950n,
      payer: '138******01',
    },
  })
})

test.each([
  ['TRADE_FINISHED', 'succeeded'],
  ['TRADE_CLOSED', 'reversed'],
  ['WAIT_BUYER_PAY', 'unknown'],
  ['TRADE_DREAMT', 'unknown'],
])('a notice of %s is %s', (trade_status, kind) => {
  expect(read(formOf({ ...told, trade_status }))).toMatchObject({ outcome: { kind } })
})

test('a notice of a refund that was asked for names it', () => {
  for (const trade_status of ['TRADE_SUCCESS', 'TRADE_CLOSED']) {
    expect(read(formOf({ ...told, ...back, trade_status, out_biz_no: 'R1' }))).toEqual({
      kind: 'refund',
      refundId: 'R1',
      outcome: { kind: 'succeeded', refundRef: 'R1' },
    })
  }
})

test.each(['', 'T1', 'A1'])(
  'what cancel gave back (request number %j) speaks of the charge',
  (out_biz_no) => {
    const fields = { ...told, ...back, trade_status: 'TRADE_CLOSED', out_biz_no }
    expect(read(formOf(fields))).toMatchObject({ kind: 'charge', outcome: { kind: 'reversed' } })
  },
)

const signed = {
  ...{ notify_type: 'dut_user_sign', notify_id: 'n2', app_id: '2021', status: 'NORMAL' },
  ...{ agreement_no: 'A9', external_agreement_no: 'src_1', alipay_logon_id: '138******01' },
}

test('a notice of an agreement says which link, and whether it holds', () => {
  const linked = { kind: 'linked', token: 'A9', label: '138******01', last4: null }
  expect(read(formOf(signed))).toEqual({ kind: 'link', linkId: 'src_1', linked })
  const ended = { ...signed, notify_type: 'dut_user_unsign', status: 'UNSIGN' }
  expect(read(formOf(ended))).toEqual({ kind: 'link', linkId: 'src_1', linked: { kind: 'ended' } })
})

test.each([
  ['of an agreement of another app', formOf({ ...signed, app_id: '2022' }), 'app_id'],
  [
    'of an agreement that we did not begin',
    formOf({ ...signed, external_agreement_no: '' }),
    'no agreement',
  ],
  ['of an agreement that waits', formOf({ ...signed, status: 'TEMP' }), 'another event'],
  ['forged', formOf({ ...told, total_amount: '99.00' }, told), 'signature'],
  ['not signed', new URLSearchParams(told).toString(), 'signature'],
  ['empty', '', 'signature'],
  ['of another app', formOf({ ...told, app_id: '2022' }), 'app_id'],
  ['of another seller', formOf({ ...told, seller_id: '2099' }), 'seller_id'],
  ['without an amount', formOf({ ...told, total_amount: '' }), 'no trade'],
  ['of something else', formOf({ app_id: '2021', seller_id: '2088' }), 'no trade'],
])('a notice that is %s is refused', (_what, body, problem) => {
  expect(read(body)).toEqual({ kind: 'refused', problem })
})

test('only a notice that was taken in is answered with "success"', () => {
  expect(noticeReply(read(formOf(told)))).toMatchObject({ status: 200, body: 'success' })
  expect(noticeReply(read(''))).toMatchObject({ status: 400, body: 'failure' })
})
