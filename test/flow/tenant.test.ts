import pg from 'pg'
import { expect, test } from 'vitest'

import { newId, type IdKind } from '../../modules/lib/ids.ts'
import { openOffice, type Institution, type Method, type Office } from './office.ts'

// The wall between institutions: whoever names another institution's things gets the same answer
// as for things that never were, learns nothing of them, and changes nothing. Source: DESIGN §4.

const PIN = '135790'

/** Everything that can be named in a call. */
type Names = Record<
  'merchant' | 'store' | 'terminal' | 'payer' | 'source' | 'party' | 'agent' | 'product' | 'code',
  string
> & { payment: string; waiting: string; account: string }

type Variant = { id?: string; query?: string; body?: object }

const rule = (merchant: string, party?: string) => ({
  merchant,
  lines: party === undefined ? [] : [{ role: 'platform', party, bps: 10 }],
})
const sale = (code: string) => ({
  ...{ payment_code: code, amount: 100, currency: 'CNY', order_no: newId('sal') },
})
const product = { sku: 'A', name: '水', price: 200, currency: 'CNY' }
const place = { name: '店', kind: 'other' }
const card = { label: '卡', last4: '1234', opening_amount: 1, currency: 'CNY' }
const merchantBody = { name: '商户', category: '5411' }

// How each call names what is another's. An empty list: nothing in it names anything.
const calls: Record<string, (names: Names) => Variant[]> = {
  'POST /v1/sessions': () => [],
  'POST /v1/payer_sessions': () => [],
  'DELETE /v1/sessions/current': () => [],
  'GET /v1/me': () => [{}],
  'POST /v1/payments': ({ code, merchant, store }) => [
    { body: sale(code) },
    { body: { ...sale('801234567890123456'), store } },
    { body: { ...sale('801234567890123456'), merchant, store } },
  ],
  'GET /v1/payments': ({ merchant, store, terminal, payment }) => [
    {},
    ...[`merchant=${merchant}`, `store=${store}`, `terminal=${terminal}`].map((query) => ({
      query,
    })),
    { query: 'order_no=foreign-1' },
    { query: `starting_after=${payment}&merchant=${merchant}` },
  ],
  'GET /v1/payments/{id}': ({ payment: id }) => [{ id, query: 'expand=timeline,transfers,goods' }],
  'POST /v1/payments/{id}/confirm': ({ waiting: id }) => [{ id, body: { pin: PIN } }],
  'POST /v1/payments/{id}/decline': ({ waiting: id }) => [{ id, body: {} }],
  'POST /v1/payments/{id}/reverse': ({ waiting: id }) => [{ id, body: {} }],
  'POST /v1/top_ups': ({ source }) => [{ body: { source, amount: 1, currency: 'CNY', pin: PIN } }],
  'GET /v1/day_totals': ({ merchant, store, terminal }) => [
    ...[`merchant=${merchant}`, `store=${store}`, `terminal=${terminal}`].map((query) => ({
      query,
    })),
  ],
  'POST /v1/merchants': ({ party, agent }) => [
    { body: { ...merchantBody, agent } },
    { body: { ...merchantBody, platform: party } },
  ],
  'GET /v1/merchants': ({ merchant }) => [{}, { query: `starting_after=${merchant}` }],
  'GET /v1/merchants/{id}': ({ merchant: id }) => [{ id }],
  'GET /v1/stores': ({ merchant }) => [{}, { query: `merchant=${merchant}` }],
  'POST /v1/stores': ({ merchant }) => [{ body: { ...place, merchant } }],
  'GET /v1/terminals': ({ merchant }) => [{}, { query: `merchant=${merchant}` }],
  'POST /v1/terminals': ({ store }) => [{ body: { store, name: '机' } }],
  'POST /v1/terminals/{id}/activation_code': ({ terminal: id }) => [{ id }],
  'PATCH /v1/terminals/{id}': ({ terminal: id }) => [{ id, body: { state: 'locked' } }],
  'POST /v1/terminals/activate': () => [],
  'GET /v1/products': ({ merchant }) => [
    {},
    { query: `merchant=${merchant}` },
    { query: `merchant=${merchant}&barcode=6900000000014` },
  ],
  'POST /v1/products': ({ merchant }) => [{ body: { ...product, merchant } }],
  'PATCH /v1/products/{id}': ({ product: id }) => [{ id, body: { price: 1 } }],
  'DELETE /v1/products/{id}': ({ product: id }) => [{ id }],
  'GET /v1/parties': ({ party }) => [{}, { query: `starting_after=${party}` }],
  'POST /v1/parties': () => [],
  'GET /v1/allocation_rules': ({ merchant }) => [{ query: `merchant=${merchant}` }],
  'POST /v1/allocation_rules': ({ merchant }) => [{ body: rule(merchant) }],
  'GET /v1/ledger_accounts': ({ account }) => [{}, { query: `prefix=${account}` }],
  'GET /v1/ledger_accounts/{id}': ({ account: id }) => [{ id }],
  'GET /v1/ledger_transfers': ({ account, payment }) => [
    { query: `account=${account}` },
    { query: `subject=${payment}` },
  ],
  'POST /v1/payers': () => [],
  'GET /v1/payers': ({ payer }) => [{}, { query: `starting_after=${payer}` }],
  'GET /v1/payers/me': () => [{}],
  'POST /v1/payers/me/pin': () => [],
  'POST /v1/payers/{id}/unfreeze': ({ payer: id }) => [{ id, body: {} }],
  'GET /v1/sources': () => [{}],
  'POST /v1/sources/{id}/choose': ({ source: id }) => [{ id, body: {} }],
  'POST /v1/cards': ({ payer }) => [{ body: { ...card, payer } }],
  'GET /v1/mandates/current': () => [{}],
  'PATCH /v1/mandates/current': () => [],
  'POST /v1/payment_codes': ({ source }) => [{ body: { source } }],
  'GET /v1/notices': () => [{}],
  'GET /v1/events': () => [{}],
  'GET /v1/trail': () => [{}],
}

