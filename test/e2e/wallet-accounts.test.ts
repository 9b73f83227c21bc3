import type { Page } from 'playwright-core'
import QRCode from 'qrcode'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { startDemo, type Demo } from './demo.ts'

// A payer with accounts elsewhere: links one on the scheme's own page, puts them in order, lets the
// best offer choose, and pays what a merchant shows.

let demo: Demo

beforeAll(async () => {
  demo = await startDemo()
}, 120_000)
afterAll(() => demo.close())

type Person = { login: string; password: string }
type Listed<Item> = { data: Item[] }
type Source = { id: string; kind: string; label: string; balance: number | null }
type Payment = { id: string; state: string; next_action: string; amount: number; charged: number }
type Order = Payment & { order: { token: string; url: string; emvco_text: string } }

const payer = (place: number) => {
  const found = demo.file.payers[place]
  if (!found) throw new Error('the demo has three payers')
  return found
}

async function enter(page: Page, { login, password }: Person): Promise<void> {
  await page.locator('input[name=username]').fill(login)
  await page.locator('input[name=password]').fill(password)
  await page.locator('button[type=submit]').click()
}

async function openWallet(person: Person, path = ''): Promise<Page> {
  const page = await demo.open(`/wallet/${path}`)
  await enter(page, person)
  return page
}

/** An order of the demo shop, as its till shows it. */
const showOrder = (amount: number): Promise<Order> =>
  demo.call(demo.file.terminals[0]?.token ?? '', '/v1/orders', {
    ...{ amount, currency: 'CNY', order_no: crypto.randomUUID() },
  })

const sourcesOf = async (token: string): Promise<Source[]> =>
  (await demo.call<Listed<Source>>(token, '/v1/sources')).data

/** What can be linked at a scheme. */
const offerOf = (page: Page, scheme: string) =>
  page.locator('.add-account button.account', { has: page.locator(`[data-scheme=${scheme}]`) })

/** Agrees on the sandbox's page, as the payer does at the scheme. */
async function agreeAtAlipay(page: Page): Promise<void> {
  await page.waitForURL((url) => url.origin === demo.file.sandbox.alipay?.url)
  await page.locator('input[name=password]').fill('123456')
  await page.locator('form button').first().click()
}

test('an Alipay account is linked on its own page, moved by key and finger, and unlinked', async () => {
  const { token, ...person } = payer(0)
  const page = await openWallet(person, 'accounts')
  await offerOf(page, 'alipay').click()
  await agreeAtAlipay(page)
  await page.locator('[data-state=linked]').waitFor()
  await demo.picture(page, 'wallet-linked')
  await page.locator('.button-main').click()

  const kinds = async () => (await sourcesOf(token)).map(({ kind }) => kind)
  expect(await kinds()).toEqual(['balance', 'card', 'linked'])
  await page.locator('.page-act').click()
  await page.locator('.order-handle').nth(2).press('ArrowUp')
  await expect.poll(kinds).toEqual(['balance', 'linked', 'card'])
  await drag(page, { from: 1, to: 0 })
  await expect.poll(kinds).toEqual(['linked', 'balance', 'card'])
  await demo.picture(page, 'wallet-accounts-order')
  await page.locator('.order-row').nth(0).locator('.icon-button').nth(2).click()
  await expect.poll(kinds).toEqual(['balance', 'linked', 'card'])

  await page.locator('.page-act').click()
  await page.locator('.account-list .account[data-kind=linked]').click()
  await page.locator('.button-quiet-bad').click()
  await page.locator('.button-bad').click()
  await expect.poll(kinds).toEqual(['balance', 'card'])
})

