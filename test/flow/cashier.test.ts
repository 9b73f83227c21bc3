import { expect, test } from 'vitest'

import { readUserAgent } from '../../app/http/user-agent.ts'
import { changeChannelAccount } from '../../modules/channel/channel.ts'
import { openidOf } from '../../sandbox/wechat/accounts.ts'
import { accountIds, openRoads, type Roads } from './roads.ts'
import { serve, type Desk } from './serve.ts'
import { institutionId, openShop, type Shop } from './shop.ts'

// The page behind the codes that merchants show, as different browsers see it.

const agents = {
  wechat:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50(0x18003229) NetType/WIFI Language/zh_CN',
  alipay:
    'Mozilla/5.0 (Linux; Android 14; 23127PN0CC) AppleWebKit/537.36 Mobile Safari/537.36 AliApp(AP/10.6.60) AlipayClient/10.6.60 Language/zh-Hans',
  unionpay:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148/sa-sdk-ios (com.unionpay.chsp) (cordova 4.5.4) (updebug 0) (version 1022) (UnionPay/1.0 CloudPay) (clientVersion 322) (language zh_CN)',
  phone:
    'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36',
  computer:
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36',
} as const

test.each([
  [agents.wechat, { scheme: 'wechat', isPhone: true }],
  [agents.alipay, { scheme: 'alipay', isPhone: true }],
  [agents.unionpay, { scheme: 'unionpay', isPhone: true }],
  [agents.phone, { scheme: null, isPhone: true }],
  [agents.computer, { scheme: null, isPhone: false }],
  [undefined, { scheme: null, isPhone: false }],
])('the browser %s is known for what it is', (header, expected) => {
  expect(readUserAgent(header)).toEqual(expected)
})

type Ask = {
  cookie?: string
  agent?: keyof typeof agents
  language?: string
  form?: Record<string, string>
}

/** What a browser gets, as text; a form is posted. */
async function browse(
  { app }: Desk,
  url: string,
  { agent = 'phone', language, form, cookie }: Ask = {},
) {
  const answer = await app.inject({
    method: form ? 'POST' : 'GET',
    url,
    headers: {
      'user-agent': agents[agent],
      ...(cookie && { cookie: cookie.split(';')[0] }),
      ...(language && { 'accept-language': language }),
      ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
    },
    ...(form && { payload: new URLSearchParams(form).toString() }),
  })
  return { status: answer.statusCode, text: answer.payload, headers: answer.headers }
}

async function showOrder({ call }: Desk, { terminal }: Shop, more: object = {}) {
  const body = { amount: 2_500, currency: 'CNY', order_no: 'page', ...more }
  const shown = await call('POST', '/v1/orders', { token: terminal.token, key: 'page', body })
  const { id, order } = shown.body
  return { id: id as string, path: `/c/${order.token}`, order }
}

async function hangUp({ call, staff }: Desk, { storeId }: Shop) {
  const body = { store: storeId, name: '2 号 <收银台>' }
  const made = await call('POST', '/v1/merchant_codes', { token: staff.merchant, key: 'w', body })
  return `/c/${made.body.token}`
}

const stateOf = async (desk: Desk, { terminal }: Shop, id: string) =>
  (await desk.call('GET', `/v1/payments/${id}`, { token: terminal.token })).body

test('any browser may choose among the schemes that are open, and our own wallet', async () => {
  const shop = await openRoads()
  const desk = await serve(shop)
  const { path } = await showOrder(desk, shop)
  const zh = await browse(desk, path)
  expect(zh.status).toBe(200)
  for (const word of ['¥25.00', '微信支付', '支付宝', '云闪付', '/wallet/?pay=o_test_'])
    expect(zh.text).toContain(word)
  expect(zh.text).not.toContain('data-start=')
  const en = await browse(desk, path, { language: 'en-GB,en;q=0.9' })
  for (const word of ['lang="en"', 'Choose how to pay', 'WeChat Pay', 'Alipay', 'UnionPay'])
    expect(en.text).toContain(word)
})

test('nothing on the page is inline, and it may be framed by nobody', async () => {
  const shop = await openShop()
  const desk = await serve(shop)
  const { path } = await showOrder(desk, shop)
  const { text, headers } = await browse(desk, path)
  const policy = String(headers['content-security-policy'])
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).not.toContain('unsafe')
  expect(text).not.toMatch(/<style|style=|<script>|onclick/)
  for (const asset of ['/c/assets/cashier.css', '/c/assets/cashier.js']) {
    expect(text).toContain(asset)
    const { status } = await browse(desk, asset)
    expect(status).toBe(200)
  }
})