test('every call of the API is tried across institutions', async () => {
  type Document = { paths: Record<string, Record<string, unknown>> }
  const { call } = await openOffice()
  const { paths } = (await call('GET', '/docs/json')).body as Document
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  const ofApi = documented.filter((name) => name.includes(' /v1/'))
  expect(Object.keys(calls).sort()).toEqual(ofApi.sort())
})

test('another institution’s things are as if they did not exist, and stay as they are', async () => {
  const office = await openOffice()
  const mine = await openWorld(office, office.here, '本地')
  const theirs = await openWorld(office, office.there, '外地')
  const before = await photograph(office, office.there)
  await tryAll(office, mine.tokens, theirs)
  expect(await photograph(office, office.there)).toEqual(before)
  await office.audit()
}, 120_000)

test('another merchant’s things are as if they did not exist, for all but the operator', async () => {
  const office = await openOffice()
  const { operator, ...mine } = (await openWorld(office, office.here, '甲')).tokens
  expect(operator).toBe(office.here.operator)
  const theirs = await openWorld(office, office.here, '乙')
  const { id } = office.here
  const secrets = theirs.secrets.filter((secret) => ![id, operator].includes(secret))
  // Whoever has a payer's code may take a payment with it; so the code is not part of this.
  const names = { ...theirs.names, code: unknownNames().code }
  await tryAll(office, mine, { names, secrets })
}, 120_000)

test('a rule of this institution cannot feed a party of another one', async () => {
  const office = await openOffice()
  const mine = await openWorld(office, office.here, '本地')
  const theirs = await openWorld(office, office.there, '外地')
  for (const party of [theirs.names.party, newId('pty')]) {
    const body = rule(mine.names.merchant, party)
    const token = office.here.operator
    const answer = await office.call('POST', '/v1/allocation_rules', { token, body })
    expect(answer.body).toMatchObject({ status: 422, param: 'lines[0].party' })
  }
})

