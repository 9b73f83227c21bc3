import { Type } from 'typebox'

import { AppError } from '../../modules/errors/errors.ts'
import { newId } from '../../modules/lib/ids.ts'
import { isCurrency } from '../../modules/money/money.ts'
import { openCard, readUsableSources } from '../../modules/wallet/wallet.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { idempotent } from '../http/idempotency.ts'
import { actorOf } from '../http/principal.ts'
import { Body, CurrencyCode, IdText, LARGEST_SUMMAND, Text } from '../schemas/shared.ts'
import type { Context } from './routes.ts'
import { SourceView } from './sources.ts'

const CardBody = Body({
  payer: IdText('pyr'),
  label: Text(64, { examples: ['示范银行储蓄卡'] }),
  last4: Type.String({ pattern: '^[0-9]{4}$', examples: ['1234'] }),
  opening_amount: Type.Integer({
    minimum: 0,
    maximum: LARGEST_SUMMAND,
    description: 'What is on it, in minor units',
    examples: [1_000_000],
  }),
  currency: CurrencyCode(),
})

/** Cards at this institution: accounts that the operator opens. No card number exists. */
export function cardRoutes(app: App, { io }: Context): void {
  app.post(
    '/v1/cards',
    {
      schema: { summary: 'Open a card account', body: CardBody, response: { 201: SourceView } },
      config: {
        ...allow('operator'),
        isIdempotent: true,
        refusals: ['CURRENCY_NOT_SUPPORTED', 'AMOUNT_INVALID'],
      },
    },
    (request, reply) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { payer: payerId, label, last4, opening_amount, currency } = request.body
      if (!isCurrency(currency)) throw new AppError('CURRENCY_NOT_SUPPORTED')
      const now = io.now()
      const id = newId('src', now.getTime())
      const card = { institutionId, payerId, id, label, last4, currency }
      const act = { actor: actorOf(principal), trailId: newId('trl', now.getTime()), now }
      return idempotent(io, request, reply, async (tx) => {
        await openCard(tx, { ...card, openingMinor: BigInt(opening_amount) }, act)
        const usable = await readUsableSources(tx, institutionId, [payerId])
        const rank = usable.find(({ sourceId }) => sourceId === id)?.rank ?? usable.length
        const shown = { id, kind: 'card', label, last4, currency, chosen: false, state: 'active' }
        const place = { rank, channel_account: null }
        return { body: { object: 'source', ...shown, ...place, balance: opening_amount } }
      })
    },
  )
}
