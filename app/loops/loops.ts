import { openSender, type Sender, type SenderOptions } from '../../modules/notice/notice.ts'
import { readInstitutions } from '../../modules/party/party.ts'
import type { OpenIo } from '../io.ts'
import { openTrouble } from '../start/trouble.ts'
import { startChecks } from './checks.ts'
import { newConsumers } from './consumers.ts'
import { startPaced, type Paced } from './pace.ts'
import { purge } from './purge.ts'
import { startRefunds } from './refunds.ts'
import { startUnlinks } from './unlinks.ts'
import { startPushes } from './web-push.ts'
import { startWebhooks } from './webhooks.ts'

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
  const loops = new Map<string, Paced>()
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

function startLoop(io: OpenIo, institutionId: string, sender: Sender): Paced {
  const runConsumers = newConsumers(io, institutionId)
  let purgeAtMs = performance.now() + PURGE_MS * Math.random()

  async function round(): Promise<number> {
    const handled = await runConsumers()
    if (performance.now() < purgeAtMs) return handled
    purgeAtMs = performance.now() + PURGE_MS
    await purge(io, institutionId)
    return handled
  }

  const consumers = startPaced(round, {
    ...{ log: io.log, trouble: 'the loops cannot do their work', about: { institutionId } },
  })
  const checks = startChecks(io, institutionId)
  const refunds = startRefunds(io, institutionId)
  const webhooks = startWebhooks(io, institutionId, sender)
  const pushes = startPushes(io, institutionId, sender)
  const unlinks = startUnlinks(io, institutionId)
  const all = [consumers, checks, refunds, webhooks, pushes, unlinks]
  return {
    // A payment leaves messages and events. What the others wait for comes due by the clock.
    wake: () => [consumers, webhooks].forEach((one) => one.wake()),
    stop: async () => void (await Promise.all(all.map((one) => one.stop()))),
  }
}
