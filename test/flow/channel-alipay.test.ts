import { inspect } from 'node:util'

import { afterEach, expect, test } from 'vitest'

import type { AlipayAccount } from '../../modules/channel/alipay/alipay.ts'
import { openAlipay } from '../../modules/channel/alipay/alipay.ts'
import type {
  Channel,
  ChargeOrder,
  Means,
  ReadNotice,
  RefundOrder,
} from '../../modules/channel/channel.ts'
import { compileIssuers, parse, shippedIssuers } from '../../modules/paycode/paycode.ts'
import { startAlipay, type Alipay, type AlipayOptions } from '../../sandbox/alipay/alipay.ts'
import { makeRsaKeyPair } from '../../sandbox/counterpart/certificate.ts'
import { virtualClock, type VirtualClock } from '../../sandbox/counterpart/clock.ts'
import type { FaultRule } from '../../sandbox/counterpart/faults.ts'
import { startServer } from '../../sandbox/counterpart/http.ts'

// The adapter against an Alipay that was written apart from it, over HTTP, with real signatures.

const noon = new Date('2026-11-23T04:00:00Z')
const SECOND_MS = 1_000
const issuers = compileIssuers(shippedIssuers, noon)
const opened: { close(): Promise<void> }[] = []

afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})

type Shop = { alipay: Alipay; channel: Channel; clock: VirtualClock; account: AlipayAccount }

async function open(
  settings: Partial<AlipayAccount> = {},
  options: Partial<AlipayOptions> = {},
): Promise<Shop> {
  const clock = virtualClock({ startAt: noon, running: false })
  const alipay = await startAlipay({ port: 0, seed: 'channel', clock, ...options })
  opened.push(alipay)
  const app = alipay.control.setUp().apps[0]!
  const account: AlipayAccount = {
    baseUrl: alipay.url,
    appId: app.app_id,
    privateKey: app.app_private_key,
    alipayPublicKeys: [app.alipay_public_key],
    sellerId: app.seller_id,
    notifyUrl: null,
    ...settings,
  }
  return { alipay, clock, account, channel: openAlipay(account, { clock: () => clock.now() }) }
}

const meansOf = (digits: string): Means => ({ kind: 'code', code: parse(digits, issuers).ok! })

function orderOf(
  shop: Pick<Shop, 'alipay' | 'clock'>,
  more: Partial<ChargeOrder> = {},
): ChargeOrder {
  return {
    chargeId: 'chg_A1',
    means: meansOf(shop.alipay.control.showCode('chen')),
    amountMinor: 8_850n,
    currency: 'CNY',
    description: '早餐/豆浆 & 油条',
    terminalId: 'trm_01jdgq8v3zek4r8v3zek4r8v3z',
    storeId: 'str_1',
    ip: '127.0.0.1',
    startedAt: shop.clock.now(),
    ...more,
  }
}

const balance = ({ alipay }: Shop, account: string) =>
  alipay.control.books().balances[account] ?? 0n
const fault = ({ alipay }: Shop, rule: FaultRule) => alipay.control.faults.add(rule)

type Phone = { waiting: { order_no: string }[] }

async function pay(shop: Shop, more: Partial<ChargeOrder> = {}) {
  const order = orderOf(shop, more)
  const outcome = await shop.channel.charge(order)
  return { order, outcome }
}

async function paid(shop: Shop, more: Partial<ChargeOrder> = {}) {
  const { order, outcome } = await pay(shop, more)
  if (outcome.kind !== 'succeeded') throw new Error(`not paid: ${inspect(outcome)}`)
  return { order, channelRef: outcome.channelRef }
}

test('a payment code is charged, to the fen, and the answer says who paid', async () => {
  const shop = await open()
  const { outcome } = await pay(shop, { amountMinor: 8_851n })
  expect(outcome).toEqual({
    kind: 'succeeded',
    channelRef: expect.stringMatching(/^\d{16,}$/) as string,
    paidAt: noon,
    payerPaidMinor: 8_851n,
    payer: '138******01',
  })
  expect(balance(shop, 'payer:chen')).toBe(1_000_000n - 8_851n)
})

