import { randomBytes } from 'node:crypto'

import { expect, test } from 'vitest'

import { openChannel } from './open.ts'
import { fingerprintOf, keyIdOf, masterKeyOf, openKeys, sealAnew, sealKeys } from './seal.ts'
import { termsOf } from './terms.ts'

const masterKey = masterKeyOf(randomBytes(32))
const whose = { institutionId: 'ins_a', id: 'cha_1' }
const keys = { v2: { apiKey: 'k'.repeat(32) } }

test('sealed keys open again, for the same account and under the same master key', () => {
  const sealed = sealKeys(keys, whose, masterKey)
  expect(openKeys(sealed, whose, masterKey)).toEqual(keys)
  expect(sealKeys(keys, whose, masterKey).equals(sealed)).toBe(false)
  expect(sealed.includes('k'.repeat(8))).toBe(false)
})

test.each([
  ['another account', { ...whose, id: 'cha_2' }, masterKey, 0],
  ['another institution', { ...whose, institutionId: 'ins_b' }, masterKey, 0],
  ['another master key', whose, masterKeyOf(randomBytes(32)), 0],
  ['a changed byte', whose, masterKey, 1],
])('sealed keys do not open with %s', (_what, owner, key, change) => {
  const sealed = sealKeys(keys, whose, masterKey)
  sealed[20]! ^= change
  expect(() => openKeys(sealed, owner, key)).toThrow(/^the keys of cha_\d cannot be opened$/)
})

test('bytes that are no sealed keys, or of a later format, do not open', () => {
  const sealed = sealKeys(keys, whose, masterKey)
  sealed[0] = 3
  for (const bytes of [sealed, Buffer.alloc(0), Buffer.of(1, 2, 3)]) {
    expect(() => openKeys(bytes, whose, masterKey)).toThrow('cannot be opened')
  }
})

test('what is sealed says under which key, and is sealed anew while both open', () => {
  const [oldBytes, newBytes] = [randomBytes(32), randomBytes(32)]
  const [old, both] = [masterKeyOf(oldBytes), masterKeyOf(newBytes, oldBytes)]
  const sealed = sealKeys(keys, whose, old)
  expect(keyIdOf(sealed)).toEqual(old.held()[0]!.id)
  const anew = sealAnew(sealed, whose, both)!
  expect(keyIdOf(anew)).toEqual(both.held()[0]!.id)
  expect(openKeys(anew, whose, masterKeyOf(newBytes))).toEqual(keys)
  expect(sealAnew(anew, whose, both)).toBeNull()
  expect(() => openKeys(anew, whose, old)).toThrow('cannot be opened')
  // The id in front is bound to what it stands before.
  anew.set(old.held()[0]!.id, 1)
  expect(() => openKeys(anew, whose, both)).toThrow('cannot be opened')
})

test('a process that does not know the new key yet looks for it, and seals with none of yesterday', () => {
  const [oldBytes, newBytes] = [randomBytes(32), randomBytes(32)]
  const both = masterKeyOf(newBytes, oldBytes)
  const behind = { held: masterKeyOf(oldBytes).held, fresh: both.fresh }
  expect(openKeys(sealKeys(keys, whose, both), whose, behind)).toEqual(keys)
  expect(keyIdOf(sealKeys(keys, whose, behind))).toEqual(both.held()[0]!.id)
})

// Made by the program as it was before a value said under which key it is, with a key of 32 sevens.
const OLD_VALUE =
  '01041df7e0e4af58762d540996c271ef20e7c5d456870ec0c5fbd42d1bd01968aeb8a628f7cc870ca' +
  '0156db37470d79e9a9d1835fd0bdef7b0de8e80328c39ab3649b77d3d2a8a36cc8ef59ba9c2bd0218'

