import { Type } from 'typebox'

import { newId } from '../../modules/lib/ids.ts'
import {
  createParty,
  issueCredential,
  newToken,
  readParties,
  type Party,
} from '../../modules/party/party.ts'
import { record } from '../../modules/trail/trail.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { idempotent } from '../http/idempotency.ts'
import { actorOf } from '../http/principal.ts'
import {
  Body,
  ListOf,
  ListQuery,
  readPage,
  SearchText,
  showList,
  Text,
  Time,
  Words,
} from '../schemas/shared.ts'
import type { Context } from './routes.ts'

const kinds = ['agent', 'platform'] as const

const fields = {
  object: Type.Literal('party'),
  id: Type.String({ examples: ['pty_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
  kind: Words(kinds),
  name: Type.String(),
  state: Words(['active', 'closed']),
  created_at: Time(),
}

const PartyView = Type.Object(fields, { title: 'Party' })

const NewPartyView = Type.Object(
  { ...fields, api_key: Type.String({ description: 'Shown this once' }) },
  { title: 'NewParty' },
)

const showParty = (party: Party) => ({
  object: 'party' as const,
  id: party.id,
  kind: party.kind,
  name: party.name,
  state: party.state,
  created_at: party.createdAt.toISOString(),
})

/** Agents and platforms, who have a part in merchants' payments. Source: P29, P30. */
export function partyRoutes(app: App, { io }: Context): void {
  app.get(
    '/v1/parties',
    {
      schema: {
        summary: 'List agents and platforms',
        querystring: ListQuery({ q: SearchText() }),
        response: { 200: ListOf(PartyView) },
      },
      config: allow('operator'),
    },
    async (request) => {
      const { institutionId } = principalOf(request)
      const { query } = request
      const page = { q: query.q ?? null, ...readPage(query) }
      const parties = await readParties(io.db, institutionId, page)
      return showList(parties, query, { url: '/v1/parties', show: showParty })
    },
  )

  app.post(
    '/v1/parties',
    {
      schema: {
        summary: 'Add an agent or platform, with an API key',
        body: Body({ kind: Words(kinds), name: Text(64, { examples: ['晨曦代理'] }) }),
        response: { 201: NewPartyView },
      },
      config: { ...allow('operator'), isIdempotent: true },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { kind, name } = request.body
      const now = io.now()
      const id = newId('pty', now.getTime())
      const token = newToken('party_key', institutionId)
      const credential = { institutionId, kind: 'party_key', subjectId: id, now, token } as const
      const entry = {
        ...{ id: newId('trl', now.getTime()), at: now, actor: actorOf(principal) },
        ...{ action: 'party.create', subject: id, detail: { kind, name } },
      }
      return idempotent(io, request, reply, async (tx) => {
        await createParty(tx, { institutionId, id, kind, name }, now)
        issueCredential(tx, credential)
        await record(tx, institutionId, [entry])
        const body = showParty({ id, kind, name, state: 'active', createdAt: now })
        return { body, shownOnce: { api_key: token } }
      })
    },
  )
}
