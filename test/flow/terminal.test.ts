import { expect, test } from 'vitest'

import { manualClock } from '../../modules/lib/clock.ts'
import {
  countGuesses,
  openSightings,
  readGuesses,
  readPermissions,
} from '../../modules/terminal/terminal.ts'
import { openOffice } from './office.ts'

const activateUrl = '/v1/terminals/activate'

test('a terminal is new until a device activates it, and then has a token of its own', async () => {
  const { call, create, here, openMerchant } = await openOffice()
  const { key, storeId, id: merchant } = await openMerchant(here)
  const made = await create(key, '/v1/terminals', { store: storeId, name: '2 号' })
  expect(made).toMatchObject({ state: 'new', store: storeId, merchant, last_seen_at: null })
  expect(made.activation_code).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}-here$/)

  const typed = made.activation_code.toLowerCase().replaceAll('-', ' ')
  const active = await call('POST', activateUrl, { body: { activation_code: typed } })
  expect(active.status, active.text).toBe(201)
  expect(active.body).toMatchObject({
    ...{ object: 'activation', terminal: { id: made.id, name: '2 号' } },
    ...{ store: { id: storeId }, merchant: { id: merchant } },
  })
  expect(active.body.token).toMatch(/^tk_here_/)
  const me = await call('GET', '/v1/me', { token: active.body.token })
  expect(me.body).toMatchObject({ kind: 'terminal', id: made.id, merchant: { id: merchant } })
  const list = await call('GET', '/v1/terminals', { token: key })
  expect(list.body.data[0]).toMatchObject({ id: made.id, state: 'active' })
})

test('an activation code works once, however many devices send it at once', async () => {
  const { call, create, here, openMerchant } = await openOffice()
  const { key, storeId } = await openMerchant(here)
  const { activation_code } = await create(key, '/v1/terminals', { store: storeId, name: '2 号' })
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => call('POST', activateUrl, { body: { activation_code } })),
  )
  const statuses = answers.map(({ status }) => status).sort()
  expect(statuses).toEqual([201, ...Array.from({ length: 19 }, () => 422)])
  const refused = answers.find(({ status }) => status === 422)
  expect(refused?.body.code).toBe('ACTIVATION_CODE_WRONG')
})

test('an activation code dies after a day, and when another is made', async () => {
  const clock = manualClock(new Date())
  const { call, create, here, openMerchant } = await openOffice({ now: clock })
  const { key, storeId } = await openMerchant(here)
  const first = await create(key, '/v1/terminals', { store: storeId, name: '2 号' })
  const renewUrl = `/v1/terminals/${first.id}/activation_code`
  const second = await call('POST', renewUrl, { token: key, key: null })
  expect(second.status, second.text).toBe(201)
  const activate = (activation_code: string) =>
    call('POST', activateUrl, { body: { activation_code } })

  expect((await activate(first.activation_code)).status).toBe(422)
  clock.advance(24 * 60 * 60 * 1000 + 1)
  expect((await activate(second.body.activation_code)).status).toBe(422)
  const third = await call('POST', renewUrl, { token: key, key: null })
  expect((await activate(third.body.activation_code)).status).toBe(201)
})

test('activating again ends the token that the terminal had', async () => {
  const { call, here, io, openMerchant } = await openOffice()
  const { key, terminalId, terminalToken } = await openMerchant(here)
  const renewUrl = `/v1/terminals/${terminalId}/activation_code`
  const { body } = await call('POST', renewUrl, { token: key, key: null })
  expect((await call('GET', '/v1/me', { token: terminalToken })).status).toBe(200)
  const { activation_code } = body
  const active = await call('POST', activateUrl, { body: { activation_code } })
  expect(active.body.token).not.toBe(terminalToken)
  // Another process may believe the old token for two seconds more; the database does not.
  const { readCredential } = await import('../../modules/party/party.ts')
  expect(await readCredential(io.db, terminalToken, io.now())).toBeNull()
  expect(await readCredential(io.db, active.body.token, io.now())).toMatchObject({
    ...{ kind: 'terminal', subjectId: terminalId },
  })
})

test('what is no activation code is refused like a wrong one', async () => {
  const { call } = await openOffice()
  for (const activation_code of ['', 'AAAA-AAAA-here', 'AAAA-AAAA-nowhere', 'x', '’;--']) {
    const answer = await call('POST', activateUrl, { body: { activation_code } })
    expect(answer.body).toMatchObject({ status: 422, code: 'ACTIVATION_CODE_WRONG' })
  }
})

