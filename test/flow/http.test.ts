import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { openIo } from '../../app/io.ts'
import { newId } from '../../modules/lib/ids.ts'
import { revokeToken } from '../../modules/party/party.ts'
import { openShop } from './shop.ts'
import { serve, type Reply } from './serve.ts'

// HTTP in, real PostgreSQL behind it. No mocks of our own code.

const problem = (reply: Reply) => ({ status: reply.status, code: reply.body.code })

test('a cashier’s terminal takes a payment over HTTP, and each reader sees his own of it', async () => {
  const shop = await openShop()
  const { call, staff } = await serve(shop)
  const position = { latitude: 31.2304, longitude: 121.4737, accuracy_m: 12 }
  const body = {
    payment_code: await shop.code(),
    amount: 25_000,
    currency: 'CNY',
    order_no: 'till-1/0001',
    goods: [{ sku: 'tea', name: '乌龙茶', quantity: 2, unit_price: 12_500 }],
    position,
  }
  const { token } = shop.terminal
  const taken = await call('POST', '/v1/payments', { token, key: 'k1', body })

  expect(taken.status).toBe(201)
  expect(taken.headers['request-id']).toMatch(/^req_[0-9a-z]{26}$/)
  expect(taken.body).toMatchObject({
    object: 'payment',
    state: 'succeeded',
    amount: 25_000,
    sale_no: 'till-1/0001',
    merchant_name: '晨光便利店',
    store_name: '一号店',
    terminal: shop.terminal.id,
    payer_name: '付*',
    source_label: null,
    decline_reason: null,
    position,
    route: { road: 'book' },
  })
  expect(taken.body.payment_code).toMatch(/^80…\d\d$/)
  expect(taken.body.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

  const url = `/v1/payments/${taken.body.id}`
  const own = await call('GET', url, { token: shop.payer.token })
  expect(own.body).toMatchObject({ payer_name: shop.payer.name, source_label: '余额' })
  const all = await call('GET', `${url}?expand=timeline,transfers,goods`, { token: staff.operator })
  expect(all.body.timeline).toMatchObject([{ from: null, to: 'succeeded', actor: 'terminal' }])
  expect(all.body.transfers).toHaveLength(3)
  expect(all.body.goods).toEqual([{ sku: 'tea', name: '乌龙茶', quantity: 2, unit_price: 12_500 }])
  const part = await call('GET', `${url}?expand=transfers`, { token: staff.merchant })
  expect(part.body.transfers[0].debit_account).toBe('wallet:…')
  expect(part.body.transfers).toMatchObject([{ kind: 'payment_net', amount: 24_880 }])
  await shop.deliver()
  await shop.audit()
})

test('the same request again answers the same payment, and another body is refused', async () => {
  const shop = await openShop()
  const { call } = await serve(shop)
  const { token } = shop.terminal
  const body = {
    payment_code: await shop.code(),
    amount: 700,
    currency: 'CNY',
    order_no: 'once',
  }
  const first = await call('POST', '/v1/payments', { token, key: '"once"', body })
  const again = await call('POST', '/v1/payments', { token, key: 'once', body })
  expect([first.status, again.status]).toEqual([201, 200])
  expect(first.headers['idempotent-replayed']).toBeUndefined()
  expect(again.headers['idempotent-replayed']).toBe('true')
  expect(again.body).toEqual(first.body)
  const other = { token, key: 'once', body: { ...body, amount: 800 } }
  expect(problem(await call('POST', '/v1/payments', other))).toEqual({
    status: 422,
    code: 'IDEMPOTENCY_KEY_REUSED',
  })
  expect(problem(await call('POST', '/v1/payments', { token, body }))).toEqual({
    status: 400,
    code: 'IDEMPOTENCY_KEY_MISSING',
  })
})

test('what is wrong with a request is said by name, in one form, and is never a 5xx', async () => {
  const shop = await openShop()
  const { app, call } = await serve(shop)
  const { token } = shop.terminal
  const good = { payment_code: '80', amount: 1, currency: 'CNY', order_no: 'a' }
  const post = (body: unknown) => call('POST', '/v1/payments', { token, key: newId('req'), body })

  const table: [unknown, string, string?][] = [
    [{ ...good, amount: '1' }, 'AMOUNT_INVALID', 'amount'],
    [{ ...good, amount: 1.5 }, 'AMOUNT_INVALID', 'amount'],
    [{ ...good, amount: 0 }, 'AMOUNT_INVALID', 'amount'],
    [{ ...good, amount: -1 }, 'AMOUNT_INVALID', 'amount'],
    [{ ...good, amount: 2 ** 53 }, 'AMOUNT_INVALID', 'amount'],
    [{ ...good, amount: null }, 'AMOUNT_INVALID', 'amount'],
    [{ ...good, amount: undefined }, 'INVALID_REQUEST', 'amount'],
    [{ ...good, currency: 'XXX' }, 'CURRENCY_NOT_SUPPORTED'],
    [{ ...good, currency: 'cny' }, 'INVALID_REQUEST', 'currency'],
    [{ ...good, order_no: '' }, 'INVALID_REQUEST', 'order_no'],
    [{ ...good, order_no: 'a\u0000b' }, 'INVALID_REQUEST', 'order_no'],
    [{ ...good, order_no: 'x'.repeat(65) }, 'INVALID_REQUEST', 'order_no'],
    [{ ...good, tip: 1 }, 'INVALID_REQUEST', 'tip'],
    [
      { ...good, goods: [{ sku: 'a', name: 'b', quantity: 0, unit_price: 1 }] },
      'INVALID_REQUEST',
      'goods[0].quantity',
    ],
    [{ ...good, position: { latitude: 91, longitude: 0 } }, 'INVALID_REQUEST', 'position.latitude'],
    [[], 'INVALID_REQUEST'],
  ]
  for (const [body, code, param] of table) {
    const reply = await post(body)
    expect(reply.body, JSON.stringify(body)).toMatchObject({ code, ...(param && { param }) })
    expect(reply.status).toBe(422)
    expect(reply.headers['content-type']).toBe('application/problem+json; charset=utf-8')
    expect(reply.body).toMatchObject({
      type: `http://till.test/docs/errors#${code}`,
      status: 422,
      retry: 'never',
      next_action: 'fix_request',
      request_id: reply.headers['request-id'],
    })
  }

  const raw = (payload: string, type = 'application/json') =>
    app.inject({
      method: 'POST',
      url: '/v1/payments',
      headers: { authorization: `Bearer ${token}`, 'content-type': type, 'idempotency-key': 'r' },
      payload,
    })
  const raws: [string, string | undefined, number, string][] = [
    ['{', undefined, 422, 'INVALID_REQUEST'],
    ['', undefined, 422, 'INVALID_REQUEST'],
    ['{"__proto__":{"a":1}}', undefined, 422, 'INVALID_REQUEST'],
    ['a=1', 'application/x-www-form-urlencoded', 415, 'MEDIA_TYPE_NOT_SUPPORTED'],
    [`"${'x'.repeat(300_000)}"`, undefined, 413, 'REQUEST_TOO_LARGE'],
  ]
  for (const [payload, type, status, code] of raws) {
    const reply = await raw(payload, type)
    expect([reply.statusCode, reply.json().code], payload.slice(0, 20)).toEqual([status, code])
  }

  const get = async (url: string) => problem(await call('GET', url, { token }))
  expect(await get('/v1/payments?limit=0')).toEqual({ status: 422, code: 'INVALID_REQUEST' })
  expect(await get('/v1/payments?limit=101')).toEqual({ status: 422, code: 'INVALID_REQUEST' })
  expect(await get('/v1/payments?colour=red')).toEqual({ status: 422, code: 'INVALID_REQUEST' })
  expect(await get('/v1/payments?created_gte=yesterday')).toMatchObject({ status: 422 })
  expect(await get('/v1/payments?created_gte=2016-12-31T23:59:60Z')).toMatchObject({ status: 422 })
  expect(await get('/v1/products?barcode=a%00b')).toMatchObject({ status: 422 })
  expect(await get('/v1/payments/pay_1')).toEqual({ status: 404, code: 'NOT_FOUND' })
  expect(await get('/v1/payments/%00')).toEqual({ status: 404, code: 'NOT_FOUND' })
  expect(await get('/v1/payments/%ff')).toEqual({ status: 404, code: 'NOT_FOUND' })
  expect(await get(`/v1/payments/${'x'.repeat(201)}`)).toEqual({ status: 404, code: 'NOT_FOUND' })
  expect(await get(`/v1/payments/${newId('pay')}`)).toEqual({ status: 404, code: 'NOT_FOUND' })
  expect(await get('/v1/nothing')).toEqual({ status: 404, code: 'NOT_FOUND' })
  expect(await get('/v1/day_totals?date=2026-02-30')).toMatchObject({ status: 422 })
})

test('what is not even a request is refused in the same form', async () => {
  const { app } = await serve(await openShop())
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const say = async (text: string) => {
    const socket = connect(port, '127.0.0.1')
    socket.end(text)
    let said = ''
    for await (const chunk of socket) said += String(chunk)
    const [head = '', body = ''] = said.split('\r\n\r\n')
    const { code, status } = JSON.parse(body) as { code?: string; status?: unknown }
    return { head, what: code ?? status }
  }
  const host = 'GET /healthz HTTP/1.1\r\nHost: till.test\r\nConnection: close\r\n'
  const garbage = await say('\x16\x03\x01 hello')
  expect(garbage).toMatchObject({ what: 'INVALID_REQUEST' })
  expect(garbage.head).toMatch(/^HTTP\/1.1 422 .*application\/problem\+json/s)
  expect(await say(`${host}X: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatchObject({
    what: 'REQUEST_TOO_LARGE',
  })
  expect(await say(`${host}Expect: 200-ok\r\n\r\n`)).toMatchObject({ what: 'ok' })
})

test('without a good token nothing is read, and a stranger’s token opens no other role’s door', async () => {
  const shop = await openShop()
  const { call, staff } = await serve(shop)
  const tokens = [undefined, 'x', 'sk_test_short', shop.terminal.token.slice(0, -1) + '_']
  for (const token of tokens) {
    const reply = await call('POST', '/v1/payments', { ...(token && { token }), body: { bad: 1 } })
    expect(problem(reply)).toEqual({ status: 401, code: 'UNAUTHENTICATED' })
    expect(reply.headers['www-authenticate']).toBe('Bearer')
  }
  const closed: ['GET' | 'POST', string, string][] = [
    ['GET', '/v1/payers', shop.terminal.token],
    ['POST', '/v1/payments', staff.operator],
    ['POST', '/v1/payment_codes', shop.terminal.token],
    ['POST', '/v1/cards', shop.payer.token],
    ['GET', '/v1/notices', staff.merchant],
    ['GET', '/v1/trail', staff.merchant],
  ]
  for (const [method, url, token] of closed) {
    const reply = await call(method, url, { token, key: 'k', body: {} })
    expect(problem(reply), url).toEqual({ status: 403, code: 'FORBIDDEN' })
  }
})

test('a token that was revoked elsewhere is refused within two seconds', async () => {
  const shop = await openShop()
  const { call } = await serve(shop)
  const { token } = shop.payer
  const look = async () => (await call('GET', '/v1/me', { token })).status
  expect(await look()).toBe(200)
  await shop.io.db.transaction(async (tx) => {
    revokeToken(tx, token, shop.io.now())
    await Promise.resolve()
  })
  await expect.poll(look, { timeout: 2_200, interval: 100 }).toBe(401)
})

test('each caller sees its own payments and nobody else’s', async () => {
  const shop = await openShop({ terminals: 2, payers: 2 })
  const { call, staff } = await serve(shop)
  const [one, two] = shop.terminals
  for (const [payer, terminalId] of [
    [shop.payers[0], one?.id],
    [shop.payers[1], two?.id],
    [shop.payers[1], two?.id],
  ] as const)
    await shop.pay({ code: await shop.code(payer), terminalId: terminalId ?? '' })

  const list = async (token: string | undefined, query = '') =>
    (await call('GET', `/v1/payments${query}`, { token: token ?? '' })).body
  expect((await list(staff.operator)).data).toHaveLength(3)
  expect((await list(staff.merchant)).data).toHaveLength(3)
  expect((await list(one?.token)).data).toHaveLength(1)
  expect((await list(shop.payers[1]?.token)).data).toHaveLength(2)
  expect((await list(staff.operator, `?terminal=${two?.id}`)).data).toHaveLength(2)
  expect((await list(staff.operator, '?open=true')).data).toHaveLength(0)
  expect((await list(one?.token, `?terminal=${two?.id}`)).code).toBe('NOT_FOUND')
  expect((await list(staff.merchant, `?merchant=${newId('mch')}`)).code).toBe('NOT_FOUND')

  const first = await list(staff.operator, '?limit=2')
  expect(first).toMatchObject({ object: 'list', has_more: true, url: '/v1/payments' })
  const rest = await list(staff.operator, `?limit=2&starting_after=${first.data[1].id}`)
  expect(rest).toMatchObject({ has_more: false })
  const ids = [...first.data, ...rest.data].map(({ id }: { id: string }) => id)
  expect(ids).toEqual(ids.toSorted().toReversed())

  const other = first.data[0].id
  const token = shop.payers[0]?.token ?? ''
  const hidden = await call('GET', `/v1/payments/${other}`, { token })
  expect(problem(hidden)).toEqual({ status: 404, code: 'NOT_FOUND' })
})

test('a merchant’s key pays through its store, and a third party through a merchant of its own', async () => {
  const shop = await openShop()
  const { call, platformToken } = await serve(shop)
  const pay = async (token: string, named: object, order_no: string) =>
    call('POST', '/v1/payments', {
      token,
      key: order_no,
      body: { payment_code: await shop.code(), amount: 100, currency: 'CNY', order_no, ...named },
    })
  const store = shop.storeId
  const byKey = await pay(shop.merchantToken, { store }, 'by-key')
  expect(byKey.body).toMatchObject({ state: 'succeeded', store, terminal_name: 'API' })
  const byParty = await pay(platformToken, { store, merchant: shop.merchantId }, 'by-party')
  expect(byParty.body).toMatchObject({ state: 'succeeded', merchant: shop.merchantId })

  expect((await pay(shop.merchantToken, {}, 'c')).body).toMatchObject({
    code: 'INVALID_REQUEST',
    param: 'store',
  })
  expect((await pay(platformToken, { store }, 'd')).body.param).toBe('merchant')
  expect((await pay(shop.merchantToken, { store: newId('str') }, 'e')).status).toBe(404)

  await shop.deliver()
  const told = await call('GET', '/v1/notices', { token: platformToken })
  expect(told.body.data).toMatchObject([{ kind: 'netting_notice', payment: byParty.body.id }])
  const seen = await call('GET', `/v1/payments/${byParty.body.id}`, { token: platformToken })
  expect(seen.status).toBe(200)
  expect(
    (await call('GET', `/v1/payments/${byKey.body.id}`, { token: platformToken })).status,
  ).toBe(404)
  await shop.audit()
})

test('the day’s totals count what succeeded, by scheme and by local hour', async () => {
  const shop = await openShop({ balanceMinor: 5_000n })
  const { call, staff } = await serve(shop)
  await shop.pay({ code: await shop.code(), amountMinor: 1_200n })
  await shop.pay({ code: await shop.code(), amountMinor: 800n })
  await shop.pay({ code: await shop.code(), amountMinor: 4_000n })
  const { body } = await call('GET', '/v1/day_totals', { token: shop.terminal.token })
  expect(body).toMatchObject({
    ...{ object: 'day_totals', currency: 'CNY', count: 2, amount: 2_000, failed_count: 1 },
    by_scheme: [{ scheme: 'onetill', count: 2, amount: 2_000 }],
  })
  expect(body.by_hour.reduce((sum: number, one: { count: number }) => sum + one.count, 0)).toBe(2)
  const before = await call('GET', '/v1/day_totals?date=2026-01-01', { token: staff.operator })
  expect(before.body).toMatchObject({ business_date: '2026-01-01', count: 0, by_hour: [] })
})

test('who the token belongs to is told with the names around it', async () => {
  const shop = await openShop()
  const { call, staff } = await serve(shop)
  const me = async (token: string) => (await call('GET', '/v1/me', { token })).body
  expect(await me(shop.terminal.token)).toMatchObject({
    ...{ object: 'principal', kind: 'terminal', id: shop.terminal.id, roles: ['terminal'] },
    institution: { id: 'ins_test', name: '测试支付', time_zone: 'Asia/Shanghai' },
    merchant: { id: shop.merchantId, name: '晨光便利店' },
    store: { id: shop.storeId, name: '一号店' },
    terminal: { id: shop.terminal.id, name: '1 号机' },
  })
  expect(await me(staff.merchant)).toMatchObject({
    kind: 'staff',
    roles: ['merchant'],
    store: null,
  })
  expect(await me(shop.merchantToken)).toMatchObject({ kind: 'merchant_key', id: shop.merchantId })
  expect(await me(shop.payer.token)).toMatchObject({ kind: 'payer', merchant: null })
})

test('the server says that it lives, that it is ready, and what it does', async () => {
  const shop = await openShop()
  const { call } = await serve(shop)
  expect((await call('GET', '/healthz')).body).toEqual({ status: 'ok' })
  expect((await call('GET', '/readyz')).body).toMatchObject({ status: 'ok' })
  const body = { payment_code: await shop.code(), amount: 1, currency: 'CNY', order_no: 'm' }
  await call('POST', '/v1/payments', { token: shop.terminal.token, key: 'm', body })
  const { body: text } = await call('GET', '/metrics')
  expect(text).toContain('onetill_payments_total{state="succeeded"} 1')
  expect(text).toMatch(
    /onetill_http_request_seconds_count\{method="POST",route="\/v1\/payments",status="201"\} 1/,
  )
  expect(text).toMatch(/onetill_lane_batch_size_count\{step="payment.onus"\} 1/)
  expect(text).toMatch(/onetill_outbox_messages\{institution="ins_test",consumer="notice"\} 1/)
})

test('a database that is away makes the answer busy, and not a mistake of ours', async () => {
  const shop = await openShop()
  const wire = await openWireTo(new URL(shop.databaseUrl))
  const { pepper, aliasKey, masterKey } = shop.io
  const keys = { pepper, aliasKey, masterKey }
  const io = await openIo({ databaseUrl: wire.url, keys, log: shop.io.log })
  onTestFinished(() => io.close())
  const { call } = await serve({ ...shop, io })
  const { token } = shop.payer
  expect((await call('GET', '/v1/sources', { token })).status).toBe(200)

  wire.cut()
  const reply = await call('GET', '/v1/sources', { token })
  expect(problem(reply)).toEqual({ status: 503, code: 'BUSY' })
  expect(reply.headers['retry-after']).toBe('1')
  expect((await call('GET', '/readyz')).status).toBe(503)
  expect((await call('GET', '/healthz')).status).toBe(200)
})

/** A way to the database that a test can cut. */
async function openWireTo(database: URL): Promise<{ url: string; cut(): void }> {
  const open = new Set<Socket>()
  const folder = database.searchParams.get('host') // of a socket, where it has no port
  const port = Number(database.searchParams.get('port') ?? (database.port || 5432))
  const path = `${folder}/.s.PGSQL.${port}`
  const server = createServer((here) => {
    const there = connect(folder === null ? { port, host: database.hostname } : { path })
    for (const [one, other] of [
      [here, there],
      [there, here],
    ] as const) {
      open.add(one)
      one.on('error', () => other.destroy()).on('close', () => other.destroy())
      one.pipe(other)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    server.close()
    for (const socket of open) socket.destroy()
  }
  onTestFinished(cut)
  const { port: ownPort } = server.address() as AddressInfo
  const name = database.username || database.searchParams.get('user') || 'onetill'
  const who = database.password === '' ? name : `${name}:${database.password}`
  return { url: `postgresql://${who}@127.0.0.1:${ownPort}${database.pathname}`, cut }
}

test('the documentation, its description and the register of errors are served', async () => {
  const shop = await openShop()
  const { call } = await serve(shop)
  expect((await call('GET', '/docs/')).status).toBe(200)
  const { body } = await call('GET', '/docs/json')
  expect(body.openapi).toBe('3.1.0')
  // Relative to wherever the page came from, so that it can be tried out by any of its names.
  expect(body.servers).toEqual([{ url: '/' }])
  expect(Object.keys(body.paths)).toContain('/v1/payments/{id}/confirm')
  expect(body.components.schemas.Payment.properties.amount.type).toBe('integer')
  const page = await call('GET', '/docs/errors')
  expect(page.body).toContain('id="CODE_USED"')
})

test('pages are served with strict headers, and every address inside an app is the app', async () => {
  const webRoot = mkdtempSync(join(tmpdir(), 'onetill-web-'))
  onTestFinished(() => rmSync(webRoot, { recursive: true }))
  mkdirSync(join(webRoot, 'wallet'))
  mkdirSync(join(webRoot, 'assets'))
  writeFileSync(join(webRoot, 'index.html'), 'landing')
  writeFileSync(join(webRoot, 'wallet/index.html'), 'the wallet')
  writeFileSync(join(webRoot, 'wallet/sw.js'), '// worker')
  writeFileSync(join(webRoot, 'assets/wallet-abc123.js'), '// app')
  const shop = await openShop()
  const { call } = await serve(shop, { webRoot })

  expect((await call('GET', '/')).body).toBe('landing')
  expect((await call('GET', '/wallet')).headers.location).toBe('/wallet/')
  for (const url of ['/wallet/', '/wallet/bills/pay_1', '/wallet/?code=1']) {
    const page = await call('GET', url)
    expect(page.body, url).toBe('the wallet')
    expect(page.headers['cache-control']).toBe('no-cache')
    const policy = String(page.headers['content-security-policy'])
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'")
    expect(policy).not.toContain("script-src 'self' 'unsafe-inline'")
  }
  expect((await call('GET', '/wallet/sw.js')).headers['cache-control']).toBe('no-cache')
  const asset = await call('GET', '/assets/wallet-abc123.js')
  expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable')
  for (const url of [
    '/wallet/none.js',
    '/assets/none.js',
    '/till/',
    '/../package.json',
    '/%2e%2e/x',
  ])
    expect((await call('GET', url)).status, url).toBe(404)
})
