import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'

import { openIo } from '../../app/io.ts'
import { migrate } from '../../modules/database/migrate.ts'
import { emptyDatabase } from '../database.ts'
import { openOffice, type Answer, type Institution, type Office } from './office.ts'

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** A merchant with a store and a terminal that nobody has activated: for whom settings are made. */
async function openPlaces({ create }: Office, { operator }: Institution) {
  const shop = await create(operator, '/v1/merchants', { name: '晨光', category: '5411' })
  const place = { merchant: shop.id, name: '一号店', kind: 'small_store' }
  const store = await create(operator, '/v1/stores', place)
  const terminal = await create(operator, '/v1/terminals', { store: store.id, name: '1 号' })
  return {
    merchantId: shop.id as string,
    key: shop.api_key as string,
    storeId: store.id as string,
    terminalId: terminal.id as string,
  }
}

/** How one caller works with settings. */
function desk({ call }: Office, token: string) {
  const look = async (scope: string, subject?: string): Promise<Answer['body']> => {
    const url = `/v1/settings?scope=${scope}${subject === undefined ? '' : `&subject=${subject}`}`
    return (await call('GET', url, { token })).body
  }
  return {
    look,
    one: async (name: string, scope: string, subject?: string) => {
      const { data } = await look(scope, subject)
      return data.find((setting: { name: string }) => setting.name === name)
    },
    save: async (at: { scope: string; subject?: string }, changes: object, version?: number) => {
      const seen = version ?? (await look(at.scope, at.subject)).version
      const body = { ...at, changes, reason: '试点', version: seen ?? 0 }
      return call('POST', '/v1/settings', { token, body })
    },
    post: (path: string, body: object) => call('POST', `/v1/settings/${path}`, { token, body }),
    changes: async () => (await call('GET', '/v1/settings/changes', { token })).body.data,
  }
}

test('a setting counts at once where it was saved, in other processes within 2 s, and at the narrowest place', async () => {
  const office = await openOffice()
  const { io, here, there } = office
  const { pepper, aliasKey, masterKey } = io
  const keys = { pepper, aliasKey, masterKey }
  const other = await openIo({ databaseUrl: office.databaseUrl, keys, log: quiet })
  onTestFinished(() => other.close())
  const places = await openPlaces(office, here)
  const { merchantId, storeId, terminalId } = places
  const { save, one, look } = desk(office, here.operator)

  expect((await save({ scope: 'institution' }, { 'code.life_seconds': 30 })).status).toBe(200)
  await save({ scope: 'merchant', subject: merchantId }, { 'till.receipt_width': '80' })
  await save({ scope: 'terminal', subject: terminalId }, { 'till.receipt_width': '58' })
  const savedAtMs = performance.now()
  expect(await io.institution(here.id)).toMatchObject({ codeLifeSeconds: 30, confirmSeconds: 120 })
  expect(await io.institution(there.id)).toMatchObject({ codeLifeSeconds: 60 })
  const width = (place: object, at = io) => at.settings(here.id, place).text('till.receipt_width')
  expect(width({ merchantId, storeId })).toBe('80')
  expect(width({ merchantId, storeId, terminalId })).toBe('58')
  await expect.poll(() => width({ merchantId }, other), { interval: 20 }).toBe('80')
  expect((await other.institution(here.id)).codeLifeSeconds).toBe(30)
  expect(performance.now() - savedAtMs).toBeLessThan(2_000)

  // The device that follows them is told to read its configuration again.
  const events = (await office.call('GET', '/v1/events', { token: here.operator })).body.data
  const told = events.filter(({ type }: { type: string }) => type === 'terminal.configuration')
  expect(told).toHaveLength(2)
  const from = { scope: 'merchant', subject: merchantId }
  expect(await one('till.receipt_width', 'store', storeId)).toMatchObject({
    ...{ value: '80', from, own: null, inherited: '80', default: '58', choices: ['58', '80'] },
    ...{ kind: 'choice', is_changeable: true, title: { zh: '小票纸宽（毫米）' } },
  })
  expect(await one('code.prefix', 'institution')).toMatchObject({
    ...{ value: '80', is_changeable: false, from: { scope: 'institution', subject: here.id } },
  })
  expect(await one('code.life_seconds', 'terminal', terminalId)).toBeUndefined()
  expect((await look('merchant', merchantId)).version).toBe(3)
})

