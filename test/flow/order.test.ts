import { expect, test } from 'vitest'

import { refundRound } from '../../app/loops/refunds.ts'
import { manualClock } from '../../modules/lib/clock.ts'
import { readCharges } from '../../modules/payment/payment.ts'
import { parseMerchantCode } from '../../modules/paycode/paycode.ts'
import { createRouteRule } from '../../modules/route/route.ts'
import { promotion } from '../route-rules.ts'
import { accountIds, openRoads, type Roads } from './roads.ts'
import { serve, type Desk } from './serve.ts'
import { institutionId, openShop, PIN, type Shop } from './shop.ts'

// Codes that a merchant shows: orders at the till, and codes on the wall.

type Body = Record<string, unknown>
let orders = 0

/** Shows an order at the shop's first terminal. */
const showOrder = ({ call }: Desk, { terminal }: Shop, body: Body = {}) => {
  const order_no = `show-${++orders}`
  const order = { amount: 2_500, currency: 'CNY', order_no, ...body }
  return call('POST', '/v1/orders', { token: terminal.token, key: order_no, body: order })
}

let pays = 0

const payIt = ({ call }: Desk, who: { token: string }, token: string, wish: Body = {}) => {
  const { key = `pay-${++pays}`, ...body } = wish
  return call('POST', `/v1/orders/${token}/pay`, { token: who.token, key: String(key), body })
}

const readPaymentOf = async ({ call }: Desk, shop: Shop, id: string, expand = 'timeline') =>
  (await call('GET', `/v1/payments/${id}?expand=${expand}`, { token: shop.terminal.token })).body

test('an order waits for whoever scans it, and the wallet of a payer pays it', async () => {
  const shop = await openShop({ balanceMinor: 10_000n })
  const desk = await serve(shop)
  const shown = await showOrder(desk, shop)
  expect(shown.status).toBe(201)
  expect(shown.body).toMatchObject({
    ...{ object: 'payment', state: 'processing', next_action: 'payer_scans', amount: 2_500 },
    ...{ scheme: null, road: null, payment_code: null, payer_name: null },
    order: { way: 'qr', scheme: null, redirect: null, form: null, sdk: null },
  })
  const { token, url, qr_text, emvco_text } = shown.body.order
  expect([url, qr_text]).toEqual([`http://till.test/c/${token}`, `http://till.test/c/${token}`])
  expect(parseMerchantCode(qr_text)).toMatchObject({ kind: 'ours', token, codeKind: 'order' })
  expect(parseMerchantCode(emvco_text)).toMatchObject({ kind: 'ours', token, origin: null })

  const scanned = await desk.call('GET', `/v1/orders/${token}`, { token: shop.payer.token })
  expect(scanned.body).toMatchObject({
    ...{ object: 'merchant_order', kind: 'order', state: 'open', amount: 2_500, currency: 'CNY' },
    ...{ pin_above: 100_000, payment: null, name: null },
  })
  const before = await shop.balances()
  const paid = await payIt(desk, shop.payer, token)
  expect(paid.status).toBe(201)
  expect(paid.body).toMatchObject({
    ...{ id: shown.body.id, state: 'succeeded', next_action: null, scheme: 'onetill' },
    ...{ road: 'book', payer_name: shop.payer.name, source_label: '余额' },
  })
  const after = await shop.balances()
  const wallet = `wallet:${shop.payer.id}:balance`
  expect(before[wallet]! - after[wallet]!).toBe(2_500n)

  const seen = await readPaymentOf(desk, shop, shown.body.id)
  expect(seen).toMatchObject({ state: 'succeeded', source_label: null })
  expect(seen.timeline.map(({ to, actor }: Body) => [to, actor])).toEqual([
    ['processing', 'terminal'],
    ['succeeded', 'payer'],
  ])
  const again = await desk.call('GET', `/v1/orders/${token}`, { token: shop.payer.token })
  expect(again.body).toMatchObject({ state: 'paid', payment: shown.body.id })
  await shop.deliver()
  await shop.audit()
})

