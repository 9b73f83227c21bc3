import { AlipaySdk } from 'alipay-sdk'
import { afterEach, describe, expect, test } from 'vitest'
import { Formatter, Hash, Rsa } from 'wechatpay-axios-plugin'

import { openAlipay } from '../../modules/channel/alipay/alipay.ts'
import type { Channel, PresentOrder, PresentOutcome } from '../../modules/channel/channel.ts'
import { openUnionpay } from '../../modules/channel/unionpay/unionpay.ts'
import { openWechat } from '../../modules/channel/wechat/wechat.ts'
import { systemClock } from '../../modules/lib/clock.ts'
import { newId } from '../../modules/lib/ids.ts'
import { startAlipay } from '../../sandbox/alipay/alipay.ts'
import { startUnionpay } from '../../sandbox/unionpay/unionpay.ts'
import { virtualClock } from '../../sandbox/counterpart/clock.ts'
import { PLAN_ID } from '../../sandbox/wechat/accounts.ts'
import { startWechat } from '../../sandbox/wechat/wechat.ts'

// What a merchant shows and a payer takes up: QR codes, pages, and what is handed to an SDK.

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})

function orderOf(way: PresentOrder['way'], more: Partial<PresentOrder> = {}): PresentOrder {
  const startedAt = systemClock()
  return {
    ...{ chargeId: newId('chg'), way, payerRef: null, amountMinor: 8_850n, currency: 'CNY' },
    ...{ description: '演示商店 & 姜茶', ip: '203.0.113.9', storeId: 'str_1', terminalId: 'trm_1' },
    ...{ startedAt, expiresAt: new Date(startedAt.getTime() + 15 * 60_000), returnUrl: null },
    ...more,
  }
}

type Ready = Extract<PresentOutcome, { kind: 'ready' }>

async function ready(channel: Channel, order: PresentOrder): Promise<Ready> {
  const outcome = await channel.present!(order)
  expect(outcome).toMatchObject({ kind: 'ready' })
  return outcome as Ready
}

async function postJson(url: string, body: object): Promise<{ status: number; body: any }> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: answer.status, body: await answer.json() }
}

const PAID = { kind: 'succeeded', payerPaidMinor: 8_850n }

