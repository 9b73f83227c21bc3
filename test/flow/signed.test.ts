import { createHash, sign } from 'node:crypto'

import { expect, test } from 'vitest'

import {
  contentDigest,
  signatureHeader,
  toSign,
  type RequestToSign,
} from '../../modules/lib/signed-request.ts'
import { manualClock } from '../../modules/lib/clock.ts'
import { countGuesses } from '../../modules/terminal/terminal.ts'
import { deviceOf, newDevice, type DeviceKey } from './device.ts'
import { serve } from './serve.ts'
import { openShop, type TestTerminal } from './shop.ts'

// What a terminal's device signs, and what becomes of requests that nobody, somebody else or somebody
// some time ago has signed. Source: RFC 9421; reliability.md §10.3; P22.

type Sent = Partial<Omit<RequestToSign, 'keyId'>> & {
  device?: DeviceKey
  keyId?: string
  /** What goes over the wire instead of what was signed. */
  wire?: { body?: string; url?: string; method?: 'POST' | 'PUT'; headers?: Record<string, string> }
}

async function openDesk() {
  const clock = manualClock(new Date())
  const shop = await openShop({ terminals: 2, now: clock })
  const { app } = await serve(shop)
  let orders = 0

  /** Sends an order as a till would, signed as it is said, and answers status and code. */
  async function send(terminal: TestTerminal, sent: Sent = {}): Promise<string> {
    const orderNo = `order-${(orders += 1)}`
    const text = JSON.stringify({ amount: 100, currency: 'CNY', order_no: orderNo })
    const { device = deviceOf(terminal.token) as DeviceKey, wire = {}, body = text } = sent
    const { contentType = 'application/json', idempotencyKey = orderNo } = sent
    const request = {
      ...{ method: 'POST', url: 'http://localhost/v1/orders', nowMs: clock().getTime() },
      ...{ ...sent, body, contentType, idempotencyKey, keyId: sent.keyId ?? device.keyId },
    }
    const digest = contentDigest(
      createHash('sha256')
        .update(body ?? '')
        .digest(),
    )
    const { base, headers } = toSign(request, digest)
    const answer = await app.inject({
      ...{ method: wire.method ?? 'POST', url: wire.url ?? '/v1/orders' },
      headers: {
        ...{ authorization: `Bearer ${terminal.token}`, ...headers },
        ...(contentType !== null && { 'content-type': contentType }),
        ...(idempotencyKey !== null && { 'idempotency-key': idempotencyKey }),
        signature: signatureHeader(sign(null, base, device.privateKey)),
        ...wire.headers,
      },
      payload: wire.body ?? (body as string),
    })
    const said = answer.json<{ code?: string; state?: string }>()
    return `${answer.statusCode} ${said.code ?? said.state}`
  }
  return { clock, shop, app, send }
}

