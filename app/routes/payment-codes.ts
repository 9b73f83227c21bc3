import { Type } from 'typebox'

import { issueCode, shownCode } from '../../modules/wallet/wallet.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { Amount, Body, IdText, Time } from '../schemas/shared.ts'
import type { Context } from './routes.ts'

const PaymentCodeView = Type.Object(
  {
    object: Type.Literal('payment_code'),
    code: Type.String({ description: 'The digits; nobody can show them again' }),
    masked: Type.String({ examples: ['80…56'] }),
    expires_at: Time(),
    life_seconds: Type.Integer({ examples: [60] }),
    source: Type.Object({ id: Type.String(), label: Type.String() }),
    auto: Type.Boolean({ description: 'Any of my sources may be charged' }),
  },
  { title: 'PaymentCode' },
)

/** New payment codes for the payer's screen. Source: P3, P8. */
export function paymentCodeRoutes(app: App, { io }: Context): void {
  app.post(
    '/v1/payment_codes',
    {
      schema: {
        summary: 'Make a new payment code; the older one dies soon after',
        body: Body({
          source: Type.Optional(IdText('src')),
          max_amount: Type.Optional(
            Amount({ description: 'My consent to one payment by this code, up to this much' }),
          ),
        }),
        response: { 201: PaymentCodeView },
      },
      config: { ...allow('payer'), mayLackBody: true, refusals: ['PAYER_FROZEN'] },
    },
    async (request, reply) => {
      const { institutionId, id: payerId } = principalOf(request)
      const { source: sourceId = null, max_amount } = request.body
      const maxAmountMinor = max_amount === undefined ? null : BigInt(max_amount)
      const issued = await issueCode(io, { institutionId, payerId, sourceId, maxAmountMinor })
      return reply.code(201).send({
        object: 'payment_code',
        code: shownCode(issued),
        masked: issued.code.masked,
        expires_at: issued.expiresAt.toISOString(),
        life_seconds: issued.lifeSeconds,
        source: { id: issued.sourceId, label: issued.sourceLabel },
        auto: issued.isAuto,
      })
    },
  )
}
