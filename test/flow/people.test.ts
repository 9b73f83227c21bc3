import { expect, test } from 'vitest'

import { openShop, PASSWORD } from './shop.ts'
import { serve, type Desk } from './serve.ts'

// The people of the back office: who signs in, who may be the second person, and a merchant that is
// closed while its old payments live on.

const password = 'a long secret'

async function signIn({ call }: Desk, login: string, secret: string) {
  const body = { login, password: secret }
  return call('POST', '/v1/sessions', { body })
}

test('an operator lets people sign in, and whoever is closed is out at once', async () => {
  const shop = await openShop()
  const desk = await serve(shop)
  const { call, staff } = desk
  const { operator } = staff
  const make = (token: string, body: object, key: string) =>
    call('POST', '/v1/people', { token, key, body: { password, ...body } })

  const kate = { login: 'kate', name: '凯特', merchant: shop.merchantId }
  const made = await make(operator, kate, 'kate')
  expect([made.status, made.body]).toMatchObject([
    201,
    { login: 'kate', name: '凯特', role: 'merchant', merchant: shop.merchantId, state: 'active' },
  ])
  expect((await make(operator, kate, 'kate')).body).toEqual(made.body)
  expect((await make(operator, { ...kate, name: '别人' }, 'twice')).body.code).toBe('LOGIN_TAKEN')
  const second = await make(operator, { login: 'second.op', name: '运营二' }, 'op')
  expect(second.body).toMatchObject({ role: 'operator', merchant: null })
  // A merchant's own people see each other and make nobody: they could be their own second person.
  expect((await make(staff.merchant, { login: 'eve', name: 'Eve' }, 'eve')).status).toBe(403)
  const own = await call('GET', '/v1/people', { token: staff.merchant })
  expect(own.body.data.map(({ login }: { login: string }) => login)).toEqual(['kate', 'merchant'])
  const found = await call('GET', '/v1/people?q=KAT', { token: operator })
  expect(found.body.data).toEqual([made.body])

  const session = await signIn(desk, 'kate', password)
  const { token } = session.body
  const url = `/v1/people/${made.body.id}`
  const change = (body: object) => call('PATCH', url, { token: operator, body })
  expect((await change({ state: 'closed' })).body).toMatchObject({ state: 'closed' })
  await expect.poll(async () => (await call('GET', '/v1/me', { token })).status).toBe(401)
  expect((await signIn(desk, 'kate', password)).body.code).toBe('LOGIN_WRONG')

  // Open again with a new password, which she makes her own.
  await change({ state: 'active', password: 'given by the office' })
  expect((await signIn(desk, 'kate', password)).status).toBe(401)
  const again = await signIn(desk, 'kate', 'given by the office')
  const renew = (current_password: string) =>
    call('POST', '/v1/people/me/password', {
      token: again.body.token,
      body: { current_password, new_password: 'hers alone' },
    })
  expect((await renew('guessed')).body).toMatchObject({ status: 422, param: 'current_password' })
  expect((await renew('given by the office')).status).toBe(204)
  expect((await signIn(desk, 'kate', 'hers alone')).status).toBe(201)

  const me = (await call('GET', '/v1/me', { token: operator })).body.id
  const self = { token: operator, body: { state: 'closed' } }
  expect((await call('PATCH', `/v1/people/${me}`, self)).status).toBe(422)
  expect((await signIn(desk, 'operator', PASSWORD)).status).toBe(201)
  const trail = JSON.stringify((await call('GET', '/v1/trail', { token: operator })).body)
  expect(trail).toContain('person.create')
  expect(trail).not.toMatch(/a long secret|given by|hers alone|argon2/)
})

test('a closed merchant takes nothing, and its old payments are still refunded', async () => {
  const shop = await openShop({ balanceMinor: 100_000n })
  const { call, staff } = await serve(shop)
  const { operator } = staff
  const { terminal, payer, merchantId } = shop
  const before = await shop.pay({ code: await shop.code(), amountMinor: 5_000n })
  const sell = (url: string, body: object, key: string) =>
    call('POST', url, {
      ...{ token: terminal.token, key },
      body: { amount: 700, currency: 'CNY', order_no: key, ...body },
    })
  const open = await sell('/v1/orders', {}, 'open')
  const waiting = await call('POST', '/v1/payment_codes', { token: payer.token, body: {} })
  const sums = await shop.balances()

  const url = `/v1/merchants/${merchantId}`
  const change = (body: object) => call('PATCH', url, { token: operator, body })
  const closed = await change({ state: 'closed', reason: '合同到期' })
  expect(closed.body).toMatchObject({ state: 'closed', refund_approved_by: 'staff' })
  const refused = [
    await sell('/v1/payments', { payment_code: waiting.body.code }, 'scan'),
    await sell('/v1/orders', {}, 'another'),
    await call('POST', `/v1/orders/${open.body.order.token}/pay`, {
      ...{ token: payer.token, key: 'pay', body: {} },
    }),
  ]
  expect(refused.map(({ body }) => body.code)).toEqual(Array(3).fill('MERCHANT_CLOSED'))
  expect(await shop.balances()).toEqual(sums)

  // The second person is the institution's own where the merchant's settings say so.
  await change({ refund_approval_from: 1_000, refund_approved_by: 'operator' })
  const asked = await call('POST', '/v1/refunds', {
    ...{ token: shop.merchantToken, key: 'back' },
    body: { payment: before.payment.id, amount: 2_000 },
  })
  expect(asked.body).toMatchObject({ state: 'processing', next_action: 'second_approval' })
  const approve = (token: string) =>
    call('POST', `/v1/refunds/${asked.body.id}/approve`, { token, body: {} })
  expect((await approve(staff.merchant)).body.code).toBe('FORBIDDEN')
  expect(await shop.balances()).toEqual(sums)
  expect((await approve(operator)).body).toMatchObject({ state: 'succeeded', amount: 2_000 })

  await change({ state: 'active' })
  expect((await sell('/v1/orders', {}, 'reopened')).status).toBe(201)
  await shop.audit()
})

test('whoever was told says that he has read it, one notice or all up to it', async () => {
  const shop = await openShop()
  const { call } = await serve(shop)
  const { token } = shop.payer
  for (let at = 0; at < 3; at++) await shop.pay({ code: await shop.code(), amountMinor: 100n })
  await shop.deliver()
  const inbox = async () => {
    const { body } = await call('GET', '/v1/notices', { token })
    return body.data as { id: string; read_at: string | null }[]
  }
  const isRead = async () => (await inbox()).map(({ read_at }) => read_at !== null)
  const [newest, middle] = await inbox()
  const read = (id = '', body: object = {}, by = token) =>
    call('POST', `/v1/notices/${id}/read`, { token: by, body })

  expect((await read(newest?.id)).status).toBe(204)
  expect(await isRead()).toEqual([true, false, false])
  const at = (await inbox())[0]?.read_at
  expect((await read(middle?.id, { and_older: true })).status).toBe(204)
  expect((await read(newest?.id, { and_older: true })).status).toBe(204)
  expect(await isRead()).toEqual([true, true, true])
  expect((await inbox())[0]?.read_at).toBe(at)
  expect((await read('ntc_00000000000000000000000000')).status).toBe(404)
})
