/// <reference lib="dom" />
import { mkdirSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'

import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { openRoads, type Roads } from '../flow/roads.ts'
import { serve, type Desk } from '../flow/serve.ts'

// The page behind the codes that merchants show, in a real browser: its script, and what its
// Content-Security-Policy lets it do.

const pictures = fileURLToPath(new URL('../../test-results/', import.meta.url))
const phone = 'Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/130.0.0.0 Mobile Safari/537.36'

let browser: Browser

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true })
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
})
afterAll(() => browser.close())

async function openPage(app = '') {
  const context = await browser.newContext({
    ...{ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, locale: 'zh-CN' },
    userAgent: `${phone} ${app}`,
  })
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (line) => {
    if (line.type() === 'error' && !/favicon/.test(line.location().url)) problems.push(line.text())
  })
  return { page, problems }
}

async function openDesk(): Promise<{ shop: Roads; desk: Desk; base: string }> {
  const shop = await openRoads()
  const desk = await serve(shop)
  await desk.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = desk.app.server.address() as AddressInfo
  return { shop, desk, base: `http://127.0.0.1:${port}` }
}

async function showOrder({ call }: Desk, { terminal }: Roads): Promise<string> {
  const body = { amount: 2_500, currency: 'CNY', order_no: 'browser' }
  const shown = await call('POST', '/v1/orders', { token: terminal.token, key: 'b', body })
  return `/c/${shown.body.order.token}`
}

test('inside WeChat the payer pays without choosing, and the page tells of it', async () => {
  const { shop, desk, base } = await openDesk()
  const path = await showOrder(desk, shop)
  const { page, problems } = await openPage('MicroMessenger/8.0.50')
  await page.goto(base + path)
  await page.waitForURL(`${shop.wechat.url}/h5/**`)
  const form = page.locator('form', { hasText: '王' }).first()
  await form.locator('input[name=password]').fill('123456')
  await form.locator('button').click()
  await shop.pass(15_000)
  await page.goto(`${base}${path}/result`)
  await expect.poll(() => page.locator('.state').textContent()).toContain('付款成功')
  await page.screenshot({ path: `${pictures}cashier-paid.png` })
  expect(problems).toEqual([])
})

test.each([
  ['alipay', 'AlipayClient/10.6.60'],
  ['unionpay', 'UnionPay/1.0 CloudPay'],
] as const)('inside the app of %s the browser is sent to that scheme’s page', async (road, app) => {
  const { shop, desk, base } = await openDesk()
  const path = await showOrder(desk, shop)
  const { page, problems } = await openPage(app)
  await page.goto(base + path)
  await page.waitForURL((url) => url.origin === new URL(shop[road].url).origin)
  expect(await page.locator('body').textContent()).toContain('25.00')
  expect(problems).toEqual([])
})

test('a code on the wall asks how much, lets the payer choose, and hears of the outcome by itself', async () => {
  const { shop, desk, base } = await openDesk()
  const made = await desk.call('POST', '/v1/merchant_codes', {
    ...{ token: desk.staff.merchant, key: 'wall', body: { store: shop.storeId, name: '1 号台' } },
  })
  const { page, problems } = await openPage()
  await page.goto(`${base}/c/${made.body.token}/print`)
  await page.screenshot({ path: `${pictures}cashier-wall.png` })
  await page.goto(`${base}/c/${made.body.token}`)
  await page.getByLabel('付款金额 (CNY)').fill('12.50')
  await page.screenshot({ path: `${pictures}cashier-amount.png` })
  await page.getByRole('button', { name: '下一步' }).click()
  await page.getByRole('button', { name: '支付宝' }).waitFor()
  await page.screenshot({ path: `${pictures}cashier-choice.png` })

  // Another phone pays the same order meanwhile: this page says so without being asked.
  const path = new URL(page.url()).pathname
  const { token } = shop.payer
  const paid = await desk.call('POST', `/v1/orders/${path.slice(3)}/pay`, {
    ...{ token, key: 'elsewhere', body: {} },
  })
  expect(paid.body.state).toBe('succeeded')
  await page.waitForURL(`${base}${path}/result`)
  await expect.poll(() => page.locator('.state').textContent()).toContain('付款成功')
  expect(problems).toEqual([])
})
