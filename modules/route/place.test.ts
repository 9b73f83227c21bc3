import fc from 'fast-check'
import { expect, test } from 'vitest'

import { distanceM, isInArea, isInHours, isMet, momentAt } from './place.ts'
import { anywhere } from './route.ts'

const bund = { latitude: 31.2397, longitude: 121.4998 }

test('distances along the ground agree with known ones', () => {
  const beijing = { latitude: 39.9042, longitude: 116.4074 }
  const shanghai = { latitude: 31.2304, longitude: 121.4737 }
  const table: [from: typeof bund, to: typeof bund, metres: number, within: number][] = [
    [bund, bund, 0, 0],
    [beijing, shanghai, 1_067_000, 2_000],
    // One degree along a meridian or the equator.
    [{ latitude: 0, longitude: 0 }, { latitude: 1, longitude: 0 }, 111_195, 1],
    [{ latitude: 0, longitude: 0 }, { latitude: 0, longitude: 1 }, 111_195, 1],
    // Across the line where the days meet, and across the pole.
    [{ latitude: 0, longitude: 179.5 }, { latitude: 0, longitude: -179.5 }, 111_195, 1],
    [{ latitude: 89.5, longitude: 0 }, { latitude: 89.5, longitude: 180 }, 111_195, 1],
    // Opposite ends of the earth.
    [{ latitude: 0, longitude: 0 }, { latitude: 0, longitude: 180 }, 20_015_115, 1],
    [{ latitude: 90, longitude: 0 }, { latitude: -90, longitude: 0 }, 20_015_115, 1],
  ]
  for (const [from, to, metres, within] of table) {
    expect(Math.abs(distanceM(from, to) - metres), JSON.stringify([from, to])).toBeLessThanOrEqual(
      within,
    )
  }
})

test('a distance is the same both ways, never negative and never more than half around', () => {
  const anyPlace = fc.record({
    latitude: fc.double({ min: -90, max: 90, noNaN: true }),
    longitude: fc.double({ min: -180, max: 180, noNaN: true }),
  })
  fc.assert(
    fc.property(anyPlace, anyPlace, (from, to) => {
      const metres = distanceM(from, to)
      expect(metres >= 0 && metres <= 20_015_116).toBe(true)
      expect(Math.abs(metres - distanceM(to, from))).toBeLessThan(0.001)
    }),
  )
})

test('the edge of an area belongs to it', () => {
  const place = { latitude: 31.245, longitude: 121.4998 }
  const radiusM = distanceM(place, bund)
  expect(isInArea(place, { ...bund, radiusM })).toBe(true)
  expect(isInArea(place, { ...bund, radiusM: radiusM - 0.001 })).toBe(false)
  expect(isInArea(bund, { ...bund, radiusM: 0 })).toBe(true)
})

test('where the terminal is counts more than where the store is, and an unknown place is nowhere', () => {
  const far = { latitude: 30, longitude: 120 }
  const when = { ...anywhere, areas: [{ ...bund, radiusM: 100 }] }
  const around = {
    ...{ storeId: 'str_1', category: '5411', storeKind: 'other' },
    ...{ weekday: 1 as const, minuteOfDay: 0 },
  }
  const table: [position: typeof bund | null, store: typeof bund | null, met: boolean][] = [
    [bund, far, true],
    [far, bund, false],
    [null, bund, true],
    [bund, null, true],
    [null, null, false],
  ]
  for (const [position, storePosition, met] of table) {
    expect(isMet(when, { ...around, position, storePosition })).toBe(met)
  }
})

test('hours hold from their first minute up to their last, also over midnight', () => {
  const evening = { fromMinute: 18 * 60, untilMinute: 22 * 60 }
  const night = { fromMinute: 22 * 60, untilMinute: 2 * 60 }
  const table: [minute: number, hours: typeof evening, inside: boolean][] = [
    [18 * 60 - 1, evening, false],
    [18 * 60, evening, true],
    [22 * 60 - 1, evening, true],
    [22 * 60, evening, false],
    [22 * 60, night, true],
    [23 * 60 + 59, night, true],
    [0, night, true],
    [2 * 60 - 1, night, true],
    [2 * 60, night, false],
    [12 * 60, night, false],
  ]
  for (const [minute, hours, inside] of table) expect(isInHours(minute, hours)).toBe(inside)
})

test('day, weekday and minute are those of the zone', () => {
  const table: [at: string, zone: string, day: string, weekday: number, minute: number][] = [
    ['2026-11-23T10:30:59.999Z', 'Asia/Shanghai', '2026-11-23', 1, 18 * 60 + 30],
    ['2026-11-22T15:59:00Z', 'Asia/Shanghai', '2026-11-22', 7, 23 * 60 + 59],
    ['2026-11-22T16:00:00Z', 'Asia/Shanghai', '2026-11-23', 1, 0],
    ['2026-11-23T10:30:00Z', 'Asia/Kathmandu', '2026-11-23', 1, 16 * 60 + 15],
    ['2026-11-30T16:00:00Z', 'Asia/Shanghai', '2026-12-01', 2, 0],
    // The clocks of New York go back at 06:00 UTC: the same minute comes twice.
    ['2026-11-01T05:30:00Z', 'America/New_York', '2026-11-01', 7, 90],
    ['2026-11-01T06:30:00Z', 'America/New_York', '2026-11-01', 7, 90],
  ]
  for (const [at, zone, day, weekday, minuteOfDay] of table) {
    const moment = momentAt(new Date(at), zone)
    expect(moment).toEqual({ day, month: day.slice(0, 7), weekday, minuteOfDay })
  }
})
