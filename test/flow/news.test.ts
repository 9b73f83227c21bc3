import { createDecipheriv, createECDH, createHmac, createPublicKey, verify } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { expect, onTestFinished, test } from 'vitest'

import { newId } from '../../modules/lib/ids.ts'
import { openSender, sendPushes, type SenderOptions } from '../../modules/notice/notice.ts'
import { createMerchant, issueCredential } from '../../modules/party/party.ts'
import { serve } from './serve.ts'
import { institutionId, openShop, type Shop, type TestPayer } from './shop.ts'

// What merchants tell those who pay at their shops, and what payers tell them.

const DAY_MS = 24 * 60 * 60 * 1000
const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
const dataUrl = (bytes: Buffer, type = 'image/png') =>
  `data:${type};base64,${bytes.toString('base64')}`

// Noon in Shanghai, so that some hours later it is the same day.
const noonMs = Date.parse('2026-06-01T04:00:00.000Z')

/** A shop with two payers whose clock can be moved, and ways to say what a test says often. */
async function openAll(webhooks: SenderOptions = { allowPrivate: true }) {
  let offsetMs = noonMs - Date.now()
  const now = () => new Date(Date.now() + offsetMs)
  const shop = await openShop({ now, payers: 2 })
  const { call, staff } = await serve(shop, { webhooks })
  const inAMonth = () => new Date(now().getTime() + 30 * DAY_MS).toISOString()
  let keys = 0

  const write = async (more: object = {}, token = staff.merchant) => {
    const body = { title: '酸奶半价', text: '周末两天。', valid_until: inAMonth(), ...more }
    return call('POST', '/v1/news', { token, key: `news-${++keys}`, body })
  }
  const publish = async (id: string) => {
    const reply = await call('POST', `/v1/news/${id}/publish`, { token: staff.merchant })
    await shop.deliver()
    return reply
  }
  return {
    ...{ shop, call, staff, write, publish },
    advance: (byMs: number) => void (offsetMs += byMs),
    /** Writes and publishes, and answers the id. */
    async tell(title: string): Promise<string> {
      const { id } = (await write({ title })).body
      expect((await publish(id)).body).toMatchObject({ state: 'published' })
      return id
    },
    async titles(payer: TestPayer): Promise<string[]> {
      const { body } = await call('GET', '/v1/feed', { token: payer.token })
      return body.data.map(({ title }: { title: string }) => title)
    },
    async paid(payer: TestPayer): Promise<string> {
      const { payment } = await shop.pay({ code: await shop.code(payer) })
      expect(payment.state).toBe('succeeded')
      await shop.deliver()
      return payment.id
    },
    choose: (payer: TestPayer, state: string) =>
      call('PUT', `/v1/subscriptions/${shop.merchantId}`, { token: payer.token, body: { state } }),
  }
}

test('who pays listens to the shop; who mutes or leaves it hears no more, also after paying', async () => {
  const { shop, call, tell, titles, paid, choose, advance } = await openAll()
  const [payer, stranger] = shop.payers as [TestPayer, TestPayer]
  const { token } = payer
  await tell('第一条')
  expect(await titles(payer)).toEqual([])
  await paid(payer)
  // What stands at that moment is in the feed at once, and nobody else's feed has it.
  expect(await titles(payer)).toEqual(['第一条'])
  expect(await titles(stranger)).toEqual([])
  const { body } = await call('GET', '/v1/subscriptions', { token })
  expect(body.data).toMatchObject([
    { id: shop.merchantId, merchant_name: '晨光便利店', state: 'on', reached_by: 'paid' },
  ])

  advance(DAY_MS)
  const second = await tell('第二条')
  expect(await titles(payer)).toEqual(['第二条', '第一条'])
  const read = await call('POST', `/v1/feed/${second}/read`, { token })
  expect(read.status).toBe(204)
  const feed = await call('GET', '/v1/feed', { token })
  expect(feed.body.data[0].read_at).not.toBeNull()
  expect(feed.body.data[1].read_at).toBeNull()
  expect((await call('GET', `/v1/feed/${second}`, { token })).body.title).toBe('第二条')
  const unseen = await call('POST', `/v1/feed/${second}/read`, { token: stranger.token })
  expect(unseen.status).toBe(404)

  await choose(payer, 'muted')
  advance(DAY_MS)
  await tell('第三条')
  expect(await titles(payer)).toEqual(['第二条', '第一条'])

  await choose(payer, 'left')
  expect(await titles(payer)).toEqual([])
  await paid(payer)
  expect(await titles(payer)).toEqual([])
  const after = await call('GET', '/v1/subscriptions', { token })
  expect(after.body.data).toMatchObject([{ state: 'left' }])

  // Who comes back by choice hears what is told now; what was withdrawn is gone for all.
  await choose(payer, 'on')
  expect(await titles(payer)).toContain('第三条')
  await call('POST', `/v1/news/${second}/withdraw`, { token: shop.merchantToken })
  expect(await titles(payer)).not.toContain('第二条')
})

