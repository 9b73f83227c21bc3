import { inspect } from 'node:util'

import { afterEach, expect, test } from 'vitest'

import { openChannels } from '../../app/channels.ts'
import { keysOf, newRoot } from '../../app/keys.ts'
import {
  changeChannelAccount,
  createChannelAccount,
  type ChargeKey,
  type ChargeOrder,
  type NewChannelAccount,
  type Road,
} from '../../modules/channel/channel.ts'
import { loadSql } from '../../modules/database/database.ts'
import { newId } from '../../modules/lib/ids.ts'
import { compileIssuers, parse, shippedIssuers } from '../../modules/paycode/paycode.ts'
import { startAlipay, type Alipay } from '../../sandbox/alipay/alipay.ts'
import { makeRsaKeyPair } from '../../sandbox/counterpart/certificate.ts'
import { startWechat } from '../../sandbox/wechat/wechat.ts'
import { openOffice, type Institution } from './office.ts'

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})

type Office = Awaited<ReturnType<typeof openOffice>>

const url = '/v1/channel_accounts'

async function sandbox(seed = 'accounts'): Promise<Alipay> {
  const alipay = await startAlipay({ port: 0, seed, magicAmounts: false })
  opened.push(alipay)
  return alipay
}

function bodyOf(alipay: Alipay, more: object = {}, settings: object = {}) {
  const app = alipay.control.setUp().apps[0]!
  return {
    ...{ channel: 'alipay', name: '支付宝 · 直连', settlement: 'direct', cost_bps: 38 },
    settings: { baseUrl: alipay.url, appId: app.app_id, sellerId: app.seller_id, ...settings },
    keys: { privateKey: app.app_private_key, alipayPublicKeys: [app.alipay_public_key] },
    ...more,
  }
}

async function add(office: Office, body: object, { operator }: Institution = office.here) {
  const account = await office.create(operator, url, body)
  await office.io.refreshChannels()
  return account as { id: string; keys: Record<string, { set_at: string; fingerprint: string }> }
}

const roadOf = ({ io, here }: Office, id: string): Road => io.channels.road(here.id, id)!

const issuers = compileIssuers(shippedIssuers, new Date('2026-11-23T04:00:00Z'))

function orderOf(alipay: Alipay, amountMinor = 100n): ChargeOrder {
  const code = parse(alipay.control.showCode('chen'), issuers).ok!
  return {
    ...{ chargeId: newId('chg'), means: { kind: 'code', code }, amountMinor, currency: 'CNY' },
    ...{ description: '早餐', terminalId: newId('trm'), storeId: newId('str'), ip: '127.0.0.1' },
    startedAt: new Date(),
  }
}

const someKey = (): ChargeKey => ({
  ...{ chargeId: newId('chg'), startedAt: new Date(), amountMinor: 100n },
})

test('an account is added, read and listed, and its keys are never answered', async () => {
  const office = await openOffice()
  const alipay = await sandbox()
  const body = bodyOf(alipay)
  const account = await add(office, body)
  expect(account).toMatchObject({
    ...{ object: 'channel_account', channel: 'alipay', scheme: 'alipay', settlement: 'direct' },
    ...{ name: '支付宝 · 直连', acquirer: null, merchant: null, state: 'active', cost_bps: 38 },
    ...{ concurrency: 32, settings: body.settings },
    keys: {
      privateKey: { set_at: expect.any(String), fingerprint: expect.stringMatching(/^\w{12}$/) },
      alipayPublicKeys: { set_at: expect.any(String) },
    },
  })
  const { operator: token } = office.here
  const one = await office.call('GET', `${url}/${account.id}`, { token })
  expect(one.body).toMatchObject({ id: account.id, health: { state: 'healthy' } })
  const list = await office.call('GET', url, { token })
  expect(list.body.data).toEqual([one.body])
  const secret = body.keys.privateKey.replace(/-----.*-----|\n/g, '').slice(40, 80)
  for (const { text } of [one, list]) expect(text).not.toContain(secret)
})

