import { expect, test } from 'vitest'

import { once } from '../../modules/database/idempotency.ts'
import { readAccounts } from '../../modules/ledger/ledger.ts'
import { readMerchants } from '../../modules/party/party.ts'
import { serve } from './serve.ts'
import { institutionId, openShop, type Shop } from './shop.ts'

// The Idempotency-Key of every POST that is no payment; payments keep theirs in their own row.

const body = { name: '新商户', category: '5812' }

const merchantsOf = async (shop: Shop) =>
  (await readMerchants(shop.io.db, institutionId, { startingAfter: null, limit: 50 })).length

test('a repeat gets the first answer, less the secret that was shown once, and has no effect', async () => {
  const shop = await openShop({ payers: 0 })
  const { call, staff } = await serve(shop)
  const { operator: token } = staff
  const before = await merchantsOf(shop)
  const first = await call('POST', '/v1/merchants', { token, key: 'm1', body })
  expect(first.status).toBe(201)
  expect(first.body.api_key).toMatch(/^sk_test_/)
  expect(first.headers['idempotent-replayed']).toBeUndefined()

  // Quoted or bare, and in whatever order: it is the same request.
  const same = { category: '5812', name: '新商户' }
  const again = await call('POST', '/v1/merchants', { token, key: '"m1"', body: same })
  const { api_key, ...shown } = first.body
  expect(again.status).toBe(201)
  expect(again.headers['idempotent-replayed']).toBe('true')
  expect(again.body).toEqual({ ...shown, not_shown_again: ['api_key'] })
  expect(await merchantsOf(shop)).toBe(before + 1)
  // The secret is good, and it is stored nowhere in clear.
  expect((await call('GET', '/v1/me', { token: api_key })).body.id).toBe(first.body.id)
  await shop.audit()
})

test('a key names one request of one caller: another body is refused, another caller is not', async () => {
  const shop = await openShop({ payers: 0 })
  const { call, staff } = await serve(shop)
  const { operator, merchant } = staff
  await call('POST', '/v1/merchants', { token: operator, key: 'k', body })
  const other = { ...body, name: '另一个' }
  const refused = await call('POST', '/v1/merchants', { token: operator, key: 'k', body: other })
  expect([refused.status, refused.body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED'])
  const store = { merchant: shop.merchantId, name: '二号店', kind: 'small_store' }
  const elsewhere = await call('POST', '/v1/stores', { token: operator, key: 'k', body: store })
  expect(elsewhere.status).toBe(201)
  const own = await call('POST', '/v1/stores', { token: merchant, key: 'k', body: store })
  expect(own.status).toBe(201)
  expect(own.body.id).not.toBe(elsewhere.body.id)
})

test('a key that is missing, too long or not plain is refused by name', async () => {
  const shop = await openShop({ payers: 0 })
  const { call, staff } = await serve(shop)
  const { operator: token } = staff
  const send = async (key?: string) =>
    (await call('POST', '/v1/merchants', { token, body, ...(key !== undefined && { key }) })).body
  expect(await send()).toMatchObject({ code: 'IDEMPOTENCY_KEY_MISSING', status: 400 })
  expect(await send('')).toMatchObject({ code: 'IDEMPOTENCY_KEY_MISSING' })
  expect(await send('x'.repeat(256))).toMatchObject({ param: 'Idempotency-Key', status: 422 })
  expect(await send('"half')).toMatchObject({ param: 'Idempotency-Key' })
  expect(await send('x'.repeat(255))).toMatchObject({ object: 'merchant' })
})

test('twenty at once with one key make one thing', async () => {
  const shop = await openShop({ payers: 0 })
  const { call, staff } = await serve(shop)
  const before = await merchantsOf(shop)
  const sent = Array.from({ length: 20 }, () =>
    call('POST', '/v1/merchants', { token: staff.operator, key: 'at-once', body }),
  )
  const statuses = (await Promise.all(sent)).map(({ status }) => status)
  expect(statuses.filter((status) => status === 201)).toHaveLength(1)
  expect(statuses.filter((status) => status === 409)).toHaveLength(19)
  expect(await merchantsOf(shop)).toBe(before + 1)
})

test('another process waits for the first and gets its answer', async () => {
  const shop = await openShop({ payers: 0 })
  const attempt = {
    ...{ institutionId, scope: 'person:x POST /v1/x', key: 'k' },
    ...{ fingerprint: Buffer.alloc(32), now: shop.io.now() },
  }
  let runs = 0
  const work = async () => {
    runs += 1
    await new Promise((resolve) => setTimeout(resolve, 200))
    return { status: 201, body: { id: 'one' } }
  }
  const both = await Promise.all([once(shop.io.db, attempt, work), once(shop.io.db, attempt, work)])
  expect(runs).toBe(1)
  expect(both.map(({ isReplay }) => isReplay).sort()).toEqual([false, true])
  expect(both.map(({ answer }) => answer.body)).toEqual([{ id: 'one' }, { id: 'one' }])
})

test('what is refused keeps no key and leaves nothing behind', async () => {
  const shop = await openShop()
  const { call, staff } = await serve(shop)
  const card = {
    payer: shop.payer.id,
    label: '卡',
    last4: '0001',
    opening_amount: 100,
    currency: 'USD',
  }
  const send = (currency: string) =>
    call('POST', '/v1/cards', { token: staff.operator, key: 'card', body: { ...card, currency } })
  const before = await readAccounts(shop.io.db, institutionId, { limit: 100 })
  expect((await send('USD')).body.code).toBe('CURRENCY_NOT_SUPPORTED')
  expect(await readAccounts(shop.io.db, institutionId, { limit: 100 })).toEqual(before)
  // The key is still free, for the request as it should have been.
  expect((await send('CNY')).status).toBe(201)
  const again = await send('CNY')
  expect(again.headers['idempotent-replayed']).toBe('true')
  expect(again.body).not.toHaveProperty('not_shown_again')
  await shop.audit()
})
