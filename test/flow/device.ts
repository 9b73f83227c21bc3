import { generateKeyPairSync, type KeyObject } from 'node:crypto'

import { signedBy, type DeviceKey } from '../../bench/parts/signing.ts'

export type { DeviceKey } from '../../bench/parts/signing.ts'

export type NewDevice = {
  privateKey: KeyObject
  /** 32 bytes. */
  publicKey: Buffer
}

// Where the raw key begins in the DER form of an Ed25519 public key. Source: RFC 8410 §4.
const RAW_FROM = 12

/** A key as a device would make it. */
export function newDevice(): NewDevice {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return {
    privateKey,
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(RAW_FROM),
  }
}

const devices = new Map<string, DeviceKey>()

/** From now on calls with this token are signed with this key. */
export const remember = (token: string, device: DeviceKey): void => void devices.set(token, device)

/** The key that belongs to a token; undefined for whoever is no terminal. */
export const deviceOf = (token: string): DeviceKey | undefined => devices.get(token)

type Injected = {
  method: string
  url: string
  token?: string | undefined
  /** As `inject` is given it. */
  payload?: unknown
  headers: Record<string, string>
  nowMs: number
}

/**
 * What is added to a call that `inject` makes, so that a test need not think of keys: a terminal's
 * changes are signed, and an activation that names no key gets one. `answered` is given what came.
 */
export function asDevice({ method, url, token, payload, headers, nowMs }: Injected) {
  const isActivation =
    url === '/v1/terminals/activate' && isPlain(payload) && !payload['public_key']
  const made = isActivation ? newDevice() : null
  const sent = made
    ? { ...(payload as object), public_key: made.publicKey.toString('base64url') }
    : payload
  const body = sent === undefined ? null : typeof sent === 'string' ? sent : JSON.stringify(sent)
  const device = method === 'GET' ? undefined : deviceOf(token ?? '')
  const contentType = headers['content-type'] ?? (isPlain(payload) ? 'application/json' : null)
  const { 'idempotency-key': idempotencyKey = null } = headers
  const address = { method, url: `http://localhost${url}`, body, contentType, idempotencyKey }
  return {
    ...(body !== null && { payload: body }),
    headers: {
      ...(contentType !== null && { 'content-type': contentType }),
      ...(device && signedBy(device, { ...address, nowMs })),
      ...headers,
    },
    answered(answer: { token?: unknown; key_id?: unknown }): void {
      const { token: given, key_id: keyId } = answer
      if (made && typeof given === 'string' && typeof keyId === 'string')
        remember(given, { keyId, privateKey: made.privateKey })
    },
  }
}

const isPlain = (payload: unknown): payload is Record<string, unknown> =>
  typeof payload === 'object' && payload !== null && !Buffer.isBuffer(payload)