test('the same order again is the same payment, and another body is refused', async () => {
  const shop = await openShop()
  const desk = await serve(shop)
  const order = { order_no: 'twice', amount: 100 }
  const first = await showOrder(desk, shop, order)
  const { token: bearer } = shop.terminal
  const repeat = (body: Body) =>
    desk.call('POST', '/v1/orders', {
      ...{ token: bearer, key: 'another', body: { currency: 'CNY', ...order, ...body } },
    })
  const second = await repeat({})
  expect([second.status, second.body.id]).toEqual([200, first.body.id])
  expect(second.headers['idempotent-replayed']).toBe('true')
  expect((await repeat({ amount: 101 })).body.code).toBe('ORDER_NO_REUSED')
})

test('an order that ten payers pay at once is paid once', async () => {
  const shop = await openShop({ payers: 10, balanceMinor: 10_000n })
  const desk = await serve(shop)
  const { token } = (await showOrder(desk, shop)).body.order
  const answers = await Promise.all(shop.payers.map((payer) => payIt(desk, payer, token)))
  expect(answers.map(({ status }) => status).sort()).toEqual([
    201,
    ...Array.from({ length: 9 }, () => 409),
  ])
  expect(new Set(answers.slice(0).map(({ body }) => body.code ?? body.state))).toEqual(
    new Set(['succeeded', 'ORDER_EXPIRED']),
  )
  const balances = await shop.balances()
  const leftMinor = shop.payers.map(({ id }) => balances[`wallet:${id}:balance`]!)
  expect(leftMinor.reduce((sum, minor) => sum + minor)).toBe(100_000n - 2_500n)
  await shop.audit()
})

test('the same payer who pays twice at once has paid once, and is told of it twice', async () => {
  const shop = await openShop({ balanceMinor: 10_000n })
  const desk = await serve(shop)
  const { token } = (await showOrder(desk, shop)).body.order
  const answers = await Promise.all([1, 2, 3].map(() => payIt(desk, shop.payer, token)))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201])
  expect((await shop.balances())[`wallet:${shop.payer.id}:balance`]).toBe(7_500n)
})

test('an order that nobody pays fails when its time is over, and cannot be paid any more', async () => {
  const clock = manualClock(new Date('2026-11-23T04:00:00Z'))
  const shop = await openShop({ now: clock, balanceMinor: 10_000n })
  const desk = await serve(shop)
  const { id, order } = (await showOrder(desk, shop, { expires_in_seconds: 90 })).body
  clock.advance(89_000)
  await shop.deliver()
  expect(await readPaymentOf(desk, shop, id)).toMatchObject({ state: 'processing' })
  clock.advance(1_000)
  expect((await payIt(desk, shop.payer, order.token)).body.code).toBe('ORDER_EXPIRED')
  await shop.deliver()
  const ended = await readPaymentOf(desk, shop, id)
  expect(ended).toMatchObject({ state: 'failed', decline_reason: 'order_expired' })
  expect((await payIt(desk, shop.payer, order.token)).body.code).toBe('ORDER_EXPIRED')
  expect((await shop.balances())[`wallet:${shop.payer.id}:balance`]).toBe(10_000n)
  await shop.audit()
})

test('a till that gives up takes its order back, and nobody can pay it', async () => {
  const shop = await openShop({ balanceMinor: 10_000n })
  const desk = await serve(shop)
  const { id, order } = (await showOrder(desk, shop)).body
  const { token } = shop.terminal
  const reversed = await desk.call('POST', `/v1/payments/${id}/reverse`, { token })
  expect(reversed.body).toMatchObject({ state: 'reversed', next_action: null })
  expect((await payIt(desk, shop.payer, order.token)).body.code).toBe('ORDER_EXPIRED')
})

