import { spawn, type ChildProcess } from 'node:child_process'
import { createHmac, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'

import { expect, onTestFinished, test } from 'vitest'

import { activateBox } from '../../app/terminal/activate.ts'
import { openBox, type BoxFile } from '../../app/terminal/box.ts'
import { openCalls } from '../../app/terminal/calls.ts'
import { openDesk } from '../../app/terminal/desk.ts'
import { openKept } from '../../app/terminal/kept.ts'
import { serveSerialTill } from '../../app/terminal/serial-till.ts'
import { sleep } from '../../modules/lib/retry.ts'
import { serve, type Desk } from './serve.ts'
import { openShop, PIN, type Shop } from './shop.ts'

const program = fileURLToPath(new URL('../../app/onetill.ts', import.meta.url))

type World = { shop: Shop; desk: Desk; server: string; folder: string; terminalId: string }

/** A shop whose server listens, and a folder that is about to be its terminal. */
async function openWorld(): Promise<World & { code: string }> {
  const shop = await openShop({ balanceMinor: 500_000n })
  const desk = await serve(shop)
  const server = await desk.app.listen({ port: 0, host: '127.0.0.1' })
  const folder = mkdtempSync(join(tmpdir(), 'onetill-box-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const { body } = await desk.call('POST', '/v1/terminals', {
    ...{ token: desk.staff.merchant, key: randomUUID() },
    body: { store: shop.storeId, name: '无屏终端' },
  })
  return { ...{ shop, desk, server, folder }, terminalId: body.id, code: body.activation_code }
}

type Running = { child: ChildProcess; said(): string; until(text: string | RegExp): Promise<void> }

/** Starts `onetill terminal …`, as a person at the box does. */
function start(...words: string[]): Running {
  const child = spawn(process.execPath, [program, 'terminal', ...words], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', LANG: 'en_US.UTF-8' },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (part: Buffer) => (said += part.toString()))
  }
  return {
    child,
    said: () => said,
    async until(text) {
      for (let tried = 0; tried < 1_500; tried++) {
        if (typeof text === 'string' ? said.includes(text) : text.test(said)) return
        await sleep(20)
      }
      throw new Error(`it never said ${String(text)}, but:\n${said}`)
    },
  }
}

const boxOf = (folder: string) =>
  JSON.parse(readFileSync(join(folder, 'terminal.json'), 'utf8')) as BoxFile

/** A cash register that signs what it asks, and believes only an answer that is signed. */
function openRegister(pairingKey: string, port: string) {
  const hmac = (lines: string[]) =>
    createHmac('sha256', Buffer.from(pairingKey, 'base64url'))
      .update(lines.join('\n'))
      .digest('hex')
  return async (method: string, path: string, body?: object) => {
    const [time, nonce] = [String(Math.floor(Date.now() / 1000)), randomUUID()]
    const text = body ? JSON.stringify(body) : ''
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: {
        'x-onetill-time': time,
        'x-onetill-nonce': nonce,
        'x-onetill-signature': hmac([method, path, time, nonce, text]),
      },
      ...(body && { body: text }),
    })
    const answer = await response.text()
    const signature = hmac([nonce, String(response.status), answer])
    expect(response.headers.get('x-onetill-signature')).toBe(signature)
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the test says what it expects
    return { status: response.status, body: JSON.parse(answer) as any }
  }
}

const portOf = (running: Running) => /http: (?:.*:)?(\d+)/.exec(running.said())?.[1] ?? ''

const runWords = (folder: string) => [
  'run',
  '--folder',
  folder,
  '--till',
  'http:0',
  '--scan-seconds',
  '20',
]