test.each(['wechat', 'alipay', 'unionpay'] as const)(
  'inside the app of %s that wallet is started by itself, and no other is offered',
  async (scheme) => {
    const shop = await openRoads()
    const desk = await serve(shop)
    const { path } = await showOrder(desk, shop)
    const { text } = await browse(desk, path, { agent: scheme })
    expect(text).toContain(`data-start="start-${scheme}"`)
    expect([...text.matchAll(/name="scheme" value="(\w+)"/g)].map((one) => one[1])).toEqual([
      scheme,
    ])
    const started = await browse(desk, `${path}/start`, { agent: scheme, form: { scheme } })
    expect(started.status).toBe(200)
    const policy = String(started.headers['content-security-policy'])
    if (scheme === 'wechat') expect(started.text).toMatch(/data-redirect="https?:\/\/[^"]+\/h5\//)
    else {
      const action = /<form id="start-form" method="post" action="([^"]+)"/.exec(started.text)![1]!
      expect(action.startsWith(shop[scheme].url)).toBe(true)
      expect(policy).toContain(`form-action 'self' ${new URL(action).origin}`)
    }
  },
)

test('a payer whom the app has named is asked by the app’s own bridge', async () => {
  const shop = await openRoads()
  const desk = await serve(shop)
  const { path } = await showOrder(desk, shop)
  const wang = (shop.wechat.control.setUp() as any).payers.find((one: any) => one.name === 'wang')
  const openid = String(wang.openid ?? Object.values(wang.openids ?? {})[0])
  const { text } = await browse(desk, `${path}?openid=${openid}`, { agent: 'wechat' })
  expect(text).toContain(`name="payer" value="${openid}"`)
  const form = { scheme: 'wechat', payer: openid }
  const started = await browse(desk, `${path}/start`, { agent: 'wechat', form })
  expect(started.text).toContain('data-bridge="wechat"')
  expect(started.text).toMatch(/data-sdk="[^"]*prepay_id=/)
})

/** A shop whose WeChat account may ask who a payer is, and what WeChat does with the browser. */
async function openNamed() {
  const shop = await openRoads()
  const { io, wechat } = shop
  const [merchant] = (wechat.control.setUp() as any).merchants
  const settings = { loginUrl: wechat.url, loginApiUrl: wechat.url }
  const keys = { appSecret: merchant.app_secrets[merchant.appids[0]] }
  const key = { institutionId, id: accountIds.wechat }
  const sealing = { masterKey: io.masterKey, now: io.now() }
  const changed = await io.db.transaction((tx) =>
    changeChannelAccount(tx, key, { settings, keys }, sealing),
  )
  expect(JSON.stringify(changed)).not.toContain(keys.appSecret)
  await io.refreshChannels()
  const desk = await serve(shop)
  const asWang = async (location: string) => {
    const body = new URLSearchParams({ payer: 'wang' })
    const answer = await fetch(location, { method: 'POST', body, redirect: 'manual' })
    return new URL(answer.headers.get('location') ?? '')
  }
  return { shop, desk, asWang, openid: openidOf(merchant.appids[0], 'wang') }
}

test('inside WeChat the page learns who pays, and WeChat’s own sheet is opened for that payer', async () => {
  const { shop, desk, asWang, openid } = await openNamed()
  const { id, path } = await showOrder(desk, shop)
  const sent = await browse(desk, path, { agent: 'wechat' })
  const location = String(sent.headers.location)
  const cookie = String(sent.headers['set-cookie'])
  expect(sent.status).toBe(302)
  expect(cookie).toMatch(
    /^onetill_payer=[0-9a-f]{32}; Path=\/c\/; Max-Age=600; HttpOnly; SameSite=Lax$/,
  )
  const asked = new URL(location).searchParams
  expect(asked.get('redirect_uri')).toBe(`http://till.test${path}/payer`)

  const back = await asWang(location)
  const named = await browse(desk, back.pathname + back.search, { agent: 'wechat', cookie })
  expect(named.text).toContain(`name="payer" value="${openid}"`)
  expect(named.text).toContain('data-start="start-wechat"')
  const form = { scheme: 'wechat', payer: openid }
  const started = await browse(desk, `${path}/start`, { agent: 'wechat', form })
  const sdk = /data-sdk="([^"]+)"/.exec(started.text)![1]!.replaceAll('&quot;', '"')
  const paid = await fetch(`${shop.wechat.url}/phone/wang/pay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ password: '123456', jsapi: JSON.parse(sdk) }),
  })
  expect(paid.status).toBe(200)
  await shop.pass(15_000)
  expect(await stateOf(desk, shop, id)).toMatchObject({ state: 'succeeded', scheme: 'wechat' })
})

test('a code of another browser, order, or time names nobody, and the order can be paid all the same', async () => {
  const { shop, desk, asWang } = await openNamed()
  const { path } = await showOrder(desk, shop)
  const sent = await browse(desk, path, { agent: 'wechat' })
  const cookie = String(sent.headers['set-cookie'])
  const other = await desk.call('POST', '/v1/orders', {
    ...{ token: shop.terminal.token, key: 'other' },
    body: { amount: 100, currency: 'CNY', order_no: 'other' },
  })
  const fresh = async () => (await asWang(String(sent.headers.location))).search
  const stranger = String((await browse(desk, path, { agent: 'wechat' })).headers['set-cookie'])
  const used = await fresh()
  await browse(desk, `${path}/payer${used}`, { agent: 'wechat', cookie })
  for (const [at, search, with_] of [
    [path, await fresh(), undefined],
    [path, await fresh(), stranger],
    [`/c/${other.body.order.token}`, await fresh(), cookie],
    [path, (await fresh()).replace(/state=\w+/, 'state=0'), cookie],
    [path, used, cookie],
    [path, '?code=never&state=', cookie],
  ] as const) {
    const asked = { agent: 'wechat', ...(with_ && { cookie: with_ }) } as const
    const { status, text } = await browse(desk, `${at}/payer${search}`, asked)
    expect([status, text.includes('name="payer"')]).toEqual([200, false])
    expect(text).toContain('data-start="start-wechat"')
  }
})

test('a computer shows a code for the phone, and the page tells when it is paid', async () => {
  const shop = await openRoads()
  const desk = await serve(shop)
  const { id, path } = await showOrder(desk, shop)
  const start = { agent: 'computer', form: { scheme: 'wechat' } } as const
  const started = await browse(desk, `${path}/start`, start)
  expect(started.text).toContain('<svg')
  const waiting = await browse(desk, `${path}/result`)
  expect(waiting.text).toContain('等待付款结果')
  expect(waiting.text).toContain('http-equiv="refresh"')
  expect((await browse(desk, `${path}/state`)).text).toBe('{"state":"open"}')

  await payInWechat(desk, shop)
  await shop.pass(15_000)
  expect(await stateOf(desk, shop, id)).toMatchObject({ state: 'succeeded', scheme: 'wechat' })
  expect((await browse(desk, `${path}/state`)).text).toBe('{"state":"paid"}')
  expect((await browse(desk, `${path}/result`)).text).toContain('付款成功')
  const closed = await browse(desk, `${path}/start`, start)
  expect([closed.status, closed.text.includes('订单已关闭')]).toEqual([409, true])
})

/** Pays, as wang, the order that the page shows: its code is the one that the API tells. */
async function payInWechat(desk: Desk, shop: Roads): Promise<void> {
  const { order } = await showOrder(desk, shop, { scheme: 'wechat' })
  const answer = await fetch(`${shop.wechat.url}/phone/wang/pay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ password: '123456', code_url: order.qr_text }),
  })
  expect(answer.status).toBe(200)
}