test('above the limit without a PIN the order wants one, and waits until it is right', async () => {
  const shop = await openShop({ balanceMinor: 500_000n })
  const desk = await serve(shop)
  const { token } = (await showOrder(desk, shop, { amount: 150_000 })).body.order
  const refused = await payIt(desk, shop.payer, token)
  expect([refused.status, refused.body.code, refused.body.param]).toEqual([422, 'PIN_WRONG', 'pin'])
  expect((await payIt(desk, shop.payer, token, { pin: '000000' })).body.code).toBe('PIN_WRONG')
  expect((await payIt(desk, shop.payer, token, { pin: PIN })).body.state).toBe('succeeded')
})

test('a payer with too little money is declined, and nothing moves', async () => {
  const shop = await openShop({ balanceMinor: 2_000n })
  const desk = await serve(shop)
  const { token } = (await showOrder(desk, shop)).body.order
  const before = await shop.balances()
  const declined = await payIt(desk, shop.payer, token)
  expect(declined.body).toMatchObject({ state: 'failed', decline_reason: 'insufficient_funds' })
  expect(await shop.balances()).toEqual(before)
})

test('a promotion takes off an order what it takes off a scanned code, within its budget', async () => {
  const shop = await openShop({ payers: 2, balanceMinor: 10_000n })
  const desk = await serve(shop)
  const { io } = shop
  const offer = promotion({ budgetMinor: 400n }, { validFrom: io.now() })
  await io.db.transaction((tx) => createRouteRule(tx, institutionId, offer))
  await io.refreshRouteRules()
  const [first, second] = shop.payers as [Shop['payer'], Shop['payer']]
  const show = async () => (await showOrder(desk, shop, { amount: 6_000 })).body.order.token
  const cheap = await payIt(desk, first, await show())
  expect(cheap.body).toMatchObject({ state: 'succeeded', amount: 6_000, discount: 300 })
  const whole = await payIt(desk, second, await show())
  expect(whole.body).toMatchObject({ state: 'succeeded', amount: 6_000, discount: 0 })
  const balances = await shop.balances()
  expect(balances[`wallet:${first.id}:balance`]).toBe(4_300n)
  expect(balances[`wallet:${second.id}:balance`]).toBe(4_000n)
  expect(balances['institution:promotions']).toBe(300n)
  await shop.audit()
})

test('goods of an order move once, when it is paid, and a sale is not paid twice', async () => {
  const shop = await openShop({ balanceMinor: 10_000n })
  const desk = await serve(shop)
  const goods = [{ sku: 'A', name: '茶', quantity: 1, unit_price: 2_500 }]
  const sale = { sale_no: 'sale-1', goods }
  const first = (await showOrder(desk, shop, sale)).body.order
  const second = (await showOrder(desk, shop, sale)).body.order
  expect((await payIt(desk, shop.payer, first.token)).body.state).toBe('succeeded')
  const late = await payIt(desk, shop.payer, second.token)
  expect(late.body).toMatchObject({ state: 'failed', decline_reason: 'sale_already_paid' })
  expect((await shop.balances())[`wallet:${shop.payer.id}:balance`]).toBe(7_500n)
  await shop.deliver()
  await shop.audit()
})

test('a code that names no order, a payment by a payer’s code and another institution are not found', async () => {
  const shop = await openShop({ balanceMinor: 10_000n })
  const desk = await serve(shop)
  const { payment } = await shop.pay({ code: await shop.code() })
  const unknown = [
    `o_test_${payment.id.slice(4)}`,
    `o_test_${'0'.repeat(26)}`,
    `m_test_${'0'.repeat(26)}`,
    `o_other_${payment.id.slice(4)}`,
  ]
  for (const token of unknown) {
    const looked = await desk.call('GET', `/v1/orders/${token}`, { token: shop.payer.token })
    expect([looked.status, looked.body.code]).toEqual([404, 'NOT_FOUND'])
    const body = token.startsWith('m') ? { amount: 1 } : {}
    expect((await payIt(desk, shop.payer, token, body)).status).toBe(404)
  }
})

