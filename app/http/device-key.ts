import { createPublicKey, type KeyObject } from 'node:crypto'

import { AppError } from '../../modules/errors/errors.ts'

const KEY_BYTES = 32

// What goes before the 32 bytes of an Ed25519 public key in DER. Source: RFC 8410 §4.
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')

/** An Ed25519 public key of 32 bytes, ready to verify with. */
export const deviceKeyOf = (publicKey: Uint8Array): KeyObject =>
  createPublicKey({
    ...{ format: 'der', type: 'spki' },
    key: Buffer.concat([SPKI_PREFIX, publicKey]),
  })

/**
 * The public key that a device sends when it is activated: 32 bytes in base64url without padding.
 *
 * @throws AppError DEVICE_KEY_WRONG
 */
export function readDeviceKey(text: string): Buffer {
  const key = Buffer.from(text, 'base64url')
  const isWhole = key.length === KEY_BYTES && key.toString('base64url') === text
  if (!isWhole || key.every((byte) => byte === 0)) {
    throw new AppError('DEVICE_KEY_WRONG', { param: 'public_key' })
  }
  return key
}
