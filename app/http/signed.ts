import { createHash, verify, type Hash, type KeyObject } from 'node:crypto'

import type { FastifyRequest, preParsingHookHandler } from 'fastify'

import { AppError } from '../../modules/errors/errors.ts'
import type { Io } from '../../modules/io/io.ts'
import {
  contentDigest,
  coveredBy,
  readSignature,
  signatureBase,
  SIGNATURE_LIFE_MS,
  type Covered,
  type ReadSignature,
} from '../../modules/lib/signed-request.ts'
import { admitSigned } from '../../modules/terminal/terminal.ts'
import type { App } from './http.ts'
import type { Principal } from './principal.ts'

type Options = { io: Pick<Io, 'batched' | 'now'>; publicUrl: string }

/**
 * Lets a terminal change anything only by requests that its device has signed just now, each once; its
 * bearer token alone reads. Comes behind the look at the token and before the body is checked. What
 * cannot be verified is refused, whatever the reason.
 *
 * Source: RFC 9421; RFC 9530; reliability.md §10.3; P22.
 */
export function verifySigned(app: App, options: Options): void {
  app.addHook('onRoute', (route) => {
    const callers = route.config?.callers
    const methods = [route.method].flat()
    if (!callers?.includes('terminal') || methods.every((one) => isReading(one))) return
    const parsing = [route.preParsing ?? []].flat()
    const validation = [route.preValidation ?? []].flat()
    route.preParsing = [hashBody, ...parsing]
    route.preValidation = [
      async (request) => {
        const { principal } = request
        if (principal?.kind === 'terminal') await admitRequest(request, principal, options)
      },
      ...validation,
    ]
  })
}

const isReading = (method: string) => method === 'GET' || method === 'HEAD'

const hashes = new WeakMap<FastifyRequest, Hash>()

/** Hashes the body while it is read, so that it is not kept a second time. */
const hashBody: preParsingHookHandler = (request, _reply, payload, done) => {
  const { headers } = request
  const length = headers['content-length'] ?? (headers['transfer-encoding'] ? '?' : '0')
  if (request.principal?.kind === 'terminal' && length !== '0') {
    const hash = createHash('sha256')
    hashes.set(request, hash)
    // Before the parser listens, within the same turn: neither misses a byte.
    payload.on('data', (chunk: Buffer | string) => hash.update(chunk))
  }
  done(null, payload)
}

const noBody = createHash('sha256').digest()

async function admitRequest(
  request: FastifyRequest,
  { institutionId, id: terminalId, deviceKey }: Principal,
  { io, publicUrl }: Options,
): Promise<void> {
  const signed = readHeaders(request)
  const now = io.now()
  const createdAt = new Date(signed.createdSeconds * 1000)
  const isFresh = Math.abs(now.getTime() - createdAt.getTime()) <= SIGNATURE_LIFE_MS
  if (!deviceKey || signed.keyId !== terminalId || !isFresh) throw new AppError('SIGNATURE_INVALID')
  const digest = contentDigest(hashes.get(request)?.digest() ?? noBody)
  if (request.headers['content-digest'] !== digest) throw new AppError('SIGNATURE_INVALID')
  if (!(await isVerified(request, { signed, digest, publicUrl, deviceKey })))
    throw new AppError('SIGNATURE_INVALID')
  // Only now: a stranger must not be able to fill the table of nonces.
  const arrival = { terminalId, nonce: signed.nonce, requestId: request.id, createdAt }
  if (!(await io.batched(admitSigned, institutionId, arrival)))
    throw new AppError('SIGNATURE_REPLAYED')
}

function readHeaders({ headers }: FastifyRequest): ReadSignature {
  const { signature, 'signature-input': input } = headers
  if (signature === undefined && input === undefined) throw new AppError('SIGNATURE_MISSING')
  const isText = typeof signature === 'string' && typeof input === 'string'
  const signed = isText ? readSignature(input, signature) : null
  if (!signed) throw new AppError('SIGNATURE_INVALID')
  return signed
}

type Claim = { signed: ReadSignature; digest: string; publicUrl: string; deviceKey: KeyObject }

/** Whether the device has signed this request: all of it that counts, and nothing else. */
async function isVerified(
  request: FastifyRequest,
  { signed, digest, publicUrl, deviceKey }: Claim,
): Promise<boolean> {
  const { method, headers } = request
  const key = headers['idempotency-key']
  const said: Omit<Covered, 'targetUri'> = {
    ...{ method, digest, contentType: headers['content-type'] ?? null },
    idempotencyKey: typeof key === 'string' ? key : null,
  }
  const due = coveredBy({ ...said, targetUri: '' })
  const isWhole = signed.names.length === due.length && due.every((one) => isNamed(signed, one))
  if (!isWhole) return false
  const signature = Buffer.from(signed.signature, 'base64')
  for (const targetUri of addressesOf(request, publicUrl)) {
    const base = Buffer.from(signatureBase({ ...said, targetUri }, signed.names, signed.params))
    if (await verifies(base, deviceKey, signature)) return true
  }
  return false
}

const isNamed = ({ names }: ReadSignature, name: string) => names.includes(name)

/**
 * How the caller may have addressed this request: as the world knows this server, or as the request
 * itself names its host, which a proxy may have reached by another scheme. The likeliest goes first,
 * because each costs a verification.
 */
function addressesOf({ raw, protocol, host }: FastifyRequest, publicUrl: string): string[] {
  const path = raw.url ?? '/'
  const other = protocol === 'https' ? 'http' : 'https'
  const own = [`${protocol}://${bareHost(protocol, host)}`, `${other}://${bareHost(other, host)}`]
  const isPublic = publicUrl.endsWith(`//${host}`)
  const all = isPublic ? [publicUrl, ...own] : [own[0] ?? '', publicUrl, ...own.slice(1)]
  return [...new Set(all)].map((origin) => origin + path)
}

/** A port that goes without saying is not part of an address. Source: RFC 9110 §4.2.3. */
const bareHost = (protocol: string, host: string): string =>
  host.replace(protocol === 'https' ? /:443$/ : /:80$/, '').toLowerCase()

/** In the thread pool: a verification takes as long as a good part of a payment. */
const verifies = (base: Buffer, key: KeyObject, signature: Buffer): Promise<boolean> =>
  new Promise((resolve, reject) => {
    verify(null, base, key, signature, (error, isGood) => (error ? reject(error) : resolve(isGood)))
  })