test('a code on the wall asks how much, once for each payer, and then goes on as any order', async () => {
  const shop = await openRoads()
  const desk = await serve(shop)
  const path = await hangUp(desk, shop)
  const asked = await browse(desk, path)
  expect(asked.text).toContain('付款金额 (CNY)')
  const attempt = /name="attempt" value="([^"]+)"/.exec(asked.text)![1]!
  for (const amount of ['', '0', '-1', '1.001', 'abc']) {
    const wrong = await browse(desk, `${path}/amount`, { form: { attempt, amount } })
    expect([wrong.status, wrong.text.includes('请输入正确的金额')]).toEqual([422, true])
  }
  const json = {
    method: 'POST',
    url: `${path}/amount`,
    payload: { attempt, amount: 12.5 },
  } as const
  expect((await desk.app.inject(json)).statusCode).toBe(415)
  const form = { attempt, amount: '12.5' }
  const first = await browse(desk, `${path}/amount`, { form })
  const again = await browse(desk, `${path}/amount`, { form })
  expect(first.status).toBe(303)
  expect(first.headers.location).toMatch(/^\/c\/o_test_/)
  expect(again.headers.location).toBe(first.headers.location)
  const other = await browse(desk, `${path}/amount`, { form: { ...form, amount: '13' } })
  expect(other.headers.location).not.toBe(first.headers.location)
  const choice = await browse(desk, String(first.headers.location))
  expect(choice.text).toContain('¥12.50')
  expect(choice.text).toContain('微信支付')
})

test('a code on the wall is printed with its name, which cannot break the page', async () => {
  const shop = await openShop()
  const desk = await serve(shop)
  const path = await hangUp(desk, shop)
  const { text } = await browse(desk, `${path}/print`)
  expect(text).toContain('<svg')
  expect(text).toContain('2 号 &lt;收银台&gt;')
  expect(text).not.toContain('<收银台>')
})

test('a code that does not exist, a closed one and a foreign address are told in words', async () => {
  const shop = await openShop()
  const desk = await serve(shop)
  const wall = await hangUp(desk, shop)
  const { id } = (await desk.call('GET', '/v1/merchant_codes', { token: desk.staff.merchant })).body
    .data[0]
  await desk.call('DELETE', `/v1/merchant_codes/${id}`, { token: desk.staff.merchant })
  for (const path of [wall, `/c/o_test_${'0'.repeat(26)}`, '/c/nonsense', '/c/%F0%9F%92%A9']) {
    const { status, text } = await browse(desk, path)
    expect([status, text.includes('没有这个收款码')]).toEqual([404, true])
  }
  const { path } = await showOrder(desk, shop)
  const form = { scheme: 'wechat' }
  const unavailable = await browse(desk, `${path}/start`, { form, language: 'en' })
  expect(unavailable.text).toContain('This way to pay is not open here')
})
