import { expect, test } from 'vitest'

import { manualClock } from '../../modules/lib/clock.ts'
import { readTrail } from '../../modules/trail/trail.ts'
import { serve, type Desk } from './serve.ts'
import { institutionId, openShop, PASSWORD, PIN, type Shop } from './shop.ts'

// The payer's side of the wallet, through HTTP.

const account = { login: '13800138000', name: '李雷', password: 'a long secret', pin: '246810' }

async function actionsOf(shop: Shop): Promise<string[]> {
  const entries = await readTrail(shop.io.db, institutionId, { startingAfter: null, limit: 50 })
  return entries.map(({ action }) => action)
}

/** Opens a card with money on it for the shop's payer, as the operator does. */
async function openCard(shop: Shop, { call, staff }: Desk, opening_amount: number) {
  const body = {
    payer: shop.payer.id,
    label: '工资卡',
    last4: '6789',
    opening_amount,
    currency: 'CNY',
  }
  return call('POST', '/v1/cards', { token: staff.operator, key: `card-${opening_amount}`, body })
}

test('a payer signs up, signs in and out, and signs in by the name of the institution too', async () => {
  const shop = await openShop({ payers: 0 })
  const { call } = await serve(shop)
  const signedUp = await call('POST', '/v1/payers', { body: account })
  expect(signedUp.status).toBe(201)
  expect(signedUp.body).toMatchObject({
    object: 'session',
    principal: { kind: 'payer', name: '李雷' },
  })
  expect(signedUp.body.token).toMatch(/^ps_test_[\w-]{43}$/)

  const { token } = signedUp.body
  const me = await call('GET', '/v1/payers/me', { token })
  expect(me.body).toMatchObject({ login: account.login, state: 'active', has_pin: true })
  const sources = await call('GET', '/v1/sources', { token })
  expect(sources.body.data).toMatchObject([{ kind: 'balance', balance: 0, chosen: true }])
  expect(me.body.chosen_source).toBe(sources.body.data[0].id)

  const taken = await call('POST', '/v1/payers', { body: { ...account, name: '别人' } })
  expect([taken.status, taken.body.code]).toEqual([409, 'LOGIN_TAKEN'])

  const signIn = (login: string, password: string) =>
    call('POST', '/v1/payer_sessions', { body: { login, password } })
  const again = await signIn(`${account.login}@test`, account.password)
  expect(again.status).toBe(201)
  for (const [login, password] of [
    [account.login, 'wrong'],
    ['nobody', account.password],
    [`${account.login}@elsewhere`, account.password],
  ] as const) {
    const refused = await signIn(login, password)
    expect([refused.status, refused.body.code]).toEqual([401, 'LOGIN_WRONG'])
  }

  expect((await call('DELETE', '/v1/sessions/current', { token })).status).toBe(204)
  expect((await call('GET', '/v1/payers/me', { token })).status).toBe(401)
  expect((await call('GET', '/v1/payers/me', { token: again.body.token })).status).toBe(200)
})

test('a session ends by itself', async () => {
  const clock = manualClock(new Date('2026-11-23T02:00:00Z'))
  const shop = await openShop({ payers: 0, now: clock })
  const { call } = await serve(shop)
  const { token, expires_at } = (await call('POST', '/v1/payers', { body: account })).body
  clock.set(new Date(expires_at))
  await expect
    .poll(async () => (await call('GET', '/v1/payers/me', { token })).status, { timeout: 3_000 })
    .toBe(401)
})

test('the staff signs in to the console, and not to the wallet', async () => {
  const shop = await openShop()
  const { call } = await serve(shop)
  const body = { login: 'operator', password: PASSWORD }
  const session = await call('POST', '/v1/sessions', { body })
  expect(session.body.principal).toMatchObject({ kind: 'staff', roles: ['operator'] })
  expect((await call('POST', '/v1/payer_sessions', { body })).body.code).toBe('LOGIN_WRONG')
})

