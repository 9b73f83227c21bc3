/// <reference lib="dom" />
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { startDemo, type Demo } from './demo.ts'

let demo: Demo

beforeAll(async () => {
  demo = await startDemo()
  // Something to show: payments by each payer, with a place and with goods.
  for (const [at, payer] of demo.file.payers.entries()) {
    const { code } = await demo.call<{ code: string }>(payer.token, '/v1/payment_codes', {})
    const amount = 1_250 * (at + 1)
    await demo.call(demo.file.terminals[0]?.token ?? '', '/v1/payments', {
      ...{ payment_code: code, amount, currency: 'CNY', order_no: `screens-${at}` },
      goods: [{ sku: `s-${at}`, name: '乌龙茶', quantity: 1, unit_price: amount }],
      position: { latitude: 31.2304, longitude: 121.4737, accuracy_m: 8 },
    })
  }
}, 120_000)
afterAll(() => demo.close())

/** What went wrong on a page that its user may never see: exceptions and refused resources. */
function watch(page: Page): string[] {
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (line) => {
    if (line.type() === 'error') problems.push(line.text())
  })
  return problems
}

const isTooWide = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth + 1)

const sizes = [
  { width: 390, height: 844 },
  { width: 1440, height: 900 },
]
const consolePages = [
  ...['', 'live', 'payments', 'merchants', 'stores', 'terminals', 'products'],
  ...['refunds', 'exceptions', 'codes', 'channels', 'issuers', 'routing', 'webhooks'],
  ...['rules', 'accounts', 'parties', 'payers', 'trail'],
]

test.each(sizes)('the console shows every page at $width px without a fault', async (size) => {
  const page = await demo.open('/console/', size)
  const problems = watch(page)
  await page.getByTestId('demo-operator').click()
  await page.getByTestId('test-strip').waitFor()
  for (const name of consolePages) {
    await page.goto(`${demo.url}/console/${name}`)
    await page.locator('h1').first().waitFor()
    await expect.poll(() => page.locator('.ant-skeleton').count()).toBe(0)
    expect(await isTooWide(page), name).toBe(false)
    await demo.picture(page, `console-${name || 'overview'}-${size.width}`)
  }
  expect(problems).toEqual([])
})

test('a shop manager sees the own shop and none of the books of others', async () => {
  const page = await demo.open('/console/', { width: 1440, height: 900 })
  const problems = watch(page)
  await page.getByTestId('demo-boss').click()
  await page.getByTestId('nav-payments').click()
  await page.locator('tbody tr').first().waitFor()
  expect(await page.getByTestId('nav-parties').count()).toBe(0)
  expect(await page.getByTestId('nav-trail').count()).toBe(0)
  expect(problems).toEqual([])
})
