import { Type, type Static } from 'typebox'

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
import { approvalMinorOf, approverOf, type Approver } from '../../modules/refund/refund.ts'
import { saveSettings, wishAt, type WantedSettings } from '../../modules/settings/settings.ts'
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
  SearchText,
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

const RefundApprover = () =>
  Words(['staff', 'operator'], {
    description: 'The second person: anybody of the merchant or institution, or only operators',
  })

const MerchantState = () => Words(['active', 'closed'])

const MerchantChangeBody = Body({
  state: Type.Optional(MerchantState()),
  refund_approval_from: Type.Optional(orNull(Amount({ minimum: 0 }))),
  refund_approved_by: Type.Optional(RefundApprover()),
  reason: Type.Optional(Text(200)),
})

const fields = {
  object: Type.Literal('merchant'),
  id: Type.String({ examples: ['mch_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
  name: Type.String(),
  category: Type.String(),
  state: MerchantState(),
  agent: orNull(Type.String()),
  platform: orNull(Type.String()),
  refund_approval_from: orNull(
    Type.Integer({ description: 'A second person approves refunds above it; null: never' }),
  ),
  refund_approved_by: RefundApprover(),
  created_at: Time(),
}

const MerchantView = Type.Object(fields, { title: 'Merchant' })

const NewMerchantView = Type.Object(
  { ...fields, api_key: Type.String({ description: 'Shown this once' }) },
  { title: 'NewMerchant' },
)

type RefundTerms = { approvalMinor: bigint | null; approver: Approver }

const showMerchant = (merchant: Merchant, { approvalMinor, approver }: RefundTerms) => ({
  object: 'merchant' as const,
  id: merchant.id,
  name: merchant.name,
  category: merchant.category,
  state: merchant.state,
  agent: merchant.agentId,
  platform: merchant.platformId,
  refund_approval_from: approvalMinor === null ? null : Number(approvalMinor),
  refund_approved_by: approver,
  created_at: merchant.createdAt.toISOString(),
})

/** Shows merchants of an institution, each with what its settings say of refunds. */
const shower = (io: Pick<Context['io'], 'settings'>, institutionId: string) => {
  return (merchant: Merchant) =>
    showMerchant(merchant, {
      approvalMinor: approvalMinorOf(io, institutionId, merchant.id),
      approver: approverOf(io, institutionId, merchant.id),
    })
}

/** Merchants: the operator opens them, and each one sees itself. */
export function merchantRoutes(app: App, { io }: Context): void {
  createRoute(app, io)
  changeRoute(app, io)

  app.get(
    '/v1/merchants',
    {
      schema: {
        summary: 'List merchants',
        querystring: ListQuery({ q: SearchText(), state: Type.Optional(MerchantState()) }),
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
          ? await readMerchants(io.db, institutionId, { ...query, ...readPage(query) })
          : await pageOfOne(io, { institutionId, id: own }, query.starting_after)
      const show = shower(io, institutionId)
      return showList(merchants, query, { url: '/v1/merchants', show })
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
      const merchant = found(await readMerchant(io.db, institutionId, request.params.id))
      return shower(io, institutionId)(merchant)
    },
  )
}

function changeRoute(app: App, io: Context['io']): void {
  app.patch(
    '/v1/merchants/:id',
    {
      schema: {
        summary: 'Close a merchant or open it again; say who approves refunds, and from where on',
        description:
          'A closed merchant takes no payment and shows no order. What it took before can be refunded, ' +
          'its staff still sign in, and what it has stays in its account.',
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
      const { state, reason = 'PATCH /v1/merchants' } = request.body
      const now = io.now()
      const entry = {
        ...{ id: newId('trl', now.getTime()), at: now, actor: actorOf(principal) },
        ...{ action: 'merchant.change', subject: id, detail: { ...request.body } },
      }
      const wish = wishAt({
        ...{ scope: 'merchant', subjectId: id, merchantId: id, undoes: null, version: null, now },
        ...{ actor: actorOf(principal), reason, changes: readTerms(request.body) },
      })
      await io.db.transaction(async (tx) => {
        await changeMerchant(tx, { institutionId, id }, state === undefined ? {} : { state })
        await saveSettings(tx, institutionId, [wish])
        await record(tx, institutionId, [entry])
      })
      await io.refreshSettings()
      const merchant = found(await readMerchant(io.db, institutionId, id))
      return shower(io, institutionId)(merchant)
    },
  )
}

/** What is said of refunds, as settings: a limit of null takes the second person away. */
function readTerms({
  refund_approval_from: limit,
  refund_approved_by: approver,
}: Static<typeof MerchantChangeBody>): WantedSettings {
  return {
    ...(limit !== undefined && { 'refund.needs_approval': limit !== null }),
    ...(typeof limit === 'number' && { 'refund.approval_minor': limit }),
    ...(approver !== undefined && { 'refund.approved_by': approver }),
  }
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
        const fresh = { ...merchant, state: 'active', createdAt: now } as const
        const body = shower(io, institutionId)(fresh)
        return { body, shownOnce: { api_key: token } }
      })
    },
  )
}
