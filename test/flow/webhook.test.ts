import { readFileSync } from 'node:fs'

import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'

import { startLoops } from '../../app/loops/loops.ts'
import { newId } from '../../modules/lib/ids.ts'
import { claimDeliveries, planDeliveries } from '../../modules/notice/notice.ts'
import { retryWaitsMs } from '../../modules/notice/webhook-ladder.ts'
import { putEvents } from '../../modules/outbox/outbox.ts'
import { isSigned, openReceiver, type Receiver } from './receiver.ts'
import { serve } from './serve.ts'
import { institutionId, openShop, type Shop } from './shop.ts'

// Webhooks from the payment to a real server that receives them.

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const patient = { timeout: 8_000, interval: 20 }

const home = { allowPrivate: true, timeoutMs: 400 }

/** A shop whose clock can be moved, with its server and its loops. */
async function openAll() {
  let offsetMs = 0
  const now = () => new Date(Date.now() + offsetMs)
  const shop = await openShop({ now })
  const desk = await serve(shop, { webhooks: home })
  let loops = startLoops(shop.io, { webhooks: home })
  onTestFinished(() => loops.stop())
  return {
    ...{ shop, desk, now },
    advance: (byMs: number) => void (offsetMs += byMs),
    pause: () => loops.stop(),
    resume: () => void (loops = startLoops(shop.io, { webhooks: home })),
  }
}

type All = Awaited<ReturnType<typeof openAll>>

async function subscribe(
  { shop, desk }: Pick<All, 'shop' | 'desk'>,
  url: string,
  more: object = {},
  token = shop.merchantToken,
): Promise<{ id: string; secret: string }> {
  const body = { url, events: ['*'], ...more }
  const made = await desk.call('POST', '/v1/webhook_endpoints', { token, key: newId('req'), body })
  expect(made.status, JSON.stringify(made.body)).toBe(201)
  return { id: made.body.id, secret: made.body.secret }
}

const payOnce = async (shop: Shop) => (await shop.pay({ code: await shop.code() })).payment.id

const look = async ({ shop, desk }: Pick<All, 'shop' | 'desk'>, path: string) =>
  (await desk.call('GET', path, { token: shop.merchantToken })).body

const deliveriesOf = async (all: Pick<All, 'shop' | 'desk'>, query = '') =>
  (await look(all, `/v1/webhook_deliveries${query}`)).data

const calledTimes = (receiver: Receiver, times: number) =>
  expect.poll(() => receiver.calls.length, patient).toBe(times)

