/// <reference lib="dom" />
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { startDemo, type Demo } from './demo.ts'

let demo: Demo
beforeAll(async () => {
  demo = await startDemo()
}, 120_000)
afterAll(() => demo.close())

const wide = { width: 1440, height: 900 }

/** What went wrong on a page that its user may never see. */
function watch(page: Page): string[] {
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (line) => {
    if (line.type() === 'error') problems.push(line.text())
  })
  return problems
}

async function openConsole(): Promise<Page> {
  const page = await demo.open('/console/', wide)
  await page.getByTestId('demo-operator').click()
  await page.getByTestId('test-strip').waitFor()
  return page
}

const control = async (path: string, method: string, body?: unknown): Promise<void> => {
  const answer = await fetch(`${demo.file.sandbox?.wechat?.url ?? ''}/control/${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  expect(answer.ok, await answer.text()).toBe(true)
}

/** A fresh code of a payer's phone at the sandbox of WeChat. */
async function scanWechat(): Promise<string> {
  const answer = await fetch(`${demo.file.sandbox?.wechat?.phone ?? ''}.json`)
  return ((await answer.json()) as { code: string }).code
}

test('a channel is tried, answers in words, and shows hints of its keys and no key', async () => {
  const page = await openConsole()
  const problems = watch(page)
  await page.getByTestId('nav-channels').click()
  const account = page.getByTestId('channel-row').filter({ hasText: '演示银行' })
  await account.click()
  await page.getByTestId('test-connection').click()
  const result = page.getByTestId('test-result')
  await expect.poll(() => result.getAttribute('data-ok')).toBe('true')
  expect(await result.innerText()).toMatch(/连接正常.*\d+ 毫秒/s)
  expect(await page.getByTestId('key-row').first().innerText()).toMatch(/[0-9a-f]{12}/)
  expect(await page.content()).not.toMatch(/PRIVATE KEY|BEGIN CERTIFICATE/)

  await control('faults', 'POST', { kind: 'down', operation: 'query' })
  await page.getByTestId('test-connection').click()
  await expect.poll(() => result.getAttribute('data-ok')).toBe('false')
  await demo.picture(page, 'console-channel-ill')
  expect(problems).toEqual([])
})

test('a promotion that was just made wins the dry run, and ended it wins no more', async () => {
  const page = await openConsole()
  const problems = watch(page)
  await page.getByTestId('nav-routing').click()
  await page.getByTestId('create').first().click()
  await page.getByLabel('名称', { exact: true }).fill('支付宝满 20 减 1.50')
  await page.locator('#promotion_amount_off').fill('1.50')
  await page.locator('#promotion_minimum').fill('20')
  await page.locator('#promotion_budget').fill('30')
  await choose(page, '#promotion_on_schemes', '支付宝')
  await page.getByTestId('form-submit').click()
  const rule = page.getByTestId('route-rule-row').filter({ hasText: '支付宝满 20 减 1.50' })
  await rule.waitFor()
  expect(await rule.innerText()).toMatch(/满 ¥20.00 减 ¥1.50[\s\S]*¥0.00 \/ ¥30.00/)

  await page.locator('#amount').fill('45.00')
  await choose(page, '#scheme', '支付宝')
  const winner = page.getByTestId('dry-run-winner')
  // All processes follow a rule within 2 s.
  const ask = async () => {
    await page.getByTestId('dry-run').click()
    await winner.waitFor()
    return winner.innerText()
  }
  await expect.poll(ask, { timeout: 10_000, interval: 500 }).toMatch(/立减 1.50 元[\s\S]*¥43.50/)
  await demo.picture(page, 'console-dry-run')

  await rule.getByTestId('end').click()
  await page.locator('.ant-modal-confirm').getByRole('button', { name: '结束' }).click()
  await expect.poll(() => rule.count()).toBe(0)
  await expect.poll(ask, { timeout: 10_000, interval: 500 }).not.toMatch(/立减/)
  expect(problems).toEqual([])
})

// The choices of the open list stand outside of the form.
async function choose(page: Page, field: string, word: string): Promise<void> {
  await page.locator(field).click()
  await page
    .locator('.ant-select-dropdown:visible .ant-select-item-option', { hasText: word })
    .first()
    .click()
  await page.keyboard.press('Escape')
}

/** WeChat says after the reversal that it was paid after all, and then does not answer refunds. */
async function makeLateMoney(): Promise<void> {
  const all = demo.file.channel_accounts ?? []
  const ids = all.filter(({ channel }) => channel === 'wechat').map(({ id }) => id)
  const schedule = {
    reverseNotBeforeMs: 0,
    reverseEveryMs: 1_000,
    followUpMs: [2_000, 2_000, 5_000],
  }
  for (const account of ids) {
    const answer = await fetch(`${demo.url}/v1/channel_accounts/${account}`, {
      method: 'PATCH',
      headers: {
        authorization: `Bearer ${demo.file.operator.token}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ settings: { schedule } }),
    })
    expect(answer.status).toBe(200)
  }
  await control('faults', 'DELETE')
  await control('faults', 'POST', [
    { kind: 'late_success', operation: 'reverse', value: 1_000 },
    { kind: 'down', operation: 'refund', times: null },
  ])
  const till = demo.file.terminals[0]?.token ?? ''
  const payment = await demo.call<{ id: string }>(till, '/v1/payments', {
    ...{ payment_code: await scanWechat(), amount: 1_202, currency: 'CNY', order_no: 'late-1' },
  })
  await demo.call(till, `/v1/payments/${payment.id}/reverse`, {})
}

test('late money shows up by itself in the queue, and a person decides about it', async () => {
  const page = await openConsole()
  const problems = watch(page)
  await page.getByTestId('nav-exceptions').click()
  await page.getByText('没有待处理的异常').waitFor()
  expect(await page.getByTestId('exceptions-badge').count()).toBe(0)

  await makeLateMoney()
  const row = page.getByTestId('exception-row')
  await row.waitFor({ timeout: 60_000 })
  expect(await row.innerText()).toMatch(/撤销后才到账[\s\S]*¥12.02/)
  expect(await page.getByTestId('exceptions-badge').innerText()).toMatch(/^1/)
  expect(await page.getByTestId('risk').innerText()).toContain('12')

  await row.click()
  const detail = page.getByTestId('exception-detail')
  await detail.waitFor()
  await demo.picture(page, 'console-exception')
  await page.getByTestId('note').fill('对账时处理')
  await page.getByTestId('do-keep_in_suspense').click()
  await page.locator('.ant-modal-confirm').getByRole('button', { name: '留在暂收' }).click()
  await expect.poll(() => detail.getAttribute('data-state')).toBe('resolved')
  expect(await detail.innerText()).toMatch(/留在暂收[\s\S]*对账时处理/)
  await expect.poll(() => page.getByTestId('exceptions-badge').count()).toBe(0)
  expect(problems).toEqual([])
}, 120_000)
