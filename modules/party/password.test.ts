import { expect, test } from 'vitest'

import { hashPassword, isPassword } from './password.ts'

test('a password is the one that was hashed, and no other is', async () => {
  const stored = await hashPassword('correct horse')
  expect(await isPassword('correct horse', stored)).toBe(true)
  expect(await isPassword('correct horsf', stored)).toBe(false)
  expect(await isPassword('', stored)).toBe(false)
})

test('the hash names how it was made, so that the cost may rise later', async () => {
  const stored = await hashPassword('correct horse')
  expect(stored).toMatch(
    /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/,
  )
  expect(await hashPassword('correct horse')).not.toBe(stored)
})

test('a hash that another program made with another cost is understood', async () => {
  // A test vector of the reference implementation, P-H-C/phc-winner-argon2 src/test.c.
  const foreign =
    '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
  expect(await isPassword('password', foreign)).toBe(true)
  expect(await isPassword('passwore', foreign)).toBe(false)
})

test('nobody has no password, and it takes as long to say so', async () => {
  const stored = await hashPassword('correct horse')
  const took = async (hash: string | null) => {
    const startedMs = performance.now()
    expect(await isPassword('wrong', hash)).toBe(false)
    return performance.now() - startedMs
  }
  const known: number[] = []
  const unknown: number[] = []
  for (let i = 0; i < 5; i += 1) {
    known.push(await took(stored))
    unknown.push(await took(null))
  }
  // Only that the work is done at all: a look-up alone would be a thousand times shorter.
  expect(Math.min(...unknown)).toBeGreaterThan(Math.min(...known) / 3)
})

test('the same letters typed in two ways are the same password', async () => {
  expect(await isPassword('cafe\u0301', await hashPassword('caf\u00e9'))).toBe(true)
})

test('what is no hash is nobody’s password', async () => {
  for (const stored of ['', 'plain', '$argon2i$v=19$m=1,t=1,p=1$YWJj$YWJj']) {
    expect(await isPassword('plain', stored)).toBe(false)
  }
})