test('a box with a scanner takes payments for a cash register, through a restart and a lock', async () => {
  const { shop, desk, server, folder, terminalId, code } = await openWorld()
  const activation = start('activate', '--server', server, '--code', code, '--folder', folder)
  await once(activation.child, 'exit')
  expect(activation.said()).toContain(boxOf(folder).pairing_key)
  for (const file of ['device-key.pem', 'terminal.json']) {
    expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600)
  }

  const first = start(...runWords(folder))
  await first.until('Waiting for the cash register')
  const register = openRegister(boxOf(folder).pairing_key, portOf(first))
  const stranger = await fetch(`http://127.0.0.1:${portOf(first)}/charge`, { method: 'POST' })
  expect(stranger.status).toBe(401)

  // A scan pays, and the same reference again is the same payment.
  const wish = { amount: 8_850, currency: 'CNY', reference: 'B1001' }
  const paid = register('POST', '/charge', wish)
  await first.until('88.50 CNY (B1001): scan')
  expect((await register('POST', '/charge', { ...wish, reference: 'B9' })).body.code).toBe(
    'TILL_BUSY',
  )
  first.child.stdin?.write(`${await shop.code()}\n`)
  expect((await paid).body).toMatchObject({ state: 'succeeded', charged: 8_850, may_retry: false })
  expect((await register('POST', '/charge', wish)).body).toEqual((await paid).body)
  const other = await register('POST', '/charge', { ...wish, amount: 1 })
  expect([other.status, other.body.code]).toEqual([422, 'REFERENCE_REUSED'])

  // While the payer is asked for the PIN the box dies, and its next life sees the same payment end.
  const large = { amount: 120_000, currency: 'CNY', reference: 'B1002' }
  const lost = register('POST', '/charge', { ...large, scanned_text: await shop.code() }).catch(
    () => 'lost',
  )
  await first.until('types the password')
  first.child.stdin?.write(`${await shop.code()}\n`)
  await first.until('A payment is under way')
  first.child.kill('SIGKILL')
  expect(await lost).toBe('lost')

  const second = start(...runWords(folder))
  await second.until('The payment B1002 of before has no end yet')
  await second.until(/http: /)
  const again = openRegister(boxOf(folder).pairing_key, portOf(second))
  const joined = again('POST', '/charge', large)
  const { body: list } = await desk.call('GET', '/v1/payments?open=true', {
    token: shop.merchantToken,
  })
  expect(list.data.length).toBe(1)
  const confirmation = await desk.call('POST', `/v1/payments/${list.data[0].id}/confirm`, {
    ...{ token: shop.payer.token, body: { pin: PIN } },
  })
  expect(confirmation.status).toBe(200)
  expect((await joined).body).toMatchObject({ state: 'succeeded', payment: list.data[0].id })

  // Locked from afar: the charge that waits for its scan ends, and the next one does not begin.
  const waiting = again('POST', '/charge', { ...wish, reference: 'B1003' })
  await second.until('(B1003): scan')
  const locking = await desk.call('PATCH', `/v1/terminals/${terminalId}`, {
    ...{ token: desk.staff.operator, body: { state: 'locked', reason: '盘点' } },
  })
  expect(locking.status).toBe(200)
  expect((await waiting).body).toMatchObject({ state: 'refused', code: 'TERMINAL_LOCKED' })
  await second.until(/This terminal is locked: 盘点/)
  const refused = await again('POST', '/charge', { ...wish, reference: 'B1004' })
  expect(refused.body).toMatchObject({ code: 'TERMINAL_LOCKED', may_retry: true })

  second.child.kill('SIGTERM')
  expect(await once(second.child, 'exit')).toEqual([0, null])
  await shop.audit()
})

test('a cash register on a serial line is answered when a scan has paid, and a used code is scanned anew', async () => {
  const { shop, server, folder, code } = await openWorld()
  await activateBox({ server, code, folder, mayReplace: false })
  const box = openBox(folder)
  const said: string[] = []
  const desk = openDesk({
    ...{ calls: openCalls(box, Date.now), kept: openKept(folder), terminalId: box.terminal.id },
    ...{ place: null, nowMs: Date.now, scanMs: 10_000, say: (word) => void said.push(word) },
  })
  const [input, output] = [new PassThrough(), new PassThrough()]
  const line = serveSerialTill({ input, output }, { desk, currency: 'CNY' })
  onTestFinished(() => (line.close(), desk.close()))
  const ask = async (text: string) => {
    input.write(`${text}\r\n`)
    return String((await once(output, 'data'))[0]).trim()
  }
  const until = async (word: string) => {
    for (let tried = 0; tried < 1_500 && !said.includes(word); tried++) await sleep(10)
    expect(said).toContain(word)
  }

  expect(await ask('STATUS')).toBe('IDLE')
  expect(await ask('CHARGE 0 S1')).toBe('FAIL INVALID_REQUEST -')
  const used = await shop.code()
  await shop.pay({ code: used })
  const paid = ask('CHARGE 1500 S1')
  await until('scan_now')
  desk.scan('6901234567892')
  await until('scan_is_goods')
  desk.scan(used)
  await until('scan_again')
  desk.scan(await shop.code())
  expect(await paid).toMatch(/^OK pay_\w+ 1500 onetill S1$/)
  expect(await ask('CHARGE 1500 S1')).toBe(await paid)

  const cancelled = ask('CHARGE 700 S2')
  await sleep(20)
  desk.cancel('S2')
  expect(await cancelled).toBe('FAIL cancelled S2')
})
