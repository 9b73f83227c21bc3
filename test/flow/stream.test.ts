import type { AddressInfo } from 'node:net'

import { expect, onTestFinished, test } from 'vitest'

import { startLoops } from '../../app/loops/loops.ts'
import { newId } from '../../modules/lib/ids.ts'
import { putEvents, putMessages, readBacklog } from '../../modules/outbox/outbox.ts'
import { revokeCredentials } from '../../modules/party/party.ts'
import { plainPayment } from '../../modules/payment/payment.ts'
import { serve, type Desk } from './serve.ts'
import { institutionId, openShop, type Shop } from './shop.ts'

// Server-sent events over a real connection, from real event rows.

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests say what they expect
type Told = { id: string; type: string; data: any }

type Listening = {
  told: Told[]
  /** Everything that came, comments too. */
  text(): string
  ended: Promise<void>
  stop(): void
}

async function listenOn({ app }: Desk): Promise<string> {
  await app.listen({ port: 0, host: '127.0.0.1' })
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
}

/** Opens a stream and gathers what it tells, until it ends or is stopped. */
async function listen(url: string, token: string, lastId?: string): Promise<Listening> {
  const abort = new AbortController()
  onTestFinished(() => abort.abort())
  const response = await fetch(`${url}/v1/events`, {
    headers: {
      accept: 'text/event-stream',
      authorization: `Bearer ${token}`,
      ...(lastId !== undefined && { 'last-event-id': lastId }),
    },
    signal: abort.signal,
  })
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  const told: Told[] = []
  let text = ''
  const read = async () => {
    let rest = ''
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk
      const blocks = (rest + chunk).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        const [, id] = /^id: (.*)$/m.exec(block) ?? []
        const [, type] = /^event: (.*)$/m.exec(block) ?? []
        const [, data] = /^data: (.*)$/m.exec(block) ?? []
        if (id !== undefined) told.push({ id, type: type ?? '', data: JSON.parse(data ?? '{}') })
      }
    }
  }
  const ended = read().catch((error: unknown) => {
    if (!abort.signal.aborted) throw error
  })
  await expect.poll(() => text).toContain('retry: 1000')
  return { told, text: () => text, ended, stop: () => abort.abort() }
}

const typesOf = ({ told }: Listening) => told.map(({ type }) => type)

async function putEvent(shop: Shop, id = newId('evt')): Promise<string> {
  const { payment } = await shop.pay({ code: await shop.code(), amountMinor: 1n })
  const { id: subjectId, merchantId } = payment
  const nobody = { terminalId: null, payerId: null, partyId: null }
  const payload = plainPayment(payment)
  const event = { id, type: 'payment.succeeded', subjectId, merchantId, ...nobody } as const
  await shop.io.db.transaction(async (tx) => {
    putEvents(tx, institutionId, [{ ...event, payload, occurredAt: shop.io.now() }])
    await Promise.resolve()
  })
  return id
}

test('payer, terminal, merchant and operator each hear of their own, at once', async () => {
  const shop = await openShop({ terminals: 2, payers: 2 })
  const desk = await serve(shop)
  const url = await listenOn(desk)
  const [one, two] = shop.terminals
  const mine = await listen(url, shop.payers[0]?.token ?? '')
  const others = await listen(url, shop.payers[1]?.token ?? '')
  const here = await listen(url, one?.token ?? '')
  const there = await listen(url, two?.token ?? '')
  const owner = await listen(url, desk.staff.merchant)
  const operator = await listen(url, desk.staff.operator)
  const party = await listen(url, desk.platformToken)

  const startedMs = performance.now()
  const { payment } = await shop.pay({ code: await shop.code(), amountMinor: 1_234n })
  await expect.poll(() => mine.told.length, { interval: 5 }).toBe(1)
  console.log(`payment to the payer's stream: ${Math.round(performance.now() - startedMs)} ms`)
  await expect.poll(() => [here, owner, operator].map(({ told }) => told.length)).toEqual([1, 1, 1])

  expect(mine.told[0]).toMatchObject({
    type: 'payment.succeeded',
    data: {
      type: 'payment.succeeded',
      data: { object: 'payment', id: payment.id, amount: 1_234, payer_name: shop.payer.name },
    },
  })
  expect(mine.told[0]?.data.id).toBe(mine.told[0]?.id)
  expect(here.told[0]?.data.data).toMatchObject({ payer_name: '付*', source_label: null })
  expect(owner.told[0]?.data.data).toMatchObject({ payer_name: '付*' })
  expect(operator.told[0]?.data.data).toMatchObject({ payer_name: shop.payer.name })

  await shop.deliver()
  await expect.poll(() => typesOf(mine)).toContain('notice.created')
  expect(mine.told[1]?.data.data).toMatchObject({ object: 'notice', payment: payment.id })
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect([others, there, party].map(({ told }) => told)).toEqual([[], [], []])
  expect(typesOf(here)).toEqual(['payment.succeeded'])
})

test('a broken stream resumes from before the last id, and nothing is lost', async () => {
  const shop = await openShop()
  const desk = await serve(shop)
  const url = await listenOn(desk)
  const first = await listen(url, shop.terminal.token)
  await shop.pay({ code: await shop.code() })
  await expect.poll(() => first.told.length).toBe(1)
  first.stop()
  await first.ended
  await shop.pay({ code: await shop.code() })
  await shop.pay({ code: await shop.code() })
  const lastId = first.told[0]?.id ?? ''
  const second = await listen(url, shop.terminal.token, lastId)
  await expect.poll(() => second.told.length).toBe(3)
  await shop.pay({ code: await shop.code() })
  await expect.poll(() => second.told.length).toBe(4)
  expect(second.told[0]?.id).toBe(lastId)
  expect(new Set(second.told.map(({ id }) => id)).size).toBe(4)
  await new Promise((resolve) => setTimeout(resolve, 500))
  const strange = await listen(url, shop.terminal.token, 'evt_nonsense')
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(strange.told).toEqual([])
})