describe.each(['v2', 'v3'] as const)('WeChat Pay %s', (version) => {
  async function open() {
    const wechat = await startWechat({ port: 0, seed: 'present', magicAmounts: false })
    opened.push(wechat)
    const { merchants, platform } = wechat.control.accounts
    const merchant = merchants[0]!
    const channel = openWechat({
      ...{ baseUrl: wechat.url, version, appId: merchant.appids[0]!, mchId: merchant.mchid },
      v2: { apiKey: merchant.apiKeyV2 },
      v3: {
        ...{ apiKey: merchant.apiKeyV3, privateKeyPem: merchant.privateKeyPem },
        ...{ serial: merchant.serial },
        platformKeys: { [platform.publicKeyId]: platform.publicKeyPem },
      },
    })
    const { payers } = wechat.control.setUp() as { payers: { openids: object }[] }
    const pay = (what: object) =>
      postJson(`${wechat.url}/phone/wang/pay`, { password: '123456', ...what })
    const [openid = ''] = Object.values(payers[0]!.openids) as string[]
    return { wechat, merchant, channel, pay, openid }
  }

  test('a QR code is paid by the phone that scans it', async () => {
    const { channel, pay } = await open()
    const order = orderOf('native')
    const { qrText } = await ready(channel, order)
    expect(qrText).toMatch(/^weixin:\/\/wxpay\//)
    expect(await channel.query(order)).toMatchObject({ kind: 'unknown', channelCode: 'NOTPAY' })
    expect((await pay({ code_url: qrText })).status).toBe(200)
    expect(await channel.query(order)).toMatchObject(PAID)
    expect(await channel.close(order)).toMatchObject({ kind: 'refused' })
  })

  test('a page in WeChat hands over fields that WeChat’s own client verifies', async () => {
    const { channel, pay, openid, merchant } = await open()
    const order = orderOf('jsapi', { payerRef: openid })
    const sdk = (await ready(channel, order)).sdk as Record<string, string>
    const { appId, timeStamp, nonceStr, package: packed, paySign, signType } = sdk
    if (version === 'v3') {
      const lines = Formatter.joinedByLineFeed(appId!, timeStamp!, nonceStr!, packed!)
      expect(Rsa.verify(lines, paySign!, merchant.certificatePem)).toBe(true)
    } else {
      const { paySign: _left, ...signed } = sdk
      expect(Hash.sign(signType as 'HMAC-SHA256', signed, merchant.apiKeyV2)).toBe(paySign)
    }
    expect((await pay({ jsapi: sdk })).status).toBe(200)
    expect(await channel.query(order)).toMatchObject(PAID)
  })

  test('an app hands over fields that WeChat’s own client verifies', async () => {
    const { channel, pay, merchant } = await open()
    const order = orderOf('app')
    const sdk = (await ready(channel, order)).sdk as Record<string, string>
    const { appid, timestamp, noncestr, prepayid, sign } = sdk
    if (version === 'v3') {
      const lines = Formatter.joinedByLineFeed(appid!, timestamp!, noncestr!, prepayid!)
      expect(Rsa.verify(lines, sign!, merchant.certificatePem)).toBe(true)
    } else {
      const { sign: _left, ...signed } = sdk
      expect(Hash.sign('HMAC-SHA256', signed, merchant.apiKeyV2)).toBe(sign)
    }
    expect((await pay({ app: sdk })).status).toBe(200)
    expect(await channel.query(order)).toMatchObject(PAID)
  })

  test('a page in the phone’s browser leads to WeChat and back', async () => {
    const { channel, pay } = await open()
    const order = orderOf('h5', { returnUrl: 'https://till.example/done?a=1' })
    const { url = '' } = await ready(channel, order)
    expect(new URL(url).searchParams.get('redirect_url')).toBe('https://till.example/done?a=1')
    const [bare] = url.split('?')
    expect((await pay({ h5_url: bare })).status).toBe(200)
    expect(await channel.query(order)).toMatchObject(PAID)
  })

  test('an order that is closed cannot be paid, and is closed as often as it is asked', async () => {
    const { channel, pay } = await open()
    const order = orderOf('native')
    const { qrText } = await ready(channel, order)
    const closed = { kind: 'reversed', wasPaid: false }
    expect(await channel.close(order)).toMatchObject(closed)
    expect(await channel.close(order)).toMatchObject(closed)
    expect((await pay({ code_url: qrText })).status).toBe(422)
    expect(await channel.query(order)).toMatchObject({ kind: 'reversed' })
    expect(await channel.present!(order)).toMatchObject({
      kind: 'refused',
      reason: 'order_expired',
    })
  })

  test('an order whose answer is lost is unknown, and asking again shows it', async () => {
    const { wechat, channel } = await open()
    const order = orderOf('native')
    wechat.control.faults.add({ kind: 'answer_lost', operation: 'order', orderNo: order.chargeId })
    expect(await channel.present!(order)).toMatchObject({ kind: 'unknown', isIll: true })
    expect(await channel.present!(order)).toMatchObject({ kind: 'ready' })
  })

  test('a payer whom the app does not know is refused', async () => {
    const { channel } = await open()
    const order = orderOf('jsapi', { payerRef: 'oNobody' })
    const refused = { kind: 'refused', reason: 'channel_refused', channelCode: 'PARAM_ERROR' }
    expect(await channel.present!(order)).toEqual(refused)
  })
})

describe('WeChat Pay by contract', () => {
  async function open() {
    const clock = virtualClock({ startAt: systemClock(), running: false })
    const wechat = await startWechat({ port: 0, tlsPort: 0, seed: 'contract', clock })
    opened.push(wechat)
    const { authority, merchants } = wechat.control.accounts
    const merchant = merchants[0]!
    const { certificatePem, privateKeyPem } = merchant
    const certificate = { certificatePem, privateKeyPem, authorityPem: authority.certificatePem }
    const channel = openWechat(
      {
        ...{ baseUrl: wechat.url, certificateUrl: wechat.tlsUrl!, planId: PLAN_ID },
        ...{ appId: merchant.appids[0]!, mchId: merchant.mchid },
        v2: { apiKey: merchant.apiKeyV2, certificate },
      },
      { clock: () => clock.now(), fetch },
    )
    const link = async (isInApp = false) => {
      const linkId = newId('src', clock.nowMs())
      const page = await channel.link!({
        ...{ linkId, payerLabel: '139****0001', ip: '203.0.113.9', isInApp },
        ...{ returnUrl: 'https://unused.example', startedAt: clock.now() },
      })
      return { linkId, url: (page as { url: string }).url }
    }
    /** What the browser does with the page: it came from the wallet and goes back there. */
    const agree = async (url: string, password = '123456') => {
      const referer = 'https://wallet.example/wallet/accounts/link/src_1'
      const page = await fetch(url, { headers: { referer } })
      expect(await page.text()).toContain('139****0001')
      const answer = await fetch(page.url, {
        ...{ method: 'POST', headers: { accept: 'application/json' } },
        body: new URLSearchParams({ payer: 'wang', password }),
      })
      return { status: answer.status, body: (await answer.json()) as any }
    }
    const linked = async () => {
      const { linkId, url } = await link()
      expect((await agree(url)).status).toBe(200)
      const read = await channel.readLink!(linkId)
      if (read.kind !== 'linked') throw new Error(`not linked: ${read.kind}`)
      return { linkId, token: read.token }
    }
    const orderOf = (token: string, amountMinor = 8_850n) => ({
      ...{ chargeId: newId('chg', clock.nowMs()), startedAt: clock.now(), amountMinor },
      ...{ currency: 'CNY' as const, ip: '127.0.0.1', description: '早餐' },
      ...{ terminalId: 'trm_1', storeId: 'str_1', by: 'agreement' as const },
      means: { kind: 'agreement' as const, token },
    })
    return { clock, wechat, channel, link, agree, linked, orderOf }
  }

  test('a payer signs on WeChat’s page with the password, and is sent back to the wallet', async () => {
    const { channel, link, agree } = await open()
    for (const isInApp of [false, true]) {
      const { linkId, url } = await link(isInApp)
      expect(await channel.readLink!(linkId)).toEqual({ kind: 'pending' })
      expect((await agree(url, 'wrong')).status).toBe(403)
      const { body } = await agree(isInApp ? (await link(true)).url : url)
      expect(body.location).toBe('https://wallet.example/wallet/accounts/link/src_1?from_wxpay=1')
      const stands = await channel.readLink!(linkId)
      expect(stands).toMatchObject(isInApp ? { kind: 'pending' } : { label: '微信支付' })
    }
  })

  test('a charge by contract is taken in, then paid; it is refunded, and undone by a refund', async () => {
    const { clock, wechat, channel, linked, orderOf } = await open()
    const { token } = await linked()
    const order = orderOf(token)
    const taken = { kind: 'unknown', waitsFor: 'channel', channelCode: 'ACCEPT' }
    expect(await channel.charge(order)).toMatchObject(taken)
    expect(await channel.query(order)).toMatchObject(taken)
    expect(await channel.reverse(order)).toEqual({ kind: 'again', channelCode: 'ACCEPT' })
    await clock.advance(2_000)
    expect(await channel.query(order)).toMatchObject(PAID)
    expect(await channel.query({ ...order, by: undefined } as never)).toMatchObject({
      ...{ kind: 'unknown', channelCode: 'ORDERNOTEXIST' },
    })
    expect(await channel.charge(order)).toMatchObject({ channelCode: 'ORDERPAID' })

    expect(await channel.reverse(order)).toMatchObject({ kind: 'again' })
    await clock.advance(3_000)
    const undone = { kind: 'reversed', wasPaid: true, channelCode: 'REFUNDED' }
    expect(await channel.reverse(order)).toEqual(undone)
    expect(await channel.reverse(order)).toEqual(undone)
    const { wrong, totals } = wechat.control.books()
    expect([wrong, totals.refunds]).toEqual([[], 1])
  })

  // The last two digits; the sandbox's own limit of one charge is 5,000 yuan.
  test.each([
    [10_001n, { kind: 'unknown' }, 2_000, PAID.kind],
    [10_002n, { kind: 'unknown' }, 60_000, 'unknown'],
    [10_003n, { kind: 'unknown', channelCode: 'SYSTEMERROR' }, 2_000, PAID.kind],
    [10_004n, { kind: 'unknown' }, 2_000, 'declined'],
    [10_005n, { kind: 'declined', reason: 'account_not_linked' }, 60_000, 'not_found'],
    [500_100n, { kind: 'declined', reason: 'over_channel_limit' }, 60_000, 'not_found'],
  ])('%i fen by contract', async (amountMinor, answer, waitMs, end) => {
    const { clock, channel, linked, orderOf } = await open()
    const { token } = await linked()
    const order = orderOf(token, amountMinor)
    expect(await channel.charge(order)).toMatchObject(answer)
    await clock.advance(waitMs)
    expect((await channel.query(order)).kind).toBe(end)
  })

  test('a contract that was ended, by whom ever, is charged no more', async () => {
    const { clock, wechat, channel, linked, orderOf } = await open()
    const { linkId, token } = await linked()
    const late = orderOf(token)
    await channel.charge(late)
    for (let times = 0; times < 2; times++)
      expect(await channel.unlink!({ linkId, token })).toMatchObject({ kind: 'unlinked' })
    const gone = { kind: 'declined', reason: 'account_not_linked' }
    expect(await channel.charge(orderOf(token))).toMatchObject(gone)
    expect(await channel.readLink!(linkId)).toMatchObject({ kind: 'refused' })
    await clock.advance(2_000)
    expect(await channel.query(late)).toMatchObject({ kind: 'declined', channelCode: 'PAY_FAIL' })

    const other = await linked()
    const end = (password: string) =>
      fetch(`${wechat.url}/phone/wang/contracts`, {
        method: 'POST',
        body: new URLSearchParams({ contract_id: other.token, password }),
      })
    expect([(await end('wrong')).status, (await end('123456')).status]).toEqual([422, 200])
    expect(await channel.charge(orderOf(other.token))).toMatchObject(gone)
    expect(wechat.control.books().wrong).toEqual([])
  })

  test('a dead WeChat gives no page, and what is asked of it is asked again', async () => {
    const { wechat, channel, link } = await open()
    const down = { kind: 'down', times: null } as const
    wechat.control.faults.add(down)
    const linkId = newId('src')
    expect(await channel.unlink!({ linkId, token: null })).toMatchObject({
      kind: 'again',
      isIll: true,
    })
    expect(await channel.readLink!(linkId)).toEqual({ kind: 'pending' })
    await wechat.close()
    expect((await link()).url).toBeUndefined()
  })
})

describe('Alipay', () => {
  async function open() {
    const alipay = await startAlipay({ port: 0, seed: 'present', magicAmounts: false })
    opened.push(alipay)
    const setUp = alipay.control.setUp()
    const app = setUp.apps[0]!
    const channel = openAlipay({
      ...{ baseUrl: alipay.url, appId: app.app_id, sellerId: app.seller_id },
      ...{ privateKey: app.app_private_key, alipayPublicKeys: [app.alipay_public_key] },
    })
    const pay = (codeUrl: string) =>
      postJson(`${alipay.url}/phone/chen/pay`, { password: '123456', code_url: codeUrl })
    return { alipay, app, channel, pay, buyerId: setUp.payers[0]!.user_id }
  }

  /** What the browser does with the page that it is sent to. */
  async function onPage(page: string | URL, init: RequestInit, answers: Record<string, string>) {
    const gone = await fetch(page, { ...init, redirect: 'manual' })
    const answer = await fetch(new URL(gone.headers.get('location')!), {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: new URLSearchParams({ password: '123456', ...answers }),
    })
    return (await answer.json()) as { location: string }
  }

  test('a QR code is paid by the phone that scans it', async () => {
    const { channel, pay } = await open()
    const order = orderOf('native')
    const { qrText = '' } = await ready(channel, order)
    expect(await channel.query(order)).toMatchObject({ kind: 'unknown' })
    expect((await pay(qrText)).status).toBe(200)
    expect(await channel.query(order)).toMatchObject(PAID)
    expect(await channel.close(order)).toMatchObject({ kind: 'refused' })
  })

  test('an app hands over a string that Alipay’s own client verifies, and the phone pays it', async () => {
    const { channel, pay, app } = await open()
    const order = orderOf('app')
    const sdk = (await ready(channel, order)).sdk as string
    // The client verifies with what it holds for Alipay's key: here the app's.
    const client = new AlipaySdk({
      ...{ appId: app.app_id, privateKey: app.app_private_key, keyType: 'PKCS8' },
      alipayPublicKey: app.app_public_key,
    })
    const fields = Object.fromEntries(new URLSearchParams(sdk))
    expect(client.checkNotifySign(fields)).toBe(true)
    expect(client.checkNotifySign({ ...fields, method: 'alipay.trade.pay' })).toBe(false)
    expect((await pay(sdk)).status).toBe(200)
    expect(await channel.query(order)).toMatchObject(PAID)
  })

  test('a page in the phone’s browser is posted to, and sends the browser back', async () => {
    const { channel } = await open()
    const order = orderOf('h5', { returnUrl: 'https://till.example/done' })
    const { form } = await ready(channel, order)
    const init = { method: 'POST', body: new URLSearchParams(form!.fields) }
    const { location } = await onPage(form!.action, init, { payer: 'chen' })
    expect(location).toMatch(/^https:\/\/till\.example\/done\?/)
    expect(await channel.query(order)).toMatchObject(PAID)
  })

  test('a page in Alipay is given the trade’s number', async () => {
    const { alipay, channel, buyerId } = await open()
    const order = orderOf('jsapi', { payerRef: buyerId })
    const { sdk } = await ready(channel, order)
    expect(sdk).toEqual({ tradeNO: expect.stringMatching(/^\d{16,}$/) })
    const phone = `${alipay.url}/phone/chen`
    const answer = { order_no: order.chargeId, password: '123456', action: 'confirm' }
    expect((await postJson(`${phone}/password`, answer)).status).toBe(200)
    expect(await channel.query(order)).toMatchObject(PAID)
  })

  test('a QR code that nobody has scanned is closed, and cannot be paid then', async () => {
    const { channel, pay } = await open()
    const order = orderOf('native')
    const { qrText = '' } = await ready(channel, order)
    const young = await channel.close(order)
    expect(young.kind).toMatch(/^(again|reversed)$/)
    const old = { ...order, startedAt: new Date(order.startedAt.getTime() - 60_000) }
    expect(await channel.close(old)).toMatchObject({ kind: 'reversed' })
    expect((await pay(qrText)).status).toBe(422)
  })

  test('a payer agrees on Alipay’s page, is charged by the agreement, and not after it has ended', async () => {
    const { alipay, app, channel } = await open()
    const linkId = newId('src')
    const link = { linkId, payerLabel: '139****0001', ip: '203.0.113.9', isInApp: false }
    const returnUrl = 'https://wallet.example/linked'
    const page = await channel.link!({ ...link, returnUrl, startedAt: systemClock() })
    expect(await channel.readLink!(linkId)).toEqual({ kind: 'pending' })
    const { url } = page as { url: string }
    const { location } = await onPage(url, {}, { payer: 'chen' })
    expect(location).toMatch(/^https:\/\/wallet\.example\/linked\?/)
    const linked = await channel.readLink!(linkId)
    if (linked.kind !== 'linked') throw new Error(`not linked: ${linked.kind}`)
    expect(linked).toMatchObject({ label: '138******01', last4: null })

    const { chargeId, startedAt } = orderOf('app')
    const order = {
      ...{ chargeId, startedAt, amountMinor: 8_850n, currency: 'CNY' as const, ip: '127.0.0.1' },
      ...{ description: '早餐', terminalId: 'trm_1', storeId: 'str_1' },
      means: { kind: 'agreement' as const, token: linked.token },
    }
    expect(await channel.charge(order)).toMatchObject(PAID)
    const client = new AlipaySdk({
      ...{ appId: app.app_id, privateKey: app.app_private_key, keyType: 'PKCS8' },
      ...{ alipayPublicKey: app.alipay_public_key, gateway: `${alipay.url}/gateway.do` },
    })
    const other = newId('src')
    const again = await channel.link!({
      ...link,
      linkId: other,
      returnUrl,
      startedAt: systemClock(),
    })
    await onPage((again as { url: string }).url, {}, { payer: 'chen' })
    const second = await channel.readLink!(other)
    if (second.kind !== 'linked') throw new Error(`not linked: ${second.kind}`)
    await client.exec('alipay.user.agreement.unsign', {
      bizContent: { agreement_no: second.token },
    })
    for (const each of [linkId, other, newId('src')]) {
      const unlinked = await channel.unlink!({ linkId: each, token: linked.token })
      expect(unlinked).toMatchObject({ kind: 'unlinked' })
    }
    expect(await channel.charge({ ...order, chargeId: newId('chg') })).toMatchObject({
      ...{ kind: 'declined', reason: 'account_not_linked' },
    })
  })
})

describe('UnionPay', () => {
  async function open() {
    const unionpay = await startUnionpay({
      ...{ port: 0, seed: 'present', magicAmounts: false, workMs: 0 },
    })
    opened.push(unionpay)
    const setUp = unionpay.control.setUp()
    const merchant = setUp.merchants[0]!
    const channel = openUnionpay({
      ...{ baseUrl: unionpay.url, merId: merchant.mer_id, privateKey: merchant.private_key },
      ...{ certificate: merchant.certificate, rootCertificates: [setUp.root_certificate] },
      signerNames: ['00040000:SIGN'],
    })
    const pay = (codeUrl: string) =>
      postJson(`${unionpay.url}/phone/zhou/pay`, { password: '123456', code_url: codeUrl })
    return { unionpay, channel, pay }
  }

  test('a QR code is paid by the phone that scans it', async () => {
    const { channel, pay } = await open()
    const order = orderOf('native')
    const { qrText = '' } = await ready(channel, order)
    expect(qrText).toMatch(/^https:\/\/qr\.95516\.com\//)
    expect(await channel.query(order)).toMatchObject({ kind: 'unknown', channelCode: '05' })
    expect((await pay(qrText)).status).toBe(200)
    expect(await channel.query(order)).toMatchObject(PAID)
    expect(await channel.close(order)).toEqual({ kind: 'refused', channelCode: 'PAID' })
  })

  test('an app is given the number that UnionPay’s app opens', async () => {
    const { channel, pay } = await open()
    const order = orderOf('app')
    const { sdk } = await ready(channel, order)
    expect((await pay(sdk as string)).status).toBe(200)
    expect(await channel.query(order)).toMatchObject(PAID)
  })

  test('a page in the browser is posted to, and sends the browser back with a signed word', async () => {
    const { channel } = await open()
    const order = orderOf('h5', { returnUrl: 'https://till.example/done' })
    const { form } = await ready(channel, order)
    const gone = await fetch(form!.action, {
      ...{ method: 'POST', body: new URLSearchParams(form!.fields), redirect: 'manual' },
    })
    const page = new URL(gone.headers.get('location')!, form!.action)
    const { body } = await postJson(page.href, { payer: 'zhou', password: '123456' })
    expect(body.front_url).toBe('https://till.example/done')
    expect(await channel.query(order)).toMatchObject(PAID)
  })

  test('a QR code that nobody has paid is closed, and cannot be paid then', async () => {
    const { channel, pay } = await open()
    const order = orderOf('native')
    const { qrText = '' } = await ready(channel, order)
    expect(await channel.close(order)).toMatchObject({ kind: 'reversed' })
    expect((await pay(qrText)).status).toBe(404)
  })

  test('what UnionPay does not offer is refused and not sent', async () => {
    const { channel } = await open()
    expect(await channel.present!(orderOf('jsapi'))).toEqual({
      ...{ kind: 'refused', reason: 'channel_refused', channelCode: 'NOT_OFFERED' },
    })
  })
})