test('too many tries at one name from one address are put off', async () => {
  const shop = await openShop({ payers: 0 })
  const { call } = await serve(shop)
  const tries = Array.from({ length: 31 }, () =>
    call('POST', '/v1/sessions', { body: { login: 'boss@nowhere', password: 'guess' } }),
  )
  const replies = await Promise.all(tries)
  const last = replies.filter(({ status }) => status === 429)
  expect(last).toHaveLength(1)
  expect(last[0]?.body).toMatchObject({ code: 'RATE_LIMITED', next_action: 'wait' })
  expect(Number(last[0]?.headers['retry-after'])).toBeGreaterThan(0)
  const other = { body: { login: 'somebody@nowhere', password: 'guess' } }
  expect((await call('POST', '/v1/sessions', other)).status).toBe(401)
})

test('a code is made anew on demand, for the chosen source or a named one, and pays', async () => {
  const shop = await openShop()
  const desk = await serve(shop)
  const { call } = desk
  const { token } = shop.payer
  const first = await call('POST', '/v1/payment_codes', { token })
  expect(first.status).toBe(201)
  expect(first.body.code).toMatch(/^80\d{16}$/)
  expect(first.body).toMatchObject({ life_seconds: 60, source: { label: '余额' } })
  expect(first.body.masked).toBe(`80…${first.body.code.slice(-2)}`)

  const card = (await openCard(shop, desk, 50_000)).body
  expect(card).toMatchObject({ object: 'source', kind: 'card', last4: '6789', balance: 50_000 })
  const byCard = await call('POST', '/v1/payment_codes', { token, body: { source: card.id } })
  expect(byCard.body.source).toEqual({ id: card.id, label: '工资卡' })
  const { payment } = await shop.pay({ code: byCard.body.code, amountMinor: 30_000n })
  expect(payment).toMatchObject({ state: 'succeeded', sourceId: card.id })
  expect(await shop.balances()).toMatchObject({ [`card:${card.id}`]: 20_000n })

  const chosen = await call('POST', `/v1/sources/${card.id}/choose`, { token })
  expect(chosen.body).toMatchObject({ id: card.id, chosen: true, balance: 20_000 })
  expect((await call('POST', '/v1/payment_codes', { token, body: {} })).body.source.id).toBe(
    card.id,
  )
  const unknown = card.id.replace(/.{4}$/, '0000')
  expect((await call('POST', `/v1/sources/${unknown}/choose`, { token })).status).toBe(404)
  await shop.audit()
})

test('a top-up moves money from a card to the balance, once for its key', async () => {
  const shop = await openShop({ balanceMinor: 0n })
  const desk = await serve(shop)
  const { call } = desk
  const { token } = shop.payer
  const source = (await openCard(shop, desk, 50_000)).body.id
  const body = { source, amount: 20_000, currency: 'CNY', pin: PIN }
  const first = await call('POST', '/v1/top_ups', { token, key: 'top', body })
  expect(first.status).toBe(201)
  expect(first.body).toMatchObject({
    kind: 'top_up',
    state: 'succeeded',
    payer_name: shop.payer.name,
  })
  const again = await call('POST', '/v1/top_ups', { token, key: 'top', body })
  expect([again.status, again.headers['idempotent-replayed']]).toEqual([200, 'true'])
  const sources = (await call('GET', '/v1/sources', { token })).body.data
  expect(sources.map(({ balance }: { balance: number }) => balance)).toEqual([20_000, 30_000])
  const much = { ...body, amount: 40_000 }
  const poor = await call('POST', '/v1/top_ups', { token, key: 'more', body: much })
  expect(poor.body).toMatchObject({ state: 'failed', decline_reason: 'insufficient_funds' })
  await shop.deliver()
  await shop.audit()
})

