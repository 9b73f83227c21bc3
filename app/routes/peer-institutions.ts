import { generateKeyPairSync } from 'node:crypto'

import { Type } from 'typebox'

import { readPeerPublicKey } from '../../modules/channel/peer-message.ts'
import { AppError } from '../../modules/errors/errors.ts'
import { newId } from '../../modules/lib/ids.ts'
import { closePeer, listPeers, putPeer, type Peer } from '../../modules/wallet/wallet.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { idempotent } from '../http/idempotency.ts'
import { actorOf } from '../http/principal.ts'
import {
  Body,
  ListOf,
  ListQuery,
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
  state: peer.state,
  created_at: peer.createdAt.toISOString(),
  updated_at: peer.updatedAt.toISOString(),
})

const PeerBody = Body({
  institution: InstitutionId(),
  name: Text(64, { examples: ['城市银行'] }),
  public_key: Type.String({ maxLength: 2_000, description: 'Its Ed25519 key, PEM' }),
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
      const pair = generateKeyPairSync('ed25519')
      const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
      const answer_key = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString()
      const now = io.now()
      const act = { actor: actorOf(principal), trailId: newId('trl', now.getTime()), now }
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
      const key = { institutionId: principal.institutionId, id: request.params.id }
      const now = io.now()
      const act = { actor: actorOf(principal), trailId: newId('trl', now.getTime()), now }
      await io.db.transaction((tx) => closePeer(tx, key, act))
      return reply.code(204).send(null)
    },
  )
}

function checkKey(pem: string): void {
  try {
    readPeerPublicKey(pem)
  } catch (cause) {
    throw new AppError('INVALID_REQUEST', { param: 'public_key' }, { cause })
  }
}
