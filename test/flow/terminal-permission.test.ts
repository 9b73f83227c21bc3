import { expect, test } from 'vitest'

import { manualClock } from '../../modules/lib/clock.ts'
import { serve } from './serve.ts'
import { openShop, type TestTerminal } from './shop.ts'

// What may be done at a terminal, said from afar for it, its store or its merchant; where it is; and what
// it is told. Source: P21, P22.

// A Monday, ten in the morning in Shanghai.
const start = new Date('2026-11-23T02:00:00Z')
const shopAt = { latitude: 31.2304, longitude: 121.4737, accuracy_m: 12 }
// About two kilometres to the north.
const away = { ...shopAt, latitude: 31.2484 }

async function openDesk({ payers = 1 } = {}) {
  const clock = manualClock(start)
  const mandate = { noPinMinor: 10_000n, perPaymentMinor: 100_000n }
  const shop = await openShop({ terminals: 2, payers, now: clock, mandate })
  await shop.io.db.read({
    name: 'place',
    text: 'update store set latitude = 31.2304, longitude = 121.4737',
  })
  const { call, staff } = await serve(shop)
  const [first, second] = shop.terminals as [TestTerminal, TestTerminal]
  let orders = 0

  const put = (id: string, body: object, token = staff.operator) =>
    call('PUT', `/v1/permissions/${id}`, { token, body: { reason: '盘点', ...body } })
  const take = async (more: object = {}, amount = 1_000, payer = shop.payers[0]) => {
    const order_no = `order-${(orders += 1)}`
    const body = {
      payment_code: await shop.code(payer),
      amount,
      currency: 'CNY',
      order_no,
      ...more,
    }
    return call('POST', '/v1/payments', { token: first.token, key: order_no, body })
  }
  const attempt = async (more: object = {}, amount?: number) => {
    const { body } = await take(more, amount)
    return (body.code ?? body.state) as string
  }
  const detail = async () =>
    (await call('GET', `/v1/terminals/${first.id}`, { token: staff.operator })).body
  return { clock, shop, call, staff, first, second, put, take, attempt, detail }
}

test('what merchant, store and terminal say counts together, from the next payment on', async () => {
  const { clock, shop, call, staff, first, put, take, attempt, detail } = await openDesk()
  const { merchantId, storeId } = shop
  expect(await attempt()).toBe('succeeded')

  expect((await put(storeId, { is_locked: true })).body).toMatchObject({
    ...{ object: 'permission', scope: 'store', subject: storeId, is_locked: true },
    reason: '盘点',
  })
  expect(await attempt()).toBe('TERMINAL_LOCKED')
  expect(await detail()).toMatchObject({
    ...{ state: 'active', lock_reason: '盘点' },
    permission: { own: { is_locked: false }, effective: { is_locked: true } },
  })
  expect((await detail()).permission.from).toEqual({ is_locked: 'store' })
  await put(storeId, {
    limit_per_payment: 500,
    hours: [{ days: [1], from: '09:00', until: '11:00' }],
  })
  expect(await attempt()).toBe('TERMINAL_OVER_LIMIT')
  expect(await attempt({}, 500)).toBe('succeeded')
  clock.advance(60 * 60_000)
  expect(await attempt({}, 500)).toBe('TERMINAL_OUTSIDE_HOURS')
  await put(first.id, {
    hours: [{ days: [1], from: '09:00', until: '12:00' }],
    schemes: ['wechat'],
  })
  expect(await attempt({}, 500)).toBe('TERMINAL_SCHEME_CLOSED')
  await put(storeId, {})
  await put(first.id, { may_reverse: false })

  // What waits is not given up by a terminal that may not, and by its merchant all the same.
  const waiting = (await take({}, 20_000)).body
  expect(waiting).toMatchObject({ state: 'processing', next_action: 'payer_confirms' })
  const reverse = (token: string) => call('POST', `/v1/payments/${waiting.id}/reverse`, { token })
  expect((await reverse(first.token)).body.code).toBe('TERMINAL_MAY_NOT_REVERSE')
  expect((await reverse(staff.merchant)).body.state).toBe('reversed')

  // What the institution has locked, its merchant does not open.
  await put(merchantId, { is_locked: true })
  expect((await put(merchantId, {}, staff.merchant)).body.code).toBe('FORBIDDEN')
  expect((await put(merchantId, { is_locked: true }, first.token)).status).toBe(403)
  expect((await put(storeId, { schemes: [] })).body).toMatchObject({ status: 422 })
  expect((await put(storeId, { hours: [{ days: [8], from: '9', until: '1' }] })).status).toBe(422)
  await put(merchantId, {})
  expect(await attempt()).toBe('succeeded')
})

