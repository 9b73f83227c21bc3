import { createDecipheriv, createPublicKey } from 'node:crypto'

import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { Wechatpay } from 'wechatpay-axios-plugin'

import { virtualClock } from '../../sandbox/counterpart/clock.ts'
import type { FaultRule } from '../../sandbox/counterpart/faults.ts'
import { readXml, signV2, writeXml } from '../../sandbox/wechat/v2-xml.ts'
import { signLines } from '../../sandbox/wechat/v3-sign.ts'
import { startWechat } from '../../sandbox/wechat/wechat.ts'
import { merchantOf, newNo } from './wechat-merchant.ts'

// One counterpart for the whole file, on a clock that stands still; every test has order numbers of
// its own. No database is touched.

const startAt = new Date('2026-11-23T04:00:00Z')
const wechat = await startWechat({
  port: 0,
  tlsPort: 0,
  seed: 'test',
  clock: virtualClock({ startAt, running: false }),
})
const notifyUrl = 'http://127.0.0.1:9/notify'
const shop = merchantOf(wechat, notifyUrl)
const { mchid, appid, merchant, codeOf, v2, v3, v3Order, micropay, query, queryV3 } = shop
const { reverse, paid, codepay, password } = shop
const fault = (rule: FaultRule) => wechat.control.faults.add(rule)
const balanceOf = (account: string) => wechat.control.books().balances[account] ?? 0n

afterEach(() => {
  wechat.control.faults.clear()
  wechat.control.faults.setProfile({})
})
afterAll(() => wechat.close())

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
    const { apiKeyV2, privateKeyPem, certificatePem } = merchant
    return new Wechatpay({
      mchid,
      serial: merchant.serial,
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
      notify_url: notifyUrl,
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
      merchant.apiKeyV3,
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
      const signature = signLines(['GET', path, timestamp, 'n', ''], merchant.privateKeyPem)
      const serial = change.serial ?? merchant.serial
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
