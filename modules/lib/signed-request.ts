// Requests that a terminal signs with the key of its own. One profile, for those who sign (the till,
// the headless terminal, tests) and for the server that verifies; no `node:` here.
//
// Source: RFC 9421 (HTTP Message Signatures), RFC 9530 (Content-Digest); reliability.md §10.3.

/** A request as it will be sent. Header values stand exactly as they go over the wire. */
export type RequestToSign = {
  method: string
  /** Absolute, as the request is sent; a fragment does not count. */
  url: string
  /** The raw bytes, or a text that is sent as UTF-8; null is an empty body. */
  body: Uint8Array | string | null
  contentType?: string | null
  idempotencyKey?: string | null
  /** The terminal: `trm_…`. */
  keyId: string
  /** Milliseconds since 1970, by the signer's best knowledge of the server's clock. */
  nowMs: number
  /** 16 to 64 characters of base64url, new for each request that is sent, a repeat too. */
  nonce?: string
}

/** Ed25519 over these bytes, by whoever holds the key: 64 bytes. */
export type SignBytes = (base: Uint8Array<ArrayBuffer>) => Promise<Uint8Array> | Uint8Array

/** How long before or after its making a signed request is taken. */
export const SIGNATURE_LIFE_MS = 300_000

const TAG = 'onetill'
const ALGORITHM = 'ed25519'

/**
 * Signs a request and answers the headers that are added to it: `Content-Digest`,
 * `Signature-Input` and `Signature`. With a body or an Idempotency-Key, those headers are covered,
 * so they must be sent as they were given here.
 */
export async function signRequest(
  request: RequestToSign,
  sign: SignBytes,
): Promise<Record<string, string>> {
  const body = bytesOf(request.body)
  const digest = contentDigest(new Uint8Array(await crypto.subtle.digest('SHA-256', body)))
  const { base, headers } = toSign(request, digest)
  return { ...headers, signature: signatureHeader(await sign(base)) }
}

/** What is signed, and the headers that tell of it, where the digest is known already. */
export function toSign(
  request: RequestToSign,
  digest: string,
): { base: Uint8Array<ArrayBuffer>; headers: Record<string, string> } {
  const { method, contentType = null, idempotencyKey = null, keyId, nowMs } = request
  const { nonce = newNonce() } = request
  const values = { method, targetUri: bareUrl(request.url), digest, contentType, idempotencyKey }
  const createdSeconds = Math.floor(nowMs / 1000)
  const names = coveredBy(values)
  const params =
    `(${names.map((name) => `"${name}"`).join(' ')});created=${createdSeconds};nonce="${nonce}"` +
    `;keyid="${keyId}";alg="${ALGORITHM}";tag="${TAG}"`
  return {
    base: encoder.encode(signatureBase(values, names, params)),
    headers: { 'content-digest': digest, 'signature-input': `${LABEL}=${params}` },
  }
}

/** The value of the header `Signature`. */
export const signatureHeader = (signature: Uint8Array): string =>
  `${LABEL}=:${toBase64(signature)}:`

/** The value of the header `Content-Digest`, from the SHA-256 of the raw body. Source: RFC 9530 §2. */
export const contentDigest = (sha256: Uint8Array): string => `sha-256=:${toBase64(sha256)}:`

/** A nonce: 128 bits, as 22 characters of base64url. */
export const newNonce = (): string => toBase64Url(crypto.getRandomValues(new Uint8Array(16)))

/** A public key as it is sent at activation: base64url without padding. */
export const toBase64Url = (bytes: Uint8Array): string =>
  toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')

/** What is covered: the values that are signed. Null: the request has no such header. */
export type Covered = {
  method: string
  targetUri: string
  digest: string
  contentType: string | null
  idempotencyKey: string | null
}

/** What the headers of a signed request say; nothing of it is believed before it is verified. */
export type ReadSignature = {
  names: readonly string[]
  /** The text of the parameters as it was sent, which is itself signed. */
  params: string
  createdSeconds: number
  nonce: string
  keyId: string
  /** 64 bytes in base64. */
  signature: string
}