test('a merchant’s server is told of a payment, signed, as the merchant may see it', async () => {
  const all = await openAll()
  const { shop, desk, now } = all
  const receiver = await openReceiver(() => ({ status: 200, body: 'taken, thank you' }))
  const { id, secret } = await subscribe(all, receiver.url)
  expect(secret).toMatch(/^whsec_/)
  const paymentId = await payOnce(shop)
  await calledTimes(receiver, 1)
  const call = receiver.calls[0]!
  expect(isSigned(call, secret, now())).toBe(true)
  expect(isSigned({ ...call, text: `${call.text} ` }, secret, now())).toBe(false)
  expect(isSigned(call, `whsec_${'A'.repeat(43)}=`, now())).toBe(false)
  expect(isSigned(call, secret, new Date(now().getTime() + 6 * MINUTE))).toBe(false)
  expect(call.headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8' })
  expect(call.id).toMatch(/^evt_/)
  expect(Object.keys(call.body)).toEqual(['type', 'timestamp', 'data'])
  const payment = await look(all, `/v1/payments/${paymentId}`)
  expect(call.body).toMatchObject({
    type: 'payment.succeeded',
    data: { object: 'payment', id: paymentId, payer_name: payment.payer_name, source_label: null },
  })
  const logged = async () => (await deliveriesOf(all))[0]
  await expect.poll(async () => (await logged()).state, patient).toBe('succeeded')
  expect(await logged()).toMatchObject({
    ...{ object: 'webhook_delivery', endpoint: id, event: call.id, type: 'payment.succeeded' },
    ...{ attempts: 1, status: 200, error: null, next_attempt_at: null, body: call.text },
    tries: [{ status: 200, problem: null, detail: 'taken, thank you' }],
  })
  expect(await look(all, '/v1/webhook_endpoints')).toMatchObject({
    data: [{ id, state: 'active', merchant: shop.merchantId, party: null, failing_since: null }],
  })
  const trail = await desk.call('GET', '/v1/trail', { token: desk.staff.operator })
  expect(JSON.stringify(trail.body)).toContain('webhook_endpoint.create')
  await shop.audit()
})

test('a merchant’s server is told what a payer says of a payment, and how it was answered', async () => {
  const all = await openAll()
  const { shop, desk } = all
  const receiver = await openReceiver()
  const paymentId = await payOnce(shop)
  await subscribe(all, receiver.url, { events: ['feedback.created', 'feedback.answered'] })
  const given = await desk.call('POST', `/v1/payments/${paymentId}/feedback`, {
    ...{ token: shop.payer.token, key: 'said', body: { rating: 5, text: '收银很快' } },
  })
  await desk.call('POST', `/v1/feedback/${given.body.id}/answer`, {
    ...{ token: desk.staff.merchant, body: { text: '欢迎再来' } },
  })
  await calledTimes(receiver, 2)
  const told = receiver.calls.map(({ body }) => body as { type: string; data: object })
  expect(told.find(({ type }) => type === 'feedback.created')?.data).toMatchObject({
    ...{ object: 'feedback', payment: paymentId, rating: 5, text: '收银很快', answer: null },
  })
  const answered = told.find(({ type }) => type === 'feedback.answered')
  expect(answered?.data).toMatchObject({ id: given.body.id, answer: '欢迎再来' })
  expect(JSON.stringify(told)).not.toContain(shop.payer.id)
})

test('the snippet of the document checks a signature', async () => {
  const all = await openAll()
  const receiver = await openReceiver()
  const { secret } = await subscribe(all, receiver.url)
  await payOnce(all.shop)
  await calledTimes(receiver, 1)
  const document = readFileSync(new URL('../../docs/webhooks.md', import.meta.url), 'utf8')
  const [, snippet = ''] = /^```js\n(.*?)^```/ms.exec(document) ?? []
  type Check = (headers: object, body: string, secret: string, nowSeconds?: number) => boolean
  const address = `data:text/javascript,${encodeURIComponent(snippet)}`
  const { isFromOneTill } = (await import(/* @vite-ignore */ address)) as { isFromOneTill: Check }
  const { headers, text } = receiver.calls[0]!
  expect(isFromOneTill(headers, text, secret)).toBe(true)
  expect(isFromOneTill(headers, `${text} `, secret)).toBe(false)
  expect(isFromOneTill(headers, text, `whsec_${'A'.repeat(43)}=`)).toBe(false)
  expect(isFromOneTill(headers, text, secret, Date.now() / 1000 + 301)).toBe(false)
  expect(isFromOneTill({}, text, secret)).toBe(false)
})

test('an endpoint is told only of the types that it wants, and of nothing before it was there', async () => {
  const all = await openAll()
  const { shop } = all
  await payOnce(shop)
  const [some, every] = [await openReceiver(), await openReceiver()]
  await subscribe(all, some.url, { events: ['payment.reversed'] })
  await subscribe(all, every.url)
  await payOnce(shop)
  await calledTimes(every, 1)
  expect(some.calls).toEqual([])
})

test('an event that appears late, behind others, is told too, and nothing is told twice', async () => {
  const all = await openAll()
  const { shop } = all
  const receiver = await openReceiver()
  await subscribe(all, receiver.url)
  await payOnce(shop)
  const lateId = newId('evt')
  await new Promise((resolve) => setTimeout(resolve, 20))
  for (let times = 0; times < 3; times++) await payOnce(shop)
  await calledTimes(receiver, 4)
  // Further back than each look goes; the sweep finds it.
  await new Promise((resolve) => setTimeout(resolve, 2_500))
  await payOnce(shop)
  await calledTimes(receiver, 5)
  const [told] = receiver.calls
  await shop.io.db.transaction(async (tx) => {
    const nobody = { terminalId: null, payerId: null, partyId: null }
    const subject = { type: 'refund.succeeded', subjectId: 'rfd_1', ...nobody } as const
    const payload = { object: 'refund', id: 'rfd_1' }
    const event = { id: lateId, ...subject, merchantId: shop.merchantId, payload }
    putEvents(tx, institutionId, [{ ...event, occurredAt: shop.io.now() }])
    await Promise.resolve()
  })
  await expect.poll(() => receiver.ids(), { ...patient, timeout: 12_000 }).toContain(lateId)
  expect(receiver.calls.at(-1)?.body).toMatchObject({
    type: 'refund.succeeded',
    data: { id: 'rfd_1' },
  })
  expect(new Set(receiver.ids()).size).toBe(receiver.calls.length)
  expect(told && told.id < lateId).toBe(true)
})

test('what is answered with 500, or not at all, comes again by the ladder with the same id', async () => {
  const all = await openAll()
  const { shop, now, advance } = all
  const receiver = await openReceiver((_call, number) => (number === 1 ? 500 : null))
  const { id, secret } = await subscribe(all, receiver.url)
  await payOnce(shop)
  const state = async () => (await deliveriesOf(all))[0]
  await expect.poll(async () => (await state()).attempts, patient).toBe(1)
  expect(await state()).toMatchObject({ state: 'pending', status: 500, error: { code: 'status' } })
  expect((await look(all, `/v1/webhook_endpoints/${id}`)).failing_since).not.toBeNull()

  advance(6_000)
  await expect.poll(async () => (await state()).attempts, patient).toBe(2)
  expect(await state()).toMatchObject({ status: null, error: { code: 'timeout' } })
  const waitMs = Date.parse((await state()).next_attempt_at) - now().getTime()
  expect(waitMs).toBeGreaterThan(4.5 * MINUTE)
  expect(waitMs).toBeLessThan(5.6 * MINUTE)

  receiver.behave(() => 200)
  advance(6 * MINUTE)
  await expect.poll(async () => (await state()).state, patient).toBe('succeeded')
  expect(receiver.calls).toHaveLength(3)
  expect(new Set(receiver.ids()).size).toBe(1)
  expect(new Set(receiver.calls.map(({ text }) => text)).size).toBe(1)
  // Each try is signed anew, with its own time.
  expect(receiver.calls.map((call) => isSigned(call, secret, now()))).toEqual([false, false, true])
  expect((await look(all, `/v1/webhook_endpoints/${id}`)).failing_since).toBeNull()
  expect((await state()).tries.map((one: { problem: string }) => one.problem)).toEqual([
    ...['status', 'timeout', null],
  ])
})

test('a redirection is not followed', async () => {
  const all = await openAll()
  const elsewhere = await openReceiver()
  const receiver = await openReceiver(() => ({
    ...{ status: 307, headers: { location: elsewhere.url } },
  }))
  await subscribe(all, receiver.url)
  await payOnce(all.shop)
  await expect.poll(async () => (await deliveriesOf(all))[0]?.status, patient).toBe(307)
  expect(elsewhere.calls).toEqual([])
})

test('after ten tries it is given up, and after five days of failures the endpoint is disabled', async () => {
  const all = await openAll()
  const { shop, desk, advance } = all
  const receiver = await openReceiver(() => 503)
  const { id } = await subscribe(all, receiver.url)
  await payOnce(shop)
  const oldest = async () => (await deliveriesOf(all)).at(-1)
  for (let tried = 1; tried <= 10; tried++) {
    await expect.poll(async () => (await oldest())?.attempts, patient).toBe(tried)
    advance((retryWaitsMs[tried - 1] ?? 0) * 1.1 + 1_000)
  }
  expect(await oldest()).toMatchObject({ state: 'failed', attempts: 10, status: 503 })
  advance(2 * DAY)
  await payOnce(shop)
  await expect
    .poll(async () => (await look(all, `/v1/webhook_endpoints/${id}`)).state, patient)
    .toBe('disabled')
  expect(await look(all, `/v1/webhook_endpoints/${id}`)).toMatchObject({
    disabled_reason: { code: 'failing', text_zh: expect.stringMatching(/五天/) },
  })
  // What still waited is put aside, and nothing new is kept for it.
  advance(MINUTE)
  await expect.poll(async () => (await deliveriesOf(all, '?state=pending')).length, patient).toBe(0)
  const before = (await deliveriesOf(all)).length
  const callsBefore = receiver.calls.length
  await payOnce(shop)
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect((await deliveriesOf(all)).length).toBe(before)
  expect(receiver.calls).toHaveLength(callsBefore)

  receiver.behave(() => 200)
  const token = shop.merchantToken
  const url = `/v1/webhook_endpoints/${id}`
  const woken = await desk.call('PATCH', url, { token, body: { state: 'active' } })
  expect(woken.body).toMatchObject({ state: 'active', disabled_reason: null, failing_since: null })
  await payOnce(shop)
  await calledTimes(receiver, callsBefore + 1)
}, 60_000)

test('410 disables the endpoint at once, and its owner sees why', async () => {
  const all = await openAll()
  const { shop, desk } = all
  const receiver = await openReceiver(() => 410)
  const { id } = await subscribe(all, receiver.url)
  await payOnce(shop)
  const url = `/v1/webhook_endpoints/${id}`
  await expect.poll(async () => (await look(all, url)).state, patient).toBe('disabled')
  expect(await look(all, url)).toMatchObject({ disabled_reason: { code: 'gone' } })
  expect((await deliveriesOf(all))[0]).toMatchObject({ state: 'failed', error: { code: 'gone' } })
  const [told] = await deliveriesOf(all)
  const resend = `/v1/webhook_deliveries/${told.id}/resend`
  expect((await desk.call('POST', resend, { token: shop.merchantToken })).status).toBe(422)
  const trail = await desk.call('GET', '/v1/trail', { token: desk.staff.operator })
  expect(trail.body.data).toContainEqual(
    expect.objectContaining({ action: 'webhook_endpoint.disable', subject: id, actor: 'clock' }),
  )
})

test('after a rotation both secrets sign for a day, and then only the new one', async () => {
  const all = await openAll()
  const { shop, desk, now, advance } = all
  const receiver = await openReceiver()
  const { id, secret: old } = await subscribe(all, receiver.url)
  const url = `/v1/webhook_endpoints/${id}/rotate_secret`
  const options = { token: shop.merchantToken, key: 'rotate-1' }
  const rotated = await desk.call('POST', url, options)
  expect(rotated.status).toBe(201)
  const { secret } = rotated.body
  expect(secret).not.toBe(old)
  const again = await desk.call('POST', url, options)
  expect(again.body).toMatchObject({ id, not_shown_again: ['secret'] })
  expect(again.body.secret).toBeUndefined()

  await payOnce(shop)
  await calledTimes(receiver, 1)
  const both = receiver.calls[0]!
  expect([old, secret].map((one) => isSigned(both, one, now()))).toEqual([true, true])
  advance(DAY)
  await payOnce(shop)
  await calledTimes(receiver, 2)
  const one = receiver.calls[1]!
  expect([old, secret].map((each) => isSigned(one, each, now()))).toEqual([false, true])
})

test('whatever was told can be told again, under the same id', async () => {
  const all = await openAll()
  const { shop, desk } = all
  const receiver = await openReceiver()
  await subscribe(all, receiver.url)
  await payOnce(shop)
  await expect.poll(async () => (await deliveriesOf(all))[0]?.state, patient).toBe('succeeded')
  const [told] = await deliveriesOf(all)
  const resent = await desk.call('POST', `/v1/webhook_deliveries/${told.id}/resend`, {
    token: desk.staff.merchant,
  })
  expect(resent).toMatchObject({ status: 202, body: { id: told.id, state: 'pending' } })
  await calledTimes(receiver, 2)
  expect(new Set(receiver.ids()).size).toBe(1)
  expect(receiver.calls[1]?.text).toBe(receiver.calls[0]?.text)
})

test('a paused endpoint is told later, a deleted one nothing more', async () => {
  const all = await openAll()
  const { shop, desk } = all
  const receiver = await openReceiver()
  const { id } = await subscribe(all, receiver.url)
  const token = shop.merchantToken
  const url = `/v1/webhook_endpoints/${id}`
  await desk.call('PATCH', url, { token, body: { state: 'paused' } })
  await payOnce(shop)
  await expect.poll(async () => (await deliveriesOf(all)).length, patient).toBe(1)
  expect(receiver.calls).toEqual([])
  await desk.call('PATCH', url, { token, body: { state: 'active' } })
  await calledTimes(receiver, 1)
  expect((await desk.call('DELETE', url, { token })).status).toBe(204)
  expect((await desk.call('GET', url, { token })).status).toBe(404)
  await payOnce(shop)
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect(receiver.calls).toHaveLength(1)
})

test('a ping answers what came back, and does not count as failing', async () => {
  const all = await openAll()
  const { shop, desk, now } = all
  const receiver = await openReceiver(() => ({ status: 418, body: 'tea\u0000pot '.repeat(1_000) }))
  const { id, secret } = await subscribe(all, receiver.url)
  const url = `/v1/webhook_endpoints/${id}`
  const pinged = await desk.call('POST', `${url}/test`, { token: shop.merchantToken })
  expect(pinged).toMatchObject({
    status: 200,
    body: { type: 'ping', state: 'failed', status: 418, attempts: 1, error: { code: 'status' } },
  })
  expect(pinged.body.tries[0].detail).toMatch(/^tea pot/)
  expect(Buffer.byteLength(pinged.body.tries[0].detail)).toBeLessThanOrEqual(1_024)
  expect(receiver.calls[0]?.body).toMatchObject({ type: 'ping', data: { endpoint: id } })
  expect(isSigned(receiver.calls[0]!, secret, now())).toBe(true)
  expect((await look(all, url)).failing_since).toBeNull()

  await receiver.close()
  const silent = await desk.call('POST', `${url}/test`, { token: shop.merchantToken })
  expect(silent.body).toMatchObject({
    state: 'failed',
    status: null,
    error: { code: 'not_reached' },
  })
  expect(silent.body.tries[0].detail).toBe('ECONNREFUSED')
})

test('a restart in the middle loses nothing', async () => {
  const all = await openAll()
  const { shop, advance, pause, resume } = all
  let isOpen = false
  const receiver = await openReceiver(() => (isOpen ? 200 : null))
  await subscribe(all, receiver.url)
  const made: string[] = []
  for (let times = 0; times < 5; times++) made.push(await payOnce(shop))
  await expect.poll(() => receiver.calls.length, patient).toBeGreaterThan(0)
  await pause()
  // Nobody looks while the process is away.
  for (let times = 0; times < 5; times++) made.push(await payOnce(shop))
  isOpen = true
  resume()
  advance(MINUTE)
  const arrived = async () =>
    (await deliveriesOf(all, '?state=succeeded&limit=100')).map(
      (one: { body: string }) => JSON.parse(one.body).data.id as string,
    )
  await expect.poll(async () => (await arrived()).toSorted(), patient).toEqual(made.toSorted())
  await pause()
})

test('what a process that died had in its hands is sent by another when its lease is over', async () => {
  const all = await openAll()
  const { shop, advance, pause, resume } = all
  const receiver = await openReceiver()
  await subscribe(all, receiver.url)
  await pause()
  await payOnce(shop)
  await planDeliveries(shop.io, institutionId, () => '{}')
  expect(await claimDeliveries(shop.io, institutionId, [])).toHaveLength(1)
  resume()
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(receiver.calls).toEqual([])
  advance(31_000)
  await calledTimes(receiver, 1)
})

test('two workers share the work, and each event arrives once', async () => {
  const all = await openAll()
  const { shop } = all
  const second = startLoops(shop.io, { webhooks: home })
  onTestFinished(() => second.stop())
  const receiver = await openReceiver()
  await subscribe(all, receiver.url)
  for (let times = 0; times < 30; times++) await payOnce(shop)
  await expect
    .poll(async () => (await deliveriesOf(all, '?state=succeeded&limit=100')).length, patient)
    .toBe(30)
  expect(receiver.calls).toHaveLength(30)
  expect(new Set(receiver.ids()).size).toBe(30)
  await second.stop()
})

test('a dead server does not hold up another', async () => {
  const all = await openAll()
  const { shop } = all
  const [dead, alive] = [await openReceiver(() => null), await openReceiver()]
  await subscribe(all, dead.url)
  await subscribe(all, alive.url)
  for (let times = 0; times < 40; times++) await payOnce(shop)
  const startedMs = performance.now()
  await calledTimes(alive, 40)
  expect(performance.now() - startedMs).toBeLessThan(3_000)
  // The dead one is asked a few times at once at first, and then one by one.
  expect(dead.calls.length).toBeLessThan(30)
})

test('what cannot be called is refused where it is made and where it is called', async () => {
  const shop = await openShop()
  const names: Record<string, string> = {
    'inside.example.com': '10.0.0.7',
    'mapped.example.com': '::ffff:127.0.0.1',
    'outside.example.com': '8.8.8.8',
  }
  const resolve = async (host: string) => {
    await Promise.resolve()
    const address = names[host]
    return address === undefined ? [] : [{ address, family: address.includes(':') ? 6 : 4 }]
  }
  const desk = await serve(shop, { webhooks: { allowPrivate: false, resolve, timeoutMs: 500 } })
  const all = { shop, desk }
  const token = shop.merchantToken
  const create = (url: string) => {
    const body = { url, events: ['*'] }
    return desk.call('POST', '/v1/webhook_endpoints', { token, key: newId('req'), body })
  }
  for (const url of [
    ...['http://outside.example.com/', 'https://127.0.0.1/', 'https://[::1]/', 'https://10.1.2.3/'],
    ...['https://169.254.169.254/latest/', 'https://2130706433/', 'https://localhost/'],
    ...['https://user:word@outside.example.com/', 'https://outside.example.com:5432/'],
    ...['https://inside.example.com/', 'https://mapped.example.com/', 'https://no.example.com/'],
  ]) {
    const refused = await create(url)
    expect(refused, url).toMatchObject({
      status: 422,
      body: { code: 'WEBHOOK_URL_REFUSED', param: 'url', reason: expect.stringMatching(/^must /) },
    })
  }
  expect(await look(all, '/v1/webhook_endpoints')).toMatchObject({ data: [] })

  const made = await create('https://outside.example.com/hooks')
  expect(made.status).toBe(201)
  const url = `/v1/webhook_endpoints/${made.body.id}`
  const moved = await desk.call('PATCH', url, { token, body: { url: 'https://10.1.2.3/' } })
  expect(moved.body).toMatchObject({ code: 'WEBHOOK_URL_REFUSED' })
  // The name changes its mind: the connection goes nowhere.
  names['outside.example.com'] = '127.0.0.1'
  const pinged = await desk.call('POST', `${url}/test`, { token })
  expect(pinged.body).toMatchObject({ status: null, error: { code: 'address_refused' } })
})

test('no secret lies in clear in the database', async () => {
  const all = await openAll()
  const { shop, desk } = all
  const receiver = await openReceiver()
  const { id, secret } = await subscribe(all, receiver.url)
  const url = `/v1/webhook_endpoints/${id}/rotate_secret`
  const rotated = await desk.call('POST', url, { token: shop.merchantToken, key: 'once' })
  await payOnce(shop)
  await calledTimes(receiver, 1)
  const client = new pg.Client({ connectionString: shop.databaseUrl })
  await client.connect()
  const { rows: tables } = await client.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public'`,
  )
  for (const { name } of tables) {
    const { rows } = await client.query<{ text: string }>(`select t::text as text from "${name}" t`)
    const text = rows.map((row) => row.text).join('\n')
    for (const one of [secret, rotated.body.secret as string]) {
      const bytes = Buffer.from(one.slice(6), 'base64')
      for (const form of [
        one,
        one.slice(6),
        bytes.toString('hex'),
        Buffer.from(one).toString('hex'),
      ])
        expect(text.includes(form), name).toBe(false)
    }
  }
  await client.end()
})