test('the institution in a token is part of it, and of an activation code', async () => {
  const office = await openOffice()
  const mine = await openWorld(office, office.here, '本地')
  for (const token of Object.values(mine.tokens)) {
    const moved = token.replace('_here_', '_there_')
    expect(moved).not.toBe(token)
    expect((await office.call('GET', '/v1/me', { token: moved })).status).toBe(401)
  }
  const terminal = { store: mine.names.store, name: '机' }
  const made = await office.create(office.here.operator, '/v1/terminals', terminal)
  const activation_code = made.activation_code.replace('-here', '-there')
  const body = { activation_code }
  expect((await office.call('POST', '/v1/terminals/activate', { body })).status).toBe(422)
})

test('one key of two institutions is two keys', async () => {
  const { call, here, there } = await openOffice()
  const answers = await Promise.all(
    [here, there].map(({ operator: token }) =>
      call('POST', '/v1/merchants', { token, body: merchantBody, key: 'the-same' }),
    ),
  )
  expect(answers.map(({ status }) => status)).toEqual([201, 201])
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(2)
})

// Without this the test above could pass because its calls reach nothing at all.
test('in its own institution each of these calls does find what it names', async () => {
  const office = await openOffice()
  const { names, tokens } = await openWorld(office, office.here, '本地')
  const nothing = unknownNames()
  for (const [call, variantsOf] of Object.entries(calls)) {
    const unknown = variantsOf(nothing)
    for (const [at, variant] of variantsOf(names).entries()) {
      const other = unknown[at] ?? {}
      if (JSON.stringify(variant) === JSON.stringify(other)) continue
      const finds = async (token: string) => {
        const asUnknown = comparable(await send(office, call, { token, variant: other }))
        const answer = comparable(await send(office, call, { token, variant }))
        return answer.text !== asUnknown.text
      }
      const found = await Promise.all(Object.values(tokens).map(finds))
      expect(found, `${call} ${JSON.stringify(variant)}`).toContain(true)
    }
  }
})

type Foreign = { names: Names; secrets: readonly string[] }

/** Tries every call as each of the callers, with names that are not theirs. */
async function tryAll(office: Office, tokens: Record<string, string>, theirs: Foreign) {
  const nothing = unknownNames()
  for (const [call, variantsOf] of Object.entries(calls)) {
    const unknown = variantsOf(nothing)
    for (const [who, token] of Object.entries(tokens)) {
      for (const [at, variant] of variantsOf(theirs.names).entries()) {
        const about = `${who}: ${call} ${JSON.stringify(variant)}`
        const answer = await send(office, call, { token, variant })
        const asUnknown = await send(office, call, { token, variant: unknown[at] ?? {} })
        expect(comparable(answer), about).toEqual(comparable(asUnknown))
        for (const secret of theirs.secrets) expect(answer.text, about).not.toContain(secret)
        if (variant.id !== undefined) expect([403, 404], about).toContain(answer.status)
        if (variant.body !== undefined) expect([403, 404, 422], about).toContain(answer.status)
      }
    }
  }
}

async function send(
  { call: callOffice }: Office,
  call: string,
  { token, variant: { id, query, body } }: { token: string; variant: Variant },
) {
  const [method = '', path = ''] = call.split(' ')
  const url = path.replace('{id}', id ?? '') + (query === undefined ? '' : `?${query}`)
  return callOffice(method as Method, url, { token, body })
}

/** An answer less what differs between any two requests. */
function comparable({ status, body }: { status: number; body: unknown }) {
  const text = JSON.stringify(body, (name, value: unknown) =>
    ['request_id', 'business_date'].includes(name) ? undefined : value,
  )
  return { status, text }
}

