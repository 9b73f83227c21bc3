import { expect, test } from 'vitest'

import { dayBounds, isDay } from './local-day.ts'

const hours = (day: string, zone: string) => {
  const { from, before } = dayBounds(day, zone)
  return [from.toISOString(), (before.getTime() - from.getTime()) / 3_600_000]
}

test.each([
  ['2026-11-23', 'Asia/Shanghai', '2026-11-22T16:00:00.000Z', 24],
  ['2026-11-23', 'UTC', '2026-11-23T00:00:00.000Z', 24],
  ['2026-11-23', 'Asia/Kathmandu', '2026-11-22T18:15:00.000Z', 24],
  ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z', 23],
  ['2026-10-25', 'Europe/Berlin', '2026-10-24T22:00:00.000Z', 25],
  ['2026-12-31', 'America/New_York', '2026-12-31T05:00:00.000Z', 24],
])('the day %s in %s begins at %s and has %d hours', (day, zone, from, length) => {
  expect(hours(day, zone)).toEqual([from, length])
})

test('only a day of the calendar is a day', () => {
  expect(['2026-02-28', '2028-02-29', '2026-02-29', '2026-13-01', 'today'].map(isDay)).toEqual([
    ...[true, true, false, false, false],
  ])
})
