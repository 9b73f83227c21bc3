import { randomUUID } from 'node:crypto'

import { expect, onTestFinished, test } from 'vitest'

import type { App } from '../../app/http/http.ts'
import {
  createChannelAccount,
  masterKeyOf,
  type NewChannelAccount,
} from '../../modules/channel/channel.ts'
import { systemClock } from '../../modules/lib/clock.ts'
import { newId } from '../../modules/lib/ids.ts'
import { readPayment, runChecks } from '../../modules/payment/payment.ts'
import { refund } from '../../modules/refund/refund.ts'
import { openSourceToken, recordLink, tellUnlinks } from '../../modules/wallet/wallet.ts'
import { startAlipay } from '../../sandbox/alipay/alipay.ts'
import { virtualClock } from '../../sandbox/counterpart/clock.ts'
import { startServer } from '../../sandbox/counterpart/http.ts'
import { startUnionpay } from '../../sandbox/unionpay/unionpay.ts'
import { startWechat } from '../../sandbox/wechat/wechat.ts'
import { serve } from './serve.ts'
import { institutionId, openShop, PIN } from './shop.ts'

// A payer links an account at a scheme, and our own code is then charged there.

const alipayRoad = 'cha_0000000000000000000000000e'
const cardRoad = 'cha_0000000000000000000000000f'
const wechatRoad = 'cha_0000000000000000000000000g'

const DAY_MS = 86_400_000
const noon = new Date((Math.floor(systemClock().getTime() / DAY_MS) + 1) * DAY_MS + DAY_MS / 6)

async function openWallet() {
  const clock = virtualClock({ startAt: noon, running: false })
  const common = { port: 0, seed: 'linked', clock }
  const [alipay, unionpay, wechat] = await Promise.all([
    startAlipay(common),
    startUnionpay(common),
    startWechat({ ...common, tlsPort: 0 }),
  ])
  // What the schemes tell comes to the server as it would over the wire.
  const server: { app?: App } = {}
  const mail = await startServer({
    port: 0,
    respond: async ({ url, text, headers }) => {
      const type = { 'content-type': headers['content-type'] ?? '' }
      const answer = await server.app!.inject({ method: 'POST', url, headers: type, payload: text })
      return { status: answer.statusCode, body: answer.payload }
    },
  })
  onTestFinished(async () => {
    await Promise.all([alipay.close(), unionpay.close(), wechat.close(), mail.close()])
  })
  const noticesTo = (road: string) => `${mail.url}/v1/channel_notices/${institutionId}/${road}`
  const shop = await openShop({ now: () => clock.now() })
  const { io, payer } = shop
  const [alipayApp] = alipay.control.setUp().apps
  const wechatSetUp = wechat.control.setUp() as any
  const [wechatMerchant] = wechatSetUp.merchants
  const setUp = unionpay.control.setUp() as any
  const [merchant] = setUp.merchants
  const place = { institutionId, acquirer: null, merchantId: null, costBps: 38, concurrency: 32 }
  const accounts = [
    {
      ...{ id: alipayRoad, channel: 'alipay', scheme: 'alipay', name: '支付宝' },
      settlement: 'direct',
      settings: {
        ...{ baseUrl: alipay.url, appId: alipayApp!.app_id, sellerId: alipayApp!.seller_id },
        notifyUrl: noticesTo(alipayRoad),
      },
      keys: {
        privateKey: alipayApp!.app_private_key,
        alipayPublicKeys: [alipayApp!.alipay_public_key],
      },
    },
    {
      ...{ id: cardRoad, channel: 'bankcard', scheme: 'unionpay', name: '银行卡' },
      settlement: 'pooled',
      settings: {
        ...{ baseUrl: unionpay.url, merId: merchant.mer_id, signerNames: ['00040000:SIGN'] },
      },
      keys: {
        ...{ privateKey: merchant.private_key, certificate: merchant.certificate },
        rootCertificates: [setUp.root_certificate],
      },
    },
    {
      ...{ id: wechatRoad, channel: 'wechat', scheme: 'wechat', name: '微信支付' },
      settlement: 'direct',
      settings: {
        ...{ baseUrl: wechat.url, certificateUrl: wechat.tlsUrl, planId: wechatMerchant.plan_id },
        ...{ appId: wechatMerchant.appids[0], mchId: wechatMerchant.mchid },
        noticeUrl: noticesTo(wechatRoad),
      },
      keys: {
        v2: {
          apiKey: wechatMerchant.api_key_v2,
          certificate: {
            certificatePem: wechatMerchant.certificate,
            privateKeyPem: wechatMerchant.private_key,
            authorityPem: wechatSetUp.authority_certificate,
          },
        },
      },
    },
  ] as const satisfies readonly Partial<NewChannelAccount>[]
  await io.db.transaction(async (tx) => {
    for (const account of accounts)
      await createChannelAccount(
        tx,
        { ...place, ...account },
        { masterKey: io.masterKey, now: io.now() },
      )
  })
  await io.refreshChannels()
  const desk = await serve(shop)
  server.app = desk.app
  const call = (method: 'GET' | 'POST' | 'DELETE', url: string, body?: object) =>
    desk.call(method, url, { token: payer.token, key: randomUUID(), ...(body && { body }) })
  return {
    ...{ ...shop, clock, alipay, unionpay, wechat, desk, call },
    /** Waits for what the schemes have to tell, and tells them what is due. */
    async tell() {
      await Promise.all([alipay.control.idle(), wechat.control.idle()])
      while ((await tellUnlinks(io, institutionId, [])) > 0);
    },
    async start(channel_account: string) {
      await clock.advance(1_000)
      const { status, body } = await call('POST', '/v1/linked_accounts', { channel_account })
      expect(status).toBe(201)
      return body
    },
    status: async (id: string) => (await call('GET', `/v1/linked_accounts/${id}`)).body,
    sources: async () => (await call('GET', '/v1/sources')).body.data,
    /** Lets time pass and does what falls due on the way, as the loops would. */
    async pass(ms: number) {
      for (let passed = 0; passed < ms; passed += 1_000) {
        await clock.advance(1_000)
        while ((await runChecks(io, institutionId, [])) > 0);
      }
    },
  }
}

