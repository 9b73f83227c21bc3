import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { startSandbox, type Places, type Sandbox } from '../../app/start/sandbox.ts'
import { isAlive, signal } from '../../modules/database/processes.ts'
import { sandboxPid } from './program.ts'

// The sandbox as the demo runs it: a process of its own, followed by ours.

let dataFolder: string
let warned: string[]
let opened: Sandbox[]

beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'onetill-sandbox-'))
  warned = []
  opened = []
})
afterEach(async () => {
  for (const sandbox of opened) await sandbox.close()
  rmSync(dataFolder, { recursive: true, force: true })
})

const log = {
  info: () => undefined,
  warn: (_fields: object, message: string) => void warned.push(message),
  error: () => undefined,
}

function start(port: number): Sandbox {
  const sandbox = startSandbox({ port, dataFolder }, log)
  opened.push(sandbox)
  return sandbox
}

async function placesOf(sandbox: Sandbox): Promise<Places> {
  const places = await sandbox.places()
  expect(places).not.toBeNull()
  return places as Places
}

const urlOf = (place: Places['wechat']): string => ('url' in place ? place.url : place.problem)

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const codeOn = async (url: string) =>
  ((await (await fetch(`${url}.json`)).json()) as { code: string }).code

test('the phones show codes of their schemes, on the ports after ours', async () => {
  const port = await freePort()
  const places = await placesOf(start(port))
  expect(await codeOn(`${urlOf(places.wechat)}/phone/wang`)).toMatch(/^1[0-5]\d{16}$/)
  expect(await codeOn(`${urlOf(places.alipay)}/phone/chen`)).toMatch(/^(2[5-9]|30)\d{16}$/)
  expect(await codeOn(`${urlOf(places.unionpay)}/phone/zhou`)).toMatch(/^62\d{17}$/)
  expect(urlOf(places.wechat)).toBe(`http://127.0.0.1:${port + 1}`)
  expect(places.wechat).toMatchObject({ tlsUrl: `https://127.0.0.1:${port + 4}` })
  const folder = join(dataFolder, 'sandbox')
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  const modes = readdirSync(folder).map((file) => statSync(join(folder, file)).mode & 0o777)
  expect(modes).toEqual([0o600, 0o600, 0o600])
})

test('a port that is taken is replaced by another', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const places = await placesOf(start(port - 1))
  taken.close()
  expect(urlOf(places.wechat)).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect(urlOf(places.wechat)).not.toBe(`http://127.0.0.1:${port}`)
  expect(urlOf(places.alipay)).toBe(`http://127.0.0.1:${port + 1}`)
})

test('after a kill it is back where it was, with the same keys and books', async () => {
  const sandbox = start(await freePort())
  const before = await placesOf(sandbox)
  const accounts = async () => (await fetch(`${urlOf(before.alipay)}/control/accounts`)).json()
  const known: unknown = await accounts()
  let moved: Places | undefined
  sandbox.onPlaces(async (places) => void (moved = await Promise.resolve(places)))
  signal(sandboxPid(dataFolder), 'SIGKILL')
  await expect.poll(() => moved, { timeout: 10_000 }).toEqual(before)
  expect(await accounts()).toEqual(known)
  expect(warned).toEqual(['the sandbox has ended and is started again'])
})

test('a counterpart that cannot start says why, and the others are there', async () => {
  const sandboxFolder = join(dataFolder, 'sandbox')
  const first = start(await freePort())
  await placesOf(first)
  await first.close()
  writeFileSync(join(sandboxFolder, 'alipay.jsonl'), '{"broken\n')
  const places = await placesOf(start(await freePort()))
  expect(places.alipay).toEqual({ problem: expect.stringContaining('JSON') as string })
  expect(await codeOn(`${urlOf(places.wechat)}/phone/li`)).toMatch(/^1\d{17}$/)
})

test('a sandbox that cannot start at all is said once, and nobody waits for it for ever', async () => {
  writeFileSync(join(dataFolder, 'sandbox'), 'a file where the folder should be')
  const sandbox = start(await freePort())
  expect(await sandbox.places()).toBeNull()
  expect(warned).toEqual(['the sandbox has ended and is started again'])
})

test('closing it ends the process', async () => {
  const sandbox = start(await freePort())
  await placesOf(sandbox)
  const pid = sandboxPid(dataFolder)
  await sandbox.close()
  expect(isAlive(pid)).toBe(false)
})
