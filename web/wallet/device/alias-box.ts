import { bytesOf, fromBase64, textOf, toBase64, type Bytes } from './bytes.ts'
import { aliasKeyAlgorithm, label, open, seal, type Owner } from './seal.ts'

// A locked phone can be filled, but not read. Each batch is sealed to the phone's public key by a key
// pair made for this batch alone (ECDH P-256, HKDF-SHA-256, AES-256-GCM); only the private key, which
// lies under the PIN, opens it again. So topping up never needs the PIN.

/** Aliases that came together, each sealed on its own, so that one is taken without the others. */
export type AliasBatch = {
  prefix: string
  /** By this device's clock. */
  issuedAtMs: number
  expiresAtMs: number
  /** Public key of the pair that was made for this batch. */
  from: string
  /** Place in the batch and sealed bytes; those that were taken are gone. */
  sealed: [place: number, bytes: string][]
}

export type Aliases = Pick<AliasBatch, 'prefix' | 'issuedAtMs' | 'expiresAtMs'> & {
  aliases: readonly string[]
}

/** A fresh pair: the public key is kept as it is, the private key (PKCS #8) goes under the PIN. */
export async function newAliasKeys(): Promise<{ publicKey: string; privateKey: Bytes }> {
  const { subtle } = crypto
  const pair = await subtle.generateKey(aliasKeyAlgorithm, true, ['deriveBits'])
  const [publicKey, privateKey] = await Promise.all([
    subtle.exportKey('raw', pair.publicKey),
    subtle.exportKey('pkcs8', pair.privateKey),
  ])
  return { publicKey: toBase64(new Uint8Array(publicKey)), privateKey: new Uint8Array(privateKey) }
}

/** Seals a batch to a phone. `onSealed` hears after each alias how many are done. */
export async function sealAliases(
  batch: Aliases,
  to: { publicKey: string; owner: Owner },
  onSealed: (count: number) => void = () => undefined,
): Promise<AliasBatch> {
  const { subtle } = crypto
  const pair = await subtle.generateKey(aliasKeyAlgorithm, false, ['deriveBits'])
  const from = new Uint8Array(await subtle.exportKey('raw', pair.publicKey))
  const key = await batchKey(pair.privateKey, fromBase64(to.publicKey), from, to.owner)
  const { prefix, issuedAtMs, expiresAtMs } = batch
  const sealed: AliasBatch['sealed'] = []
  for (const [place, alias] of batch.aliases.entries()) {
    const about = aliasLabel({ prefix, expiresAtMs }, place, to.owner)
    sealed.push([place, toBase64(await seal(key, bytesOf(alias), about))])
    onSealed(place + 1)
  }
  return { prefix, issuedAtMs, expiresAtMs, from: toBase64(from), sealed }
}

/** Opens one alias of a batch. Throws when it was not sealed to this phone, in this place. */
export async function openAlias(
  batch: AliasBatch,
  [place, bytes]: AliasBatch['sealed'][number],
  own: { aliasKey: CryptoKey; owner: Owner },
): Promise<string> {
  const from = fromBase64(batch.from)
  const key = await batchKey(own.aliasKey, from, from, own.owner)
  return textOf(await open(key, fromBase64(bytes), aliasLabel(batch, place, own.owner)))
}

const aliasLabel = (
  { prefix, expiresAtMs }: { prefix: string; expiresAtMs: number },
  place: number,
  owner: Owner,
): Bytes => label(`alias ${prefix} ${expiresAtMs} ${place}`, owner)

async function batchKey(
  privateKey: CryptoKey,
  publicBytes: Bytes,
  from: Bytes,
  owner: Owner,
): Promise<CryptoKey> {
  const { subtle } = crypto
  const publicKey = await subtle.importKey('raw', publicBytes, aliasKeyAlgorithm, false, [])
  const shared = await subtle.deriveBits({ name: 'ECDH', public: publicKey }, privateKey, 256)
  const material = await subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey'])
  const rule = { name: 'HKDF', hash: 'SHA-256', salt: from, info: label('aliases', owner) }
  const aes = { name: 'AES-GCM', length: 256 }
  return subtle.deriveKey(rule, material, aes, false, ['encrypt', 'decrypt'])
}
