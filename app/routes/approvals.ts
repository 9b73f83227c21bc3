import { AppError } from '../../modules/errors/errors.ts'
import type { Io } from '../../modules/io/io.ts'
import {
  checkCharge,
  confirm,
  decline,
  readCharges,
  readPayment,
  reverse,
  type Payment,
} from '../../modules/payment/payment.ts'
import { checkPin } from '../../modules/wallet/wallet.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import type { Principal } from '../http/principal.ts'
import { maySee } from '../http/scope.ts'
import { PaymentView, showPayment } from '../schemas/payment.ts'
import { Body, found, PathId } from '../schemas/shared.ts'
import { Pin } from './payers.ts'
import type { Context } from './routes.ts'

/** What is done to a payment that is `processing`: the payer says yes or no, the till asks or gives up. */
export function approvalRoutes(app: App, { io, metrics }: Context): void {
  const common = { params: PathId('pay'), response: { 200: PaymentView } }
  const refusals = ['PAYMENT_FINAL'] as const
  const answer = (principal: Principal, before: Payment, after: Payment) => {
    if (before.state === 'processing' && after.state !== 'processing') {
      metrics.countPayment(after.state)
    }
    return showPayment(after, principal)
  }

  app.post(
    '/v1/payments/:id/confirm',
    {
      schema: {
        summary: 'Approve a payment that waits for my PIN',
        body: Body({ pin: Pin }),
        ...common,
      },
      config: { ...allow('payer'), refusals: [...refusals, 'PIN_WRONG', 'PAYER_FROZEN'] },
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId, id: payerId } = principal
      // First whether there is anything to approve: a PIN must not be asked for in vain.
      const before = await visible(io, principal, request.params.id)
      await checkPin(io, { institutionId, payerId, pin: request.body.pin })
      const after = await confirm(io, { institutionId, paymentId: before.id, payerId })
      return answer(principal, before, after)
    },
  )

  app.post(
    '/v1/payments/:id/decline',
    {
      schema: { summary: 'Say no to a payment that waits for my PIN', body: Body({}), ...common },
      config: { ...allow('payer'), mayLackBody: true, refusals },
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId, id: payerId } = principal
      const before = await visible(io, principal, request.params.id)
      const after = await decline(io, { institutionId, paymentId: before.id, payerId })
      return answer(principal, before, after)
    },
  )

  app.post(
    '/v1/payments/:id/check',
    {
      schema: {
        summary: 'Ask the channel now what became of a payment',
        description:
          'The loops ask by themselves, on the schedule of the channel; this does not wait for ' +
          'them. It answers the payment as it stands then. Asking more often changes nothing.',
        body: Body({}),
        ...common,
      },
      config: { ...allow('terminal', 'merchant', 'operator'), mayLackBody: true },
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const before = await visible(io, principal, request.params.id)
      const charges = await readCharges(io.db, institutionId, [before.id])
      const open = charges.find(({ state }) => state === 'processing')
      if (!open || !mayAsk(open.id)) return showPayment(before, principal)
      const after = await checkCharge(io, institutionId, open.id, actorIn(principal))
      return answer(principal, before, after)
    },
  )

  app.post(
    '/v1/payments/:id/reverse',
    {
      schema: {
        summary: 'Give up a payment that is still processing: nothing is taken',
        description: 'A payment that has succeeded is not reversed but refunded.',
        body: Body({}),
        ...common,
      },
      config: { ...allow('terminal', 'merchant', 'operator'), mayLackBody: true, refusals },
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const before = await visible(io, principal, request.params.id)
      const actor = actorIn(principal)
      const after = await reverse(io, { institutionId, paymentId: before.id, actor })
      return answer(principal, before, after)
    },
  )
}

// A person who presses again and again must not use up what the channel allows us to ask.
const ASK_EVERY_MS = 2_000
const asked = new Map<string, number>()

function mayAsk(chargeId: string): boolean {
  const nowMs = performance.now()
  for (const [id, atMs] of asked) if (nowMs - atMs > ASK_EVERY_MS) asked.delete(id)
  if (asked.has(chargeId)) return false
  asked.set(chargeId, nowMs)
  return true
}

async function visible(io: Io, principal: Principal, id: string): Promise<Payment> {
  const payment = found(await readPayment(io.db, principal.institutionId, id))
  if (!maySee(principal, payment)) throw new AppError('NOT_FOUND')
  return payment
}

const actorIn = ({ role }: Principal) =>
  role === 'terminal' || role === 'operator' ? role : 'merchant'