function unknownNames(): Names {
  const id = (kind: IdKind) => newId(kind)
  return {
    ...{ merchant: id('mch'), store: id('str'), terminal: id('trm'), payer: id('pyr') },
    ...{
      source: id('src'),
      party: id('pty'),
      agent: id('pty'),
      product: id('prd'),
      code: '821234567890123456',
    },
    ...{ payment: id('pay'), waiting: id('pay'), account: `merchant:${id('mch')}:payable` },
  }
}

/** An institution with one of everything, and a caller of every kind. */
async function openWorld(office: Office, institution: Institution, mark: string) {
  const { call, create, openMerchant, addStaff } = office
  const { operator, id: institutionId } = institution
  const slug = institutionId.slice(4)
  const post = async (token: string, url: string, body: object) => {
    const answer = await call('POST', url, { token, body })
    expect([200, 201, 202], answer.text).toContain(answer.status)
    return answer.body
  }
  const party = await create(operator, '/v1/parties', { kind: 'platform', name: `${mark}平台` })
  const agent = await create(operator, '/v1/parties', { kind: 'agent', name: `${mark}代理` })
  const merchant = await openMerchant(institution, `${mark}商户`, { platform: party.id })
  const goods = { ...product, name: `${mark}水`, barcode: '6900000000014', stock: 5 }
  const { id: productId } = await create(merchant.key, '/v1/products', goods)
  await create(operator, '/v1/allocation_rules', rule(merchant.id, party.id))
  const boss = { login: `boss-${mark}`, role: 'merchant', merchantId: merchant.id } as const
  const staff = await addStaff(institution, boss)

  const login = `${mark === '乙' ? 'second' : 'first'}@${slug}`
  const person = { login, name: `${mark}付款人`, password: 'correct horse', pin: PIN }
  const session = (await call('POST', '/v1/payers', { body: person })).body
  const payer: string = session.principal.id
  const account = { ...card, payer, label: `${mark}卡`, opening_amount: 1_000_000 }
  const { id: source } = await create(operator, '/v1/cards', account)
  await post(session.token, `/v1/sources/${source}/choose`, {})
  const codeOf = async () => (await post(session.token, '/v1/payment_codes', {})).code as string
  const pay = async (amount: number, order_no: string) => {
    const order = { amount, order_no, currency: 'CNY', payment_code: await codeOf() }
    return post(merchant.terminalToken, '/v1/payments', order)
  }
  const payment = await pay(500, 'foreign-1')
  const waiting = await pay(200_000, 'foreign-2')
  expect([payment.state, waiting.next_action]).toEqual(['succeeded', 'payer_confirms'])
  const code = await codeOf()

  const names: Names = {
    ...{ merchant: merchant.id, store: merchant.storeId, terminal: merchant.terminalId },
    ...{ payer, source, party: party.id, agent: agent.id, product: productId, code },
    ...{ payment: payment.id, waiting: waiting.id, account: `merchant:${merchant.id}:payable` },
  }
  const tokens = {
    ...{ operator, staff, key: merchant.key, terminal: merchant.terminalToken },
    ...{ payer: session.token as string, party: party.api_key as string },
  }
  const secrets = [...Object.values(names), ...Object.values(tokens), institutionId, mark]
  return { names, tokens, secrets }
}

/** A print of every row of an institution, by table; when a terminal was seen is written later. */
async function photograph({ databaseUrl }: Office, { id }: Institution) {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  const tables = await client.query<{ name: string }>(
    `select table_name as name from information_schema.columns
     where table_schema = 'public' and column_name = 'institution_id' order by 1`,
  )
  const prints: Record<string, string> = {}
  for (const { name } of tables.rows) {
    const rows = `select (to_jsonb(t) - 'last_seen_at')::text as row from ${name} t
      where institution_id = $1`
    const { rows: found } = await client.query<{ print: string }>(
      `select count(*) || ' ' || md5(coalesce(string_agg(row, ',' order by row), '')) as print
       from (${rows}) as r`,
      [id],
    )
    prints[name] = found[0]?.print ?? ''
  }
  await client.end()
  expect(Object.keys(prints).length).toBeGreaterThan(20)
  return prints
}
