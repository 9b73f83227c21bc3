import { expect, test } from 'vitest'
import { circle, distanceM, distanceText, ringRadiusM } from './geo.ts'

const square = { latitude: 31.2304, longitude: 121.4737 }

test('a degree of latitude is 111 km, and one of longitude less the further from the equator', () => {
  expect(distanceM(square, { ...square, latitude: 32.2304 })).toBeCloseTo(111_195, -1)
  expect(distanceM(square, { ...square, longitude: 122.4737 })).toBeCloseTo(95_078, -2)
  expect(distanceM(square, square)).toBe(0)
})

test('every point of a ring is as far from its middle as the ring says', () => {
  for (const [longitude, latitude] of circle(square, 100)) {
    expect(distanceM(square, { latitude, longitude })).toBeCloseTo(100, 0)
  }
})

test('the ring is a round number of metres that holds the distance', () => {
  expect([3, 66, 100, 101, 499, 12_000].map(ringRadiusM)).toEqual([20, 100, 100, 200, 500, 20_000])
})

test('a distance is written in metres below a kilometre', () => {
  expect([86.4, 1_240, 240_000].map(distanceText)).toEqual(['86 m', '1.2 km', '240 km'])
})
