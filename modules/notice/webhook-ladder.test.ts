import { expect, test } from 'vitest'

import { nextStep, readRetryAfter, retryWaitsMs } from './webhook-ladder.ts'

const now = new Date('2026-11-23T02:13:00Z')
const failed = { problem: 'status', retryAfterMs: null } as const
const at = (rung: number, random = 0) =>
  nextStep({ rung, type: 'payment.succeeded' }, failed, { now, random: () => random })

test('ten tries are spread over three days as the standard has it', () => {
  const seconds = retryWaitsMs.map((waitMs) => waitMs / 1000)
  expect(seconds).toEqual([5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400])
  expect(seconds.reduce((sum, one) => sum + one)).toBe(75 * 3_600 + 35 * 60 + 5)
  retryWaitsMs.forEach((waitMs, rung) => {
    const soonest = at(rung)
    expect(soonest).toMatchObject({ state: 'pending', rung: rung + 1, completedAt: null })
    expect(soonest.dueAt!.getTime() - now.getTime()).toBe(waitMs)
    expect(at(rung, 0.999).dueAt!.getTime() - now.getTime()).toBeLessThanOrEqual(waitMs * 1.1)
  })
  expect(at(retryWaitsMs.length)).toMatchObject({ state: 'failed', dueAt: null, completedAt: now })
})

test.each([
  [0, 1, 'failed'],
  [0, 2, 'pending'],
  [1, 2, 'failed'],
  [8, 10, 'pending'],
  [9, 10, 'failed'],
])('after rung %i of %i tries that the institution wants, it is %s', (rung, attempts, state) => {
  const type = 'payment.succeeded'
  expect(nextStep({ rung, type }, failed, { now, attempts }).state).toBe(state)
})

test('what has arrived is done, a 410 and a ping are not tried again', () => {
  const type = 'payment.succeeded'
  const arrived = { problem: null, retryAfterMs: null }
  expect(nextStep({ rung: 3, type }, arrived, { now })).toMatchObject({ state: 'succeeded' })
  const gone = { problem: 'gone', retryAfterMs: null } as const
  expect(nextStep({ rung: 0, type }, gone, { now })).toMatchObject({ state: 'failed' })
  expect(nextStep({ rung: 0, type: 'ping' }, failed, { now })).toMatchObject({ state: 'failed' })
})

test('a receiver may ask for a longer wait, up to a day, and never for a shorter one', () => {
  const asked = (retryAfterMs: number) =>
    nextStep({ rung: 1, type: '' }, { ...failed, retryAfterMs }, { now, random: () => 0 }).dueAt!
  expect(asked(1_000).getTime() - now.getTime()).toBe(300_000)
  expect(asked(600_000).getTime() - now.getTime()).toBe(600_000)
  expect(asked(10 ** 12).getTime() - now.getTime()).toBe(86_400_000)
})

test.each([
  [undefined, null],
  ['120', 120_000],
  ['0', 0],
  ['Mon, 23 Nov 2026 02:14:00 GMT', 60_000],
  ['Mon, 23 Nov 2026 02:12:00 GMT', 0],
  ['soon', null],
  ['-5', null],
])('Retry-After %s asks for %s ms', (header, expected) => {
  expect(readRetryAfter(header, now)).toBe(expected)
})
