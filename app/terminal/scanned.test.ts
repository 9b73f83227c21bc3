import { expect, test } from 'vitest'

import { problemOfScan } from './scanned.ts'

test('a payment code is never held back here, not even one that could be a card number', () => {
  for (let last = 0; last < 100; last++) {
    const digits = `8012345678901234${String(last).padStart(2, '0')}`
    expect(problemOfScan(digits)).toBeNull()
  }
  expect(problemOfScan('134567890123456789')).toBeNull()
})

test.each([
  ['6901234567892', 'is_goods'],
  ['96385074', 'is_goods'],
  ['80 1234 5678', 'is_no_code'],
  ['８０１２３４', 'is_no_code'],
  ['', 'is_no_code'],
])('a scan of "%s" %s', (text, problem) => {
  expect(problemOfScan(text)).toBe(problem)
})