type Wallet = Awaited<ReturnType<typeof openWallet>>

/** The payer signs Alipay's agreement on its page, as a browser would. */
async function agreeAtAlipay(url: string, payer = 'chen'): Promise<string> {
  const page = await fetch(url, { redirect: 'manual' })
  const answer = await fetch(new URL(page.headers.get('location') ?? '', url), {
    method: 'POST',
    headers: { accept: 'application/json' },
    body: new URLSearchParams({ payer, password: '123456' }),
  })
  return ((await answer.json()) as { location: string }).location
}

/** The payer puts a card on file on UnionPay's page. Answers what the browser carries back. */
async function agreeAtUnionpay(form: { action: string; fields: Record<string, string> }) {
  const page = await fetch(form.action, {
    ...{ method: 'POST', body: new URLSearchParams(form.fields), redirect: 'manual' },
  })
  const answer = await fetch(page.headers.get('location') ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ payer: 'zhou', password: '123456' }),
  })
  return (await answer.json()) as { front_url: string; fields: Record<string, string> }
}

/** The payer signs WeChat's contract on its page, in the browser that the wallet was open in. */
async function agreeAtWechat(url: string, payer = 'wang') {
  const page = await fetch(url)
  expect(await page.text()).not.toContain('pyr_')
  const answer = await fetch(page.url, {
    ...{ method: 'POST', headers: { accept: 'application/json' } },
    body: new URLSearchParams({ payer, password: '123456' }),
  })
  return ((await answer.json()) as { contract_id: string }).contract_id
}

async function linkAlipay(wallet: Wallet): Promise<string> {
  const { id, url } = await wallet.start(alipayRoad)
  await agreeAtAlipay(url)
  expect(await wallet.status(id)).toMatchObject({ state: 'linked' })
  return id
}

test('a payer is offered what can be linked', async () => {
  const wallet = await openWallet()
  const { body } = await wallet.call('GET', '/v1/linked_accounts/offers')
  expect(body.data).toMatchObject([
    { channel_account: alipayRoad, kind: 'linked', scheme: 'alipay' },
    { channel_account: cardRoad, kind: 'bank_card', scheme: 'unionpay' },
    { channel_account: wechatRoad, kind: 'linked', scheme: 'wechat' },
  ])
  const nowhere = { channel_account: 'cha_00000000000000000000000000' }
  const refused = await wallet.call('POST', '/v1/linked_accounts', nowhere)
  expect(refused.body.code).toBe('SOURCE_NOT_USABLE')
})

