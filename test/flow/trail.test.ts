import pg from 'pg'
import { expect, test } from 'vitest'

import { record, verifyTrail, type TrailEntry } from '../../modules/trail/trail.ts'
import { newId } from '../../modules/lib/ids.ts'
import { openOffice, type Office } from './office.ts'

test('every change of the back office is in the trail, with who made it and without secrets', async () => {
  const office = await openOffice()
  const { call, create, here, io, openMerchant } = office
  const { key, id: merchant, storeId, terminalId, terminalToken } = await openMerchant(here)
  const product = await create(key, '/v1/products', {
    ...{ sku: 'A', name: '水', price: 200, currency: 'CNY' },
  })
  const url = `/v1/products/${product.id}`
  await call('PATCH', url, { token: key, body: { price: 300 } })
  await call('DELETE', url, { token: key })
  const terminal = `/v1/terminals/${terminalId}`
  await call('PATCH', terminal, { token: key, body: { limit_per_payment: 5_000 } })
  const renewed = await call('POST', `${terminal}/activation_code`, { token: here.operator })
  const party = await create(here.operator, '/v1/parties', { kind: 'agent', name: '代理' })
  await create(here.operator, '/v1/allocation_rules', {
    ...{ merchant, lines: [{ role: 'agent', party: party.id, bps: 10 }] },
  })

  const { body, text } = await call('GET', '/v1/trail', { token: here.operator })
  const operator = `person:${here.operatorId}`
  const acts = body.data.map(({ actor, action, subject }: TrailEntry) => [actor, action, subject])
  expect(acts).toEqual([
    [operator, 'allocation_rule.create', merchant],
    [operator, 'party.create', party.id],
    [operator, 'terminal.activation_code', terminalId],
    [`merchant:${merchant}`, 'terminal.permission', terminalId],
    [`merchant:${merchant}`, 'product.close', product.id],
    [`merchant:${merchant}`, 'product.change', product.id],
    [`merchant:${merchant}`, 'product.create', product.id],
    [`terminal:${terminalId}`, 'terminal.activate', terminalId],
    [operator, 'terminal.create', terminalId],
    [operator, 'store.create', storeId],
    [operator, 'merchant.create', merchant],
  ])
  for (const secret of [key, terminalToken, party.api_key, renewed.body.activation_code]) {
    expect(text).not.toContain(secret)
  }
  expect(await verifyTrail(io.db, here.id)).toEqual({ ok: true, entries: 11n })
  const second = await call('GET', `/v1/trail?limit=3&starting_after=${body.data[2].id}`, {
    token: here.operator,
  })
  expect(second.body.data).toEqual(body.data.slice(3, 6))
  expect((await call('GET', '/v1/trail', { token: key })).status).toBe(403)

  const filtered = async (query: Record<string, string>) => {
    const found = await call('GET', `/v1/trail?${new URLSearchParams(query)}`, {
      token: here.operator,
    })
    return found.body.data?.map(({ id }: TrailEntry) => id) ?? found.body.param
  }
  const ids = (keep: (entry: any) => boolean) => body.data.filter(keep).map(({ id }: any) => id)
  const [, , middle] = body.data
  expect(await filtered({ actor: operator })).toEqual(ids(({ actor }) => actor === operator))
  expect(await filtered({ actor: 'person:' })).toEqual([])
  const products = ids(({ action }) => action.startsWith('product.'))
  expect(await filtered({ action: 'product.' })).toEqual(products)
  expect(await filtered({ action: 'product.', limit: '1', starting_after: products[0] })).toEqual([
    products[1],
  ])
  expect(await filtered({ since: middle.at })).toEqual(ids(({ at }) => at >= middle.at))
  expect(await filtered({ until: middle.at })).toEqual(ids(({ at }) => at < middle.at))
  expect(await filtered({ action: 'product.', actor: operator })).toEqual([])
  expect(await filtered({ action: '%' })).toBe('action')
})

test('what was refused leaves nothing in the trail', async () => {
  const { call, here, io, openMerchant } = await openOffice()
  const { key } = await openMerchant(here)
  const before = await verifyTrail(io.db, here.id)
  const body = { sku: 'A', name: '水', price: 200, currency: 'CNY' }
  await call('POST', '/v1/products', { token: key, body: { ...body, currency: 'USD' } })
  await call('POST', '/v1/merchants', { token: key, body: { name: 'x', category: '5411' } })
  await call('PATCH', `/v1/products/${newId('prd')}`, { token: key, body: { price: 1 } })
  expect(await verifyTrail(io.db, here.id)).toEqual(before)
})

const entry = (number: number): TrailEntry => ({
  ...{ id: newId('trl'), at: new Date(), actor: 'command:test', action: 'test.act' },
  ...{
    subject: `sub_${number}`,
    detail: { number, 名: '值', half: '\ud83d', nested: [{ b: 1, a: 2 }] },
  },
})

test('entries of many at once make one chain', async () => {
  const { here, io } = await openOffice()
  const one = (number: number) =>
    io.db.transaction((tx) => record(tx, here.id, [entry(number), entry(number)]))
  await Promise.all(Array.from({ length: 25 }, (_, number) => one(number)))
  expect(await verifyTrail(io.db, here.id)).toEqual({ ok: true, entries: 50n })
})

test('an act that is recorded again, by a rerun, stands in the trail once', async () => {
  const { here, io } = await openOffice()
  const act = entry(1)
  for (let run = 0; run < 3; run += 1) {
    await io.db.transaction((tx) => record(tx, here.id, [act]))
  }
  expect(await verifyTrail(io.db, here.id)).toEqual({ ok: true, entries: 1n })
})

const damages: [what: string, statement: string, brokenNumber: bigint][] = [
  ['an entry that was changed', `update trail_entry set actor = 'nobody' where number = 3`, 3n],
  ['a detail that was changed', `update trail_entry set detail = '{}' where number = 4`, 4n],
  ['an entry that was taken out', 'delete from trail_entry where number = 2', 2n],
  ['a trail that was cut off', 'delete from trail_entry where number >= 5', 5n],
  ['a head that was moved', `update trail_head set hash = '\\x00'`, 0n],
  [
    'an entry that was hashed anew, but not those after it',
    `update trail_entry set hash = sha256('x') where number = 3`,
    3n,
  ],
]
test.each(damages)('%s is found', async (_, statement, brokenNumber) => {
  const { here, io, databaseUrl } = await openOffice()
  await io.db.transaction((tx) => record(tx, here.id, [1, 2, 3, 4, 5].map(entry)))
  await damage(databaseUrl, statement)
  expect(await verifyTrail(io.db, here.id)).toMatchObject({ ok: false, brokenNumber })
})

test('the running program may not rewrite the trail', async () => {
  const { here, io } = await openOffice()
  await io.db.transaction((tx) => record(tx, here.id, [entry(1)]))
  for (const text of ['delete from trail_entry', `update trail_entry set actor = 'x'`]) {
    await expect(io.db.read({ name: '', text })).rejects.toThrow(/permission denied/)
  }
})

async function damage(url: Office['databaseUrl'], statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(statement)
  await client.end()
}
