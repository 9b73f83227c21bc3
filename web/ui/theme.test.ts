import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { dark, fontStack, light, type Palette } from './tokens.ts'

const css = readFileSync(new URL('./theme.css', import.meta.url), 'utf8')

/** The colours of one block of theme.css. */
function coloursOf(selector: string): Palette {
  const start = css.indexOf(`${selector} {`)
  const block = css.slice(start, css.indexOf('}', start))
  const found = [...block.matchAll(/--ot-([\w-]+): (#\w+);/g)].map(([, name, hex]) => [name, hex])
  return Object.fromEntries(found) as Palette
}

test.each([
  [':root', light],
  [':root:not([data-theme])', dark],
  [":root[data-theme='dark']", dark],
])('the colours of %s in CSS are those that antd gets', (selector, palette) => {
  expect(coloursOf(selector)).toEqual(palette)
})

test('the fonts in CSS are those that antd gets', () => {
  const inCss = /--ot-font:([^;]+);/.exec(css)?.[1]?.replace(/\s+/g, ' ').trim()
  expect(inCss).toBe(fontStack)
})

function luminance(hex: string): number {
  const parts = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
  const [red, green, blue] = parts.map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
  )
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}

/** Source: WCAG 2.2, contrast ratio. */
function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (high! + 0.05) / (low! + 0.05)
}

const tones = ['processing', 'waiting', 'succeeded', 'failed', 'neutral', 'accent'] as const

test.each([
  ['light', light],
  ['dark', dark],
] as const)('every text of the %s theme has a contrast of at least 4.5', (_name, palette) => {
  const pairs = [
    ...(['bg', 'surface', 'raised', 'sunken'] as const).flatMap((ground) => [
      [palette.text, palette[ground]],
      [palette.muted, palette[ground]],
    ]),
    ...tones.map((tone) => [palette[tone], palette[`${tone}-soft`]]),
    ...tones.map((tone) => [palette[tone], palette.surface]),
    [palette['on-accent'], palette.accent],
  ]
  const weak = pairs.filter(([text, ground]) => contrast(text!, ground!) < 4.5)
  expect(weak).toEqual([])
})
