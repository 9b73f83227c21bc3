import { createPrivateKey, randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { demoProducts, withCheckDigit } from '../../app/demo/goods.ts'
import { openDemoShop } from '../../app/demo/shop.ts'
import { seedDemo } from '../../app/demo/demo.ts'
import { openIo, type OpenIo } from '../../app/io.ts'
import { keysOf, newRoot } from '../../app/keys.ts'
import { buildServer } from '../../app/server.ts'
import { audit } from '../../modules/audit/audit.ts'
import { listChannelAccounts } from '../../modules/channel/channel.ts'
import { systemClock } from '../../modules/lib/clock.ts'
import { issueCode } from '../../modules/wallet/wallet.ts'
import { startSandbox } from '../../sandbox/sandbox.ts'
import { freshDatabase } from '../database.ts'
import { asDevice, remember } from './device.ts'

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
const url = 'http://localhost:18500'

async function openPlace() {
  const database = await freshDatabase()
  const keys = keysOf(newRoot())
  const dataDir = mkdtempSync(join(tmpdir(), 'onetill-demo-'))
  const open = () => openIo({ databaseUrl: database.url, keys, log: quiet })
  const io = await open()
  onTestFinished(async () => {
    await io.close()
    await database.drop()
    rmSync(dataDir, { recursive: true, force: true })
  })
  return { io, open, dataDir, databaseUrl: database.url, file: join(dataDir, 'demo.json') }
}

async function serve(io: OpenIo) {
  const server = await buildServer(io, { publicUrl: url, webRoot: '/nowhere', demo: null })
  onTestFinished(() => server.close())
  return (method: 'GET' | 'POST', path: string, token: string, payload?: object) => {
    const key = randomBytes(8).toString('hex')
    const headers = { authorization: `Bearer ${token}`, 'idempotency-key': key }
    const asked = { method, url: path, token, payload, headers, nowMs: Date.now() }
    return server.inject({ method, url: path, ...asDevice(asked) })
  }
}

test('the demo shop is made once, and its file holds tokens that work', async () => {
  const { io, dataDir, file } = await openPlace()
  const first = await seedDemo(io, { url, dataDir })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readdirSync(dataDir)).toEqual(['demo.json'])
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(first)

  const call = await serve(io)
  const { merchant, terminals, payers, operator, merchant_staff: staff, platform, agent } = first
  const owners = [merchant, ...terminals, ...payers, operator, staff, platform, agent]
  for (const { token } of owners) expect((await call('GET', '/v1/me', token)).statusCode).toBe(200)
  const products = (await call('GET', '/v1/products', terminals[0]?.token ?? '')).json()
  expect(products.data).toHaveLength(demoProducts.length)
  const sources = (await call('GET', '/v1/sources', payers[0]?.token ?? '')).json()
  expect(
    sources.data.map(({ kind, balance }: { kind: string; balance: number }) => [kind, balance]),
  ).toEqual([
    ['balance', 500_000],
    ['card', 2_000_000],
  ])

  const again = await seedDemo(io, { url: 'http://localhost:18501', dataDir })
  expect(again).toEqual({ ...first, url: 'http://localhost:18501' })
  expect(JSON.parse(readFileSync(file, 'utf8')).url).toBe('http://localhost:18501')
})

test('a lost or broken file is written anew for the shop that is there', async () => {
  const { io, dataDir, file, databaseUrl } = await openPlace()
  const first = await seedDemo(io, { url, dataDir })
  const damages = [
    () => rmSync(file),
    () => writeFileSync(file, '{"url":'),
    () => writeFileSync(file, JSON.stringify({ ...first, merchant: {} })),
    () =>
      writeFileSync(
        file,
        JSON.stringify({ ...first, merchant: { ...first.merchant, token: 'x' } }),
      ),
  ]
  for (const damage of damages) {
    damage()
    const next = await seedDemo(io, { url, dataDir })
    expect(next.merchant.token).not.toBe(first.merchant.token)
    expect(withoutTokens(next)).toEqual(withoutTokens(first))
    const call = await serve(io)
    for (const { token } of [next.merchant, ...next.terminals, ...next.payers]) {
      expect((await call('GET', '/v1/me', token)).statusCode).toBe(200)
    }
  }
  expect((await audit(databaseUrl, { now: systemClock() })).findings).toEqual([])
})

test('a seed that was cut off is finished by the next', async () => {
  const { io, dataDir } = await openPlace()
  await openDemoShop(io)
  const file = await seedDemo(io, { url, dataDir })
  expect(file.payers).toHaveLength(3)
})

test('a demo payer’s code is paid at a demo till, and the books are in order', async () => {
  const { io, open, dataDir, databaseUrl } = await openPlace()
  const { payers, terminals, institution } = await seedDemo(io, { url, dataDir })
  for (const { token, key_id: keyId, private_key } of terminals)
    remember(token, { keyId, privateKey: createPrivateKey(private_key) })
  // The process that seeded holds the issuers of before for a moment; another one does not.
  const other = await open()
  onTestFinished(() => other.close())
  const call = await serve(other)
  const payerId = payers[0]?.id ?? ''
  const { code } = await issueCode(other, { institutionId: institution.id, payerId })
  const order = { amount: 1_280, currency: 'CNY', order_no: 'demo-1', payment_code: code.reveal() }
  const answer = await call('POST', '/v1/payments', terminals[0]?.token ?? '', order)
  expect(answer.json()).toMatchObject({ state: 'succeeded', amount: 1_280 })
  expect((await audit(databaseUrl, { now: systemClock() })).findings).toEqual([])
})