test('keys are in the database, the trail and kept answers only as they cannot be read', async () => {
  const office = await openOffice()
  const alipay = await sandbox()
  const body = bodyOf(alipay)
  const account = await add(office, body)
  const { operator: token } = office.here
  const path = `${url}/${account.id}`
  await office.call('PATCH', path, { token, body: { keys: body.keys } })
  const secret = body.keys.privateKey.replace(/-----.*-----|\n/g, '').slice(40, 80)

  const sql = loadSql(new URL('./channel-accounts.sql', import.meta.url))
  const rows = await Promise.all(
    ['account', 'trail', 'answers'].map((name) =>
      office.io.db.read<{ row: string }>(sql(name), [office.here.id]),
    ),
  )
  const texts = rows.flat().map(({ row }) => row)
  expect(texts.length).toBeGreaterThanOrEqual(3)
  const hidden = Buffer.from(secret).toString('hex')
  for (const text of texts) {
    expect(text).not.toContain(secret)
    expect(text).not.toContain(hidden)
  }
  const trail = await office.call('GET', '/v1/trail', { token })
  const entries = trail.body.data.filter((entry: any) => entry.subject === account.id)
  expect(entries.map((entry: any) => entry.action)).toEqual([
    'channel_account.change',
    'channel_account.create',
  ])
  expect(entries[0].detail).toMatchObject({ keys_set: ['privateKey', 'alipayPublicKeys'] })
})

test('the times of an account have defaults and bounds, and count at once', async () => {
  const office = await openOffice()
  const token = office.here.operator
  const timings = (await office.call('GET', '/v1/channel_timings', { token })).body.data
  expect(timings).toContainEqual({
    ...{ object: 'channel_timing', channel: 'alipay', at: 'schedule.giveUpMs', is_ladder: false },
    ...{ default_ms: [60_000], minimum_ms: 100, maximum_ms: 1_800_000 },
  })
  const alipay = await sandbox()
  const { id } = await add(office, bodyOf(alipay))
  const change = (settings: object) =>
    office.call('PATCH', `/v1/channel_accounts/${id}`, { token, body: { settings } })
  const scheduleOf = () => office.io.channels.road(office.here.id, id)?.channel.schedule
  const saved = await change({ schedule: { queriesMs: [2_000, 4_000], giveUpMs: 30_000 } })
  expect(saved.status).toBe(200)
  expect(scheduleOf()).toMatchObject({
    queriesMs: [2_000, 4_000],
    giveUpMs: 30_000,
    everyMs: 5_000,
  })
  for (const [wrong, param] of [
    [{ schedule: { queriesMs: [4_000, 2_000] } }, 'settings.schedule.queriesMs'],
    [{ schedule: { giveUpMs: 1_800_001 } }, 'settings.schedule.giveUpMs'],
    // Given up before it was asked about once: the first query is 5 s later when nobody says so.
    [{ schedule: { giveUpMs: 4_000 } }, 'settings.schedule.giveUpMs'],
    [{ timeouts: { chargeMs: 99 } }, 'settings.timeouts.chargeMs'],
  ] as const) {
    const refused = await change(wrong)
    expect([refused.status, refused.body.param]).toEqual([422, param])
  }
  expect(scheduleOf()).toMatchObject({ giveUpMs: 30_000 })
  await change({ schedule: null })
  expect(scheduleOf()).toMatchObject({ queriesMs: [5_000], giveUpMs: 60_000 })
})

test('an account whose keys do not open has no road and a line in the log, and the others have theirs', async () => {
  const office = await openOffice()
  const alipay = await sandbox()
  const body = bodyOf(alipay)
  const lost = await add(office, body)
  const { keys, settings, name } = bodyOf(alipay)
  const { masterKey } = keysOf(newRoot())
  const good: NewChannelAccount = {
    ...{ institutionId: office.here.id, id: newId('cha'), channel: 'alipay', scheme: 'alipay' },
    ...{ name, acquirer: null, settlement: 'direct', merchantId: null, costBps: 0, concurrency: 1 },
    ...{ settings, keys },
  }
  const { db, now } = office.io
  await db.transaction((tx) => createChannelAccount(tx, good, { masterKey, now: now() }))
  const lines: string[] = []
  const write = (fields: object, message: string) =>
    void lines.push(inspect([fields, message], { depth: 9 }))
  const log = { info: write, warn: write, error: write }
  const channels = await openChannels({ db, now, masterKey, log })
  expect(channels.road(office.here.id, lost.id)).toBeNull()
  expect(await channels.road(office.here.id, good.id)?.channel.test()).toMatchObject({ ok: true })
  await channels.stop()
  expect(lines).toEqual([expect.stringContaining(lost.id)])
  expect(lines[0]).not.toContain(body.keys.privateKey.slice(60, 90))
})

