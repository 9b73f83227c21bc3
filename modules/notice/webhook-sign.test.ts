import { randomBytes } from 'node:crypto'

import { expect, test } from 'vitest'

import { masterKeyOf } from '../channel/channel.ts'
import { newSecret, openSecrets, rotate, sealSecrets, signHeaders } from './webhook-sign.ts'

const now = new Date('2026-11-23T02:13:00.789Z')
const DAY_MS = 24 * 60 * 60 * 1000

test('the published example is signed as published', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}' }
  const at = new Date(1_614_265_330_000)
  expect(signHeaders(message, [{ secret, until: null }], at)).toEqual({
    'webhook-id': message.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})

test('a secret is 32 random bytes behind whsec_', () => {
  const secret = newSecret()
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  expect(newSecret()).not.toBe(secret)
})

test('after a rotation both secrets sign for a day, then only the new one', () => {
  const first = [{ secret: newSecret(), until: null }]
  const both = rotate(first, newSecret(), now)
  const count = (at: Date) =>
    signHeaders({ id: 'evt_1', body: '{}' }, both, at)['webhook-signature']?.split(' ').length
  expect(count(now)).toBe(2)
  expect(count(new Date(now.getTime() + DAY_MS - 1))).toBe(2)
  expect(count(new Date(now.getTime() + DAY_MS))).toBe(1)
  // An old secret does not live longer because another one came; and there are never many.
  const again = rotate(both, newSecret(), new Date(now.getTime() + 1000))
  expect(again.map(({ until }) => until)).toEqual([null, expect.any(Number), both[1]!.until])
  let many = again
  for (let times = 0; times < 20; times++) many = rotate(many, newSecret(), now)
  expect(many).toHaveLength(5)
})

test('sealed secrets show nothing, and open for their own endpoint and key only', () => {
  const secrets = [{ secret: newSecret(), until: null }]
  const [masterKey, otherKey] = [masterKeyOf(randomBytes(32)), masterKeyOf(randomBytes(32))]
  const whose = { institutionId: 'ins_a', id: 'wbh_1' }
  const sealed = sealSecrets(secrets, whose, masterKey)
  expect(sealed.toString('latin1')).not.toContain('whsec')
  expect(openSecrets(sealed, whose, masterKey)).toEqual(secrets)
  expect(() => openSecrets(sealed, { ...whose, id: 'wbh_2' }, masterKey)).toThrow()
  expect(() => openSecrets(sealed, { ...whose, institutionId: 'ins_b' }, masterKey)).toThrow()
  expect(() => openSecrets(sealed, whose, otherKey)).toThrow()
})
