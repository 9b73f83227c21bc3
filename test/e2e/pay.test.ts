/// <reference lib="dom" />
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { audit } from '../../modules/audit/audit.ts'
import { sleep } from '../../modules/lib/retry.ts'
import { readCodes } from './code.ts'
import { scan, startDemo, type Demo } from './demo.ts'
import { zhCN } from '../../web/ui/locales/zh-CN.ts'

let demo: Demo

beforeAll(async () => {
  demo = await startDemo()
}, 120_000)
afterAll(() => demo.close())

const text = (page: Page, testId: string) => page.getByTestId(testId).innerText()

/** A payer's phone, signed in as one of the demo's people, with a code on the screen. */
async function openWallet(login: string): Promise<Page> {
  const page = await demo.open('/wallet/')
  const person = demo.file.payers.find((payer) => payer.login === login)
  await page.locator('input[name=username]').fill(login)
  await page.locator('input[name=password]').fill(person?.password ?? '')
  await page.locator('button[type=submit]').click()
  await page.locator('.symbols svg').first().waitFor()
  return page
}

/** A till that was activated as a cashier does it: by typing the one-time code. */
async function openTill(): Promise<Page> {
  const page = await demo.open('/till/', { width: 1024, height: 768 })
  const { activation_code } = await demo.call<{ activation_code: string }>(
    '',
    '/v1/demo/activation_code',
    {},
  )
  await page.getByTestId('activation-code').waitFor()
  await page.keyboard.type(activation_code)
  await page.keyboard.press('Enter')
  await page.getByTestId('till-sell').waitFor()
  return page
}

/** Marks in the page when an element with this text first shows, on the page's own clock. */
const whenShown = (page: Page, selector: string) =>
  page.waitForSelector(selector, { state: 'visible', timeout: 15_000 }).then(() => Date.now())

test('a cashier scans the code on a phone, hears and sees paid, and phone and console show it', async () => {
  const [wallet, till] = [await openWallet('zhangwei'), await openTill()]
  const consolePage = await demo.open('/console/', { width: 1440, height: 900 })
  await consolePage.getByTestId('demo-operator').click()
  await consolePage.getByTestId('nav-live').click()
  await consolePage.getByTestId('connection').waitFor()

  // The code is read from the picture of the screen by another program than drew it.
  const picture = await demo.picture(wallet, 'wallet-code')
  const [linear] = await readCodes(picture, 'Code128')
  const [matrix] = await readCodes(picture, 'QRCode')
  expect(linear).toMatch(/^80\d{16}$/)
  expect(matrix).toBe(linear)

  // Sounds are counted where the browser makes them.
  await till.evaluate(() => {
    const counted = globalThis as unknown as { tones: number }
    counted.tones = 0
    const start = OscillatorNode.prototype.start
    OscillatorNode.prototype.start = function (when) {
      counted.tones++
      start.call(this, when)
    }
  })
  await till.keyboard.press('F2')
  await till.keyboard.type('88.50')
  await demo.picture(till, 'till-amount')
  await till.keyboard.press('F9')
  await till.getByTestId('collect-prompt').waitFor()
  await demo.picture(till, 'till-collect')

  const onPhone = whenShown(wallet, '.result-face')
  const onConsole = whenShown(consolePage, '[data-testid="live-row"]')
  const onTill = whenShown(till, '[data-testid="result-state"]')
  const scannedAt = await scan(till, linear ?? '')
  const [tillMs, phoneMs, consoleMs] = (await Promise.all([onTill, onPhone, onConsole])).map(
    (at) => at - scannedAt,
  )
  console.log(
    `measured: scan to till ${tillMs} ms, to phone ${phoneMs} ms, to console ${consoleMs} ms`,
  )
  await Promise.all([
    demo.picture(till, 'till-paid'),
    demo.picture(wallet, 'wallet-paid'),
    demo.picture(consolePage, 'console-live'),
  ])
  expect(await till.getByTestId('result-state').getAttribute('data-state')).toBe('succeeded')
  expect(await text(till, 'till-amount')).toContain('88.50')
  expect(
    await till.evaluate(() => (globalThis as unknown as { tones: number }).tones),
  ).toBeGreaterThan(1)
  expect(await wallet.locator('.result-face').innerText()).toContain('88.50')
  expect(await consolePage.getByTestId('live-row').first().innerText()).toContain('88.50')

  // The console shows how the money was shared, and that the parts make the whole.
  await consolePage.getByTestId('live-row').first().click()
  await consolePage.getByTestId('detail').waitFor()
  await demo.picture(consolePage, 'console-payment')
  await consolePage.getByTestId('detail').getByRole('tab').nth(2).click()
  await consolePage.getByTestId('transfers-sum').waitFor()
  expect(await consolePage.getByTestId('transfers-sum').getAttribute('data-equal')).toBe('true')
  await demo.picture(consolePage, 'console-transfers')

  await sleep(1_500) // The worker writes the payer's inbox.
  const { findings } = await audit(databaseUrl(), { now: new Date() })
  expect(findings).toEqual([])
})