test('a payer gets so many news of a shop in a day, and what was too much comes the next day', async () => {
  const { shop, call, staff, write, publish, tell, titles, paid, advance } = await openAll()
  const [payer] = shop.payers as [TestPayer]
  await paid(payer)
  await tell('第一条')
  const { id } = (await write({ title: '太多' })).body
  expect(await publish(id)).toMatchObject({ status: 429, body: { code: 'NEWS_TOO_OFTEN' } })
  expect(await titles(payer)).toEqual(['第一条'])

  // News that was published for later meets a day that has its share already.
  advance(DAY_MS)
  const later = await write({
    title: '预告',
    valid_from: new Date(noonMs + 2.1 * DAY_MS).toISOString(),
  })
  await publish(later.body.id)
  expect(await titles(payer)).toEqual(['第一条'])
  advance(DAY_MS)
  await tell('第二条')
  expect(await titles(payer)).toEqual(['第二条', '第一条'])
  advance(0.2 * DAY_MS)
  await shop.deliver()
  expect(await titles(payer)).toEqual(['第二条', '第一条'])
  advance(DAY_MS)
  await shop.deliver()
  expect(await titles(payer)).toEqual(['预告', '第二条', '第一条'])
  const list = await call('GET', '/v1/news?state=published', { token: staff.merchant })
  expect(list.body.data.map((one: { delivered_count: number }) => one.delivered_count)).toEqual([
    1, 1, 1,
  ])
})

