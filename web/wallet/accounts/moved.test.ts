import { expect, test } from 'vitest'
import { moved, rowAt } from './moved.ts'

const list = ['a', 'b', 'c', 'd']

test.each([
  [0, 1, 'bacd'],
  [0, 3, 'bcda'],
  [3, 0, 'dabc'],
  [2, 1, 'acbd'],
  [1, 1, 'abcd'],
  [0, -1, 'abcd'],
  [3, 9, 'abcd'],
])('what stood at %i and is moved to %i gives %s', (from, to, expected) => {
  expect(moved(list, { from, to }).join('')).toBe(expected)
})

test('a finger above the first row is in the first, and below the last in the last', () => {
  const rows = [{ bottom: 100 }, { bottom: 160 }, { bottom: 220 }]
  expect([-20, 99, 100, 159, 219, 500].map((height) => rowAt(rows, height))).toEqual([
    0, 0, 1, 1, 2, 2,
  ])
})
