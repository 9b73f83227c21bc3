import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

import { audit, readJournal } from '../../modules/audit/audit.ts'
import type { Sql } from '../../modules/database/database.ts'
import { sleep } from '../../modules/lib/retry.ts'
import { issueCode } from '../../modules/wallet/wallet.ts'
import { institutionId, payerId } from '../../bench/world.ts'
import {
  compare,
  readOurs,
  readPeerDebits,
  readTheirs,
  type Compared,
  type Difference,
  type Ours,
} from './fault-books.ts'
import { runLoad, type Seen, type WaitingPhone } from './fault-load.ts'
import {
  illness,
  planDeaths,
  planPayment,
  type Payer,
  type PaymentPlan,
  type Shares,
} from './fault-plan.ts'
import { accountIds, cityId, openFaultWorld, type FaultWorld } from './fault-world.ts'
import { schemes } from './sandbox.ts'

// `npm run test:faults -- --seed N`: payments over all channels while these lose requests and
// answers, lie about their state, die and come back, while customers are late and cashiers change
// their minds, and while the server itself is killed. Then the channels heal, and every payment must
// become definite, once, and the counterparts' own books must be ours.
//
// The seed decides who pays what where, who does what when, and which call meets which fault (drawn
// by the payment's amount, which no other has). What is left to the machine is the order in which
// things that happen at once come in.

const { values: said } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    payments: { type: 'string', default: '10000' },
    clients: { type: 'string', default: '32' },
    /** Everything that waits, waits so many times shorter than the channels publish; 1: as they do. */
    hasten: { type: 'string', default: '10' },
    /** How often the server is killed on the way. */
    kills: { type: 'string', default: '2' },
    /** Only these codes: a list of wechat, alipay, unionpay, onus, interbank. */
    only: { type: 'string' },
    /** A negative control: `double` or `lost`. The run must fail by that name. */
    plant: { type: 'string' },
  },
})

const DEFINITE_MS = 60_000
// What waits by the follow-up ladder after that: late successes, their refunds.
const SETTLED_MS = 120_000

const seed = said.seed
const payments = Number(said.payments)
const say = (text: string) => process.stdout.write(`${text}\n`)

const usualShares: Shares = {
  wechat: 0.35,
  alipay: 0.25,
  unionpay: 0.25,
  onus: 0.05,
  interbank: 0.1,
}
const only = said.only?.split(',') as Payer[] | undefined
const shares: Shares = only
  ? Object.fromEntries(only.map((payer) => [payer, 1 / only.length]))
  : usualShares

function* plans(): Generator<PaymentPlan> {
  for (let number = 0; number < payments; number++)
    yield planPayment(seed, number, { shares, tills: 24 })
}

/** The code on a wallet's phone, of ours or of the other institution. */
async function walletCode({ world, cityPayers }: FaultWorld, plan: PaymentPlan): Promise<string> {
  const number = Number(plan.phone.split('-')[1])
  const isCity = plan.payer === 'interbank'
  const wish = isCity
    ? { institutionId: cityId, payerId: cityPayers.get(plan.phone)?.id ?? '' }
    : { institutionId, payerId: payerId(plan.number % world.payerCount || number) }
  return (await issueCode(world.io, wish)).code.reveal()
}

/** The phone in the customer's hand, which asks for the password. */
function phoneOf({ sandbox, server, cityPayers }: FaultWorld, plan: PaymentPlan): WaitingPhone {
  const { payer, phone } = plan
  if (payer === 'onus' || payer === 'interbank')
    return walletPhone(server.url, cityPayers.get(phone)?.token ?? '')
  const counterpart = sandbox[payer]
  return {
    async waitingFor(amountMinor) {
      const { waiting } = await counterpart.phone(phone)
      return waiting.find(({ amount }) => amount === amountMinor)?.order_no ?? null
    },
    answer: async (number, action) =>
      (await counterpart.typePassword(phone, number, action)) === 200,
  }
}

