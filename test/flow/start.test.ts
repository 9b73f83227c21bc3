import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'

import { isAlive, postgresIn, signal } from '../../modules/database/processes.ts'
import { sleep } from '../../modules/lib/retry.ts'
import * as start from '../start/program.ts'

// Source: DESIGN §7; after a kill of anything the next start serves within 10 s, and a stop takes
// no longer. The machine of a test is busy, so what is asserted is the promise and not the habit.
const PROMISED_MS = 10_000

let place: start.Place
let programs: start.Program[]

// What the first start has made, kept when it is stopped: the others start with a copy of it.
const keep = mkdtempSync(join(tmpdir(), 'onetill-kept-'))
const made = join(keep, 'data')
afterAll(() => rmSync(keep, { recursive: true, force: true }))

beforeEach(async () => {
  place = await start.newPlace()
  programs = []
})
afterEach(async () => {
  for (const program of programs) program.press('SIGKILL')
  await Promise.all(programs.map(({ ended }) => ended))
  await place.remove()
})

/** Starts the demo and waits for it: longer for the first time, which makes a database. */
async function open(withinMs = PROMISED_MS): Promise<start.Program> {
  const program = start.startDemo(place)
  programs.push(program)
  await start.isReady(place, withinMs)
  return program
}

/** The same on a data folder of a shop that was made and stopped before. */
async function openMade(): Promise<start.Program> {
  if (!existsSync(made)) return open(60_000)
  start.copyFolder(made, place.folder)
  return open()
}

async function end(program: start.Program): Promise<start.Ended> {
  const late = sleep(PROMISED_MS).then(() => Promise.reject(new Error('it did not stop in time')))
  return Promise.race([program.ended, late])
}

const demoFile = () =>
  JSON.parse(readFileSync(join(place.folder, 'demo.json'), 'utf8')) as {
    operator: { login: string; password: string; token: string }
    merchant: { id: string; token: string }
    sandbox: Record<'wechat' | 'alipay' | 'unionpay', { phone: string }>
    channel_accounts: { channel: string }[]
  }

/** The first phone of each scheme shows a code. */
async function phonesShowCodes(): Promise<boolean> {
  const { wechat, alipay, unionpay } = demoFile().sandbox
  const answers = await Promise.all(
    [wechat, alipay, unionpay].map(({ phone }) => fetch(`${phone}.json`).catch(() => null)),
  )
  return answers.every((answer) => answer?.status === 200)
}

const cluster = () => join(place.folder, 'postgres')

test('a first start makes a shop, says where to click, and Ctrl-C leaves nothing running', async () => {
  const program = await open(60_000)
  await expect.poll(program.stdout).toContain(`http://localhost:${place.port}/till/`)
  expect(program.stdout()).toContain(demoFile().operator.login)
  for (const secret of ['key', 'demo.json']) {
    expect(statSync(join(place.folder, secret)).mode & 0o777).toBe(0o600)
  }
  program.press('SIGINT')
  expect(await end(program)).toMatchObject({ code: 0, stderr: '' })
  expect(postgresIn(cluster())).toEqual([])
  expect(start.sandboxPid(place.folder)).toBe(0)
  expect(existsSync(join(place.folder, 'running.json'))).toBe(false)
  start.copyFolder(place.folder, made)
})

test('the sandbox is started beside it: its phones show codes, and the shop has accounts there', async () => {
  const program = await openMade()
  await expect
    .poll(program.stdout)
    .toContain(`WeChat phone 微信手机  ${demoFile().sandbox.wechat.phone}`)
  expect(await phonesShowCodes()).toBe(true)
  expect(demoFile().channel_accounts.map(({ channel }) => channel)).toEqual(
    expect.arrayContaining(['wechat', 'alipay', 'unionpay', 'bankcard', 'interbank']),
  )
  const headers = { authorization: `Bearer ${demoFile().operator.token}` }
  const answer = await fetch(`${place.url}/v1/channel_accounts`, { headers })
  const { data } = (await answer.json()) as { data: unknown[] }
  expect(data).toHaveLength(demoFile().channel_accounts.length)
})

