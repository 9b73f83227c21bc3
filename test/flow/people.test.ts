import { spawnSync } from 'node:child_process'
import { Readable, Writable } from 'node:stream'

import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'

import { addInstitution, type InstitutionSaid } from '../../app/commands/institution.ts'
import { readConfig } from '../../app/config.ts'
import { openDb } from '../../modules/database/database.ts'
import { isOwnRoot, readInstitutions, readLogin, signIn } from '../../modules/party/party.ts'
import { freshDatabase } from '../database.ts'
import { openShop, PASSWORD } from './shop.ts'
import { serve, type Desk } from './serve.ts'

// The people of the back office: who signs in, who may be the second person, and a merchant that is
// closed while its old payments live on.

const password = 'a long secret'

async function signInAt({ call }: Desk, login: string, secret: string) {
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

  const session = await signInAt(desk, 'kate', password)
  const { token } = session.body
  const url = `/v1/people/${made.body.id}`
  const change = (body: object) => call('PATCH', url, { token: operator, body })
  expect((await change({ state: 'closed' })).body).toMatchObject({ state: 'closed' })
  await expect.poll(async () => (await call('GET', '/v1/me', { token })).status).toBe(401)
  expect((await signInAt(desk, 'kate', password)).body.code).toBe('LOGIN_WRONG')

  // Open again with a new password, which she makes her own.
  await change({ state: 'active', password: 'given by the office' })
  expect((await signInAt(desk, 'kate', password)).status).toBe(401)
  const again = await signInAt(desk, 'kate', 'given by the office')
  const renew = (current_password: string) =>
    call('POST', '/v1/people/me/password', {
      token: again.body.token,
      body: { current_password, new_password: 'hers alone' },
    })
  expect((await renew('guessed')).body).toMatchObject({ status: 422, param: 'current_password' })
  expect((await renew('given by the office')).status).toBe(204)
  expect((await signInAt(desk, 'kate', 'hers alone')).status).toBe(201)

  const me = (await call('GET', '/v1/me', { token: operator })).body.id
  const self = { token: operator, body: { state: 'closed' } }
  expect((await call('PATCH', `/v1/people/${me}`, self)).status).toBe(422)
  expect((await signInAt(desk, 'operator', PASSWORD)).status).toBe(201)
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
  const isRefused = async (by: string) => {
    const refused = [
      await sell('/v1/payments', { payment_code: waiting.body.code }, `scan-${by}`),
      await sell('/v1/orders', {}, `another-${by}`),
      await call('POST', `/v1/orders/${open.body.order.token}/pay`, {
        ...{ token: payer.token, key: `pay-${by}`, body: {} },
      }),
    ]
    expect(refused.map(({ body }) => body.code)).toEqual(Array(3).fill('MERCHANT_CLOSED'))
    expect(await shop.balances()).toEqual(sums)
  }
  await isRefused('merchant')

  // The merchant's own people close one store of an open merchant, and the same holds for it.
  const store = (state: string) =>
    call('PATCH', `/v1/stores/${shop.storeId}`, { token: staff.merchant, body: { state } })
  expect((await store('closed')).body).toMatchObject({ id: shop.storeId, state: 'closed' })
  await change({ state: 'active' })
  await isRefused('store')

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

  await store('active')
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

const asked: InstitutionSaid = {
  ...{ id: 'ins_dawn', name: '晨光支付', nameEn: 'Dawn', currency: 'CNY', codePrefix: '80' },
  ...{ timeZone: 'Asia/Shanghai', operator: 'boss@dawn' },
}
const wordsOf = (said: InstitutionSaid): string[] =>
  Object.entries(said).flatMap(([name, value]) => [
    `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    String(value),
  ])

const wrongWishes: [Partial<InstitutionSaid>, RegExp][] = [
  [{}, /The institution ins_dawn is there already; nothing was changed/],
  [{ id: 'dawn' }, /--id must be ins_ and .*, and not "dawn"/],
  [{ name: ' ' }, /--name must be 1 to 64 characters/],
  [{ nameEn: 'x'.repeat(65) }, /--name-en must be 1 to 64 characters/],
  [{ currency: 'cny' }, /--currency must be one of .*CNY, .* and not "cny"/],
  [{ timeZone: '+08:00' }, /--time-zone must be an IANA name .*, and not "\+08:00"/],
  [{ timeZone: 'Asia/Nowhere' }, /--time-zone must be/],
  [{ codePrefix: '83' }, /--code-prefix must be two digits, the second of them even/],
  [{ operator: 'boss@example.com' }, /--operator must be .* perhaps with @dawn after it/],
  [{ operator: 'Bo' }, /--operator must be 3 to 32/],
  [{ id: 'ins_two', operator: 'boss', codePrefix: '80' }, /Codes that begin with 80, .* another/],
  [{ id: 'ins_two', operator: 'boss', codePrefix: '28' }, /Codes that begin with 28, /], // Alipay
  [{ id: 'ins_two', operator: 'boss', codePrefix: '16' }, /Codes that begin with 16, /], // WeChat's 160
  [{ id: 'ins_two', operator: 'boss', codePrefix: '82' }, /A password has 8 to 200 characters/],
]

test('a command opens an institution on an empty database, and its first operator signs in', async () => {
  const database = await freshDatabase()
  const db = openDb({ url: database.url })
  onTestFinished(async () => {
    await db.close()
    await database.drop()
  })
  const keyed = (byte: number) => ({
    DATABASE_URL: database.url,
    ONETILL_KEY: Buffer.alloc(32, byte).toString('base64'),
  })
  const words = ['bin/run.mjs', 'app/onetill.ts', 'institution', 'add', ...wordsOf(asked)]
  const env = { PATH: process.env['PATH'], ...keyed(7) }
  const input = 'seen by nobody\r\n'
  const { status, stdout, stderr } = spawnSync(process.execPath, words, {
    ...{ env, input, encoding: 'utf8' },
  })
  expect([status, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(
    /ins_dawn is open: 晨光支付, CNY, Asia\/Shanghai\.\n.*80, .*81\.\n.* boss@dawn/,
  )
  expect(stdout).not.toContain('seen by nobody')
  const here = { institutionId: 'ins_dawn', login: 'boss' }
  expect(await readLogin(db, 'boss')).toEqual(here)
  const first = await signIn(db, 'ins_dawn', { login: 'boss', password: 'seen by nobody' })
  expect(first).toMatchObject({ login: 'boss', role: 'operator', merchantId: null })
  expect(await isOwnRoot(db, Buffer.alloc(32, 8))).toBe(false)

  const before = await everything(database.url)
  expect(before).toMatchObject({
    told: [
      { actor: 'command:institution', action: 'institution.create' },
      { actor: 'command:institution', action: 'person.create' },
    ],
  })
  const add = (wish: Partial<InstitutionSaid>, byte = 7) => {
    const asking = { input: Readable.from(['short\n']), output: new Writable() }
    return addInstitution(readConfig({}, keyed(byte)), { ...asked, ...wish }, asking)
  }
  for (const [wish, sentence] of wrongWishes) await expect(add(wish)).rejects.toThrow(sentence)
  await expect(add({ id: 'ins_two' }, 8)).rejects.toThrow(/--operator/)
  await expect(add({ id: 'ins_two', operator: 'boss' }, 8)).rejects.toThrow(/put that one back/)
  expect(await readInstitutions(db)).toHaveLength(1)
  expect(await everything(database.url)).toEqual(before)

  const takers = ['ins_two', 'ins_six'].map((id) =>
    add({ id, operator: 'boss', codePrefix: '84', generatePassword: true }),
  )
  const ends = await Promise.allSettled(takers)
  expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  const late = ends.find((end) => end.status === 'rejected')
  expect(String(late?.reason)).toMatch(/Codes that begin with 84, .* somebody else's already/)
  expect(await readInstitutions(db)).toHaveLength(2)
})

/** How much there is of what opening an institution writes, and everything on the trail. */
async function everything(url: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const counts = ['institution', 'issuer', 'merchant', 'person', 'ledger_account'].map(
      (name) => `select '${name}' as name, count(*)::int from ${name}`,
    )
    const { rows: held } = await client.query(`${counts.join(' union all ')} order by 1`)
    const { rows: told } = await client.query(
      'select actor, action from trail_entry order by number',
    )
    return { held, told }
  } finally {
    await client.end()
  }
}
