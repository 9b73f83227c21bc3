import { expect, test } from 'vitest'

import type { AppError } from '../errors/errors.ts'
import { fits } from './definition.ts'
import {
  definitionOf,
  differences,
  effective,
  LARGEST_YAML,
  readSettingsFile,
  settingNames,
  settingsAt,
  writeSettingsFile,
  type Rung,
  type Scope,
  type SettingName,
  type SettingValue,
} from './settings.ts'

const rung = (scope: Scope, set: Partial<Record<SettingName, SettingValue>> = {}): Rung => ({
  ...{ scope, subjectId: scope },
  set: new Map(Object.entries(set)) as Rung['set'],
})

test('every definition has a default that fits, two tongues, and places where it can be set', () => {
  for (const name of settingNames) {
    const definition = definitionOf(name)
    expect(fits(definition, definition.default), name).toBe(true)
    for (const words of [definition.title, definition.explanation]) {
      expect(words.zh, name).toMatch(/\p{Script=Han}/u)
      expect(words.en, name).toMatch(/^[^\p{Script=Han}]{3,}$/u)
    }
    expect(definition.scopes.length, name).toBeGreaterThan(0)
    expect(name.split('.')[0] === definition.group || name.startsWith('code.'), name).toBe(true)
    // What a merchant may set can be set at a merchant.
    if (definition.isForMerchants) expect(definition.scopes, name).toContain('merchant')
  }
})

const all: Rung[] = [
  rung('system', { 'till.receipt_footer': 'system', 'code.life_seconds': 30 }),
  rung('institution', { 'till.receipt_footer': 'institution' }),
  rung('merchant', { 'till.receipt_footer': 'merchant', 'code.life_seconds': 20 }),
  rung('store'),
  rung('terminal', { 'till.receipt_footer': 'terminal' }),
]

test.each<[name: SettingName, depth: number, value: SettingValue, from: Scope | null]>([
  ['till.receipt_footer', 5, 'terminal', 'terminal'],
  ['till.receipt_footer', 4, 'merchant', 'merchant'],
  ['till.receipt_footer', 2, 'institution', 'institution'],
  ['till.receipt_footer', 1, 'system', 'system'],
  ['till.receipt_footer', 0, '', null],
  // A merchant cannot set it: what stands there counts for nothing.
  ['code.life_seconds', 5, 30, 'system'],
  ['code.life_seconds', 0, 60, null],
  ['till.sound', 5, true, null],
])('%s of %i places is %s', (name, depth, value, from) => {
  const chain = all.slice(0, depth)
  expect(effective(name, chain)).toEqual({
    value,
    from: from && { scope: from, subjectId: from },
  })
})

test('values are read by their kind, and by the beginning of their names', () => {
  const settings = settingsAt([rung('institution', { 'offline.day_limit_minor': 50_000 })])
  expect(settings.minor('offline.day_limit_minor')).toBe(50_000n)
  expect(settings.integer('code.grace_seconds')).toBe(10)
  expect(settings.boolean('till.sound')).toBe(true)
  expect(settings.text('mandate.level')).toBe('B')
  expect(settings.under('offline.')).toMatchObject({ 'offline.batch_size': 10 })
  expect(Object.keys(settings.under('till.')).every((name) => name.startsWith('till.'))).toBe(true)
})

const codeOf = (work: () => unknown): string | null => {
  try {
    work()
    return null
  } catch (error) {
    return (error as AppError).code
  }
}

