import { parseArgs } from 'node:util'

import { audit } from '../../modules/audit/audit.ts'
import type { Sql } from '../../modules/database/database.ts'
import { sleep } from '../../modules/lib/retry.ts'
import { readBacklog } from '../../modules/outbox/outbox.ts'
import type { BenchOptions, Figure } from '../bench.ts'
import { institutionId, type Till, type World } from '../world.ts'
import { issueCodes, type ReadyCode } from './codes.ts'
import { cpuSeconds } from './cpu.ts'
import { closedLoop, median, openLoop, percentile, type Call, type Loaded } from './load.ts'
import { openYardstick, type Measured, type Yardstick } from './pgbench.ts'

/** How much is measured; the defaults are those of the published figure. */
export type Size = {
  payers: number
  merchants: number
  seconds: number
  warmUpSeconds: number
  runs: number
}

/** Reads the size from what stands on the command line after the bench's name. */
export function readSize({ args }: BenchOptions): Size {
  const { values } = parseArgs({
    args: [...args],
    options: {
      payers: { type: 'string', default: '100000' },
      merchants: { type: 'string', default: '2000' },
      seconds: { type: 'string', default: '30' },
      'warm-up': { type: 'string', default: '10' },
      runs: { type: 'string', default: '3' },
    },
  })
  return {
    payers: Number(values.payers),
    merchants: Number(values.merchants),
    seconds: Number(values.seconds),
    warmUpSeconds: Number(values['warm-up']),
    runs: Number(values.runs),
  }
}

/** What is measured: something that takes payments, and the process in which it does. */
export type Subject = {
  name: string
  /** How many call at once when it is asked for all it can do. */
  callers: number
  pid: number
  /**
   * Makes one payment ready, before time is taken; what it answers sends it and says whether it
   * succeeded. So what a till's own machine does, signing above all, is not taken from the server.
   */
  prepare(code: ReadyCode, till: Till): () => Promise<boolean>
}

type Run = {
  paymentsPerSecond: number
  p50Ms: number
  p99Ms: number
  pgbench: Measured
  hot: number
  backlog: number
  backlogMs: number
  programUs: number
  postgresUs: number
}

const say = (text: string) => process.stderr.write(`${text}\n`)

/**
 * Measures payments a second against pgbench's transactions a second on the same server, in turn:
 * half of pgbench's time before and half behind the payments. Each run: warm-up, ANALYZE, pgbench,
 * all that can be had with payers and merchants drawn evenly, pgbench, the latency at half of that,
 * and all that can be had with one merchant. The median of the runs is the figure; afterwards the
 * books are audited and what was acknowledged is counted in the database.
 *
 * Source: DESIGN §9; reliability.md §7.
 */
export async function measure(world: World, subject: Subject, size: Size): Promise<Figure> {
  const yardstick = await openYardstick(world.server)
  let acknowledged = 0
  const runs: Run[] = []
  for (let number = 1; number <= size.runs; number++) {
    const run = await measureOnce({
      world,
      subject,
      yardstick,
      size,
      count: (n) => (acknowledged += n),
    })
    runs.push(run)
    say(`run ${number}: ${describe(run)}`)
  }
  await drain(world)
  const succeeded = await countSucceeded(world)
  const { findings } = await audit(world.server.url, { now: world.io.now() })
  for (const { invariant, what, problem } of findings.slice(0, 5))
    say(`${invariant} ${what}: ${problem}`)
  const middle = (of: (run: Run) => number, digits = 0) => rounded(median(runs.map(of)), digits)
  return {
    bench: subject.name,
    payments_per_s: middle((run) => run.paymentsPerSecond),
    p50_ms: middle((run) => run.p50Ms, 1),
    p99_ms: middle((run) => run.p99Ms, 1),
    pgbench_tps: middle((run) => run.pgbench.tps),
    ratio: middle((run) => run.paymentsPerSecond / run.pgbench.tps, 2),
    hot: middle((run) => run.hot, 2),
    backlog: middle((run) => run.backlog),
    backlog_ms: middle((run) => run.backlogMs),
    cpu_program_us: middle((run) => run.programUs),
    cpu_postgres_us: middle((run) => run.postgresUs),
    cpu_pgbench_us: middle((run) => run.pgbench.cpuUs),
    ...{ payers: size.payers, merchants: size.merchants, seconds: size.seconds, runs: size.runs },
    ...{
      payments: succeeded,
      lost: Math.max(0, acknowledged - succeeded),
      audit_findings: findings.length,
    },
    ...(await durability(world)),
  }
}

type Once = {
  world: World
  subject: Subject
  yardstick: Yardstick
  size: Size
  count(succeeded: number): void
}

