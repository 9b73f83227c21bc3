import type { KeyObject } from 'node:crypto'
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'

/** The fields of a form as they go over the wire, decoded. */
export type Fields = Readonly<Record<string, string>>

/** What an answer holds under `<method>_response`. */
export type Content = Readonly<Record<string, unknown>>

/**
 * What RSA2 covers: every field that is not empty, but those left out, sorted by name and joined,
 * not encoded.
 *
 * Source: Alipay, "signing by oneself" (reference/protocols.md §3.1).
 */
export function signedText(fields: Fields, leftOut: readonly string[] = ['sign']): string {
  return Object.keys(fields)
    .filter((name) => !leftOut.includes(name) && fields[name] !== '')
    .sort()
    .map((name) => `${name}=${fields[name]}`)
    .join('&')
}

/** RSA2: SHA256withRSA, in base64. */
export function signRsa2(text: string, key: KeyObject): string {
  return sign('RSA-SHA256', Buffer.from(text), key).toString('base64')
}

/** Whether one of the keys signed the text; while keys are rotated there are two. */
export function isSigned(text: string, signature: string, keys: readonly KeyObject[]): boolean {
  const bytes = Buffer.from(signature, 'base64')
  return keys.some((key) => verify('RSA-SHA256', Buffer.from(text), key, bytes))
}

/**
 * Whether a notice is Alipay's. Most are signed without `sign_type`, some with it, so both are
 * tried, as the official client does.
 *
 * Source: reference/protocols.md §3.6.
 */
export function isNoticeSigned(fields: Fields, keys: readonly KeyObject[]): boolean {
  const { sign: signature = '' } = fields
  if (signature === '') return false
  return (
    isSigned(signedText(fields, ['sign', 'sign_type']), signature, keys) ||
    isSigned(signedText(fields), signature, keys)
  )
}

/**
 * The content of an answer, if its signature is Alipay's; null for every other body. The signature
 * covers the content as it stands in the body, so that text is what is verified, and is what is
 * read: of two members of one name an attacker could have signed one and meant the other.
 *
 * @param method alipay.trade.pay, …
 *
 * Source: reference/protocols.md §3.1 (the raw substring, never serialised again).
 */
export function readSignedAnswer(
  body: string,
  method: string,
  keys: readonly KeyObject[],
): Content | null {
  if (!isJsonObject(body)) return null
  const members = rawMembers(body)
  const raw =
    members?.get(`${method.replaceAll('.', '_')}_response`) ?? members?.get('error_response')
  const signature = members?.get('sign')
  if (!raw?.startsWith('{') || !signature?.startsWith('"')) return null
  if (!isSigned(raw, JSON.parse(signature) as string, keys)) return null
  return JSON.parse(raw) as Content
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    // Not JSON at all: a page of a proxy, or an answer that was cut. Either way, no answer.
    return false
  }
}

/** The members of a JSON object, each as it is written; null when a name is there twice. */
function rawMembers(text: string): Map<string, string> | null {
  const members = new Map<string, string>()
  let [depth, start, isInString, isTwice] = [0, 0, false, false]
  const end = (at: number) => {
    const [, name, raw] = /^\s*"([^"]*)"\s*:\s*([^]*?)\s*$/.exec(text.slice(start, at)) ?? []
    start = at + 1
    if (name === undefined || raw === undefined) return
    isTwice ||= members.has(name)
    members.set(name, raw)
  }
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at)
    if (isInString) {
      if (char === '\\') at += 1
      else if (char === '"') isInString = false
    } else if (char === '"') isInString = true
    else if (char === ',' && depth === 1) end(at)
    else if (char === '{' || char === '[') {
      depth += 1
      if (depth === 1) start = at + 1
    } else if (char === '}' || char === ']') {
      if (depth === 1) end(at)
      depth -= 1
    }
  }
  return isTwice ? null : members
}

/**
 * Reads the app's private key: PEM, or the bare base64 (PKCS#8 or PKCS#1) of Alipay's key tool.
 *
 * @throws Error that names no part of the key, when it is none
 */
export function readPrivateKey(text: string): KeyObject {
  const key = firstReadable([
    () => createPrivateKey(text),
    () => createPrivateKey({ key: bytesOf(text), format: 'der', type: 'pkcs8' }),
    () => createPrivateKey({ key: bytesOf(text), format: 'der', type: 'pkcs1' }),
  ])
  if (key?.asymmetricKeyType !== 'rsa') throw new Error('the app’s private key is no RSA key')
  return key
}

/**
 * Reads a key of Alipay's: PEM, a certificate, or bare base64.
 *
 * @throws Error when it is none
 */
export function readPublicKey(text: string): KeyObject {
  const key = firstReadable([
    () => createPublicKey(text),
    () => createPublicKey({ key: bytesOf(text), format: 'der', type: 'spki' }),
  ])
  if (key?.asymmetricKeyType !== 'rsa') throw new Error('Alipay’s public key is no RSA key')
  return key
}

const bytesOf = (base64: string): Buffer => Buffer.from(base64, 'base64')

function firstReadable(tries: readonly (() => KeyObject)[]): KeyObject | null {
  for (const read of tries) {
    try {
      return read()
    } catch {
      // Another form of key; the next one is tried, and the last says that it is none.
    }
  }
  return null
}
