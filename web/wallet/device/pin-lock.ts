import { bytesOf, fromBase64, randomBytes, toBase64, type Bytes } from './bytes.ts'
import { bareKeys, lockKeys, unlockKeys } from './key-lock.ts'
import type { BareKeys, LockedKeys, Unlocked } from './key-lock.ts'
import type { Owner } from './seal.ts'

/**
 * Rounds of PBKDF2-HMAC-SHA-256 between the PIN and its key. A lock that asks for fewer is not
 * opened. Source: OWASP Password Storage Cheat Sheet, PBKDF2; read 2026-11.
 */
export const PIN_ROUNDS = 600_000

/** What the PIN opens: the device's key, and the private key that aliases are sealed to. */
export type PinLock = LockedKeys & { salt: string; rounds: number }

const saltBytes = 16

/** Locks both keys under a PIN. The caller's bytes are wiped. */
export async function lockByPin(
  keys: BareKeys,
  pin: string,
  owner: Owner,
  rounds: number,
): Promise<PinLock> {
  const salt = randomBytes(saltBytes)
  const locked = await lockKeys(keys, await pinKey(pin, salt, rounds), owner)
  return { salt: toBase64(salt), rounds, ...locked }
}

/** Opens both keys; null when the PIN is wrong, the lock damaged, or its rounds too few. */
export const unlockByPin = (
  lock: PinLock,
  pin: string,
  owner: Owner,
  minRounds: number,
): Promise<Unlocked | null> =>
  withPinKey(lock, pin, minRounds, (under) => unlockKeys(lock, under, owner))

/** The keys as bytes, to lock them otherwise; null as `unlockByPin`. */
export const bareByPin = (
  lock: PinLock,
  pin: string,
  owner: Owner,
  minRounds: number,
): Promise<BareKeys | null> =>
  withPinKey(lock, pin, minRounds, (under) => bareKeys(lock, under, owner))

async function withPinKey<T>(
  lock: PinLock,
  pin: string,
  minRounds: number,
  work: (under: CryptoKey) => Promise<T>,
): Promise<T | null> {
  if (!(lock.rounds >= minRounds)) return null
  try {
    return await work(await pinKey(pin, fromBase64(lock.salt), lock.rounds))
  } catch {
    // WebCrypto does not say whether the key or the bytes were wrong, and neither do we.
    return null
  }
}

async function pinKey(pin: string, salt: Bytes, rounds: number): Promise<CryptoKey> {
  const { subtle } = crypto
  const from = await subtle.importKey('raw', bytesOf(pin), 'PBKDF2', false, ['deriveKey'])
  const rule = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds }
  const uses = ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey'] as const
  return subtle.deriveKey(rule, from, { name: 'AES-GCM', length: 256 }, false, uses)
}
