import { createHash, createSign, createVerify, X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, expect, test } from 'vitest'

import { virtualClock } from '../../sandbox/counterpart/clock.ts'
import { startServer, text } from '../../sandbox/counterpart/http.ts'
import {
  startUnionpay,
  type Unionpay,
  type UnionpayOptions,
} from '../../sandbox/unionpay/unionpay.ts'

// The merchant's side is written here once more, from UnionPay's rules and with nothing of the
// sandbox: how to sign, how to read an answer that is not encoded, and whom to believe.

type Fields = Record<string, string>

const covered = (fields: Fields) =>
  Object.entries(fields)
    .filter(([name, value]) => name !== 'signature' && value !== '')
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map((pair) => pair.join('='))
    .join('&')

const digest = (fields: Fields) => createHash('sha256').update(covered(fields)).digest('hex')

function readAnswer(body: string): Fields {
  const fields: Fields = {}
  // A nested value, {a=1&b=2}, has separators of its own.
  for (const [pair] of body.matchAll(/[^&={}]+=(?:\{[^}]*\}|[^&]*)/g)) {
    const at = pair.indexOf('=')
    fields[pair.slice(0, at)] = pair.slice(at + 1)
  }
  return fields
}

function isTrue(fields: Fields, rootPem: string): boolean {
  const certificate = new X509Certificate(fields['signPubKeyCert']!)
  return (
    certificate.verify(new X509Certificate(rootPem).publicKey) &&
    certificate.subject.split('@')[2] === '00040000:SIGN' &&
    createVerify('RSA-SHA256')
      .update(digest(fields))
      .verify(certificate.publicKey, fields['signature']!, 'base64')
  )
}

const noon = new Date('2026-11-23T04:00:00Z')
const opened: { close(): Promise<void>; control?: { books(): { wrong: string[] } } }[] = []

afterEach(async () => {
  const all = opened.splice(0)
  const wrong = all.flatMap(({ control }) => control?.books().wrong ?? [])
  for (const one of all) await one.close()
  expect(wrong).toEqual([])
})

async function open(options: Partial<UnionpayOptions> = {}) {
  const clock = options.clock ?? virtualClock({ startAt: noon, running: false })
  const unionpay = await startUnionpay({ port: 0, seed: 'test', workMs: 0, clock, ...options })
  opened.push(unionpay)
  return { ...unionpay, clock, ...merchantOf(unionpay) }
}

/** A merchant's server over its own keys. */
function merchantOf(unionpay: Pick<Unionpay, 'control'>) {
  const setUp = unionpay.control.setUp()
  const { mer_id: merId, cert_id: certId, private_key: key } = setUp.merchants[0]!
  const sign = (fields: Fields): Fields => {
    const common = { version: '5.1.0', encoding: 'UTF-8', signMethod: '01', accessType: '0' }
    const whole: Fields = { ...common, bizType: '000000', merId, certId, ...fields }
    const signature = createSign('RSA-SHA256').update(digest(whole)).sign(key, 'base64')
    return { ...whole, signature }
  }
  const send = async (url: string, whole: Fields): Promise<Fields> => {
    const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(whole) })
    const fields = readAnswer(await answer.text())
    if (!isTrue(fields, setUp.root_certificate)) throw new Error('the answer is not UnionPay’s')
    return fields
  }
  const back = (fields: Fields) =>
    send(setUp.back_trans_url, sign({ channelType: '07', ...fields }))
  return {
    setUp,
    merId,
    sign,
    send,
    back,
    scan: (orderId: string, txnAmt: string, qrNo: string, more: Fields = {}) =>
      back({ ...purchase(orderId, txnAmt), txnSubType: '06', qrNo, termId: '00000001', ...more }),
    query: (orderId: string, more: Fields = {}) =>
      send(
        setUp.query_url,
        sign({ txnType: '00', txnSubType: '00', orderId, txnTime: time, ...more }),
      ),
  }
}

