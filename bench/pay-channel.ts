import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'

import { wechatTerms } from '../app/demo/counterparts.ts'
import { audit } from '../modules/audit/audit.ts'
import { createChannelAccount, type Channel } from '../modules/channel/channel.ts'
import { openWechat, type WechatAccount } from '../modules/channel/wechat/wechat.ts'
import { newId } from '../modules/lib/ids.ts'
import { sleep } from '../modules/lib/retry.ts'
import { compileIssuers, parse, shippedIssuers } from '../modules/paycode/paycode.ts'
import { startSandboxProcess, type SandboxProcess } from '../test/simulation/sandbox.ts'
import { startServer, type Server } from '../test/simulation/server.ts'
import type { BenchOptions, Figure } from './bench.ts'
import { freePort, openPhones, stockCodes, type CodeStock } from './parts/channel.ts'
import { cpuSeconds } from './parts/cpu.ts'
import { signedLines } from './parts/signing.ts'
import { openConnections, type Connections } from './parts/http.ts'
import { closedLoop, median, openLoop, percentile } from './parts/load.ts'
import { idOf, institutionId, openWorld, type Till, type World } from './world.ts'

/** How long the counterpart takes to answer a charge. */
const CHANNEL_MS = 100
const CALLERS = 256
/** Codes that are made beforehand for each second of full load. */
const MOST_PER_SECOND = 1_000
/** What a shop, a chain and a city's worth of tills ask for. */
const RATES = [20, 100, 200] as const

type Size = { seconds: number; runs: number }

function readSize({ args }: BenchOptions): Size {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '30' },
      runs: { type: 'string', default: '3' },
    },
  })
  return { seconds: Number(values.seconds), runs: Number(values.runs) }
}

type Bench = {
  world: World
  sandbox: SandboxProcess
  server: Server
  connections: Connections
  codes: CodeStock
  /** The adapter alone, with nothing of OneTill around it. */
  direct: Channel
}

type Run = {
  paymentsPerSecond: number
  p50Ms: number
  p99Ms: number
  directP50Ms: number
  directP99Ms: number
  /** At each of the fixed rates, in their order. */
  atRates: readonly { p50Ms: number; p99Ms: number }[]
  /** Processor time a payment, in microseconds. */
  programUs: number
  postgresUs: number
  sandboxUs: number
}

const say = (text: string) => process.stderr.write(`${text}\n`)

/**
 * A whole payment with somebody else's code: WeChat V2, whose counterpart runs in a process of its
 * own and answers each charge after 100 ms. All that can be had with 256 tills; then, at half of
 * that and at fixed rates, the latency less those 100 ms, which is what OneTill, the counterpart's own
 * work and the network add together; beside it the same of the adapter alone, at half.
 *
 * Source: issue 3 (added latency p99 at half load, aim 25 ms); reliability.md §7.
 */
export async function run(options: BenchOptions): Promise<Figure> {
  const size = readSize(options)
  const bench = await open()
  try {
    const runs: Run[] = []
    for (let number = 1; number <= size.runs; number++) {
      const one = await measure(bench, size.seconds)
      runs.push(one)
      say(`run ${number}: ${describe(one)}`)
    }
    await sleep(2_000)
    const { findings } = await audit(bench.world.server.url, { now: bench.world.io.now() })
    for (const { invariant, what, problem } of findings.slice(0, 5))
      say(`${invariant} ${what}: ${problem}`)
    const middle = (of: (one: Run) => number, digits = 1) =>
      Number(median(runs.map(of)).toFixed(digits))
    return {
      bench: 'pay-channel',
      payments_per_s: middle((one) => one.paymentsPerSecond, 0),
      channel_ms: CHANNEL_MS,
      added_p50_ms: middle((one) => one.p50Ms - CHANNEL_MS),
      added_p99_ms: middle((one) => one.p99Ms - CHANNEL_MS),
      adapter_alone_p50_ms: middle((one) => one.directP50Ms - CHANNEL_MS),
      adapter_alone_p99_ms: middle((one) => one.directP99Ms - CHANNEL_MS),
      ...Object.fromEntries(
        RATES.flatMap((rate, at) => [
          [`added_p50_ms_at_${rate}`, middle((one) => one.atRates[at]!.p50Ms - CHANNEL_MS)],
          [`added_p99_ms_at_${rate}`, middle((one) => one.atRates[at]!.p99Ms - CHANNEL_MS)],
        ]),
      ),
      cpu_program_ms: middle((one) => one.programUs / 1000, 2),
      cpu_postgres_ms: middle((one) => one.postgresUs / 1000, 2),
      cpu_sandbox_ms: middle((one) => one.sandboxUs / 1000, 2),
      ...{ callers: CALLERS, ...size, audit_findings: findings.length },
    }
  } finally {
    await close(bench)
  }
}

