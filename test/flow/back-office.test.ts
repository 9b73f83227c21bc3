import { expect, test } from 'vitest'

import { openOffice, PASSWORD } from './office.ts'

test('an operator opens a merchant, whose key then sees itself and nobody else', async () => {
  const { call, create, here } = await openOffice()
  const agent = await create(here.operator, '/v1/parties', { kind: 'agent', name: '晨曦代理' })
  const platform = await create(here.operator, '/v1/parties', { kind: 'platform', name: '平台' })
  const body = { name: '晨光便利店', category: '5411', agent: agent.id, platform: platform.id }
  const { api_key: key, ...merchant } = await create(here.operator, '/v1/merchants', body)
  const other = await create(here.operator, '/v1/merchants', { name: '另一家', category: '5812' })

  expect(merchant).toMatchObject({ object: 'merchant', state: 'active', ...body })
  expect(key).toMatch(/^sk_here_[A-Za-z0-9_-]{43}$/)
  const own = await call('GET', '/v1/merchants', { token: key })
  expect(own.body).toMatchObject({ object: 'list', has_more: false, data: [merchant] })
  expect((await call('GET', `/v1/merchants/${merchant.id}`, { token: key })).body).toEqual(merchant)
  expect((await call('GET', `/v1/merchants/${other.id}`, { token: key })).status).toBe(404)
  expect((await call('POST', '/v1/merchants', { token: key, body })).status).toBe(403)

  const account = `merchant:${merchant.id}:payable`
  const books = await call('GET', '/v1/ledger_accounts', { token: key })
  expect(books.body.data).toEqual([
    {
      ...{ object: 'ledger_account', id: account, currency: 'CNY', normal_side: 'credit' },
      ...{ balance: 0, debits_posted: 0, credits_posted: 0, floor: 0 },
    },
  ])
})

test('an operator closes a merchant and opens it again, and says from where refunds need a second person', async () => {
  const { call, create, here } = await openOffice()
  const body = { name: '晨光便利店', category: '5411' }
  const { id, api_key: key } = await create(here.operator, '/v1/merchants', body)
  const change = (token: string, wanted: object) =>
    call('PATCH', `/v1/merchants/${id}`, { token, body: wanted })

  const closed = await change(here.operator, { state: 'closed', refund_approval_from: 5_000 })
  expect(closed.body).toMatchObject({ state: 'closed', refund_approval_from: 5_000 })
  const open = await change(here.operator, { state: 'active', refund_approval_from: null })
  expect(open.body).toMatchObject({ state: 'active', refund_approval_from: null })
  expect((await change(key, { state: 'closed' })).status).toBe(403)
  const read = await call('GET', `/v1/merchants/${id}`, { token: here.operator })
  expect(read.body).toEqual(open.body)
})

test('a lost API key is replaced, the old one is good for a while and can be ended, and only people may do so', async () => {
  const { call, create, here } = await openOffice()
  const token = here.operator
  const shop = { name: '晨光便利店', category: '5411' }
  const { id: owner, api_key: old } = await create(token, '/v1/merchants', shop)
  const url = `/v1/api_keys?owner=${owner}`
  const sent = { token, body: { owner }, key: 'new-key' }
  const made = await call('POST', '/v1/api_keys', sent)
  expect(made.status).toBe(201)
  const { api_key: fresh, old_keys_until: until } = made.body
  const again = await call('POST', '/v1/api_keys', sent)
  expect(again.body).toEqual({
    ...{ object: 'api_key', owner, old_keys_until: until, not_shown_again: ['api_key'] },
  })

  const statusOf = async (key: string) => (await call('GET', '/v1/me', { token: key })).status
  expect([await statusOf(old), await statusOf(fresh)]).toEqual([200, 200])
  const { data } = (await call('GET', url, { token })).body
  expect(data.map((key: { expires_at: string | null }) => key.expires_at)).toEqual([null, until])
  expect(JSON.stringify(data)).not.toContain(fresh.slice(-20))

  // A key may not make or end keys, and another merchant's are not there.
  for (const method of ['GET', 'POST'] as const) {
    const body = method === 'POST' ? { body: { owner }, key: 'theft' } : {}
    const refused = await call(method, method === 'GET' ? url : '/v1/api_keys', {
      ...{ token: fresh, ...body },
    })
    expect(refused.status).toBe(403)
  }
  const ended = await call('DELETE', `/v1/api_keys/${data[1].id}`, { token })
  expect(ended.status).toBe(204)
  await expect.poll(() => statusOf(old), { timeout: 4_000 }).toBe(401)
  expect(await statusOf(fresh)).toBe(200)
  const gone = await call('DELETE', `/v1/api_keys/${data[1].id}`, { token })
  expect(gone.status).toBe(404)
  const trail = await call('GET', `/v1/trail?limit=2`, { token })
  expect(trail.body.data.map(({ action }: { action: string }) => action)).toEqual([
    ...['api_key.revoke', 'api_key.issue'],
  ])
})

