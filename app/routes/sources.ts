import { Type } from 'typebox'

import { chooseSource, listSources, type Source } from '../../modules/wallet/wallet.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { CurrencyCode, found, ListOf, orNull, PathId, Words } from '../schemas/shared.ts'
import type { Context } from './routes.ts'

export const SourceView = Type.Object(
  {
    object: Type.Literal('source'),
    id: Type.String({ examples: ['src_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    kind: Words(['balance', 'card']),
    label: Type.String({ examples: ['余额'] }),
    last4: orNull(Type.String({ examples: ['1234'] })),
    balance: Type.Integer({ description: 'What may be spent now, in minor units' }),
    currency: CurrencyCode(),
    chosen: Type.Boolean({ description: 'New payment codes are for this one' }),
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
  balance: Number(source.availableMinor),
  currency: source.currency,
  chosen: source.isChosen,
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
      const sources = await listSources(io.db, { institutionId, payerId })
      const data = sources.map(showSource)
      return { object: 'list' as const, data, has_more: false, url: '/v1/sources' }
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
}
