import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { AlipaySdk } from 'alipay-sdk'
import { afterEach, expect, test } from 'vitest'

import { startAlipay, type Alipay, type AlipayOptions } from '../../sandbox/alipay/alipay.ts'
import { isSignedBy, signedText } from '../../sandbox/alipay/wire.ts'
import { virtualClock } from '../../sandbox/counterpart/clock.ts'
import { startServer, text, type RunningServer } from '../../sandbox/counterpart/http.ts'

// Alipay's own client, unmodified, is the other side: it signs the requests and verifies answers and
// notices. Where it is too lenient or too strict to see something, the wire is looked at itself.

const noon = new Date('2026-11-23T04:00:00Z')
const opened: { close(): Promise<void>; control?: { books(): { wrong: string[] } } }[] = []

afterEach(async () => {
  const all = opened.splice(0)
  const wrong = all.flatMap(({ control }) => control?.books().wrong ?? [])
  for (const one of all) await one.close()
  expect(wrong).toEqual([])
})

async function open(options: Partial<AlipayOptions> = {}) {
  const clock = options.clock ?? virtualClock({ startAt: noon, running: false })
  const alipay = await startAlipay({ port: 0, seed: 'test', clock, ...options })
  opened.push(alipay)
  return { ...alipay, clock, sdk: clientOf(alipay) }
}

const appOf = ({ control }: Pick<Alipay, 'control'>) => control.setUp().apps[0]!

function clientOf(alipay: Pick<Alipay, 'control'>): AlipaySdk {
  const app = appOf(alipay)
  return new AlipaySdk({
    appId: app.app_id,
    privateKey: app.app_private_key,
    keyType: 'PKCS8',
    alipayPublicKey: app.alipay_public_key,
    gateway: alipay.control.setUp().gateway,
    camelcase: false,
  })
}

type Biz = Record<string, unknown>

function caller(alipay: { sdk: AlipaySdk }) {
  const call = (method: string, bizContent: Biz, more: Biz = {}): Promise<Biz> =>
    alipay.sdk.exec(`alipay.trade.${method}`, { bizContent, ...more }, { validateSign: true })
  return call
}

const sale = (outTradeNo: string, totalAmount: string, authCode: string) => ({
  out_trade_no: outTradeNo,
  total_amount: totalAmount,
  subject: '早餐/豆浆 & 油条',
  scene: 'bar_code',
  auth_code: authCode,
  store_id: 'S1',
})

/** A merchant's notice URL that answers as it is told and keeps what came. */
async function inbox(answers: string[] = []) {
  const got: Record<string, string>[] = []
  const server: RunningServer = await startServer({
    port: 0,
    respond: (call) => {
      got.push(Object.fromEntries(new URLSearchParams(call.text)))
      return text(200, answers.shift() ?? 'success')
    },
  })
  opened.push(server)
  return { url: `${server.url}/notice`, got }
}

const balance = (alipay: Pick<Alipay, 'control'>, account: string) =>
  alipay.control.books().balances[account] ?? 0n

const sumOf = (balances: Record<string, bigint>) =>
  Object.values(balances).reduce((sum, minor) => sum + minor, 0n)

test('the official client pays by code, queries, and verifies every answer', async () => {
  const alipay = await open()
  const call = caller(alipay)
  const code = alipay.control.showCode('chen')
  expect(code).toMatch(/^(25|26|27|28|29|30)\d{16}$/)

  const paid = await call('pay', sale('A1', '88.01', code))
  expect(paid).toMatchObject({
    code: '10000',
    msg: 'Success',
    out_trade_no: 'A1',
    total_amount: '88.01',
    receipt_amount: '88.01',
    gmt_payment: '2026-11-23 12:00:00',
    fund_bill_list: [{ fund_channel: 'ALIPAYACCOUNT', amount: '88.01' }],
  })
  const asked = await call('query', { out_trade_no: 'A1' })
  expect(asked).toMatchObject({ code: '10000', trade_status: 'TRADE_SUCCESS' })
  expect(await call('query', { trade_no: paid['trade_no'] })).toMatchObject({ out_trade_no: 'A1' })
  // 88.01 yuan at 0.38 % is a fee of 33 fen.
  expect(balance(alipay, `merchant:${appOf(alipay).app_id}`)).toBe(8_768n)
  expect(balance(alipay, 'alipay:fees')).toBe(33n)
  expect(balance(alipay, 'payer:chen')).toBe(1_000_000n - 8_801n)
})

test('an order that nobody made is not found by query, refund and close', async () => {
  const call = caller(await open())
  for (const [method, biz] of [
    ['query', {}],
    ['close', {}],
    ['refund', { refund_amount: '1.00' }],
  ] as const) {
    expect(await call(method, { out_trade_no: 'NO1', ...biz })).toMatchObject({
      code: '40004',
      sub_code: 'ACQ.TRADE_NOT_EXIST',
    })
  }
})

