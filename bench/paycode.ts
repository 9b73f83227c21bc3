import type { Parsed } from '../modules/paycode/paycode.ts'
import {
  classify,
  compileIssuers,
  ownIssuers,
  parse,
  shippedIssuers,
} from '../modules/paycode/paycode.ts'
import type { Figure } from './bench.ts'

const CALLS_PER_SAMPLE = 200
const SAMPLES = 5_000
const WARM_UP_SAMPLES = 1_000

const digits = [
  '801234567890123456',
  '130061098828009406',
  '28763443825664394',
  '6220835931895481436',
  '811234567890123456',
]
const refused = ['6901234567892', '4111111111111111', '130061 098828009406', 'hello', '']
const emv = ['hQVDUFYwMWEfTwigAAAAZQOSAlcTMViZAHkkKUPUkSEhAAAFEgAADw==']

/**
 * How long it takes to read one scan and to classify it, in nanoseconds a call; the median of
 * samples of 200 calls, over codes of five kinds in turn. Issue: under 10 µs together.
 */
export function run(): Figure {
  const now = new Date()
  const own = ['80', '82', '84'].flatMap((prefix) =>
    Object.values(ownIssuers(`ins_${prefix}`, prefix, now)),
  )
  const issuers = compileIssuers([...shippedIssuers, ...own], now)
  const codes = digits.map((text) => parse(text, issuers).ok!)
  const read = (text: string): Parsed => parse(text, issuers)

  return {
    bench: 'paycode',
    parse_median_ns: medianNs(digits, read),
    classify_median_ns: medianNs(codes, classify),
    parse_and_classify_median_ns: medianNs(digits, (text) => classify(read(text).ok!)),
    parse_refused_median_ns: medianNs(refused, read),
    parse_emv_median_ns: medianNs(emv, read),
    issuers: shippedIssuers.length + own.length,
    node: process.version,
  }
}

// What a call answers is kept here, so that the compiler cannot leave the call out.
export let lastAnswer: unknown

function medianNs<In>(inputs: readonly In[], call: (input: In) => unknown): number {
  const samples: number[] = []
  for (let sample = -WARM_UP_SAMPLES; sample < SAMPLES; sample += 1) {
    const startedAt = process.hrtime.bigint()
    for (let made = 0; made < CALLS_PER_SAMPLE; made += 1) {
      lastAnswer = call(inputs[made % inputs.length]!)
    }
    const tookNs = Number(process.hrtime.bigint() - startedAt) / CALLS_PER_SAMPLE
    if (sample >= 0) samples.push(tookNs)
  }
  return Math.round(samples.toSorted((a, b) => a - b)[SAMPLES / 2]!)
}