test('an order is shown up to the largest amount that a code holds, and none is made above', async () => {
  const shop = await openShop()
  const desk = await serve(shop)
  const largest = await showOrder(desk, shop, { amount: 999_999_999_999 })
  expect(largest.body.order.emvco_text).toContain('54139999999999.99')
  const above = await showOrder(desk, shop, { amount: 1_000_000_000_000 })
  expect([above.status, above.body.code]).toEqual([422, 'AMOUNT_INVALID'])
  const { body } = await desk.call('GET', '/v1/payments', { token: shop.terminal.token })
  expect(body.data).toHaveLength(1)
})

async function hangUp({ call, staff }: Desk, { storeId }: Shop, key = 'wall') {
  const body = { store: storeId, name: '2 号收银台' }
  return call('POST', '/v1/merchant_codes', { token: staff.merchant, key, body })
}

test('a merchant hangs a code on the wall, and takes it down again', async () => {
  const shop = await openShop({ balanceMinor: 10_000n })
  const desk = await serve(shop)
  const { call, staff } = desk
  const made = await hangUp(desk, shop)
  expect(made.status).toBe(201)
  const { id, token, url, emvco_text, print_url } = made.body
  expect(made.body).toMatchObject({ object: 'merchant_code', state: 'active', name: '2 号收银台' })
  expect([url, print_url]).toEqual([
    `http://till.test/c/${token}`,
    `http://till.test/c/${token}/print`,
  ])
  expect(parseMerchantCode(url)).toMatchObject({ kind: 'ours', token, codeKind: 'static' })
  expect(parseMerchantCode(emvco_text)).toMatchObject({ token, codeKind: 'static' })
  const list = await call('GET', '/v1/merchant_codes', { token: staff.merchant })
  expect(list.body.data.map((one: Body) => one.id)).toEqual([id])
  const forbidden = await call('GET', '/v1/merchant_codes', { token: shop.payer.token })
  expect(forbidden.status).toBe(403)

  const gone = await call('DELETE', `/v1/merchant_codes/${id}`, { token: staff.merchant })
  expect(gone.status).toBe(204)
  expect((await payIt(desk, shop.payer, token, { amount: 100 })).status).toBe(404)
  const closed = await call('GET', `/v1/merchant_codes/${id}`, { token: staff.operator })
  expect(closed.body).toMatchObject({ state: 'closed' })
  expect(closed.body.closed_at).toBeTruthy()
})

test('by a code on the wall a payer says how much, and the same attempt pays once', async () => {
  const shop = await openShop({ balanceMinor: 10_000n })
  const desk = await serve(shop)
  const { id, token } = (await hangUp(desk, shop)).body
  const scanned = await desk.call('GET', `/v1/orders/${token}`, { token: shop.payer.token })
  expect(scanned.body).toMatchObject({
    ...{ kind: 'static', state: 'open', amount: null, name: '2 号收银台', expires_at: null },
  })
  expect((await payIt(desk, shop.payer, token)).body.code).toBe('AMOUNT_INVALID')
  const paid = await payIt(desk, shop.payer, token, { amount: 1_200, key: 'same' })
  expect(paid.body).toMatchObject({ state: 'succeeded', amount: 1_200, store: shop.storeId })
  expect(paid.body.order_no.startsWith(`${id}-`)).toBe(true)
  const again = await payIt(desk, shop.payer, token, { amount: 1_200, key: 'same' })
  expect([again.status, again.body.id]).toEqual([200, paid.body.id])
  expect((await shop.balances())[`wallet:${shop.payer.id}:balance`]).toBe(8_800n)
  await shop.audit()
})