function walletPhone(url: string, token: string): WaitingPhone {
  const call = async (path: string, body?: object) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const post = body && { method: 'POST', body: JSON.stringify(body) }
    return fetch(url + path, { headers, ...post }).catch(() => null) // The server was killed.
  }
  type Debits = { data: { id: string; state: string; amount: number }[] }
  return {
    async waitingFor(amountMinor) {
      const answer = await call('/v1/wallet_debits?limit=100')
      if (!answer?.ok) return null
      const { data } = (await answer.json()) as Debits
      const mine = data.find(({ state, amount }) => state === 'waiting' && amount === amountMinor)
      return mine?.id ?? null
    },
    async answer(number, action) {
      const path = `/v1/wallet_debits/${number}`
      const answer =
        action === 'confirm'
          ? await call(`${path}/confirm`, { pin: '123456' })
          : await call(`${path}/decline`, {})
      return answer?.ok ?? false
    },
  }
}

/** What happens to the channels and the server while payments go on, by the number of payments. */
function openMishaps(run: FaultWorld): { at(number: number): void; over(): Promise<void> } {
  const { sandbox, server } = run
  const deaths = planDeaths(seed, payments, schemes)
  const kills = Array.from({ length: Number(said.kills) }, (_, at) =>
    Math.floor((payments * (at + 1)) / (Number(said.kills) + 1)),
  )
  const half = Math.floor(payments / 2)
  const happening: Promise<void>[] = []
  const die = async ({ scheme, forMs }: (typeof deaths)[number]) => {
    await sandbox[scheme].addFault({ kind: 'down', times: null })
    await sleep(forMs)
    await sandbox[scheme].clearFaults()
  }
  const changeVersion = async () => {
    await run.setState(accountIds.wechatV3, 'active')
    await run.setState(accountIds.wechatV2, 'paused')
    say(`  after ${half} payments: WeChat goes by V3 from now on`)
  }
  return {
    at(number) {
      for (const death of deaths.filter(({ after }) => after === number)) {
        say(`  after ${number} payments: ${death.scheme} is dead for ${death.forMs} ms`)
        happening.push(die(death))
      }
      if (number === half) happening.push(changeVersion())
      if (kills.includes(number))
        happening.push(
          server.killAndRestart().then((tookMs) => {
            say(`  after ${number} payments: server killed, back in ${Math.round(tookMs)} ms`)
          }),
        )
    },
    async over() {
      await Promise.all(happening)
    },
  }
}

const count = (name: string, text: string): Sql => ({ name: `faults.${name}`, text })
const openCharges = count(
  'open',
  `select (select count(*) from payment where institution_id = $1 and state = 'processing')
     + (select count(*) from charge where institution_id = $1 and state = 'processing') as open`,
)
const waiting = count(
  'waiting',
  `select (select count(*) from charge where institution_id = $1 and step is not null)
     + (select count(*) from refund where institution_id = $1 and state = 'processing')
     + (select count(*) from outbox_message where institution_id = $1
         and consumer in ('late_refund', 'refund_check')) as open`,
)

const exceptionKinds = count(
  'exceptions',
  `select e.kind || ' ' || e.state || coalesce(' (' || e.action || ')', '') as what, count(*) as times
   from exception e where e.institution_id = $1 group by 1 order by 1`,
)
const refundKinds = count(
  'refunds',
  `select 'refund ' || r.state || coalesce(' (' || c.channel || ' ' || r.channel_code || ')', '') as what,
     count(*) as times
   from refund r left join charge c on c.institution_id = $1 and c.id = r.charge_id
   where r.institution_id = $1 group by 1 order by 1`,
)

/** What was left for people to decide, and what was given back, in words. */
async function showAftermath({ world }: FaultWorld): Promise<void> {
  type Row = { what: string; times: bigint }
  const found = await Promise.all(
    [exceptionKinds, refundKinds].map((sql) => world.io.db.read<Row>(sql, [institutionId])),
  )
  const words = found.flat().map(({ what, times }) => `${times} ${what}`)
  say(`  exceptions and refunds: ${words.join(', ') || 'none'}`)
}

