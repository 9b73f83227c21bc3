import { Type } from 'typebox'

import { AppError } from '../../modules/errors/errors.ts'
import { isId, newId } from '../../modules/lib/ids.ts'
import {
  issueCredential,
  letKeysEnd,
  newToken,
  readApiKeys,
  readKeyOwner,
  readMerchant,
  readParty,
  revokeHash,
  type ApiKey,
  type KeyOwner,
} from '../../modules/party/party.ts'
import { record } from '../../modules/trail/trail.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { idempotent } from '../http/idempotency.ts'
import { actorOf, merchantScope, type Principal } from '../http/principal.ts'
import { Body, found, IdText, ListOf, orNull, Time } from '../schemas/shared.ts'
import type { Context } from './routes.ts'

const HOUR_MS = 60 * 60 * 1000

const Owner = () =>
  Type.Union([IdText('mch'), IdText('pty')], {
    description: 'Whose key: a merchant, or an agent or platform',
  })

const KeyBody = Body({
  owner: Owner(),
  old_keys_for_hours: Type.Optional(
    Type.Integer({
      ...{ minimum: 0, maximum: 720, default: 24 },
      description: 'How long the keys that there are stay good; 0: they end at once',
    }),
  ),
})

const KeyId = () =>
  Type.String({ pattern: '^key_[0-9a-f]{16}$', examples: ['key_9f86d081884c7d65'] })

const fields = {
  object: Type.Literal('api_key'),
  id: KeyId(),
  owner: Type.String(),
  created_at: Time(),
  expires_at: orNull(Time({ description: 'When it ends, since a newer one took its place' })),
}

const KeyView = Type.Object(fields, { title: 'ApiKey' })

const NewKeyView = Type.Object(
  {
    object: Type.Literal('api_key'),
    owner: Type.String(),
    old_keys_until: Time(),
    api_key: Type.String({ description: 'Shown this once' }),
  },
  { title: 'NewApiKey' },
)

const showKey = (owner: string) => (key: ApiKey) => ({
  object: 'api_key' as const,
  id: key.id,
  owner,
  created_at: key.createdAt.toISOString(),
  expires_at: key.expiresAt?.toISOString() ?? null,
})

/**
 * The API keys of merchants and parties: a lost one is replaced, one that somebody else has seen is
 * ended. For people only: a key that was stolen must not be able to make another. Source: P10.
 */
export function apiKeyRoutes(app: App, { io }: Context): void {
  app.get(
    '/v1/api_keys',
    {
      schema: {
        summary: 'List the API keys of a merchant or party that are good now',
        querystring: Type.Object({ owner: Owner() }),
        response: { 200: ListOf(KeyView) },
      },
      config: allow('staff'),
    },
    async (request) => {
      const { owner } = request.query
      const whose = await ownerOf(io, principalOf(request), owner)
      const data = (await readApiKeys(io.db, whose, io.now())).map(showKey(owner))
      return { object: 'list' as const, data, has_more: false, url: '/v1/api_keys' }
    },
  )
  issueRoute(app, io)
  revokeRoute(app, io)
}

/**
 * Whose keys they are, when the caller may see to them.
 *
 * @throws AppError NOT_FOUND for another merchant's, and for what is not there
 */
async function ownerOf(io: Context['io'], principal: Principal, id: string): Promise<KeyOwner> {
  const { institutionId } = principal
  if (isId('mch', id)) {
    merchantScope(principal, id)
    found(await readMerchant(io.db, institutionId, id))
    return { institutionId, kind: 'merchant_key', subjectId: id }
  }
  if (principal.role !== 'operator') throw new AppError('NOT_FOUND')
  found(await readParty(io.db, institutionId, id))
  return { institutionId, kind: 'party_key', subjectId: id }
}

function issueRoute(app: App, io: Context['io']): void {
  app.post(
    '/v1/api_keys',
    {
      schema: {
        summary: 'Issue a new API key; the old ones end after a while',
        body: KeyBody,
        response: { 201: NewKeyView },
      },
      config: { ...allow('staff'), isIdempotent: true },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { owner, old_keys_for_hours: hours = 24 } = request.body
      const whose = await ownerOf(io, principal, owner)
      const now = io.now()
      const until = new Date(now.getTime() + hours * HOUR_MS)
      const token = newToken(whose.kind, whose.institutionId)
      const entry = {
        ...{ id: newId('trl', now.getTime()), at: now, actor: actorOf(principal) },
        ...{ action: 'api_key.issue', subject: owner, detail: { old_keys_for_hours: hours } },
      }
      return idempotent(io, request, reply, async (tx) => {
        letKeysEnd(tx, whose, until)
        issueCredential(tx, { ...whose, now, token })
        await record(tx, whose.institutionId, [entry])
        const body = { object: 'api_key', owner, old_keys_until: until.toISOString() }
        return { body, shownOnce: { api_key: token } }
      })
    },
  )
}

function revokeRoute(app: App, io: Context['io']): void {
  app.delete(
    '/v1/api_keys/:id',
    {
      schema: {
        summary: 'End an API key; it is refused within two seconds',
        params: Type.Object({ id: KeyId() }),
        response: { 204: Type.Null() },
      },
      config: allow('staff'),
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { id } = request.params
      const now = io.now()
      const key = found(await readKeyOwner(io.db, { institutionId, id }, now))
      await ownerOf(io, principal, key.subjectId)
      const entry = {
        ...{ id: newId('trl', now.getTime()), at: now, actor: actorOf(principal) },
        ...{ action: 'api_key.revoke', subject: key.subjectId, detail: { key: id } },
      }
      await io.db.transaction(async (tx) => {
        revokeHash(tx, { institutionId, hash: key.hash, now })
        await record(tx, institutionId, [entry])
      })
      return reply.code(204).send(null)
    },
  )
}