test('a value of the format before opens, and gets an id when it is sealed anew', () => {
  const sealed = Buffer.from(OLD_VALUE, 'hex')
  const [sevens, fresh] = [Buffer.alloc(32, 7), randomBytes(32)]
  expect(openKeys(sealed, whose, masterKeyOf(fresh, sevens))).toEqual(keys)
  expect(keyIdOf(sealed)).toBeNull()
  const anew = sealAnew(sealed, whose, masterKeyOf(sevens))!
  expect(openKeys(anew, whose, masterKeyOf(sevens))).toEqual(keys)
  expect(() => openKeys(sealed, whose, masterKeyOf(fresh))).toThrow('cannot be opened')
})

test('a fingerprint is the beginning of the SHA-256 of the key’s text', () => {
  expect(fingerprintOf('test')).toBe('9f86d081884c')
  expect(fingerprintOf({ apiKey: 'a' })).not.toBe(fingerprintOf({ apiKey: 'b' }))
})

const wechat = { baseUrl: 'https://api.example', appId: 'wx8', mchId: '19' }
const alipay = { baseUrl: 'https://api.example', appId: '20', sellerId: '2088' }
const v2 = { apiKey: 'k' }
const v3 = { apiKey: 'k', privateKeyPem: 'p', serial: 'A', platformKeys: { A: 'p' } }

test.each([
  ['wechat', wechat, { v2 }, null],
  ['wechat', wechat, { v3 }, null],
  ['wechat', { ...wechat, version: 'v4' }, { v2 }, 'settings.version'],
  ['wechat', { ...wechat, mchId: undefined }, { v2 }, 'settings.mchId'],
  ['wechat', { ...wechat, baseUrl: 'ftp://a' }, { v2 }, 'settings.baseUrl'],
  ['wechat', { ...wechat, baseUrl: 'https://user:secret@a' }, { v2 }, 'settings.baseUrl'],
  ['wechat', { ...wechat, apiKey: 'k' }, { v2 }, 'settings.apiKey'],
  ['wechat', wechat, { v2: { ...v2, apikey: 'k' } }, 'keys.v2.apikey'],
  ['wechat', wechat, { v2: {} }, 'keys.v2.apiKey'],
  ['wechat', wechat, { v2: 'k' }, 'keys.v2'],
  ['wechat', wechat, { v3: { ...v3, platformKeys: { A: 1 } } }, 'keys.v3.platformKeys'],
  ['wechat', { ...wechat, schedule: { everyMs: -1 } }, { v2 }, 'settings.schedule.everyMs'],
  ['wechat', { ...wechat, schedule: { queriesMs: [1_000] } }, { v2 }, null],
  ['alipay', alipay, { privateKey: 'p', alipayPublicKeys: ['p'] }, null],
  ['alipay', alipay, { privateKey: 'p', alipayPublicKeys: [] }, 'keys.alipayPublicKeys'],
  ['alipay', alipay, { alipayPublicKeys: ['p'] }, 'keys.privateKey'],
  ['alipay', { ...alipay, privateKey: 'p' }, { alipayPublicKeys: ['p'] }, 'settings.privateKey'],
] as const)('an account of %s with %j and %j has wrong: %s', (channel, settings, given, wrong) => {
  const check = () => {
    termsOf[channel].settings(settings, 'settings')
    termsOf[channel].keys(given, 'keys')
  }
  if (wrong === null) expect(check).not.toThrow()
  else expect(check).toThrow(expect.objectContaining({ detail: { param: wrong } }))
})

test.each([
  ['wechat', wechat, {}, 'v2.apiKey'],
  ['wechat', { ...wechat, version: 'v3' }, { v3 }, 'v3.apiKey'],
  ['alipay', alipay, { privateKey: 'not a key', alipayPublicKeys: ['p'] }, 'privateKey'],
] as const)(
  'a key that cannot be read is named and not shown: %s %j %j',
  (channel, settings, given, param) => {
    const open = () => openChannel({ channel, settings }, given)
    const error = expect.objectContaining({ code: 'INVALID_REQUEST', detail: { param } })
    expect(open).toThrow(error as Error)
    expect(open).not.toThrow('not a key')
  },
)
