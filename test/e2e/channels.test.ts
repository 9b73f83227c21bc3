import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { audit } from '../../modules/audit/audit.ts'
import { readCodes } from './code.ts'
import { scan, startDemo, type Demo } from './demo.ts'

// Whatever code people carry: the phone's page is opened in the browser, another program than drew
// the code reads it from the picture, and the till is typed into as a scanner does it.

/** What the first payer of each scheme begins with. Source: the READMEs of sandbox/. */
const OPENING_MINOR = 1_000_000

let demo: Demo

beforeAll(async () => {
  demo = await startDemo()
}, 120_000)
afterAll(() => demo.close())

const schemes = [
  ['wechat', /^1[0-5]\d{16}$/],
  ['alipay', /^(2[5-9]|30)\d{14,22}$/],
  ['unionpay', /^62\d{17}$/],
] as const

/** A till that was activated as a cashier does it: by typing the one-time code. */
async function openTill(): Promise<Page> {
  const page = await demo.open('/till/', { width: 1024, height: 768 })
  const path = '/v1/demo/activation_code'
  const { activation_code } = await demo.call<{ activation_code: string }>('', path, {})
  await page.getByTestId('activation-code').waitFor()
  await page.keyboard.type(activation_code)
  await page.keyboard.press('Enter')
  await page.getByTestId('till-sell').waitFor()
  return page
}

async function openPhone(url: string): Promise<Page> {
  const page = await demo.open('/')
  await page.goto(url)
  await page.locator('#code').waitFor()
  return page
}

async function openWallet(login: string, password: string): Promise<Page> {
  const page = await demo.open('/wallet/')
  await page.locator('input[name=username]').fill(login)
  await page.locator('input[name=password]').fill(password)
  await page.locator('button[type=submit]').click()
  await page.locator('.symbols svg').first().waitFor()
  return page
}

/** The code on a screen, as an independent reader sees it; both symbols say the same. */
async function codeOn(page: Page, name: string): Promise<string> {
  const picture = await demo.picture(page, name)
  const [linear] = await readCodes(picture, 'Code128')
  const [matrix] = await readCodes(picture, 'QRCode')
  expect(linear).toMatch(/^\d+$/)
  expect(matrix).toBe(linear)
  return linear ?? ''
}

/**
 * Keys an amount in (five keys at most: six at this speed are a scan) and scans; answers the state
 * that the cashier sees in the end.
 */
async function collect(till: Page, code: string, amount: string): Promise<string | null> {
  await till.keyboard.press('F2')
  await till.keyboard.type(amount)
  await till.keyboard.press('F9')
  await till.getByTestId('collect-prompt').waitFor()
  await scan(till, code)
  const result = till.locator(
    '[data-testid="result-state"]:is([data-state=succeeded],[data-state=failed],[data-state=refused],[data-state=reversed])',
  )
  await result.waitFor({ timeout: 30_000 })
  return result.getAttribute('data-state')
}

test.each(schemes)(
  'a %s code is read from the phone’s screen, scanned, and the cashier sees paid',
  async (scheme, shape) => {
    const url = demo.file.sandbox[scheme]?.phone ?? ''
    const [phone, till] = [await openPhone(url), await openTill()]
    const code = await codeOn(phone, `phone-${scheme}`)
    expect(code).toMatch(shape)
    expect(await collect(till, code, '18.80')).toBe('succeeded')
    await demo.picture(till, `till-${scheme}`)
    expect(await till.getByTestId('till-amount').innerText()).toContain('18.80')
    // The money has left the payer at the counterpart: the phone shows a smaller balance.
    await expect.poll(() => balanceOf(url)).toBe(OPENING_MINOR - 1_880)
  },
)

test('our own wallet’s code is paid at the same till', async () => {
  const [person] = demo.file.payers
  const wallet = await openWallet(person?.login ?? '', person?.password ?? '')
  const till = await openTill()
  const code = await codeOn(wallet, 'wallet-own')
  expect(code).toMatch(/^80\d{16}$/)
  expect(await collect(till, code, '18.80')).toBe('succeeded')
})

test('another institution’s wallet pays at the same till, and both books are in order', async () => {
  const { login, password } = demo.file.city_payer
  const [wallet, till] = [await openWallet(login, password), await openTill()]
  const code = await codeOn(wallet, 'wallet-city')
  expect(code).toMatch(/^82\d{16}$/)
  expect(await collect(till, code, '18.80')).toBe('succeeded')
  await demo.picture(till, 'till-city')
  const url = `postgresql:///onetill?host=${encodeURIComponent(`${demo.dataFolder}/socket`)}&port=5432&user=onetill`
  expect((await audit(url, { now: new Date() })).findings).toEqual([])
})

test('above the phone’s free amount the till waits until the payer types the password', async () => {
  const url = demo.file.sandbox.alipay?.phones[1]?.url ?? '' // asked above 100 yuan
  const [phone, till] = [await openPhone(url), await openTill()]
  const code = await codeOn(phone, 'phone-asked')
  const paid = collect(till, code, '120')
  const form = phone.locator('form.waiting')
  await form.waitFor({ timeout: 20_000 })
  await demo.picture(till, 'till-waits-for-phone')
  await demo.picture(phone, 'phone-password')
  await form.locator('input[name=password]').fill('123456')
  await form.locator('button[value=confirm]').click()
  expect(await paid).toBe('succeeded')
})

test('the front page leads to every phone', async () => {
  const page = await demo.open('/', { width: 1024, height: 768 })
  await page.locator('#phones a').first().waitFor()
  await demo.picture(page, 'landing')
  const links = await page
    .locator('#phones a')
    .evaluateAll((all) => all.map((one) => (one as unknown as { href: string }).href))
  const { wechat, alipay, unionpay } = demo.file.sandbox
  const phones = [wechat, alipay, unionpay].flatMap((one) => one?.phones ?? [])
  expect(links).toEqual(phones.map(({ url }) => url))
})

async function balanceOf(phoneUrl: string): Promise<number> {
  const { balance } = (await (await fetch(`${phoneUrl}.json`)).json()) as { balance: number }
  return balance
}
