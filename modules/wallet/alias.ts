import { hkdfSync } from 'node:crypto'

import { assert } from '../lib/assert.ts'
import { aliasLengthOf } from '../paycode/paycode.ts'
import { digitCipher, type DigitCipher } from './ff1.ts'

// The alias in an offline code is the encryption of '1', the number of the device, and a number of two
// digits that counts the aliases of the device in one epoch.

const DAY_MS = 24 * 60 * 60 * 1000
const KIND = '1'
const SEQ_DIGITS = 2

/** So many aliases a device can be given in one epoch. */
export const ALIASES_PER_EPOCH = 10 ** SEQ_DIGITS

/** What an alias hides. */
export type Hidden = { epoch: number; number: number; seq: number }

/** Under which key and which prefix an institution's aliases are made. */
export type AliasTerms = { institutionId: string; prefix: string; aliasKey: Uint8Array }

/** The number of the epoch at a moment, in days since 1970 divided by its length. */
export const epochAt = (at: Date, epochDays: number): number =>
  Math.floor(at.getTime() / (epochDays * DAY_MS))

/** When aliases of an epoch die: with the end of the next one. */
export const epochDiesAt = (epoch: number, epochDays: number): Date =>
  new Date((epoch + 2) * epochDays * DAY_MS)

/** The largest number of a device that an alias of this prefix can hide: seven digits of 81. */
export const largestNumber = (prefix: string): number =>
  10 ** (aliasLengthOf(prefix) - KIND.length - SEQ_DIGITS) - 1

/**
 * The alias of one device, epoch and number. Within an epoch no two are the same.
 *
 * @throws AssertionError for a number that it has no place for
 *
 * Source: P8; reference/protocols.md §9.3.
 */
export function aliasOf(terms: AliasTerms, { epoch, number, seq }: Hidden): string {
  assert(number <= largestNumber(terms.prefix), 'the alias has place for the device’s number')
  assert(seq < ALIASES_PER_EPOCH, 'the alias has place for its own number')
  const width = aliasLengthOf(terms.prefix) - KIND.length - SEQ_DIGITS
  const plain = KIND + String(number).padStart(width, '0') + String(seq).padStart(SEQ_DIGITS, '0')
  return cipherOf(terms, epoch).encrypt(plain)
}

/**
 * What an alias hides if it is of this epoch; null for nine of ten that somebody made up. Of which
 * epoch it is, its row tells.
 */
export function hiddenIn(terms: AliasTerms, alias: string, epoch: number): Hidden | null {
  const plain = cipherOf(terms, epoch).decrypt(alias)
  if (!plain.startsWith(KIND)) return null
  const number = Number(plain.slice(KIND.length, -SEQ_DIGITS))
  return { epoch, number, seq: Number(plain.slice(-SEQ_DIGITS)) }
}

// Making a key ready takes as long as using it. Epochs pass, so the oldest ciphers are forgotten.
const MOST_CIPHERS = 500
const ciphers = new WeakMap<Uint8Array, Map<string, DigitCipher>>()

function cipherOf({ institutionId, prefix, aliasKey }: AliasTerms, epoch: number): DigitCipher {
  const known = ciphers.get(aliasKey) ?? new Map<string, DigitCipher>()
  ciphers.set(aliasKey, known)
  const name = `${institutionId} ${prefix} ${epoch}`
  const earlier = known.get(name)
  if (earlier) return earlier
  const [oldest] = known.keys()
  if (known.size >= MOST_CIPHERS && oldest !== undefined) known.delete(oldest)
  const key = hkdfSync('sha256', aliasKey, institutionId, 'offline alias', 32)
  const cipher = digitCipher(new Uint8Array(key), `${prefix}:${epoch}`)
  known.set(name, cipher)
  return cipher
}
