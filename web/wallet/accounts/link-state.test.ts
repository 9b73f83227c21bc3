import { expect, test } from 'vitest'
import { askAgainMs, shownLink } from './link-state.ts'

const created_at = '2026-11-23T08:00:00.000Z'
const after = (minutes: number): number => Date.parse(created_at) + minutes * 60_000

test('an attempt that nobody has finished runs out, and one that ended does not', () => {
  expect(shownLink({ state: 'pending', created_at }, after(15))).toBe('pending')
  expect(shownLink({ state: 'pending', created_at }, after(15.1))).toBe('expired')
  expect(shownLink({ state: 'linked', created_at }, after(60))).toBe('linked')
})

test('it is asked about every second at first, and never more seldom than every eight', () => {
  expect(askAgainMs(0)).toBe(1_000)
  expect(askAgainMs(50)).toBe(8_000)
})
