import { createDecipheriv, createHash, createPublicKey, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { Wechatpay } from 'wechatpay-axios-plugin'

import { manualClock } from '../../modules/lib/clock.ts'
import { virtualClock } from '../../sandbox/counterpart/clock.ts'
import type { FaultRule } from '../../sandbox/counterpart/faults.ts'
import type { Answer, Call, RunningServer } from '../../sandbox/counterpart/http.ts'
import { startServer, text } from '../../sandbox/counterpart/http.ts'
import { openidOf } from '../../sandbox/wechat/accounts.ts'
import { ladderMs } from '../../sandbox/wechat/tell.ts'
import type { Fields } from '../../sandbox/wechat/v2-xml.ts'
import { readXml, signV2, writeXml } from '../../sandbox/wechat/v2-xml.ts'
import { signLines, verify } from '../../sandbox/wechat/v3-sign.ts'
import type { Wechat, WechatOptions } from '../../sandbox/wechat/wechat.ts'
import { startWechat } from '../../sandbox/wechat/wechat.ts'

// One counterpart for the whole file, on a clock that stands still; every test has order numbers of
// its own. What needs a counterpart to itself starts one. No database is touched.

const startAt = new Date('2026-11-23T04:00:00Z')
const appid = 'wx8888888888888888'
const mchid = '1900000109'
const notifyUrl = () => `${merchantServer.url}/notify`

let wechat: Wechat
let merchantServer: RunningServer
let notices: Call[]
let answerNotice: (call: Call) => Answer

beforeAll(async () => {
  wechat = await startWechat({
    port: 19_100,
    tlsPort: 19_101,
    seed: 'test',
    clock: virtualClock({ startAt, running: false }),
  })
  merchantServer = await startServer({
    port: 19_102,
    respond: (call) => {
      notices.push(call)
      return answerNotice(call)
    },
  })
  resetNotices()
})
afterEach(async () => {
  await wechat.control.idle()
  wechat.control.faults.clear()
  wechat.control.faults.setProfile({})
  resetNotices()
})
afterAll(async () => {
  await Promise.all([wechat.close(), merchantServer.close()])
})

function resetNotices() {
  notices = []
  answerNotice = () => ({ status: 204 })
}

const merchant = (of: Wechat = wechat) => of.control.accounts.merchants[0]!
const fault = (rule: FaultRule) => wechat.control.faults.add(rule)
const codeOf = (payer = 'wang', of = wechat) => of.control.showCode(payer)

let made = 0
const newNo = () => `T${String(++made).padStart(8, '0')}`

/** A V2 call by a client written here: signed, checked, read. */
async function v2(path: string, fields: Fields, of = wechat): Promise<Fields> {
  const nonce = randomBytes(8).toString('hex')
  const asked: Fields = { appid, mch_id: mchid, nonce_str: nonce, ...fields }
  const type = asked.sign_type === 'HMAC-SHA256' ? 'HMAC-SHA256' : 'MD5'
  const sign = signV2(asked, merchant(of).apiKeyV2, type)
  const answer = await fetch(`${of.url}${path}`, {
    method: 'POST',
    headers: { 'sandbox-client-certificate': merchant(of).serial },
    body: writeXml({ ...asked, sign }),
  })
  const read = readXml(await answer.text())!
  if (read.return_code === 'SUCCESS') {
    expect(read.sign).toBe(signV2(read, merchant(of).apiKeyV2, type))
  }
  return read
}

const micropay = (fields: Fields, of = wechat) =>
  v2(
    '/pay/micropay',
    { body: '咖啡', spbill_create_ip: '127.0.0.1', auth_code: codeOf('wang', of), ...fields },
    of,
  )
const query = (no: string, of = wechat) => v2('/pay/orderquery', { out_trade_no: no }, of)
const reverse = (no: string, of = wechat) => v2('/secapi/pay/reverse', { out_trade_no: no }, of)
const refund = (no: string, fields: Fields, of = wechat) =>
  v2('/secapi/pay/refund', { out_trade_no: no, ...fields }, of)

async function paid(totalFee: string): Promise<string> {
  const no = newNo()
  expect(await micropay({ out_trade_no: no, total_fee: totalFee })).toMatchObject({
    result_code: 'SUCCESS',
    trade_type: 'MICROPAY',
    total_fee: totalFee,
  })
  return no
}

/** A V3 call by a client written here. */
async function v3(method: string, path: string, body?: unknown, of = wechat) {
  const timestamp = String(Math.floor(Date.now() / 1000))
  const nonce = randomBytes(8).toString('hex')
  const sent = body === undefined ? '' : JSON.stringify(body)
  const signature = signLines([method, path, timestamp, nonce, sent], merchant(of).privateKeyPem)
  const parts = { mchid, nonce_str: nonce, timestamp, serial_no: merchant(of).serial, signature }
  const pairs = Object.entries(parts).map(([name, value]) => `${name}="${value}"`)
  const answer = await fetch(`${of.url}${path}`, {
    method,
    headers: { authorization: `WECHATPAY2-SHA256-RSA2048 ${pairs.join(',')}` },
    ...(body !== undefined && { body: sent }),
  })
  const received = await answer.text()
  const stamp = (name: string) => answer.headers.get(`wechatpay-${name}`) ?? ''
  const isSigned = verify(
    [stamp('timestamp'), stamp('nonce'), received],
    stamp('signature'),
    of.control.accounts.platform.publicKeyPem,
  )
  const value: any = received === '' ? null : JSON.parse(received)
  return { status: answer.status, isSigned, signature: stamp('signature'), body: value }
}

const v3Order = (no: string, total: number, more: object = {}) => ({
  appid,
  mchid,
  description: '咖啡',
  out_trade_no: no,
  notify_url: notifyUrl(),
  amount: { total, currency: 'CNY' },
  ...more,
})
const codepay = (no: string, total: number, code = codeOf()) =>
  v3('POST', '/v3/pay/transactions/codepay', {
    ...v3Order(no, total),
    payer: { auth_code: code },
    scene_info: { store_info: { id: '0001' } },
  })
const queryV3 = (no: string) => v3('GET', `/v3/pay/transactions/out-trade-no/${no}?mchid=${mchid}`)

const phone = async (payer: string, action: string, body: object) => {
  const answer = await fetch(`${wechat.url}/phone/${payer}/${action}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: answer.status, body: (await answer.json()) as any }
}
const password = (no: string, action = 'confirm', given = '123456') =>
  phone('wang', 'password', { order_no: no, action, password: given })

const balanceOf = (account: string, of = wechat) => of.control.books().balances[account] ?? 0n

function open(resource: { nonce: string; associated_data: string; ciphertext: string }): any {
  const hidden = Buffer.from(resource.ciphertext, 'base64')
  const opener = createDecipheriv('aes-256-gcm', merchant().apiKeyV3, resource.nonce)
  opener.setAAD(Buffer.from(resource.associated_data)).setAuthTag(hidden.subarray(-16))
  const parts = [opener.update(hidden.subarray(0, -16)), opener.final()]
  return JSON.parse(Buffer.concat(parts).toString('utf8'))
}

test('the published V2 vectors are signed as published', () => {
  const fields = {
    appid: 'wxd930ea5d5a258f4f',
    body: 'test',
    device_info: '1000',
    mch_id: '10000100',
    nonce_str: 'ibuaiVcKdpRxkhJA',
    sub_appid: '',
    sign: 'left out',
  }
  const key = '192006250b4c09247ec02edce69f6a2d'
  expect(signV2(fields, key, 'MD5')).toBe('9A0A8659F005D6984697E2CA0A9CF3B7')
  expect(signV2(fields, key, 'HMAC-SHA256')).toBe(
    '6A9AE1657590FD6257D693A078E1C3E4BB6BA4DC30B23E0EE2496E54170DACD6',
  )
})

describe('the unmodified wechatpay-axios-plugin', () => {
  type Client = any
  const client = (
    baseURL = wechat.url,
    serial = wechat.control.accounts.platform.serial,
  ): Client => {
    const { platform, authority } = wechat.control.accounts
    const { apiKeyV2, privateKeyPem, certificatePem } = merchant()
    return new Wechatpay({
      mchid,
      serial: merchant().serial,
      privateKey: privateKeyPem,
      certs: { [serial]: platform.publicKeyPem },
      secret: apiKeyV2,
      merchant: { cert: certificatePem, key: privateKeyPem, ca: authority.certificatePem },
      baseURL,
    } as never)
  }
  const base = { appid, mch_id: mchid }
  const charge = (no: string, total: number) => ({
    ...base,
    body: '咖啡 & 茶',
    out_trade_no: no,
    total_fee: total,
    spbill_create_ip: '127.0.0.1',
    auth_code: codeOf(),
  })

  test('charges, queries, reverses and refunds in V2, with the client certificate over TLS', async () => {
    const wxpay = client(wechat.tlsUrl)
    const no = newNo()
    const security = { security: true }
    const { data: answer } = await wxpay.v2.pay.micropay(charge(no, 1201), security)
    expect(answer).toMatchObject({ result_code: 'SUCCESS', out_trade_no: no, total_fee: '1201' })
    const { data: found } = await wxpay.v2.pay.orderquery({ ...base, out_trade_no: no }, security)
    expect(found).toMatchObject({ trade_state: 'SUCCESS', transaction_id: answer.transaction_id })

    const asked = { ...base, out_trade_no: no, out_refund_no: `R${no}`, total_fee: 1201 }
    const back = { ...asked, refund_fee: 201, sign_type: 'HMAC-SHA256' }
    const { data: refunded } = await wxpay.v2.secapi.pay.refund(back, security)
    expect(refunded).toMatchObject({ result_code: 'SUCCESS', refund_fee: '201' })
    const { data: refunds } = await wxpay.v2.pay.refundquery(
      { ...base, out_trade_no: no },
      security,
    )
    expect(refunds).toMatchObject({ refund_count: '1', refund_status_0: 'PROCESSING' })

    const other = newNo()
    await wxpay.v2.pay.micropay(charge(other, 1201), security)
    const undone = { ...base, out_trade_no: other }
    const { data: reversed } = await wxpay.v2.secapi.pay.reverse(undone, security)
    expect(reversed).toMatchObject({ result_code: 'SUCCESS', recall: 'N' })
  })

  test('is refused a reversal without the client certificate', async () => {
    const undone = { ...base, out_trade_no: newNo() }
    await expect(client().v2.secapi.pay.reverse(undone)).rejects.toMatchObject({
      response: { status: 400 },
    })
  })

  test('orders and closes in V2', async () => {
    const wxpay = client()
    const no = newNo()
    const order = {
      ...base,
      body: 'tea',
      out_trade_no: no,
      total_fee: 1201,
      spbill_create_ip: '127.0.0.1',
      notify_url: notifyUrl(),
      trade_type: 'NATIVE',
      product_id: 'P1',
    }
    const { data: native } = await wxpay.v2.pay.unifiedorder(order)
    expect(native.code_url).toMatch(/^weixin:\/\/wxpay\/bizpayurl\?pr=/)
    const { data: closed } = await wxpay.v2.pay.closeorder({ ...base, out_trade_no: no })
    expect(closed).toMatchObject({ result_code: 'SUCCESS' })
    const { data: found } = await wxpay.v2.pay.orderquery({ ...base, out_trade_no: no })
    expect(found).toMatchObject({ trade_state: 'CLOSED' })
  })

  test('speaks V3 from the certificates to the refund', async () => {
    const wxpay = client()
    const { data: list } = await wxpay.v3.certificates.get()
    const [first] = list.data
    const hidden = Buffer.from(first.encrypt_certificate.ciphertext, 'base64')
    const opener = createDecipheriv(
      'aes-256-gcm',
      merchant().apiKeyV3,
      first.encrypt_certificate.nonce,
    )
    opener.setAAD(Buffer.from('certificate')).setAuthTag(hidden.subarray(-16))
    const pem = opener.update(hidden.subarray(0, -16)).toString('utf8')
    expect(createPublicKey(pem).export({ type: 'spki', format: 'pem' })).toBe(
      wechat.control.accounts.platform.publicKeyPem,
    )

    const no = newNo()
    const { data: answer } = await wxpay.v3.pay.transactions.codepay.post({
      ...v3Order(no, 1301),
      payer: { auth_code: codeOf() },
      scene_info: { store_info: { id: '0001' } },
    })
    expect(answer).toMatchObject({ trade_state: 'SUCCESS', trade_type: 'MICROPAY' })
    const params = { mchid }
    const ids = { out_trade_no: no, transaction_id: answer.transaction_id }
    const paths = wxpay.v3.pay.transactions
    const { data: byNo } = await paths.outTradeNo.$out_trade_no$.get({ params, ...ids })
    const { data: byId } = await paths.id.$transaction_id$.get({ params, ...ids })
    expect(byNo).toEqual(byId)
    expect(byNo.amount).toMatchObject({ total: 1301, payer_total: 1301 })

    const { data: back } = await wxpay.v3.refund.domestic.refunds.post({
      out_trade_no: no,
      out_refund_no: `R${no}`,
      amount: { refund: 301, total: 1301, currency: 'CNY' },
    })
    expect(back).toMatchObject({ status: 'PROCESSING', amount: { refund: 301 } })
    await wechat.control.clock.advance(2_000)
    const refunds = wxpay.v3.refund.domestic.refunds.$out_refund_no$
    const { data: done } = await refunds.get({ out_refund_no: `R${no}` })
    expect(done).toMatchObject({ status: 'SUCCESS', out_trade_no: no })

    const other = newNo()
    const codeUrl = (await paths.native.post(v3Order(other, 1301))).data.code_url
    expect(codeUrl).toMatch(/^weixin:/)
    const closed = await paths.outTradeNo.$out_trade_no$.close.post(params, { out_trade_no: other })
    expect(closed.status).toBe(204)
    const undone = { appid, mchid }
    const third = newNo()
    const reversed = await paths.outTradeNo.$out_trade_no$.reverse.post(undone, {
      out_trade_no: third,
    })
    expect(reversed.data).toEqual({ appid, mchid, out_trade_no: third })
  })

  test('knows WeChat by its public key, and rejects a probe of its signature check', async () => {
    const { publicKeyId } = wechat.control.accounts.platform
    const wxpay = client(wechat.url, publicKeyId)
    const headers = { 'Wechatpay-Serial': publicKeyId }
    await expect(wxpay.v3.certificates.get({ headers })).resolves.toMatchObject({ status: 200 })
    fault({ kind: 'wrong_signature', operation: 'other' })
    await expect(wxpay.v3.certificates.get({ headers })).rejects.toMatchObject({
      code: 'EV3_RES_HEADER_SIGNATURE_DIGEST',
    })
    fault({ kind: 'wrong_signature', operation: 'query' })
    const asked = { ...base, out_trade_no: await paid('1201') }
    await expect(client().v2.pay.orderquery(asked)).rejects.toMatchObject({
      code: 'EV2_RES_SIGNATURE_NOT_EQUAL',
    })
  })
})

describe('magic amounts', () => {
  test('…01 succeeds whatever the profile says', async () => {
    wechat.control.faults.setProfile({ any: { down: 1 } })
    const no = newNo()
    expect(await micropay({ out_trade_no: no, total_fee: '1201' })).toMatchObject({
      result_code: 'SUCCESS',
      fee_type: 'CNY',
      cash_fee: '1201',
    })
  })

  test('…02 says USERPAYING three times and is paid at the third query', async () => {
    const no = newNo()
    const answer = await micropay({ out_trade_no: no, total_fee: '1202' })
    expect(answer).toMatchObject({ result_code: 'FAIL', err_code: 'USERPAYING' })
    const states = [await query(no), await query(no), await query(no), await query(no)]
    expect(states.map((state) => state.trade_state)).toEqual([
      'USERPAYING',
      'USERPAYING',
      'SUCCESS',
      'SUCCESS',
    ])
    const other = newNo()
    expect(await codepay(other, 1202)).toMatchObject({
      status: 200,
      body: { trade_state: 'USERPAYING' },
    })
  })

  test('…03 is paid, and the answer says SYSTEMERROR', async () => {
    const before = balanceOf('payer:wang')
    const no = newNo()
    const answer = await micropay({ out_trade_no: no, total_fee: '1203' })
    expect(answer).toMatchObject({ result_code: 'FAIL', err_code: 'SYSTEMERROR' })
    expect(balanceOf('payer:wang')).toBe(before - 1203n)
    expect(await query(no)).toMatchObject({ trade_state: 'SUCCESS', total_fee: '1203' })
    const other = newNo()
    expect(await codepay(other, 1203)).toMatchObject({
      status: 500,
      body: { code: 'SYSTEM_ERROR' },
    })
    expect((await queryV3(other)).body).toMatchObject({ trade_state: 'SUCCESS' })
  })

  test.each([
    ['…04', '1204', 'NOTENOUGH', 'NOT_ENOUGH'],
    ['…05', '1205', 'AUTHCODEEXPIRE', 'AUTH_CODE_EXPIRE'],
  ])('%s moves nothing and says %s: %s', async (_name, total, codeV2, codeV3) => {
    const before = wechat.control.books().movements.length
    const answer = await micropay({ out_trade_no: newNo(), total_fee: total })
    expect(answer).toMatchObject({ result_code: 'FAIL', err_code: codeV2 })
    expect((await codepay(newNo(), Number(total))).body).toMatchObject({ code: codeV3 })
    expect(wechat.control.books().movements.length).toBe(before)
  })

  test('are amounts like all others when they are switched off', async () => {
    wechat.control.faults.setMagic(false)
    await paid('1204')
    wechat.control.faults.setMagic(true)
  })
})

describe('a payment code', () => {
  test('has 18 digits that begin with 10 to 15', () => {
    expect(codeOf()).toMatch(/^1[0-5]\d{16}$/)
  })

  test('pays once, and is used up by a charge that fails too', async () => {
    const code = codeOf()
    await micropay({ out_trade_no: newNo(), total_fee: '1201', auth_code: code })
    const again = await micropay({ out_trade_no: newNo(), total_fee: '1201', auth_code: code })
    expect(again).toMatchObject({ err_code: 'AUTH_CODE_ERROR' })
    const poor = codeOf('zhao')
    const refused = await micropay({ out_trade_no: newNo(), total_fee: '500', auth_code: poor })
    expect(refused).toMatchObject({ err_code: 'NOTENOUGH' })
    const cheap = await micropay({ out_trade_no: newNo(), total_fee: '10', auth_code: poor })
    expect(cheap).toMatchObject({ err_code: 'AUTH_CODE_ERROR' })
  })

  test('lives one minute', async () => {
    const [fresh, old] = [codeOf(), codeOf()]
    await wechat.control.clock.advance(59_999)
    const inTime = await micropay({ out_trade_no: newNo(), total_fee: '1201', auth_code: fresh })
    expect(inTime).toMatchObject({ result_code: 'SUCCESS' })
    await wechat.control.clock.advance(1)
    const late = await micropay({ out_trade_no: newNo(), total_fee: '1201', auth_code: old })
    expect(late).toMatchObject({ err_code: 'AUTHCODEEXPIRE' })
  })

  test.each(['28763443825664394', '130061098828009406'])('%s was never shown', async (code) => {
    const answer = await micropay({ out_trade_no: newNo(), total_fee: '1201', auth_code: code })
    expect(answer).toMatchObject({ err_code: 'AUTH_CODE_INVALID' })
  })

  test('stands on the phone’s page, as bars and as a QR code, in Chinese and in English', async () => {
    const page = await (await fetch(`${wechat.url}/phone/wang`)).text()
    const code = /data-code="(\d{18})"/.exec(page)![1]!
    expect(page).toContain('aria-label="Code 128"')
    expect(page.match(/<svg/g)).toHaveLength(2)
    expect(page).toContain('向收银员出示付款码')
    const state = await (await fetch(`${wechat.url}/phone/wang/state?code=${code}`)).text()
    expect(state).toBe('true')
    const english = await (await fetch(`${wechat.url}/phone/wang?lang=en`)).text()
    expect(english).toContain('Show this code to the cashier')
    const answer = await micropay({ out_trade_no: newNo(), total_fee: '1201', auth_code: code })
    expect(answer).toMatchObject({ result_code: 'SUCCESS' })
    const used = await (await fetch(`${wechat.url}/phone/wang/state?code=${code}`)).text()
    expect(used).toBe('false')
  })
})

describe('an order number', () => {
  test('is charged once: the same request is told so, another one is refused', async () => {
    const [no, code] = [newNo(), codeOf()]
    const asked = { out_trade_no: no, total_fee: '1201', auth_code: code }
    expect(await micropay(asked)).toMatchObject({ result_code: 'SUCCESS' })
    expect(await micropay(asked)).toMatchObject({ err_code: 'ORDERPAID' })
    const other = { ...asked, auth_code: codeOf() }
    expect(await micropay(other)).toMatchObject({ err_code: 'OUT_TRADE_NO_USED' })
    expect(await query(newNo())).toMatchObject({ err_code: 'ORDERNOTEXIST' })
    expect((await queryV3(newNo())).status).toBe(404)
  })
})

describe('the password', () => {
  const large = '100100'
  const charge = async () => {
    const no = newNo()
    const answer = await micropay({ out_trade_no: no, total_fee: large })
    expect(answer).toMatchObject({ err_code: 'USERPAYING' })
    return no
  }

  test('is asked above 1,000 yuan; a wrong one leaves the payment waiting', async () => {
    const no = await charge()
    const shown = (await (await fetch(`${wechat.url}/phone/wang.json`)).json()) as any
    expect(shown.waiting).toEqual([{ order_no: no, merchant: '演示商店', amount: 100100 }])
    expect(await password(no, 'confirm', '000000')).toMatchObject({ status: 422 })
    expect(await query(no)).toMatchObject({ trade_state: 'USERPAYING' })
    expect(await password(no)).toEqual({
      status: 200,
      body: { result: 'paid', message: '付款成功' },
    })
    expect(await query(no)).toMatchObject({ trade_state: 'SUCCESS' })
    expect(await password(no)).toMatchObject({ status: 404 })
  })

  test('may be declined: PAYERROR, and the reversal ends it', async () => {
    const no = await charge()
    expect(await password(no, 'cancel')).toMatchObject({ status: 200 })
    expect(await query(no)).toMatchObject({ trade_state: 'PAYERROR' })
    expect(await reverse(no)).toMatchObject({ recall: 'N' })
    expect(await query(no)).toMatchObject({ trade_state: 'REVOKED' })
  })

  test('is not waited for longer than 45 seconds', async () => {
    const no = await charge()
    await wechat.control.clock.advance(44_999)
    expect(await query(no)).toMatchObject({ trade_state: 'USERPAYING' })
    await wechat.control.clock.advance(1)
    expect(await query(no)).toMatchObject({ trade_state: 'REVOKED' })
    expect(await password(no)).toMatchObject({ status: 404 })
  })
})

describe('a reversal', () => {
  test('pays a paid order back, with its fee', async () => {
    const before = wechat.control.books().balances
    const no = await paid('5001')
    expect(balanceOf('payer:wang')).toBe(before['payer:wang']! - 5001n)
    expect(await reverse(no)).toMatchObject({ result_code: 'SUCCESS', recall: 'N' })
    expect(await query(no)).toMatchObject({ trade_state: 'REVOKED' })
    expect(wechat.control.books().balances).toEqual(before)
    expect(await reverse(no)).toMatchObject({ recall: 'N' })
    expect(wechat.control.books().balances).toEqual(before)
  })

  test('of an order that never came is done, and refuses the charge that comes late', async () => {
    const no = newNo()
    expect(await reverse(no)).toMatchObject({ result_code: 'SUCCESS', recall: 'N' })
    expect(await query(no)).toMatchObject({ trade_state: 'REVOKED' })
    const late = await micropay({ out_trade_no: no, total_fee: '1201' })
    expect(late).toMatchObject({ err_code: 'ORDERREVERSED' })
  })

  test('says recall=Y as often as it is told, in both shapes, and does nothing meanwhile', async () => {
    const no = await paid('1201')
    fault({ kind: 'recall', value: 2, orderNo: no })
    expect(await reverse(no)).toMatchObject({ result_code: 'SUCCESS', recall: 'Y' })
    expect(await query(no)).toMatchObject({ trade_state: 'SUCCESS' })
    expect(await reverse(no)).toMatchObject({ result_code: 'FAIL', recall: 'Y' })
    expect(await reverse(no)).toMatchObject({ result_code: 'SUCCESS', recall: 'N' })
  })

  test('can be followed by a late success', async () => {
    const no = newNo()
    await micropay({ out_trade_no: no, total_fee: '100100' })
    fault({ kind: 'late_success', value: 5_000, orderNo: no })
    expect(await reverse(no)).toMatchObject({ recall: 'N' })
    expect(await query(no)).toMatchObject({ trade_state: 'REVOKED' })
    await wechat.control.clock.advance(5_000)
    expect(await query(no)).toMatchObject({ trade_state: 'SUCCESS' })
    expect(wechat.control.books().wrong).toEqual([])
  })

  test('is refused after a refund, after seven days, and of what was not scanned', async () => {
    const refunded = await paid('1201')
    await refund(refunded, { out_refund_no: `R${refunded}`, total_fee: '1201', refund_fee: '1' })
    expect(await reverse(refunded)).toMatchObject({ err_code: 'TRADE_ERROR' })
    const native = newNo()
    await v3('POST', '/v3/pay/transactions/native', v3Order(native, 1201))
    expect(await reverse(native)).toMatchObject({ err_code: 'INVALID_REQUEST' })
    const old = await paid('1201')
    await wechat.control.clock.advance(7 * 86_400_000 + 1)
    expect(await reverse(old)).toMatchObject({ err_code: 'REVERSE_EXPIRE' })
  })
})

describe('refunds', () => {
  test('never exceed the payment, however many come at once', async () => {
    const no = await paid('1001')
    const asked = Array.from({ length: 8 }, (_, at) =>
      refund(no, { out_refund_no: `R${no}-${at}`, total_fee: '1001', refund_fee: '300' }),
    )
    const codes = (await Promise.all(asked)).map(({ result_code: code, err_code: error }) =>
      code === 'SUCCESS' ? code : error,
    )
    expect(codes.toSorted()).toEqual([...Array(5).fill('ERROR'), ...Array(3).fill('SUCCESS')])
    await wechat.control.clock.advance(2_000)
    const found = await v2('/pay/refundquery', { out_trade_no: no })
    expect(found).toMatchObject({ refund_count: '3', refund_status_2: 'SUCCESS' })
    expect(wechat.control.books().wrong).toEqual([])
  })

  test('are done once for one number, and bring the whole fee back with the last of them', async () => {
    const before = wechat.control.books().balances
    const no = await paid('9901')
    const back = (refundNo: string, fee: string) =>
      refund(no, { out_refund_no: refundNo, total_fee: '9901', refund_fee: fee })
    const first = await back(`A${no}`, '3300')
    expect(await back(`A${no}`, '3300')).toMatchObject({ refund_id: first.refund_id! })
    expect(await back(`A${no}`, '3301')).toMatchObject({ err_code: 'REFUND_FEE_MISMATCH' })
    await back(`B${no}`, '3300')
    await back(`C${no}`, '3301')
    await wechat.control.clock.advance(2_000)
    expect(wechat.control.books().balances).toEqual(before)
    expect(await query(no)).toMatchObject({ trade_state: 'REFUND' })
  })

  test('of an unpaid order are refused', async () => {
    const no = newNo()
    await micropay({ out_trade_no: no, total_fee: '100100' })
    const answer = await refund(no, { out_refund_no: no, total_fee: '100100', refund_fee: '1' })
    expect(answer).toMatchObject({ err_code: 'ORDER_NOT_READY' })
    const unknown = await refund('none', { out_refund_no: 'x', total_fee: '1', refund_fee: '1' })
    expect(unknown).toMatchObject({ err_code: 'ORDERNOTEXIST' })
  })
})

describe('notices', () => {
  const order = async (total = 1201) => {
    const no = newNo()
    const { body } = await v3('POST', '/v3/pay/transactions/native', v3Order(no, total))
    const paying = await phone('wang', 'pay', { code_url: body.code_url, password: '123456' })
    expect(paying.status).toBe(200)
    await wechat.control.idle()
    return no
  }
  const numbers = () => notices.map((call) => open(JSON.parse(call.text).resource).out_trade_no)

  test('of V3 are signed and sealed, and end with 200 or 204', async () => {
    const no = await order()
    const [call] = notices
    const stamp = (name: string) => String(call!.headers[`wechatpay-${name}`])
    const { platform } = wechat.control.accounts
    const lines = [stamp('timestamp'), stamp('nonce'), call!.text]
    expect(verify(lines, stamp('signature'), platform.publicKeyPem)).toBe(true)
    expect(stamp('serial')).toBe(platform.serial)
    const notice = JSON.parse(call!.text)
    expect(notice).toMatchObject({
      resource_type: 'encrypt-resource',
      event_type: 'TRANSACTION.SUCCESS',
      resource: { original_type: 'transaction', algorithm: 'AEAD_AES_256_GCM' },
    })
    expect(open(notice.resource)).toMatchObject({
      out_trade_no: no,
      trade_state: 'SUCCESS',
      trade_type: 'NATIVE',
      amount: { total: 1201 },
    })
    await wechat.control.clock.advance(86_400_000)
    expect(notices).toHaveLength(1)
  })

  test('come again on the ladder of fifteen waits while they are refused, then no more', async () => {
    answerNotice = () => text(500, '{"code":"FAIL","message":"later"}')
    const before = wechat.control.deliveries().length
    const no = await order()
    await wechat.control.clock.advance(2 * 86_400_000)
    const tries = wechat.control.deliveries().slice(before)
    const times = tries.map(({ at }) => Date.parse(at))
    const waits = times.slice(1).map((at, nth) => at - times[nth]!)
    expect(waits).toEqual(ladderMs)
    expect(waits.map((wait) => wait / 1_000)).toEqual([
      15, 15, 30, 180, 600, 1_200, 1_800, 1_800, 1_800, 3_600, 10_800, 10_800, 10_800, 21_600,
      21_600,
    ])
    expect(new Set(numbers())).toEqual(new Set([no]))
    expect(new Set(notices.map((call) => JSON.parse(call.text).id)).size).toBe(1)
  })

  test('can come twice, in the wrong order, late, and with a wrong signature', async () => {
    fault({ kind: 'notice_duplicate', operation: 'notice' })
    const twice = await order()
    expect(numbers()).toEqual([twice, twice])

    resetNotices()
    fault({ kind: 'notice_reordered', operation: 'notice' })
    const first = await order()
    expect(notices).toHaveLength(0)
    const second = await order()
    expect(numbers()).toEqual([second, first])

    resetNotices()
    fault({ kind: 'notice_lost', operation: 'notice' })
    const lost = await order()
    expect(notices).toHaveLength(0)
    await wechat.control.clock.advance(15_000)
    expect(numbers()).toEqual([lost])

    resetNotices()
    fault({ kind: 'wrong_signature', operation: 'notice' })
    await order()
    expect(notices[0]!.headers['wechatpay-signature']).toMatch(/^WECHATPAY\/SIGNTEST\//)
  })

  test('of V2 carry the payment in XML, and refunds in a sealed part of it', async () => {
    answerNotice = () => text(200, '<xml><return_code><![CDATA[SUCCESS]]></return_code></xml>')
    const no = newNo()
    const made = await v2('/pay/unifiedorder', {
      out_trade_no: no,
      body: 'tea',
      total_fee: '1201',
      spbill_create_ip: '127.0.0.1',
      trade_type: 'APP',
      notify_url: notifyUrl(),
    })
    await phone('wang', 'pay', { prepay_id: made.prepay_id, password: '123456' })
    await wechat.control.idle()
    const told = readXml(notices[0]!.text)!
    expect(told).toMatchObject({ out_trade_no: no, result_code: 'SUCCESS', total_fee: '1201' })
    expect(told.sign).toBe(signV2(told, merchant().apiKeyV2, 'MD5'))

    await refund(no, {
      out_refund_no: `R${no}`,
      total_fee: '1201',
      refund_fee: '1201',
      notify_url: notifyUrl(),
    })
    await wechat.control.clock.advance(2_000)
    await wechat.control.idle()
    const key = createHash('md5').update(merchant().apiKeyV2).digest('hex')
    const opener = createDecipheriv('aes-256-ecb', key, null)
    const hidden = Buffer.from(readXml(notices[1]!.text)!.req_info!, 'base64')
    const inside = Buffer.concat([opener.update(hidden), opener.final()]).toString('utf8')
    expect(inside).toContain('<refund_status><![CDATA[SUCCESS]]></refund_status>')
    expect(notices).toHaveLength(2)
  })

  test('do not exist for scanned codes', async () => {
    await paid('1201')
    await wechat.control.idle()
    expect(notices).toEqual([])
  })
})

describe('orders that the payer opens', () => {
  const pay = (body: object) => phone('wang', 'pay', { password: '123456', ...body })

  test('are paid in a page that the merchant has signed, by the one payer it names', async () => {
    const openid = openidOf(appid, 'wang')
    const order = v3Order(newNo(), 1201, { payer: { openid } })
    const { body } = await v3('POST', '/v3/pay/transactions/jsapi', order)
    const [timeStamp, nonceStr] = ['1700000000', 'nonce']
    const packed = `prepay_id=${body.prepay_id}`
    const signed = [appid, timeStamp, nonceStr, packed]
    const paySign = signLines(signed, merchant().privateKeyPem)
    const jsapi = { appId: appid, timeStamp, nonceStr, package: packed, signType: 'RSA', paySign }
    expect(await pay({ jsapi: { ...jsapi, nonceStr: 'other' } })).toMatchObject({ status: 422 })
    const wrongPayer = await phone('li', 'pay', { jsapi, password: '123456' })
    expect(wrongPayer.body.result).toBe('BUYER_MISMATCH')
    expect(await pay({ jsapi })).toMatchObject({ status: 200 })
    expect((await pay({ jsapi })).body.result).toBe('ORDERPAID')
  })

  test('are paid in an app that the merchant has signed, and on a web page', async () => {
    const { body } = await v3('POST', '/v3/pay/transactions/app', v3Order(newNo(), 1201))
    const [timestamp, noncestr] = ['1700000000', 'nonce']
    const prepayid = body.prepay_id
    const sign = signLines([appid, timestamp, noncestr, prepayid], merchant().privateKeyPem)
    const head = { appid, partnerid: mchid, prepayid, package: 'Sign=WXPay' }
    expect(await pay({ app: { ...head, noncestr, timestamp, sign } })).toMatchObject({
      status: 200,
    })

    const scene = { scene_info: { payer_client_ip: '127.0.0.1', h5_info: { type: 'Wap' } } }
    const h5 = await v3('POST', '/v3/pay/transactions/h5', v3Order(newNo(), 1201, scene))
    const page = await (await fetch(h5.body.h5_url)).text()
    expect(page).toContain('¥ 12.01')
    expect(await pay({ h5_url: h5.body.h5_url })).toMatchObject({ status: 200 })
  })

  test('are closed for ever, and a scanned code’s order cannot be closed', async () => {
    const no = newNo()
    const { body } = await v3('POST', '/v3/pay/transactions/native', v3Order(no, 1201))
    await v3('POST', `/v3/pay/transactions/out-trade-no/${no}/close`, { mchid })
    expect((await pay({ code_url: body.code_url })).body.result).toBe('ORDERCLOSED')
    const scanned = await paid('1201')
    expect(await v2('/pay/closeorder', { out_trade_no: scanned })).toMatchObject({
      err_code: 'INVALID_REQUEST',
    })
  })
})

describe('a request', () => {
  const post = async (body: string) =>
    readXml(await (await fetch(`${wechat.url}/pay/orderquery`, { method: 'POST', body })).text())!

  test('of V2 that is not signed, not XML or has a document type is refused', async () => {
    const fields = { appid, mch_id: mchid, nonce_str: 'n', out_trade_no: 'x', sign: 'A'.repeat(32) }
    expect(await post(writeXml(fields))).toEqual({ return_code: 'FAIL', return_msg: '签名错误' })
    expect(await post('<xml><a>')).toMatchObject({ return_msg: 'XML格式错误' })
    const entity = '<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/passwd">]><xml><a>&x;</a></xml>'
    expect(await post(entity)).toMatchObject({ return_msg: 'XML格式错误' })
    expect(await post('')).toMatchObject({ return_msg: 'post数据为空' })
    expect(await post('<xml><mch_id>1</mch_id></xml>')).toMatchObject({ return_msg: 'MCHID不存在' })
    expect(await v2('/pay/micropay', { total_fee: '1' })).toMatchObject({ err_code: 'LACK_PARAMS' })
    expect(await micropay({ out_trade_no: newNo(), total_fee: '1.5' })).toMatchObject({
      err_code: 'PARAM_ERROR',
    })
  })

  test('of V3 that is not signed, stale or of another body is refused', async () => {
    const path = `/v3/pay/transactions/out-trade-no/x?mchid=${mchid}`
    const ask = async (change: { timestamp?: string; path?: string; serial?: string }) => {
      const timestamp = change.timestamp ?? String(Math.floor(Date.now() / 1000))
      const signature = signLines(['GET', path, timestamp, 'n', ''], merchant().privateKeyPem)
      const serial = change.serial ?? merchant().serial
      const authorization = `WECHATPAY2-SHA256-RSA2048 mchid="${mchid}",nonce_str="n",timestamp="${timestamp}",serial_no="${serial}",signature="${signature}"`
      const answer = await fetch(`${wechat.url}${change.path ?? path}`, {
        headers: { authorization },
      })
      return answer.status
    }
    expect(await ask({})).toBe(404)
    expect(await ask({ path: path.replace('/x?', '/y?') })).toBe(401)
    expect(await ask({ timestamp: String(Math.floor(Date.now() / 1000) - 301) })).toBe(401)
    expect(await ask({ serial: 'AB12' })).toBe(401)
    expect((await fetch(`${wechat.url}${path}`)).status).toBe(401)
    const foreign = await v3('POST', '/v3/pay/transactions/native', {
      ...v3Order(newNo(), 1201),
      mchid: '1900000110',
    })
    expect(foreign).toMatchObject({ status: 400, isSigned: true, body: { code: 'PARAM_ERROR' } })
  })
})

describe('faults on demand', () => {
  const control = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${wechat.url}/control/${path}`, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    })
    return {
      status: answer.status,
      body: answer.status === 204 ? null : ((await answer.json()) as any),
    }
  }

  test('are set over HTTP and befall the order that they name', async () => {
    const no = newNo()
    const rule = { kind: 'answer_lost', operation: 'charge', order_no: no }
    expect(await control('POST', 'faults', rule)).toMatchObject({ status: 201, body: [rule] })
    await paid('1201')
    await expect(micropay({ out_trade_no: no, total_fee: '1201' })).rejects.toThrow('fetch failed')
    expect(await query(no)).toMatchObject({ trade_state: 'SUCCESS' })
    expect(await control('GET', 'faults')).toMatchObject({ body: [] })
    expect(await control('POST', 'faults', { kind: 'fire' })).toMatchObject({ status: 422 })
  })

  test.each([
    ['down', false],
    ['request_lost', false],
    ['truncated', true],
  ] as const)('%s leaves the caller without an answer; paid: %s', async (kind, isPaid) => {
    const no = newNo()
    fault({ kind, orderNo: no })
    await expect(micropay({ out_trade_no: no, total_fee: '1201' })).rejects.toThrow()
    const found = await query(no)
    expect(found.trade_state ?? found.err_code).toBe(isPaid ? 'SUCCESS' : 'ORDERNOTEXIST')
  })

  test('busy and server_error do nothing, slow takes its time', async () => {
    const no = newNo()
    fault({ kind: 'busy', orderNo: no })
    expect(await micropay({ out_trade_no: no, total_fee: '1201' })).toMatchObject({
      err_code: 'SYSTEMERROR',
    })
    expect(await query(no)).toMatchObject({ err_code: 'ORDERNOTEXIST' })
    fault({ kind: 'server_error', orderNo: no, value: 502 })
    expect((await queryV3(no).catch((error: unknown) => error)) instanceof SyntaxError).toBe(true)
    fault({ kind: 'slow', orderNo: no, value: 150 })
    const startedMs = performance.now()
    await query(no)
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(149)
  })

  test('keep clock, books and accounts in reach', async () => {
    const { body: before } = await control('GET', 'clock')
    const { body: after } = await control('POST', 'clock', { advance_ms: 1_000 })
    expect(Date.parse(after.now) - Date.parse(before.now)).toBe(1_000)
    const { body: books } = await control('GET', 'books')
    expect(books.wrong).toEqual([])
    expect(books.totals.paid).toBeGreaterThan(0)
    const { body: accounts } = await control('GET', 'accounts')
    expect(accounts.merchants[0]).toMatchObject({ mchid, api_key_v2: merchant().apiKeyV2 })
    const { status } = await control('POST', 'payers', { name: 'new', balance: 500 })
    expect(status).toBe(200)
    expect(balanceOf('payer:new')).toBe(500n)
  })
})