test('a terminal’s limit for the day holds to the fen, whoever pays at once, and is given back', async () => {
  const { shop, call, first, put, take, attempt, clock } = await openDesk({ payers: 6 })
  await put(first.id, { limit_per_day: 4_500 })
  // An order that waits for whoever scans it has its part of the day.
  const shown = { amount: 1_000, currency: 'CNY', order_no: 'shown', expires_in_seconds: 90 }
  const order = await call('POST', '/v1/orders', { token: first.token, key: 'shown', body: shown })
  expect(order.status).toBe(201)
  const answers = await Promise.all(shop.payers.map((payer) => take({}, 1_000, payer)))
  const said = answers.map(({ body }) => (body.code ?? body.state) as string).sort()
  expect(said).toEqual([
    ...Array.from({ length: 3 }, () => 'TERMINAL_OVER_DAY_LIMIT'),
    ...Array.from({ length: 3 }, () => 'succeeded'),
  ])
  expect(await attempt({}, 501)).toBe('TERMINAL_OVER_DAY_LIMIT')
  expect(await attempt({}, 500)).toBe('succeeded')
  await call('POST', `/v1/payments/${order.body.id}/reverse`, { token: first.token })
  expect(await attempt({}, 1_001)).toBe('TERMINAL_OVER_DAY_LIMIT')
  expect(await attempt({}, 1_000)).toBe('succeeded')
  clock.advance(24 * 60 * 60_000)
  expect(await attempt({}, 4_500)).toBe('succeeded')
  await shop.audit()
})

test('outside its fence a terminal is refused, asked or flagged, and the console knows where it is', async () => {
  const { shop, call, staff, first, put, take, attempt, detail } = await openDesk()
  const fence = { fence_radius_m: 200 }
  await put(shop.storeId, { ...fence, fence_action: 'refuse' })
  expect(await attempt()).toBe('POSITION_REQUIRED')
  expect(await attempt({ position: away })).toBe('TERMINAL_OUTSIDE_FENCE')
  await expect
    .poll(async () => (await detail()).position)
    .toMatchObject({
      ...{ latitude: 31.2484, distance_m: 2_002, flags: ['outside_fence'] },
    })
  const alarms = async () => {
    const events = await call('GET', '/v1/events?limit=100', { token: staff.operator })
    return events.body.data.filter(({ type }: { type: string }) => type === 'terminal.alarm')
  }
  expect(await alarms()).toMatchObject([
    { data: { terminal: first.id, flags: ['outside_fence'], position: { distance_m: 2_002 } } },
  ])
  expect(await attempt({ position: shopAt })).toBe('succeeded')

  await put(first.id, { ...fence, fence_action: 'ask' })
  expect(await attempt({ position: away })).toBe('POSITION_TO_CONFIRM')
  expect(await attempt({ position: away, position_confirmed: true })).toBe('succeeded')
  await put(first.id, { ...fence, fence_action: 'flag' })
  const flagged = await take({ position: { ...away, is_mock: true } })
  expect(flagged.body).toMatchObject({
    state: 'succeeded',
    position: { distance_m: 2_002, flags: ['outside_fence', 'mock'] },
  })
  const read = await call('GET', `/v1/payments/${flagged.body.id}`, { token: first.token })
  expect(read.body.position).toEqual(flagged.body.position)
  expect((await take()).body).toMatchObject({ position: null, position_flags: ['no_position'] })
  await put(shop.storeId, {})
  await put(first.id, {})
  expect((await take({ position: away })).body.position).toMatchObject({
    distance_m: 2_002,
    flags: [],
  })
})