test('by codes on the wall a payer pays 500 yuan a day and no more, however many come at once', async () => {
  const clock = manualClock(new Date('2026-11-23T04:00:00Z'))
  const shop = await openShop({ now: clock, balanceMinor: 500_000n })
  const desk = await serve(shop)
  const { token } = (await hangUp(desk, shop)).body
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => payIt(desk, shop.payer, token, { amount: 10_000 })),
  )
  const paid = answers.filter(({ body }) => body.state === 'succeeded')
  const declined = answers.filter(({ body }) => body.decline_reason === 'over_static_limit')
  expect([paid.length, declined.length]).toEqual([5, 3])
  const wallet = `wallet:${shop.payer.id}:balance`
  expect((await shop.balances())[wallet]).toBe(450_000n)

  // A refund makes room again, for what it gives back and no fen more.
  const back = { payment: paid[0]!.body.id, amount: 4_000 }
  const given = await desk.call('POST', '/v1/refunds', {
    ...{ token: shop.merchantToken, key: 'back', body: back },
  })
  expect(given.body.state).toBe('succeeded')
  const above = await payIt(desk, shop.payer, token, { amount: 4_001 })
  expect(above.body.decline_reason).toBe('over_static_limit')
  const within = await payIt(desk, shop.payer, token, { amount: 4_000 })
  expect(within.body.state).toBe('succeeded')

  // The cap is for codes on the wall and for the day.
  const { order } = (await showOrder(desk, shop, { amount: 45_000 })).body
  expect((await payIt(desk, shop.payer, order.token)).body.state).toBe('succeeded')
  clock.advance(24 * 3_600_000)
  const tomorrow = await payIt(desk, shop.payer, token, { amount: 50_000 })
  expect(tomorrow.body.state).toBe('succeeded')
  await shop.audit()
})

const chargesOf = (shop: Roads, paymentId: string) =>
  readCharges(shop.io.db, institutionId, [paymentId])

test('a payer of WeChat scans the order, and the till hears of it', async () => {
  const shop = await openRoads()
  const desk = await serve(shop)
  const { id, order } = (await showOrder(desk, shop, { scheme: 'wechat', amount: 1_500 })).body
  expect(order.qr_text).toMatch(/^weixin:\/\/wxpay\/bizpayurl/)
  await shop.pass(10_000)
  expect(await readPaymentOf(desk, shop, id)).toMatchObject({ next_action: 'payer_scans' })
  await payAtPhone(shop, 'wechat', { code_url: order.qr_text })
  await shop.pass(15_000)
  const paid = await readPaymentOf(desk, shop, id)
  expect(paid).toMatchObject({ state: 'succeeded', scheme: 'wechat', road: 'wechat' })
  const [charge] = await chargesOf(shop, id)
  expect(charge).toMatchObject({ means: 'order', state: 'succeeded', isLate: false })
  expect((await shop.balances())[`memo:channel:${accountIds.wechat}`]).toBe(1_500n)
  await shop.deliver()
  await shop.audit()
})

const phones = {
  wechat: { payer: 'wang', password: '123456' },
  alipay: { payer: 'chen', password: '123456' },
  unionpay: { payer: 'zhou', password: '123456' },
} as const

