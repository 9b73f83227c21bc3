import { createSign, createVerify } from 'node:crypto'

import { formatDecimal, parseMinor } from '../../modules/money/money.ts'

/** The fields of a form or a JSON object, as they go over the wire. */
export type Fields = Record<string, string>

/**
 * What RSA2 covers: every field but `sign` and the empty ones, sorted by name, joined, not encoded.
 *
 * Source: reference/protocols.md §3.1.
 */
export function signedText(fields: Fields, leaveOut: readonly string[] = ['sign']): string {
  return Object.keys(fields)
    .filter((name) => !leaveOut.includes(name) && fields[name] !== '')
    .toSorted()
    .map((name) => `${name}=${fields[name]}`)
    .join('&')
}

/** Signs with RSA2: SHA-256 and PKCS #1 v1.5, in base64. */
export function signText(text: string, privateKeyPem: string): string {
  return createSign('RSA-SHA256').update(text, 'utf8').sign(privateKeyPem, 'base64')
}

/** Whether RSA2 says that the holder of the key has signed the text. */
export function isSignedBy(text: string, signature: string, publicKeyPem: string): boolean {
  return createVerify('RSA-SHA256').update(text, 'utf8').verify(publicKeyPem, signature, 'base64')
}

const BEIJING_AHEAD_MS = 8 * 3_600_000
const beijingPattern =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]) ([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/

/** A moment as Alipay writes it: `2026-11-23 13:05:00`, Beijing time. */
export function beijingTime(at: Date): string {
  return new Date(at.getTime() + BEIJING_AHEAD_MS).toISOString().slice(0, 19).replace('T', ' ')
}

/** Reads a time that Alipay's clients write; null when it is none. */
export function readBeijingTime(text: string): Date | null {
  if (!beijingPattern.test(text)) return null
  return new Date(`${text.replace(' ', 'T')}+08:00`)
}

/** An amount as Alipay writes it: 25 000 fen is "250.00". */
export function yuan(amountMinor: bigint): string {
  return formatDecimal(amountMinor, 'CNY')
}

const LARGEST_MINOR = 10_000_000_000n

/**
 * Reads an amount in yuan, given as a text or as a JSON number: 0.01 to 100 000 000 with at most
 * two decimal places. Null for all else.
 *
 * Source: reference/protocols.md §3.2, total_amount.
 */
export function readYuan(value: unknown): bigint | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null
  const amountMinor = parseMinor(String(value), 'CNY')
  if (amountMinor === null || amountMinor < 1n || amountMinor > LARGEST_MINOR) return null
  return amountMinor
}

/**
 * The body of a gateway answer. The signature covers the very characters of the content, slashes
 * escaped as Alipay escapes them: a client that parses and writes the JSON again cannot verify it.
 */
export function signedAnswer(
  name: string,
  content: Record<string, unknown>,
  privateKeyPem: string,
): string {
  const raw = JSON.stringify(content).replaceAll('/', '\\/')
  return `{"${name}":${raw},"sign":"${signText(raw, privateKeyPem)}"}`
}
