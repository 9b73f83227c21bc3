import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

// Argon2id with 19 MiB, two passes and one lane. Source: OWASP Password Storage Cheat Sheet,
// "Argon2id", minimum configuration; read 2026-11.
const cost = { memory: 19_456, passes: 2, parallelism: 1 } as const
const SALT_BYTES = 16
const HASH_BYTES = 32

type Cost = { memory: number; passes: number; parallelism: number }

const derive = promisify(argon2)

// m, t and p as they are stored, so that a later change of `cost` leaves old hashes readable.
const phc =
  /^\$argon2id\$v=19\$m=(\d{1,8}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/

/**
 * Hashes a password or PIN for storing, as a PHC string: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`.
 * Takes some 50 ms of one core and 19 MiB; runs off the event loop.
 *
 * Source: PHC string format; RFC 9106 (Argon2).
 */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const hash = await deriveKey(password, salt, HASH_BYTES, cost)
  const { memory, passes, parallelism } = cost
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(hash)}`
}

/**
 * Whether the password is the one that was hashed. `null` for the hash of somebody who does not
 * exist: the answer is false and costs as much as any other, so that the time taken does not tell
 * which names are known. A string that is no PHC string answers false as well.
 */
export async function isPassword(password: string, stored: string | null): Promise<boolean> {
  const parts = phc.exec(stored ?? nobody)
  if (!parts) return false
  const [, memory = '', passes = '', parallelism = '', salt = '', hash = ''] = parts
  const wanted = Buffer.from(hash, 'base64')
  const found = await deriveKey(password, Buffer.from(salt, 'base64'), wanted.length, {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
  })
  return timingSafeEqual(found, wanted) && stored !== null
}

const deriveKey = (password: string, salt: Uint8Array, bytes: number, by: Cost) =>
  derive('argon2id', {
    // The same letters typed on two keyboards must be the same password. Source: RFC 8265 §4.2.2.
    message: password.normalize('NFC'),
    nonce: salt,
    tagLength: bytes,
    ...by,
  })

// PHC wants base64 without padding.
const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')

// A hash of nothing that anybody could type, made with the same cost.
const nobody = `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${base64(randomBytes(SALT_BYTES))}$${base64(randomBytes(HASH_BYTES))}`
