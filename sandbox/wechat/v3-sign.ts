import { createCipheriv, createSign, createVerify, randomBytes } from 'node:crypto'

import { systemClock } from '../../modules/lib/clock.ts'
import type { Call } from '../counterpart/http.ts'
import type { Merchant, Platform } from './accounts.ts'

// Stamps are of the machine's clock and not of the virtual one: whoever calls stamps by his own.
const MOST_OFFSET_S = 300

const nowSeconds = (): number => Math.floor(systemClock().getTime() / 1000)

/** A V3 Authorization header, read. */
export type Authorization = {
  mchid: string
  nonce: string
  timestamp: string
  serial: string
  signature: string
}

/** Reads the header; undefined when it is none of this kind or a part is missing. */
export function readAuthorization(header: string | undefined): Authorization | undefined {
  const [scheme, rest = ''] = (header ?? '').split(/ (.*)/s)
  if (scheme !== 'WECHATPAY2-SHA256-RSA2048') return undefined
  const parts = new Map(
    [...rest.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name!, value!] as const),
  )
  const [mchid, nonce, timestamp, serial, signature] = [
    'mchid',
    'nonce_str',
    'timestamp',
    'serial_no',
    'signature',
  ].map((name) => parts.get(name))
  if (!mchid || !nonce || !timestamp || !serial || !signature) return undefined
  return { mchid, nonce, timestamp, serial, signature }
}

/**
 * What is wrong with the signature of a request; undefined when nothing is.
 *
 * Source: reference/protocols.md §2.5.
 */
export function faultOfSignature(
  call: Call,
  authorization: Authorization,
  merchant: Merchant,
): string | undefined {
  const { nonce, timestamp, serial, signature } = authorization
  if (Math.abs(nowSeconds() - Number(timestamp)) > MOST_OFFSET_S) return '时间戳已过期'
  if (serial.toUpperCase() !== merchant.serial) return '商户证书序列号有误'
  const lines = [call.method, call.url, timestamp, nonce, call.text]
  const isRight = verify(lines, signature, merchant.publicKeyPem)
  return isRight ? undefined : '签名验证失败'
}

/** Lines, each closed by a line feed, signed with SHA-256 and RSA: base64. */
export function signLines(lines: readonly string[], privateKeyPem: string): string {
  return createSign('sha256').update(joined(lines)).sign(privateKeyPem, 'base64')
}

/** Whether these lines were signed with the key. */
export function verify(lines: readonly string[], signature: string, publicKeyPem: string): boolean {
  return createVerify('sha256').update(joined(lines)).verify(publicKeyPem, signature, 'base64')
}

const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')

export type Spoil = 'right' | 'probe' | 'wrong'

/**
 * The headers that sign an answer or a notice. `usesPublicKey`: the merchant knows WeChat by its
 * public key and not by its certificate. A probe is how WeChat itself tries whether a merchant
 * checks signatures; a wrong one is well-formed and of other content.
 */
export function stampOf(
  platform: Platform,
  body: string,
  options: { usesPublicKey: boolean; spoil: Spoil },
): Record<string, string> {
  const timestamp = String(nowSeconds())
  const nonce = randomBytes(16).toString('hex')
  const signed = options.spoil === 'wrong' ? `${body} ` : body
  const signature = signLines([timestamp, nonce, signed], platform.privateKeyPem)
  return {
    'Wechatpay-Timestamp': timestamp,
    'Wechatpay-Nonce': nonce,
    'Wechatpay-Serial': options.usesPublicKey ? platform.publicKeyId : platform.serial,
    'Wechatpay-Signature':
      options.spoil === 'probe' ? `WECHATPAY/SIGNTEST/${signature.slice(19)}` : signature,
    'Wechatpay-Signature-Type': 'WECHATPAY2-SHA256-RSA2048',
  }
}

export type Sealed = {
  algorithm: 'AEAD_AES_256_GCM'
  nonce: string
  associated_data: string
  ciphertext: string
}

/** Hides a text under a merchant's V3 key. The tag is the last 16 bytes of the ciphertext. */
export function seal(text: string, apiKeyV3: string, associatedData: string): Sealed {
  const nonce = randomBytes(6).toString('hex')
  const cipher = createCipheriv('aes-256-gcm', apiKeyV3, nonce)
  cipher.setAAD(Buffer.from(associatedData))
  const hidden = [cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]
  const ciphertext = Buffer.concat(hidden).toString('base64')
  return { algorithm: 'AEAD_AES_256_GCM', nonce, associated_data: associatedData, ciphertext }
}
