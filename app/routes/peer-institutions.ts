import { generateKeyPairSync } from 'node:crypto'

import { Type } from 'typebox'

import { fingerprintOf } from '../../modules/channel/channel.ts'
import { readPeerPublicKey } from '../../modules/channel/peer-message.ts'
import { AppError } from '../../modules/errors/errors.ts'
import { newId } from '../../modules/lib/ids.ts'
import {
  changePeerKey,
  closePeer,
  listPeers,
  offerAnswerKey,
  putPeer,
  useAnswerKey,
  type Peer,
} from '../../modules/wallet/wallet.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { idempotent } from '../http/idempotency.ts'
import { actorOf, type Principal } from '../http/principal.ts'
import {
  Body,
  ListOf,
  ListQuery,
  orNull,
  readPage,
  showList,
  Text,
  Time,
  Words,
} from '../schemas/shared.ts'
import type { Context } from './routes.ts'

const InstitutionId = () => Type.String({ pattern: '^ins_[a-z0-9]{1,16}$', examples: ['ins_city'] })

const PeerView = Type.Object(
  {
    object: Type.Literal('peer_institution'),
    id: InstitutionId(),
    name: Type.String(),
    public_key: Type.String({ description: 'Ed25519, PEM: what it signs its requests with' }),
    fingerprint: Type.String({ description: 'Of that key, to compare by telephone' }),
    old_key_until: orNull(Time({ description: 'Until when the key before is believed too' })),
    next_answer_key: orNull(
      Type.String({ description: 'The key by which it will believe our answers, once in use' }),
    ),
    state: Words(['active', 'closed']),
    created_at: Time(),
    updated_at: Time(),
  },
  { title: 'PeerInstitution' },
)

const showPeer = (peer: Peer) => ({
  object: 'peer_institution' as const,
  id: peer.id,
  name: peer.name,
  public_key: peer.publicKey,
  fingerprint: fingerprintOf(peer.publicKey),
  old_key_until: peer.old?.until.toISOString() ?? null,
  next_answer_key: peer.nextAnswerKey,
  state: peer.state,
  created_at: peer.createdAt.toISOString(),
  updated_at: peer.updatedAt.toISOString(),
})

const PeerBody = Body({
  institution: InstitutionId(),
  name: Text(64, { examples: ['城市银行'] }),
  public_key: Type.String({ maxLength: 2_000, description: 'Its Ed25519 key, PEM' }),
})

const DAY_MS = 24 * 60 * 60 * 1000

const KeyBody = Body({
  public_key: Type.String({ maxLength: 2_000, description: 'Its next Ed25519 key, PEM' }),
  old_key_for_days: Type.Optional(
    Type.Integer({
      ...{ minimum: 0, maximum: 90, default: 7 },
      description: 'How long the key before is believed too; 0: not any more',
    }),
  ),
})

const PutView = Type.Object({
  object: Type.Literal('peer_institution'),
  id: InstitutionId(),
  name: Type.String(),
  answer_key: Type.String({
    description: 'The Ed25519 key, PEM, by which it believes our answers',
  }),
})

/** Institutions whose merchants may charge the payers here. Source: P14. */
export function peerInstitutionRoutes(app: App, { io }: Context): void {
  keyRoutes(app, io)

  app.get(
    '/v1/peer_institutions',
    {
      schema: {
        summary: 'List the institutions whose merchants may charge our payers',
        querystring: ListQuery({}),
        response: { 200: ListOf(PeerView) },
      },
      config: allow('operator'),
    },
    async (request) => {
      const { institutionId } = principalOf(request)
      const peers = await listPeers(io.db, institutionId, readPage(request.query))
      return showList(peers, request.query, { url: '/v1/peer_institutions', show: showPeer })
    },
  )

  app.post(
    '/v1/peer_institutions',
    {
      schema: {
        summary: 'Let the merchants of an institution charge our payers, or change the keys',
        body: PeerBody,
        response: { 201: PutView },
      },
      config: { ...allow('operator'), isIdempotent: true },
    },
    (request, reply) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { institution: id, name, public_key: publicKey } = request.body
      checkKey(publicKey)
      const { privateKey, publicKey: answer_key } = newPair()
      const act = actOf(io, principal)
      return idempotent(io, request, reply, async (tx) => {
        const peer = { institutionId, id, name, publicKey, privateKey }
        await putPeer(tx, peer, { ...act, masterKey: io.masterKey })
        return { body: { object: 'peer_institution', id, name, answer_key } }
      })
    },
  )

  app.post(
    '/v1/peer_institutions/:id/close',
    {
      schema: {
        summary: 'Let them charge our payers no more',
        params: Type.Object({ id: InstitutionId() }),
        body: Body({}),
        response: { 204: Type.Null() },
      },
      config: { ...allow('operator'), mayLackBody: true },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const key = keyOf(principal, request.params.id)
      await io.db.transaction((tx) => closePeer(tx, key, actOf(io, principal)))
      return reply.code(204).send(null)
    },
  )
}

function keyRoutes(app: App, io: Context['io']): void {
  const params = Type.Object({ id: InstitutionId() })
  const response = { 200: PeerView }
  app.post(
    '/v1/peer_institutions/:id/key',
    {
      schema: {
        ...{ summary: 'Believe another key of theirs, and the one before for a while' },
        ...{ params, body: KeyBody, response },
      },
      config: allow('operator'),
    },
    async (request) => {
      const principal = principalOf(request)
      const { public_key: publicKey, old_key_for_days: days = 7 } = request.body
      checkKey(publicKey)
      const act = actOf(io, principal)
      const oldUntil = new Date(act.now.getTime() + days * DAY_MS)
      const peer = { ...keyOf(principal, request.params.id), publicKey, oldUntil }
      return showPeer(await io.db.transaction((tx) => changePeerKey(tx, peer, act)))
    },
  )

  app.post(
    '/v1/peer_institutions/:id/answer_key',
    {
      schema: {
        summary: 'Make the next key that answers to them will be signed with',
        description:
          'It is not used yet: give its public half to the other institution first. The next key that ' +
          'there is already stays.',
        ...{ params, body: Body({}), response },
      },
      config: { ...allow('operator'), mayLackBody: true },
    },
    async (request) => {
      const principal = principalOf(request)
      const act = { ...actOf(io, principal), masterKey: io.masterKey }
      const peer = { ...keyOf(principal, request.params.id), ...newPair() }
      return showPeer(await io.db.transaction((tx) => offerAnswerKey(tx, peer, act)))
    },
  )

  app.post(
    '/v1/peer_institutions/:id/answer_key/use',
    {
      schema: {
        summary: 'Sign answers to them with the next key from now on',
        ...{ params, body: Body({}), response },
      },
      config: { ...allow('operator'), mayLackBody: true },
    },
    async (request) => {
      const principal = principalOf(request)
      const key = keyOf(principal, request.params.id)
      return showPeer(await io.db.transaction((tx) => useAnswerKey(tx, key, actOf(io, principal))))
    },
  )
}

const keyOf = ({ institutionId }: Principal, id: string) => ({ institutionId, id })

function actOf(io: Context['io'], principal: Principal) {
  const now = io.now()
  return { actor: actorOf(principal), trailId: newId('trl', now.getTime()), now }
}

/** A fresh pair of Ed25519 keys, PEM. */
function newPair() {
  const pair = generateKeyPairSync('ed25519')
  return {
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
}

function checkKey(pem: string): void {
  try {
    readPeerPublicKey(pem)
  } catch (cause) {
    throw new AppError('INVALID_REQUEST', { param: 'public_key' }, { cause })
  }
}
