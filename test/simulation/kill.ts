import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import { audit, readJournal, type Finding } from '../../modules/audit/audit.ts'
import { sleep } from '../../modules/lib/retry.ts'
import { issueCode } from '../../modules/wallet/wallet.ts'
import { institutionId, openWorld, payerId, type World } from '../../bench/world.ts'
import { startLoad } from './load.ts'
import { startServer, type Server } from './server.ts'

// `npm run test:kill`: the server and PostgreSQL are killed again and again under load, and nothing
// that a client was told may be lost or done twice. Then the negative control: with durability
// switched off, the same audit must find the loss, by name, or it proves nothing.

const { values: options } = parseArgs({
  options: {
    'server-kills': { type: 'string', default: '20' },
    'postgres-kills': { type: 'string', default: '10' },
    clients: { type: 'string', default: '24' },
    port: { type: 'string', default: '18990' },
  },
})

const PAYERS = 2_000
const root = randomBytes(32).toString('base64')
const say = (text: string) => process.stdout.write(`${text}\n`)
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`

/** Codes made through the wallet, each payer in turn, so that none dies of a newer one. */
function codesOf({ io }: World): () => Promise<string> {
  let next = 0
  return async () => {
    for (;;) {
      try {
        const wish = { institutionId, payerId: payerId(next++ % PAYERS) }
        return (await issueCode(io, wish, 3_600)).code.reveal()
      } catch {
        await sleep(50) // PostgreSQL is down: a payer's phone would wait too.
      }
    }
  }
}

type Run = { world: World; server: Server; journalFile: string; close(): Promise<void> }

async function open(settings: Record<string, string>): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'onetill-kill-'))
  const world = await openWorld({ payers: PAYERS, merchants: 20 }, { root, settings })
  const port = Number(options.port)
  const server = await startServer({ port, databaseUrl: world.server.url, root })
  return {
    world,
    server,
    journalFile: join(folder, 'journal'),
    async close() {
      await server.stop()
      await world.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Waits until the workers have told everybody, then audits against what the clients remember. */
async function auditRun({ world, journalFile }: Run): Promise<Finding[]> {
  await sleep(3_000)
  const journal = readJournal(readFileSync(journalFile, 'utf8'))
  const { findings, counts } = await audit(world.server.url, { now: new Date(), journal })
  say(`  audit: ${counts.payments} payments, ${journal.length} acknowledgements compared`)
  for (const { invariant, what, problem } of findings.slice(0, 5))
    say(`  ${invariant} ${what}: ${problem}`)
  return findings
}

async function killEverything(): Promise<boolean> {
  const run = await open({})
  const { world, server, journalFile } = run
  const nextCode = codesOf(world)
  const clients = Number(options.clients)
  const load = startLoad({
    url: server.url,
    tills: world.merchants,
    nextCode,
    journalFile,
    clients,
  })
  const serverKills = Number(options['server-kills'])
  const postgresKills = Number(options['postgres-kills'])
  const recoveries: number[] = []
  for (let kill = 1; kill <= serverKills + postgresKills; kill++) {
    await sleep(500 + Math.random() * 1_500)
    const isPostgres = kill % 3 === 0 && kill / 3 <= postgresKills
    if (isPostgres) process.kill(world.server.pid(), 'SIGKILL')
    const tookMs = isPostgres
      ? await sleep(100).then(() => server.waitUntilReady())
      : await server.killAndRestart()
    recoveries.push(tookMs)
    const victim = isPostgres ? 'PostgreSQL' : 'server'
    say(`  ${kill}. ${victim} killed, ready after ${seconds(tookMs)}, ${load.acknowledged()} paid`)
  }
  await sleep(1_000)
  const result = await load.stop()
  const findings = await auditRun(run)
  await run.close()
  const slowest = seconds(Math.max(...recoveries))
  say(
    `  ${result.acknowledged} acknowledged, ${result.retries} retries, slowest recovery ${slowest}; ` +
      `strange answers ${result.strange.length}, doubled ${result.doubled.length}, ` +
      `broken invariants ${findings.length}`,
  )
  for (const one of new Set(result.strange)) say(`  strange: ${one}`)
  const faults = result.strange.length + result.doubled.length + findings.length
  return faults === 0 && result.acknowledged > 0
}

/** Without durability a kill loses what was acknowledged, and the audit has to say so. */
async function loseOnPurpose(): Promise<boolean> {
  const run = await open({ synchronous_commit: 'off', wal_writer_delay: '10s' })
  const { world, server, journalFile } = run
  const nextCode = codesOf(world)
  const load = startLoad({
    ...{ url: server.url, tills: world.merchants, nextCode, journalFile, clients: 4 },
  })
  await sleep(2_000)
  process.kill(world.server.pid(), 'SIGKILL')
  await sleep(200)
  await server.waitUntilReady()
  await load.stop()
  const findings = await auditRun(run)
  await run.close()
  return findings.some(({ invariant }) => invariant === 'I4')
}

say('Kills under load, with full durability:')
const isSafe = await killEverything()
say(isSafe ? '  passed: nothing lost, nothing doubled' : '  FAILED')
say('Negative control, durability switched off: the audit must name I4.')
const isSeen = await loseOnPurpose()
say(isSeen ? '  passed: the loss was named' : '  FAILED: the audit did not see the loss')
process.exitCode = isSafe && isSeen ? 0 : 1