test('what is wrong with an account is named when it is added, and nothing is kept', async () => {
  const office = await openOffice()
  const alipay = await sandbox()
  const { operator: token } = office.here
  const good = bodyOf(alipay)
  const wrong: [object, string][] = [
    [{ ...good, settings: { ...good.settings, baseUrl: 'nowhere' } }, 'settings.baseUrl'],
    [{ ...good, settings: { ...good.settings, secret: 'x' } }, 'settings.secret'],
    [{ ...good, keys: { ...good.keys, privateKey: 'no key' } }, 'privateKey'],
    [{ ...good, keys: { privateKey: good.keys.privateKey } }, 'keys.alipayPublicKeys'],
    [{ ...good, merchant: newId('mch') }, 'merchant'],
    [{ ...good, channel: 'paypal' }, 'channel'],
    [{ ...good, concurrency: 0 }, 'concurrency'],
  ]
  for (const [body, param] of wrong) {
    const answer = await office.call('POST', url, { token, body })
    expect(answer.body).toMatchObject({ code: 'INVALID_REQUEST', param })
    expect(answer.text).not.toContain('no key')
  }
  expect((await office.call('GET', url, { token })).body.data).toEqual([])
})

test('only operators see accounts, and of their own institution', async () => {
  const office = await openOffice()
  const alipay = await sandbox()
  const account = await add(office, bodyOf(alipay))
  const merchant = await office.openMerchant(office.here)
  const path = `${url}/${account.id}`
  const stranger = { token: office.there.operator }
  const calls = [
    ['GET', path, {}],
    ['PATCH', path, { body: { name: 'mine' } }],
    ['POST', `${path}/test`, {}],
  ] as const
  for (const [method, where, more] of calls) {
    expect((await office.call(method, where, { ...stranger, ...more })).status).toBe(404)
    const asMerchant = await office.call(method, where, { token: merchant.key, ...more })
    expect(asMerchant.status).toBe(403)
  }
  expect((await office.call('GET', url, stranger)).body.data).toEqual([])
  expect(office.io.channels.road(office.there.id, account.id)).toBeNull()
  expect(office.io.channels.roads(office.there.id)).toEqual([])
})

test('a change by another process is followed within two seconds, and calls go on meanwhile', async () => {
  const office = await openOffice()
  const alipay = await sandbox()
  const { id } = await add(office, bodyOf(alipay, {}, { timeouts: { chargeMs: 3_000 } }))
  const slow = orderOf(alipay)
  alipay.control.faults.add({
    ...{ kind: 'slow', value: 2_500, operation: 'charge', orderNo: slow.chargeId },
  })
  const before = roadOf(office, id)
  const underWay = before.channel.charge(slow)

  // Alipay's key is changed: the new one is no key that Alipay signs with, so what comes is not believed.
  const { publicKeyPem } = await makeRsaKeyPair()
  const key = { institutionId: office.here.id, id }
  const { masterKey } = office.io
  await office.io.db.transaction((tx) =>
    changeChannelAccount(
      tx,
      key,
      { keys: { alipayPublicKeys: [publicKeyPem] } },
      {
        ...{ masterKey, now: office.io.now() },
      },
    ),
  )
  await expect
    .poll(() => roadOf(office, id).account.version, { timeout: 2_000, interval: 50 })
    .toBe(2)
  const after = roadOf(office, id).channel
  expect(await after.query(someKey())).toMatchObject({ channelCode: 'NOT_SIGNED', isIll: true })
  expect(await underWay).toMatchObject({ kind: 'succeeded' })
})

test('keys are rotated one name at a time, and the fingerprints say which', async () => {
  const office = await openOffice()
  const alipay = await sandbox()
  const account = await add(office, bodyOf(alipay))
  const { operator: token } = office.here
  const [current] = bodyOf(alipay).keys.alipayPublicKeys
  const { publicKeyPem } = await makeRsaKeyPair()
  const both = { keys: { alipayPublicKeys: [publicKeyPem, current] } }
  const answer = await office.call('PATCH', `${url}/${account.id}`, { token, body: both })
  expect(answer.status, answer.text).toBe(200)
  const { keys } = answer.body
  expect(keys.privateKey).toEqual(account.keys['privateKey'])
  expect(keys.alipayPublicKeys.fingerprint).not.toBe(account.keys['alipayPublicKeys']!.fingerprint)
  expect(await roadOf(office, account.id).channel.charge(orderOf(alipay))).toMatchObject({
    kind: 'succeeded',
  })
  // A required key cannot be taken away.
  const none = { keys: { privateKey: null } }
  const refused = await office.call('PATCH', `${url}/${account.id}`, { token, body: none })
  expect(refused.body).toMatchObject({ code: 'INVALID_REQUEST', param: 'keys.privateKey' })
})

test('a new name or price keeps the road and what is known of its health', async () => {
  const office = await openOffice()
  const alipay = await sandbox()
  const { id } = await add(office, bodyOf(alipay))
  const { operator: token } = office.here
  await roadOf(office, id).channel.query(someKey())
  const body = { name: '新名字', cost_bps: 20 }
  await office.call('PATCH', `${url}/${id}`, { token, body })
  expect(roadOf(office, id)).toMatchObject({
    account: { name: '新名字', costBps: 20 },
    health: { recent: { calls: 1 } },
  })
})

