import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'

import type { Counterpart } from '../../test/simulation/sandbox.ts'

/** Codes of a counterpart's phones, made beforehand: showing one is no part of what a payment takes. */
export type CodeStock = {
  /** The next code. Waits only when more are taken than there are. */
  next(): Promise<string>
  /** Answers when there are so many at least. */
  fill(count: number): Promise<void>
}

const PHONES = 20
const AT_ONCE = 500
/** Longer than any run. */
const LIFE_MS = 1_800_000

/** Makes the phones of the bench, each with money that no run can spend. */
export async function openPhones(counterpart: Counterpart): Promise<void> {
  const plenty = 1_000_000_000_000
  for (let at = 0; at < PHONES; at++)
    await counterpart.putPayer({ name: `bench-${at}`, balance: plenty, free_up_to: plenty })
}

/** Keeps a stock of codes of all the phones in turn. */
export function stockCodes(counterpart: Counterpart): CodeStock {
  const stock: string[] = []
  let shown = 0
  const more = async () => {
    stock.push(...(await counterpart.codes(`bench-${(shown += 1) % PHONES}`, AT_ONCE, LIFE_MS)))
  }
  return {
    async next() {
      while (stock.length === 0) await more()
      return stock.pop() as string
    },
    async fill(count) {
      while (stock.length < count) await more()
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