test('a WeChat account is linked by a contract on its own page, and pays', async () => {
  const { token, ...person } = payer(2)
  const page = await openWallet(person, 'accounts')
  await offerOf(page, 'wechat').click()
  await page.waitForURL((url) => url.origin === demo.file.sandbox.wechat?.url)
  await page.locator('input[name=password]').fill('123456')
  await demo.picture(page, 'wechat-contract')
  await page.locator('form button').first().click()
  await page.locator('[data-state=linked]').waitFor()
  await demo.picture(page, 'wallet-wechat-linked')
  const linked = (await sourcesOf(token)).find(({ kind }) => kind === 'linked')
  await demo.call(token, `/v1/sources/${linked?.id}/choose`, {})
  await page.goto(`${demo.url}/wallet/`)
  await page.locator('.symbols svg').first().waitFor()
  await page.locator('.strip').waitFor()
  expect(await chargeCode(token, 1_770)).toMatchObject({ state: 'processing' })
  const result = page.locator('.result.ot-tone-succeeded', { hasText: '17.70' })
  await result.waitFor()
  expect(await result.innerText()).toContain('微信支付')
  await result.locator('.button-main').click()
  await page.goto(`${demo.url}/wallet/accounts`)
  await page.locator('.account-list .account[data-kind=linked]').click()
  await page.locator('.button-quiet-bad').click()
  await page.locator('.button-bad').click()
  const kinds = async () => (await sourcesOf(token)).map(({ kind }) => kind)
  await expect.poll(kinds).not.toContain('linked')
})

test('a bank card is put on file on UnionPay’s page, to which the wallet posts its form', async () => {
  const { token, ...person } = payer(2)
  const page = await openWallet(person, 'accounts')
  await offerOf(page, 'unionpay').click()
  await page.waitForURL((url) => url.origin === demo.file.sandbox.unionpay?.url)
  await page.locator('input[name=password]').fill('123456')
  await page.locator('form button').first().click()
  await page.locator('[data-state=linked]').waitFor()
  await demo.picture(page, 'wallet-card-on-file')
  const kinds = (await sourcesOf(token)).map(({ kind }) => kind)
  expect(kinds).toContain('bank_card')
})

async function drag(page: Page, { from, to }: { from: number; to: number }): Promise<void> {
  const boxOf = (at: number) => page.locator('.order-handle').nth(at).boundingBox()
  const [start, end] = [await boxOf(from), await boxOf(to)]
  if (!start || !end) throw new Error('the handles are on the screen')
  await page.mouse.move(start.x + 20, start.y + 20)
  await page.mouse.down()
  await page.mouse.move(end.x + 20, end.y + 20, { steps: 6 })
  await page.mouse.up()
}

test('with the choice left to the offers the linked account pays, and the payer sees why', async () => {
  const { token, ...person } = payer(1)
  await demo.call(demo.file.operator.token, '/v1/route_rules', {
    ...{ kind: 'promotion', name: '支付宝满 50 减 3', name_en: '3.00 off Alipay from 50.00' },
    promotion: { amount_off: 300, minimum: 5_000, on: { schemes: ['alipay'] } },
  })
  // The server looks at the rules every other second; what is on is what it goes by.
  const areOn = async () => (await demo.call<Listed<object>>(token, '/v1/promotions')).data.length
  await expect.poll(areOn, { timeout: 10_000 }).toBe(2)
  const page = await openWallet(person, 'accounts')
  await offerOf(page, 'alipay').click()
  await agreeAtAlipay(page)
  await page.locator('[data-state=linked]').waitFor()
  await page.goto(`${demo.url}/wallet/`)
  await page.locator('.symbols svg').first().waitFor()
  await page.locator('.strip').waitFor()
  await page.locator('.chooser').click()
  await page.locator('.source').first().click()
  await page.locator('.chooser-name', { hasText: '自动' }).waitFor()

  expect(await chargeCode(token, 5_000)).toMatchObject({ state: 'succeeded', charged: 4_700 })
  const result = page.locator('.result', { hasText: '实付 ¥47.00' })
  await result.waitFor()
  await demo.picture(page, 'wallet-discount')
  expect(await result.innerText()).toMatch(/支付宝 138[\s\S]*选用支付宝/)
})

/** The till charges a fresh code of the payer's. */
async function chargeCode(token: string, amount: number): Promise<Payment> {
  const { code } = await demo.call<{ code: string }>(token, '/v1/payment_codes', {})
  return demo.call(demo.file.terminals[0]?.token ?? '', '/v1/payments', {
    ...{ payment_code: code, amount, currency: 'CNY', order_no: crypto.randomUUID() },
  })
}

