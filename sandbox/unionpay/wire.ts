import { createHash, createSign, createVerify, X509Certificate } from 'node:crypto'

/** The fields of a message. */
export type Fields = Record<string, string>

/**
 * What the signature of 5.1.0 covers: every field but `signature` and the empty ones, sorted by
 * name, joined, not encoded.
 *
 * Source: reference/protocols.md §4.1.
 */
export function signedText(fields: Fields): string {
  return Object.keys(fields)
    .filter((name) => name !== 'signature' && fields[name] !== '')
    .toSorted()
    .map((name) => `${name}=${fields[name]}`)
    .join('&')
}

// SHA-256 twice: first over the text, then, inside the signature, over the digest's hex digits.
const digestOf = (fields: Fields): string =>
  createHash('sha256').update(signedText(fields), 'utf8').digest('hex')

/** Signs a message: base64. */
export function signatureOf(fields: Fields, privateKeyPem: string): string {
  return createSign('RSA-SHA256').update(digestOf(fields)).sign(privateKeyPem, 'base64')
}

/** Whether the holder of the certificate has signed the message. */
export function isSignedBy(fields: Fields, certificatePem: string): boolean {
  const key = new X509Certificate(certificatePem).publicKey
  const { signature = '' } = fields
  return createVerify('RSA-SHA256').update(digestOf(fields)).verify(key, signature, 'base64')
}

/**
 * Writes an answer as the gateway does: `name=value&…` and nothing encoded, neither the line breaks
 * of the certificate nor the `+` and `=` of base64. Whoever decodes it as a form breaks it.
 *
 * Source: UnionPay's SDK, SDKUtil.convertResultStringToMap, which splits and does not decode.
 */
export function writeAnswer(fields: Fields): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

/** Reads the fields of a nested value: `{token=62…&trId=62…}`. Null when it is none. */
export function readNested(value: string): Fields | null {
  const inside = /^\{(.*)\}$/.exec(value)?.[1]
  if (inside === undefined) return null
  const pairs = inside.split('&').map((pair) => {
    const at = pair.indexOf('=')
    return [pair.slice(0, at), pair.slice(at + 1)] as const
  })
  return Object.fromEntries(pairs)
}

const BEIJING_AHEAD_MS = 8 * 3_600_000
const CUT_BEFORE_MIDNIGHT_MS = 3_600_000
const timePattern = /^(\d{4})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])([0-5]\d)([0-5]\d)$/

const beijing = (at: Date, aheadMs = 0): string =>
  new Date(at.getTime() + BEIJING_AHEAD_MS + aheadMs).toISOString()

/** A moment as UnionPay writes it: yyyyMMddHHmmss, Beijing time. */
export const beijingTime = (at: Date): string => beijing(at).slice(0, 19).replace(/\D/g, '')

/** Reads a time of a message; null when it is none. */
export function readBeijingTime(text: string): Date | null {
  const [, year, month, day, hour, minute, second] = timePattern.exec(text) ?? []
  if (second === undefined) return null
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}+08:00`)
}

/**
 * The clearing day, `2026-11-23`, that a moment belongs to: a day ends at 23:00 Beijing time.
 *
 * Source: reference/protocols.md §4.1.
 */
export const clearingDay = (at: Date): string => beijing(at, CUT_BEFORE_MIDNIGHT_MS).slice(0, 10)

/** MMDD of a clearing day, as messages have it. */
export const settleDate = (day: string): string => day.slice(5).replace('-', '')