async function open(): Promise<Bench> {
  const root = randomBytes(32).toString('base64')
  const [world, sandbox, port] = await Promise.all([
    openWorld({ payers: 10, merchants: 500 }, { root }),
    startSandboxProcess({ seed: 'bench' }),
    freePort(),
  ])
  const { wechat } = sandbox
  await wechat.drawByAmount()
  await openPhones(wechat)
  await wechat.addFault({ kind: 'slow', value: CHANNEL_MS, operation: 'charge', times: null })
  const noticeUrl = `http://127.0.0.1:${port}/v1/channel_notices/${institutionId}/${idOf('cha', 1)}`
  const terms = await wechatTerms({ url: wechat.url, tlsUrl: wechat.tlsUrl, noticeUrl })
  const { io } = world
  await io.db.transaction((tx) =>
    createChannelAccount(
      tx,
      {
        ...{ institutionId, id: idOf('cha', 1), channel: 'wechat', scheme: 'wechat', name: 'V2' },
        ...{ settlement: 'pooled', acquirer: null, merchantId: null, costBps: 38 },
        ...{ concurrency: 1_000, ...terms },
      },
      { masterKey: io.masterKey, now: io.now() },
    ),
  )
  const server = await startServer({ port, databaseUrl: world.server.url, root })
  return {
    ...{ world, sandbox, server, codes: stockCodes(wechat) },
    connections: await openConnections(port, CALLERS),
    direct: openWechat({ ...terms.settings, ...terms.keys } as WechatAccount),
  }
}

async function close({ world, sandbox, server, connections }: Bench): Promise<void> {
  connections.close()
  await server.stop()
  await sandbox.close()
  await world.close()
}

let ordered = 0

async function payOne({ connections, codes, world }: Bench): Promise<boolean> {
  const order = `B-${process.pid}-${(ordered += 1)}`
  const till = world.merchants[ordered % world.merchants.length] as Till
  const code = await codes.next()
  const body = `{"payment_code":"${code}","amount":1234,"currency":"CNY","order_no":"${order}"}`
  const headers = signedLines(till, '/v1/payments', body)
  const answer = await connections.post('/v1/payments', { headers, body })
  return answer.status === 201 && answer.body.includes('"state":"succeeded"')
}

const issuers = compileIssuers(shippedIssuers, new Date())

async function chargeOne({ direct, codes }: Bench): Promise<boolean> {
  const code = parse(await codes.next(), issuers).ok
  if (!code) return false
  const outcome = await direct.charge({
    ...{ chargeId: newId('chg'), means: { kind: 'code', code }, amountMinor: 1_234n },
    ...{ currency: 'CNY', description: 'bench', terminalId: 'trm_0', storeId: 'str_0' },
    ...{ ip: '127.0.0.1', startedAt: new Date() },
  })
  return outcome.kind === 'succeeded'
}

async function measure(bench: Bench, seconds: number): Promise<Run> {
  const { server, world, sandbox } = bench
  const pids = [server.pid(), world.server.pid(), sandbox.pid]
  const pay = () => payOne(bench)
  await bench.codes.fill(MOST_PER_SECOND * (seconds + 5))
  await closedLoop(pay, { callers: CALLERS, seconds: Math.min(seconds, 5) })
  const before = pids.map(cpuSeconds)
  const all = await closedLoop(pay, { callers: CALLERS, seconds })
  if (all.others > 0) say(`${all.others} payments did not succeed`)
  const used = pids.map((pid, at) => ((cpuSeconds(pid) - before[at]!) * 1e6) / all.succeeded)
  const paymentsPerSecond = all.succeeded / all.tookSeconds
  await sleep(1_000)
  const half = { perSecond: paymentsPerSecond / 2, seconds }
  await bench.codes.fill(2 * half.perSecond * seconds + 10)
  const alone = await openLoop(() => chargeOne(bench), half)
  const whole = await openLoop(pay, half)
  const atRates: Run['atRates'][number][] = []
  for (const perSecond of RATES) {
    await bench.codes.fill(perSecond * seconds + 10)
    await sleep(1_000)
    const { latenciesMs } = await openLoop(pay, { perSecond, seconds })
    atRates.push({ p50Ms: percentile(latenciesMs, 0.5), p99Ms: percentile(latenciesMs, 0.99) })
  }
  return {
    atRates,
    paymentsPerSecond,
    p50Ms: percentile(whole.latenciesMs, 0.5),
    p99Ms: percentile(whole.latenciesMs, 0.99),
    directP50Ms: percentile(alone.latenciesMs, 0.5),
    directP99Ms: percentile(alone.latenciesMs, 0.99),
    ...{ programUs: used[0]!, postgresUs: used[1]!, sandboxUs: used[2]! },
  }
}

function describe(run: Run): string {
  const ms = (value: number) => `${value.toFixed(1)} ms`
  return (
    `${Math.round(run.paymentsPerSecond)} payments/s; p99 ${run.atRates.map(({ p99Ms }) => ms(p99Ms)).join(', ')} ` +
    `at ${RATES.join(', ')} a second; at half of it p50 ${ms(run.p50Ms)}, ` +
    `p99 ${ms(run.p99Ms)} (the adapter alone ${ms(run.directP50Ms)}, ${ms(run.directP99Ms)}); ` +
    `processor time ${ms(run.programUs / 1000)} + ${ms(run.postgresUs / 1000)}, ` +
    `the sandbox ${ms(run.sandboxUs / 1000)}`
  )
}
