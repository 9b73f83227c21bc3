/// <reference lib="dom" />
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { chromium, type BrowserContext, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { readCodes } from './code.ts'
import { startDemo, type Demo } from './demo.ts'

let demo: Demo

/** The phone's own folder, which stays when the wallet is closed. */
const phoneFolder = mkdtempSync(join(tmpdir(), 'onetill-phone-'))

beforeAll(async () => {
  demo = await startDemo()
}, 120_000)
afterAll(async () => {
  await demo.close()
  rmSync(phoneFolder, { recursive: true, force: true })
})

type Phone = { context: BrowserContext; page: Page }

/** Switches the phone on, as it was left, with a network or without. */
async function switchOn(hasNetwork: boolean): Promise<Phone> {
  const context = await chromium.launchPersistentContext(phoneFolder, {
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--mute-audio'],
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
  })
  await context.setOffline(!hasNetwork)
  return { context, page: await context.newPage() }
}

type Secrets = { key: string; aliases: string[] }

/** Signs in and sets the phone up for offline payment. Answers what the server told it meanwhile. */
async function enrol({ page }: Phone): Promise<Secrets> {
  const [person] = demo.file.payers
  const secrets: Secrets = { key: '', aliases: [] }
  page.on('response', (response) => {
    if (response.request().method() !== 'POST' || !/\/v1\/devices/.test(response.url())) return
    void response.json().then((body: { key?: string; aliases?: { alias: string }[] }) => {
      secrets.key ||= body.key ?? ''
      secrets.aliases.push(...(body.aliases ?? []).map(({ alias }) => alias))
    })
  })
  await page.goto(`${demo.url}/wallet/`)
  await page.locator('input[name=username]').fill(person?.login ?? '')
  await page.locator('input[name=password]').fill(person?.password ?? '')
  await page.locator('button[type=submit]').click()
  await page.locator('.offline-line').click()
  await page.locator('.panel .button-main').click()
  await page.locator('.pin input').waitFor()
  await page.keyboard.type(person?.pin ?? '')
  await page.locator('.panel progress').waitFor()
  await page.getByText('离线码 剩余 10/10').waitFor()
  await demo.picture(page, 'wallet-devices')
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  return secrets
}

/** Everything in the phone's folder in which one of the texts or bytes stands. */
function filesWith(needles: readonly Buffer[]): string[] {
  const files = readdirSync(phoneFolder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(phoneFolder, name))
    .filter((file) => existsSync(file) && statSync(file).isFile())
  return files.filter((file) => {
    const bytes = readFileSync(file)
    return needles.some((needle) => bytes.includes(needle))
  })
}

const writings = (text: string): Buffer[] => [Buffer.from(text), Buffer.from(text, 'utf16le')]

/** What a script in the page can see of the store: all of it, but for the key that it wraps with. */
const storedText = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const opening = indexedDB.open('onetill-wallet')
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      opening.onsuccess = () => resolve(opening.result)
      opening.onerror = () => reject(opening.error ?? new Error('the store does not open'))
    })
    const reading = database.transaction('device').objectStore('device').getAll()
    type Stored = { head: string; box: Uint8Array; wrapKey: CryptoKey }
    const all = await new Promise<Stored[]>((resolve) => {
      reading.onsuccess = () => resolve(reading.result as Stored[])
    })
    database.close()
    const texts = all.map(({ head, box, wrapKey }) => {
      if (wrapKey.extractable) throw new Error('a script could read the wrapping key')
      return head + String.fromCharCode(...box)
    })
    return JSON.stringify({ ...localStorage, ...sessionStorage }) + texts.join('\n')
  })

async function unlock(page: Page, pin: string): Promise<void> {
  await page.locator('.offline-lock input:enabled').waitFor()
  await page.keyboard.type(pin)
}

async function shownCode(page: Page, name: string): Promise<string> {
  await page.locator('.symbols svg').first().waitFor()
  const picture = await demo.picture(page, name)
  const [linear = 'no barcode'] = await readCodes(picture, 'Code128')
  const [matrix] = await readCodes(picture, 'QRCode')
  expect(matrix).toBe(linear)
  return linear
}

/** Gives the phone a reader of fingers, and says whose finger is on it. */
async function withPasskeys({ context, page }: Phone) {
  const devtools = await context.newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', ctap2Version: 'ctap2_1', transport: 'internal' },
      ...{ hasResidentKey: true, hasUserVerification: true, hasPrf: true },
      ...{ isUserVerified: true, automaticPresenceSimulation: true },
    },
  })
  return (whose: 'the payer' | 'somebody else') =>
    devtools.send('WebAuthn.setUserVerified', {
      ...{ authenticatorId, isUserVerified: whose === 'the payer' },
    })
}

type Answer = { state?: string; code?: string; amount?: number; is_offline?: boolean }

/** The till, which has a network, takes a code. */
const charge = (code: string, orderNo: string): Promise<Answer> =>
  demo.call<Answer>(demo.file.merchant.token, '/v1/payments', {
    ...{ payment_code: code, amount: 1250, currency: 'CNY', order_no: orderNo },
    store: demo.file.store.id,
  })