test('what a terminal changes is signed by its device, just now, whole, and once', async () => {
  const { clock, shop, app, send } = await openDesk()
  const [first, second] = shop.terminals as [TestTerminal, TestTerminal]
  const nowMs = clock().getTime()
  expect(await send(first)).toBe('201 processing')
  // As the world knows this server, or as the request names its host.
  expect(await send(first, { url: 'http://till.test/v1/orders' })).toBe('201 processing')
  const behindProxy = { wire: { headers: { host: 'pay.test' } } }
  expect(await send(first, { url: 'https://pay.test/v1/orders', ...behindProxy })).toBe(
    '201 processing',
  )
  expect(await send(first, { nowMs: nowMs - 299_000 })).toBe('201 processing')

  const stranger = newDevice()
  const wrong: [what: string, Sent][] = [
    ['a body that was changed', { wire: { body: '{"amount":1,"currency":"CNY","order_no":"x"}' } }],
    ['a path that was changed', { wire: { url: '/v1/payments' } }],
    ['another host', { url: 'http://elsewhere.test/v1/orders' }],
    ['another method', { method: 'PUT' }],
    ['another Idempotency-Key', { wire: { headers: { 'idempotency-key': 'another' } } }],
    ['another type', { wire: { headers: { 'content-type': 'application/json; charset=utf-8' } } }],
    [
      'a digest that was changed',
      { wire: { headers: { 'content-digest': contentDigest(Buffer.alloc(32)) } } },
    ],
    ['an old signature', { nowMs: nowMs - 301_000 }],
    ['a signature of the future', { nowMs: nowMs + 301_000 }],
    ['the key of another terminal', { device: deviceOf(second.token) as DeviceKey }],
    ['a stranger’s key', { device: { keyId: first.id, privateKey: stranger.privateKey } }],
    ['the name of another terminal', { keyId: second.id }],
    ['half a signature', { wire: { headers: { signature: 'sig1=:AAAA:' } } }],
    ['a component too few', { wire: { headers: { 'signature-input': lessKey(first, nowMs) } } }],
  ]
  for (const [what, sent] of wrong)
    expect(`${what}: ${await send(first, sent)}`).toBe(`${what}: 401 SIGNATURE_INVALID`)

  const bare = { method: 'POST', url: '/v1/orders', payload: {} } as const
  const headers = { authorization: `Bearer ${first.token}` }
  const unsigned = (await app.inject({ ...bare, headers })).json<{ code: string }>()
  expect(unsigned.code).toBe('SIGNATURE_MISSING')
  // Whoever only reads need not sign; a merchant's key never does.
  expect((await app.inject({ method: 'GET', url: '/v1/me', headers })).statusCode).toBe(200)
  const byKey = { ...bare, headers: { authorization: `Bearer ${shop.merchantToken}` } }
  expect((await app.inject(byKey)).json<{ code: string }>().code).toBe('INVALID_REQUEST')
})

const lessKey = (terminal: TestTerminal, nowMs: number): string =>
  `sig1=("@method" "@target-uri" "content-digest" "content-type");created=${Math.floor(nowMs / 1000)}` +
  `;nonce="AAAAAAAAAAAAAAAAAAAAAA";keyid="${terminal.id}";alg="ed25519";tag="onetill"`

test('a signed request is taken once, in whichever process it arrives and for ten minutes', async () => {
  const { clock, shop, send } = await openDesk()
  const [first, second] = shop.terminals as [TestTerminal, TestTerminal]
  const again = { nonce: 'once-and-never-again' }
  const answers = await Promise.all(Array.from({ length: 8 }, () => send(first, again)))
  expect(answers.toSorted()).toEqual([
    '201 processing',
    ...Array.from({ length: 7 }, () => '401 SIGNATURE_REPLAYED'),
  ])
  // A nonce belongs to its terminal.
  expect(await send(second, again)).toBe('201 processing')
  clock.advance(599_000)
  expect(await send(first, again)).toBe('401 SIGNATURE_REPLAYED')
  expect(await send(first)).toBe('201 processing')

  const { purge } = await import('../../app/loops/purge.ts')
  const left = async () =>
    (await shop.io.db.read({ name: 'nonces', text: 'select nonce from terminal_nonce' })).length
  expect(await left()).toBeGreaterThan(0)
  // Guesses of a month ago go too, and those of yesterday stay for whoever looks into an alarm.
  const today = clock().getTime()
  const days = [31, 1].map((ago) => new Date(today - ago * 86_400_000).toISOString().slice(0, 10))
  const guessed = days.map((day) => ({ terminalId: shop.terminal.id, day, guesses: 3 }))
  await shop.io.db.transaction((tx) => countGuesses(tx, 'ins_test', guessed))
  clock.advance(1_800_000)
  await purge(shop.io, 'ins_test')
  expect(await left()).toBe(0)
  const text = 'select day::text from terminal_guess order by day'
  expect(await shop.io.db.read({ name: 'guesses', text })).toEqual([{ day: days[1] }])
})
