import { expect, test } from 'vitest'

import { isTransient, sqlState } from './connection.ts'
import { openLanes, type Db, type Step, type Tx } from './database.ts'

const tx: Tx = { many: () => Promise.resolve([]), send: () => undefined }

/** A database that does nothing, for lanes whose steps ask it nothing. */
const db: Db = {
  read: () => Promise.resolve([]),
  transaction: (work) => work(tx),
  waiting: () => 0,
  close: () => Promise.resolve(),
}

const wait = (waitMs: number) => new Promise((resolve) => setTimeout(resolve, waitMs))

function doubling(sizes: number[], poison?: number): Step<number, number> {
  return {
    name: 'test.double',
    mode: 'write',
    async run(_, __, items) {
      sizes.push(items.length)
      await wait(5)
      if (poison !== undefined && items.includes(poison)) throw new Error('poisoned')
      return items.map((item) => item * 2)
    },
  }
}

test('a lane gathers what waits, and one poisoned item harms no neighbour', async () => {
  const sizes: number[] = []
  const { batched } = openLanes(db)
  const step = doubling(sizes, 3)
  const settled = await Promise.allSettled([1, 2, 3, 4].map((item) => batched(step, 'ins_a', item)))
  const answers = settled.map((one) => (one.status === 'fulfilled' ? one.value : 'failed'))
  expect(answers).toEqual([2, 4, 'failed', 8])
  expect(sizes).toEqual([4, 2, 2, 1, 1])
})

test('what comes while a batch is under way makes the next one, without a timer', async () => {
  const sizes: number[] = []
  const { batched } = openLanes(db)
  const step = doubling(sizes)
  const first = batched(step, 'ins_a', 1)
  await wait(1)
  const rest = [2, 3, 4].map((item) => batched(step, 'ins_a', item))
  expect(await Promise.all([first, ...rest])).toEqual([2, 4, 6, 8])
  expect(sizes).toEqual([1, 3])
})

test('batches never mix institutions', async () => {
  const seen: string[] = []
  const { batched } = openLanes(db)
  const step: Step<string, string> = {
    name: 'test.who',
    mode: 'write',
    run: (_, institutionId, items) => {
      seen.push(`${institutionId} ${items.join()}`)
      return Promise.resolve(items)
    },
  }
  await Promise.all([batched(step, 'ins_a', 'x'), batched(step, 'ins_b', 'y')])
  expect(seen.sort()).toEqual(['ins_a x', 'ins_b y'])
})

test('a lane without room says that it is busy', async () => {
  const { batched } = openLanes(db, { room: 2 })
  const step = doubling([])
  const asked = [1, 2, 3].map((item) => batched(step, 'ins_a', item))
  const settled = await Promise.allSettled(asked)
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
})

test('passing troubles of the database are told from bugs', () => {
  const table: [unknown, boolean][] = [
    [{ code: '40P01' }, true], // deadlock
    [{ code: '23505' }, true], // a unique key taken meanwhile
    [{ code: '55P03' }, true], // lock not available
    [{ code: '57P01' }, true], // shut down by the administrator
    [{ code: '08006' }, true],
    [{ code: '53300' }, true],
    [{ code: 'EPIPE' }, true],
    [{ code: 'ECONNREFUSED' }, true],
    [new Error('Connection terminated unexpectedly'), true],
    [{ code: '23514' }, false], // a check that failed is our bug
    [{ code: '42703' }, false],
    [new Error('an assertion'), false],
  ]
  for (const [error, expected] of table) expect(isTransient(error), String(error)).toBe(expected)
  expect(sqlState({ code: 'EPIPE' })).toBe('')
})