test('a request whose signature is wrong moves nothing', async () => {
  const alipay = await open()
  const stranger = await open()
  const app = appOf(alipay)
  const forger = new AlipaySdk({
    appId: app.app_id,
    privateKey: appOf(stranger).app_private_key,
    keyType: 'PKCS8',
    alipayPublicKey: app.alipay_public_key,
    gateway: alipay.control.setUp().gateway,
    camelcase: false,
  })
  const code = alipay.control.showCode('chen')
  expect(await caller({ sdk: forger })('pay', sale('A1', '88.00', code))).toMatchObject({
    code: '40002',
    sub_code: 'isv.invalid-signature',
  })
  expect(alipay.control.books().trades).toEqual([])
  expect(await caller(alipay)('pay', sale('A1', '88.00', code))).toMatchObject({ code: '10000' })
})

test.each([
  ['no app', { app_id: '' }, '40001', 'isv.missing-app-id'],
  ['an unknown app', { app_id: '2021' }, '40002', 'isv.invalid-app-id'],
  ['no signature', { sign: '' }, '40001', 'isv.missing-signature'],
  ['another signature type', { sign_type: 'RSA' }, '40002', 'isv.invalid-signature-type'],
  ['a method that is none', { method: 'alipay.trade.guess' }, '40002', 'isv.invalid-method'],
])('a request with %s is refused by the gateway', async (_what, fields, code, subCode) => {
  const alipay = await open()
  const order = { method: 'alipay.trade.query', biz_content: '{"out_trade_no":"A1"}' }
  const common = { app_id: appOf(alipay).app_id, sign_type: 'RSA2', version: '1.0', sign: 'AAAA' }
  const timestamp = '2026-11-23 12:00:00'
  const body = new URLSearchParams({ ...common, timestamp, ...order, ...fields })
  const answer = await fetch(`${alipay.url}/gateway.do`, { method: 'POST', body })
  const [name, content] = Object.entries((await answer.json()) as Record<string, Biz>)[0]!
  expect(name).toMatch(/^alipay_trade_(query|guess)_response$/)
  expect(content).toMatchObject({ code, sub_code: subCode })
})

test('the signature covers the characters of the answer as they were sent', async () => {
  const alipay = await open()
  const { sdk } = alipay
  const biz = { out_trade_no: 'Q1', total_amount: '1.00', subject: '茶' }
  const link = sdk.pageExecute('alipay.trade.precreate', 'GET', { bizContent: biz })
  const body = await (await fetch(link)).text()
  const [, raw, sign] = /^\{"alipay_trade_precreate_response":(\{.*\}),"sign":"(.+)"\}$/.exec(body)!
  expect(raw).toContain('https:\\/\\/qr.alipay.com\\/')
  const key = appOf(alipay).alipay_public_key
  expect(isSignedBy(raw!, sign!, key)).toBe(true)
  expect(isSignedBy(JSON.stringify(JSON.parse(raw!)), sign!, key)).toBe(false)
})

test('a code is used up by the first payment, even one that fails', async () => {
  const alipay = await open()
  const call = caller(alipay)
  const code = alipay.control.showCode('sun')
  expect(await call('pay', sale('A1', '9.00', code))).toMatchObject({
    code: '40004',
    sub_code: 'ACQ.BUYER_BALANCE_NOT_ENOUGH',
  })
  expect(await call('pay', sale('A2', '1.00', code))).toMatchObject({
    sub_code: 'ACQ.PAYMENT_AUTH_CODE_INVALID',
  })
  // The failed order stays open for another code of the same payer, and for no one else's.
  const other = alipay.control.showCode('chen')
  expect(await call('pay', sale('A1', '9.00', other))).toMatchObject({
    sub_code: 'ACQ.TRADE_BUYER_NOT_MATCH',
  })
  expect(balance(alipay, 'payer:sun')).toBe(500n)
  alipay.control.putIn('sun', 400n)
  const fresh = alipay.control.showCode('sun')
  expect(await call('pay', sale('A1', '9.00', fresh))).toMatchObject({ code: '10000' })
})

test('a code dies after a minute, and was never any of those that nobody showed', async () => {
  const alipay = await open()
  const call = caller(alipay)
  const code = alipay.control.showCode('chen')
  await alipay.clock.advance(60_000)
  for (const bad of [code, '281234567890123456', '130061098828009406', '28123', `${code} `]) {
    expect(await call('pay', sale('A1', '1.00', bad))).toMatchObject({
      code: '40004',
      sub_code: 'ACQ.PAYMENT_AUTH_CODE_INVALID',
    })
  }
  expect(alipay.control.books().trades).toEqual([])
})

test.each([
  ['0', 'total_amount'],
  ['1.001', 'total_amount'],
  ['-1.00', 'total_amount'],
  ['100000000.01', 'total_amount'],
])('an amount of %s yuan is no amount', async (amount, field) => {
  const alipay = await open()
  const answer = await caller(alipay)('pay', sale('A1', amount, alipay.control.showCode('chen')))
  expect(answer).toMatchObject({ sub_code: 'ACQ.INVALID_PARAMETER' })
  expect(answer['sub_msg']).toContain(field)
})