async function payAtPhone(shop: Roads, road: keyof typeof phones, what: Body): Promise<void> {
  const { payer, password } = phones[road]
  const answer = await fetch(`${shop[road].url}/phone/${payer}/pay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ password, ...what }),
  })
  expect([answer.status, await answer.text()]).toEqual([200, expect.any(String)])
}

test.each(['alipay', 'unionpay'] as const)(
  'a payer of %s scans the order, and it is booked there',
  async (road) => {
    const shop = await openRoads()
    const desk = await serve(shop)
    const { id, order } = (await showOrder(desk, shop, { scheme: road, amount: 1_600 })).body
    expect(order.qr_text).toMatch(/^https?:\/\//)
    await payAtPhone(shop, road, { code_url: order.qr_text })
    await shop.pass(15_000)
    const paid = await readPaymentOf(desk, shop, id)
    expect(paid).toMatchObject({ state: 'succeeded', scheme: road, road })
    await shop.deliver()
    await shop.audit()
  },
)

test('shown again in the same way it is the same code, and in another way another charge', async () => {
  const shop = await openRoads()
  const desk = await serve(shop)
  const order = { order_no: 'again', scheme: 'wechat', amount: 1_500 }
  const first = await showOrder(desk, shop, order)
  const again = await showOrder(desk, shop, order)
  expect(again.body.order.qr_text).toBe(first.body.order.qr_text)
  const app = await showOrder(desk, shop, { ...order, way: 'app' })
  expect(app.body.order.sdk).toMatchObject({ package: 'Sign=WXPay' })
  const h5 = await showOrder(desk, shop, { ...order, way: 'h5' })
  expect(h5.body.order.redirect).toMatch(/^https?:\/\//)
  expect(await chargesOf(shop, first.body.id)).toHaveLength(3)
})

test('an order paid at two schemes at once is paid once, and the later money goes back', async () => {
  const shop = await openRoads()
  const desk = await serve(shop)
  const order = { order_no: 'both', amount: 1_700 }
  const wechat = await showOrder(desk, shop, { ...order, scheme: 'wechat' })
  const alipay = await showOrder(desk, shop, { ...order, scheme: 'alipay' })
  const { id } = wechat.body
  await Promise.all([
    payAtPhone(shop, 'wechat', { code_url: wechat.body.order.qr_text }),
    payAtPhone(shop, 'alipay', { code_url: alipay.body.order.qr_text }),
  ])
  await shop.pass(60_000)
  expect(await readPaymentOf(desk, shop, id)).toMatchObject({ state: 'succeeded' })
  const charges = await chargesOf(shop, id)
  expect(charges.map(({ state, isLate }) => [state, isLate]).sort()).toEqual([
    ['succeeded', false],
    ['succeeded', true],
  ])
  expect((await shop.balances())['suspense']).toBe(1_700n)
  for (let at = 0; at < 10; at += 1) {
    await refundRound(shop.io, institutionId)
    await shop.clock.advance(60_000)
  }
  expect(await shop.balances()).not.toHaveProperty('suspense')
  await shop.deliver()
  await shop.audit()
})

test('a wallet of ours and a scheme pay at once: one payment, and nothing is lost', async () => {
  const shop = await openRoads({ balanceMinor: 10_000n })
  const desk = await serve(shop)
  const { id, order } = (await showOrder(desk, shop, { scheme: 'wechat', amount: 1_800 })).body
  await payAtPhone(shop, 'wechat', { code_url: order.qr_text })
  const paid = await payIt(desk, shop.payer, order.token)
  expect(paid.body).toMatchObject({ id, state: 'succeeded', road: 'book' })
  await shop.pass(30_000)
  const [charge] = await chargesOf(shop, id)
  expect(charge).toMatchObject({ state: 'succeeded', isLate: true })
  const balances = await shop.balances()
  expect([balances['suspense'], balances[`wallet:${shop.payer.id}:balance`]]).toEqual([
    1_800n,
    8_200n,
  ])
})

test('an order that nobody pays is closed at the scheme too, and cannot be paid there', async () => {
  const shop = await openRoads()
  const desk = await serve(shop)
  const { id, order } = (await showOrder(desk, shop, { scheme: 'alipay', amount: 1_900 })).body
  await shop.pass(310_000, 5_000)
  await shop.deliver()
  expect(await readPaymentOf(desk, shop, id)).toMatchObject({
    ...{ state: 'failed', decline_reason: 'order_expired' },
  })
  const [charge] = await chargesOf(shop, id)
  expect(charge?.state).not.toBe('processing')
  const { payer, password } = phones.alipay
  const refused = await fetch(`${shop.alipay.url}/phone/${payer}/pay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ password, code_url: order.qr_text }),
  })
  expect(refused.status).not.toBe(200)
})

test('a scheme that does not answer shows nothing, and the order stays open for others', async () => {
  const shop = await openRoads({ balanceMinor: 10_000n })
  const desk = await serve(shop)
  await shop.wechat.close()
  const order = { order_no: 'down', amount: 2_000 }
  const down = await showOrder(desk, shop, { ...order, scheme: 'wechat' })
  expect([down.status, down.body.code]).toEqual([503, 'CHANNEL_UNAVAILABLE'])
  const { id, order: shown } = (await showOrder(desk, shop, order)).body
  expect((await payIt(desk, shop.payer, shown.token)).body).toMatchObject({
    ...{ id, state: 'succeeded' },
  })
})