test('each sees his own endpoints and deliveries, and nobody another’s', async () => {
  const all = await openAll()
  const { shop, desk } = all
  const { staff, platformToken } = desk
  const [ours, theirs] = [await openReceiver(), await openReceiver()]
  const mine = await subscribe(all, ours.url)
  const { id: partys } = await subscribe(all, theirs.url, {}, platformToken)
  const byOperator = await subscribe(all, ours.url, { merchant: shop.merchantId }, staff.operator)
  await payOnce(shop)
  await expect.poll(async () => (await deliveriesOf(all)).length, patient).toBe(2)
  const [delivery] = await deliveriesOf(all)

  const ids = async (token: string, list = 'webhook_endpoints') =>
    (await desk.call('GET', `/v1/${list}`, { token })).body.data.map(
      (one: { id: string }) => one.id,
    )
  const merchants = [byOperator.id, mine.id]
  expect(await ids(shop.merchantToken)).toEqual(merchants)
  expect(await ids(staff.merchant)).toEqual(merchants)
  expect(await ids(platformToken)).toEqual([partys])
  expect((await ids(staff.operator)).toSorted()).toEqual([...merchants, partys].toSorted())
  expect(await ids(platformToken, 'webhook_deliveries')).toEqual([])
  expect(await ids(staff.operator, 'webhook_deliveries')).toHaveLength(2)

  const foreign: [method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: object][] = [
    ['GET', `/v1/webhook_endpoints/${mine.id}`],
    ['PATCH', `/v1/webhook_endpoints/${mine.id}`, { state: 'paused' }],
    ['DELETE', `/v1/webhook_endpoints/${mine.id}`],
    ['POST', `/v1/webhook_endpoints/${mine.id}/rotate_secret`],
    ['POST', `/v1/webhook_endpoints/${mine.id}/test`],
    ['GET', `/v1/webhook_deliveries/${delivery.id}`],
    ['POST', `/v1/webhook_deliveries/${delivery.id}/resend`],
    ['POST', '/v1/webhook_endpoints', { url: ours.url, events: ['*'], merchant: shop.merchantId }],
  ]
  for (const [method, url, body] of foreign) {
    const key = newId('req')
    const reply = await desk.call(method, url, { token: platformToken, key, ...(body && { body }) })
    expect(reply.status, `${method} ${url}`).toBe(404)
    for (const token of [shop.terminal.token, shop.payer.token]) {
      const refused = await desk.call(method, url, { token, key, ...(body && { body }) })
      expect(refused.status, `${method} ${url}`).toBe(403)
    }
  }
  expect((await ids(shop.merchantToken)).length).toBe(2)
  expect((await look(all, `/v1/webhook_endpoints/${mine.id}`)).state).toBe('active')
})