async function measureOnce({ world, subject, yardstick, size, count }: Once): Promise<Run> {
  const { seconds, warmUpSeconds } = size
  const { callers, pid } = subject
  const all = async (stock: Stock) => {
    const loaded = await closedLoop(stock.call, { callers, seconds: stock.seconds })
    count(loaded.succeeded)
    if (loaded.others > 0) say(`${loaded.others} payments did not succeed`)
    return loaded
  }
  const stocked = (perSecond: number, forSeconds: number, isHot = false) =>
    stockUp(world, subject, { perSecond, seconds: forSeconds, isHot })
  const warm = await all(await stocked(10_000, warmUpSeconds))
  const expected = 1.5 * rateOf(warm)
  await drain(world)
  await world.io.db.read(analyze)

  const stock = await stocked(expected, seconds)
  const before = await yardstick.measure(Math.ceil(seconds / 2))
  const [program, postgres] = [cpuSeconds(pid), cpuSeconds(world.server.pid())]
  const uniform = await all(stock)
  const cost = (from: number, of: number) => ((cpuSeconds(of) - from) * 1e6) / uniform.succeeded
  const [programUs, postgresUs] = [cost(program, pid), cost(postgres, world.server.pid())]
  const backlog = await backlogOf(world)
  const after = await yardstick.measure(Math.ceil(seconds / 2))
  await drain(world)

  const paymentsPerSecond = rateOf(uniform)
  const half = { perSecond: paymentsPerSecond / 2, seconds }
  const quiet = await stocked(half.perSecond, seconds)
  const { latenciesMs, succeeded } = await openLoop(quiet.call, half)
  count(succeeded)
  const hot = await all(await stocked(expected, seconds, true))
  const pgbench = {
    tps: (before.tps + after.tps) / 2,
    cpuUs: (before.cpuUs + after.cpuUs) / 2,
  }
  const [p50Ms, p99Ms] = [percentile(latenciesMs, 0.5), percentile(latenciesMs, 0.99)]
  return {
    ...{ paymentsPerSecond, p50Ms, p99Ms, pgbench, programUs, postgresUs },
    ...{ hot: rateOf(hot) / paymentsPerSecond, ...backlog },
  }
}

const rateOf = ({ succeeded, tookSeconds }: Loaded) => succeeded / tookSeconds

export type Stock = { seconds: number; call: Call }

let issued = 0

/** Payments for so long at such a rate, ready to be sent, each at a till drawn by lot. */
export async function stockUp(
  world: World,
  subject: Pick<Subject, 'callers' | 'prepare'>,
  { perSecond, seconds, isHot = false }: { perSecond: number; seconds: number; isHot?: boolean },
): Promise<Stock> {
  const count = Math.ceil(perSecond * seconds) + subject.callers
  const codes = await issueCodes(world, { count, firstPayer: issued })
  issued += codes.length
  const ready = codes.map((code) => {
    const at = isHot ? 0 : Math.floor(Math.random() * world.merchants.length)
    return subject.prepare(code, world.merchants[at] as Till)
  })
  return { seconds, call: () => ready.pop()?.() ?? null }
}

/** What is due and not delivered, all consumers together, and the age of the oldest. */
async function backlogOf({ io }: World): Promise<{ backlog: number; backlogMs: number }> {
  const due = await readBacklog(io.db, institutionId, io.now())
  return {
    backlog: due.reduce((sum, { messages }) => sum + Number(messages), 0),
    backlogMs: due.reduce((most, { oldestMs }) => Math.max(most, Number(oldestMs)), 0),
  }
}

/** Waits until the workers have told everybody. */
async function drain(world: World): Promise<void> {
  while ((await backlogOf(world)).backlog > 0) await sleep(100)
}

const statement = (name: string, text: string): Sql => ({ name: `bench.${name}`, text })
const analyze = statement('analyze', 'analyze')
const succeededPayments = statement(
  'succeeded',
  `select count(*) as payments from payment where institution_id = $1 and state = 'succeeded'`,
)
const durabilitySettings = statement(
  'durability',
  `select name, setting from pg_settings
  where name in ('fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums', 'server_version')
  order by name`,
)

async function countSucceeded({ io }: World): Promise<number> {
  type Row = { payments: bigint }
  const [row] = await io.db.read<Row>(succeededPayments, [institutionId])
  return Number(row?.payments ?? 0)
}

async function durability({ io }: World): Promise<Record<string, string>> {
  const rows = await io.db.read<{ name: string; setting: string }>(durabilitySettings)
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))
}

function describe(run: Run): string {
  const { paymentsPerSecond, pgbench, p99Ms, hot, backlog, programUs, postgresUs } = run
  const ratio = rounded(paymentsPerSecond / pgbench.tps, 2)
  return (
    `${rounded(paymentsPerSecond)} payments/s, pgbench ${rounded(pgbench.tps)}/s, ratio ${ratio}, ` +
    `p99 ${rounded(p99Ms, 1)} ms, hot ${rounded(hot, 2)}, backlog ${backlog}; processor time ` +
    `${rounded(programUs)} + ${rounded(postgresUs)} µs, pgbench ${rounded(pgbench.cpuUs)} µs`
  )
}

function rounded(value: number, digits = 0): number {
  return Math.round(value * 10 ** digits) / 10 ** digits
}