test('an Alipay account is linked on Alipay’s page, and pays by our own code', async () => {
  const wallet = await openWallet()
  const { id, url, form, state } = await wallet.start(alipayRoad)
  expect([state, form]).toEqual(['pending', null])
  expect(await wallet.status(id)).toMatchObject({ state: 'pending' })

  const back = await agreeAtAlipay(url)
  expect(new URL(back).pathname).toBe(`/v1/linked_accounts/${id}/return`)
  const returned = await wallet.desk.call('GET', new URL(back).pathname)
  expect([returned.status, returned.headers.location]).toEqual([303, `/wallet/?linked=${id}`])
  expect(await wallet.status(id)).toMatchObject({ state: 'linked' })
  const [balance, linked] = await wallet.sources()
  expect(balance).toMatchObject({ kind: 'balance', rank: 1, chosen: true })
  expect(linked).toMatchObject({ id, kind: 'linked', rank: 2, balance: null })
  expect(linked.channel_account).toBe(alipayRoad)

  await wallet.call('POST', `/v1/sources/${id}/choose`)
  const { payment } = await wallet.pay({ code: await wallet.code(), amountMinor: 2_600n })
  expect(payment).toMatchObject({ state: 'succeeded', sourceId: id })

  const order = { amount: 1_500, currency: 'CNY', order_no: 'shown' }
  const { token } = wallet.terminal
  const shown = await wallet.desk.call('POST', '/v1/orders', { token, key: 'shown', body: order })
  const paid = await wallet.call('POST', `/v1/orders/${shown.body.order.token}/pay`, {})
  expect(paid.body).toMatchObject({ state: 'succeeded', road: 'alipay', scheme: 'onetill' })
  // By a code on the wall: what Alipay declines has used nothing of the day's 500 yuan.
  const hung = { store: wallet.storeId, name: '1' }
  const wall = await wallet.desk.call('POST', '/v1/merchant_codes', {
    ...{ token: wallet.desk.staff.merchant, key: 'wall', body: hung },
  })
  const scan = (amount: number) =>
    wallet.call('POST', `/v1/orders/${wall.body.token}/pay`, { amount, pin: PIN })
  expect((await scan(30_004)).body).toMatchObject({ state: 'failed', road: 'alipay' })
  expect((await scan(50_000)).body).toMatchObject({ state: 'succeeded', road: 'alipay' })
  expect((await scan(1)).body.decline_reason).toBe('over_static_limit')

  expect((await wallet.balances())[`wallet:${wallet.payer.id}:balance`]).toBe(100_000n)
  expect(wallet.alipay.control.books().wrong).toEqual([])
  await wallet.deliver()
  await wallet.audit()
})

test('a bank card is put on file on UnionPay’s page, and pays by our own code', async () => {
  const wallet = await openWallet()
  const { id, url, form } = await wallet.start(cardRoad)
  expect(url).toBe(null)
  const carried = await agreeAtUnionpay(form)
  const returned = await wallet.desk.app.inject({
    ...{ method: 'POST', url: new URL(carried.front_url).pathname },
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(carried.fields).toString(),
  })
  expect(returned.statusCode).toBe(303)
  expect(await wallet.status(id)).toMatchObject({ state: 'linked', last4: /^\d{4}$/ })

  await wallet.call('POST', `/v1/sources/${id}/choose`)
  const { payment } = await wallet.pay({ code: await wallet.code(), amountMinor: 2_600n })
  expect(payment).toMatchObject({ state: 'processing' })
  await wallet.pass(4_000)
  expect(await readPayment(wallet.io.db, institutionId, payment.id)).toMatchObject({
    ...{ state: 'succeeded', sourceId: id },
  })
  expect(wallet.unionpay.control.books().wrong).toEqual([])
  await wallet.deliver()
  await wallet.audit()
})

