import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import { sleep } from '../modules/lib/retry.ts'
import { startAlipay } from './alipay/alipay.ts'
import { startUnionpay } from './unionpay/unionpay.ts'
import { startWechat } from './wechat/wechat.ts'

export type SandboxOptions = {
  /** Only this machine's own programs can reach it: the control API has no password. */
  host?: string
  seed: string
  /** Where the journals are; without it everything is forgotten at the end. */
  dataFolder?: string
  /** The wished ports. One that is taken is replaced by any free one; so is 0. */
  ports?: Partial<Record<'wechat' | 'wechatTls' | 'alipay' | 'unionpay', number>>
}

/** Where one counterpart is, or why it is not there. */
export type Place = { url: string; tlsUrl?: string } | { problem: string }
export type Places = { wechat: Place; alipay: Place; unionpay: Place }
export type Sandbox = { places: Places; close(): Promise<void> }

/**
 * Starts WeChat Pay's, Alipay's and UnionPay's counterparts in this process. One that cannot start
 * does not hold up the others: its place says why.
 *
 * Source: DESIGN §7, §8.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { host = '127.0.0.1', seed, dataFolder, ports = {} } = options
  if (dataFolder !== undefined) mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  const free = (wished = 0) => freePort(wished, host)
  const base = (name: string) => ({
    ...{ host, seed },
    ...(dataFolder !== undefined && { dataFile: join(dataFolder, `${name}.jsonl`) }),
  })
  const closes: (() => Promise<void>)[] = []
  const start = async <Running extends { url: string; close(): Promise<void> }>(
    starting: () => Promise<Running>,
    show: (running: Running) => Place,
  ): Promise<Place> => {
    try {
      const running = await starting()
      closes.push(() => running.close())
      return show(running)
    } catch (error) {
      return { problem: error instanceof Error ? error.message : String(error) }
    }
  }
  const [wechat, alipay, unionpay] = await Promise.all([
    start(
      async () =>
        startWechat({
          ...{ ...base('wechat'), port: await free(ports.wechat) },
          tlsPort: await free(ports.wechatTls),
        }),
      ({ url, tlsUrl }) => ({ url, ...(tlsUrl !== undefined && { tlsUrl }) }),
    ),
    start(
      async () => startAlipay({ ...base('alipay'), port: await free(ports.alipay) }),
      ({ url }) => ({ url }),
    ),
    start(
      async () => startUnionpay({ ...base('unionpay'), port: await free(ports.unionpay) }),
      ({ url }) => ({ url }),
    ),
  ])
  const close = async () => void (await Promise.all(closes.splice(0).map((one) => one())))
  return { places: { wechat, alipay, unionpay }, close }
}

// A sandbox that was just told to end, or killed, may keep its port so long.
const PORT_PATIENCE_MS = 500

/** The wished port when it is free, or will be in a moment; 0, which is any free one, otherwise. */
async function freePort(wished: number, host: string): Promise<number> {
  if (wished === 0 || wished > 65_535) return 0
  for (let waitedMs = 0; waitedMs < PORT_PATIENCE_MS; waitedMs += 50) {
    if (await isFree(wished, host)) return wished
    await sleep(50)
  }
  return 0
}

async function isFree(port: number, host: string): Promise<boolean> {
  const probe = createServer()
  try {
    probe.listen({ port, host, exclusive: true })
    await once(probe, 'listening')
  } catch {
    return false // taken, or not for us: another one will do
  }
  probe.close()
  await once(probe, 'close')
  return true
}

function wishedPort(typed: string | undefined): number {
  const port = Number(typed ?? 0)
  if (Number.isInteger(port) && port >= 0) return port
  throw new Error(`a port is a number from 0 to 65535, and not ${typed}`)
}

async function main(): Promise<void> {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    options: {
      ...{ host: text, data: text, seed: text },
      ...{ 'wechat-port': text, 'wechat-tls-port': text },
      ...{ 'alipay-port': text, 'unionpay-port': text },
    },
  })
  const sandbox = await startSandbox({
    seed: values.seed ?? 'demo',
    ...(values.host !== undefined && { host: values.host }),
    ...(values.data !== undefined && { dataFolder: values.data }),
    ports: {
      wechat: wishedPort(values['wechat-port']),
      wechatTls: wishedPort(values['wechat-tls-port']),
      alipay: wishedPort(values['alipay-port']),
      unionpay: wishedPort(values['unionpay-port']),
    },
  })
  process.stdout.write(`${JSON.stringify({ kind: 'ready', ...sandbox.places })}\n`)
  endWithStarter(() => {
    // What is in the air is told again at the next start: the journal is written line by line.
    const late = new Promise((resolve) => void setTimeout(resolve, CLOSE_MS))
    void Promise.race([sandbox.close(), late]).finally(() => process.exit(0))
  })
}

const CLOSE_MS = 250

/**
 * Ends when the standard input closes: with whoever started it, however that one ended. Ctrl-C
 * reaches every process of a terminal; a starter that is still there closes the input in its turn.
 */
function endWithStarter(end: () => void): void {
  process.stdin.on('end', end).on('close', end).on('error', end).resume()
  process.once('SIGTERM', end)
  process.on('SIGINT', () => {
    if (process.stdin.isTTY) end()
  })
}

if (import.meta.main) await main()