test('a third party is told of the payments that it started, and of its notices', async () => {
  const all = await openAll()
  const { shop, desk } = all
  const receiver = await openReceiver()
  await subscribe(all, receiver.url, {}, desk.platformToken)
  await payOnce(shop)
  await shop.pay({ code: await shop.code(), initiatorPartyId: shop.platformId })
  await expect
    .poll(() => receiver.calls.map(({ body }) => body.type as string).toSorted(), patient)
    .toEqual(['notice.created', 'payment.succeeded'])
})

test('a wish with a wrong field is refused', async () => {
  const all = await openAll()
  const { shop, desk } = all
  const { url } = await openReceiver()
  const refused: [body: object, param: string][] = [
    [{ url, events: [] }, 'events'],
    [{ url, events: ['payment.exploded'] }, 'events[0]'],
    [{ url, events: ['exception.opened'] }, 'events[0]'],
    [{ events: ['*'] }, 'url'],
    [{ url, events: ['*'], secret: 'mine' }, 'secret'],
  ]
  const post = (body: object, token = shop.merchantToken) =>
    desk.call('POST', '/v1/webhook_endpoints', { token, key: newId('req'), body })
  for (const [body, param] of refused)
    expect((await post(body)).body, param).toMatchObject({ code: 'INVALID_REQUEST', param })
  const whose = await post({ url, events: ['*'] }, desk.staff.operator)
  expect(whose.body).toMatchObject({ code: 'INVALID_REQUEST', param: 'merchant' })
  for (let number = 1; number <= 16; number++) await subscribe(all, url)
  expect((await post({ url, events: ['*'] })).body).toMatchObject({ code: 'INVALID_REQUEST' })
})