test.each<[scope: Scope, name: string, value: unknown, refusal: string | null]>([
  ['institution', 'code.life_seconds', 10, null],
  ['institution', 'code.life_seconds', 60, null],
  ['institution', 'code.life_seconds', null, null],
  ['institution', 'code.life_seconds', 9, 'SETTING_OUT_OF_RANGE'],
  ['institution', 'code.life_seconds', 61, 'SETTING_OUT_OF_RANGE'],
  ['institution', 'code.life_seconds', 10.5, 'SETTING_OUT_OF_RANGE'],
  ['institution', 'code.life_seconds', '30', 'SETTING_OUT_OF_RANGE'],
  ['institution', 'code.life_seconds', undefined, 'SETTING_OUT_OF_RANGE'],
  ['institution', 'offline.day_limit_minor', 100_001, 'SETTING_OUT_OF_RANGE'],
  ['institution', 'mandate.level', 'E', 'SETTING_OUT_OF_RANGE'],
  ['store', 'till.receipt_footer', 'a\u0007', 'SETTING_OUT_OF_RANGE'],
  ['store', 'till.receipt_footer', 'x'.repeat(201), 'SETTING_OUT_OF_RANGE'],
  ['merchant', 'code.life_seconds', 30, 'SETTING_UNKNOWN'],
  ['institution', 'code.prefix', '90', 'SETTING_UNKNOWN'],
  ['institution', 'constructor', 1, 'SETTING_UNKNOWN'],
])('at %s, %s = %s is refused as %s', (scope, name, value, refusal) => {
  expect(codeOf(() => differences({ scope }, undefined, { [name]: value }))).toBe(refusal)
})

test('what is so already is no difference', () => {
  const set = rung('institution', { 'code.life_seconds': 30 }).set
  const wanted = { 'code.life_seconds': 30, 'code.grace_seconds': null, 'till.voice': true }
  expect(differences({ scope: 'institution' }, set, wanted)).toEqual([
    { name: 'till.voice', before: null, after: true },
  ])
})

const where = { institutionId: 'ins_demo', system: 'system' }
const store = `str_${'0'.repeat(26)}`

test('a file of settings says what it was made of', async () => {
  const set = (values: object) => new Map(Object.entries(values)) as NonNullable<Rung['set']>
  const footer = 'on: no # "x"\u2028 : 谢谢'
  const text = writeSettingsFile([
    { scope: 'store', subjectId: store, set: set({ 'till.receipt_footer': footer }) },
    { scope: 'institution', subjectId: 'ins_demo', set: set({ 'till.receipt_width': '58' }) },
    { scope: 'merchant', subjectId: 'mch_nothing', set: set({}) },
  ])
  expect(await readSettingsFile(text, where)).toEqual([
    { scope: 'institution', subjectId: 'ins_demo', changes: { 'till.receipt_width': '58' } },
    { scope: 'store', subjectId: store, changes: { 'till.receipt_footer': footer } },
  ])
  expect(await readSettingsFile(writeSettingsFile([]), where)).toEqual([])
})

test.each([
  ['not a map', '- 1'],
  ['another file', 'version: 3'],
  ['another format', 'onetill_settings: 2\nsettings: {}'],
  ['a stranger at the top', 'onetill_settings: 1\nsettings: {}\nkeys: {}'],
  ['a stranger among the sections', 'onetill_settings: 1\nsettings: { cities: {} }'],
  ['a place that is no id', 'onetill_settings: 1\nsettings: { stores: { "a\\0": {} } }'],
  ['a list for a place', `onetill_settings: 1\nsettings: { stores: { ${store}: [1] } }`],
  ['a name twice', 'onetill_settings: 1\nsettings: { system: { a: 1, a: 2 } }'],
  ['an alias', 'onetill_settings: 1\nsettings: { system: &a { b: 1 }, institution: *a }'],
  ['a broken line', 'onetill_settings: 1\nsettings: { system: {'],
  ['a tag that makes something else', 'onetill_settings: 1\nsettings: !!set { system }'],
])('a file with %s is refused', async (_what, text) => {
  await expect(readSettingsFile(text, where)).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
})

test('a file that would be read for minutes is given up in seconds, and holds up nothing', async () => {
  let longestMs = 0
  let lastMs = performance.now()
  const timer = setInterval(() => {
    longestMs = Math.max(longestMs, performance.now() - lastMs)
    lastMs = performance.now()
  }, 5)
  const reading = readSettingsFile('"'.repeat(LARGEST_YAML), where)
  await expect(reading).rejects.toMatchObject({
    code: 'INVALID_REQUEST',
    detail: { param: 'yaml' },
  })
  clearInterval(timer)
  expect(longestMs).toBeLessThan(2_000)
})
