import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'

import { AssertionError } from '../lib/assert.ts'
import { code128Modules, code128Values } from './code128.ts'

const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm')
prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(readFileSync(wasm)).buffer } })

// Worked by hand: start C is 105; sum the values times their places; the check is the sum mod 103.
test.each([
  ['00', [105, 0, 2, 106]],
  ['123456', [105, 12, 34, 56, 44, 106]],
  ['7', [104, 23, 24, 106]],
  ['12345', [105, 12, 34, 100, 21, 54, 106]],
])('the symbol characters of %s are %j', (digits, expected) => {
  expect(code128Values(digits)).toEqual(expected)
})

test('each character is eleven modules and the stop thirteen, beginning and ending in a bar', () => {
  const modules = code128Modules('801234567890123456')
  expect(modules).toHaveLength(134)
  expect(modules.slice(0, 11).map(Number).join('')).toBe('11010011100')
  expect(modules.slice(-13).map(Number).join('')).toBe('1100011101011')
})

test('all characters differ, and each has an even number of dark modules', () => {
  const patterns = Array.from({ length: 103 }, (_, value) =>
    code128Modules(`${value % 100}`.padStart(2, '0')).slice(11, 22),
  )
  expect(new Set(patterns.map((bars) => bars.map(Number).join(''))).size).toBe(100)
  for (const bars of patterns) expect(bars.filter(Boolean).length % 2).toBe(0)
})

test('what is not digits is a mistake of ours', () => {
  for (const text of ['', 'a', '12 34', '１２']) {
    expect(() => code128Modules(text)).toThrow(AssertionError)
  }
})

async function readBack(digits: string) {
  const scale = 2
  const quiet = Array.from({ length: 10 }, () => false)
  const modules = [...quiet, ...code128Modules(digits), ...quiet]
  const row = modules.flatMap((bar) => Array.from({ length: scale }, () => (bar ? 0 : 255)))
  const height = 30
  const pixels = new Uint8ClampedArray(row.length * height * 4)
  for (let at = 0; at < row.length * height; at += 1) {
    const shade = row[at % row.length]!
    pixels.set([shade, shade, shade, 255], at * 4)
  }
  const image = { data: pixels, width: row.length, height, colorSpace: 'srgb' as const }
  const found = await readBarcodes(image, { formats: ['Code128'] })
  return found.map(({ format, text }) => `${format} ${text}`)
}

test('a reader that is not ours reads back what was drawn', async () => {
  await fc.assert(
    fc.asyncProperty(fc.stringMatching(/^\d{16,24}$/), async (digits) => {
      expect(await readBack(digits)).toEqual([`Code128 ${digits}`])
    }),
    { numRuns: 60 },
  )
})