test('a WeChat account is linked by its notice, pays by our own code, and is given back', async () => {
  const wallet = await openWallet()
  const { id, url, state } = await wallet.start(wechatRoad)
  expect(state).toBe('pending')
  const contractId = await agreeAtWechat(url)
  await wallet.tell()
  const { body } = await wallet.call('GET', '/v1/linked_accounts')
  expect(body.data[0]).toMatchObject({ id, state: 'linked', label: '微信支付' })
  const [signed] = wallet.wechat.control.books().contracts
  expect(signed).toMatchObject({
    contractCode: id,
    displayAccount: expect.stringMatching(/^..\*\*\*$/),
  })
  const source = { institutionId, sourceId: id }
  expect(await openSourceToken(wallet.io.db, source, wallet.io.masterKey)).toBe(contractId)
  await wallet.call('POST', `/v1/sources/${id}/choose`)

  const { payment } = await wallet.pay({ code: await wallet.code(), amountMinor: 2_600n })
  expect(payment).toMatchObject({ state: 'processing', sourceId: id, road: 'wechat' })
  await wallet.clock.advance(2_000)
  await wallet.tell()
  const standing = (paymentId: string) => readPayment(wallet.io.db, institutionId, paymentId)
  expect(await standing(payment.id)).toMatchObject({ state: 'succeeded' })
  const asker = { actor: 'operator', merchantId: wallet.merchantId, terminalId: null }
  const { refund: back } = await refund(wallet.io, {
    ...{ institutionId, paymentId: payment.id, merchantId: wallet.merchantId, amountMinor: 600n },
    ...{ reason: null, idempotencyKey: 'back', trail: null, asker },
  })
  expect(back.state).toBe('processing')

  // Declined by the scheme a moment later, and told by a notice that names no amount.
  const poor = await wallet.pay({ code: await wallet.code(), amountMinor: 2_604n })
  await wallet.clock.advance(2_000)
  await wallet.tell()
  const failed = { state: 'failed', declineReason: 'insufficient_funds' }
  expect(await standing(poor.payment.id)).toMatchObject(failed)

  // Nobody hears that it is paid, and the cashier wants it no more: it is given back.
  wallet.wechat.control.faults.add({ kind: 'notice_lost', operation: 'notice', times: null })
  const unwanted = await wallet.pay({ code: await wallet.code(), amountMinor: 2_600n })
  const { token } = wallet.terminal
  await wallet.desk.call('POST', `/v1/payments/${unwanted.payment.id}/reverse`, { token, key: 'r' })
  await wallet.pass(60_000)
  expect(await standing(unwanted.payment.id)).toMatchObject({ state: 'reversed' })
  const { totals, wrong } = wallet.wechat.control.books()
  expect([totals.paidMinor - totals.refundedMinor, wrong]).toEqual([2_000n, []])
  expect((await wallet.balances())[`wallet:${wallet.payer.id}:balance`]).toBe(100_000n)
  await wallet.deliver()
  await wallet.audit()
})

test('schemes are told what was unlinked; a dead one holds nobody up and hears of it later', async () => {
  const wallet = await openWallet()
  const alipayLink = await linkAlipay(wallet)
  const contract = await wallet.start(wechatRoad)
  await agreeAtWechat(contract.url)
  const card = await wallet.start(cardRoad)
  await agreeAtUnionpay(card.form)
  for (const { id } of [contract, card])
    expect(await wallet.status(id)).toMatchObject({ state: 'linked' })

  wallet.wechat.control.faults.add({ kind: 'down', times: null })
  for (const id of [alipayLink, contract.id, card.id])
    expect((await wallet.call('DELETE', `/v1/linked_accounts/${id}`)).status).toBe(204)
  expect(await wallet.sources()).toMatchObject([{ kind: 'balance', chosen: true }])
  await wallet.tell()
  const { alipay, unionpay, wechat } = wallet
  expect(alipay.control.books().agreements).toMatchObject([{ status: 'UNSIGN' }])
  expect(unionpay.control.books().tokens).toMatchObject([{ isLive: false }])
  expect(wechat.control.books().contracts).toMatchObject([{ endedBy: undefined }])
  expect(await keptTokens(wallet)).toEqual([contract.id])

  wechat.control.faults.clear()
  await wallet.clock.advance(31_000)
  await wallet.tell()
  expect(wechat.control.books().contracts).toMatchObject([{ endedBy: 'merchant' }])
  expect(await keptTokens(wallet)).toEqual([])
})

async function keptTokens({ io }: Wallet): Promise<string[]> {
  const text = 'select id from source where institution_id = $1 and sealed_token is not null'
  const rows = await io.db.read<{ id: string }>({ name: 'test.kept', text }, [institutionId])
  return rows.map(({ id }) => id)
}