test('an order number is paid once, whatever comes under it later', async () => {
  const alipay = await open()
  const call = caller(alipay)
  await call('pay', sale('A1', '10.00', alipay.control.showCode('chen')))
  const again = await call('pay', sale('A1', '10.00', alipay.control.showCode('chen')))
  expect(again).toMatchObject({ code: '40004', sub_code: 'ACQ.TRADE_HAS_SUCCESS' })
  expect(balance(alipay, 'payer:chen')).toBe(999_000n)
})

test('a payer above the limit types the password, and the order is paid then', async () => {
  const alipay = await open()
  const call = caller(alipay)
  const code = alipay.control.showCode('zhao')
  const asked = await call('pay', sale('A1', '200.00', code))
  expect(asked).toMatchObject({ code: '10003', msg: 'order success pay inprocess' })
  // The same call once more, as after a lost answer: it still waits, and the code is not at fault.
  expect(await call('pay', sale('A1', '200.00', code))).toMatchObject({ code: '10003' })
  expect(await call('query', { out_trade_no: 'A1' })).toMatchObject({
    trade_status: 'WAIT_BUYER_PAY',
  })

  const shown = (await (await fetch(`${alipay.url}/phone/zhao.json`)).json()) as Biz
  expect(shown['waiting']).toMatchObject([{ order_no: 'A1', amount: 20_000 }])
  const type = (password: string) =>
    posted(alipay, '/phone/zhao/password', { order_no: 'A1', password })
  expect(await type('000000')).toMatchObject({ status: 422, result: 'wrong_password' })
  expect((await call('query', { out_trade_no: 'A1' }))['trade_status']).toBe('WAIT_BUYER_PAY')
  expect(await type('123456')).toMatchObject({ status: 200, result: 'paid' })
  expect((await call('query', { out_trade_no: 'A1' }))['trade_status']).toBe('TRADE_SUCCESS')
  expect(await type('123456')).toMatchObject({ status: 404, result: 'not_waiting' })
})

test('a payer who never types the password lets the order close by itself', async () => {
  const alipay = await open()
  const call = caller(alipay)
  await call('pay', sale('A1', '200.00', alipay.control.showCode('zhao')))
  await alipay.clock.advance(3 * 60_000)
  expect((await call('query', { out_trade_no: 'A1' }))['trade_status']).toBe('TRADE_CLOSED')
  expect(balance(alipay, 'payer:zhao')).toBe(300_000n)
})

test('the phone page shows the code as bars and as a QR code, in both languages', async () => {
  const { url } = await open()
  const page = await (await fetch(`${url}/phone/chen?lang=en`)).text()
  expect(page).toMatch(/data-code="(2[5-9]|30)\d{16}"/)
  expect(page.match(/<svg/g)).toHaveLength(2)
  expect(page).toContain('Show this code to the cashier')
  expect(await (await fetch(`${url}/phone/chen?lang=zh`)).text()).toContain('付款码')
  const form = new URLSearchParams({ order_no: 'A1', password: '123456' })
  const back = await fetch(`${url}/phone/chen/password?lang=en`, { method: 'POST', body: form })
  expect(await back.text()).toContain('No such payment waits for you')
})

test('a counterpart that is started again over its journal has its keys, money and trades', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'alipay-'))
  const dataFile = path.join(folder, 'alipay.jsonl')
  const clock = () => virtualClock({ startAt: noon, running: false })
  const before = await open({ dataFile, clock: clock() })
  await caller(before)('pay', sale('A1', '10.00', before.control.showCode('chen')))
  await caller(before)('pay', sale('A2', '200.00', before.control.showCode('zhao')))
  await before.close()
  opened.pop()

  const after = await open({ dataFile, clock: clock() })
  const call = caller({ sdk: clientOf(after) })
  expect(after.control.setUp().apps).toEqual(before.control.setUp().apps)
  expect((await call('query', { out_trade_no: 'A1' }))['trade_status']).toBe('TRADE_SUCCESS')
  expect(balance(after, 'payer:chen')).toBe(999_000n)
  await after.clock.advance(3 * 60_000)
  expect((await call('query', { out_trade_no: 'A2' }))['trade_status']).toBe('TRADE_CLOSED')
  await rm(folder, { recursive: true })
})