test('a paused account takes nothing new and is still asked; a closed one is gone', async () => {
  const office = await openOffice()
  const alipay = await sandbox()
  const { id } = await add(office, bodyOf(alipay))
  const { operator: token } = office.here
  const { channels } = office.io
  await office.call('PATCH', `${url}/${id}`, { token, body: { state: 'paused' } })
  expect(channels.roads(office.here.id)).toEqual([])
  expect(channels.road(office.here.id, id)?.account.state).toBe('paused')
  expect(channels.mayCall(office.here.id, id)).toBe(true)
  await office.call('PATCH', `${url}/${id}`, { token, body: { state: 'closed' } })
  expect(channels.road(office.here.id, id)).toBeNull()
  expect(channels.mayCall(office.here.id, id)).toBe(false)
  const shown = await office.call('GET', `${url}/${id}`, { token })
  expect(shown.body).toMatchObject({ state: 'closed', health: null })
})

test('the connection is tried against the sandbox, and a wrong key says so', async () => {
  const office = await openOffice()
  const alipay = await sandbox()
  const { operator: token } = office.here
  const tryIt = async (id: string) =>
    (await office.call('POST', `${url}/${id}/test`, { token })).body as object
  const { id } = await add(office, bodyOf(alipay))
  expect(await tryIt(id)).toEqual({ ok: true, problem: null, took_ms: expect.any(Number) })

  const { privateKeyPem, publicKeyPem } = await makeRsaKeyPair()
  const keys = { privateKey: privateKeyPem }
  await office.call('PATCH', `${url}/${id}`, { token, body: { keys } })
  expect(await tryIt(id)).toMatchObject({ ok: false, problem: 'isv.invalid-signature' })
  const other = { ...bodyOf(alipay).keys, alipayPublicKeys: [publicKeyPem] }
  await office.call('PATCH', `${url}/${id}`, { token, body: { keys: other } })
  expect(await tryIt(id)).toMatchObject({ ok: false, problem: 'NOT_SIGNED' })
  const settings = { baseUrl: 'http://127.0.0.1:9' }
  await office.call('PATCH', `${url}/${id}`, { token, body: { settings } })
  expect(await tryIt(id)).toMatchObject({ ok: false, problem: 'NO_ANSWER' })
})

test('WeChat in V2 and V3 is tried too, with the keys of both', async () => {
  const office = await openOffice()
  const wechat = await startWechat({ port: 0, seed: 'accounts', magicAmounts: false })
  opened.push(wechat)
  const { operator: token } = office.here
  const { merchants, platform } = wechat.control.accounts
  const merchant = merchants[0]!
  const v3 = {
    ...{ apiKey: merchant.apiKeyV3, privateKeyPem: merchant.privateKeyPem },
    ...{ serial: merchant.serial, platformKeys: { [platform.publicKeyId]: platform.publicKeyPem } },
  }
  const body = {
    ...{ channel: 'wechat', name: '微信支付', settlement: 'direct' },
    settings: { baseUrl: wechat.url, appId: merchant.appids[0], mchId: merchant.mchid },
    keys: { v2: { apiKey: merchant.apiKeyV2 }, v3 },
  }
  const { id } = await add(office, body)
  const path = `${url}/${id}`
  const tryIt = async () => (await office.call('POST', `${path}/test`, { token })).body as object
  expect(await tryIt()).toMatchObject({ ok: true, problem: null })
  await office.call('PATCH', path, { token, body: { settings: { version: 'v3' } } })
  expect(await tryIt()).toMatchObject({ ok: true, problem: null })
  const wrong = { settings: { version: 'v2' }, keys: { v2: { apiKey: 'x'.repeat(32) } } }
  await office.call('PATCH', path, { token, body: wrong })
  expect(await tryIt()).toMatchObject({ ok: false, problem: 'SIGNERROR' })
})

