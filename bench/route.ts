import {
  classify,
  compileIssuers,
  ownIssuers,
  parse,
  shippedIssuers,
} from '../modules/paycode/paycode.ts'
import {
  anything,
  anywhere,
  compileRules,
  decideRoute,
  neededCounters,
  quotaKey,
  type Candidate,
  type RouteRule,
  type Situation,
} from '../modules/route/route.ts'
import {
  candidate,
  environment,
  preference,
  promotion,
  quota,
  situation,
} from '../test/route-rules.ts'
import type { Figure } from './bench.ts'

const RULES = 1_000
const CANDIDATES = 20
const CALLS_PER_SAMPLE = 20
const SAMPLES = 5_000
const WARM_UP_SAMPLES = 1_000

const channels = ['wechat', 'alipay', 'unionpay', 'bankcard']
const digits = ['130061098828009406', '28763443825664394', '6220835931895481436']

/**
 * How long one choice of a road takes, in microseconds: read and classify the scan, name the
 * counters, and decide among 20 candidates by 1,000 rules. Issue 3: a median of 50 µs or less.
 */
export function run(): Figure {
  const now = new Date('2026-11-23T10:30:00Z')
  const own = Object.values(ownIssuers('ins_test', '80', now))
  const issuers = compileIssuers([...shippedIssuers, ...own], now)
  const candidates = Array.from({ length: CANDIDATES }, (_none, at) => candidateNo(at))
  const rules = compileRules(Array.from({ length: RULES }, (_none, at) => ruleNo(at)))
  const used = new Map(
    neededCounters(rules, situation(), candidates).map(
      ({ subject, period }) => [quotaKey(subject, period), 100n] as const,
    ),
  )
  const situations = Array.from({ length: 50 }, (_none, at): Situation =>
    situation({ merchantId: `mch_${at}`, storeId: `str_${at}`, amountMinor: 5_000n + BigInt(at) }),
  )
  let turn = 0
  const choose = (): unknown => {
    turn += 1
    const scan = parse(digits[turn % digits.length]!, issuers).ok!
    // Each payment has a situation of its own.
    const here = { ...situations[turn % situations.length]! }
    classify(scan)
    neededCounters(rules, here, candidates)
    return decideRoute(rules, here, candidates, used)
  }
  const counters = situations.map((here) => neededCounters(rules, here, candidates).length)
  const { medianUs, p99Us } = measure(choose)
  return {
    bench: 'route',
    choose_median_us: medianUs,
    choose_p99_us: p99Us,
    rules: RULES,
    candidates: CANDIDATES,
    counters_on_average: counters.reduce((sum, count) => sum + count, 0) / counters.length,
    node: process.version,
  }
}

function candidateNo(at: number): Candidate {
  const channel = channels[at % channels.length]!
  return candidate({
    ...{ road: `cha_${at}`, channel, scheme: channel, name: `通道${at}`, nameEn: `Road ${at}` },
    ...{ sourceId: `src_${at}`, sourceKind: at % 2 === 0 ? 'linked' : 'bank_card', sourceRank: at },
    ...{ costBps: 20 + (at % 7), isHealthy: at % 10 !== 9 },
  })
}

/** As an institution of 50 shops has them: most rules are one shop's, some are for all. */
function ruleNo(at: number): RouteRule {
  const id = `rte_${String(at).padStart(4, '0')}`
  const merchantId = at % 50 === 0 ? null : `mch_${at % 50}`
  const on = { ...anything, channels: [channels[at % channels.length]!] }
  const hours = [{ fromMinute: 8 * 60, untilMinute: 22 * 60 }]
  const areas = [{ latitude: 31.24, longitude: 121.49, radiusM: 2_000 }]
  const amountMinor = BigInt(100 + (at % 9) * 50)
  switch (at % 4) {
    case 0:
      return promotion(
        {
          ...{ offer: { kind: 'amount_off', amountMinor }, budgetMinor: 1_000_000n, on },
          when: { ...anywhere, hours },
        },
        { id, merchantId },
      )
    case 1: {
      const of = { kind: 'channel_account', id: `cha_${at % CANDIDATES}` } as const
      return quota({ of, perDayMinor: 5_000_000n, perMonthMinor: 90_000_000n }, { id, merchantId })
    }
    case 2:
      return environment({ on, when: { ...anywhere, areas } }, { id, merchantId })
    default:
      return preference(channels, { id, merchantId })
  }
}

// What a call answers is kept here, so that the compiler cannot leave the call out.
export let lastAnswer: unknown

function measure(call: () => unknown): { medianUs: number; p99Us: number } {
  const samples: number[] = []
  for (let sample = -WARM_UP_SAMPLES; sample < SAMPLES; sample += 1) {
    const startedAt = process.hrtime.bigint()
    for (let made = 0; made < CALLS_PER_SAMPLE; made += 1) lastAnswer = call()
    const tookNs = Number(process.hrtime.bigint() - startedAt) / CALLS_PER_SAMPLE
    if (sample >= 0) samples.push(tookNs)
  }
  const sorted = samples.toSorted((a, b) => a - b)
  const us = (part: number) => Math.round(sorted[Math.floor(SAMPLES * part)]! / 100) / 10
  return { medianUs: us(0.5), p99Us: us(0.99) }
}
