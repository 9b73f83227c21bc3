import { spawn, type ChildProcess } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'

import type { DemoFile } from '../../app/demo/demo.ts'
import { signedBy, type DeviceKey } from '../../bench/parts/signing.ts'
import { sleep } from '../../modules/lib/retry.ts'

const command = fileURLToPath(new URL('../../app/onetill.ts', import.meta.url))

/** Where screenshots are kept for a person to look at. Not part of the repository. */
const pictures = fileURLToPath(new URL('../../test-results/', import.meta.url))

export type Demo = {
  url: string
  dataFolder: string
  file: DemoFile
  browser: Browser
  /** A person at a screen of their own: no cookies or storage shared with the others. */
  open(path: string, size?: { width: number; height: number }): Promise<Page>
  /** Keeps what is on the screen as `test-results/<name>.png`. */
  picture(page: Page, name: string): Promise<Buffer>
  /** Calls the API as the bearer of a token; answers the body of the answer. */
  call<T>(token: string, path: string, body?: unknown, method?: string): Promise<T>
  close(): Promise<void>
}

const phone = { width: 390, height: 844 }

/** Starts the demo as a stranger would, on a port and data folder of its own, and a browser. */
export async function startDemo(): Promise<Demo> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'onetill-e2e-'))
  const port = await freePort()
  const url = `http://localhost:${port}`
  const child = spawn(process.execPath, [command, 'demo'], {
    env: { PATH: process.env['PATH'] ?? '', PORT: String(port), DATA_DIR: dataFolder },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  await ready(url, child)
  const file = JSON.parse(readFileSync(join(dataFolder, 'demo.json'), 'utf8')) as DemoFile
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--mute-audio'],
  })
  const contexts: BrowserContext[] = []
  mkdirSync(pictures, { recursive: true })

  return {
    url,
    dataFolder,
    file,
    browser,
    async open(path, size = phone) {
      const context = await browser.newContext({
        viewport: size,
        deviceScaleFactor: 2,
        locale: 'zh-CN',
        timezoneId: 'Asia/Shanghai',
        geolocation: { latitude: 31.2304, longitude: 121.4737, accuracy: 12 },
        permissions: ['geolocation'],
      })
      contexts.push(context)
      const page = await context.newPage()
      await page.goto(url + path)
      return page
    },
    picture: (page, name) => page.screenshot({ path: join(pictures, `${name}.png`) }),
    async call<T>(token: string, path: string, body?: unknown, method?: string) {
      const verb = method ?? (body === undefined ? 'GET' : 'POST')
      const sent = body === undefined ? null : JSON.stringify(body)
      const key = sent === null ? null : crypto.randomUUID()
      const type = sent === null ? null : 'application/json'
      const device = deviceOf(file, token)
      const about = { contentType: type, idempotencyKey: key }
      const request = { method: verb, url: url + path, body: sent, ...about }
      const response = await fetch(url + path, {
        method: verb,
        headers: {
          authorization: `Bearer ${token}`,
          ...(type && { 'content-type': type }),
          ...(key && { 'idempotency-key': key }),
          ...(device && verb !== 'GET' && signedBy(device, request)),
        },
        ...(sent !== null && { body: sent }),
      })
      return (await response.json()) as T
    },
    async close() {
      for (const context of contexts) await context.close()
      await browser.close()
      const gone = once(child, 'exit')
      child.kill('SIGINT')
      await gone
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}

/** The key of the demo terminal whose token this is; null for whoever is none. */
function deviceOf({ terminals }: DemoFile, token: string): DeviceKey | null {
  const terminal = terminals.find((one) => one.token === token)
  if (!terminal) return null
  return { keyId: terminal.key_id, privateKey: createPrivateKey(terminal.private_key) }
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  for (let tried = 0; tried < 600; tried++) {
    if (child.exitCode !== null) throw new Error(`the demo ended with ${child.exitCode}`)
    const isReady = await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isReady) return
    await sleep(100)
  }
  throw new Error('the demo is not ready after a minute')
}

async function freePort(): Promise<number> {
  const probe = createServer()
  probe.listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  const port = typeof address === 'object' && address ? address.port : 0
  probe.close()
  await once(probe, 'close')
  return port
}

/**
 * Types as a wedge scanner does: real key events, 8 ms apart by their own time stamps however busy
 * the machine is, and Enter at the end. Answers when Enter went out, in ms since 1970.
 */
export async function scan(page: Page, text: string): Promise<number> {
  const devtools = await page.context().newCDPSession(page)
  const startedMs = Date.now()
  const keys = [
    ...[...text].map((digit) => ({
      ...{ key: digit, code: `Digit${digit}`, text: digit },
      windowsVirtualKeyCode: digit.charCodeAt(0),
    })),
    { key: 'Enter', code: 'Enter', text: '\r', windowsVirtualKeyCode: 13 },
  ]
  const sent = keys.flatMap((key, at) => {
    const timestamp = (startedMs + at * 8) / 1000
    return [
      devtools.send('Input.dispatchKeyEvent', { type: 'keyDown', ...key, timestamp }),
      devtools.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key, timestamp }),
    ]
  })
  const sentMs = Date.now()
  await Promise.all(sent)
  await devtools.detach()
  return sentMs
}
