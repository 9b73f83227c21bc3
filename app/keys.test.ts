import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { addSealingKey, findKeys, hasOtherKey, keepNewestKey, keysOf, placeKey } from './keys.ts'
import type { Keys } from './keys.ts'

const root = Buffer.alloc(32, 7).toString('base64')
const other = Buffer.alloc(32, 8).toString('base64')

let dataFolder: string
beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'onetill-keys-'))
})
afterEach(() => rmSync(dataFolder, { recursive: true }))

const sealingKeysOf = ({ masterKey }: Keys) =>
  masterKey.held().map(({ bytes }) => Buffer.from(bytes))
const derived = 'c63f42ee30684d221e0bb6b99531ee45b207f4bd0391d81f0be5bac1b7474788'

// Worked out apart from our code, by RFC 5869 with HMAC-SHA-256 and no salt.
test('all keys come from the root, differ, and stay the same for ever', () => {
  const keys = keysOf(root)
  expect(Buffer.from(keys.pepper).toString('hex')).toBe(
    '589e09d63d7842073ed549c087e36e2baec9b8c376c9e3da73c23889efec9ddd',
  )
  expect(Buffer.from(keys.aliasKey).toString('hex')).toBe(derived)
  expect(sealingKeysOf(keys)).toEqual([Buffer.from(derived, 'hex')])
})

test('a new sealing key stands in front, and the hashes and offline codes stay as they were', () => {
  placeKey(dataFolder, root)
  const before = findKeys({ key: null, dataFolder })
  addSealingKey(dataFolder)
  const after = findKeys({ key: null, dataFolder })
  expect([after.pepper, after.aliasKey]).toEqual([before.pepper, before.aliasKey])
  expect(sealingKeysOf(after)).toHaveLength(2)
  expect(sealingKeysOf(after)[1]).toEqual(Buffer.from(derived, 'hex'))
  // Who has found the keys before sees the new one as soon as anything is to be sealed.
  expect(before.masterKey.held()).toHaveLength(1)
  expect(before.masterKey.fresh()).toEqual(after.masterKey.held())
  keepNewestKey(dataFolder)
  expect(sealingKeysOf(findKeys({ key: null, dataFolder }))).toEqual([sealingKeysOf(after)[0]])
  expect(statSync(join(dataFolder, 'key')).mode & 0o777).toBe(0o600)
  expect(readdirSync(dataFolder)).toEqual(['key'])
})

test('two that change the keys at once are kept apart', () => {
  placeKey(dataFolder, root)
  writeFileSync(join(dataFolder, 'key.next'), '')
  expect(() => addSealingKey(dataFolder)).toThrow(/changes the keys just now.*key\.next/)
  expect(readFileSync(join(dataFolder, 'key'), 'utf8').trim()).toBe(root)
})

test('the environment names sealing keys, of which `first` is the one of the root', () => {
  const keys = findKeys({ key: root, sealingKeys: `${other}, first`, dataFolder })
  expect(sealingKeysOf(keys)).toEqual([Buffer.from(other, 'base64'), Buffer.from(derived, 'hex')])
  placeKey(dataFolder, root)
  expect(findKeys({ key: null, sealingKeys: `${other},first`, dataFolder }).text).toBe(keys.text)
})

test('a first start makes a key that only its owner can read, and later starts find it', () => {
  const made = findKeys({ key: null, dataFolder })
  expect(statSync(join(dataFolder, 'key')).mode & 0o777).toBe(0o600)
  expect(readdirSync(dataFolder)).toEqual(['key'])
  expect(findKeys({ key: null, dataFolder }).text).toBe(made.text)
})

test('a key that is there is never replaced', () => {
  placeKey(dataFolder, root)
  placeKey(dataFolder, other)
  expect(readFileSync(join(dataFolder, 'key'), 'utf8').trim()).toBe(root)
})

test('the key of the environment comes first and is not written down', () => {
  placeKey(dataFolder, other)
  expect(findKeys({ key: root, dataFolder }).text).toBe(root)
  expect(readFileSync(join(dataFolder, 'key'), 'utf8').trim()).toBe(other)
})

test('data without its key is refused, and so is half a key', () => {
  writeFileSync(join(dataFolder, 'key'), root.slice(0, 20))
  expect(() => findKeys({ key: null, dataFolder })).toThrow(/is damaged; put it back as it was/)
  rmSync(join(dataFolder, 'key'))
  mkdirSync(join(dataFolder, 'postgres'))
  expect(() => findKeys({ key: null, dataFolder })).toThrow(
    /is missing and the data cannot be used/,
  )
})

test.each([
  ['no key anywhere', null, null, false],
  ['the same in the folder', null, root, false],
  ['another in the folder', null, other, true],
  ['the same in the environment', root, null, false],
  ['another in the environment, whatever the folder has', other, root, true],
])('with %s a backup’s key is another: %s %s %s', (_what, key, inFolder, expected) => {
  if (inFolder !== null) placeKey(dataFolder, inFolder)
  expect(hasOtherKey(root, { key, dataFolder })).toBe(expected)
})

test('a backup’s keys are others when one of its sealing keys is not here', () => {
  placeKey(dataFolder, [root, other].join('\n'))
  const at = { key: null, dataFolder }
  expect(hasOtherKey([root, other].join('\n'), at)).toBe(false)
  expect(hasOtherKey(root, at)).toBe(true)
})
