import { spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'

import { sleep } from '../modules/lib/retry.ts'
import type { BenchOptions, Figure } from './bench.ts'
import type { ReadyCode } from './parts/codes.ts'
import { openConnections, type Connections } from './parts/http.ts'
import { measure, readSize } from './parts/measure.ts'
import { openWorld, type Till } from './world.ts'

const CONNECTIONS = 64

/**
 * A whole payment as a till makes it: POST /v1/payments over 64 keep-alive connections to
 * `onetill serve`, which runs in a process of its own with its workers. The load comes from this
 * process, on the same machine, so what it costs is taken from what is measured.
 */
export async function run(options: BenchOptions): Promise<Figure> {
  const size = readSize(options)
  const root = randomBytes(32).toString('base64')
  const world = await openWorld(size, { root })
  const server = await startServer(world.server.url, root)
  const connections = await openConnections(server.port, CONNECTIONS)
  try {
    const pay = (code: ReadyCode, till: Till) => payOne(connections, code, till)
    const subject = { name: 'pay-onus', callers: CONNECTIONS, pid: server.pid, pay }
    return await measure(world, subject, size)
  } finally {
    connections.close()
    await server.stop()
    await world.close()
  }
}

let ordered = 0

async function payOne(connections: Connections, code: ReadyCode, till: Till): Promise<boolean> {
  const order = `B-${process.pid}-${(ordered += 1)}`
  const headers = `authorization: Bearer ${till.token}\r\nidempotency-key: ${randomUUID()}\r\n`
  const body = `{"payment_code":"${code.digits}","amount":1234,"currency":"CNY","order_no":"${order}"}`
  const answer = await connections.post('/v1/payments', { headers, body })
  return answer.status === 201 && answer.body.includes('"state":"succeeded"')
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
