import {
  createHash,
  createPrivateKey,
  createPublicKey,
  randomBytes,
  sign,
  verify,
} from 'node:crypto'
import type { KeyObject } from 'node:crypto'

// How two institutions sign what they say to each other: HTTP Message Signatures with Ed25519. A
// request is signed over its method, path, body and whom it is meant for, with its time and a number
// of its own; an answer over its status, its body and the request's signature, so that an answer to
// another request is none to this one. Only the parts listed here are spoken.
//
// Source: RFC 9421 (HTTP Message Signatures), RFC 9530 (Content-Digest), RFC 8032 (Ed25519).

/** A request is good for this long, on either side of its time; after that it can come no more. */
export const MESSAGE_LIFE_MS = 30_000

/** The header that says which institution is asked. */
export const ISSUER_HEADER = 'interbank-issuer'

const REQUEST_PARTS = `("@method" "@path" "content-digest" "${ISSUER_HEADER}")`
const ANSWER_PARTS = '("@status" "content-digest" "signature";req)'

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

export type PeerRequest = { method: string; path: string; body: string; issuerId: string }

/** Whose signature it is, and when it was made. */
export type Signer = { id: string; key: KeyObject; at: Date }

/**
 * Reads an Ed25519 private key.
 *
 * @throws Error that names no part of the key, when it is none
 */
export function readPeerPrivateKey(pem: string): KeyObject {
  return readKey(() => createPrivateKey(pem))
}

/**
 * Reads an Ed25519 public key.
 *
 * @throws Error when it is none
 */
export function readPeerPublicKey(pem: string): KeyObject {
  return readKey(() => createPublicKey(pem))
}

function readKey(read: () => KeyObject): KeyObject {
  const key = (() => {
    try {
      return read()
    } catch {
      // Said below, in words without the key in them.
      return null
    }
  })()
  if (key?.asymmetricKeyType !== 'ed25519') throw new Error('the key of a peer is no Ed25519 key')
  return key
}

/** The headers of a signed request, the digest of its body among them. */
export function signRequest(request: PeerRequest, signer: Signer): Record<string, string> {
  const digest = digestOf(request.body)
  const nonce = randomBytes(16).toString('base64url')
  const params = `${REQUEST_PARTS};${termsOf(signer)};nonce="${nonce}"`
  return {
    'content-digest': digest,
    [ISSUER_HEADER]: request.issuerId,
    'signature-input': `sig1=${params}`,
    signature: signatureOf(requestText(request, { digest, params }), signer.key),
  }
}

const termsOf = ({ id, at }: Signer) =>
  `created=${Math.floor(at.getTime() / 1000)};keyid="${id}";alg="ed25519"`

const signatureOf = (text: string, key: KeyObject): string =>
  `sig1=:${sign(null, Buffer.from(text), key).toString('base64')}:`

const digestOf = (body: string): string =>
  `sha-256=:${createHash('sha256').update(body, 'utf8').digest('base64')}:`

function requestText(
  { method, path, issuerId }: Omit<PeerRequest, 'body'>,
  { digest, params }: { digest: string; params: string },
): string {
  return [
    `"@method": ${method.toUpperCase()}`,
    `"@path": ${path}`,
    `"content-digest": ${digest}`,
    `"${ISSUER_HEADER}": ${issuerId}`,
    `"@signature-params": ${params}`,
  ].join('\n')
}

/** What a signature says of itself, before it is believed. */
export type Claim = { id: string; issuerId: string; createdAt: Date; nonce: string }

const requestInput =
  /^sig1=(\("@method" "@path" "content-digest" "interbank-issuer"\);created=(\d{1,12});keyid="([a-z0-9_]{1,20})";alg="ed25519";nonce="([A-Za-z0-9_-]{16,64})")$/

const signatureForm = /^sig1=:([A-Za-z0-9+/]{86}==):$/

const one = (headers: Headers, name: string): string => {
  const value = headers[name]
  return typeof value === 'string' ? value : ''
}

/** Reads who claims to send a request, to whom, and when; null when it is not signed so. */
export function readClaim(headers: Headers): Claim | null {
  const [, , created = '', id = '', nonce = ''] =
    requestInput.exec(one(headers, 'signature-input')) ?? []
  const issuerId = one(headers, ISSUER_HEADER)
  if (id === '' || issuerId === '') return null
  return { id, issuerId, nonce, createdAt: new Date(Number(created) * 1000) }
}

/** Whether a request is young enough to be taken in. */
export function isFresh({ createdAt }: Pick<Claim, 'createdAt'>, now: Date): boolean {
  return Math.abs(now.getTime() - createdAt.getTime()) <= MESSAGE_LIFE_MS
}

/** Whether the holder of one of the keys signed this very request. */
export function isRequestSigned(
  request: Omit<PeerRequest, 'issuerId'>,
  headers: Headers,
  keys: readonly KeyObject[],
): boolean {
  const params = requestInput.exec(one(headers, 'signature-input'))?.[1]
  const digest = one(headers, 'content-digest')
  if (params === undefined || digest !== digestOf(request.body)) return false
  const text = requestText(
    { ...request, issuerId: one(headers, ISSUER_HEADER) },
    { digest, params },
  )
  return keys.some((key) => isSigned(text, headers, key))
}

function isSigned(text: string, headers: Headers, key: KeyObject): boolean {
  const signature = signatureForm.exec(one(headers, 'signature'))?.[1]
  if (signature === undefined) return false
  return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64'))
}

export type PeerAnswer = {
  status: number
  body: string
  /** The header `signature` of the request that it answers. */
  requestSignature: string
}

/** The headers of a signed answer. */
export function signAnswer(answer: PeerAnswer, signer: Signer): Record<string, string> {
  const digest = digestOf(answer.body)
  const params = `${ANSWER_PARTS};${termsOf(signer)}`
  return {
    'content-digest': digest,
    'signature-input': `sig1=${params}`,
    signature: signatureOf(answerText(answer, { digest, params }), signer.key),
  }
}

function answerText(
  { status, requestSignature }: PeerAnswer,
  { digest, params }: { digest: string; params: string },
): string {
  return [
    `"@status": ${status}`,
    `"content-digest": ${digest}`,
    `"signature";req: ${requestSignature}`,
    `"@signature-params": ${params}`,
  ].join('\n')
}

const answerInput =
  /^sig1=(\("@status" "content-digest" "signature";req\);created=\d{1,12};keyid="([a-z0-9_]{1,20})";alg="ed25519")$/

/**
 * Whether the institution `id`, the holder of one of the keys, gave this very answer to the request.
 * There are two while the other changes its key.
 */
export function isAnswerSigned(
  answer: PeerAnswer,
  headers: Headers,
  { id, keys }: { id: string; keys: readonly KeyObject[] },
): boolean {
  const [, params, keyId] = answerInput.exec(one(headers, 'signature-input')) ?? []
  const digest = one(headers, 'content-digest')
  if (params === undefined || keyId !== id || digest !== digestOf(answer.body)) return false
  const text = answerText(answer, { digest, params })
  return keys.some((key) => isSigned(text, headers, key))
}