test('what a merchant shows is paid by its link, its EMVCo text, and a picture of it', async () => {
  const { token, ...person } = payer(2)
  const [byLink, byText, byPicture] = [
    await showOrder(1_880),
    await showOrder(1_990),
    await showOrder(2_010),
  ]
  const page = await demo.open(`/wallet/?pay=${byLink.order.token}`)
  await enter(page, person)
  await payShown(page)

  await page.goto(`${demo.url}/wallet/scan`)
  await page.locator('input[name=link]').fill(byText.order.emvco_text)
  await page.locator('form button[type=submit]').click()
  await demo.picture(page, 'wallet-order')
  await payShown(page)

  await page.goto(`${demo.url}/wallet/scan`)
  const buffer = await QRCode.toBuffer(byPicture.order.url, { scale: 6 })
  const file = { name: 'code.png', mimeType: 'image/png', buffer }
  await page.locator('input[type=file]').setInputFiles(file)
  await payShown(page)

  const { data } = await demo.call<Listed<Payment>>(token, '/v1/payments?limit=3')
  expect(data.map(({ id, state }) => [id, state])).toEqual(
    [byPicture, byText, byLink].map(({ id }) => [id, 'succeeded']),
  )
})

async function payShown(page: Page): Promise<void> {
  await page.locator('.order-face').waitFor()
  await page.locator('.pay-form .button-main').click()
  await page.locator('.result.ot-tone-succeeded .button-main').click()
}

test('a code on the wall asks how much, and says when the day’s cap is reached', async () => {
  const person = payer(2)
  const wall = await demo.call<{ url: string }>(demo.file.merchant.token, '/v1/merchant_codes', {
    ...{ store: demo.file.store.id, name: '门口立牌' },
  })
  const page = await openWallet(person, 'scan')
  const pay = async (amount: string): Promise<void> => {
    await page.locator('input[name=link]').fill(wall.url)
    await page.locator('form button[type=submit]').click()
    await page.locator('input[name=amount]').fill(amount)
    await page.locator('.pay-form .button-main').click()
    await page.locator('.result').waitFor()
  }
  await pay('300')
  await page.locator('.result.ot-tone-succeeded .button-main').click()
  await page.goto(`${demo.url}/wallet/scan`)
  await pay('201')
  expect(await page.locator('.result-why').innerText()).toContain('静态码')
})

test('a debit by another institution waits for the PIN, and stands in the bills', async () => {
  const { token, pin, ...person } = demo.file.city_payer
  const page = await openWallet(person)
  await page.locator('.symbols svg').first().waitFor()
  const asked = await chargeCode(token, 120_000)
  expect(asked).toMatchObject({ state: 'processing', next_action: 'payer_confirms' })
  await page.locator('.confirm').waitFor()
  await page.keyboard.type(pin)
  await page.locator('.result.ot-tone-succeeded').waitFor()
  await demo.picture(page, 'wallet-debit')
  await page.locator('.result .button-main').click()
  await page.goto(`${demo.url}/wallet/bills`)
  expect(await page.locator('.bill').first().innerText()).toContain('1,200.00')
})

test('a refund stands under its payment and among the bills, with its state', async () => {
  const { token, ...person } = payer(2)
  const { data } = await demo.call<Listed<Payment>>(token, '/v1/payments?limit=100')
  const paid = data.find(({ amount, state }) => amount === 1_880 && state === 'succeeded')
  const page = await openWallet(person, `bills/${paid?.id}`)
  await page.locator('.bill-face').waitFor()
  await demo.call(demo.file.operator.token, '/v1/refunds', { payment: paid?.id, amount: 880 })
  const refund = page.locator('.refund')
  await refund.waitFor()
  expect(await refund.innerText()).toMatch(/已退款[\s\S]*8\.80/)
  await page.goto(`${demo.url}/wallet/bills`)
  const row = page.getByTestId('refund-row').first()
  await row.waitFor()
  expect(await row.innerText()).toMatch(/\+¥8\.80[\s\S]*已退款/)
})