test('news and feedback are nobody’s but the shop’s and its payers’, and no debit notice is news', async () => {
  const { shop, call, staff, tell, paid, write } = await openAll({ allowPrivate: false })
  const [payer, stranger] = shop.payers as [TestPayer, TestPayer]
  const payment = await paid(payer)
  const news = await tell('新品')
  const rival = await openRival(shop)

  const notices = await call('GET', '/v1/notices', { token: payer.token })
  expect(notices.body.data).toMatchObject([{ kind: 'debit_instruction', payment }])
  expect(notices.body.data).toHaveLength(1)
  const feed = await call('GET', '/v1/feed', { token: payer.token })
  expect(feed.body.data).toMatchObject([{ object: 'feed_item', id: news }])
  const told = await call('GET', '/v1/events', { token: payer.token })
  const types = told.body.data.map(({ type }: { type: string }) => type)
  expect(types.filter((type: string) => type === 'news.published')).toHaveLength(1)
  for (const token of [staff.operator, staff.merchant, stranger.token, rival]) {
    const { body } = await call('GET', '/v1/events', { token })
    expect(JSON.stringify(body)).not.toContain('news.published')
  }

  const say = (text: string, rating = 4, token = payer.token) =>
    call('POST', `/v1/payments/${payment}/feedback`, {
      ...{ token, key: newId('req'), body: { rating, text } },
    })
  expect((await say('收银很快', 4, stranger.token)).status).toBe(404)
  expect((await say('收银很快', 6)).status).toBe(422)
  expect((await say('收银很快')).status).toBe(201)
  const { body: given } = await say('收银很快，\n酸奶新鲜', 5)
  expect(given).toMatchObject({ payment, rating: 5, payer_name: '付*', answer: null })
  expect((await call('GET', '/v1/feedback', { token: rival })).body.data).toEqual([])
  const answer = (token: string) =>
    call('POST', `/v1/feedback/${given.id}/answer`, { token, body: { text: '欢迎再来' } })
  expect((await answer(rival)).status).toBe(404)
  expect((await call('POST', `/v1/news/${news}/withdraw`, { token: rival })).status).toBe(404)
  const open = await call('GET', '/v1/feedback?answered=false', { token: staff.merchant })
  expect(open.body.data).toHaveLength(1)
  expect((await answer(staff.merchant)).body).toMatchObject({ answer: '欢迎再来' })
  const back = await call('GET', `/v1/payments/${payment}/feedback`, { token: payer.token })
  expect(back.body.data).toMatchObject([{ text: '收银很快，\n酸奶新鲜', answer: '欢迎再来' }])
  expect(await say('改一下')).toMatchObject({ status: 409, body: { code: 'FEEDBACK_ANSWERED' } })
  const heard = await call('GET', '/v1/events', { token: payer.token })
  expect(JSON.stringify(heard.body)).toContain('feedback.answered')
  const merchantHeard = await call('GET', '/v1/events', { token: staff.merchant })
  expect(JSON.stringify(merchantHeard.body)).not.toContain(payer.id)

  // A picture is what its bytes are, and who was not given the news does not see it.
  await refusesPictures(write)
  const drawn = await write({ picture: dataUrl(png) })
  expect(drawn.body).toMatchObject({ has_picture: true })
  const picture = (token: string) => call('GET', `/v1/news/${drawn.body.id}/picture`, { token })
  expect((await picture(staff.merchant)).headers['content-type']).toBe('image/png')
  for (const token of [payer.token, rival]) expect((await picture(token)).status).toBe(404)

  // Nor is a browser's push service called within the own network.
  const { keys } = newBrowser()
  for (const endpoint of [
    'http://push.example/x',
    'https://127.0.0.1/x',
    'https://db.internal/x',
  ]) {
    const body = { endpoint, keys }
    const reply = await call('POST', '/v1/web_push_subscriptions', { token: payer.token, body })
    expect(reply).toMatchObject({ status: 422, body: { param: 'endpoint' } })
  }
})

async function refusesPictures(
  write: (more: object) => Promise<{ status: number; body: unknown }>,
) {
  const large = Buffer.concat([png, Buffer.alloc(100 * 1024)])
  const html = Buffer.from('<html><script>alert(1)</script></html>')
  const wrong = [
    dataUrl(large),
    dataUrl(html),
    dataUrl(png, 'image/jpeg'),
    dataUrl(Buffer.from('<svg/>'), 'image/svg+xml'),
    'https://shop.example/picture.png',
  ]
  for (const picture of wrong)
    expect(await write({ picture })).toMatchObject({ status: 422, body: { param: 'picture' } })
}

/** Another merchant of the same institution; answers its key. */
async function openRival({ io, agentId, platformId }: Shop): Promise<string> {
  const id = newId('mch')
  const now = io.now()
  return io.db.transaction(async (tx) => {
    const merchant = { institutionId, id, name: '对面的店', category: '5411' }
    await createMerchant(tx, { ...merchant, agentId, platformId }, now)
    return issueCredential(tx, { institutionId, kind: 'merchant_key', subjectId: id, now })
  })
}

