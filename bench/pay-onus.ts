import { spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'

import { sleep } from '../modules/lib/retry.ts'
import type { BenchOptions, Figure } from './bench.ts'
import type { ReadyCode } from './parts/codes.ts'
import { cpuSeconds } from './parts/cpu.ts'
import { openConnections, type Connections } from './parts/http.ts'
import { closedLoop, median } from './parts/load.ts'
import { measure, readSize, stockUp, type Size } from './parts/measure.ts'
import { signedLines } from './parts/signing.ts'
import { boundMandates, fenceStores, openWorld, type Till, type World } from './world.ts'

const CONNECTIONS = 64

/**
 * A whole payment as a till makes it: POST /v1/payments over 64 keep-alive connections to
 * `onetill serve`, which runs in a process of its own with its workers. The load comes from this
 * process, on the same machine, so what it costs is taken from what is measured; signing is done before.
 *
 * The figure is of payments with all that protects them: the terminal's signature, its permission with
 * a fence and the position, and mandates with every bound. What each of them costs is measured beside
 * it, against payments by a merchant's key that has none of them.
 */
export async function run(options: BenchOptions): Promise<Figure> {
  const size = readSize(options)
  const { payers, merchants } = size
  const root = randomBytes(32).toString('base64')
  const world = await openWorld({ payers: payers * 1.5, merchants: merchants * 1.5 }, { root })
  const whole = { ...world, payerCount: payers, merchants: world.merchants.slice(0, merchants) }
  await boundMandates(world, payers)
  await fenceStores(world, whole.merchants)
  const server = await startServer(world.server.url, root)
  const connections = await openConnections(server.port, CONNECTIONS)
  try {
    const subject = { name: 'pay-onus', callers: CONNECTIONS, pid: server.pid }
    const prepare = (code: ReadyCode, till: Till) => payment(connections, all, { code, till })
    const figure = await measure(whole, { ...subject, prepare }, size)
    const parts = await measureParts(world, { connections, pid: server.pid, size })
    return { ...figure, ...parts }
  } finally {
    connections.close()
    await server.stop()
    await world.close()
  }
}

/** What protects a payment, part by part. */
type Protection = { isSigned: boolean; isPlaced: boolean; isBounded: boolean }

const all: Protection = { isSigned: true, isPlaced: true, isBounded: true }
const steps: readonly [name: string, protection: Protection][] = [
  ['bare', { isSigned: false, isPlaced: false, isBounded: false }],
  ['signed', { isSigned: true, isPlaced: false, isBounded: false }],
  ['placed', { isSigned: true, isPlaced: true, isBounded: false }],
  ['whole', all],
]

const PLACE = '"position":{"latitude":31.2305,"longitude":121.4738,"accuracy_m":12}'

let ordered = 0

/** One payment, ready to be sent; answers whether it succeeded. */
function payment(
  connections: Connections,
  { isSigned, isPlaced }: Protection,
  { code, till }: { code: ReadyCode; till: Till },
): () => Promise<boolean> {
  const order = `B-${process.pid}-${(ordered += 1)}`
  const more = (isSigned ? '' : `,"store":"${till.storeId}"`) + (isPlaced ? `,${PLACE}` : '')
  const body = `{"payment_code":"${code.digits}","amount":1234,"currency":"CNY","order_no":"${order}"${more}}`
  const path = '/v1/payments'
  const bearer = `authorization: Bearer ${till.merchantKey}\r\nidempotency-key: ${randomUUID()}\r\n`
  const headers = isSigned ? signedLines(till, path, body) : bearer
  return async () => {
    const answer = await connections.post(path, { headers, body })
    return answer.status === 201 && answer.body.includes('"state":"succeeded"')
  }
}

type Run = { perSecond: number; us: number }
type Parts = { connections: Connections; pid: number; size: Size }

/**
 * The same payments with one part of their protection more each time, in turn, so that what else the
 * machine does falls on all of them. Processor time is of the server and of PostgreSQL, a payment.
 */
async function measureParts(world: World, { connections, pid, size }: Parts): Promise<Figure> {
  const { payers, merchants, runs } = size
  const seconds = Math.max(1, Math.round(size.seconds / 3))
  const plainFrom = { payerFrom: payers, payerCount: Math.floor(payers / 2) }
  const placeOf = ({ isPlaced, isBounded }: Protection): World => ({
    ...world,
    ...(isBounded ? { payerCount: payers } : plainFrom),
    merchants: isPlaced ? world.merchants.slice(0, merchants) : world.merchants.slice(merchants),
  })
  const found = new Map(steps.map(([name]) => [name, [] as Run[]]))
  for (let number = 0; number <= runs; number++)
    for (const [name, protection] of steps) {
      const prepare = (code: ReadyCode, till: Till) =>
        payment(connections, protection, { code, till })
      const stock = await stockUp(
        placeOf(protection),
        { callers: CONNECTIONS, prepare },
        { perSecond: 6_000, seconds },
      )
      const cpu = () => cpuSeconds(pid) + cpuSeconds(world.server.pid())
      const before = cpu()
      const loaded = await closedLoop(stock.call, { callers: CONNECTIONS, seconds })
      const us = ((cpu() - before) * 1e6) / loaded.succeeded
      const run = { perSecond: loaded.succeeded / loaded.tookSeconds, us }
      // The first round warms up: virtual terminals are opened, plans are made.
      if (number > 0) found.get(name)?.push(run)
      const words = `${Math.round(run.perSecond)} payments/s, ${Math.round(us)} µs`
      process.stderr.write(`${name} ${number}: ${words}, ${loaded.others} not paid\n`)
    }
  const middle = (name: string, of: (run: Run) => number) => median((found.get(name) ?? []).map(of))
  const us = (name: string) => middle(name, (run) => run.us)
  const perSecond = (name: string) => middle(name, (run) => run.perSecond)
  return {
    bare_per_s: Math.round(perSecond('bare')),
    signed_per_s: Math.round(perSecond('signed')),
    placed_per_s: Math.round(perSecond('placed')),
    whole_per_s: Math.round(perSecond('whole')),
    slower_percent: Math.round(100 * (1 - perSecond('whole') / perSecond('bare'))),
    bare_us: Math.round(us('bare')),
    signature_us: Math.round(us('signed') - us('bare')),
    position_us: Math.round(us('placed') - us('signed')),
    mandate_us: Math.round(us('whole') - us('placed')),
  }
}

const command = fileURLToPath(new URL('../app/onetill.ts', import.meta.url))

/** Runs `onetill serve` as an operator would, and waits until it is ready. */
async function startServer(databaseUrl: string, root: string) {
  const port = await freePort()
  const env = {
    PATH: process.env['PATH'] ?? '',
    ...{ PORT: String(port), DATABASE_URL: databaseUrl, ONETILL_KEY: root, LOG_LEVEL: 'error' },
  }
  const words = [...process.execArgv, command, 'serve']
  const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'inherit', 'inherit'] })
  const isReady = () =>
    fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    )
  while (!(await isReady())) {
    if (child.exitCode !== null) throw new Error('the server ended before it was ready')
    await sleep(50)
  }
  return {
    port,
    pid: child.pid ?? 0,
    async stop() {
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
    },
  }
}

async function freePort(): Promise<number> {
  const probe = createServer()
  probe.listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