test('a change is previewed, needs a reason and a fitting value, is kept with who and why, and rolls back', async () => {
  const office = await openOffice()
  const { call, here } = office
  const { save, post, one, look, changes } = desk(office, here.operator)
  const at = { scope: 'institution' }
  const wanted = { 'code.life_seconds': 20, 'offline.batch_size': 5 }

  const preview = await post('preview', { ...at, changes: wanted })
  expect(preview.body.diff).toEqual([
    { name: 'code.life_seconds', before: null, after: 20, value_before: 60, value_after: 20 },
    { name: 'offline.batch_size', before: null, after: 5, value_before: 10, value_after: 5 },
  ])
  expect((await look('institution')).version).toBe(0)
  const saved = await save(at, wanted)
  const actor = `person:${here.operatorId}`
  expect(saved.body).toMatchObject({ object: 'settings_change', version: 1, actor, reason: '试点' })

  const refused = async (reply: Promise<Answer>) => {
    const { status, body } = await reply
    return [status, body.code, body.param]
  }
  const range = [422, 'SETTING_OUT_OF_RANGE']
  expect(await refused(save(at, { 'code.life_seconds': 61 }))).toEqual([
    ...range,
    'code.life_seconds',
  ])
  expect(await refused(save(at, { 'till.sound': 1 }))).toEqual([...range, 'till.sound'])
  const unknown = [422, 'SETTING_UNKNOWN']
  expect(await refused(save(at, { 'code.colour': 1 }))).toEqual([...unknown, 'code.colour'])
  expect(await refused(save(at, { 'code.prefix': '90' }))).toEqual([...unknown, 'code.prefix'])
  const stale = save(at, { 'code.life_seconds': 40 }, 0)
  expect(await refused(stale)).toEqual([409, 'SETTINGS_CHANGED', undefined])
  expect(await refused(save(at, { 'code.life_seconds': 20 }))).toContain('changes')
  const reasonless = { ...at, changes: wanted, version: 1 }
  const silent = call('POST', '/v1/settings', { token: here.operator, body: reasonless })
  expect(await refused(silent)).toEqual([422, 'INVALID_REQUEST', 'reason'])

  const back = await post(`changes/${saved.body.id}/rollback`, { reason: '试点结束' })
  expect(back.body).toMatchObject({ undoes: saved.body.id, reason: '试点结束', version: 2 })
  expect(await one('code.life_seconds', 'institution')).toMatchObject({ value: 60, own: null })
  const again = post(`changes/${saved.body.id}/rollback`, { reason: '再来' })
  expect(await refused(again)).toEqual([409, 'SETTINGS_CHANGED', undefined])
  expect((await changes()).map(({ id }: { id: string }) => id)).toEqual([
    back.body.id,
    saved.body.id,
  ])

  const trail = (await call('GET', '/v1/trail', { token: here.operator })).body.data
  expect(trail[0]).toMatchObject({ action: 'settings.rollback', actor, subject: back.body.id })
  const events = (await call('GET', '/v1/events', { token: here.operator })).body.data
  expect(events[0]).toMatchObject({ type: 'settings.changed', data: { id: back.body.id } })
  await office.audit()
})

test('of two who save at one place from the same look, the second is told; other places do not mind', async () => {
  const office = await openOffice()
  const { here } = office
  const { merchantId, storeId } = await openPlaces(office, here)
  const { save } = desk(office, here.operator)
  const at = { scope: 'merchant', subject: merchantId }
  const both = await Promise.all([
    save(at, { 'till.sound': false }, 0),
    save(at, { 'till.voice': true }, 0),
    save({ scope: 'store', subject: storeId }, { 'till.voice': true }, 0),
  ])
  const statuses = both.map(({ status }) => status)
  expect(statuses.slice(0, 2).toSorted()).toEqual([200, 409])
  expect(statuses[2]).toBe(200)
})

test('a merchant’s people set what is theirs at their own places and see nobody else’s', async () => {
  const office = await openOffice()
  const { call, here, there } = office
  const own = await openPlaces(office, here)
  const strange = await openPlaces(office, here)
  const operator = desk(office, here.operator)
  const merchant = desk(office, own.key)
  const footer = { 'till.receipt_footer': '谢谢惠顾' }
  await operator.save({ scope: 'merchant', subject: strange.merchantId }, footer)
  const approval = { 'refund.approval_minor': 5 }
  await operator.save({ scope: 'merchant', subject: own.merchantId }, approval)

  expect((await merchant.save({ scope: 'merchant' }, footer)).status).toBe(200)
  const at = { scope: 'terminal', subject: own.terminalId }
  expect((await merchant.save(at, { 'till.language': 'en' })).status).toBe(200)
  expect(await merchant.one('refund.approval_minor', 'merchant')).toMatchObject({
    ...{ value: 5, is_changeable: false, from: { scope: 'merchant' } },
  })
  const refused: [at: { scope: string; subject?: string }, changes: object, status: number][] = [
    [{ scope: 'merchant' }, { 'refund.approval_minor': 9 }, 403],
    [{ scope: 'institution' }, { 'till.sound': false }, 403],
    [{ scope: 'system' }, { 'till.sound': false }, 403],
    [{ scope: 'merchant', subject: strange.merchantId }, footer, 404],
    [{ scope: 'store', subject: strange.storeId }, footer, 404],
    [{ scope: 'terminal', subject: strange.terminalId }, footer, 404],
  ]
  for (const [place, changes, status] of refused) {
    expect((await merchant.save(place, changes, 9)).status, JSON.stringify(place)).toBe(status)
  }
  const seen = (await merchant.changes()).map(({ merchant: id }: { merchant: string }) => id)
  expect(new Set(seen)).toEqual(new Set([own.merchantId]))
  const file = await call('GET', '/v1/settings/export', { token: own.key })
  expect(file.text).toContain(own.terminalId)
  expect(file.text).not.toContain(strange.merchantId)

  // What holds for everybody is the first institution's operator's to say.
  const guest = desk(office, there.operator)
  expect((await guest.save({ scope: 'system' }, { 'code.life_seconds': 45 }, 0)).status).toBe(403)
  await operator.save({ scope: 'system' }, { 'code.life_seconds': 45 })
  expect(await office.io.institution(there.id)).toMatchObject({ codeLifeSeconds: 45 })
  expect(await guest.one('code.life_seconds', 'institution')).toMatchObject({
    ...{ value: 45, own: null, from: { scope: 'system', subject: 'system' } },
  })
  expect(await guest.changes()).toEqual([])
  const theirs = await call('GET', '/v1/settings/export', { token: there.operator })
  expect(theirs.text).not.toContain('till.')
  await office.audit()
})