describe('a random run', () => {
  const profile = {
    charge: { answer_lost: 0.1, system_error: 0.1, busy: 0.1, confirm: 0.2, not_enough: 0.1 },
    query: { down: 0.1 },
    reverse: { recall: 0.2, answer_lost: 0.1, late_success: 0.1 },
    refund: { system_error: 0.2 },
  }
  const numbers = Array.from({ length: 60 }, (_, at) => `RUN${String(at).padStart(5, '0')}`)
  const start = (port: number, more: Partial<WechatOptions> = {}) =>
    startWechat({
      port,
      seed: 'seven',
      magicAmounts: false,
      clock: virtualClock({ startAt, running: false }),
      merchants: [merchant()],
      ...more,
    })

  /** One order's life, as a careful merchant leads it; answers what it met. */
  async function live(of: Wechat, no: string, at: number): Promise<string> {
    const met: string[] = []
    const attempt = async (work: () => Promise<Fields>) => {
      const answer = await work().catch((): Fields => ({ err_code: 'none' }))
      met.push(answer.err_code ?? answer.trade_state ?? answer.recall ?? 'ok')
      return answer
    }
    await attempt(() => micropay({ out_trade_no: no, total_fee: '700' }, of))
    for (let asked = 0; asked < 3; asked += 1) await attempt(() => query(no, of))
    if (at % 3 === 0) {
      for (let recall = 'Y', tried = 0; recall !== 'N' && tried < 12; tried += 1) {
        recall = (await attempt(() => reverse(no, of))).recall ?? 'Y'
      }
    }
    const back = { out_refund_no: `R${no}`, total_fee: '700', refund_fee: '250' }
    if (at % 3 === 1) await attempt(() => refund(no, back, of))
    return met.join(' ')
  }

  test('meets the same faults for the same order, however the orders are mixed', async () => {
    const [one, other] = [await start(19_110), await start(19_111)]
    for (const of of [one, other]) of.control.faults.setProfile(profile)
    const inOrder: string[] = []
    for (const [at, no] of numbers.entries()) inOrder.push(await live(one, no, at))
    const mixed = await Promise.all(numbers.map((no, at) => live(other, no, at)).toReversed())
    expect(mixed.toReversed()).toEqual(inOrder)
    const met = new Set(inOrder.join(' ').split(' '))
    for (const word of ['ok', 'none', 'SYSTEMERROR', 'USERPAYING', 'NOTENOUGH', 'Y', 'N']) {
      expect(met).toContain(word)
    }
    for (const of of [one, other]) {
      await of.control.clock.advance(120_000)
      expect(of.control.books().wrong).toEqual([])
    }
    const { totals } = one.control.books()
    expect(totals).toEqual(other.control.books().totals)
    expect(totals.paid).toBeGreaterThan(20)
    await Promise.all([one.close(), other.close()])
  })

  test('is kept by the journal: a restarted counterpart goes on where it was', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wechat-sandbox-'))
    const dataFile = join(folder, 'journal')
    const clock = manualClock(startAt)
    const at = () => virtualClock({ startAt: clock(), running: false })
    const first = await start(19_112, { dataFile, clock: at() })
    await micropay({ out_trade_no: 'KEPT-1', total_fee: '700' }, first)
    await micropay({ out_trade_no: 'KEPT-2', total_fee: '100100' }, first)
    const back = { out_refund_no: 'KEPT-R', total_fee: '700', refund_fee: '700' }
    await refund('KEPT-1', back, first)
    const before = first.control.books()
    const keys = first.control.accounts
    await first.close()
    // What a kill in the middle of a line leaves behind.
    writeFileSync(dataFile, `${readFileSync(dataFile, 'utf8')}["order","torn`)

    const second = await start(19_113, { dataFile, clock: at() })
    expect(second.control.books()).toEqual(before)
    expect(second.control.accounts).toEqual(keys)
    await second.control.clock.advance(45_000)
    expect(await query('KEPT-2', second)).toMatchObject({ trade_state: 'REVOKED' })
    const found = await v2('/pay/refundquery', { out_refund_no: 'KEPT-R' }, second)
    expect(found).toMatchObject({ refund_status_0: 'SUCCESS' })
    expect(second.control.books().wrong).toEqual([])
    await second.close()
    rmSync(folder, { recursive: true })
  })
})