test('a terminal says that it lives, and follows what it is told; who did what and why is kept', async () => {
  const { clock, shop, call, staff, first, second, put, detail } = await openDesk()
  const own = '/v1/terminals/current'
  const beat = async (body: object = {}) =>
    (await call('POST', `${own}/heartbeat`, { token: first.token, body })).body
  const configuration = async () =>
    (await call('GET', `${own}/configuration`, { token: first.token })).body
  clock.advance(1_000)
  const at = clock().toISOString()
  const { version } = await configuration()
  expect(await detail()).toMatchObject({ is_online: false, app_version: null })
  expect(await beat({ app_version: '0.4.0', position: shopAt })).toEqual({
    ...{ object: 'heartbeat', server_time: at },
    ...{ configuration_version: version, interval_seconds: 30 },
  })
  await call('POST', `${own}/configuration/acknowledge`, { token: first.token, body: { version } })
  expect(await detail()).toMatchObject({
    ...{ is_online: true, app_version: '0.4.0', heartbeat_at: at },
    ...{ configuration: { wanted_version: version, applied_version: version } },
    position: { ...shopAt, distance_m: 0, flags: [] },
  })

  clock.advance(1_000)
  const change = { is_locked: true, limit_per_payment: 900 }
  const terminals = [first.id, second.id, 'trm_01kaqb2m5vf7esx3d9w8r6t4yz']
  const bulk = { terminals, change, reason: '打烊' }
  const changed = await call('POST', '/v1/permissions/bulk', { token: staff.merchant, body: bulk })
  expect(changed.body).toMatchObject({
    ...{ changed: 2, failed: [{ id: terminals[2], code: 'NOT_FOUND' }] },
  })
  const told = await call('GET', '/v1/events', { token: first.token })
  expect(told.body.data[0]).toMatchObject({ type: 'terminal.configuration' })
  // Also a terminal that is locked is heard of, and hears why.
  clock.advance(60_000)
  const next = await configuration()
  expect(next).toMatchObject({
    ...{ is_locked: true, lock_reason: '打烊', merchant: { name: '晨光便利店' } },
    ...{ store: { position: { latitude: 31.2304 } }, settings: { 'till.language': 'auto' } },
    permission: { effective: { limit_per_payment: 900, may_take_payment: true } },
  })
  expect((await beat({ position: away })).configuration_version).toBe(next.version)
  expect(next.version).not.toBe(version)
  expect((await detail()).position.flags).toEqual([])
  clock.advance(30_000)
  await beat({ position: { ...away, latitude: 31.3 } })
  clock.advance(91_000)
  expect(await detail()).toMatchObject({ is_online: false, position: { flags: ['jump'] } })

  const url = `/v1/terminals/${first.id}`
  const positions = (await call('GET', `${url}/positions`, { token: staff.merchant })).body
  expect(positions.data.map(({ flags }: { flags: string[] }) => flags)).toEqual([['jump'], [], []])
  await put(shop.storeId, { may_refund: false })
  const history = (await call('GET', `${url}/history`, { token: staff.operator })).body.data
  expect(history.map(({ kind }: { kind: string }) => kind)).toEqual([
    ...['permission', 'position', 'position', 'permission', 'position', 'activation'],
  ])
  expect(history[3]).toMatchObject({
    ...{ actor: expect.stringMatching(/^person:/) as string, reason: '打烊', subject: first.id },
    detail: { is_locked: { before: false, after: true }, limit_per_payment: { after: 900 } },
  })
  const found = await call('GET', `/v1/terminals?state=locked&q=2&store=${shop.storeId}`, {
    token: staff.operator,
  })
  expect(found.body.data).toMatchObject([{ id: second.id, state: 'locked' }])
})
