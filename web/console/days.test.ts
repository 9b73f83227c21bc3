import { expect, test } from 'vitest'
import { addDays, isDay, momentOf, startOfDay } from './days.ts'

const starts: [day: string, zone: string, at: string][] = [
  ['2026-11-23', 'Asia/Shanghai', '2026-11-22T16:00:00.000Z'],
  ['2026-11-23', 'UTC', '2026-11-23T00:00:00.000Z'],
  ['2026-07-01', 'America/New_York', '2026-07-01T04:00:00.000Z'],
  ['2026-11-02', 'America/New_York', '2026-11-02T05:00:00.000Z'],
  ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z'],
  ['2026-03-30', 'Europe/Berlin', '2026-03-29T22:00:00.000Z'],
]
test.each(starts)('the day %s begins in %s at %s', (day, zone, at) => {
  expect(startOfDay(day, zone)).toBe(at)
})

test('days are counted over the ends of months and years', () => {
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
  expect(addDays('2028-03-01', -1)).toBe('2028-02-29')
})

test('a day of an address is taken only when it exists', () => {
  expect(['2026-11-23', '2026-02-30', '26-1-1', 'today', undefined].map(isDay)).toEqual([
    ...[true, false, false, false, false],
  ])
})

test('a time that was typed is one of the zone, not of the browser', () => {
  expect(momentOf('2026-11-23T18:30', 'Asia/Shanghai')).toBe('2026-11-23T10:30:00.000Z')
  expect(momentOf('2026-07-01T00:05', 'America/New_York')).toBe('2026-07-01T04:05:00.000Z')
})