test('amounts that end in 01 to 05 succeed, wait, hide, lack money and find the code dead', async () => {
  const alipay = await open()
  const call = caller(alipay)
  const pay = (no: string, amount: string) =>
    call('pay', sale(no, amount, alipay.control.showCode('chen')))
  const statusOf = async (no: string) => (await call('query', { out_trade_no: no }))['trade_status']

  expect(await pay('M1', '5.01')).toMatchObject({ code: '10000' })
  expect(await pay('M2', '5.02')).toMatchObject({ code: '10003' })
  expect(await statusOf('M2')).toBe('WAIT_BUYER_PAY')
  expect(await statusOf('M2')).toBe('WAIT_BUYER_PAY')
  expect(await statusOf('M2')).toBe('TRADE_SUCCESS')
  expect(await pay('M3', '5.03')).toMatchObject({ code: '40004', sub_code: 'ACQ.SYSTEM_ERROR' })
  expect(await statusOf('M3')).toBe('TRADE_SUCCESS')
  expect(await pay('M4', '5.04')).toMatchObject({ sub_code: 'ACQ.BUYER_BALANCE_NOT_ENOUGH' })
  expect(await pay('M5', '5.05')).toMatchObject({ sub_code: 'ACQ.PAYMENT_AUTH_CODE_INVALID' })
  expect(balance(alipay, 'payer:chen')).toBe(1_000_000n - 501n - 502n - 503n)
})

test('cancel closes what is unpaid and refunds what is paid, however often it is called', async () => {
  const alipay = await open()
  const call = caller(alipay)
  await call('pay', sale('A1', '30.00', alipay.control.showCode('chen')))
  await call('pay', sale('A2', '200.00', alipay.control.showCode('zhao')))
  for (const time of ['once', 'twice']) {
    expect(await call('cancel', { out_trade_no: 'A1' }), time).toMatchObject({
      code: '10000',
      retry_flag: 'N',
      action: 'refund',
    })
    expect(await call('cancel', { out_trade_no: 'A2' }), time).toMatchObject({ action: 'close' })
  }
  expect((await call('query', { out_trade_no: 'A1' }))['trade_status']).toBe('TRADE_CLOSED')
  expect(balance(alipay, 'payer:chen')).toBe(1_000_000n)
  expect(balance(alipay, 'payer:zhao')).toBe(300_000n)
  expect(balance(alipay, 'alipay:fees')).toBe(0n)
})

test('cancel of an order that is not there says so by not naming an action', async () => {
  const call = caller(await open())
  const answer = await call('cancel', { out_trade_no: 'A9' })
  expect(answer).toEqual({
    code: '10000',
    msg: 'Success',
    out_trade_no: 'A9',
    retry_flag: 'N',
    traceId: expect.any(String) as string,
  })
})

test('cancel comes too late after a day, and calls again when it is told to', async () => {
  const alipay = await open()
  const call = caller(alipay)
  const pay = (no: string) => call('pay', sale(no, '30.00', alipay.control.showCode('chen')))
  await pay('A1')
  alipay.control.faults.add({ kind: 'recall', value: 2 })
  expect(await call('cancel', { out_trade_no: 'A1' })).toMatchObject({ retry_flag: 'Y' })
  expect((await call('query', { out_trade_no: 'A1' }))['trade_status']).toBe('TRADE_SUCCESS')
  expect(await call('cancel', { out_trade_no: 'A1' })).toMatchObject({ retry_flag: 'Y' })
  expect(await call('cancel', { out_trade_no: 'A1' })).toMatchObject({ action: 'refund' })

  await pay('A2')
  await alipay.clock.advance(24 * 3_600_000 + 1)
  expect(await call('cancel', { out_trade_no: 'A2' })).toMatchObject({
    sub_code: 'ACQ.TRADE_CANCEL_TIME_OUT',
  })
})

test('an order that was cancelled may be paid late all the same, when the fault says so', async () => {
  const alipay = await open()
  const call = caller(alipay)
  const { url, got } = await inbox()
  const order = sale('A1', '200.00', alipay.control.showCode('zhao'))
  await call('pay', order, { notifyUrl: url })
  alipay.control.faults.add({ kind: 'late_success', value: 8_000 })
  expect(await call('cancel', { out_trade_no: 'A1' })).toMatchObject({ action: 'close' })
  expect((await call('query', { out_trade_no: 'A1' }))['trade_status']).toBe('TRADE_CLOSED')
  await alipay.clock.advance(8_000)
  expect((await call('query', { out_trade_no: 'A1' }))['trade_status']).toBe('TRADE_SUCCESS')
  await alipay.control.idle()
  expect(got.map((notice) => notice['trade_status'])).toEqual(['TRADE_CLOSED', 'TRADE_SUCCESS'])
  expect(balance(alipay, 'payer:zhao')).toBe(280_000n)
})