const LABEL = 'sig1'
const LONGEST_HEADER = 1_024
const inputPattern =
  /^[a-z*][a-z0-9_.*-]{0,31}=(\(("[a-z@-]{1,32}"(?: "[a-z@-]{1,32}"){0,9})\)((?:;[a-z]{1,16}=(?:[0-9]{1,15}|"[\x20-\x21\x23-\x5b\x5d-\x7e]{0,80}"))*))$/
const signaturePattern = /^[a-z*][a-z0-9_.*-]{0,31}=:([A-Za-z0-9+/]{86}==):$/

/**
 * Reads `Signature-Input` and `Signature`. Null for whatever is not exactly our profile: one
 * signature, known parameters each once, our algorithm and our tag.
 */
export function readSignature(signatureInput: string, signature: string): ReadSignature | null {
  if (signatureInput.length > LONGEST_HEADER || signature.length > LONGEST_HEADER) return null
  const input = inputPattern.exec(signatureInput)
  const signed = signaturePattern.exec(signature)
  if (!input || !signed || labelOf(signatureInput) !== labelOf(signature)) return null
  const [, params = '', names = '', pairs = ''] = input
  const values = readPairs(pairs)
  if (!values) return null
  const { created = '', nonce = '', keyid = '', alg, tag } = values
  const isOurs = alg === `"${ALGORITHM}"` && tag === `"${TAG}"` && /^[0-9]{1,12}$/.test(created)
  if (!isOurs || !/^"[A-Za-z0-9_-]{16,64}"$/.test(nonce) || keyid.length < 3) return null
  return {
    names: names.slice(1, -1).split('" "'),
    params,
    createdSeconds: Number(created),
    nonce: nonce.slice(1, -1),
    keyId: keyid.slice(1, -1),
    signature: signed[1] ?? '',
  }
}

const known = new Set(['created', 'nonce', 'keyid', 'alg', 'tag'])

function readPairs(pairs: string): Record<string, string> | null {
  const values: Record<string, string> = {}
  for (const pair of pairs.match(/;[a-z]+=(?:[0-9]+|"[^"]*")/g) ?? []) {
    const at = pair.indexOf('=')
    const name = pair.slice(1, at)
    if (!known.has(name) || name in values) return null
    values[name] = pair.slice(at + 1)
  }
  return values
}

const labelOf = (header: string) => header.slice(0, header.indexOf('='))

/** The names that a signature over these values must cover, in our order. */
export function coveredBy({ contentType, idempotencyKey }: Covered): string[] {
  const names = ['@method', '@target-uri', 'content-digest']
  if (contentType !== null) names.push('content-type')
  if (idempotencyKey !== null) names.push('idempotency-key')
  return names
}

/**
 * The text that is signed: a line for each covered component, in the signer's order, and the
 * parameters as they were sent.
 *
 * Source: RFC 9421 §2.5.
 */
export function signatureBase(values: Covered, names: readonly string[], params: string): string {
  const { method, targetUri, digest, contentType, idempotencyKey } = values
  const lineOf: Readonly<Record<string, string | null>> = {
    '@method': method,
    '@target-uri': targetUri,
    'content-digest': digest,
    'content-type': contentType,
    'idempotency-key': idempotencyKey,
  }
  const lines = names.map((name) => `"${name}": ${(lineOf[name] ?? '').trim()}\n`)
  return `${lines.join('')}"@signature-params": ${params}`
}

const encoder = new TextEncoder()

const bytesOf = (body: RequestToSign['body']): Uint8Array<ArrayBuffer> =>
  typeof body === 'string' ? encoder.encode(body) : new Uint8Array(body ?? [])

// A URL reaches the server without its fragment, and its path and query as they are sent.
function bareUrl(url: string): string {
  const { href, hash } = new URL(url)
  return hash === '' && !href.endsWith('#') ? href : href.slice(0, href.indexOf('#'))
}

const toBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))
