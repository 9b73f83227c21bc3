import { createHash, randomUUID, sign, type KeyObject } from 'node:crypto'

import {
  contentDigest,
  signatureHeader,
  toSign,
  type RequestToSign,
} from '../../modules/lib/signed-request.ts'

/** The key of a terminal's device, and its name. */
export type DeviceKey = { keyId: string; privateKey: KeyObject }

export type Unsigned = Omit<RequestToSign, 'keyId' | 'nowMs'> & { nowMs?: number }

/** The headers by which a device signs a request, made at once and in this thread. */
export function signedBy(device: DeviceKey, request: Unsigned): Record<string, string> {
  const hash = createHash('sha256').update(request.body ?? '')
  const signed = { nowMs: Date.now(), ...request, keyId: device.keyId }
  const { base, headers } = toSign(signed, contentDigest(hash.digest()))
  return { ...headers, signature: signatureHeader(sign(null, base, device.privateKey)) }
}

/** All headers of a POST of JSON by a terminal, signed. */
export function terminalHeaders(
  till: { token: string; terminalId: string; privateKey: KeyObject },
  { url, body, key }: { url: string; body: string; key?: string },
): Record<string, string> {
  const contentType = 'application/json'
  const device = { keyId: till.terminalId, privateKey: till.privateKey }
  const request = { method: 'POST', url, body, contentType, idempotencyKey: key ?? null }
  return {
    ...{ authorization: `Bearer ${till.token}`, 'content-type': contentType },
    ...(key !== undefined && { 'idempotency-key': key }),
    ...signedBy(device, request),
  }
}

/**
 * The same as lines of a request, with a fresh Idempotency-Key, for the connections of `http.ts`: those
 * name the host themselves, and the type.
 */
export function signedLines(
  till: { token: string; terminalId: string; privateKey: KeyObject },
  path: string,
  body: string,
): string {
  const url = `http://127.0.0.1${path}`
  const { 'content-type': _, ...headers } = terminalHeaders(till, { url, body, key: randomUUID() })
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')
}