test('refunds are many, idempotent, and never more than was paid', async () => {
  const alipay = await open()
  const call = caller(alipay)
  await call('pay', sale('A1', '10.00', alipay.control.showCode('chen')))
  const refund = (no: string | undefined, amount: string) =>
    call('refund', { out_trade_no: 'A1', refund_amount: amount, out_request_no: no })

  expect(await refund('R1', '4.00')).toMatchObject({ fund_change: 'Y', refund_fee: '4.00' })
  expect(await refund('R1', '4.00')).toMatchObject({ fund_change: 'N', refund_fee: '4.00' })
  expect(await refund('R1', '5.00')).toMatchObject({ sub_code: 'ACQ.DISCORDANT_REPEAT_REQUEST' })
  expect(await refund(undefined, '1.00')).toMatchObject({ sub_code: 'ACQ.INVALID_PARAMETER' })
  expect(await refund('R2', '6.01')).toMatchObject({ sub_code: 'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL' })
  expect(await refund('R3', '6.00')).toMatchObject({
    fund_change: 'Y',
    refund_fee: '10.00',
    send_back_fee: '6.00',
  })
  expect(await refund('R4', '0.01')).toMatchObject({ sub_code: 'ACQ.TRADE_HAS_CLOSE' })
  expect((await call('query', { out_trade_no: 'A1' }))['trade_status']).toBe('TRADE_CLOSED')
  expect(balance(alipay, 'payer:chen')).toBe(1_000_000n)
  expect(balance(alipay, 'alipay:fees')).toBe(0n)

  const ask = (no: string) =>
    call('fastpay.refund.query', { out_trade_no: 'A1', out_request_no: no })
  expect(await ask('R1')).toMatchObject({
    refund_amount: '4.00',
    total_amount: '10.00',
    refund_status: 'REFUND_SUCCESS',
  })
  expect(await ask('R9')).toEqual({
    code: '10000',
    msg: 'Success',
    traceId: expect.any(String) as string,
  })
})

test('a merchant without money cannot refund', async () => {
  const alipay = await open()
  const call = caller(alipay)
  await call('pay', sale('A1', '10.00', alipay.control.showCode('chen')))
  alipay.control.withdraw(appOf(alipay).app_id, 900n)
  const refund = { out_trade_no: 'A1', refund_amount: '10.00' }
  expect(await call('refund', refund)).toMatchObject({ sub_code: 'ACQ.SELLER_BALANCE_NOT_ENOUGH' })
  expect(await call('cancel', { out_trade_no: 'A1' })).toMatchObject({
    sub_code: 'ACQ.SELLER_BALANCE_NOT_ENOUGH',
  })
  expect(balance(alipay, 'payer:chen')).toBe(999_000n)
})

test('close is for unpaid orders only', async () => {
  const alipay = await open()
  const call = caller(alipay)
  await call('pay', sale('A1', '200.00', alipay.control.showCode('zhao')))
  await call('pay', sale('A2', '10.00', alipay.control.showCode('chen')))
  expect(await call('close', { out_trade_no: 'A1' })).toMatchObject({ code: '10000' })
  expect(await call('close', { out_trade_no: 'A2' })).toMatchObject({
    sub_code: 'ACQ.TRADE_STATUS_ERROR',
  })
})

test('a notice is signed as the official client verifies it, and stops at "success"', async () => {
  const alipay = await open()
  const { url, got } = await inbox(['SUCCESS', '<b>success</b>'])
  const order = sale('A1', '10.00', alipay.control.showCode('chen'))
  await caller(alipay)('pay', order, { notifyUrl: url })
  const { control } = alipay
  await control.idle()
  expect(got).toHaveLength(1)
  for (const notice of got) expect(alipay.sdk.checkNotifySignV2(notice)).toBe(true)
  expect(got[0]).toMatchObject({
    notify_type: 'trade_status_sync',
    app_id: appOf(alipay).app_id,
    seller_id: appOf(alipay).seller_id,
    out_trade_no: 'A1',
    trade_status: 'TRADE_SUCCESS',
    total_amount: '10.00',
    subject: '早餐/豆浆 & 油条',
    gmt_payment: '2026-11-23 12:00:00',
  })
  expect(alipay.sdk.checkNotifySignV2({ ...got[0], total_amount: '0.01' })).toBe(false)
  await alipay.clock.advance(25 * 3_600_000)
  await control.idle()
  expect(got).toHaveLength(3)
  expect(new Set(got.map((notice) => notice['notify_id'])).size).toBe(1)
  expect(control.pendingNotices()).toEqual([])
})

test('a notice that nobody takes climbs the whole ladder', async () => {
  const alipay = await open()
  const { url, got } = await inbox(Array.from({ length: 20 }, () => 'fail'))
  const order = sale('A1', '10.00', alipay.control.showCode('chen'))
  await caller(alipay)('pay', order, { notifyUrl: url })
  await alipay.control.idle()
  await alipay.clock.advance(48 * 3_600_000)
  const minutes = alipay.control
    .deliveries()
    .map(({ at }) => (Date.parse(at) - noon.getTime()) / 60_000)
  expect(minutes).toEqual([0, 4, 14, 24, 84, 204, 564, 1_464])
  expect(got).toHaveLength(8)
})