test('limits are shown with what is used of them, and change only with the PIN', async () => {
  const shop = await openShop()
  const { call } = await serve(shop)
  const { token } = shop.payer
  await shop.pay({ code: await shop.code(), amountMinor: 2_500n })
  const read = async () => (await call('GET', '/v1/mandates/current', { token })).body
  expect(await read()).toMatchObject({
    ...{ object: 'mandate', per_payment: 500_000, no_pin: 100_000, currency: 'CNY' },
    ...{ used_today: 2_500, used_this_month: 2_500 },
  })
  expect((await read()).business_date).toMatch(/^\d{4}-\d\d-\d\d$/)
  const change = (body: object) => call('PATCH', '/v1/mandates/current', { token, body })
  expect((await change({ per_payment: 3_000, pin: PIN })).body.per_payment).toBe(3_000)
  expect((await change({ per_payment: 9_000, pin: '000000' })).body.code).toBe('PIN_WRONG')
  expect((await change({ per_payment: -1, pin: PIN })).status).toBe(422)
  const { payment } = await shop.pay({ code: await shop.code(), amountMinor: 3_001n })
  expect(payment.declineReason).toBe('over_payment_limit')
  expect(await read()).toMatchObject({ per_payment: 3_000, used_today: 2_500 })
  expect(await actionsOf(shop)).toContain('mandate.change')
})

test('above the no-PIN amount the payer confirms with the PIN, or says no', async () => {
  const shop = await openShop({ mandate: { noPinMinor: 1_000n } })
  const { call } = await serve(shop)
  const { token } = shop.payer
  const take = async (order_no: string) => {
    const body = { payment_code: await shop.code(), amount: 5_000, currency: 'CNY', order_no }
    return call('POST', '/v1/payments', { token: shop.terminal.token, key: order_no, body })
  }
  const waiting = await take('w1')
  expect(waiting.status).toBe(202)
  expect(waiting.body).toMatchObject({ state: 'processing', next_action: 'payer_confirms' })
  const url = `/v1/payments/${waiting.body.id}`
  const wrong = await call('POST', `${url}/confirm`, { token, body: { pin: '000000' } })
  expect([wrong.status, wrong.body.code]).toEqual([422, 'PIN_WRONG'])
  const yes = await call('POST', `${url}/confirm`, { token, body: { pin: PIN } })
  expect(yes.body).toMatchObject({ state: 'succeeded', next_action: null })
  const late = await call('POST', `${url}/decline`, { token })
  expect([late.status, late.body.code]).toEqual([409, 'PAYMENT_FINAL'])

  const second = await take('w2')
  const no = await call('POST', `/v1/payments/${second.body.id}/decline`, { token, body: {} })
  expect(no.body).toMatchObject({ state: 'failed', decline_reason: 'payer_declined' })
  const third = await take('w3')
  const back = await call('POST', `/v1/payments/${third.body.id}/reverse`, {
    token: shop.terminal.token,
  })
  expect(back.body.state).toBe('reversed')
  const final = await call('POST', `${url}/reverse`, { token: shop.terminal.token })
  expect([final.status, final.body.code]).toEqual([409, 'PAYMENT_FINAL'])
  expect((await shop.balances())[`wallet:${shop.payer.id}:balance`]).toBe(95_000n)
  await shop.audit()
})

test('five wrong PINs freeze the wallet, a right one before forgets them, the operator opens it', async () => {
  const shop = await openShop()
  const { call, staff } = await serve(shop)
  const { token, id } = shop.payer
  const tryPin = async (pin: string) =>
    (await call('POST', '/v1/payers/me/pin', { token, body: { current_pin: pin, new_pin: PIN } }))
      .body
  for (const pin of ['000001', '000002', '000003', '000004'])
    expect((await tryPin(pin)).code).toBe('PIN_WRONG')
  expect((await tryPin(PIN)).state).toBe('active')
  for (const pin of ['000001', '000002', '000003', '000004'])
    expect((await tryPin(pin)).code).toBe('PIN_WRONG')
  expect((await tryPin('000005')).code).toBe('PAYER_FROZEN')
  expect((await tryPin(PIN)).code).toBe('PAYER_FROZEN')
  expect((await call('POST', '/v1/payment_codes', { token })).body.code).toBe('PAYER_FROZEN')
  expect((await call('GET', '/v1/payers/me', { token })).body.state).toBe('frozen')

  const opened = await call('POST', `/v1/payers/${id}/unfreeze`, { token: staff.operator })
  expect(opened.body.state).toBe('active')
  expect((await tryPin(PIN)).state).toBe('active')
  expect(await actionsOf(shop)).toEqual(
    expect.arrayContaining(['payer.freeze', 'payer.unfreeze', 'payer.change_pin']),
  )
  const list = await call('GET', '/v1/payers', { token: staff.operator })
  expect(list.body.data).toMatchObject([{ object: 'payer', id }])
  const sought = async (typed: string) => {
    const url = `/v1/payers?q=${encodeURIComponent(typed)}`
    return (await call('GET', url, { token: staff.operator })).body.data.length
  }
  const { name, login } = list.body.data[0]
  for (const typed of [name.slice(0, 1), login.slice(1).toUpperCase(), id])
    expect(await sought(typed)).toBe(1)
  // What stands for anything in a pattern stands for itself.
  expect([await sought('%'), await sought('nobody')]).toEqual([0, 0])
})