async function untilNone({ world }: FaultWorld, sql: Sql, withinMs: number): Promise<number> {
  const startedMs = performance.now()
  for (;;) {
    const [row] = await world.io.db.read<{ open: bigint }>(sql, [institutionId])
    const tookMs = performance.now() - startedMs
    if (Number(row?.open ?? 0) === 0 || tookMs > withinMs) return tookMs
    await sleep(250)
  }
}

/** Everything answers truly again from here on. */
async function heal({ sandbox, line }: FaultWorld): Promise<Date> {
  line.setProfile({})
  for (const scheme of schemes) {
    await sandbox[scheme].clearFaults()
    await sandbox[scheme].setProfile({})
  }
  return new Date()
}

/** The charges that were known last, for whoever wonders what they waited for. */
function showSlowest(ours: readonly Ours[], healedAt: Date): void {
  const afterMs = ({ completed_at }: Ours) =>
    completed_at ? completed_at.getTime() - healedAt.getTime() : Infinity
  const slowest = ours.filter((one) => afterMs(one) > 0).toSorted((a, b) => afterMs(b) - afterMs(a))
  for (const one of slowest.slice(0, 3)) {
    const ageMs = healedAt.getTime() - one.started_at.getTime()
    say(
      `    ${one.channel} ${one.charge_state} (${one.channel_code}) ${seconds(afterMs(one))} after ` +
        `healing, ${seconds(ageMs)} old then; ${one.queries} queries, ${one.reverses} reversals`,
    )
  }
}

/** What is not definite in time, counted from healing. */
function lateOnes(ours: readonly Ours[], healedAt: Date): Difference[] {
  const until = healedAt.getTime() + DEFINITE_MS
  return ours.flatMap(({ charge_id, channel, charge_state, completed_at }): Difference[] => {
    if (completed_at && completed_at.getTime() <= until) return []
    const tookMs = completed_at ? completed_at.getTime() - healedAt.getTime() : null
    const problem =
      tookMs === null ? `${channel}: still ${charge_state}` : `${channel}: only after ${tookMs} ms`
    return [{ name: 'not definite', what: charge_id, problem }]
  })
}

/** Does one thing at a counterpart that nobody tells us of. */
async function plant(run: FaultWorld, what: string): Promise<void> {
  const { wechat } = run.sandbox
  const ours = await readOurs(run.world.io)
  const paid = ours.find(
    ({ channel, charge_state, is_late }) =>
      channel === 'wechat' && charge_state === 'succeeded' && !is_late,
  )
  if (!paid) throw new Error('there is no payment to plant a fault upon')
  const { chargeByHand, reverseByHand } = await import('./by-hand.ts')
  if (what === 'double') await chargeByHand(wechat, paid)
  else if (what === 'lost') await reverseByHand(wechat, paid)
  else throw new Error('--plant is double or lost')
}