test('an event whose id is older than its commit is told all the same', async () => {
  const shop = await openShop()
  const desk = await serve(shop)
  const url = await listenOn(desk)
  const owner = await listen(url, desk.staff.merchant)
  const earlierId = newId('evt')
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  await putEvent(shop)
  await expect.poll(() => owner.told.length).toBeGreaterThan(0)
  await putEvent(shop, earlierId)
  await expect.poll(() => owner.told.map(({ id }) => id), { timeout: 4_000 }).toContain(earlierId)
})

test('a stream is pinged, and ends when its token does', async () => {
  const shop = await openShop()
  const desk = await serve(shop, { pingMs: 100 })
  const url = await listenOn(desk)
  const payer = await listen(url, shop.payer.token)
  const owner = await listen(url, desk.staff.merchant)
  await expect.poll(payer.text).toContain(': ping')
  await shop.io.db.transaction(async (tx) => {
    const subjectId = shop.payer.id
    revokeCredentials(tx, { institutionId, kind: 'payer', subjectId, now: shop.io.now() })
    await Promise.resolve()
  })
  await payer.ended
  await shop.pay({ code: await shop.code(), amountMinor: 5n })
  await expect.poll(() => owner.told.length).toBe(1)
})

test('streams end when the server closes, and soon', async () => {
  const shop = await openShop()
  const desk = await serve(shop)
  const url = await listenOn(desk)
  const owner = await listen(url, desk.staff.merchant)
  const startedMs = performance.now()
  await desk.app.close()
  await owner.ended
  expect(performance.now() - startedMs).toBeLessThan(2_000)
})

test('without asking for a stream the last hour is a list, each reader’s own', async () => {
  const shop = await openShop({ payers: 2 })
  const { call, staff } = await serve(shop)
  await shop.pay({ code: await shop.code(shop.payers[0]) })
  await shop.pay({ code: await shop.code(shop.payers[1]) })
  const list = async (token: string | undefined, query = '') =>
    (await call('GET', `/v1/events${query}`, { token: token ?? '' })).body
  expect((await list(shop.payers[0]?.token)).data).toHaveLength(1)
  const first = await list(staff.operator, '?limit=1')
  expect(first).toMatchObject({ object: 'list', has_more: true, url: '/v1/events' })
  const rest = await list(staff.operator, `?limit=5&starting_after=${first.data[0].id}`)
  expect(rest).toMatchObject({ has_more: false })
  expect(rest.data[0].id < first.data[0].id).toBe(true)
})

test('one reader may not open streams without end', async () => {
  const shop = await openShop()
  const desk = await serve(shop)
  const url = await listenOn(desk)
  for (let number = 1; number <= 20; number++) await listen(url, shop.payer.token)
  const headers = { accept: 'text/event-stream', authorization: `Bearer ${shop.payer.token}` }
  expect((await fetch(`${url}/v1/events`, { headers })).status).toBe(429)
})

test('the loops deliver what is due, and one message that cannot be delivered holds up none', async () => {
  const shop = await openShop()
  const now = shop.io.now()
  const bad = { consumer: 'notice', id: newId('msg'), subjectId: 'nothing' } as const
  await shop.io.db.transaction(async (tx) => {
    putMessages(tx, institutionId, [{ ...bad, isReminder: false, payload: {}, dueAt: now }])
    await Promise.resolve()
  })
  const loops = startLoops(shop.io)
  onTestFinished(() => loops.stop())
  const desk = await serve(shop)
  for (let number = 1; number <= 5; number++) await shop.pay({ code: await shop.code() })
  const inbox = async () =>
    (await desk.call('GET', '/v1/notices', { token: shop.payer.token })).body.data.length
  await expect.poll(inbox, { timeout: 5_000 }).toBe(5)
  await expect
    .poll(async () => (await readBacklog(shop.io.db, institutionId, now))[0]?.messages ?? 0n)
    .toBe(0n) // the bad one was put off to a later time
  await loops.stop()
})

test('confirmations that run out are ended by the loops, and the streams hear of it', async () => {
  const shop = await openShop({ mandate: { noPinMinor: 0n } })
  const desk = await serve(shop)
  const url = await listenOn(desk)
  const till = await listen(url, shop.terminal.token)
  const { payment } = await shop.pay({ code: await shop.code(), amountMinor: 100n })
  await expect.poll(() => typesOf(till)).toEqual(['payment.confirmation_required'])
  expect(payment.confirmExpiresAt).not.toBeNull()
  const later = { ...shop.io, now: () => new Date(payment.confirmExpiresAt!.getTime() + 1) }
  const loops = startLoops(later)
  onTestFinished(() => loops.stop())
  await expect
    .poll(() => typesOf(till), { timeout: 5_000 })
    .toEqual(['payment.confirmation_required', 'payment.failed'])
  await loops.stop()
  const { body } = await desk.call('GET', `/v1/payments/${payment.id}`, {
    token: shop.terminal.token,
  })
  expect(body).toMatchObject({ state: 'failed', decline_reason: 'confirmation_expired' })
})