test('a payer who is asked for the password is waited for, until it is paid', async () => {
  const shop = await open()
  const { order, outcome } = await pay(shop, { amountMinor: 8_802n })
  const waiting = { kind: 'unknown', waitsFor: 'payer' }
  expect(outcome).toMatchObject(waiting)
  expect(balance(shop, 'payer:chen')).toBe(1_000_000n)
  let asked = outcome
  for (let count = 0; count < 5 && asked.kind === 'unknown'; count += 1) {
    expect(asked).toMatchObject(waiting)
    await shop.clock.advance(shop.channel.schedule.everyMs)
    asked = await shop.channel.query(order)
  }
  expect(asked).toMatchObject({ kind: 'succeeded', payerPaidMinor: 8_802n, payer: '138******01' })
})

test('a payer who types the password on the phone has paid', async () => {
  const shop = await open()
  const means = meansOf(shop.alipay.control.showCode('zhao'))
  const { order, outcome } = await pay(shop, { means, amountMinor: 20_000n })
  expect(outcome).toMatchObject({ kind: 'unknown', waitsFor: 'payer', channelCode: '10003' })
  const phone = `${shop.alipay.url}/phone/zhao`
  const { waiting } = (await (await fetch(`${phone}.json`)).json()) as Phone
  const body = JSON.stringify({
    order_no: waiting[0]!.order_no,
    password: '123456',
    action: 'confirm',
  })
  const headers = { 'content-type': 'application/json' }
  await fetch(`${phone}/password`, { method: 'POST', headers, body })
  expect(await shop.channel.query(order)).toMatchObject({ kind: 'succeeded' })
})

test.each(['answer_lost', 'truncated', 'wrong_signature', 'system_error'] as const)(
  'paid, but %s: the charge is unknown, and the query says paid',
  async (kind) => {
    const shop = await open()
    fault(shop, { kind, operation: 'charge' })
    const { order, outcome } = await pay(shop)
    expect(outcome).toMatchObject({ kind: 'unknown', waitsFor: 'channel' })
    expect(await shop.channel.query(order)).toMatchObject({ kind: 'succeeded' })
    expect(balance(shop, 'payer:chen')).toBe(1_000_000n - 8_850n)
  },
)

test.each(['down', 'server_error', 'request_lost', 'busy'] as const)(
  'nothing done, since %s: unknown, and only an old charge is called missing',
  async (kind) => {
    const shop = await open()
    fault(shop, { kind, operation: 'charge' })
    const { order, outcome } = await pay(shop)
    expect(outcome).toMatchObject({ kind: 'unknown', waitsFor: 'channel' })
    expect(await shop.channel.query(order)).toMatchObject({ kind: 'unknown' })
    await shop.clock.advance(30 * SECOND_MS)
    expect(await shop.channel.query(order)).toMatchObject({ kind: 'not_found' })
    expect(balance(shop, 'payer:chen')).toBe(1_000_000n)
  },
)

test('an answer that takes too long, and a gateway that is not there, are unknown', async () => {
  const shop = await open({ timeouts: { chargeMs: 300, otherMs: 300 } })
  fault(shop, { kind: 'slow', value: 900, operation: 'charge' })
  expect((await pay(shop)).outcome).toMatchObject({ kind: 'unknown', channelCode: 'TIMEOUT' })

  const nowhere = openAlipay({ ...shop.account, baseUrl: 'http://127.0.0.1:1' })
  const order = orderOf(shop)
  const refund = refundOf(order, { channelRef: 'T1' })
  expect(await nowhere.charge(order)).toMatchObject({ kind: 'unknown', channelCode: 'NO_ANSWER' })
  expect(await nowhere.query(order)).toMatchObject({ kind: 'unknown' })
  expect(await nowhere.reverse(order)).toMatchObject({ kind: 'again' })
  expect(await nowhere.refund(refund)).toMatchObject({ kind: 'unknown' })
  expect(await nowhere.queryRefund(refund)).toMatchObject({ kind: 'unknown' })
})

