import { expect, test } from 'vitest'
import { makeScanQueue } from './scan-queue.ts'

const settle = () => new Promise((resolve) => setTimeout(resolve, 0))

test('scans are handled in order and one at a time', async () => {
  const told: string[] = []
  const gates: (() => void)[] = []
  const queue = makeScanQueue({
    take: async (text) => {
      told.push(`begin ${text}`)
      await new Promise<void>((resolve) => gates.push(resolve))
      told.push(`end ${text}`)
    },
    blanked: () => told.push('blanked'),
    failed: () => told.push('failed'),
  })
  queue.offer('a', 0)
  queue.offer('b', 10)
  await settle()
  expect(told).toEqual(['begin a'])
  gates.shift()?.()
  await settle()
  gates.shift()?.()
  await settle()
  expect(told).toEqual(['begin a', 'end a', 'begin b', 'end b'])
})

test('the same code is dropped for two seconds, and another one is not', async () => {
  const taken: string[] = []
  let blanked = 0
  const queue = makeScanQueue({
    take: (text) => void taken.push(text),
    blanked: () => blanked++,
    failed: () => undefined,
  })
  queue.offer('a', 0)
  queue.offer('a', 1_999)
  queue.offer('b', 2_000)
  queue.offer('a', 2_010)
  queue.offer('a', 4_010)
  await settle()
  expect(taken).toEqual(['a', 'b', 'a', 'a'])
  expect(blanked).toBe(1)
})

test('a scan that fails does not stop the next one', async () => {
  const told: string[] = []
  const queue = makeScanQueue({
    take: (text) => {
      if (text === 'a') throw new Error('torn')
      told.push(text)
    },
    blanked: () => undefined,
    failed: (error) => told.push((error as Error).message),
  })
  queue.offer('a', 0)
  queue.offer('b', 1)
  await settle()
  expect(told).toEqual(['torn', 'b'])
})
