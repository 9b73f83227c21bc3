import { Type } from 'typebox'

import { AppError } from '../../modules/errors/errors.ts'
import { dayTotals, type DayTotal } from '../../modules/payment/payment.ts'
import { periodsAt } from '../../modules/wallet/wallet.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { dayBounds, isDay } from '../http/local-day.ts'
import { paymentScope } from '../http/scope.ts'
import { Body, CurrencyCode, IdText } from '../schemas/shared.ts'
import type { Context } from './routes.ts'

const Sum = { count: Type.Integer(), amount: Type.Integer() }

const DayTotalsView = Type.Object(
  {
    object: Type.Literal('day_totals'),
    business_date: Type.String({ format: 'date', examples: ['2026-11-23'] }),
    currency: CurrencyCode(),
    ...Sum,
    failed_count: Type.Integer(),
    by_scheme: Type.Array(Type.Object({ scheme: Type.String(), ...Sum })),
    by_hour: Type.Array(Type.Object({ hour: Type.Integer(), ...Sum })),
  },
  { title: 'DayTotals' },
)

const Query = Body({
  date: Type.Optional(
    Type.String({ format: 'date', description: 'A local day of the institution; else today' }),
  ),
  terminal: Type.Optional(IdText('trm')),
  store: Type.Optional(IdText('str')),
  merchant: Type.Optional(IdText('mch')),
})

/** What was sold on one local day. */
export function dayTotalRoutes(app: App, { io }: Context): void {
  app.get(
    '/v1/day_totals',
    {
      schema: {
        summary: 'Totals of one day',
        querystring: Query,
        response: { 200: DayTotalsView },
      },
      config: allow('terminal', 'merchant', 'operator'),
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { timeZone, currency } = await io.institution(institutionId)
      const day = request.query.date ?? periodsAt(io.now(), timeZone).day
      if (!isDay(day)) throw new AppError('INVALID_REQUEST', { param: 'date' })
      const scope = paymentScope(principal, request.query)
      const bounds = dayBounds(day, timeZone)
      const totals = await dayTotals(io.db, institutionId, { ...bounds, timeZone, ...scope })
      return { object: 'day_totals' as const, business_date: day, currency, ...showTotals(totals) }
    },
  )
}

function showTotals(totals: readonly DayTotal[]) {
  const succeeded = totals.filter(({ state }) => state === 'succeeded')
  const failed = totals.filter(({ state }) => state === 'failed')
  const bySchemes = Map.groupBy(succeeded, ({ scheme }) => scheme)
  const byHours = Map.groupBy(succeeded, ({ hour }) => hour)
  return {
    ...sum(succeeded),
    failed_count: sum(failed).count,
    by_scheme: [...bySchemes].map(([scheme, some]) => ({ scheme, ...sum(some) })),
    by_hour: [...byHours]
      .map(([hour, some]) => ({ hour, ...sum(some) }))
      .sort((a, b) => a.hour - b.hour),
  }
}

function sum(totals: readonly DayTotal[]): { count: number; amount: number } {
  const count = totals.reduce((all, { payments }) => all + payments, 0n)
  const amountMinor = totals.reduce((all, one) => all + one.amountMinor, 0n)
  return { count: Number(count), amount: Number(amountMinor) }
}
