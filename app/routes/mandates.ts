import { Type } from 'typebox'

import type { Io } from '../../modules/io/io.ts'
import { newId } from '../../modules/lib/ids.ts'
import { changeMandate, checkPin, readMandate, type Mandate } from '../../modules/wallet/wallet.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { actorOf, type Principal } from '../http/principal.ts'
import { Body, CurrencyCode, LARGEST_AMOUNT } from '../schemas/shared.ts'
import { Pin } from './payers.ts'
import type { Context } from './routes.ts'

const Limit = (description: string) =>
  Type.Integer({ minimum: 0, maximum: LARGEST_AMOUNT, description, examples: [500_000] })

const MandateView = Type.Object(
  {
    object: Type.Literal('mandate'),
    id: Type.String({ examples: ['mnd_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    per_payment: Limit('Most for one payment'),
    per_day: Limit('Most for one local day'),
    per_month: Limit('Most for one local month'),
    no_pin: Limit('Above this each payment needs the PIN'),
    used_today: Limit('Used on the business date'),
    used_this_month: Limit('Used in its month'),
    currency: CurrencyCode(),
    business_date: Type.String({ format: 'date', examples: ['2026-11-23'] }),
  },
  { title: 'Mandate' },
)

const showMandate = (mandate: Mandate) => ({
  object: 'mandate' as const,
  id: mandate.id,
  per_payment: Number(mandate.perPaymentMinor),
  per_day: Number(mandate.perDayMinor),
  per_month: Number(mandate.perMonthMinor),
  no_pin: Number(mandate.noPinMinor),
  used_today: Number(mandate.usedTodayMinor),
  used_this_month: Number(mandate.usedThisMonthMinor),
  currency: mandate.currency,
  business_date: mandate.day,
})

const Change = Body({
  per_payment: Type.Optional(Limit('Most for one payment')),
  per_day: Type.Optional(Limit('Most for one local day')),
  per_month: Type.Optional(Limit('Most for one local month')),
  no_pin: Type.Optional(Limit('Above this each payment needs the PIN')),
  pin: Pin,
})

/** How much a payer lets be charged. */
export function mandateRoutes(app: App, { io }: Context): void {
  app.get(
    '/v1/mandates/current',
    { schema: { summary: 'My limits', response: { 200: MandateView } }, config: allow('payer') },
    async (request) => showMandate(await mandateOf(io, principalOf(request))),
  )

  app.patch(
    '/v1/mandates/current',
    {
      schema: { summary: 'Change my limits', body: Change, response: { 200: MandateView } },
      config: { ...allow('payer'), refusals: ['PIN_WRONG', 'PAYER_FROZEN'] },
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId, id: payerId } = principal
      const { pin, per_payment, per_day, per_month, no_pin } = request.body
      await checkPin(io, { institutionId, payerId, pin })
      const change = {
        ...(per_payment !== undefined && { perPaymentMinor: BigInt(per_payment) }),
        ...(per_day !== undefined && { perDayMinor: BigInt(per_day) }),
        ...(per_month !== undefined && { perMonthMinor: BigInt(per_month) }),
        ...(no_pin !== undefined && { noPinMinor: BigInt(no_pin) }),
      }
      const act = { actor: actorOf(principal), trailId: newId('trl'), now: io.now() }
      const wanted = { institutionId, payerId, ...change }
      await io.db.transaction((tx) => changeMandate(tx, wanted, act))
      return showMandate(await mandateOf(io, principal))
    },
  )
}

async function mandateOf(io: Io, { institutionId, id: payerId }: Principal): Promise<Mandate> {
  const { timeZone } = await io.institution(institutionId)
  return readMandate(io.db, { institutionId, payerId }, { now: io.now(), timeZone })
}
