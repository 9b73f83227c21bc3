import { expect, test } from 'vitest'

import type { Breaker } from './breaker.ts'
import { admits, ended, newBreaker, probed } from './breaker.ts'

// Each row is a history: `+` a call that was answered, `!` one that was not, `p` a probe that goes
// out, `P+` and `P!` how it ended; a number lets so many milliseconds pass. Calls take no time.

function play(history: string): { breaker: Breaker; nowMs: number } {
  let nowMs = 1_000_000
  let breaker = newBreaker(nowMs)
  const end = (kind: 'call' | 'probe', isIll: boolean) =>
    (breaker = ended(breaker, { kind, beganAtMs: nowMs, atMs: nowMs, isIll }))
  for (const [step] of history.matchAll(/P[+!]|[+!p]|\d+/g)) {
    if (step === 'p') breaker = probed(breaker, nowMs)
    else if (step === '+' || step === '!') end('call', step === '!')
    else if (step.startsWith('P')) end('probe', step === 'P!')
    else nowMs += Number(step)
  }
  return { breaker, nowMs }
}

const ill = '!!!!!'

test.each([
  ['nothing happened', '', 'healthy'],
  ['four ill answers in a row', '!!!!', 'healthy'],
  ['five in a row', ill, 'ill'],
  ['five, with a good one between', '!!!!+!', 'healthy'],
  ['half of the last twenty', '!+'.repeat(10), 'ill'],
  ['half of nineteen', '!+'.repeat(9) + '!', 'healthy'],
  ['nine of the last twenty', '!+'.repeat(9) + '++', 'healthy'],
  [
    'half of twenty, over more than ten seconds',
    '!+'.repeat(5) + '10001' + '+!'.repeat(5),
    'healthy',
  ],
  ['half of twenty, within ten seconds', '!+'.repeat(5) + '9999' + '+!'.repeat(5), 'ill'],
  ['five in a row, however slowly', '!5000!5000!5000!5000!', 'ill'],
  ['a probe under way', `${ill}5000p`, 'probing'],
  ['a probe that was not answered', `${ill}5000pP!`, 'ill'],
  ['a probe that was answered', `${ill}5000pP+`, 'healthy'],
  ['an older call that is answered after all', `${ill}+`, 'healthy'],
  ['older calls that end ill during a probe', `${ill}5000p!!`, 'probing'],
  ['four more after it has healed', `${ill}5000pP+!!!!`, 'healthy'],
  ['five more after it has healed', `${ill}5000pP+!!!!!`, 'ill'],
])('%s: %s is %s', (_what, history, state) => {
  expect(play(history).breaker.state).toBe(state)
})

test.each([
  ['healthy', '', 0, 'call'],
  ['just opened', ill, 0, 'no'],
  ['open for less than five seconds', ill, 4_999, 'no'],
  ['open for five', ill, 5_000, 'probe'],
  ['while a probe is under way', `${ill}5000p`, 60_000, 'no'],
  ['after a probe in vain, at once', `${ill}5000p100P!`, 0, 'no'],
  ['after a probe in vain, five seconds after it went out', `${ill}5000p100P!`, 4_900, 'probe'],
])('%s, a call is let through as: %s %i %s', (_what, history, waitMs, expected) => {
  const { breaker, nowMs } = play(history)
  expect(admits(breaker, nowMs + waitMs)).toBe(expected)
})

test('a call that began before the breaker healed tells nothing new when it ends ill', () => {
  const { breaker, nowMs } = play(`${ill}5000pP+10`)
  let now = breaker
  for (let count = 0; count < 5; count += 1) {
    const call = { kind: 'call' as const, beganAtMs: nowMs - 5_000, atMs: nowMs, isIll: true }
    now = ended(now, call)
  }
  expect(now.state).toBe('healthy')
})
