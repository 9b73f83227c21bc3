import type { FastifyRequest } from 'fastify'

import {
  isFresh,
  isRequestSigned,
  readClaim,
  readPeerPrivateKey,
  readPeerPublicKey,
  signAnswer,
  type Signer,
} from '../../modules/channel/peer-message.ts'
import { AppError } from '../../modules/errors/errors.ts'
import type { Io } from '../../modules/io/io.ts'
import { newId } from '../../modules/lib/ids.ts'
import { admit, readPeer } from '../../modules/wallet/wallet.ts'
import type { App } from './http.ts'

// Routes that other institutions call: known by their signatures and not by a bearer token. Every
// answer to one that is known is signed too, refusals among them.

/** Who calls, and which institution is asked. */
export type PeerCall = { institutionId: string; peerId: string }

type Known = PeerCall & { key: Signer['key'] }

// How old the copy of a peer's keys may be, in ms: a key that was changed counts after that.
const COPY_MS = 2_000

const bodies = new WeakMap<FastifyRequest, string>()
const known = new WeakMap<FastifyRequest, Known>()

/** Whose request it is, on a route behind `guardPeers`. */
export function peerOf(request: FastifyRequest): PeerCall {
  const call = known.get(request)
  if (!call) throw new AppError('SIGNATURE_WRONG')
  return { institutionId: call.institutionId, peerId: call.peerId }
}

/**
 * Lets only requests in that a known institution has signed just now and for this one, each once.
 * For a scope of its own: it reads bodies as they came, byte for byte.
 *
 * Source: RFC 9421; DESIGN §4.
 */
export function guardPeers(scope: App, io: Io): void {
  scope.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    bodies.set(request, String(body))
    try {
      done(null, JSON.parse(String(body)))
    } catch {
      done(new AppError('INVALID_REQUEST'))
    }
  })
  const peers = holdPeers(io)
  scope.addHook('preValidation', async (request) => {
    known.set(request, await authenticate(io, request, peers))
  })
  scope.addHook('onSend', async (request, reply, payload) => {
    const call = known.get(request)
    if (!call) return
    const { signature } = request.headers
    const body = typeof payload === 'string' ? payload : ''
    const requestSignature = typeof signature === 'string' ? signature : ''
    const answer = { status: reply.statusCode, body, requestSignature }
    reply.headers(signAnswer(answer, { id: call.institutionId, key: call.key, at: io.now() }))
    await Promise.resolve()
  })
}

type Keys = {
  isActive: boolean
  /** By what its requests are believed, each until its time; null: for ever. */
  believed: { key: Signer['key']; until: Date | null }[]
  privateKey: Signer['key']
}
type Peers = (institutionId: string, peerId: string) => Promise<Keys | null>

async function authenticate(io: Io, request: FastifyRequest, peers: Peers): Promise<Known> {
  const { method, url, headers } = request
  const wrong = new AppError('SIGNATURE_WRONG')
  const claim = readClaim(headers)
  if (!claim || !isFresh(claim, io.now())) throw wrong
  const { issuerId: institutionId, id: peerId, nonce } = claim
  const keys = await peers(institutionId, peerId)
  const signed = { method, path: url, body: bodies.get(request) ?? '' }
  const now = io.now()
  const live = keys?.believed.filter(({ until }) => until === null || until > now) ?? []
  const believed = live.map(({ key }) => key)
  if (!keys?.isActive || !isRequestSigned(signed, headers, believed)) throw wrong
  // Only now: a stranger must not be able to fill the table of numbers.
  const arrival = { peerId, nonce, requestId: newId('req'), now }
  if (!(await io.batched(admit, institutionId, arrival))) throw wrong
  return { institutionId, peerId, key: keys.privateKey }
}

/** The keys of peers by institution, read again when the copy is old. */
function holdPeers(io: Io): Peers {
  const copies = new Map<string, { keys: Keys; readAtMs: number }>()
  return async (institutionId, id) => {
    const place = `${institutionId} ${id}`
    const copy = copies.get(place)
    if (copy && performance.now() - copy.readAtMs < COPY_MS) return copy.keys
    const peer = await readPeer(io.db, { institutionId, id }, io.masterKey)
    // What does not exist is not kept, so that strangers cannot fill the memory.
    if (!peer) return null
    const keys = {
      isActive: peer.state === 'active',
      believed: [{ publicKey: peer.publicKey, until: null }, ...(peer.old ? [peer.old] : [])].map(
        ({ publicKey, until }) => ({ key: readPeerPublicKey(publicKey), until }),
      ),
      privateKey: readPeerPrivateKey(peer.privateKey),
    }
    copies.set(place, { keys, readAtMs: performance.now() })
    return keys
  }
}