const databaseUrl = () =>
  `postgresql:///onetill?host=${encodeURIComponent(`${demo.dataFolder}/socket`)}&port=5432&user=onetill`

test('a code is taken once: the same scan at another sale is refused with what to do', async () => {
  const till = await openTill()
  const { code } = await demo.call<{ code: string }>(
    demo.file.payers[1]?.token ?? '',
    '/v1/payment_codes',
    {},
  )
  const collect = async () => {
    await till.getByTestId('till-sell').waitFor()
    await till.keyboard.press('F2')
    await till.keyboard.type('1')
    await till.keyboard.press('F9')
    await till.getByTestId('collect-prompt').waitFor()
    await scan(till, code)
    await till.getByTestId('result-state').waitFor()
    return till.getByTestId('result-state').getAttribute('data-state')
  }
  expect(await collect()).toBe('succeeded')
  await till.keyboard.press('Enter')
  await sleep(2_100) // The same code again at once is a double reading, and ignored.
  expect(await collect()).toBe('refused')
  expect(await text(till, 'result-reason')).toContain(zhCN['error.CODE_USED'])
  expect(await text(till, 'result-next')).not.toBe('')
  await demo.picture(till, 'till-refused')
})

test('above the no-PIN amount the till waits, and the payer approves on the phone', async () => {
  const [wallet, till] = [await openWallet('lina'), await openTill()]
  const picture = await wallet.screenshot()
  const [code] = await readCodes(picture, 'QRCode')
  await till.keyboard.press('F2')
  await till.keyboard.type('1200')
  await till.keyboard.press('F9')
  await till.getByTestId('collect-prompt').waitFor()
  await scan(till, code ?? '')
  await wallet.locator('.confirm').waitFor()
  await demo.picture(till, 'till-waiting')
  await demo.picture(wallet, 'wallet-confirm')
  await wallet.keyboard.type(demo.file.payers.find(({ login }) => login === 'lina')?.pin ?? '')
  await till.locator('[data-testid="result-state"]').waitFor()
  expect(await till.getByTestId('result-state').getAttribute('data-state')).toBe('succeeded')
  await wallet.locator('.result-face').waitFor()
})

test('a whole day at the till needs no mouse: activate, sell, collect, print', async () => {
  const till = await demo.open('/till/', { width: 1024, height: 768 })
  // A mouse that is used would fail the test.
  await till.evaluate(() => {
    for (const type of ['mousedown', 'pointerdown', 'touchstart'])
      addEventListener(
        type,
        () => ((globalThis as unknown as { mouse: boolean }).mouse = true),
        true,
      )
    window.print = () => ((globalThis as unknown as { printed: number }).printed ??= 1)
  })
  const { activation_code } = await demo.call<{ activation_code: string }>(
    '',
    '/v1/demo/activation_code',
    {},
  )
  await till.getByTestId('activation-code').waitFor()
  await till.keyboard.type(activation_code)
  await till.keyboard.press('Enter')
  await till.getByTestId('till-sell').waitFor()

  const products = await demo.call<{ data: { sku: string; barcode: string; price: number }[] }>(
    demo.file.merchant.token,
    '/v1/products',
  )
  const product = products.data.find(({ barcode }) => barcode)
  await scan(till, product?.barcode ?? '')
  await till
    .getByTestId('till-amount')
    .getByText((Number(product?.price) / 100).toFixed(2))
    .waitFor()
  await till.keyboard.press('F9')
  await till.getByTestId('collect-prompt').waitFor()
  const { code } = await demo.call<{ code: string }>(
    demo.file.payers[2]?.token ?? '',
    '/v1/payment_codes',
    {},
  )
  await scan(till, code)
  await till.locator('[data-testid="result-state"][data-state="succeeded"]').waitFor()
  await till.keyboard.press('Control+p')
  await till.waitForFunction(() => (globalThis as unknown as { printed?: number }).printed === 1)
  await till.emulateMedia({ media: 'print' })
  expect(await till.getByTestId('receipt').innerText()).toContain(demo.file.merchant.name)
  await demo.picture(till, 'receipt')
  await till.emulateMedia({ media: 'screen' })
  await till.keyboard.press('Enter')
  await till.getByTestId('till-sell').waitFor()
  expect(await till.evaluate(() => 'mouse' in globalThis)).toBe(false)
})
