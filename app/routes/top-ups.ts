import { AppError } from '../../modules/errors/errors.ts'
import { isCurrency } from '../../modules/money/money.ts'
import { topUp } from '../../modules/payment/payment.ts'
import { checkPin } from '../../modules/wallet/wallet.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { idempotencyKeyOf } from '../http/idempotency.ts'
import { PaymentView, showPayment } from '../schemas/payment.ts'
import { Amount, Body, CurrencyCode, IdText } from '../schemas/shared.ts'
import { Pin } from './payers.ts'
import type { Context } from './routes.ts'

const TopUpBody = Body({
  source: IdText('src', { description: 'A card of the payer' }),
  amount: Amount(),
  currency: CurrencyCode(),
  pin: Pin,
})

/** A payer puts money from a card at this institution on the stored balance. */
export function topUpRoutes(app: App, { io, metrics }: Context): void {
  app.post(
    '/v1/top_ups',
    {
      schema: {
        summary: 'Top up from a card',
        body: TopUpBody,
        response: { 200: PaymentView, 201: PaymentView },
      },
      config: {
        ...allow('payer'),
        isIdempotent: true,
        refusals: ['PIN_WRONG', 'PAYER_FROZEN', 'CURRENCY_NOT_SUPPORTED', 'AMOUNT_INVALID'],
      },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { institutionId, id: payerId } = principal
      const idempotencyKey = idempotencyKeyOf(request)
      const { source: sourceId, amount, currency, pin } = request.body
      if (!isCurrency(currency)) throw new AppError('CURRENCY_NOT_SUPPORTED')
      await checkPin(io, { institutionId, payerId, pin })
      const amountMinor = BigInt(amount)
      const wanted = { institutionId, payerId, sourceId, amountMinor, currency, idempotencyKey }
      const { payment, isReplay } = await topUp(io, wanted)
      if (isReplay) reply.header('idempotent-replayed', 'true')
      else metrics.countPayment(payment.state)
      return reply.code(isReplay ? 200 : 201).send(showPayment(payment, principal))
    },
  )
}