test('a browser is woken with what only it can read, and a push service that fails changes nothing', async () => {
  const { shop, call, tell, titles, paid, advance } = await openAll()
  const [payer] = shop.payers as [TestPayer]
  const { token } = payer
  await paid(payer)
  const service = await openPushService()
  const browser = newBrowser()
  const { public_key: key } = (await call('GET', '/v1/web_push_key', { token })).body
  const address = { endpoint: service.url, keys: browser.keys }
  const subscribe = () => call('POST', '/v1/web_push_subscriptions', { token, body: address })
  expect((await subscribe()).status).toBe(201)
  expect((await subscribe()).status).toBe(201) // the same browser, said again

  const sender = openSender({ allowPrivate: true, timeoutMs: 200 })
  onTestFinished(() => sender.close())
  const push = () =>
    sendPushes(shop.io, institutionId, { sender, signal: new AbortController().signal })
  const news = await tell('新品到店')
  expect(await push()).toBe(1)
  const [sent] = service.calls
  expect(JSON.parse(browser.read(sent!.body))).toEqual({
    ...{ title: '晨光便利店', body: '新品到店', path: `feed/${news}` },
  })
  expect(isFrom(key, sent!.headers.authorization ?? '')).toBe(true)
  expect(sent!.headers['content-encoding']).toBe('aes128gcm')
  expect(await push()).toBe(0)

  // It does not answer: the feed has the news all the same, and after three tries it is left alone.
  service.behave(null)
  advance(DAY_MS)
  await tell('第二条')
  expect((await titles(payer))[0]).toBe('第二条')
  for (let minute = 0; minute < 5; minute++) {
    await push()
    advance(61_000)
  }
  expect(service.calls).toHaveLength(4)
  // It says that the browser is gone: nothing is sent there any more.
  service.behave(410)
  advance(DAY_MS)
  await tell('第三条')
  expect(await push()).toBe(1)
  advance(DAY_MS)
  await tell('第四条')
  expect(await push()).toBe(0)
  expect((await titles(payer))[0]).toBe('第四条')
})

type Pushed = { headers: Record<string, string | undefined>; body: Buffer }

/** A push service on this machine that answers 201, another status, or (null) nothing. */
async function openPushService() {
  const calls: Pushed[] = []
  let status: number | null = 201
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      calls.push({ headers: request.headers as Pushed['headers'], body: Buffer.concat(parts) })
      if (status !== null) response.writeHead(status).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/push/abc`,
    calls,
    behave: (next: number | null) => void (status = next),
  }
}

const hmac = (key: Buffer, ...parts: Buffer[]) =>
  createHmac('sha256', key).update(Buffer.concat(parts)).digest()

/**
 * What a browser does: it makes keys, and reads what was encrypted for them. Written from the text of
 * the standard, and shares nothing with what encrypts.
 *
 * Source: RFC 8291 §3.4, RFC 8188 §2.
 */
function newBrowser() {
  const curve = createECDH('prime256v1')
  const own = curve.generateKeys()
  const auth = Buffer.from(newId('req')).subarray(4, 20)
  const one = Buffer.of(1)
  return {
    keys: { p256dh: own.toString('base64url'), auth: auth.toString('base64url') },
    read(body: Buffer): string {
      const salt = body.subarray(0, 16)
      const theirs = body.subarray(21, 21 + (body[20] ?? 0))
      const hidden = body.subarray(21 + theirs.length)
      const shared = hmac(auth, curve.computeSecret(theirs))
      const text = Buffer.from('WebPush: info\0')
      const ikm = hmac(shared, text, own, theirs, one)
      const prk = hmac(salt, ikm)
      const key = hmac(prk, Buffer.from('Content-Encoding: aes128gcm\0'), one).subarray(0, 16)
      const iv = hmac(prk, Buffer.from('Content-Encoding: nonce\0'), one).subarray(0, 12)
      const opener = createDecipheriv('aes-128-gcm', key, iv)
      opener.setAuthTag(hidden.subarray(-16))
      const opened = Buffer.concat([opener.update(hidden.subarray(0, -16)), opener.final()])
      return opened.subarray(0, opened.lastIndexOf(2)).toString('utf8')
    },
  }
}

/** Whether an Authorization is signed by the key. Source: RFC 8292 §2, §3. */
function isFrom(publicKey: string, authorization: string): boolean {
  const [, token = '', given] = /^vapid t=([^,]+), ?k=(.+)$/.exec(authorization) ?? []
  const point = Buffer.from(publicKey, 'base64url')
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) =>
    part.toString('base64url'),
  )
  const jwk = { kty: 'EC', crv: 'P-256', x: x ?? '', y: y ?? '' }
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  const [head, claims, signature = ''] = token.split('.')
  const bytes = Buffer.from(`${head}.${claims}`)
  const how = { key, dsaEncoding: 'ieee-p1363' as const }
  return given === publicKey && verify('sha256', bytes, how, Buffer.from(signature, 'base64url'))
}
