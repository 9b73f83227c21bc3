import { expect, test } from 'vitest'

import { changesOf, isMeant, readTyped, typedOf, withField, wrongIn, type Draft } from './draft.ts'
import type { Setting } from './types.ts'

const words = { zh: '在线付款码有效期', en: 'Life of an online code' }
const life: Setting = {
  ...{ name: 'code.life_seconds', group: 'code', title: words, explanation: words },
  ...{ kind: 'integer', unit: 'seconds', min: 10, max: 60, choices: null, default: 60 },
  ...{ value: 60, from: null, own: null, inherited: 60, scopes: ['institution'] },
  is_fixed: false,
  is_changeable: true,
}
const limit: Setting = { ...life, name: 'limit', kind: 'money', min: 0, max: 100_000, own: 50_000 }
const sound: Setting = { ...life, name: 'sound', kind: 'boolean', default: true, own: false }
const width: Setting = { ...life, name: 'width', kind: 'choice', choices: ['58', '80'] }
const footer: Setting = { ...life, name: 'footer', kind: 'text', max: 5 }

test.each<[setting: Setting, typed: string | boolean | null, value: unknown]>([
  [life, '30', 30],
  [life, ' 30 ', 30],
  [life, '9', undefined],
  [life, '61', undefined],
  [life, '3.5', undefined],
  [life, '', undefined],
  [life, null, null],
  [limit, '500', 50_000],
  [limit, '¥1,000', undefined],
  [limit, '1000.00', 100_000],
  [limit, '1000.01', undefined],
  [sound, true, true],
  [width, '58', '58'],
  [width, '72', undefined],
  [footer, '', ''],
  [footer, '谢谢惠顾再来', undefined],
])('%o typed as %s means %s', (setting, typed, value) => {
  expect(readTyped(setting, typed)).toBe(value)
})

test('a field holds what was sent, and means the same again', () => {
  expect(typedOf(limit, 50_000)).toBe('500.00')
  expect(readTyped(limit, typedOf(limit, 12_345))).toBe(12_345)
  expect(typedOf(sound, false)).toBe(false)
})

test('what is as it was leaves the draft, and what holds no value is not saved', () => {
  const all = [life, limit, sound]
  const start: Draft = withField(withField({}, life, '30'), sound, true)
  expect(changesOf(start, all)).toEqual({ 'code.life_seconds': 30, sound: true })
  expect(withField(start, sound, false)).toEqual({ 'code.life_seconds': '30' })
  expect(withField(start, life, null)).toEqual({ sound: true })
  const spoilt = withField(start, limit, '-1')
  expect(wrongIn(spoilt, all)).toEqual([limit])
  expect(changesOf(spoilt, all)).toEqual({ 'code.life_seconds': 30, sound: true })
  // Where nothing is set, what is inherited is as it was.
  expect(withField(start, life, '60')).toEqual({ sound: true })
})

test('a setting is found by its name and by words of both languages', () => {
  for (const search of ['', 'life_sec', '付款码', 'ONLINE code', '有效期 code.']) {
    expect(isMeant(life, search), search).toBe(true)
  }
  expect(isMeant(life, 'refund')).toBe(false)
})