test('a hundred guesses at once are five guesses, and right PINs at once are all right', async () => {
  const shop = await openShop({ mandate: { noPinMinor: 0n } })
  const { call } = await serve(shop)
  const { token } = shop.payer
  const waiting = []
  for (let number = 1; number <= 10; number++)
    waiting.push((await shop.pay({ code: await shop.code(), amountMinor: 100n })).payment.id)
  const yes = await Promise.all(
    waiting.map((id) => call('POST', `/v1/payments/${id}/confirm`, { token, body: { pin: PIN } })),
  )
  expect(yes.map(({ body }) => body.state)).toEqual(waiting.map(() => 'succeeded'))

  const guesses = await Promise.all(
    Array.from({ length: 100 }, (_, at) => {
      const body = { per_day: 1, pin: String(at).padStart(6, '0') }
      return call('PATCH', '/v1/mandates/current', { token, body })
    }),
  )
  const codes = guesses.map(({ body }) => body.code)
  expect(codes.filter((code) => code === 'PIN_WRONG')).toHaveLength(4)
  expect(new Set(codes)).toEqual(new Set(['PIN_WRONG', 'PAYER_FROZEN', 'RATE_LIMITED']))
})

test('a payer is told what was taken, in the inbox, once', async () => {
  const shop = await openShop()
  const { call } = await serve(shop)
  await shop.pay({ code: await shop.code(), amountMinor: 300n })
  await shop.deliver()
  await shop.deliver()
  const inbox = await call('GET', '/v1/notices', { token: shop.payer.token })
  expect(inbox.body.data).toMatchObject([
    { object: 'notice', kind: 'debit_instruction', amount: 300, merchant_name: '晨光便利店' },
  ])
  expect(inbox.body.data[0].id).toMatch(/^ntc_/)
})

test('the demo’s people are told in the demo and nowhere else', async () => {
  const shop = await openShop({ payers: 0 })
  const { call } = await serve(shop)
  expect((await call('GET', '/v1/demo')).status).toBe(404)
  expect((await call('POST', '/v1/demo/activation_code')).status).toBe(404)
  const people = {
    payers: [{ name: '李雷', login: 'lilei', password: 'demo', pin: '123456' }],
    staff: [{ name: '店长', login: 'boss', password: 'demo', role: 'merchant' }],
    phones: [
      {
        ...{ scheme: 'wechat', title: 'WeChat phone 微信手机', name: 'wang' },
        url: 'http://127.0.0.1:8081/phone/wang',
      },
    ],
  }
  const demo = {
    people: () => Promise.resolve(people),
    newActivationCode: () => Promise.resolve('AAAA-BBBB-test'),
  }
  const other = await openShop({ payers: 0 })
  const withDemo = await serve(other, { demo })
  expect((await withDemo.call('GET', '/v1/demo')).body).toEqual(people)
  const code = await withDemo.call('POST', '/v1/demo/activation_code')
  expect(code.body).toEqual({ activation_code: 'AAAA-BBBB-test' })
})