async function main(): Promise<boolean> {
  const startedMs = performance.now()
  say(`${payments} payments under faults, seed ${seed}:`)
  const run = await openFaultWorld({ seed, hasten: Number(said.hasten) })
  try {
    const { server, sandbox, world, journalFile } = run
    for (const scheme of schemes) await sandbox[scheme].setProfile(illness)
    run.line.setProfile(illness)
    const mishaps = openMishaps(run)
    const loadMs = performance.now()
    const seen = await runLoad(plans(), {
      ...{ url: server.url, tills: world.merchants, sandbox, journalFile },
      walletCode: (plan) => walletCode(run, plan),
      phoneOf: (plan) => phoneOf(run, plan),
      clients: Number(said.clients),
      onPayment: (number) => mishaps.at(number),
    })
    await mishaps.over()
    const tookMs = performance.now() - loadMs
    say(`  sent in ${seconds(tookMs)}, ${Math.round((payments * 1000) / tookMs)} payments/s`)

    const healedAt = await heal(run)
    const definiteMs = await untilNone(run, openCharges, DEFINITE_MS)
    say(`  healed; all definite after ${seconds(definiteMs)}`)
    const settledMs = await untilNone(run, waiting, SETTLED_MS)
    say(`  late money found and given back after ${seconds(settledMs)} more`)
    if (said.plant !== undefined) await plant(run, said.plant)

    const theirs = await readTheirs(sandbox)
    const ofCity = await readPeerDebits(world.io, cityId)
    const ours = await readOurs(world.io)
    const compared = compare(ours, [...theirs.orders.values()].flat().concat(ofCity))
    const late = lateOnes(ours, healedAt)
    showSlowest(ours, healedAt)
    await showAftermath(run)
    const journal = readJournal(readFileSync(journalFile, 'utf8'))
    const { findings } = await audit(world.server.url, { now: new Date(), journal })
    const audited = findings.map(
      ({ invariant, what, problem }) => `audit ${invariant} ${what}: ${problem}`,
    )
    const differences = [...compared.differences, ...theirs.wrong, ...late]
    const wrong = [
      ...differences.map(({ name, what, problem }) => `${name}: ${what}: ${problem}`),
      ...audited,
      ...seen.strange.map((one) => `strange answer: ${one}`),
      ...seen.doubled.map((one) => `two payments for one order: ${one}`),
    ]
    report({ seen, compared, wrong, journal: journal.length })
    say(
      JSON.stringify({
        ...{ test: 'faults', seed, payments, passed: wrong.length === 0 },
        ...{ charges: compared.charges, succeeded: compared.succeeded, failed: compared.failed },
        ...{ reversed: compared.reversed, late: compared.late, refunded: compared.refunded },
        open_exceptions: compared.openExceptions,
        double_charges: countOf(differences, 'double charge', 'unknown order'),
        lost: countOf(differences, 'lost payment'),
        not_definite: late.length,
        false_alarms: compared.falseAlarms,
        ...{ definite_ms: Math.round(definiteMs), settled_ms: Math.round(settledMs) },
        ...{ audit_findings: findings.length, strange: seen.strange.length },
        took_s: Math.round((performance.now() - startedMs) / 1000),
      }),
    )
    return wrong.length === 0 && compared.succeeded > 0
  } finally {
    await run.close()
  }
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`

const countOf = (differences: readonly Difference[], ...names: Difference['name'][]) =>
  differences.filter(({ name }) => names.includes(name)).length

type Result = { seen: Seen; compared: Compared; wrong: readonly string[]; journal: number }

function report({ seen, compared, wrong, journal }: Result): void {
  const words = (counts: Record<string, number>) =>
    Object.entries(counts)
      .map(([name, times]) => `${times} ${name}`)
      .join(', ') || 'none'
  const { reversals, passwords } = seen
  say(`  the tills saw first: ${words(seen.answers)}; refused: ${words(seen.refused)}`)
  say(
    `  ${seen.retries} requests sent again, ${reversals.asked} reversals asked ` +
      `(${reversals.tooLate} too late), ${passwords.typed} passwords typed, ` +
      `${passwords.cancelled} payments cancelled on the phone`,
  )
  say(
    `  ${compared.charges} charges: ${compared.succeeded} succeeded, ${compared.failed} failed, ` +
      `${compared.reversed} reversed; ${compared.late} paid late, ${compared.refunded} given back, ` +
      `${compared.openExceptions} with an open exception (${compared.falseAlarms} of them about ` +
      `money that is back already); ${journal} acknowledgements compared`,
  )
  for (const one of wrong.slice(0, 20)) say(`  ${one}`)
  if (wrong.length > 20) say(`  and ${wrong.length - 20} more`)
  say(wrong.length === 0 ? '  passed: nothing charged twice, nothing lost' : '  FAILED')
}

process.exitCode = (await main()) ? 0 : 1