test('what is set goes out as YAML and comes in again, all of it or nothing', async () => {
  const office = await openOffice()
  const { call, here } = office
  const { storeId } = await openPlaces(office, here)
  const { save, post, one, changes } = desk(office, here.operator)
  await save({ scope: 'institution' }, { 'refund.needs_approval': false, 'code.life_seconds': 45 })
  await save({ scope: 'store', subject: storeId }, { 'till.receipt_footer': '谢谢: "惠顾" #1' })

  const { text, headers } = await call('GET', '/v1/settings/export', { token: here.operator })
  expect(headers['content-type']).toBe('text/yaml; charset=utf-8')
  expect(text).toContain('# 在线付款码有效期 / Life of an online code (10–60 seconds)')
  const same = await post('import', { yaml: text, reason: '照旧' })
  expect(same.body).toEqual({ object: 'settings_import', dry_run: false, changes: [] })

  const yaml = text.replace(
    'code.life_seconds: 45',
    'code.life_seconds: null\n    mandate.level: C',
  )
  const dry = await post('import', { yaml, reason: '看看', dry_run: true })
  expect(dry.body.changes).toMatchObject([
    {
      ...{ id: null, scope: 'institution', subject: here.id },
      diff: [
        { name: 'code.life_seconds', before: 45, after: null },
        { name: 'mandate.level', before: null, after: 'C' },
      ],
    },
  ])
  expect(await changes()).toHaveLength(2)
  const spoilt = yaml.replace('谢谢', '\\a谢谢').replace('mandate.level: C', 'till.sound: maybe')
  expect((await post('import', { yaml: spoilt, reason: '坏' })).status).toBe(422)
  expect(await changes()).toHaveLength(2)
  expect((await post('import', { yaml, reason: '启用' })).body.changes[0].id).toMatch(/^sch_/)
  expect(await one('mandate.level', 'institution')).toMatchObject({ value: 'C' })
  expect(await one('code.life_seconds', 'institution')).toMatchObject({ value: 60, own: null })
})

test('the terms of an institution and of merchants that were columns become settings', async () => {
  const database = await emptyDatabase()
  onTestFinished(database.drop)
  await migrate(database.url, { upTo: 19 })
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  onTestFinished(() => client.end())
  await client.query(`
    insert into institution (id, name, name_en, currency, time_zone, code_prefix, code_life_seconds,
      code_grace_seconds, created_at)
    values ('ins_old', 'x', 'x', 'CNY', 'Asia/Shanghai', '80', 3600, 12, '2026-01-01T00:00:00Z');
    insert into merchant (institution_id, id, name, category, is_house, refund_approval_minor, created_at)
    values ('ins_old', 'mch_none', 'x', '5411', false, null, '2026-01-01T00:00:00Z'),
      ('ins_old', 'mch_usual', 'x', '5411', false, 100000, '2026-01-01T00:00:00Z'),
      ('ins_old', 'mch_low', 'x', '5411', false, 500, '2026-01-01T00:00:00Z');`)
  await migrate(database.url, { upTo: 20 })
  const { rows } = await client.query({
    text: 'select subject_id, name, value from setting_value order by 1, 2',
    rowMode: 'array',
  })
  expect(rows).toEqual([
    ['ins_old', 'code.grace_seconds', 12],
    ['mch_low', 'refund.approval_minor', 500],
    ['mch_none', 'refund.needs_approval', false],
  ])
})
