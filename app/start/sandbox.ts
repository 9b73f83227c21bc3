import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { Log } from '../../modules/io/io.ts'
import { sleep } from '../../modules/lib/retry.ts'
// Only what it says of itself: the sandbox is another program, with nothing of ours in it.
import type { Places } from '../../sandbox/sandbox.ts'
import type { Config } from '../config.ts'
import { openTrouble } from './trouble.ts'

export type { Place, Places } from '../../sandbox/sandbox.ts'

/** The counterparts in a process of their own, which ends when this one does, however that ends. */
export type Sandbox = {
  /** Where they are, once they are; null when they cannot start, or not within a time. */
  places(): Promise<Places | null>
  /** Called with the new places when they come back elsewhere, or come late. */
  onPlaces(listener: (places: Places) => Promise<void>): void
  close(): Promise<void>
}

const program = fileURLToPath(new URL('../../sandbox/sandbox.ts', import.meta.url))

// The keys are made at the first start, which takes a busy machine a while.
const READY_MS = 15_000
const FIRST_WAIT_MS = 200
const LONGEST_WAIT_MS = 10_000
const CLOSE_MS = 300

/**
 * Starts the sandbox of the demo on the four ports after ours, or on any free ones, with its
 * journals in the data folder. When it dies it is started again, where it was. That it cannot start
 * is said in one line and holds up nothing.
 *
 * Source: DESIGN §7.
 */
export function startSandbox(
  { port, dataFolder }: Pick<Config, 'port' | 'dataFolder'>,
  log: Log,
): Sandbox {
  let ports = [1, 2, 3, 4].map((after) => port + after)
  let child: ChildProcess | undefined
  let isStopped = false
  let listener: ((places: Places) => Promise<void>) | undefined
  let settle: (places: Places | null) => void
  const first = new Promise<Places | null>((resolve) => (settle = resolve))
  const trouble = openTrouble(log, 'the sandbox has ended and is started again')
  const seeding = openTrouble(log, 'the demo cannot follow its sandbox')

  const ready = (places: Places) => {
    trouble.isOver()
    ports = portsOf(places, ports)
    settle(places)
    if (listener) listener(places).then(seeding.isOver, seeding.happened)
  }
  const runs = async () => {
    for (let waitMs = FIRST_WAIT_MS; !isStopped; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      child = spawn(process.execPath, wordsFor(ports, join(dataFolder, 'sandbox')), {
        stdio: ['pipe', 'pipe', 'pipe'],
      })
      const startedMs = performance.now()
      const problem = await live(child, ready)
      if (isStopped) return
      settle(null)
      trouble.happened(new Error(problem))
      if (performance.now() - startedMs > LONGEST_WAIT_MS) waitMs = FIRST_WAIT_MS
      await sleep(waitMs)
    }
  }
  void runs()

  return {
    places: () => Promise.race([first, sleep(READY_MS).then(() => null)]),
    onPlaces: (next) => (listener = next),
    async close() {
      isStopped = true
      if (!child || child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.stdin?.end()
      await Promise.race([gone, sleep(CLOSE_MS)])
      child.kill('SIGKILL')
      await gone
    },
  }
}

function wordsFor([wechat, alipay, unionpay, wechatTls]: readonly number[], folder: string) {
  const ports = { wechat, alipay, unionpay, 'wechat-tls': wechatTls }
  const words = Object.entries(ports).flatMap(([name, port]) => [`--${name}-port`, String(port)])
  return [program, '--data', folder, '--seed', 'demo', ...words]
}

/** Where they were they shall be again: their addresses are in the channel accounts. */
function portsOf({ wechat, alipay, unionpay }: Places, before: readonly number[]): number[] {
  const of = (url: string | undefined) =>
    url === undefined ? undefined : Number(new URL(url).port)
  const url = (place: Places['wechat']) => ('url' in place ? place : undefined)
  const found = [url(wechat)?.url, url(alipay)?.url, url(unionpay)?.url, url(wechat)?.tlsUrl]
  return found.map((address, at) => of(address) ?? before[at] ?? 0)
}

/** Follows one run to its end, hands on what it says at its start, and answers why it ended. */
async function live(child: ChildProcess, ready: (places: Places) => void): Promise<string> {
  let said = ''
  let complaint = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    const isSaid = said.includes('\n')
    said += chunk.toString()
    if (!isSaid && said.includes('\n')) ready(JSON.parse(said) as Places)
  })
  child.stderr?.on('data', (chunk: Buffer) => (complaint = (complaint + chunk).slice(0, 4_000)))
  // Writing to one that has just died is no mistake of ours.
  child.stdin?.on('error', () => undefined)
  const [code, signal] = (await Promise.race([
    once(child, 'exit'),
    once(child, 'error').then(([error]) => [(error as Error).message, null]),
  ])) as [number | string | null, string | null]
  const reason = /^.*Error: .*$/m.exec(complaint)?.[0]
  return reason ?? `it ended with ${signal ?? code}`
}
