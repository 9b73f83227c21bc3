import { bytesOf, fromBase64, randomBytes, toBase64, type Bytes } from './bytes.ts'
import { label, open, openKey, seal, type Owner } from './seal.ts'

/**
 * Rounds of PBKDF2-HMAC-SHA-256 between the PIN and its key. A lock that asks for fewer is not
 * opened. Source: OWASP Password Storage Cheat Sheet, PBKDF2; read 2026-11.
 */
export const PIN_ROUNDS = 600_000

/** What only the PIN opens: the device's key, and the private key that aliases are sealed to. */
export type PinLock = { salt: string; rounds: number; deviceKey: string; aliasKey: string }

/** The same, opened; in memory only, and no script can read the keys. */
export type Unlocked = { deviceKey: CryptoKey; aliasKey: CryptoKey }

const saltBytes = 16

/**
 * Locks both keys under a PIN. The caller's bytes are wiped.
 *
 * Source: P8 (what makes offline codes lies on the phone encrypted); DESIGN §6.
 */
export async function lockKeys(
  keys: { deviceKey: Bytes; aliasKey: Bytes },
  pin: string,
  owner: Owner,
  rounds: number,
): Promise<PinLock> {
  const salt = randomBytes(saltBytes)
  const under = await pinKey(pin, salt, rounds)
  const [deviceKey, aliasKey] = await Promise.all([
    seal(under, keys.deviceKey, label('device key', owner)),
    seal(under, keys.aliasKey, label('alias key', owner)),
  ])
  keys.deviceKey.fill(0)
  keys.aliasKey.fill(0)
  return {
    salt: toBase64(salt),
    rounds,
    deviceKey: toBase64(deviceKey),
    aliasKey: toBase64(aliasKey),
  }
}

/** Opens both keys; null when the PIN is wrong, the lock damaged, or its rounds too few. */
export async function unlockKeys(
  lock: PinLock,
  pin: string,
  owner: Owner,
  minRounds: number,
): Promise<Unlocked | null> {
  if (!(lock.rounds >= minRounds)) return null
  try {
    const under = await pinKey(pin, fromBase64(lock.salt), lock.rounds)
    const [deviceKey, aliasKey] = await Promise.all([
      openKey(under, fromBase64(lock.deviceKey), label('device key', owner), 'device'),
      openKey(under, fromBase64(lock.aliasKey), label('alias key', owner), 'aliases'),
    ])
    return { deviceKey, aliasKey }
  } catch {
    // WebCrypto does not say whether the key or the bytes were wrong, and neither do we.
    return null
  }
}

/** The same keys under another PIN; null as `unlockKeys`. They are readable only in here. */
export async function changeLock(
  lock: PinLock,
  pins: { current: string; next: string },
  owner: Owner,
  minRounds: number,
): Promise<PinLock | null> {
  if (!(lock.rounds >= minRounds)) return null
  try {
    const under = await pinKey(pins.current, fromBase64(lock.salt), lock.rounds)
    const [deviceKey, aliasKey] = await Promise.all([
      open(under, fromBase64(lock.deviceKey), label('device key', owner)),
      open(under, fromBase64(lock.aliasKey), label('alias key', owner)),
    ])
    return await lockKeys({ deviceKey, aliasKey }, pins.next, owner, lock.rounds)
  } catch {
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