test('an answer with a wrong signature is unknown, whatever was asked', async () => {
  const shop = await open()
  const { order, channelRef } = await paid(shop)
  const refund = refundOf(order, { channelRef })
  fault(shop, { kind: 'wrong_signature', times: 4 })
  const channelCode = 'NOT_SIGNED'
  expect(await shop.channel.query(order)).toMatchObject({ kind: 'unknown', channelCode })
  expect(await shop.channel.refund(refund)).toMatchObject({ kind: 'unknown', channelCode })
  expect(await shop.channel.queryRefund(refund)).toMatchObject({ kind: 'unknown', channelCode })
  expect(await shop.channel.reverse(order)).toMatchObject({ kind: 'again', channelCode })
})

test('too little money is declined, and the code is used up all the same', async () => {
  const shop = await open()
  const means = meansOf(shop.alipay.control.showCode('sun'))
  const { outcome } = await pay(shop, { means })
  expect(outcome).toEqual({
    kind: 'declined',
    reason: 'insufficient_funds',
    channelCode: 'ACQ.BUYER_BALANCE_NOT_ENOUGH',
  })
  const again = await pay(shop, { means, chargeId: 'chg_A2', amountMinor: 100n })
  expect(again.outcome).toMatchObject({
    kind: 'declined',
    channelCode: 'ACQ.PAYMENT_AUTH_CODE_INVALID',
  })
  expect(balance(shop, 'payer:sun')).toBe(500n)
})

test('an expired code is declined', async () => {
  const shop = await open()
  const order = orderOf(shop)
  await shop.clock.advance(61 * SECOND_MS)
  expect(await shop.channel.charge(order)).toMatchObject({
    kind: 'declined',
    channelCode: 'ACQ.PAYMENT_AUTH_CODE_INVALID',
  })
})

test('a gateway that does not know our key declines; nothing is charged', async () => {
  const shop = await open()
  const { privateKeyPem } = await makeRsaKeyPair()
  const stranger = openAlipay({ ...shop.account, privateKey: privateKeyPem })
  expect(await stranger.charge(orderOf(shop))).toMatchObject({
    kind: 'declined',
    reason: 'channel_refused',
    channelCode: 'isv.invalid-signature',
  })
  expect(balance(shop, 'payer:chen')).toBe(1_000_000n)
})

test('what the payer has not paid yet is reversed, and cannot be paid any more', async () => {
  const shop = await open()
  fault(shop, { kind: 'confirm', value: 2, operation: 'charge' })
  const { order } = await pay(shop)
  expect(await shop.channel.reverse(order)).toMatchObject({ kind: 'reversed', wasPaid: false })
  expect(await shop.channel.reverse(order)).toMatchObject({ kind: 'reversed' })
  expect(await shop.channel.query(order)).toMatchObject({ kind: 'reversed' })
  expect(balance(shop, 'payer:chen')).toBe(1_000_000n)
})

test('what was paid without our knowing is reversed, and the payer has the money back', async () => {
  const shop = await open()
  fault(shop, { kind: 'answer_lost', operation: 'charge' })
  fault(shop, { kind: 'recall', value: 2, operation: 'reverse' })
  const { order } = await pay(shop)
  expect(balance(shop, 'payer:chen')).toBe(1_000_000n - 8_850n)
  expect(await shop.channel.reverse(order)).toMatchObject({ kind: 'again' })
  expect(await shop.channel.reverse(order)).toMatchObject({ kind: 'again' })
  expect(await shop.channel.reverse(order)).toMatchObject({ kind: 'reversed', wasPaid: true })
  expect(await shop.channel.query(order)).toMatchObject({ kind: 'reversed' })
  expect(balance(shop, 'payer:chen')).toBe(1_000_000n)
})

test('a charge that never came is reversed again until it is too old to come', async () => {
  const shop = await open()
  fault(shop, { kind: 'request_lost', operation: 'charge' })
  const { order } = await pay(shop)
  expect(await shop.channel.reverse(order)).toMatchObject({ kind: 'again' })
  await shop.clock.advance(30 * SECOND_MS)
  expect(await shop.channel.reverse(order)).toMatchObject({ kind: 'reversed', wasPaid: null })
})

test('a payment that comes in after it was reversed is told by the query', async () => {
  const shop = await open()
  fault(shop, { kind: 'confirm', value: 9, operation: 'charge' })
  fault(shop, { kind: 'late_success', value: 5_000, operation: 'reverse' })
  const { order } = await pay(shop)
  expect(await shop.channel.reverse(order)).toMatchObject({ kind: 'reversed' })
  await shop.clock.advance(6 * SECOND_MS)
  expect(await shop.channel.query(order)).toMatchObject({ kind: 'succeeded' })
})

