import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'

import { sleep } from '../../modules/lib/retry.ts'
import type { Counterpart } from '../../test/simulation/sandbox.ts'

/** Codes of a counterpart's phones, always fresh: they live a minute there. */
export type CodeStock = {
  /** The next code. Waits only when more are taken than the phones can show. */
  next(): Promise<string>
  /** Answers when there are as many as are ever kept, so that none will be waited for. */
  fill(): Promise<void>
  stop(): Promise<void>
}

const PHONES = 20
const STOCK = 4_000
const OLDEST_MS = 30_000
const AT_ONCE = 4

/** Makes the phones of the bench, each with money that no run can spend. */
export async function openPhones(counterpart: Counterpart): Promise<void> {
  const plenty = 1_000_000_000_000
  for (let at = 0; at < PHONES; at++)
    await counterpart.putPayer({ name: `bench-${at}`, balance: plenty, free_up_to: plenty })
}

/** Keeps a stock of codes, so that showing one is no part of what a payment takes. */
export function stockCodes(counterpart: Counterpart): CodeStock {
  const stock: { code: string; atMs: number }[] = []
  let isStopped = false
  let shown = 0
  const show = async () => {
    while (!isStopped) {
      while (stock[0] && performance.now() - stock[0].atMs > OLDEST_MS) stock.shift()
      if (stock.length >= STOCK) {
        await sleep(10)
        continue
      }
      const { code } = await counterpart.phone(`bench-${(shown += 1) % PHONES}`)
      stock.push({ code, atMs: performance.now() })
    }
  }
  const filling = Array.from({ length: AT_ONCE }, show)
  return {
    async next() {
      for (;;) {
        const oldest = stock.shift()
        if (oldest) return oldest.code
        await sleep(1)
      }
    },
    async fill() {
      while (stock.length < STOCK) await sleep(20)
    },
    async stop() {
      isStopped = true
      await Promise.all(filling)
    },
  }
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
