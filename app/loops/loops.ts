import { openSender, type Sender, type SenderOptions } from '../../modules/notice/notice.ts'
import { readInstitutions } from '../../modules/party/party.ts'
import type { OpenIo } from '../io.ts'
import { openTrouble } from '../start/trouble.ts'
import { startChecks } from './checks.ts'
import { newConsumers } from './consumers.ts'
import { purge } from './purge.ts'
import { startRefunds } from './refunds.ts'
import { startWebhooks } from './webhooks.ts'

// How soon an institution is looked at again: when there was work, and when there was none.
const BUSY_MS = 50
const IDLE_MS = 1_000
const NEW_INSTITUTIONS_MS = 5_000
const PURGE_MS = 60_000

export type Loops = { stop(): Promise<void> }

/**
 * Starts the work that time brings: notices, stock, confirmations that run out, and the purge of
 * what is old. Each institution has a loop of its own, so that a busy one does not hold up the
 * others; it runs often while there is work, waits longer and longer (up to 1 s) while there is
 * none, and is woken by `io.poke`. `stop` answers when what was under way is done.
 *
 * Any number of processes may run it: messages are taken with `skip locked`.
 *
 * Source: DESIGN §10 (due work over institutions).
 */
export function startLoops(
  io: OpenIo,
  { webhooks = { allowPrivate: false } }: { webhooks?: SenderOptions } = {},
): Loops {
  const sender = openSender(webhooks)
  const loops = new Map<string, Loop>()
  let isStopped = false

  async function lookForInstitutions(): Promise<void> {
    for (const { id } of await readInstitutions(io.db)) {
      if (!loops.has(id) && !isStopped) loops.set(id, startLoop(io, id, sender))
    }
  }

  const trouble = openTrouble(io.log, 'the institutions cannot be read')
  const look = (): Promise<void> => lookForInstitutions().then(trouble.isOver, trouble.happened)
  let looking = look()
  const timer = setInterval(() => void (looking = look()), NEW_INSTITUTIONS_MS)
  const stopPokes = io.onPoke((institutionId) => loops.get(institutionId)?.wake())

  return {
    async stop() {
      isStopped = true
      clearInterval(timer)
      stopPokes()
      await looking
      await Promise.all([...loops.values()].map((loop) => loop.stop()))
      sender.close()
    },
  }
}

type Loop = { wake(): void; stop(): Promise<void> }

function startLoop(io: OpenIo, institutionId: string, sender: Sender): Loop {
  const runConsumers = newConsumers(io, institutionId)
  let isStopped = false
  let isWoken = false
  let wakeUp: () => void = () => undefined
  let purgeAtMs = performance.now() + PURGE_MS * Math.random()

  const rest = (waitMs: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(done, waitMs)
      function done(): void {
        clearTimeout(timer)
        wakeUp = () => undefined
        resolve()
      }
      wakeUp = done
    })

  async function round(): Promise<number> {
    const handled = await runConsumers()
    if (performance.now() < purgeAtMs) return handled
    purgeAtMs = performance.now() + PURGE_MS
    await purge(io, institutionId)
    return handled
  }

  const trouble = openTrouble(io.log, 'the loops cannot do their work', { institutionId })
  async function run(): Promise<void> {
    let waitMs = BUSY_MS
    while (!isStopped) {
      isWoken = false
      try {
        const handled = await round()
        waitMs = handled > 0 ? BUSY_MS : Math.min(waitMs * 2, IDLE_MS)
        trouble.isOver()
      } catch (error) {
        trouble.happened(error)
        waitMs = IDLE_MS
      }
      if (isStopped) return
      // What was woken meanwhile takes a breath too, so that a burst of commits is one round.
      await rest(isWoken ? BUSY_MS : waitMs)
    }
  }

  const checks = startChecks(io, institutionId)
  const refunds = startRefunds(io, institutionId)
  const webhooks = startWebhooks(io, institutionId, sender)
  const running = run()
  return {
    wake() {
      webhooks.wake()
      if (isWoken) return
      isWoken = true
      const asleep = wakeUp
      setTimeout(() => asleep(), BUSY_MS / 5).unref()
    },
    async stop() {
      isStopped = true
      wakeUp()
      await Promise.all([running, checks.stop(), refunds.stop(), webhooks.stop()])
    },
  }
}
