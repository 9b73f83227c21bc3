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

import { findKeys, hasOtherKey, keysOf, placeKey } from './keys.ts'

const root = Buffer.alloc(32, 7).toString('base64')
const other = Buffer.alloc(32, 8).toString('base64')

let dataFolder: string
beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'onetill-keys-'))
})
afterEach(() => rmSync(dataFolder, { recursive: true }))

// Worked out apart from our code, by RFC 5869 with HMAC-SHA-256 and no salt.
test('both keys come from the root, differ, and stay the same for ever', () => {
  const { pepper, masterKey } = keysOf(root)
  expect(Buffer.from(pepper).toString('hex')).toBe(
    '589e09d63d7842073ed549c087e36e2baec9b8c376c9e3da73c23889efec9ddd',
  )
  expect(Buffer.from(masterKey).toString('hex')).toBe(
    'c63f42ee30684d221e0bb6b99531ee45b207f4bd0391d81f0be5bac1b7474788',
  )
})

test('a first start makes a key that only its owner can read, and later starts find it', () => {
  const made = findKeys({ key: null, dataFolder })
  expect(statSync(join(dataFolder, 'key')).mode & 0o777).toBe(0o600)
  expect(readdirSync(dataFolder)).toEqual(['key'])
  expect(findKeys({ key: null, dataFolder })).toEqual(made)
})

test('a key that is there is never replaced', () => {
  placeKey(dataFolder, root)
  placeKey(dataFolder, other)
  expect(readFileSync(join(dataFolder, 'key'), 'utf8').trim()).toBe(root)
})

test('the key of the environment comes first and is not written down', () => {
  placeKey(dataFolder, other)
  expect(findKeys({ key: root, dataFolder }).root).toBe(root)
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
