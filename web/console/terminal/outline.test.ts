import { expect, test } from 'vitest'

import { outlinesOf } from './outline.ts'

const square = [
  [
    [121.4, 31.2],
    [121.5, 31.2],
    [121.5, 31.3],
    [121.4, 31.2],
  ],
]

test('the outlines of a collection are the rings of its polygons and its lines', () => {
  const text = JSON.stringify({
    type: 'FeatureCollection',
    features: [
      { type: 'Feature', geometry: { type: 'Polygon', coordinates: square } },
      { type: 'Feature', geometry: { type: 'MultiPolygon', coordinates: [square, square] } },
      { type: 'Feature', geometry: { type: 'LineString', coordinates: square[0] } },
      { type: 'Feature', geometry: { type: 'Point', coordinates: [121.4, 31.2] } },
    ],
  })
  expect(outlinesOf(text)?.map((line) => line.length)).toEqual([4, 4, 4, 4])
})

test.each(['', 'no json', '{}', '[]', 'null', '{"coordinates":"x"}'])(
  'the text %j has no outlines',
  (text) => {
    expect(outlinesOf(text)).toBeNull()
  },
)
