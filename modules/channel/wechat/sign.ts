import type { KeyObject } from 'node:crypto'
import {
  createDecipheriv,
  createHash,
  createHmac,
  createSign,
  createVerify,
  timingSafeEqual,
} from 'node:crypto'

import type { OpenKeysV3, SignType } from './account.ts'
import type { Fields } from './xml.ts'

/**
 * Signs the fields of a V2 message: upper-case hexadecimal. `sign` itself and empty fields do not
 * count.
 *
 * Source: reference/protocols.md §2.2, with the published vector in the tests.
 */
export function signV2(fields: Fields, apiKey: string, signType: SignType): string {
  const pairs = Object.keys(fields)
    .filter((name) => name !== 'sign' && fields[name] !== '')
    .toSorted()
    .map((name) => `${name}=${fields[name]}`)
  const text = [...pairs, `key=${apiKey}`].join('&')
  const hash = signType === 'MD5' ? createHash('md5') : createHmac('sha256', apiKey)
  return hash.update(text, 'utf8').digest('hex').toUpperCase()
}

/** Whether a V2 message was signed with the key. */
export function isSignedV2(fields: Fields, apiKey: string, signType: SignType): boolean {
  const made = Buffer.from(signV2(fields, apiKey, signType))
  const given = Buffer.from(fields['sign'] ?? '')
  return made.length === given.length && timingSafeEqual(made, given)
}

/** What a V3 request is signed over. `target` is the path with its query, as it is sent. */
export type ToSign = {
  method: string
  target: string
  timestamp: string
  nonce: string
  body: string
}

/** The lines that a V3 signature covers, each with its line feed. */
export const linesOf = (parts: readonly string[]): string =>
  parts.map((part) => `${part}\n`).join('')

/**
 * The header by which a V3 request says whose it is.
 *
 * Source: reference/protocols.md §2.5.
 */
export function authorizationV3(
  mchId: string,
  { privateKey, serial }: Pick<OpenKeysV3, 'privateKey' | 'serial'>,
  { method, target, timestamp, nonce, body }: ToSign,
): string {
  const lines = linesOf([method, target, timestamp, nonce, body])
  const signature = createSign('sha256').update(lines).sign(privateKey, 'base64')
  const parts = { mchid: mchId, nonce_str: nonce, timestamp, serial_no: serial, signature }
  const said = Object.entries(parts).map(([name, value]) => `${name}="${value}"`)
  return `WECHATPAY2-SHA256-RSA2048 ${said.join(',')}`
}

/** Headers by their lower-case names. */
export type MessageHeaders = Readonly<Record<string, string | undefined>>

// A stamp older or newer than this is a recording. Source: reference/protocols.md §2.5.
const MOST_OFFSET_MS = 300_000
// What WeChat sends to see whether we check. It must be refused.
const PROBE = 'WECHATPAY/SIGNTEST/'

export type SignatureProblem = 'UNSIGNED' | 'UNKNOWN_SERIAL' | 'STALE_STAMP' | 'WRONG_SIGNATURE'

/**
 * What is wrong with the signature of an answer or a notice of V3; undefined when it is WeChat's, is
 * of now and covers this body.
 */
export function problemV3(
  message: { headers: MessageHeaders; body: string },
  platformKeys: ReadonlyMap<string, KeyObject>,
  now: Date,
): SignatureProblem | undefined {
  const [signature, serial, timestamp, nonce] = [
    'wechatpay-signature',
    'wechatpay-serial',
    'wechatpay-timestamp',
    'wechatpay-nonce',
  ].map((name) => message.headers[name])
  if (!signature || !serial || !timestamp || !nonce) return 'UNSIGNED'
  if (signature.startsWith(PROBE)) return 'WRONG_SIGNATURE'
  const key = platformKeys.get(serial)
  if (!key) return 'UNKNOWN_SERIAL'
  const offsetMs = Math.abs(now.getTime() - Number(timestamp) * 1_000)
  if (!(offsetMs <= MOST_OFFSET_MS)) return 'STALE_STAMP'
  const lines = linesOf([timestamp, nonce, message.body])
  const isRight = createVerify('sha256').update(lines).verify(key, signature, 'base64')
  return isRight ? undefined : 'WRONG_SIGNATURE'
}

/** What V3 hides inside a notice. */
export type Sealed = { ciphertext: string; nonce: string; associatedData: string }

/**
 * Opens what V3 has sealed with AES-256-GCM; undefined when it was sealed with another key or was
 * changed on the way. The last 16 bytes are the tag.
 *
 * Source: reference/protocols.md §2.6.
 */
export function openSealed(sealed: Sealed, apiKey: Buffer): string | undefined {
  const bytes = Buffer.from(sealed.ciphertext, 'base64')
  if (bytes.length < 16) return undefined
  try {
    const opener = createDecipheriv('aes-256-gcm', apiKey, Buffer.from(sealed.nonce, 'utf8'))
    opener.setAAD(Buffer.from(sealed.associatedData, 'utf8'))
    opener.setAuthTag(bytes.subarray(-16))
    const text = Buffer.concat([opener.update(bytes.subarray(0, -16)), opener.final()])
    return text.toString('utf8')
  } catch {
    return undefined // The tag does not fit: nothing that is ours.
  }
}

/**
 * Opens what V2 hides in the notice of a refund: AES-256-ECB under the MD5 of the key, in
 * hexadecimal. Undefined when it was hidden with another key. Nothing else protects it, so a reader
 * takes from it only what a query will confirm.
 *
 * Source: WeChat Pay V2, 退款结果通知 (9_16).
 */
export function openRefundV2(hidden: string, apiKey: string): string | undefined {
  const key = createHash('md5').update(apiKey, 'utf8').digest('hex')
  try {
    const opener = createDecipheriv('aes-256-ecb', Buffer.from(key, 'utf8'), null)
    const bytes = Buffer.from(hidden, 'base64')
    return Buffer.concat([opener.update(bytes), opener.final()]).toString('utf8')
  } catch {
    return undefined // The padding does not fit: nothing that is ours.
  }
}