test('a merchant locks a terminal, forbids payments, and sets and lifts a limit', async () => {
  const { call, here, io, openMerchant } = await openOffice()
  const { id: merchantId, key, storeId, terminalId } = await openMerchant(here)
  const url = `/v1/terminals/${terminalId}`
  const patch = async (body: object) => (await call('PATCH', url, { token: key, body })).body
  const asked = () =>
    io.db.transaction(async (tx) => (await readPermissions(tx, here.id, [terminalId]))[0])

  expect(await patch({ limit_per_payment: 5_000 })).toMatchObject({ limit_per_payment: 5_000 })
  expect(await patch({ may_take_payment: false })).toMatchObject({
    ...{ may_take_payment: false, limit_per_payment: 5_000, state: 'active' },
  })
  expect(await patch({ state: 'locked' })).toMatchObject({ state: 'locked' })
  expect(await asked()).toMatchObject({
    ...{ terminalId, terminalName: '1 号', merchantId, merchantName: '晨光便利店', storeId },
    ...{ storeName: '晨光便利店 一号店', state: 'locked', mayTakePayment: false, mayRefund: true },
    ...{ limitPerPaymentMinor: 5_000n, merchantState: 'active', storeState: 'active' },
    ...{ category: '5411', storeKind: 'small_store', isVirtual: false },
  })
  expect(await patch({ state: 'active', may_take_payment: true, limit_per_payment: null })).toEqual(
    (await call('GET', '/v1/terminals', { token: key })).body.data[0],
  )
  expect(await asked()).toMatchObject({
    ...{ state: 'active', mayTakePayment: true, limitPerPaymentMinor: null },
  })
  expect(await patch({})).toMatchObject({ status: 422, code: 'INVALID_REQUEST' })
  expect(await patch({ limit_per_payment: 0 })).toMatchObject({ status: 422 })
})

test('a terminal that never was activated cannot be made active from afar', async () => {
  const { call, create, here, openMerchant } = await openOffice()
  const { key, storeId } = await openMerchant(here)
  const made = await create(key, '/v1/terminals', { store: storeId, name: '2 号' })
  const patch = async (state: string) =>
    (await call('PATCH', `/v1/terminals/${made.id}`, { token: key, body: { state } })).body.state
  expect(await patch('active')).toBe('new')
  expect(await patch('locked')).toBe('locked')
  const { activation_code } = made
  expect((await call('POST', activateUrl, { body: { activation_code } })).status).toBe(201)
  const list = await call('GET', '/v1/terminals', { token: key })
  expect(list.body.data[0].state).toBe('locked')
  expect(await patch('active')).toBe('active')
})

test('another merchant’s terminal, and a virtual one, are not found', async () => {
  const { call, here, io, openMerchant } = await openOffice()
  const { terminalId } = await openMerchant(here)
  const other = await openMerchant(here, '另一家')
  const { virtualTerminal } = await import('../../modules/terminal/terminal.ts')
  const place = { institutionId: here.id, merchantId: other.id, storeId: other.storeId }
  const virtualId = await virtualTerminal(io.db, place, io.now())
  for (const id of [terminalId, virtualId]) {
    const url = `/v1/terminals/${id}`
    const patched = await call('PATCH', url, { token: other.key, body: { state: 'locked' } })
    expect(patched.status).toBe(404)
    const renewed = await call('POST', `${url}/activation_code`, { token: other.key })
    expect(renewed.status).toBe(404)
  }
  const list = await call('GET', '/v1/terminals', { token: other.key })
  expect(list.body.data.map(({ id }: { id: string }) => id)).toEqual([other.terminalId])
})

test('unknown codes are counted by terminal and local day', async () => {
  const { here, io } = await openOffice()
  const day = '2026-11-23'
  const count = (terminalId: string, guesses: number) =>
    io.db.transaction(async (tx) => {
      await countGuesses(tx, here.id, [{ terminalId, day, guesses }])
    })
  await Promise.all([count('trm_a', 2), count('trm_a', 3), count('trm_b', 1)])
  const wanted = { terminalIds: ['trm_a', 'trm_b', 'trm_c'], day }
  const read = await io.db.transaction((tx) => readGuesses(tx, here.id, wanted))
  expect(read.sort((a, b) => (a.terminalId < b.terminalId ? -1 : 1))).toEqual([
    { terminalId: 'trm_a', day, guesses: 5 },
    { terminalId: 'trm_b', day, guesses: 1 },
  ])
})

test('where a terminal was seen is written once a minute at most', async () => {
  const { call, here, io, openMerchant } = await openOffice()
  const { key, terminalId } = await openMerchant(here)
  const sightings = openSightings(io.batched)
  const shown = async () => (await call('GET', '/v1/terminals', { token: key })).body.data[0]
  const seen = (second: number, latitude: number | null) =>
    sightings.note({
      ...{ institutionId: here.id, terminalId, usualFence: { radiusM: 0, action: 'flag' } },
      seenAt: new Date(Date.UTC(2026, 10, 23, 2, 0, second)),
      position: latitude === null ? null : { latitude, longitude: 121.5, accuracyM: 12 },
    })

  seen(0, 31.1)
  await sightings.flush()
  seen(30, 31.2)
  await sightings.flush()
  expect(await shown()).toMatchObject({
    last_seen_at: '2026-11-23T02:00:00.000Z',
    position: { latitude: 31.1, longitude: 121.5, accuracy_m: 12 },
  })
  seen(60, null)
  await sightings.flush()
  expect(await shown()).toMatchObject({
    last_seen_at: '2026-11-23T02:01:00.000Z',
    position: { latitude: 31.1 },
  })
})