test('after a kill of the sandbox it is back by itself, and the program has not noticed', async () => {
  await openMade()
  const server = start.serverPid(place)
  const killed = start.sandboxPid(place.folder)
  signal(killed, 'SIGKILL')
  await expect.poll(phonesShowCodes, { timeout: PROMISED_MS }).toBe(true)
  expect(start.sandboxPid(place.folder)).not.toBe(killed)
  expect(start.serverPid(place)).toBe(server)
})

test('a second start has the same shop, and its old tokens work', async () => {
  const first = await openMade()
  const before = demoFile()
  first.kill('SIGTERM')
  expect((await end(first)).code).toBe(0)
  await open()
  expect(demoFile()).toEqual(before)
  const headers = { authorization: `Bearer ${before.merchant.token}` }
  const me = await fetch(`${place.url}/v1/me`, { headers })
  expect(me.status).toBe(200)
})

test('after a kill of the serving process the next start takes over its database', async () => {
  const first = await openMade()
  const postmaster = start.postmasterPid(place)
  signal(start.serverPid(place), 'SIGKILL')
  expect((await end(first)).code).toBe(1)
  // The sandbox goes with the process that started it, however that one went.
  await expect.poll(() => start.sandboxPid(place.folder)).toBe(0)
  expect(isAlive(postmaster)).toBe(true)
  await open()
  expect(start.postmasterPid(place)).toBe(postmaster)
})

test('after a kill of the starting process its server ends by itself and the next start serves', async () => {
  const first = await openMade()
  const server = start.serverPid(place)
  first.kill('SIGKILL')
  programs.push(start.startDemo(place))
  await expect.poll(() => isAlive(server), { timeout: PROMISED_MS }).toBe(false)
  await start.isReady(place, PROMISED_MS)
})

test('after a kill of everything at once the next start serves', async () => {
  const first = await openMade()
  const postmaster = start.postmasterPid(place)
  for (const pid of [first.pid, start.serverPid(place), postmaster]) signal(pid, 'SIGKILL')
  await open()
  expect(start.postmasterPid(place)).not.toBe(postmaster)
})

test('after a kill of the database the same program serves again by itself', async () => {
  await openMade()
  const server = start.serverPid(place)
  const postmaster = start.postmasterPid(place)
  signal(postmaster, 'SIGKILL')
  await expect.poll(() => isAlive(postmaster)).toBe(false)
  await start.isReady(place, PROMISED_MS)
  const { operator } = demoFile()
  const body = JSON.stringify({ login: operator.login, password: operator.password })
  const headers = { 'content-type': 'application/json' }
  const session = await fetch(`${place.url}/v1/sessions`, { method: 'POST', headers, body })
  expect(session.status).toBe(201)
  expect(start.serverPid(place)).toBe(server)
})

test('a request in flight is answered before the program ends, and streams are ended', async () => {
  const program = await openMade()
  const { operator } = demoFile()
  const headers = { authorization: `Bearer ${operator.token}`, accept: 'text/event-stream' }
  const stream = await fetch(`${place.url}/v1/events`, { headers })
  expect(stream.status).toBe(200)
  const streamed = stream.text()

  const body = JSON.stringify({ login: operator.login, password: operator.password })
  const socket = connect(place.port, '127.0.0.1')
  let answer = ''
  socket.on('data', (chunk) => (answer += chunk.toString()))
  const answered = new Promise((resolve) => socket.once('close', resolve))
  socket.write(
    'POST /v1/sessions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n' +
      `content-length: ${body.length}\r\n\r\n${body.slice(0, 10)}`,
  )
  await sleep(300)
  program.press('SIGINT')
  await sleep(300)
  socket.write(body.slice(10))
  await answered
  expect(answer).toMatch(/^HTTP\/1.1 201 /)
  await streamed
  expect((await end(program)).code).toBe(0)
})

test('Ctrl-C pressed twice in a hurry still stops cleanly', async () => {
  const program = await openMade()
  program.press('SIGINT')
  await sleep(100)
  program.press('SIGINT')
  expect((await end(program)).code).toBe(0)
  expect(postgresIn(cluster())).toEqual([])
})