const time = '20261123120000'
const purchase = (orderId: string, txnAmt: string): Fields => ({
  txnType: '01',
  orderId,
  txnTime: time,
  txnAmt,
  currencyCode: '156',
})

/** A merchant's backUrl that answers with the given statuses and keeps what came. */
async function inbox(statuses: number[] = []) {
  const got: Fields[] = []
  const server = await startServer({
    port: 0,
    respond: (call) => {
      got.push(Object.fromEntries(new URLSearchParams(call.text)))
      return text(statuses.shift() ?? 200, 'ok')
    },
  })
  opened.push(server)
  return { backUrl: `${server.url}/back`, got }
}

const balance = (unionpay: Pick<Unionpay, 'control'>, account: string) =>
  unionpay.control.books().balances[account] ?? 0n

const sumOf = (balances: Record<string, bigint>) =>
  Object.values(balances).reduce((sum, minor) => sum + minor, 0n)

async function posted(unionpay: Pick<Unionpay, 'url'>, at: string, fields: Fields) {
  const answer = await fetch(`${unionpay.url}${at}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fields),
  })
  return { status: answer.status, ...((await answer.json()) as Record<string, unknown>) }
}

test('a scanned code is accepted first, and paid a moment later', async () => {
  const unionpay = await open({ workMs: 300 })
  const code = unionpay.control.showCode('zhou')
  expect(code).toMatch(/^62\d{17}$/)
  const answer = await unionpay.scan('ORDER001', '8801', code, { reqReserved: '台号5' })
  expect(answer).toMatchObject({ respCode: '00', orderId: 'ORDER001', reqReserved: '台号5' })
  expect(answer['queryId']).toMatch(/^\d{21}$/)
  expect(await unionpay.query('ORDER001')).toMatchObject({ respCode: '00', origRespCode: '05' })
  expect(balance(unionpay, 'card:zhou')).toBe(1_000_000n)

  await unionpay.clock.advance(300)
  expect(await unionpay.query('ORDER001')).toMatchObject({
    respCode: '00',
    origRespCode: '00',
    txnType: '01',
    txnSubType: '06',
    queryId: answer['queryId'],
    settleAmt: '8801',
    settleDate: '1123',
    accNo: '6216***********0018',
    payCardType: '01',
  })
  expect(balance(unionpay, 'card:zhou')).toBe(991_199n)
  expect(balance(unionpay, `merchant:${unionpay.merId}`)).toBe(8_768n)
  const byNumber = { txnSubType: '02', queryId: answer['queryId']! }
  expect(await unionpay.query('', byNumber)).toMatchObject({ orderId: 'ORDER001' })
})

test('an answer is not encoded, and whoever decodes it as a form cannot verify it', async () => {
  const { query, setUp, sign } = await open()
  await expect(query('ORDER009')).resolves.toMatchObject({ respCode: '34' })
  const fields = sign({ txnType: '00', txnSubType: '00', orderId: 'ORDER009', txnTime: time })
  const answer = await fetch(setUp.query_url, { method: 'POST', body: new URLSearchParams(fields) })
  const body = await answer.text()
  expect(body).toContain('signPubKeyCert=-----BEGIN CERTIFICATE-----\r\n')
  const decoded = Object.fromEntries(new URLSearchParams(body)) as Fields
  const isStillTrue = () => isTrue(decoded, setUp.root_certificate)
  expect(body).toContain('+')
  expect(isStillTrue).toThrow()
})

test('a message that was changed, or signed by another, moves nothing', async () => {
  const unionpay = await open()
  const stranger = await open()
  const code = unionpay.control.showCode('zhou')
  const message = { ...purchase('ORDER001', '100'), txnSubType: '06', qrNo: code, termId: '1' }
  const { setUp, sign, send } = unionpay
  const changed = { ...sign(message), txnAmt: '1' }
  expect(await send(setUp.back_trans_url, changed)).toMatchObject({ respCode: '11' })
  const { signature: _own, ...whole } = sign(message)
  const forged = { ...whole, signature: stranger.sign(whole)['signature']! }
  expect(await send(setUp.back_trans_url, forged)).toMatchObject({ respCode: '11' })
  expect(unionpay.control.books().txns).toEqual([])
  expect(await unionpay.scan('ORDER001', '100', code)).toMatchObject({ respCode: '00' })
})

test.each([
  ['no termId', { termId: '' }, '13'],
  ['a short order number', { orderId: 'A1' }, '10'],
  ['an order number with a dash', { orderId: 'ORDER-001' }, '10'],
  ['a time that is none', { txnTime: '20261399000000' }, '10'],
  ['an amount with a point', { txnAmt: '1.00' }, '10'],
  ['no amount', { txnAmt: '0' }, '10'],
  ['another currency', { currencyCode: '840' }, '10'],
  ['another version', { version: '5.0.0' }, '10'],
  ['a merchant that is none', { merId: '777000000000000' }, '31'],
  ['a transaction that is none', { txnSubType: '99' }, '32'],
  ['a code that nobody showed', { qrNo: '6220835931895481436' }, '61'],
])('a message with %s is refused', async (_what, fields, respCode) => {
  const unionpay = await open()
  const qrNo = unionpay.control.showCode('zhou')
  const message: Fields = { ...purchase('ORDER001', '100'), txnSubType: '06', termId: '1', qrNo }
  expect(await unionpay.back({ ...message, ...fields })).toMatchObject({ respCode })
  expect(unionpay.control.books().txns).toEqual([])
})

test('a code is used up by the first payment, even one that fails, and dies after a minute', async () => {
  const unionpay = await open()
  const code = unionpay.control.showCode('qian')
  expect(await unionpay.scan('ORDER001', '900', code)).toMatchObject({ respCode: '00' })
  expect(await unionpay.query('ORDER001')).toMatchObject({ origRespCode: '64' })
  expect(await unionpay.scan('ORDER002', '100', code)).toMatchObject({ respCode: '61' })
  const old = unionpay.control.showCode('qian')
  await unionpay.clock.advance(60_000)
  expect(await unionpay.scan('ORDER003', '100', old)).toMatchObject({ respCode: '73' })
  expect(balance(unionpay, 'card:qian')).toBe(500n)
})

test('an order number and time are good for one transaction', async () => {
  const unionpay = await open()
  await unionpay.scan('ORDER001', '100', unionpay.control.showCode('zhou'))
  const again = await unionpay.scan('ORDER001', '100', unionpay.control.showCode('zhou'))
  expect(again).toMatchObject({ respCode: '12' })
  expect(balance(unionpay, 'card:zhou')).toBe(999_900n)
})

test('amounts that end in 01 to 05 succeed, wait, hide, lack money and find the code dead', async () => {
  const unionpay = await open()
  const pay = (no: string, amount: string) =>
    unionpay.scan(no, amount, unionpay.control.showCode('zhou'))
  const codeOf = async (no: string) => (await unionpay.query(no))['origRespCode']

  expect(await pay('MAGIC001', '501')).toMatchObject({ respCode: '00' })
  expect(await codeOf('MAGIC001')).toBe('00')
  expect(await pay('MAGIC002', '502')).toMatchObject({ respCode: '00' })
  expect([await codeOf('MAGIC002'), await codeOf('MAGIC002'), await codeOf('MAGIC002')]).toEqual([
    ...['05', '05'],
    '00',
  ])
  expect(await pay('MAGIC003', '503')).toMatchObject({ respCode: '04' })
  expect(await codeOf('MAGIC003')).toBe('00')
  expect(await pay('MAGIC004', '504')).toMatchObject({ respCode: '00' })
  expect(await codeOf('MAGIC004')).toBe('64')
  expect(await pay('MAGIC005', '505')).toMatchObject({ respCode: '73' })
  expect(await unionpay.query('MAGIC005')).toMatchObject({ respCode: '34' })
  expect(balance(unionpay, 'card:zhou')).toBe(1_000_000n - 501n - 502n - 503n)
})

test('a payer above the limit types the password on the phone, or lets the time run out', async () => {
  const unionpay = await open()
  for (const no of ['ORDER001', 'ORDER002', 'ORDER003']) {
    await unionpay.scan(no, '20000', unionpay.control.showCode('wu'))
  }
  const view = await (await fetch(`${unionpay.url}/phone/wu.json`)).json()
  expect(view).toMatchObject({ balance: 300_000, waiting: [{ amount: 20_000 }, {}, {}] })
  const type = (order_no: string, fields: Fields) =>
    posted(unionpay, '/phone/wu/password', { order_no, ...fields })
  expect(await type('ORDER001', { password: '1' })).toMatchObject({ status: 422 })
  expect(await unionpay.query('ORDER001')).toMatchObject({ origRespCode: '05' })
  expect(await type('ORDER001', { password: '123456' })).toMatchObject({ result: 'paid' })
  expect(await type('ORDER002', { action: 'cancel' })).toMatchObject({ result: 'cancelled' })
  await unionpay.clock.advance(60_000)
  expect(await unionpay.query('ORDER001')).toMatchObject({ origRespCode: '00' })
  expect(await unionpay.query('ORDER002')).toMatchObject({ origRespCode: '01' })
  expect(await unionpay.query('ORDER003')).toMatchObject({ origRespCode: '69' })
  expect(balance(unionpay, 'card:wu')).toBe(280_000n)
})

test('the phone page shows the code as bars and as a QR code', async () => {
  const { url } = await open()
  const page = await (await fetch(`${url}/phone/zhou?lang=en`)).text()
  expect(page).toMatch(/data-code="62\d{17}"/)
  expect(page.match(/<svg/g)).toHaveLength(2)
})

test('a notice tells of success only, signed, until it is taken or the ladder ends', async () => {
  const unionpay = await open()
  const { backUrl, got } = await inbox([500, 404, 500, 500, 500, 200])
  await unionpay.scan('ORDER001', '100', unionpay.control.showCode('zhou'), { backUrl })
  await unionpay.scan('ORDER002', '900', unionpay.control.showCode('qian'), { backUrl })
  await unionpay.control.idle()
  await unionpay.clock.advance(3_600_000)
  const sent = unionpay.control.deliveries()
  const minutes = sent.map(({ at }) => (Date.parse(at) - noon.getTime()) / 60_000)
  expect(minutes).toEqual([0, 1, 3, 7, 12])
  expect(new Set(got.map((notice) => notice['orderId']))).toEqual(new Set(['ORDER001']))
  for (const notice of got) {
    expect(isTrue(notice, unionpay.setUp.root_certificate)).toBe(true)
    expect(isTrue({ ...notice, txnAmt: '1' }, unionpay.setUp.root_certificate)).toBe(false)
  }
  expect(got[0]).toMatchObject({ respCode: '00', txnAmt: '100', settleDate: '1123' })
  expect(unionpay.control.pendingNotices()).toEqual([])
})

test('a notice may be lost, doubled or wrongly signed, and a redirect takes it too', async () => {
  const unionpay = await open()
  const { backUrl, got } = await inbox([302, 302])
  const { faults } = unionpay.control
  faults.add({ kind: 'notice_lost', orderNo: 'ORDER001' })
  faults.add({ kind: 'notice_duplicate', orderNo: 'ORDER002' })
  faults.add({ kind: 'wrong_signature', orderNo: 'ORDER003', operation: 'notice' })
  for (const no of ['ORDER001', 'ORDER002', 'ORDER003']) {
    await unionpay.scan(no, '100', unionpay.control.showCode('zhou'), { backUrl })
    await unionpay.control.idle()
  }
  await unionpay.clock.advance(60_000)
  const told = got.map((one) => [one['orderId'], isTrue(one, unionpay.setUp.root_certificate)])
  expect(told).toEqual([
    ['ORDER002', true],
    ['ORDER002', true],
    ['ORDER003', false],
    ['ORDER001', true],
  ])
})

test('a void undoes the whole of a purchase, on its clearing day only', async () => {
  const unionpay = await open()
  const paid = async (no: string) => {
    const answer = await unionpay.scan(no, '10000', unionpay.control.showCode('zhou'))
    return answer['queryId']!
  }
  const undo = (orderId: string, txnAmt: string, orig: Fields) =>
    unionpay.back({ txnType: '31', txnSubType: '00', orderId, txnTime: time, txnAmt, ...orig })
  const origQryId = await paid('ORDER001')
  expect(await undo('VOID0001', '9999', { origQryId })).toMatchObject({ respCode: '36' })
  expect(await undo('VOID0002', '10000', { origQryId })).toMatchObject({ respCode: '00' })
  expect(await unionpay.query('VOID0002')).toMatchObject({ origRespCode: '00', txnType: '31' })
  expect(await undo('VOID0003', '10000', { origQryId })).toMatchObject({ respCode: '35' })
  expect(balance(unionpay, 'card:zhou')).toBe(1_000_000n)
  expect(balance(unionpay, 'unionpay:fees')).toBe(0n)

  // 22:59:59 and 23:00:00 are two clearing days.
  await unionpay.clock.advance(Date.parse('2026-11-23T14:59:59Z') - noon.getTime())
  await paid('ORDER002')
  await unionpay.clock.advance(1_000)
  const late = { origOrderId: 'ORDER002', origTxnTime: time }
  expect(await undo('VOID0004', '10000', late)).toMatchObject({ respCode: '39' })
  await paid('ORDER003')
  expect(await unionpay.query('ORDER002')).toMatchObject({ settleDate: '1123' })
  expect(await unionpay.query('ORDER003')).toMatchObject({ settleDate: '1124' })
})

test('refunds are many and never more than was paid', async () => {
  const unionpay = await open({ workMs: 300 })
  await unionpay.scan('ORDER001', '1000', unionpay.control.showCode('zhou'))
  await unionpay.clock.advance(300)
  const refund = (orderId: string, txnAmt: string) =>
    unionpay.back({
      ...{ txnType: '04', txnSubType: '00', orderId, txnTime: time, txnAmt },
      ...{ origOrderId: 'ORDER001', origTxnTime: time },
    })
  // Two that together are too much, before either is done.
  expect(await refund('REFUND01', '700')).toMatchObject({ respCode: '00' })
  expect(await refund('REFUND02', '301')).toMatchObject({ respCode: '36' })
  expect(await unionpay.query('REFUND01')).toMatchObject({ origRespCode: '05' })
  expect(await refund('REFUND03', '300')).toMatchObject({ respCode: '00' })
  await unionpay.clock.advance(300)
  expect(await unionpay.query('REFUND01')).toMatchObject({ origRespCode: '00', txnAmt: '700' })
  expect(await refund('REFUND04', '1')).toMatchObject({ respCode: '36' })
  expect(balance(unionpay, 'card:zhou')).toBe(1_000_000n)
  expect(balance(unionpay, 'unionpay:fees')).toBe(0n)
  expect(await unionpay.query('ORDER001')).toMatchObject({ origRespCode: '00' })
})

test('a reversal takes back what is paid or under way, once or often, until the day is over', async () => {
  const unionpay = await open({ workMs: 300 })
  const reverse = (orderId: string) =>
    unionpay.back({ txnType: '99', txnSubType: '01', orderId, txnTime: time })
  await unionpay.scan('ORDER001', '1000', unionpay.control.showCode('zhou'))
  await unionpay.clock.advance(300)
  await unionpay.scan('ORDER002', '1000', unionpay.control.showCode('zhou'))
  for (const no of ['ORDER001', 'ORDER002', 'ORDER001']) {
    expect(await reverse(no)).toMatchObject({ respCode: '00' })
  }
  await unionpay.clock.advance(300)
  for (const no of ['ORDER001', 'ORDER002']) {
    expect(await unionpay.query(no)).toMatchObject({ respCode: '00', origRespCode: '01' })
  }
  expect(await reverse('ORDER009')).toMatchObject({ respCode: '34' })
  expect(balance(unionpay, 'card:zhou')).toBe(1_000_000n)
  expect(balance(unionpay, `merchant:${unionpay.merId}`)).toBe(0n)

  await unionpay.scan('ORDER003', '1000', unionpay.control.showCode('zhou'))
  await unionpay.clock.advance(12 * 3_600_000)
  expect(await reverse('ORDER003')).toMatchObject({ respCode: '39' })
})

test('a reversal may have to be called again, and may be overtaken by a late success', async () => {
  const unionpay = await open()
  const { faults } = unionpay.control
  const reverse = (orderId: string) =>
    unionpay.back({ txnType: '99', txnSubType: '01', orderId, txnTime: time })
  await unionpay.scan('ORDER001', '1000', unionpay.control.showCode('zhou'))
  faults.add({ kind: 'recall', value: 2, orderNo: 'ORDER001' })
  const codes = [await reverse('ORDER001'), await reverse('ORDER001'), await reverse('ORDER001')]
  expect(codes.map(({ respCode }) => respCode)).toEqual(['04', '04', '00'])

  await unionpay.scan('ORDER002', '20000', unionpay.control.showCode('wu'))
  faults.add({ kind: 'late_success', value: 9_000, orderNo: 'ORDER002' })
  expect(await reverse('ORDER002')).toMatchObject({ respCode: '00' })
  expect(await unionpay.query('ORDER002')).toMatchObject({ origRespCode: '01' })
  await unionpay.clock.advance(9_000)
  expect(await unionpay.query('ORDER002')).toMatchObject({ origRespCode: '00' })
  expect(balance(unionpay, 'card:wu')).toBe(280_000n)
  expect(sumOf(unionpay.control.books().balances)).toBe(0n)
})

test('an order shown as a QR code, or opened from an app, is paid on the phone', async () => {
  const unionpay = await open()
  const shown = await unionpay.back({ ...purchase('QRORDER1', '2500'), txnSubType: '07' })
  expect(shown['qrCode']).toMatch(/^https:\/\/qr\.95516\.com\//)
  expect(await unionpay.query('QRORDER1')).toMatchObject({ origRespCode: '05' })
  const scan = (login: string, code_url: string) =>
    posted(unionpay, `/phone/${login}/pay`, { code_url, password: '123456' })
  // One who cannot pay leaves the order to another.
  expect(await scan('qian', shown['qrCode']!)).toMatchObject({ status: 422, resp_code: '64' })
  expect(await scan('zhou', shown['qrCode']!)).toMatchObject({ result: 'paid' })
  expect(await scan('wu', shown['qrCode']!)).toMatchObject({ result: 'not_waiting' })
  expect(await unionpay.query('QRORDER1')).toMatchObject({ origRespCode: '00' })

  const { setUp, send, sign } = unionpay
  const app = sign({ ...purchase('APPORDER', '100'), txnSubType: '01', bizType: '000201' })
  const { tn } = await send(setUp.app_trans_url, app)
  expect(tn).toMatch(/^\d{21}$/)
  expect(await scan('wu', tn!)).toMatchObject({ result: 'paid' })
  const late = await unionpay.back({ ...purchase('QRORDER2', '2500'), txnSubType: '07' })
  await unionpay.clock.advance(15 * 60_000)
  expect(await scan('zhou', late['qrCode']!)).toMatchObject({ result: 'not_waiting' })
  expect(await unionpay.query('QRORDER2')).toMatchObject({ origRespCode: '69' })
})

test('a payer pays on the front page, and the browser carries the signed result back', async () => {
  const unionpay = await open()
  const { setUp, sign } = unionpay
  const frontUrl = 'https://shop.example/done'
  const order = sign({ ...purchase('WEBORDER', '6600'), txnSubType: '01', frontUrl })
  const page = await fetch(setUp.front_trans_url, {
    method: 'POST',
    body: new URLSearchParams(order),
  })
  expect(await page.text()).toContain('¥ 66.00')
  const at = new URL(page.url).pathname
  expect(await posted(unionpay, at, { payer: 'zhou', password: '1' })).toMatchObject({
    status: 422,
  })
  const paid = await posted(unionpay, at, { payer: 'zhou', password: '123456' })
  const { fields } = paid as unknown as { fields: Fields }
  expect(paid).toMatchObject({ status: 200, front_url: frontUrl })
  expect(isTrue(fields, setUp.root_certificate)).toBe(true)
  expect(fields).toMatchObject({ orderId: 'WEBORDER', respCode: '00' })
  const forged = await fetch(setUp.front_trans_url, {
    method: 'POST',
    body: new URLSearchParams({ ...order, txnAmt: '1' }),
  })
  expect(forged.status).toBe(400)
})

test('a card that the payer has put on file is charged by its token', async () => {
  const unionpay = await open()
  const { setUp, sign } = unionpay
  const { backUrl, got } = await inbox()
  const opening = sign({
    ...{ txnType: '79', txnSubType: '00', bizType: '000902', orderId: 'OPENCARD', txnTime: time },
    ...{ backUrl, tokenPayData: '{trId=62000000001&tokenType=01}' },
  })
  const page = await fetch(setUp.front_trans_url, {
    method: 'POST',
    body: new URLSearchParams(opening),
  })
  const at = new URL(page.url).pathname
  await posted(unionpay, at, { payer: 'zhou', password: '123456' })
  await unionpay.control.idle()
  const token = /token=(\d+)/.exec(got[0]!['tokenPayData']!)![1]!
  expect(await unionpay.query('OPENCARD')).toMatchObject({
    origRespCode: '00',
    tokenPayData: got[0]!['tokenPayData'],
  })

  const pay = (orderId: string, card: string) =>
    unionpay.back({
      ...purchase(orderId, '500000'),
      ...{ txnSubType: '01', bizType: '000902', tokenPayData: `{trId=62000000001&token=${card}}` },
    })
  expect(await pay('TOKEN001', token)).toMatchObject({ respCode: '00' })
  expect(await unionpay.query('TOKEN001')).toMatchObject({ origRespCode: '00' })
  expect(await pay('TOKEN002', '6235000000000000000')).toMatchObject({ respCode: '39' })
  const other = unionpay.control.cardOnFile('wu', unionpay.merId)
  expect(await pay('TOKEN003', other)).toMatchObject({ respCode: '00' })
  expect(await unionpay.query('TOKEN003')).toMatchObject({ origRespCode: '64' })
  expect(balance(unionpay, 'card:zhou')).toBe(500_000n)
})

test('an answer may be lost, cut or wrongly signed after the charge was accepted', async () => {
  const unionpay = await open()
  const { faults } = unionpay.control
  const pay = (no: string) => unionpay.scan(no, '100', unionpay.control.showCode('zhou'))
  const kinds = ['answer_lost', 'truncated', 'wrong_signature', 'request_lost', 'server_error']
  for (const [at, kind] of kinds.entries()) {
    faults.add({ kind: kind as 'answer_lost', orderNo: `FAULT00${at}`, operation: 'charge' })
    await expect(pay(`FAULT00${at}`), kind).rejects.toThrow()
  }
  const codes = []
  for (const at of kinds.keys()) codes.push(await unionpay.query(`FAULT00${at}`))
  expect(codes.map((one) => one['origRespCode'])).toEqual(['00', '00', '00', undefined, undefined])
  expect(balance(unionpay, 'card:zhou')).toBe(999_700n)
})

test('the same seed brings the same faults to the same orders, in whatever order they come', async () => {
  const profile = { charge: { busy: 0.2, not_enough: 0.2, code_expired: 0.2 } }
  const run = async (seed: string, numbers: number[]) => {
    const unionpay = await open({ seed, profile, magicAmounts: false })
    const met = new Map<number, unknown>()
    for (const number of numbers) {
      const no = `SEED${String(number).padStart(4, '0')}`
      const { respCode } = await unionpay.scan(no, '100', unionpay.control.showCode('zhou'))
      const { origRespCode } = await unionpay.query(no)
      met.set(number, [respCode, origRespCode])
    }
    expect(sumOf(unionpay.control.books().balances)).toBe(0n)
    return [...met].toSorted(([one], [other]) => one - other)
  }
  const numbers = Array.from({ length: 30 }, (_none, at) => at)
  const first = await run('seven', numbers)
  expect(await run('seven', numbers.toReversed())).toEqual(first)
  expect(await run('eight', numbers)).not.toEqual(first)
})

test('the books balance and have what the clearing file will need', async () => {
  const unionpay = await open()
  await unionpay.scan('ORDER001', '10000', unionpay.control.showCode('zhou'))
  await unionpay.scan('ORDER002', '500', unionpay.control.showCode('wu'))
  await unionpay.back({
    ...{ txnType: '04', txnSubType: '00', orderId: 'REFUND01', txnTime: time, txnAmt: '3000' },
    ...{ origOrderId: 'ORDER001', origTxnTime: time },
  })
  await unionpay.back({ txnType: '99', txnSubType: '01', orderId: 'ORDER002', txnTime: time })
  const { balances, clearingLines } = unionpay.control.books()
  expect(sumOf(balances)).toBe(0n)
  expect(clearingLines).toMatchObject([
    { kind: 'purchase', orderId: 'ORDER001', feeMinor: 38n, netMinor: 9_962n, mcc: '5311' },
    { kind: 'refund', origOrderId: 'ORDER001', feeMinor: -11n, netMinor: -2_989n },
  ])
  const net = clearingLines.reduce((sum, { netMinor }) => sum + netMinor, 0n)
  expect(balances[`merchant:${unionpay.merId}`]).toBe(net)
  const answer = await fetch(`${unionpay.url}/control/books`)
  expect(((await answer.json()) as { balances: Fields }).balances['card:wu']).toBe(300_000)
})

test('a counterpart that is started again over its journal has its keys, money and orders', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'unionpay-'))
  const dataFile = path.join(folder, 'unionpay.jsonl')
  const clock = () => virtualClock({ startAt: noon, running: false })
  const before = await open({ dataFile, clock: clock(), workMs: 300 })
  await before.scan('ORDER001', '1000', before.control.showCode('zhou'))
  await before.close()
  opened.pop()

  const after = await open({ dataFile, clock: clock(), workMs: 300 })
  expect(after.setUp.merchants).toEqual(before.setUp.merchants)
  expect(await after.query('ORDER001')).toMatchObject({ origRespCode: '05' })
  await after.clock.advance(300)
  expect(await after.query('ORDER001')).toMatchObject({ origRespCode: '00' })
  await rm(folder, { recursive: true })
})

test('books that somebody has written in say what does not add up', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'unionpay-'))
  const dataFile = path.join(folder, 'unionpay.jsonl')
  const before = await open({ dataFile })
  await before.scan('ORDER001', '1000', before.control.showCode('zhou'))
  await before.close()
  opened.pop()
  const journal = await readFile(dataFile, 'utf8')
  const changed = journal.replace(/("kind":"fee".*"minor":)"4"/, '$1"3"')
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