test('what can no longer be undone is refused', async () => {
  const shop = await open()
  const { order } = await paid(shop)
  shop.alipay.control.withdraw(shop.account.appId, 8_000n)
  expect(await shop.channel.reverse(order)).toEqual({
    kind: 'refused',
    channelCode: 'ACQ.SELLER_BALANCE_NOT_ENOUGH',
  })
  expect(await shop.channel.query(order)).toMatchObject({ kind: 'succeeded' })
})

function refundOf(order: ChargeOrder, more: Partial<RefundOrder>): RefundOrder {
  return {
    chargeId: order.chargeId,
    channelRef: '',
    chargedAt: order.startedAt,
    refundId: 'rfd_R1',
    refundMinor: 400n,
    chargeMinor: order.amountMinor,
    currency: 'CNY',
    reason: '退一件',
    startedAt: order.startedAt,
    ...more,
  }
}

test('a payment is refunded in parts, each once, and never more than it was', async () => {
  const shop = await open()
  const { order, channelRef } = await paid(shop, { amountMinor: 1_000n })
  const refund = refundOf(order, { channelRef })
  const done = { kind: 'succeeded', refundRef: 'rfd_R1' }
  expect(await shop.channel.refund(refund)).toEqual(done)
  expect(await shop.channel.queryRefund(refund)).toEqual(done)
  // Once more, as after a lost answer: it is not made twice, and the query tells that it was made.
  expect(await shop.channel.refund(refund)).toMatchObject({ kind: 'accepted' })
  expect(balance(shop, 'payer:chen')).toBe(1_000_000n - 600n)

  const tooMuch = { ...refund, refundId: 'rfd_R2', refundMinor: 601n }
  expect(await shop.channel.refund(tooMuch)).toEqual({
    kind: 'declined',
    channelCode: 'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL',
  })
  const rest = { ...refund, refundId: 'rfd_R3', refundMinor: 600n }
  expect(await shop.channel.refund(rest)).toMatchObject({ kind: 'succeeded' })
  expect(balance(shop, 'payer:chen')).toBe(1_000_000n)
  const more = { ...refund, refundId: 'rfd_R4', refundMinor: 1n }
  expect(await shop.channel.refund(more)).toMatchObject({ kind: 'declined' })
})

test('a refund whose answer or request was lost is cleared up by its query', async () => {
  const shop = await open()
  const { order, channelRef } = await paid(shop)
  const [made, lost] = ['rfd_R1', 'rfd_R2'].map((refundId) =>
    refundOf(order, { channelRef, refundId }),
  )
  fault(shop, { kind: 'answer_lost', operation: 'refund' })
  expect(await shop.channel.refund(made!)).toMatchObject({ kind: 'unknown' })
  expect(await shop.channel.queryRefund(made!)).toMatchObject({ kind: 'succeeded' })

  fault(shop, { kind: 'request_lost', operation: 'refund' })
  expect(await shop.channel.refund(lost!)).toMatchObject({ kind: 'unknown' })
  const channelCode = 'REFUND_NOT_FOUND'
  expect(await shop.channel.queryRefund(lost!)).toEqual({ kind: 'unknown', channelCode })
  expect(await shop.channel.refund(lost!)).toMatchObject({ kind: 'succeeded' })
  expect(balance(shop, 'payer:chen')).toBe(1_000_000n - 8_850n + 800n)
})

/** Where Alipay tells: every notice is read and answered by the adapter. */
async function inbox() {
  const got: ReadNotice[] = []
  const channels: Channel[] = []
  const bodies: string[] = []
  const server = await startServer({
    port: 0,
    respond: ({ text: body, headers }) => {
      const channel = channels[0]!
      const read = channel.readNotice({ headers: { type: headers['content-type'] }, body })
      got.push(read)
      bodies.push(body)
      const { status, contentType, body: said } = channel.replyTo(read)
      return { status, headers: { 'content-type': contentType }, body: said }
    },
  })
  opened.push(server)
  return { notifyUrl: `${server.url}/notices/alipay`, got, bodies, channels }
}