test('the house merchant is no merchant of the list', async () => {
  const { call, here } = await openOffice()
  const list = await call('GET', '/v1/merchants', { token: here.operator })
  expect(list.body.data).toEqual([])
})

test('a creation sent twice makes one thing, and shows its key once', async () => {
  const { call, here } = await openOffice()
  const sent = { token: here.operator, body: { name: '晨光', category: '5411' }, key: 'once' }
  const first = await call('POST', '/v1/merchants', sent)
  const again = await call('POST', '/v1/merchants', sent)
  const { api_key: key, ...merchant } = first.body

  expect(key).toBeTypeOf('string')
  expect(again.headers['idempotent-replayed']).toBe('true')
  expect(again.body).toEqual({ ...merchant, not_shown_again: ['api_key'] })
  const list = await call('GET', '/v1/merchants', { token: here.operator })
  expect(list.body.data).toHaveLength(1)

  const changed = await call('POST', '/v1/merchants', {
    ...sent,
    body: { ...sent.body, name: '别的' },
  })
  expect([changed.status, changed.body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED'])
  const keyless = await call('POST', '/v1/merchants', { ...sent, key: null })
  expect([keyless.status, keyless.body.code]).toEqual([400, 'IDEMPOTENCY_KEY_MISSING'])
})

test('an agent is no platform, and one of another institution is nobody', async () => {
  const { call, create, here, there } = await openOffice()
  const agent = await create(here.operator, '/v1/parties', { kind: 'agent', name: '代理' })
  const foreign = await create(there.operator, '/v1/parties', { kind: 'agent', name: '外地代理' })
  const base = { name: '晨光', category: '5411' }
  for (const wrong of [{ platform: agent.id }, { agent: foreign.id }]) {
    const body = { ...base, ...wrong }
    const answer = await call('POST', '/v1/merchants', { token: here.operator, body })
    expect(answer.body).toMatchObject({ status: 422, param: Object.keys(wrong)[0] })
  }
  const list = await call('GET', '/v1/merchants', { token: here.operator })
  expect(list.body.data).toEqual([])
})

test('unknown fields, texts with control characters and wrong types are refused by name', async () => {
  const { call, here } = await openOffice()
  const good = { name: '晨光', category: '5411' }
  const wrongs: [body: object, param: string][] = [
    [{ ...good, colour: 'red' }, 'colour'],
    [{ ...good, name: 'a\u0000b' }, 'name'],
    [{ ...good, name: '' }, 'name'],
    [{ ...good, category: 5411 }, 'category'],
    [{ name: '晨光' }, 'category'],
  ]
  for (const [body, param] of wrongs) {
    const answer = await call('POST', '/v1/merchants', { token: here.operator, body })
    expect(answer.body).toMatchObject({ status: 422, code: 'INVALID_REQUEST', param })
  }
  const query = await call('GET', '/v1/merchants?colour=red', { token: here.operator })
  expect(query.body).toMatchObject({ status: 422, param: 'colour' })
})

test('lists go from the newest to the oldest, page by page', async () => {
  const { call, create, here } = await openOffice()
  const ids: string[] = []
  for (let number = 1; number <= 5; number += 1) {
    const body = { name: `商户 ${number}`, category: '5411' }
    ids.unshift((await create(here.operator, '/v1/merchants', body)).id)
  }
  const seen: string[] = []
  for (let after = ''; ;) {
    const page = await call('GET', `/v1/merchants?limit=2${after}`, { token: here.operator })
    seen.push(...page.body.data.map(({ id }: { id: string }) => id))
    if (page.body.has_more !== true) break
    after = `&starting_after=${seen.at(-1)}`
  }
  expect(seen).toEqual(ids)
})

test('merchants, stores and parties are found by a part of their name, or by their id', async () => {
  const { call, create, here, openMerchant } = await openOffice()
  const { id, key, storeId } = await openMerchant(here, '晨光 Dawn')
  const other = await openMerchant(here, '暮色')
  const agent = await create(here.operator, '/v1/parties', { kind: 'agent', name: '代理 Dawn' })
  const find = async (list: string, q: string, token = here.operator) => {
    const { body } = await call('GET', `/v1/${list}?q=${encodeURIComponent(q)}`, { token })
    return body.data.map((one: { id: string }) => one.id)
  }
  expect(await find('merchants', 'dAWN')).toEqual([id])
  expect(await find('merchants', other.id)).toEqual([other.id])
  expect(await find('merchants', '%')).toEqual([])
  expect(await find('stores', '晨光')).toEqual([storeId])
  expect(await find('stores', '暮色', key)).toEqual([])
  expect(await find('parties', 'dawn')).toEqual([agent.id])
  await call('PATCH', `/v1/merchants/${id}`, { token: here.operator, body: { state: 'closed' } })
  const closed = await call('GET', '/v1/merchants?state=closed', { token: here.operator })
  expect(closed.body.data.map((one: { id: string }) => one.id)).toEqual([id])
})

test('stores belong to a merchant, which opens its own', async () => {
  const { call, create, here, openMerchant } = await openOffice()
  const merchant = await openMerchant(here)
  const other = await openMerchant(here, '另一家')
  const position = { latitude: 31.2304, longitude: 121.4737 }
  const place = { name: '二号店', kind: 'supermarket', address: '人民路 1 号', position }
  const store = await create(merchant.key, '/v1/stores', place)

  expect(store).toMatchObject({ ...place, merchant: merchant.id, state: 'active' })
  const own = await call('GET', '/v1/stores', { token: merchant.key })
  expect(own.body.data.map(({ id }: { id: string }) => id)).toEqual([store.id, merchant.storeId])
  const all = await call('GET', '/v1/stores', { token: here.operator })
  expect(all.body.data).toHaveLength(3)
  const theirs = await call('GET', `/v1/stores?merchant=${other.id}`, { token: merchant.key })
  expect(theirs.status).toBe(404)
  const forOther = { ...place, merchant: other.id }
  const answer = await call('POST', '/v1/stores', { token: merchant.key, body: forOther })
  expect(answer.status).toBe(404)
  const nameless = await call('POST', '/v1/stores', { token: here.operator, body: place })
  expect(nameless.body).toMatchObject({ status: 422, param: 'merchant' })

  const url = `/v1/stores/${store.id}`
  const change = (body: object, token = merchant.key) => call('PATCH', url, { token, body })
  const renamed = { name: '二号旗舰店', kind: 'restaurant', position: { ...position, latitude: 0 } }
  expect((await change(renamed)).body).toEqual({ ...store, ...renamed })
  const bare = { address: null, position: null }
  expect((await change(bare, here.operator)).body).toEqual({ ...store, ...renamed, ...bare })
  const half = { position: { latitude: 91, longitude: 0 } }
  const wrong = [{}, half, { state: 'open' }, { name: '' }, { merchant: other.id }]
  for (const body of wrong) expect((await change(body)).status).toBe(422)
  expect((await change({ state: 'closed' }, other.key)).status).toBe(404)
  expect((await call('GET', '/v1/stores', { token: merchant.key })).body.data[0]).toEqual({
    ...{ ...store, ...renamed, ...bare },
  })
  const { data } = (await call('GET', '/v1/trail', { token: here.operator })).body
  expect(data.slice(0, 2)).toMatchObject([
    { action: 'store.change', subject: store.id, detail: bare },
    { action: 'store.change', subject: store.id, detail: renamed },
  ])
})

test('a rule has versions, and each names who made it', async () => {
  const { call, create, here, openMerchant } = await openOffice()
  const merchant = await openMerchant(here)
  const agent = await create(here.operator, '/v1/parties', { kind: 'agent', name: '代理' })
  const fee = { role: 'fee', bps: 38, minimum: 1 }
  const share = { role: 'agent', party: agent.id, bps: 2_000, base: 'fee', cap: 500 }
  const lines = [fee, share]
  const rule = { merchant: merchant.id, lines }
  const first = await create(here.operator, '/v1/allocation_rules', { ...rule, lines: [fee] })
  const second = await create(here.operator, '/v1/allocation_rules', rule)

  expect([first.version, second.version]).toEqual([1, 2])
  expect(second.created_by).toBe(`person:${here.operatorId}`)
  expect(second.lines).toEqual([
    { role: 'fee', party: null, bps: 38, base: 'gross', minimum: 1, cap: null },
    { role: 'agent', party: agent.id, bps: 2_000, base: 'fee', minimum: 0, cap: 500 },
  ])
  const url = `/v1/allocation_rules?merchant=${merchant.id}`
  const list = await call('GET', url, { token: here.operator })
  expect(list.body.data).toEqual([second, first])
  const rest = await call('GET', `${url}&starting_after=${second.id}`, { token: here.operator })
  expect(rest.body.data).toEqual([first])
  const accounts = await call('GET', '/v1/ledger_accounts?prefix=agent:', { token: here.operator })
  expect(accounts.body.data[0].id).toBe(`agent:${agent.id}:payable`)
  expect((await call('GET', url, { token: merchant.key })).status).toBe(403)
})

test('a rule that could take more than the payment, or is otherwise wrong, is refused', async () => {
  const { call, create, here, there, openMerchant } = await openOffice()
  const merchant = await openMerchant(here)
  const agent = await create(here.operator, '/v1/parties', { kind: 'agent', name: '代理' })
  const foreign = await create(there.operator, '/v1/parties', { kind: 'agent', name: '外地' })
  const past = new Date(Date.now() - 60_000).toISOString()
  const wrongs: [rule: object, code: string, param: string][] = [
    [
      {
        lines: [
          { role: 'fee', bps: 9_000 },
          { role: 'agent', party: agent.id, bps: 2_000 },
        ],
      },
      ...(['ALLOCATION_OVER_WHOLE', 'lines'] as const),
    ],
    [{ lines: [{ role: 'agent', bps: 10 }] }, 'INVALID_REQUEST', 'lines'],
    [{ lines: [{ role: 'fee', bps: 10, minimum: 5, cap: 4 }] }, 'INVALID_REQUEST', 'lines'],
    [{ lines: [{ role: 'fee', bps: 10_001 }] }, 'INVALID_REQUEST', 'lines[0].bps'],
    [
      { lines: [{ role: 'platform', party: agent.id, bps: 10 }] },
      ...(['INVALID_REQUEST', 'lines[0].party'] as const),
    ],
    [
      { lines: [{ role: 'agent', party: foreign.id, bps: 10 }] },
      ...(['INVALID_REQUEST', 'lines[0].party'] as const),
    ],
    [{ lines: [], effective_at: past }, 'EFFECTIVE_AT_PAST', 'effective_at'],
  ]
  for (const [rule, code, param] of wrongs) {
    const body = { merchant: merchant.id, ...rule }
    const answer = await call('POST', '/v1/allocation_rules', { token: here.operator, body })
    expect(answer.body).toMatchObject({ status: 422, code, param })
  }
  const url = `/v1/allocation_rules?merchant=${merchant.id}`
  expect((await call('GET', url, { token: here.operator })).body.data).toEqual([])
})

test('a card’s opening balance is a transfer that the operator finds in the books', async () => {
  const { audit, call, create, here, openMerchant } = await openOffice()
  const merchant = await openMerchant(here)
  const person = { login: 'lina@here', name: '李娜', password: 'correct horse', pin: '135790' }
  const session = await call('POST', '/v1/payers', { body: person })
  const payer = session.body.principal.id
  const card = await create(here.operator, '/v1/cards', {
    ...{ payer, label: '储蓄卡', last4: '1234', opening_amount: 5_000, currency: 'CNY' },
  })

  const url = `/v1/ledger_transfers?account=bank:cash`
  const transfers = await call('GET', url, { token: here.operator })
  expect(transfers.body.data).toEqual([
    {
      ...{ object: 'ledger_transfer', id: `${card.id}-1`, kind: 'opening_balance' },
      ...{ subject: card.id, leg: 1, amount: 5_000, currency: 'CNY' },
      ...{ debit_account: 'bank:cash', credit_account: `card:${card.id}` },
      event_at: transfers.body.data[0].event_at,
    },
  ])
  const about = `/v1/ledger_transfers?subject=${card.id}`
  expect((await call('GET', about, { token: here.operator })).body).toMatchObject({
    data: transfers.body.data,
  })
  expect((await call('GET', about, { token: merchant.key })).body.data).toEqual([])
  expect((await call('GET', url, { token: merchant.key })).status).toBe(404)
  const cash = await call('GET', '/v1/ledger_accounts/bank:cash', { token: here.operator })
  expect(cash.body).toMatchObject({ balance: 5_000, normal_side: 'debit', floor: null })
  expect((await call('GET', '/v1/ledger_accounts/bank:cash', { token: merchant.key })).status).toBe(
    404,
  )
  const nothing = await call('GET', '/v1/ledger_transfers', { token: here.operator })
  expect(nothing.body).toMatchObject({ status: 422, param: 'account' })
  await audit()
})

test('staff sign in with their password, and a wrong one tells nothing', async () => {
  const { call, here, openMerchant, addStaff } = await openOffice()
  const merchant = await openMerchant(here)
  await addStaff(here, { login: 'boss', role: 'merchant', merchantId: merchant.id })
  const good = { login: 'BOSS@here', password: PASSWORD }
  const session = await call('POST', '/v1/sessions', { body: good })

  expect(session.body.principal).toMatchObject({ kind: 'staff', merchant: { id: merchant.id } })
  const list = await call('GET', '/v1/merchants', { token: session.body.token })
  expect(list.body.data).toHaveLength(1)
  const wrongs = [
    { ...good, password: 'wrong horse' },
    { ...good, login: 'nobody@here' },
    { ...good, login: 'boss@nowhere' },
    { ...good, login: 'boss@there' },
  ]
  for (const body of wrongs) {
    const answer = await call('POST', '/v1/sessions', { body })
    expect(answer.body).toMatchObject({ status: 401, code: 'LOGIN_WRONG' })
  }
})
