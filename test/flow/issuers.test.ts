import { expect, test } from 'vitest'

import { readIssuers } from '../../modules/party/party.ts'
import { openOffice, type Office } from './office.ts'

const wechat161 = { scheme: 'wechat', prefixes: ['161'], min_length: 18, max_length: 18 }
const code161 = '161234567890123456'

const knows = ({ io }: Office, digits: string) => io.issuers().findByDigits(digits)?.issuer.scheme

const trailOf = async ({ call, here }: Office) =>
  (await call('GET', '/v1/trail', { token: here.operator })).body.data

test('an operator adds an issuer, a terminal knows its codes within seconds, and ends it again', async () => {
  const office = await openOffice()
  const { call, create, here } = office
  expect(knows(office, code161)).toBeUndefined()

  const made = await create(here.operator, '/v1/issuers', wechat161)
  expect(made).toMatchObject({
    ...{ object: 'issuer', scheme: 'wechat', institution: null, pattern: 'digits' },
    ...{ prefixes: ['161'], min_length: 18, max_length: 18, kind: 'purchase', state: 'active' },
  })
  await expect.poll(() => knows(office, code161), { timeout: 5_000 }).toBe('wechat')

  const end = () => call('POST', `/v1/issuers/${made.id}/end`, { token: here.operator })
  expect((await end()).body.state).toBe('ended')
  const { body: again } = await end()
  expect(again.state).toBe('ended')
  await expect.poll(() => knows(office, code161), { timeout: 5_000 }).toBeUndefined()

  const about = (await trailOf(office)).filter((entry: any) => entry.subject === made.id)
  expect(about.map((entry: any) => entry.action)).toEqual(['issuer.end', 'issuer.create'])
  // The place is free again.
  await create(here.operator, '/v1/issuers', wechat161)
})

test('the list shows what OneTill knows from the start, the newest first, page by page', async () => {
  const { call, here, io } = await openOffice()
  const all = await call('GET', '/v1/issuers?limit=100', { token: here.operator })
  expect(all.status).toBe(200)
  expect(all.body.data).toHaveLength((await readIssuers(io.db)).length)
  const own = all.body.data.find((one: any) => one.id === 'onetill_80')
  expect(own).toMatchObject({ institution: here.id, prefixes: ['80'], state: 'active' })
  const me = await call('GET', '/v1/me', { token: here.operator })
  expect(own.institution_name).toBe(me.body.institution.name)

  const seen: string[] = []
  for (let isMore = true; isMore;) {
    const after = seen.length > 0 ? `&starting_after=${seen.at(-1)}` : ''
    const page = await call('GET', `/v1/issuers?limit=4${after}`, { token: here.operator })
    seen.push(...page.body.data.map((one: any) => one.id))
    isMore = page.body.has_more
  }
  expect(seen).toEqual(all.body.data.map((one: any) => one.id))
})

test('an issuer that could not be told from another is refused, and the field is named', async () => {
  const { call, here } = await openOffice()
  const table: [given: object, param: string][] = [
    [{ prefixes: ['10'] }, 'prefixes.0'],
    [{ prefixes: ['17', '801'] }, 'prefixes.1'],
    [{ prefixes: ['1A'] }, 'prefixes.0'],
    [{ min_length: 20 }, 'max_length'],
    [{ scheme: 'onetill' }, 'scheme'],
    [{ pattern: 'emv_cpm', prefixes: ['A000'], min_length: 16 }, 'prefixes.0'],
    [{ valid_until: '2020-01-01T00:00:00.000Z' }, 'valid_until'],
  ]
  for (const [given, param] of table) {
    const body = { ...wechat161, ...given }
    const answer = await call('POST', '/v1/issuers', { token: here.operator, body })
    expect(answer.status, answer.text).toBe(422)
    expect(answer.body).toMatchObject({ code: 'INVALID_REQUEST', param })
  }
})

test('two who add the same prefix at once do not both succeed', async () => {
  const { call, here } = await openOffice()
  const add = () => call('POST', '/v1/issuers', { token: here.operator, body: wechat161 })
  const statuses = (await Promise.all([add(), add(), add()])).map(({ status }) => status)
  expect(statuses.toSorted()).toEqual([201, 422, 422])
})

test('the table is shared, so only the operator of the first institution changes it', async () => {
  const office = await openOffice()
  const { call, here, there } = office
  const add = await call('POST', '/v1/issuers', { token: there.operator, body: wechat161 })
  expect([add.status, add.body.code]).toEqual([403, 'FORBIDDEN'])
  const end = await call('POST', '/v1/issuers/wechat/end', { token: there.operator })
  expect(end.status).toBe(403)
  // Nobody takes an institution's own codes away from its payers.
  const own = await call('POST', '/v1/issuers/onetill_82/end', { token: here.operator })
  expect(own.status).toBe(403)
  const none = await call('POST', '/v1/issuers/nobody/end', { token: here.operator })
  expect(none.status).toBe(404)

  const { id: merchantId } = await office.openMerchant(here)
  const person = { login: 'boss', role: 'merchant', merchantId } as const
  const token = await office.addStaff(here, person)
  expect((await call('GET', '/v1/issuers', { token })).status).toBe(403)
})
