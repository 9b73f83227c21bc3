import { fromBase64, toBase64, type Bytes } from './bytes.ts'
import { label, open, openKey, seal, type Owner } from './seal.ts'

/** Both keys of a device, sealed under a third: the device's own, and the one that opens aliases. */
export type LockedKeys = { deviceKey: string; aliasKey: string }

/** The same as bytes, on their way from one lock to another. */
export type BareKeys = { deviceKey: Bytes; aliasKey: Bytes }

/** The same, opened; in memory only, and no script can read the keys. */
export type Unlocked = { deviceKey: CryptoKey; aliasKey: CryptoKey }

/**
 * Locks both keys. The caller's bytes are wiped.
 *
 * Source: P8 (what makes offline codes lies on the phone encrypted); DESIGN §6.
 */
export async function lockKeys(
  keys: BareKeys,
  under: CryptoKey,
  owner: Owner,
): Promise<LockedKeys> {
  const [deviceKey, aliasKey] = await Promise.all([
    seal(under, keys.deviceKey, label('device key', owner)),
    seal(under, keys.aliasKey, label('alias key', owner)),
  ])
  keys.deviceKey.fill(0)
  keys.aliasKey.fill(0)
  return { deviceKey: toBase64(deviceKey), aliasKey: toBase64(aliasKey) }
}

/** Opens both keys. Throws when the key is another one, or the lock is damaged. */
export async function unlockKeys(
  lock: LockedKeys,
  under: CryptoKey,
  owner: Owner,
): Promise<Unlocked> {
  const [deviceKey, aliasKey] = await Promise.all([
    openKey(under, fromBase64(lock.deviceKey), label('device key', owner), 'device'),
    openKey(under, fromBase64(lock.aliasKey), label('alias key', owner), 'aliases'),
  ])
  return { deviceKey, aliasKey }
}

/** Opens both keys as bytes, for another lock at once. Throws as `unlockKeys`. */
export async function bareKeys(
  lock: LockedKeys,
  under: CryptoKey,
  owner: Owner,
): Promise<BareKeys> {
  const [deviceKey, aliasKey] = await Promise.all([
    open(under, fromBase64(lock.deviceKey), label('device key', owner)),
    open(under, fromBase64(lock.aliasKey), label('alias key', owner)),
  ])
  return { deviceKey, aliasKey }
}
