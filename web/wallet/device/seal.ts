import { bytesOf, join, randomBytes, type Bytes } from './bytes.ts'

// AES-256-GCM everywhere: a number used once of 12 bytes in front, the tag of 16 behind.
const ivBytes = 12

/** Who a sealed thing belongs to; whatever was sealed for another device does not open. */
export type Owner = { deviceId: string; institutionId: string }

/** What is authenticated beside the bytes: what they are, and whose. */
export const label = (what: string, { deviceId, institutionId }: Owner): Bytes =>
  bytesOf(JSON.stringify([what, institutionId, deviceId]))

/** A fresh key to wrap with, which no script can read. */
export const newWrapKey = (): Promise<CryptoKey> =>
  crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])

/** Seals bytes under a key. `about` is not hidden, but must be the same to open them. */
export async function seal(key: CryptoKey, plain: Bytes, about: Bytes): Promise<Bytes> {
  const iv = randomBytes(ivBytes)
  const algorithm = { name: 'AES-GCM', iv, additionalData: about }
  return join(iv, new Uint8Array(await crypto.subtle.encrypt(algorithm, key, plain)))
}

/** Opens what `seal` made. Throws OperationError when a bit of it, or of `about`, is another. */
export async function open(key: CryptoKey, sealed: Bytes, about: Bytes): Promise<Bytes> {
  const algorithm = { name: 'AES-GCM', iv: sealed.subarray(0, ivBytes), additionalData: about }
  const plain = await crypto.subtle.decrypt(algorithm, key, sealed.subarray(ivBytes))
  return new Uint8Array(plain)
}

/** The same for a key inside: it comes out as one that no script can read. */
export function openKey(
  under: CryptoKey,
  sealed: Bytes,
  about: Bytes,
  kind: 'device' | 'aliases',
): Promise<CryptoKey> {
  const iv = sealed.subarray(0, ivBytes)
  const algorithm = { name: 'AES-GCM', iv, additionalData: about }
  const inside = sealed.subarray(ivBytes)
  const { subtle } = crypto
  return kind === 'device'
    ? subtle.unwrapKey('raw', inside, under, algorithm, deviceKeyAlgorithm, false, ['sign'])
    : subtle.unwrapKey('pkcs8', inside, under, algorithm, aliasKeyAlgorithm, false, ['deriveBits'])
}

/** The key that time codes are made with. */
export const deviceKeyAlgorithm = { name: 'HMAC', hash: 'SHA-256', length: 256 } as const

/** The pair of keys that aliases are sealed to and opened with. */
export const aliasKeyAlgorithm = { name: 'ECDH', namedCurve: 'P-256' } as const