test('a dead channel is left alone but for its probes, and another one does not mind', async () => {
  const office = await openOffice()
  const dead = await sandbox('dead')
  const alive = await sandbox('alive')
  const quick = { timeouts: { chargeMs: 200, otherMs: 200 } }
  const { id } = await add(office, bodyOf(dead, {}, quick))
  const { id: other } = await add(office, bodyOf(alive))
  const healed: string[] = []
  office.io.channels.onHealed((_institutionId, accountId) => healed.push(accountId))
  dead.control.faults.add({ kind: 'down', times: null })
  const { channel } = roadOf(office, id)
  for (let count = 0; count < 5; count += 1) {
    expect(await channel.charge(orderOf(dead))).toMatchObject({ kind: 'unknown', isIll: true })
  }
  expect(roadOf(office, id).health).toMatchObject({ state: 'ill', lastProblem: 'NO_ANSWER' })
  expect(office.io.channels.mayCall(office.here.id, id)).toBe(false)

  const counted = { account: id, operation: 'query', outcome: 'ill' }
  const probesBefore = await calls(office, counted)
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, () => channel.charge(orderOf(dead))),
  )
  expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['not_sent']))
  expect(await roadOf(office, other).channel.charge(orderOf(alive))).toMatchObject({
    kind: 'succeeded',
  })
  // One probe comes by itself after five seconds; until then nothing was sent.
  expect(await calls(office, counted)).toBe(probesBefore)
  await expect
    .poll(() => calls(office, counted), { timeout: 8_000, interval: 100 })
    .toBe(probesBefore + 1)
  expect(await calls(office, { account: id, operation: 'charge', outcome: 'ill' })).toBe(5)

  dead.control.faults.clear()
  await expect.poll(() => healed, { timeout: 8_000, interval: 100 }).toEqual([id])
  expect(await channel.charge(orderOf(dead))).toMatchObject({ kind: 'succeeded' })
}, 30_000)

/** What /metrics says of calls to a channel. */
async function calls(office: Office, labels: Record<string, string>): Promise<number> {
  const answer = await office.call('GET', '/metrics')
  const wanted = Object.entries(labels).map(([name, value]) => `${name}="${value}"`)
  const line = answer.text
    .split('\n')
    .find(
      (one) =>
        one.startsWith('onetill_channel_calls_total') && wanted.every((pair) => one.includes(pair)),
    )
  return Number(line?.split(' ').at(-1) ?? 0)
}

test('the console hears of a channel’s health, and nobody else', async () => {
  const office = await openOffice()
  const alipay = await sandbox()
  const { id } = await add(office, bodyOf(alipay, {}, { timeouts: { otherMs: 200 } }))
  const merchant = await office.openMerchant(office.here)
  alipay.control.faults.add({ kind: 'down', times: null })
  const { channel } = roadOf(office, id)
  for (let count = 0; count < 5; count += 1) await channel.query(someKey())
  const events = async (token: string) => {
    const { body } = await office.call('GET', '/v1/events', { token })
    return body.data.filter((event: any) => event.type === 'channel.health_changed')
  }
  await expect.poll(() => events(office.here.operator), { timeout: 3_000 }).toHaveLength(1)
  expect(await events(office.here.operator)).toMatchObject([
    { data: { channel_account: id, state: 'ill', last_problem: 'NO_ANSWER' } },
  ])
  expect(await events(merchant.key)).toEqual([])
  expect(await events(office.there.operator)).toEqual([])
})

test('an account with other keys is believed to answer, though the old ones did not', async () => {
  const office = await openOffice()
  const alipay = await sandbox()
  const { operator: token } = office.here
  const { publicKeyPem } = await makeRsaKeyPair()
  const { alipayPublicKeys, privateKey } = bodyOf(alipay).keys
  const wrong = { privateKey, alipayPublicKeys: [publicKeyPem] }
  const { id } = await add(office, bodyOf(alipay, { keys: wrong }))
  const { channel } = roadOf(office, id)
  for (let count = 0; count < 5; count += 1) await channel.query(someKey())
  expect(roadOf(office, id).health.state).toBe('ill')
  const healed: string[] = []
  office.io.channels.onHealed((_institutionId, accountId) => healed.push(accountId))
  await office.call('PATCH', `${url}/${id}`, { token, body: { keys: { alipayPublicKeys } } })
  expect(healed).toEqual([id])
  expect(await roadOf(office, id).channel.charge(orderOf(alipay))).toMatchObject({
    kind: 'succeeded',
  })
})

test('no more calls are under way than the account allows', async () => {
  const office = await openOffice()
  const alipay = await sandbox()
  const { id } = await add(office, bodyOf(alipay, { concurrency: 3 }))
  alipay.control.faults.add({ kind: 'slow', value: 300, operation: 'charge', times: null })
  const { channel } = roadOf(office, id)
  const outcomes = await Promise.all(
    Array.from({ length: 8 }, () => channel.charge(orderOf(alipay))),
  )
  const kinds = outcomes.map(({ kind }) => kind).toSorted()
  expect(kinds).toEqual([...Array(5).fill('not_sent'), ...Array(3).fill('succeeded')])
})
