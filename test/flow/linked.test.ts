import { randomUUID } from 'node:crypto'

import { expect, onTestFinished, test } from 'vitest'

import { createChannelAccount, type NewChannelAccount } from '../../modules/channel/channel.ts'
import { systemClock } from '../../modules/lib/clock.ts'
import { readPayment, runChecks } from '../../modules/payment/payment.ts'
import { openSourceToken } from '../../modules/wallet/wallet.ts'
import { startAlipay } from '../../sandbox/alipay/alipay.ts'
import { virtualClock } from '../../sandbox/counterpart/clock.ts'
import { startUnionpay } from '../../sandbox/unionpay/unionpay.ts'
import { serve } from './serve.ts'
import { institutionId, openShop } from './shop.ts'

// A payer links an account at a scheme, and our own code is then charged there.

const alipayRoad = 'cha_0000000000000000000000000e'
const cardRoad = 'cha_0000000000000000000000000f'

const DAY_MS = 86_400_000
const noon = new Date((Math.floor(systemClock().getTime() / DAY_MS) + 1) * DAY_MS + DAY_MS / 6)

async function openWallet() {
  const clock = virtualClock({ startAt: noon, running: false })
  const common = { port: 0, seed: 'linked', clock }
  const [alipay, unionpay] = await Promise.all([startAlipay(common), startUnionpay(common)])
  onTestFinished(async () => void (await Promise.all([alipay.close(), unionpay.close()])))
  const shop = await openShop({ now: () => clock.now() })
  const { io, payer } = shop
  const [app] = alipay.control.setUp().apps
  const setUp = unionpay.control.setUp() as any
  const [merchant] = setUp.merchants
  const place = { institutionId, acquirer: null, merchantId: null, costBps: 38, concurrency: 32 }
  const accounts = [
    {
      ...{ id: alipayRoad, channel: 'alipay', scheme: 'alipay', name: '支付宝' },
      settlement: 'direct',
      settings: { baseUrl: alipay.url, appId: app!.app_id, sellerId: app!.seller_id },
      keys: { privateKey: app!.app_private_key, alipayPublicKeys: [app!.alipay_public_key] },
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
  const call = (method: 'GET' | 'POST' | 'DELETE', url: string, body?: object) =>
    desk.call(method, url, { token: payer.token, key: randomUUID(), ...(body && { body }) })
  return {
    ...{ ...shop, clock, alipay, unionpay, desk, call },
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
  const otherKey = new Uint8Array(32)
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