async function openSandbox(dataFolder: string) {
  const sandbox = await startSandbox({ seed: 'demo', dataFolder })
  onTestFinished(() => sandbox.close())
  return sandbox
}

const settingsOf = async (io: OpenIo, institutionId = 'ins_demo') => {
  const accounts = await listChannelAccounts(io.db, institutionId)
  return Object.fromEntries(accounts.map(({ id, settings }) => [Number(id.slice(4)), settings]))
}

test('the accounts at the sandbox are opened once, and follow it when it or we have moved', async () => {
  const { io, dataDir } = await openPlace()
  const first = await openSandbox(join(dataDir, 'sandbox'))
  const { wechat, alipay } = first.places
  const options = { url, dataDir, places: first.places }
  const file = await seedDemo(io, options)
  expect(file.channel_accounts.map(({ channel }) => channel)).toEqual([
    ...['wechat', 'alipay', 'unionpay', 'bankcard', 'wechat', 'interbank'],
  ])
  expect((await settingsOf(io))[1]).toMatchObject({
    ...{ baseUrl: 'url' in wechat && wechat.url, version: 'v2' },
    noticeUrl: `${url}/v1/channel_notices/ins_demo/cha_00000000000000000000000001`,
  })
  expect(file.sandbox.alipay?.phone).toBe(`${'url' in alipay && alipay.url}/phone/chen`)
  const versions = async () =>
    (await listChannelAccounts(io.db, 'ins_demo')).map(({ version }) => version)
  expect(await seedDemo(io, options)).toEqual(file)
  expect(await versions()).toEqual([1, 1, 1, 1, 1, 1])

  await first.close()
  const moved = await openSandbox(join(dataDir, 'sandbox'))
  const ownUrl = 'http://localhost:18502'
  await seedDemo(io, { ...options, ownUrl, places: moved.places })
  const settings = await settingsOf(io)
  const at = moved.places.alipay
  expect(settings[2]).toMatchObject({ baseUrl: 'url' in at && at.url })
  expect(settings[2]?.['notifyUrl']).toMatch(/^http:\/\/localhost:18502\//)
  expect(settings[6]).toMatchObject({ baseUrl: ownUrl, issuerInstitutionId: 'ins_city' })
  expect(Object.values(await settingsOf(io, 'ins_city'))).toMatchObject([{ baseUrl: ownUrl }])
})

test('a data folder from before the channels keeps its tokens and gets what is new', async () => {
  const { io, dataDir, file } = await openPlace()
  const { channel_accounts, city_payer, sandbox, ...before } = await seedDemo(io, { url, dataDir })
  expect([channel_accounts.length, sandbox]).toEqual([1, {}])
  writeFileSync(file, JSON.stringify(before))
  const { places } = await openSandbox(join(dataDir, 'sandbox'))
  const after = await seedDemo(io, { url, dataDir, places })
  expect(after).toMatchObject(before)
  expect(after.channel_accounts).toHaveLength(6)
  expect(after.city_payer).toMatchObject({ id: city_payer.id, login: 'citypayer@city' })
})

test('new keys of the sandbox come to the accounts when its journal was thrown away', async () => {
  const { io, dataDir } = await openPlace()
  const first = await openSandbox(join(dataDir, 'one'))
  await seedDemo(io, { url, dataDir, places: first.places })
  const hintsBefore = await hintsOf(io)
  const second = await openSandbox(join(dataDir, 'two'))
  await seedDemo(io, { url, dataDir, places: second.places })
  const hints = await hintsOf(io)
  expect(hints[2]?.['privateKey']).not.toBe(hintsBefore[2]?.['privateKey'])
  expect(hints[6]).toEqual(hintsBefore[6])
})

const hintsOf = async (io: OpenIo) => {
  const accounts = await listChannelAccounts(io.db, 'ins_demo')
  const shown = accounts.map(({ id, keyHints }) => {
    const fingerprints = Object.entries(keyHints).map(([name, hint]) => [name, hint.fingerprint])
    return [Number(id.slice(4)), Object.fromEntries(fingerprints)] as const
  })
  return Object.fromEntries(shown) as Record<number, Record<string, string>>
}

test('a counterpart that is not there holds up nothing', async () => {
  const { io, dataDir } = await openPlace()
  const { places } = await openSandbox(join(dataDir, 'sandbox'))
  const file = await seedDemo(io, {
    ...{ url, dataDir },
    places: { ...places, alipay: { problem: 'the journal cannot be read' } },
  })
  expect(file.channel_accounts.map(({ channel }) => channel)).not.toContain('alipay')
  expect(file.sandbox.alipay).toBeUndefined()
  expect(file.sandbox.wechat?.phones).toHaveLength(3)
})

test('the demo’s barcodes are EAN-13 with the right check digit', () => {
  // Worked example of the GS1 General Specifications.
  expect(withCheckDigit('629104150021')).toBe('6291041500213')
  const barcodes = demoProducts.map(({ barcode }) => barcode)
  for (const barcode of barcodes) expect(barcode).toBe(withCheckDigit(barcode.slice(0, 12)))
  expect(new Set(barcodes).size).toBe(demoProducts.length)
})

const withoutTokens = (file: object) =>
  JSON.parse(
    JSON.stringify(file, (name, value: unknown) =>
      /token|private_key/.test(name) ? undefined : value,
    ),
  ) as object
