import { fromBase64, type Bytes } from './bytes.ts'
import { lockKeys, unlockKeys } from './key-lock.ts'
import type { BareKeys, LockedKeys, Unlocked } from './key-lock.ts'
import { label, type Owner } from './seal.ts'

/** Which passkey to ask, and what to ask it: the same question always has the same answer. */
export type Passkey = { credential: string; question: string }

/** What a passkey opens beside the PIN: the same two keys, sealed a second time. */
export type PasskeyLock = LockedKeys & Passkey

/**
 * Locks both keys under what the passkey answers, 32 bytes that only the owner's finger, face or
 * screen lock gets out of the device. The caller's bytes are wiped.
 *
 * Source: P8; W3C WebAuthn level 3, §10.1.4 (PRF extension).
 */
export async function lockByPasskey(
  keys: BareKeys,
  passkey: Passkey & { answer: Bytes },
  owner: Owner,
): Promise<PasskeyLock> {
  const { credential, question, answer } = passkey
  const locked = await lockKeys(keys, await passkeyKey({ question, answer }, owner), owner)
  answer.fill(0)
  return { credential, question, ...locked }
}

/** Opens both keys; null when the answer is another passkey's, or the lock is damaged. */
export async function unlockByPasskey(
  lock: PasskeyLock,
  answer: Bytes,
  owner: Owner,
): Promise<Unlocked | null> {
  try {
    return await unlockKeys(lock, await passkeyKey({ ...lock, answer }, owner), owner)
  } catch {
    // As with the PIN: nobody is told which of the two was wrong.
    return null
  } finally {
    answer.fill(0)
  }
}

async function passkeyKey(
  { question, answer }: { question: string; answer: Bytes },
  owner: Owner,
): Promise<CryptoKey> {
  const { subtle } = crypto
  const from = await subtle.importKey('raw', answer, 'HKDF', false, ['deriveKey'])
  const salt = fromBase64(question)
  const rule = { name: 'HKDF', hash: 'SHA-256', salt, info: label('passkey', owner) }
  const uses = ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey'] as const
  return subtle.deriveKey(rule, from, { name: 'AES-GCM', length: 256 }, false, uses)
}
