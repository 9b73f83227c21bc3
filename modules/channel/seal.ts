import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

// How keys of channel accounts lie in the database: AES-256-GCM under the master key. What is sealed
// is bound to the account it belongs to, so that a row copied to another account does not open.

/** The format: a later one, or another master key, gets the next number. */
const VERSION = 1
const IV_BYTES = 12
const TAG_BYTES = 16

/** Whose secrets they are. */
export type SealedFor = { institutionId: string; id: string }

/** What keys are, by name: texts, or small groups of them. */
export type Keys = Readonly<Record<string, unknown>>

/**
 * Seals secrets for the database. Each time the bytes are others, since the nonce is random.
 *
 * @param masterKey 32 bytes
 *
 * Source: DESIGN §6 (master key); NIST SP 800-38D (GCM, 96-bit nonce).
 */
export function sealKeys(keys: Keys, whose: SealedFor, masterKey: Uint8Array): Buffer {
  const nonce = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', masterKey, nonce)
  cipher.setAAD(aadOf(whose))
  const hidden = Buffer.concat([cipher.update(JSON.stringify(keys), 'utf8'), cipher.final()])
  return Buffer.concat([Buffer.of(VERSION), nonce, hidden, cipher.getAuthTag()])
}

/**
 * Opens what `sealKeys` sealed. What it answers is for an adapter and goes nowhere else.
 *
 * @throws Error that names no part of the keys: another master key, another owner, or damaged bytes
 */
export function openKeys(
  sealed: Uint8Array,
  whose: SealedFor,
  masterKey: Uint8Array,
): Record<string, unknown> {
  const bytes = Buffer.from(sealed)
  if (bytes[0] !== VERSION || bytes.length < 1 + IV_BYTES + TAG_BYTES) throw notOpened(whose)
  const opener = createDecipheriv('aes-256-gcm', masterKey, bytes.subarray(1, 1 + IV_BYTES))
  opener.setAAD(aadOf(whose))
  opener.setAuthTag(bytes.subarray(-TAG_BYTES))
  try {
    const hidden = bytes.subarray(1 + IV_BYTES, -TAG_BYTES)
    const text = Buffer.concat([opener.update(hidden), opener.final()]).toString('utf8')
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    // The tag does not fit. The library's words say no more than that.
    throw notOpened(whose)
  }
}

const aadOf = ({ institutionId, id }: SealedFor): Buffer => Buffer.from(`${institutionId}/${id}`)

const notOpened = ({ id }: SealedFor) => new Error(`the keys of ${id} cannot be opened`)

/**
 * By what people tell whether two places hold the same key: the first 12 hexadecimal digits of the
 * SHA-256 of its text. Enough to compare, and nothing to find the key by.
 */
export function fingerprintOf(key: unknown): string {
  const text = typeof key === 'string' ? key : JSON.stringify(key)
  return createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 12)
}
