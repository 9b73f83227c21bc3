import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

// How keys of channel accounts and other secrets lie in the database: AES-256-GCM under the master
// key, whose id stands in front, so that it can be changed while both the old and the new one open.
// What is sealed is bound to whom it belongs to: a value that is copied to another row does not open.

/** The format: its number, the id of the key, the nonce, what is hidden, the tag. */
const VERSION = 2
/** The format before, which had no id. Whichever key opens it is the one. */
const VERSION_WITHOUT_ID = 1
const ID_BYTES = 6
const IV_BYTES = 12
const TAG_BYTES = 16

/** One key that seals: 32 bytes, and by what it is told from others; no secret. */
export type SealingKey = { id: Buffer; bytes: Uint8Array }

/**
 * The master key: the one that seals stands first; behind it, while it is being changed, those that
 * still open what was sealed before.
 */
export type MasterKey = {
  /** As they were last looked up; never none. */
  held(): readonly SealingKey[]
  /** Looked up anew where they are kept, so that what is sealed is never under a key of yesterday. */
  fresh(): readonly SealingKey[]
}

/** Whose secrets they are. */
export type SealedFor = { institutionId: string; id: string }

/** What keys are, by name: texts, or small groups of them. */
export type Keys = Readonly<Record<string, unknown>>

/** The key with its id, the first six bytes of a hash that says nothing of it. */
export function sealingKeyOf(bytes: Uint8Array): SealingKey {
  const hash = createHash('sha256').update('onetill sealing key id 1').update(bytes).digest()
  return { id: hash.subarray(0, ID_BYTES), bytes }
}

/** Keys that stay as they are; the first one seals. */
export function masterKeyOf(...keys: readonly Uint8Array[]): MasterKey {
  const all = keys.map(sealingKeyOf)
  return { held: () => all, fresh: () => all }
}

/**
 * Seals secrets for the database. Each time the bytes are others, since the nonce is random.
 *
 * Source: DESIGN §6 (master key); NIST SP 800-38D (GCM, 96-bit nonce).
 */
export function sealKeys(keys: Keys, whose: SealedFor, masterKey: MasterKey): Buffer {
  return sealText(JSON.stringify(keys), whose, newestOf(masterKey))
}

function sealText(text: string, whose: SealedFor, { id, bytes }: SealingKey): Buffer {
  const head = Buffer.concat([Buffer.of(VERSION), id])
  const nonce = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', bytes, nonce)
  cipher.setAAD(Buffer.concat([head, aadOf(whose)]))
  const hidden = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([head, nonce, hidden, cipher.getAuthTag()])
}

/** The key that seals now. */
export function newestOf(masterKey: MasterKey): SealingKey {
  const [newest] = masterKey.fresh()
  if (!newest) throw new Error('there is a key to seal with')
  return newest
}

/**
 * Opens what `sealKeys` sealed. What it answers is for an adapter and goes nowhere else.
 *
 * @throws Error that names no part of the keys: another master key, another owner, or damaged bytes
 */
export function openKeys(
  sealed: Uint8Array,
  whose: SealedFor,
  masterKey: MasterKey,
): Record<string, unknown> {
  return JSON.parse(openText(sealed, whose, masterKey)) as Record<string, unknown>
}

/**
 * The same secrets under the key that seals now; null when they are already.
 *
 * @throws Error as `openKeys`
 */
export function sealAnew(
  sealed: Uint8Array,
  whose: SealedFor,
  masterKey: MasterKey,
): Buffer | null {
  const newest = newestOf(masterKey)
  if (keyIdOf(sealed)?.equals(newest.id)) return null
  return sealText(openText(sealed, whose, masterKey), whose, newest)
}

/** Under which key a value is sealed; null: it is of the format before, or none of ours. */
export function keyIdOf(sealed: Uint8Array): Buffer | null {
  return sealed[0] === VERSION ? Buffer.from(sealed.subarray(1, 1 + ID_BYTES)) : null
}

function openText(sealed: Uint8Array, whose: SealedFor, masterKey: MasterKey): string {
  const bytes = Buffer.from(sealed)
  const id = keyIdOf(bytes)
  const headBytes = id ? 1 + ID_BYTES : 1
  const isWhole = bytes.length >= headBytes + IV_BYTES + TAG_BYTES
  if (!isWhole || (!id && bytes[0] !== VERSION_WITHOUT_ID)) throw notOpened(whose)
  const parts = {
    aad: Buffer.concat([bytes.subarray(0, id ? headBytes : 0), aadOf(whose)]),
    nonce: bytes.subarray(headBytes, headBytes + IV_BYTES),
    hidden: bytes.subarray(headBytes + IV_BYTES, -TAG_BYTES),
    tag: bytes.subarray(-TAG_BYTES),
  }
  const mayFit = (key: SealingKey) => !id || key.id.equals(id)
  const known = masterKey.held().filter(mayFit)
  // A key that is not known yet is one that another process has begun to seal with.
  const keys = known.length > 0 ? known : masterKey.fresh().filter(mayFit)
  for (const key of keys) {
    const text = openWith(key, parts)
    if (text !== null) return text
  }
  throw notOpened(whose)
}

type Parts = { aad: Buffer; nonce: Buffer; hidden: Buffer; tag: Buffer }

function openWith({ bytes }: SealingKey, { aad, nonce, hidden, tag }: Parts): string | null {
  const opener = createDecipheriv('aes-256-gcm', bytes, nonce)
  opener.setAAD(aad)
  opener.setAuthTag(tag)
  try {
    return Buffer.concat([opener.update(hidden), opener.final()]).toString('utf8')
  } catch {
    // The tag does not fit. The library's words say no more than that.
    return null
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