test('a notice tells of the payment once it is believed; then Alipay is silent', async () => {
  const { notifyUrl, got, channels } = await inbox()
  const shop = await open({ notifyUrl })
  channels.push(shop.channel)
  const { idle } = shop.alipay.control
  const { channelRef } = await paid(shop)
  await idle()
  expect(got).toEqual([
    {
      kind: 'charge',
      chargeId: 'chg_A1',
      amountMinor: 8_850n,
      outcome: {
        kind: 'succeeded',
        channelRef,
        paidAt: noon,
        payerPaidMinor: 8_850n,
        payer: '138******01',
      },
    },
  ])
  expect(shop.alipay.control.pendingNotices()).toEqual([])
})

test('a doubled notice says the same twice, a forged one nothing, and is told again', async () => {
  const { notifyUrl, got, bodies, channels } = await inbox()
  const shop = await open({ notifyUrl })
  channels.push(shop.channel)
  const { idle } = shop.alipay.control
  fault(shop, { kind: 'notice_duplicate', orderNo: 'chg_A1' })
  fault(shop, { kind: 'wrong_signature', orderNo: 'chg_A2', operation: 'notice' })
  await paid(shop)
  await idle()
  expect(got).toHaveLength(2)
  expect(got[1]).toEqual(got[0])

  await paid(shop, { chargeId: 'chg_A2' })
  await idle()
  expect(got[2]).toEqual({ kind: 'refused', problem: 'signature' })
  await shop.clock.advance(4 * 60 * SECOND_MS)
  await idle()
  expect(got[3]).toMatchObject({ kind: 'charge', chargeId: 'chg_A2' })

  const cheaper = bodies[0]!.replace('total_amount=88.50', 'total_amount=0.50')
  expect(cheaper).not.toBe(bodies[0])
  expect(shop.channel.readNotice({ headers: {}, body: cheaper })).toMatchObject({ kind: 'refused' })
  const elsewhere = openAlipay({ ...shop.account, appId: '2021000000000000' })
  expect(elsewhere.readNotice({ headers: {}, body: bodies[0]! })).toMatchObject({
    kind: 'refused',
    problem: 'app_id',
  })
})

test('notices of refunds name the refund, and that of a cancelled payment the charge', async () => {
  const { notifyUrl, got, channels } = await inbox()
  const shop = await open({ notifyUrl })
  channels.push(shop.channel)
  const { idle } = shop.alipay.control
  const { order, channelRef } = await paid(shop)
  await shop.channel.refund(refundOf(order, { channelRef }))
  const second = await paid(shop, { chargeId: 'chg_A2' })
  await shop.channel.reverse(second.order)
  await idle()
  expect(got.map((one) => [one.kind, 'outcome' in one && one.outcome.kind])).toEqual([
    ['charge', 'succeeded'],
    ['refund', 'succeeded'],
    ['charge', 'succeeded'],
    ['charge', 'reversed'],
  ])
})

test('while Alipay changes its key, both are believed', async () => {
  const shop = await open()
  const { publicKeyPem } = await makeRsaKeyPair()
  const [current = ''] = shop.account.alipayPublicKeys
  const both = openAlipay({ ...shop.account, alipayPublicKeys: [publicKeyPem, current] })
  expect(await both.charge(orderOf(shop))).toMatchObject({ kind: 'succeeded' })
  const newOnly = openAlipay({ ...shop.account, alipayPublicKeys: [publicKeyPem] })
  expect(
    await newOnly.query({ chargeId: 'chg_A1', startedAt: noon, amountMinor: 8_850n }),
  ).toMatchObject({
    kind: 'unknown',
    channelCode: 'NOT_SIGNED',
  })
})

test('neither the road nor what it answers shows a key or a code', async () => {
  const shop = await open()
  fault(shop, { kind: 'server_error', operation: 'charge' })
  const digits = shop.alipay.control.showCode('chen')
  const outcome = await shop.channel.charge(orderOf(shop, { means: meansOf(digits) }))
  const shown = inspect([shop.channel, outcome], { depth: 9, showHidden: true })
  expect(shown).not.toContain(digits)
  expect(shown).not.toContain(shop.account.privateKey.slice(100, 140))
})
