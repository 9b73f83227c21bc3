/// <reference lib="dom" />
import { afterAll, beforeAll, expect, test } from 'vitest'

import { readCodes } from './code.ts'
import { startDemo, type Demo } from './demo.ts'

let demo: Demo

beforeAll(async () => {
  demo = await startDemo()
}, 120_000)
afterAll(() => demo.close())

async function signIn(page: Awaited<ReturnType<Demo['open']>>): Promise<void> {
  const [person] = demo.file.payers
  await page.locator('input[name=username]').fill(person?.login ?? '')
  await page.locator('input[name=password]').fill(person?.password ?? '')
  await page.locator('button[type=submit]').click()
  await page.locator('.symbols svg').first().waitFor()
}

test('the wallet starts without a network, says so, and shows no code', async () => {
  const page = await demo.open('/wallet/')
  await signIn(page)
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  // The worker takes over at the next start, as on a phone that opens the app again.
  await page.reload()
  await page.locator('.symbols svg').first().waitFor()
  await page.context().setOffline(true)
  await page.reload()
  await page.locator('.no-code').getByRole('heading').waitFor()
  expect(await page.locator('.symbols svg').count()).toBe(0)
  await demo.picture(page, 'wallet-offline')
  await page.context().setOffline(false)
  await page.locator('.symbols svg').first().waitFor()
})

test('a code that expires while there is no network leaves the screen', async () => {
  const page = await demo.open('/wallet/')
  await page.clock.install()
  await page.reload()
  await signIn(page)
  const [before] = await readCodes(await page.screenshot(), 'QRCode')
  expect(before).toMatch(/^80\d{16}$/)
  await page.context().setOffline(true)
  await page.clock.runFor(61_000)
  await page.locator('.no-code').waitFor()
  expect(await readCodes(await page.screenshot(), 'QRCode')).toEqual([])
})

test('a code is renewed before its minute is over, and the next one is another', async () => {
  const page = await demo.open('/wallet/')
  await page.clock.install()
  await page.reload()
  await signIn(page)
  const [first] = await readCodes(await page.screenshot(), 'QRCode')
  await page.clock.runFor(61_000)
  await expect
    .poll(async () => (await readCodes(await page.screenshot(), 'QRCode'))[0], { timeout: 20_000 })
    .toSatisfy((code) => typeof code === 'string' && code !== first)
})

test('the code stands in no title, address or storage', async () => {
  const page = await demo.open('/wallet/')
  await signIn(page)
  const [code = 'none'] = await readCodes(await page.screenshot(), 'QRCode')
  const kept = await page.evaluate(async () => {
    const databases = await indexedDB.databases()
    const stored = JSON.stringify({ ...localStorage, ...sessionStorage })
    return [document.title, location.href, stored, JSON.stringify(databases)].join('\n')
  })
  expect(code).toMatch(/^80\d{16}$/)
  expect(kept).not.toContain(code)
})
