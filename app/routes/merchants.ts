import { Type } from 'typebox'

import { newId } from '../../modules/lib/ids.ts'
import {
  changeMerchant,
  createMerchant,
  issueCredential,
  newToken,
  readMerchant,
  readMerchants,
  type Merchant,
} from '../../modules/party/party.ts'
import { record } from '../../modules/trail/trail.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { idempotent } from '../http/idempotency.ts'
import { actorOf, merchantScope } from '../http/principal.ts'
import {
  Amount,
  Body,
  found,
  IdText,
  ListOf,
  ListQuery,
  orNull,
  PathId,
  readPage,
  showList,
  Text,
  Time,
  Words,
} from '../schemas/shared.ts'
import type { Context } from './routes.ts'

const MerchantBody = Body({
  name: Text(64, { examples: ['晨光便利店'] }),
  category: Type.String({
    pattern: '^[0-9]{4}$',
    description: 'Merchant category code, ISO 18245',
    examples: ['5411'],
  }),
  agent: Type.Optional(IdText('pty')),
  platform: Type.Optional(IdText('pty')),
})

// What the schema gives a new merchant: 1,000.00.
const REFUND_APPROVAL_MINOR = 100_000n

const MerchantChangeBody = Body({
  state: Type.Optional(Words(['active', 'closed'])),
  refund_approval_from: Type.Optional(orNull(Amount({ minimum: 0 }))),
})

const fields = {
  object: Type.Literal('merchant'),
  id: Type.String({ examples: ['mch_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
  name: Type.String(),
  category: Type.String(),
  state: Words(['active', 'closed']),
  agent: orNull(Type.String()),
  platform: orNull(Type.String()),
  refund_approval_from: orNull(
    Type.Integer({ description: 'A second person approves refunds above it; null: never' }),
  ),
  created_at: Time(),
}

const MerchantView = Type.Object(fields, { title: 'Merchant' })

const NewMerchantView = Type.Object(
  { ...fields, api_key: Type.String({ description: 'Shown this once' }) },
  { title: 'NewMerchant' },
)

const showMerchant = (merchant: Merchant) => ({
  object: 'merchant' as const,
  id: merchant.id,
  name: merchant.name,
  category: merchant.category,
  state: merchant.state,
  agent: merchant.agentId,
  platform: merchant.platformId,
  refund_approval_from:
    merchant.refundApprovalMinor === null ? null : Number(merchant.refundApprovalMinor),
  created_at: merchant.createdAt.toISOString(),
})

/** Merchants: the operator opens them, and each one sees itself. */
export function merchantRoutes(app: App, { io }: Context): void {
  createRoute(app, io)
  changeRoute(app, io)

  app.get(
    '/v1/merchants',
    {
      schema: {
        summary: 'List merchants',
        querystring: ListQuery({}),
        response: { 200: ListOf(MerchantView) },
      },
      config: allow('operator', 'merchant'),
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { query } = request
      const own = merchantScope(principal, undefined)
      const merchants =
        own === null
          ? await readMerchants(io.db, institutionId, readPage(query))
          : await pageOfOne(io, { institutionId, id: own }, query.starting_after)
      return showList(merchants, query, { url: '/v1/merchants', show: showMerchant })
    },
  )

  app.get(
    '/v1/merchants/:id',
    {
      schema: {
        summary: 'Look at one merchant',
        params: PathId('mch'),
        response: { 200: MerchantView },
      },
      config: allow('operator', 'merchant'),
    },
    async (request) => {
      const principal = principalOf(request)
      merchantScope(principal, request.params.id)
      const { institutionId } = principal
      return showMerchant(found(await readMerchant(io.db, institutionId, request.params.id)))
    },
  )
}

function changeRoute(app: App, io: Context['io']): void {
  app.patch(
    '/v1/merchants/:id',
    {
      schema: {
        summary: 'Close a merchant or open it again; set from where refunds need a second person',
        params: PathId('mch'),
        body: MerchantChangeBody,
        response: { 200: MerchantView },
      },
      config: allow('operator'),
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { id } = request.params
      const { state, refund_approval_from: limit } = request.body
      const refundApprovalMinor = typeof limit === 'number' ? BigInt(limit) : limit
      const change = {
        ...(state !== undefined && { state }),
        ...(refundApprovalMinor !== undefined && { refundApprovalMinor }),
      }
      const now = io.now()
      const entry = {
        ...{ id: newId('trl', now.getTime()), at: now, actor: actorOf(principal) },
        ...{ action: 'merchant.change', subject: id, detail: { ...request.body } },
      }
      await io.db.transaction(async (tx) => {
        await changeMerchant(tx, { institutionId, id }, change)
        await record(tx, institutionId, [entry])
      })
      return showMerchant(found(await readMerchant(io.db, institutionId, id)))
    },
  )
}

/** A merchant's own list: itself, and nothing after it. */
async function pageOfOne(
  io: Context['io'],
  { institutionId, id }: { institutionId: string; id: string },
  startingAfter: string | undefined,
): Promise<Merchant[]> {
  if (startingAfter !== undefined) return []
  return [found(await readMerchant(io.db, institutionId, id))]
}

function createRoute(app: App, io: Context['io']): void {
  app.post(
    '/v1/merchants',
    {
      schema: {
        summary: 'Open a merchant, with an API key',
        body: MerchantBody,
        response: { 201: NewMerchantView },
      },
      config: { ...allow('operator'), isIdempotent: true },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { name, category, agent: agentId = null, platform: platformId = null } = request.body
      const now = io.now()
      const id = newId('mch', now.getTime())
      const merchant = { id, name, category, agentId, platformId, isHouse: false }
      const credential = { institutionId, kind: 'merchant_key', subjectId: id, now } as const
      const token = newToken('merchant_key', institutionId)
      const entry = {
        ...{ id: newId('trl', now.getTime()), at: now, actor: actorOf(principal) },
        ...{ action: 'merchant.create', subject: id },
        detail: { name, category, agent: agentId, platform: platformId },
      }
      return idempotent(io, request, reply, async (tx) => {
        await createMerchant(tx, { institutionId, ...merchant }, now)
        issueCredential(tx, { ...credential, token })
        await record(tx, institutionId, [entry])
        const fresh = { state: 'active', refundApprovalMinor: REFUND_APPROVAL_MINOR } as const
        const body = showMerchant({ ...merchant, ...fresh, createdAt: now })
        return { body, shownOnce: { api_key: token } }
      })
    },
  )
}
