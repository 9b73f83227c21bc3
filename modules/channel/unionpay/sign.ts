import type { KeyObject } from 'node:crypto'
import { createHash, sign, verify } from 'node:crypto'

/** The fields of a message. */
export type Fields = Readonly<Record<string, string>>

/**
 * What the signature of 5.1.0 covers: every field but `signature`, sorted by name, joined, not
 * encoded. Empty ones are covered too, when they are there.
 *
 * Source: UnionPay's SDK, SDKUtil.coverMap2String (reference/protocols.md §4.1).
 */
export function signedText(fields: Fields): string {
  return Object.keys(fields)
    .filter((name) => name !== 'signature')
    .sort()
    .map((name) => `${name}=${fields[name]}`)
    .join('&')
}

// SHA-256 twice: over the text, and inside the signature over the digest, in hexadecimal.
const digestOf = (text: string): Buffer =>
  Buffer.from(createHash('sha256').update(text, 'utf8').digest('hex'))

/** Signs a message of 5.1.0, in base64. */
export function signatureOf(fields: Fields, key: KeyObject): string {
  return sign('RSA-SHA256', digestOf(signedText(fields)), key).toString('base64')
}

/**
 * Whether the holder of the key signed the message. Empty fields are tried with and without: the
 * vendor's samples drop them on one side and not on the other.
 */
export function isSigned(fields: Fields, key: KeyObject): boolean {
  const signature = Buffer.from(fields['signature'] ?? '', 'base64')
  if (signature.length === 0) return false
  const filled = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''))
  return [fields, filled].some((one) =>
    verify('RSA-SHA256', digestOf(signedText(one)), key, signature),
  )
}

/**
 * The fields of an answer of the gateway: `name=value&…`, not encoded. A value in braces may have
 * `&` and `=` in it, as the certificate and the signature have `=` and `+`. Null when a name is
 * there twice, or when it is no such text.
 *
 * Source: UnionPay's SDK, SDKUtil.parseQString, which splits and does not decode.
 */
export function readAnswer(text: string): Fields | null {
  const fields: Record<string, string> = {}
  for (const part of partsOf(text.trim())) {
    const at = part.indexOf('=')
    const name = part.slice(0, at)
    if (at < 1 || Object.hasOwn(fields, name)) return null
    fields[name] = part.slice(at + 1)
  }
  return fields
}

// At every `&` that is not inside of braces; brackets of a text, 成功[0000000], are none.
function partsOf(text: string): string[] {
  const parts: string[] = []
  let [depth, start] = [0, 0]
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at)
    if (char === '{') depth += 1
    else if (char === '}') depth -= 1
    else if (char === '&' && depth <= 0) {
      parts.push(text.slice(start, at))
      start = at + 1
    }
  }
  return [...parts, text.slice(start)]
}

/**
 * The fields of a notice: an ordinary encoded form. Null when a name is there twice.
 *
 * Source: reference/protocols.md §4.1.
 */
export function readForm(body: string): Fields | null {
  const pairs = [...new URLSearchParams(body)]
  const fields = Object.fromEntries(pairs)
  return Object.keys(fields).length === pairs.length ? fields : null
}