test('notices may be lost, doubled, out of order or wrongly signed', async () => {
  const alipay = await open()
  const call = caller(alipay)
  const { url, got } = await inbox()
  const { faults, idle } = alipay.control
  const pay = async (no: string) => {
    const order = sale(no, '10.00', alipay.control.showCode('chen'))
    await call('pay', order, { notifyUrl: url })
    await idle()
  }
  faults.add({ kind: 'notice_lost', orderNo: 'A1' })
  faults.add({ kind: 'notice_duplicate', orderNo: 'A2' })
  faults.add({ kind: 'notice_reordered', orderNo: 'A3' })
  faults.add({ kind: 'wrong_signature', orderNo: 'A5', operation: 'notice' })
  for (const no of ['A1', 'A2', 'A3', 'A4', 'A5']) await pay(no)
  expect(got.map((notice) => notice['out_trade_no'])).toEqual(['A2', 'A2', 'A4', 'A3', 'A5'])
  expect(got.map((notice) => alipay.sdk.checkNotifySignV2(notice))).toEqual([
    ...[true, true, true, true],
    false,
  ])
  await alipay.clock.advance(4 * 60_000)
  expect(got.at(-1)).toMatchObject({ out_trade_no: 'A1' })
})

test('a refund is told by a notice too, with what was refunded so far', async () => {
  const alipay = await open()
  const call = caller(alipay)
  const { url, got } = await inbox()
  const order = sale('A1', '10.00', alipay.control.showCode('chen'))
  await call('pay', order, { notifyUrl: url })
  for (const [no, amount] of [
    ['R1', '4.00'],
    ['R2', '6.00'],
  ]) {
    await call('refund', { out_trade_no: 'A1', refund_amount: amount, out_request_no: no })
  }
  await alipay.control.idle()
  const told = got.map((one) => [one['trade_status'], one['refund_fee'], one['out_biz_no']])
  expect(told).toEqual([
    ['TRADE_SUCCESS', undefined, undefined],
    ['TRADE_SUCCESS', '4.00', 'R1'],
    ['TRADE_CLOSED', '10.00', 'R2'],
  ])
})

test('an order shown as a QR code is born when the payer scans it', async () => {
  const alipay = await open()
  const call = caller(alipay)
  const order = { out_trade_no: 'Q1', total_amount: '25.00', subject: '晚餐' }
  const made = await call('precreate', order)
  expect(made['qr_code']).toMatch(/^https:\/\/qr\.alipay\.com\/bax/)
  expect(await call('precreate', order)).toMatchObject({ qr_code: made['qr_code'] })
  expect(await call('precreate', { ...order, total_amount: '26.00' })).toMatchObject({
    sub_code: 'ACQ.CONTEXT_INCONSISTENT',
  })
  expect(await call('query', { out_trade_no: 'Q1' })).toMatchObject({
    sub_code: 'ACQ.TRADE_NOT_EXIST',
  })
  expect(await scan(alipay, 'chen', String(made['qr_code']))).toMatchObject({
    status: 200,
    out_trade_no: 'Q1',
  })
  expect((await call('query', { out_trade_no: 'Q1' }))['trade_status']).toBe('TRADE_SUCCESS')
  expect(await scan(alipay, 'zhao', String(made['qr_code']))).toMatchObject({
    status: 422,
    sub_code: 'ACQ.TRADE_HAS_SUCCESS',
  })
})