test('who ends it at the scheme is unlinked, and who agrees after giving up is not linked', async () => {
  const wallet = await openWallet()
  const { id, url } = await wallet.start(wechatRoad)
  const contractId = await agreeAtWechat(url)
  await wallet.tell()
  await wallet.call('POST', `/v1/sources/${id}/choose`)
  const ended = await fetch(`${wallet.wechat.url}/phone/wang/contracts`, {
    method: 'POST',
    body: new URLSearchParams({ contract_id: contractId, password: '123456' }),
  })
  expect(ended.status).toBe(200)
  await wallet.tell()
  expect(await wallet.status(id)).toMatchObject({ state: 'unlinked' })
  expect(await wallet.sources()).toMatchObject([{ kind: 'balance', chosen: true }])

  const late = await wallet.start(wechatRoad)
  await wallet.call('DELETE', `/v1/linked_accounts/${late.id}`)
  await wallet.tell()
  await agreeAtWechat(late.url)
  await wallet.tell()
  expect(await wallet.status(late.id)).toMatchObject({ state: 'unlinked' })
  const [, second] = wallet.wechat.control.books().contracts
  expect(second).toMatchObject({ contractCode: late.id, endedBy: 'merchant' })

  // Of another account's link, and of none at all, nothing is taken in.
  const other = await wallet.start(alipayRoad)
  const linked = { kind: 'linked', token: 'x', label: 'x', last4: null } as const
  const act = { actor: 'channel', trailId: newId('trl'), now: wallet.io.now() }
  const { db, masterKey } = wallet.io
  for (const linkId of [other.id, newId('src')]) {
    const about = { institutionId, linkId, channelAccountId: wechatRoad } as const
    const word = { ...about, kind: 'linked', linked, masterKey } as const
    const taken = db.transaction((tx) => recordLink(tx, word, act))
    await expect(taken).rejects.toMatchObject({ code: 'NOT_FOUND' })
  }
  expect(await wallet.sources()).toHaveLength(1)
})

test('an account that is not agreed upon stays pending, and one that is over is refused', async () => {
  const wallet = await openWallet()
  const { id } = await wallet.start(cardRoad)
  await wallet.clock.advance(60_000)
  expect(await wallet.status(id)).toMatchObject({ state: 'pending' })
  await wallet.clock.advance(16 * 60_000)
  expect(await wallet.status(id)).toMatchObject({ state: 'refused' })
  expect(await wallet.sources()).toHaveLength(1)
})

test('an unlinked account is charged no more, and another is chosen in its place', async () => {
  const wallet = await openWallet()
  const id = await linkAlipay(wallet)
  await wallet.call('POST', `/v1/sources/${id}/choose`)
  const code = await wallet.code()
  const source = { institutionId, sourceId: id }
  expect(await openSourceToken(wallet.io.db, source, wallet.io.masterKey)).toMatch(/^\d+$/)

  expect((await wallet.call('DELETE', `/v1/linked_accounts/${id}`)).status).toBe(204)
  expect((await wallet.call('DELETE', `/v1/linked_accounts/${id}`)).status).toBe(204)
  expect(await openSourceToken(wallet.io.db, source, wallet.io.masterKey)).toBe(null)
  expect(await wallet.status(id)).toMatchObject({ state: 'unlinked' })
  expect(await wallet.sources()).toMatchObject([{ kind: 'balance', chosen: true }])
  const outcome = await wallet.pay({ code, amountMinor: 2_600n }).catch((error) => error.code)
  expect(outcome.payment?.state).not.toBe('succeeded')
  expect((await wallet.pay({ code: await wallet.code() })).payment.state).toBe('succeeded')
  await wallet.audit()
})

test('a token lies sealed, and opens only for its own source and key', async () => {
  const wallet = await openWallet()
  const id = await linkAlipay(wallet)
  const { io } = wallet
  const text = 'select sealed_token from source where institution_id = $1 and id = $2'
  type Row = { sealed_token: Buffer }
  const [row] = await io.db.read<Row>({ name: 'test.sealed', text }, [institutionId, id])
  const token = await openSourceToken(io.db, { institutionId, sourceId: id }, io.masterKey)
  expect(row!.sealed_token.includes(Buffer.from(token!))).toBe(false)
  const otherKey = masterKeyOf(new Uint8Array(32))
  await expect(openSourceToken(io.db, { institutionId, sourceId: id }, otherKey)).rejects.toThrow(
    'cannot be opened',
  )
})

test('another payer’s link is not there', async () => {
  const wallet = await openWallet()
  const { id } = await wallet.start(alipayRoad)
  const { body } = await wallet.desk.call('POST', '/v1/payers', {
    body: { login: 'other', name: '别人', password: 'correct horse', pin: '135790' },
  })
  for (const method of ['GET', 'DELETE'] as const) {
    const answer = await wallet.desk.call(method, `/v1/linked_accounts/${id}`, {
      token: body.token,
    })
    expect(answer.status).toBe(404)
  }
})
