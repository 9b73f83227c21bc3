import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import { sleep } from '../../modules/lib/retry.ts'

export type Server = {
  url: string
  /** Of the process that serves now. */
  pid(): number
  /** Kills the process without warning, starts another, and answers when it is ready, in ms. */
  killAndRestart(): Promise<number>
  /** How long until it is ready again, in ms. */
  waitUntilReady(): Promise<number>
  stop(): Promise<void>
}

const command = fileURLToPath(new URL('../../app/onetill.ts', import.meta.url))

/** Runs `onetill serve` as a process of its own, as an operator's supervisor would. */
export async function startServer(options: {
  port: number
  databaseUrl: string
  root: string
}): Promise<Server> {
  const { port, databaseUrl, root } = options
  const url = `http://127.0.0.1:${port}`
  const start = (): ChildProcess =>
    spawn(process.execPath, [command, 'serve'], {
      env: {
        PATH: process.env['PATH'] ?? '',
        PORT: String(port),
        DATABASE_URL: databaseUrl,
        ONETILL_KEY: root,
        LOG_LEVEL: 'error',
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
  let child = start()

  async function waitUntilReady(): Promise<number> {
    const startedMs = performance.now()
    for (;;) {
      const isReady = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) }).then(
        ({ ok }) => ok,
        () => false,
      )
      if (isReady) return performance.now() - startedMs
      if (performance.now() - startedMs > 30_000) throw new Error('not ready within 30 s')
      await sleep(20)
    }
  }

  await waitUntilReady()
  return {
    url,
    pid: () => child.pid ?? 0,
    waitUntilReady,
    async killAndRestart() {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
      child = start()
      return waitUntilReady()
    },
    async stop() {
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
    },
  }
}