async function posted(alipay: Pick<Alipay, 'url'>, path: string, fields: Biz): Promise<Biz> {
  const answer = await fetch(`${alipay.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fields),
  })
  return { status: answer.status, ...((await answer.json()) as Biz) }
}

const scan = (alipay: Pick<Alipay, 'url'>, login: string, code_url: string): Promise<Biz> =>
  posted(alipay, `/phone/${login}/pay`, { code_url, password: '123456' })

test('the app hands the phone a signed order string, and only the app can', async () => {
  const alipay = await open()
  const biz = { out_trade_no: 'P1', total_amount: '12.50', subject: '套餐 A+B' }
  const order = alipay.sdk.sdkExecute('alipay.trade.app.pay', { bizContent: biz })
  const forged = order.replace('12.50', '0.50')
  expect(await scan(alipay, 'chen', forged)).toMatchObject({
    status: 422,
    sub_code: 'isv.invalid-signature',
  })
  const paid = await scan(alipay, 'chen', order)
  const told = paid['app_result'] as { resultStatus: string; result: string }
  expect(told.resultStatus).toBe('9000')
  const { alipay_trade_app_pay_response: content } = JSON.parse(told.result) as Record<string, Biz>
  expect(content).toMatchObject({ code: '10000', out_trade_no: 'P1', total_amount: '12.50' })
  expect(await caller(alipay)('query', { out_trade_no: 'P1' })).toMatchObject({
    trade_status: 'TRADE_SUCCESS',
  })
})

test('a web page sends the payer to the cashier, who pays there and comes back', async () => {
  const alipay = await open()
  const link = alipay.sdk.pageExecute('alipay.trade.wap.pay', 'GET', {
    returnUrl: 'https://shop.example/done?cart=7',
    bizContent: {
      out_trade_no: 'W1',
      total_amount: '66.00',
      subject: '礼盒',
      quit_url: 'https://shop.example/cart',
    },
  })
  const page = await fetch(link)
  expect(page.url).toMatch(/\/cashier\/bax/)
  expect(await page.text()).toContain('礼盒 ¥66.00')
  const act = (form: Record<string, string>) =>
    fetch(page.url, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' })
  const left = await act({ action: 'leave' })
  expect(left.headers.get('location')).toBe('https://shop.example/cart')
  expect((await act({ payer: 'chen', password: '1' })).status).toBe(403)
  const paid = await act({ payer: 'chen', password: '123456' })
  const back = new URL(paid.headers.get('location')!)
  const fields = Object.fromEntries(back.searchParams)
  expect(fields).toMatchObject({ cart: '7', out_trade_no: 'W1', total_amount: '66.00' })
  const { cart: _own, ...signed } = fields
  expect(alipay.sdk.checkNotifySignV2(signed)).toBe(true)
  expect(signedText(signed)).toContain('out_trade_no=W1')
})

test('a payer who has signed is charged without being asked, until the agreement ends', async () => {
  const alipay = await open()
  const { sdk } = alipay
  const { url, got } = await inbox()
  const sign = sdk.pageExecute('alipay.user.agreement.page.sign', 'GET', {
    notifyUrl: url,
    returnUrl: 'https://shop.example/linked',
    bizContent: {
      personal_product_code: 'GENERAL_WITHHOLDING_P',
      external_agreement_no: 'link-1',
      sign_scene: 'INDUSTRY|DEFAULT_SCENE',
    },
  })
  const { url: page } = await fetch(sign)
  const signed = await fetch(page, {
    method: 'POST',
    headers: { accept: 'application/json' },
    body: new URLSearchParams({ payer: 'chen', password: '123456' }),
  })
  expect(signed.status).toBe(200)
  await alipay.control.idle()
  expect(got[0]).toMatchObject({ notify_type: 'dut_user_sign', status: 'NORMAL' })
  expect(sdk.checkNotifySignV2(got[0]!)).toBe(true)

  const agreement_no = got[0]!['agreement_no']!
  const ask = (biz: Biz) =>
    sdk.exec('alipay.user.agreement.query', { bizContent: biz }, { validateSign: true })
  expect(await ask({ external_agreement_no: 'link-1' })).toMatchObject({ agreement_no })
  const call = caller(alipay)
  const pay = (no: string) =>
    call('pay', {
      out_trade_no: no,
      total_amount: '2000.00',
      subject: '月费',
      product_code: 'GENERAL_WITHHOLDING',
      agreement_params: { agreement_no },
    })
  expect(await pay('G1')).toMatchObject({ code: '10000', total_amount: '2000.00' })
  await sdk.exec('alipay.user.agreement.unsign', { bizContent: { agreement_no } })
  expect(await pay('G2')).toMatchObject({ sub_code: 'ACQ.AGREEMENT_STATUS_NOT_NORMAL' })
  expect(await ask({ agreement_no })).toMatchObject({ sub_code: 'USER_AGREEMENT_NOT_EXIST' })
  expect(balance(alipay, 'payer:chen')).toBe(800_000n)
})

test('an answer may be lost, cut or wrongly signed after the money has moved', async () => {
  const alipay = await open()
  const call = caller(alipay)
  const { faults } = alipay.control
  const pay = (no: string) => call('pay', sale(no, '10.00', alipay.control.showCode('chen')))
  // Twice: the official client sends once more by itself when a connection breaks.
  const twice = { operation: 'charge', times: 2 } as const
  faults.add({ kind: 'answer_lost', orderNo: 'A1', ...twice })
  faults.add({ kind: 'truncated', orderNo: 'A2', ...twice })
  faults.add({ kind: 'wrong_signature', orderNo: 'A3', ...twice })
  faults.add({ kind: 'request_lost', orderNo: 'A4', ...twice })
  faults.add({ kind: 'server_error', orderNo: 'A5', ...twice })
  await expect(pay('A1')).rejects.toThrow('HttpClient Request error')
  await expect(pay('A2')).rejects.toThrow()
  await expect(pay('A3')).rejects.toThrow('验签失败')
  await expect(pay('A4')).rejects.toThrow('HttpClient Request error')
  await expect(pay('A5')).rejects.toThrow('status: 502')
  for (const no of ['A1', 'A2', 'A3']) {
    expect(await call('query', { out_trade_no: no }), no).toMatchObject({
      trade_status: 'TRADE_SUCCESS',
    })
  }
  for (const no of ['A4', 'A5']) {
    expect(await call('query', { out_trade_no: no }), no).toMatchObject({
      sub_code: 'ACQ.TRADE_NOT_EXIST',
    })
  }
})

test('a program in another process does all of it by the control API', async () => {
  const alipay = await open()
  const call = caller(alipay)
  const tell = (at: string, fields: Biz) => posted(alipay, `/control/${at}`, fields)
  expect(await tell('payers', { name: 'lin', shown_name: '林', balance: 500 })).toMatchObject({
    status: 200,
    name: 'lin',
  })
  const { agreement_no } = await tell('agreements', {
    payer: 'lin',
    app_id: appOf(alipay).app_id,
  })
  const pay = (no: string) =>
    call('pay', {
      out_trade_no: no,
      total_amount: '2.00',
      subject: '早报',
      agreement_params: { agreement_no },
    })
  expect(await tell('faults', { kind: 'busy', operation: 'charge', order_no: 'C1' })).toMatchObject(
    {
      status: 201,
    },
  )
  expect(await pay('C1')).toMatchObject({ code: '20000', sub_code: 'isp.unknow-error' })
  expect(await pay('C1')).toMatchObject({ code: '10000' })
  expect(await tell('clock', { advance_ms: 86_400_001 })).toMatchObject({
    now: '2026-11-24T04:00:00.001Z',
  })
  expect(await call('cancel', { out_trade_no: 'C1' })).toMatchObject({
    sub_code: 'ACQ.TRADE_CANCEL_TIME_OUT',
  })
  await tell('payers', { name: 'lin', state: 'frozen' })
  expect(await pay('C2')).toMatchObject({ sub_code: 'ACQ.BUYER_ENABLE_STATUS_FORBID' })
  const { app_id } = await tell('apps', { name: '第二家' })
  expect(alipay.control.setUp().apps[1]).toMatchObject({ app_id, name: '第二家' })
  expect(await tell('payers', { name: '../x' })).toMatchObject({ status: 422 })
})

test('the same seed brings the same faults to the same orders, in whatever order they come', async () => {
  const profile = { charge: { busy: 0.2, not_enough: 0.2, confirm: 0.2 } }
  const run = async (seed: string, numbers: number[]) => {
    const alipay = await open({ seed, profile, magicAmounts: false })
    const call = caller(alipay)
    const met = new Map<number, unknown>()
    for (const number of numbers) {
      const order = sale(`S${number}`, '1.00', alipay.control.showCode('chen'))
      const { code, sub_code } = await call('pay', order)
      met.set(number, [code, sub_code])
    }
    expect(sumOf(alipay.control.books().balances)).toBe(0n)
    return [...met].toSorted(([one], [other]) => one - other)
  }
  const numbers = Array.from({ length: 30 }, (_none, at) => at)
  const first = await run('seven', numbers)
  expect(await run('seven', numbers.toReversed())).toEqual(first)
  expect(await run('eight', numbers)).not.toEqual(first)
})

test('the books balance and have what both bill files will need', async () => {
  const alipay = await open()
  const call = caller(alipay)
  await call('pay', sale('A1', '100.00', alipay.control.showCode('chen')))
  await alipay.clock.advance(60_000)
  await call('refund', { out_trade_no: 'A1', refund_amount: '30.00', out_request_no: 'R1' })
  const books = alipay.control.books()
  expect(sumOf(books.balances)).toBe(0n)
  expect(books.tradeLines).toMatchObject([
    {
      kind: 'trade',
      outTradeNo: 'A1',
      orderMinor: 10_000n,
      feeMinor: -38n,
      storeName: '门店 S1',
      counterparty: '*静(138******01)',
    },
    { kind: 'refund', outRequestNo: 'R1', orderMinor: -3_000n, feeMinor: 11n },
  ])
  const account = books.accountLines.map((line) => [line.incomeMinor, line.expenseMinor])
  expect(account).toEqual([
    [10_000n, 0n],
    [0n, 38n],
    [11n, 0n],
    [0n, 3_000n],
  ])
  const own = balance(alipay, `merchant:${appOf(alipay).app_id}`)
  expect(books.accountLines.at(-1)!.balanceMinor).toBe(own)
  // The control API tells the same in JSON.
  const answer = await fetch(`${alipay.url}/control/books`)
  expect(((await answer.json()) as { balances: Biz }).balances['payer:chen']).toBe(993_000)
})

test('books that somebody has written in say what does not add up', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'alipay-'))
  const dataFile = path.join(folder, 'alipay.jsonl')
  const before = await open({ dataFile })
  await caller(before)('pay', sale('A1', '10.00', before.control.showCode('chen')))
  await before.close()
  opened.pop()
  const journal = await readFile(dataFile, 'utf8')
  const changed = journal.replace(/("kind":"service_fee".*"minor":)"4"/, '$1"3"')
  expect(changed).not.toBe(journal)
  await writeFile(dataFile, changed)

  const after = await open({ dataFile })
  opened.pop()
  const { wrong } = after.control.books()
  await after.close()
  expect(wrong).toEqual([
    expect.stringContaining(':fees: 3 in the books, 4 told'),
    expect.stringContaining(': 997 in the books, 996 told'),
  ])
  await rm(folder, { recursive: true })
})
