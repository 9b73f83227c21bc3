import { expect, test } from 'vitest'

import { assert, AssertionError, unreachable } from './assert.ts'
import { manualClock, systemClock } from './clock.ts'
import { boundedQueue } from './queue.ts'
import { backoffMs, retry } from './retry.ts'

test('an assertion passes what is true and stops what is not', () => {
  assert(1 === 1, 'one is one')
  expect(() => assert(false, 'two is one')).toThrow(new AssertionError('two is one'))
  expect(() => unreachable('surprise' as never)).toThrow(AssertionError)
})

test('a manual clock stands still until it is moved, and its readings are separate', () => {
  const clock = manualClock(new Date('2026-11-23T00:00:00Z'))
  clock().setFullYear(1999)
  clock.advance(1_500)
  expect(clock().toISOString()).toBe('2026-11-23T00:00:01.500Z')
  clock.set(new Date('2026-01-01T00:00:00Z'))
  expect(clock().toISOString()).toBe('2026-01-01T00:00:00.000Z')
  expect(Math.abs(systemClock().getTime() - Date.now())).toBeLessThan(1_000)
})

test('a wait doubles up to its cap and is spread over the upper half', () => {
  const backoff = { firstWaitMs: 100, longestWaitMs: 1_000 }
  expect([1, 2, 3, 4, 5, 6].map((tried) => backoffMs(tried, backoff, () => 1))).toEqual([
    100, 200, 400, 800, 1_000, 1_000,
  ])
  expect(backoffMs(3, backoff, () => 0)).toBe(200)
})

test('work is redone until it succeeds, and waits longer each time', async () => {
  const waits: number[] = []
  const answer = await retry(
    async (tryNumber) => {
      await Promise.resolve()
      if (tryNumber < 4) throw new Error('busy')
      return tryNumber
    },
    {
      tries: 5,
      firstWaitMs: 10,
      longestWaitMs: 1_000,
      random: () => 1,
      sleep: async (waitMs) => {
        waits.push(waitMs)
        await Promise.resolve()
      },
    },
  )
  expect(answer).toBe(4)
  expect(waits).toEqual([10, 20, 40])
})

test('the last error is thrown as it came, at once when it cannot pass', async () => {
  let tried = 0
  const options = { tries: 3, firstWaitMs: 0, longestWaitMs: 0 }
  const fail = async () => {
    tried += 1
    await Promise.resolve()
    throw new Error(`try ${tried}`)
  }
  await expect(retry(fail, options)).rejects.toThrow('try 3')
  await expect(retry(fail, { ...options, mayPass: () => false })).rejects.toThrow('try 4')
})

test('a queue gives back its items in order and refuses the one too many', () => {
  const queue = boundedQueue<number>(3)
  expect([1, 2, 3, 4].map((item) => queue.offer(item))).toEqual([true, true, true, false])
  expect(queue.take(2)).toEqual([1, 2])
  expect(queue.size).toBe(1)
  expect(queue.offer(5)).toBe(true)
  expect(queue.take(128)).toEqual([3, 5])
  expect(queue.take(128)).toEqual([])
  expect(() => boundedQueue(0)).toThrow(AssertionError)
})