test('a phone without a network shows a code from its encrypted store, and the till takes it once', async () => {
  const [person] = demo.file.payers
  let phone = await switchOn(true)
  const secrets = await enrol(phone)
  expect(secrets.key).toMatch(/^[\w-]{43}$/)
  expect(secrets.aliases).toHaveLength(10)
  const stored = await storedText(phone.page)
  expect(stored.length).toBeGreaterThan(500)
  await phone.context.close()

  // Neither in what scripts can read nor in any file of the phone does a secret stand in clear.
  const key = Buffer.from(secrets.key, 'base64url')
  const texts = [...secrets.aliases, secrets.key, key.toString('hex'), key.toString('base64')]
  expect(texts.filter((text) => stored.includes(text))).toEqual([])
  expect(filesWith([key, ...texts.flatMap(writings)])).toEqual([])
  // The search finds what is there: the name of the wallet's database.
  expect(filesWith(writings('onetill-wallet')).length).toBeGreaterThan(0)

  phone = await switchOn(false)
  await phone.page.goto(`${demo.url}/wallet/`)
  await unlock(phone.page, person?.pin === '000000' ? '111111' : '000000')
  await phone.page.locator('.offline-lock .pin-note').filter({ hasText: '密码不对' }).waitFor()
  expect(await phone.page.locator('.symbols svg').count()).toBe(0)
  const refusing = await demo.picture(phone.page, 'wallet-offline-wrong-pin')
  expect(await readCodes(refusing, 'QRCode')).toEqual([])

  await unlock(phone.page, person?.pin ?? '')
  const first = await shownCode(phone.page, 'wallet-offline-code')
  expect(first).toMatch(/^81\d{16}$/)
  expect(secrets.aliases[0]).toBe(first.slice(2, 12))
  expect(await phone.page.locator('.offline-badge').innerText()).toContain('9/10')
  await phone.context.close()

  expect(await charge(first, 'OFFLINE-1')).toMatchObject({ state: 'succeeded', amount: 1250 })
  expect(await charge(first, 'OFFLINE-2')).toMatchObject({ code: 'CODE_USED' })

  // Switched on again it shows the next one; and what was shown is gone from the store.
  phone = await switchOn(false)
  await phone.page.goto(`${demo.url}/wallet/`)
  await unlock(phone.page, person?.pin ?? '')
  const second = await shownCode(phone.page, 'wallet-offline-next')
  expect(second.slice(2, 12)).toBe(secrets.aliases[1])

  // The phone is lost: from another one all of them are frozen, until it is found again.
  const token = person?.token ?? ''
  type Devices = { data: { id: string; state: string }[] }
  const frozen = await demo.call<Devices>(token, '/v1/devices/freeze_all', {})
  expect(frozen.data.map(({ state }) => state)).toEqual(['frozen'])
  expect(await charge(second, 'OFFLINE-3')).toMatchObject({ code: 'DEVICE_REVOKED' })
  const unfreeze = `/v1/devices/${frozen.data[0]?.id}/unfreeze`
  await demo.call(token, unfreeze, { pin: person?.pin })

  // Below half, and with a network again, it tops itself up.
  for (const left of [7, 6, 5, 4]) {
    await phone.page.getByRole('button', { name: '换下一个离线码' }).click()
    await phone.page.getByText(`离线码 剩余 ${left}/10`).waitFor()
  }
  await phone.context.setOffline(false)
  await phone.page.reload()
  await phone.page.locator('.offline-line').getByText('剩余 10/10').waitFor()

  // From now on a finger opens it too, and it needs no network; one that is not the payer's does not.
  const answersFor = await withPasskeys(phone)
  await phone.page.goto(`${demo.url}/wallet/devices`)
  await phone.page.getByRole('button', { name: '开启指纹或面容解锁' }).click()
  await phone.page.locator('.pin input').waitFor()
  await phone.page.keyboard.type(person?.pin ?? '')
  await phone.page.getByRole('button', { name: '关闭，只用支付密码' }).waitFor()
  await phone.context.setOffline(true)
  await phone.page.goto(`${demo.url}/wallet/`)
  const unlockByFinger = phone.page.getByRole('button', { name: '用指纹、面容或锁屏密码打开' })
  await unlockByFinger.click()
  const third = await shownCode(phone.page, 'wallet-offline-passkey')
  expect(await charge(third, 'OFFLINE-4')).toMatchObject({ state: 'succeeded', is_offline: true })
  await answersFor('somebody else')
  await phone.page.reload()
  await unlockByFinger.click()
  await phone.page.locator('.pin-note').filter({ hasText: '没有通过验证' }).waitFor()
  expect(await phone.page.locator('.symbols svg').count()).toBe(0)
  await unlock(phone.page, person?.pin ?? '')
  await phone.page.locator('.symbols svg').first().waitFor()
  await phone.context.close()
})
