import { Type } from 'typebox'

import {
  chooseSource,
  listSources,
  orderSources,
  readPayer,
  setAuto,
  type Source,
} from '../../modules/wallet/wallet.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import {
  Body,
  CurrencyCode,
  found,
  IdText,
  ListOf,
  orNull,
  PathId,
  Words,
} from '../schemas/shared.ts'
import { PayerView, showPayer } from './payers.ts'
import type { Context } from './routes.ts'

export const SourceView = Type.Object(
  {
    object: Type.Literal('source'),
    id: Type.String({ examples: ['src_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    kind: Words(['balance', 'card', 'linked', 'bank_card'], {
      description: 'Linked: an account at WeChat Pay or Alipay. Bank card: on file at UnionPay',
    }),
    label: Type.String({ examples: ['余额'] }),
    last4: orNull(Type.String({ examples: ['1234'] })),
    balance: orNull(
      Type.Integer({
        description: 'What may be spent now, in minor units; null where only the scheme knows',
      }),
    ),
    currency: CurrencyCode(),
    chosen: Type.Boolean({ description: 'New payment codes are for this one' }),
    rank: Type.Integer({ description: 'The order in which I would rather pay; 1 is the first' }),
    channel_account: orNull(
      Type.String({ description: 'Through which it is charged; null for an account here' }),
    ),
    state: Words(['active', 'closed']),
  },
  { title: 'Source' },
)

export const showSource = (source: Source) => ({
  object: 'source' as const,
  id: source.id,
  kind: source.kind,
  label: source.label,
  last4: source.last4,
  balance: source.availableMinor === null ? null : Number(source.availableMinor),
  currency: source.currency,
  chosen: source.isChosen,
  rank: source.rank,
  channel_account: source.channelAccountId,
  state: source.state,
})

/** What a payer pays from. */
export function sourceRoutes(app: App, { io }: Context): void {
  app.get(
    '/v1/sources',
    {
      schema: { summary: 'List what I pay from', response: { 200: ListOf(SourceView) } },
      config: allow('payer'),
    },
    async (request) => {
      const { institutionId, id: payerId } = principalOf(request)
      return showSources(await listSources(io.db, { institutionId, payerId }))
    },
  )

  app.post(
    '/v1/sources/:id/choose',
    {
      schema: {
        summary: 'Choose what new payment codes are for',
        params: PathId('src'),
        response: { 200: SourceView },
      },
      config: allow('payer'),
    },
    async (request) => {
      const { institutionId, id: payerId } = principalOf(request)
      const sourceId = request.params.id
      await io.db.transaction((tx) => chooseSource(tx, { institutionId, payerId, sourceId }))
      const sources = await listSources(io.db, { institutionId, payerId })
      return showSource(found(sources.find(({ id }) => id === sourceId)))
    },
  )
  choiceRoutes(app, { io })
}

const showSources = (sources: readonly Source[]) => ({
  object: 'list' as const,
  data: sources.map(showSource),
  has_more: false,
  url: '/v1/sources',
})

/** How the institution chooses among them, when the payer leaves it the choice. Source: P10. */
function choiceRoutes(app: App, { io }: Pick<Context, 'io'>): void {
  const order = Body({
    sources: Type.Array(IdText('src'), { maxItems: 50, description: 'The first is the dearest' }),
  })
  app.post(
    '/v1/sources/order',
    {
      schema: {
        summary: 'Set the order in which I would rather pay',
        body: order,
        response: { 200: ListOf(SourceView) },
      },
      config: allow('payer'),
    },
    async (request) => {
      const { institutionId, id: payerId } = principalOf(request)
      const { sources: sourceIds } = request.body
      await io.db.transaction((tx) => orderSources(tx, { institutionId, payerId, sourceIds }))
      return showSources(await listSources(io.db, { institutionId, payerId }))
    },
  )

  app.post(
    '/v1/sources/auto',
    {
      schema: {
        summary: 'Let new codes choose among all my sources, or no more',
        body: Body({ auto: Type.Boolean() }),
        response: { 200: PayerView },
      },
      config: allow('payer'),
    },
    async (request) => {
      const { institutionId, id: payerId } = principalOf(request)
      const { auto: isAuto } = request.body
      await io.db.transaction((tx) => setAuto(tx, { institutionId, payerId, isAuto }))
      return showPayer(found(await readPayer(io.db, institutionId, payerId)))
    },
  )
}
