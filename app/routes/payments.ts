import { Type, type Static } from 'typebox'

import { AppError } from '../../modules/errors/errors.ts'
import { isCurrency } from '../../modules/money/money.ts'
import {
  listPayments,
  pay,
  readPayment,
  tillTermsOf,
  type PayRequest,
} from '../../modules/payment/payment.ts'
import { openSightings } from '../../modules/terminal/terminal.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { idempotencyKeyOf } from '../http/idempotency.ts'
import { isOfStore, mayLookUpStore, maySee, paymentScope } from '../http/scope.ts'
import type { Principal } from '../http/principal.ts'
import { expansions, expandPayment, readExpansions } from '../schemas/expand.ts'
import { PaymentBody, PaymentQuery, PaymentView, showPayment } from '../schemas/payment.ts'
import { Body, found, ListOf, PathId, readPage, showList } from '../schemas/shared.ts'
import { readPlace } from '../schemas/terminal.ts'
import { openTills, type Till } from '../http/till.ts'
import { approvalRoutes } from './approvals.ts'
import type { Context } from './routes.ts'

type Io = Context['io']

const SIGHTINGS_EVERY_MS = 5_000

/** What a terminal may not, on every call that takes money. */
export const terminalRefusals = [
  ...['TERMINAL_NOT_ACTIVE', 'TERMINAL_LOCKED', 'TERMINAL_MAY_NOT', 'TERMINAL_OVER_LIMIT'],
  ...['TERMINAL_OVER_DAY_LIMIT', 'TERMINAL_SCHEME_CLOSED', 'TERMINAL_OUTSIDE_HOURS'],
  ...['TERMINAL_OUTSIDE_FENCE', 'POSITION_REQUIRED', 'POSITION_TO_CONFIRM'],
  ...['SIGNATURE_MISSING', 'SIGNATURE_INVALID', 'SIGNATURE_REPLAYED'],
]

const placeRefusals: readonly string[] = ['TERMINAL_OUTSIDE_FENCE', 'POSITION_TO_CONFIRM']
const isForItsPlace = (refused: unknown) =>
  refused instanceof AppError && placeRefusals.includes(refused.code)

const scanRefusals = [
  ...['CODE_EMPTY', 'INVALID_PAYMENT_CODE', 'CODE_FULL_WIDTH', 'CODE_TOO_LONG'],
  ...['CODE_HAS_SPACES', 'CODE_IS_GOODS_BARCODE', 'CODE_IS_CARD_NUMBER', 'CODE_UNKNOWN_ISSUER'],
  ...['CODE_UNKNOWN', 'CODE_USED', 'CODE_EXPIRED', 'CODE_BLOCKED_TERMINAL', 'SCHEME_NOT_OPEN'],
  ...terminalRefusals,
  'ORDER_NO_REUSED',
  ...['SALE_OVERPAID', 'AMOUNT_INVALID', 'CURRENCY_NOT_SUPPORTED', 'CHANNEL_UNAVAILABLE'],
  ...['NO_ROAD_LEFT'],
]

/** Payments: taking one, and looking at them. */
export function paymentRoutes(app: App, context: Context): void {
  createRoute(app, context)
  readRoutes(app, context)
  approvalRoutes(app, context)
}

function createRoute(app: App, { io, metrics }: Context): void {
  const tillOf = openTills(io)
  const sightings = openSightings(io.batched)
  const flush = () =>
    sightings
      .flush()
      .catch((err: unknown) => io.log.warn({ err }, 'where terminals were seen is not written'))
  const timer = setInterval(() => void flush(), SIGHTINGS_EVERY_MS).unref()
  app.addHook('onClose', async () => {
    clearInterval(timer)
    await flush()
  })

  const answers = { 200: PaymentView, 201: PaymentView, 202: PaymentView }
  app.post(
    '/v1/payments',
    {
      schema: {
        summary: 'Take a payment: the code that was scanned, and the amount',
        description:
          '`201`: the payment has its final state (`succeeded`, or `failed` with a reason). `202`: ' +
          'it is `processing`; ask again or listen, and do not scan again. The same order sent ' +
          'again answers the same payment with `200` or `202` and `Idempotent-Replayed: true`.',
        body: PaymentBody,
        response: answers,
      },
      config: {
        ...allow('terminal', 'merchant_key', 'party_key'),
        isIdempotent: true,
        refusals: scanRefusals,
      },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { body } = request
      const idempotencyKey = idempotencyKeyOf(request)
      const till = await tillOf(principal, body)
      const { institutionId } = principal
      const { ip } = request
      const wanted = readRequest(body, { institutionId, idempotencyKey, till, ip })
      const { terminalId, isPlaceConfirmed = false, position } = wanted
      const { usualFence } = tillTermsOf(io, wanted, isPlaceConfirmed)
      const seen = { institutionId, terminalId, seenAt: io.now(), position, usualFence }
      sightings.note(seen)
      const { payment, isReplay } = await pay(io, wanted).catch((refused: unknown) => {
        // Where a terminal is that may not be there, the console must know at once.
        if (isForItsPlace(refused)) sightings.note({ ...seen, isUrgent: true })
        if (isForItsPlace(refused)) void flush()
        throw refused
      })
      if (payment.position && payment.positionFlags.length > 0 && !isReplay)
        sightings.note({ ...seen, isUrgent: true })
      if (isReplay) reply.header('idempotent-replayed', 'true')
      else metrics.countPayment(payment.state)
      const isOpen = payment.state === 'processing'
      return reply.code(isOpen ? 202 : isReplay ? 200 : 201).send(showPayment(payment, principal))
    },
  )
}

type Caller = { institutionId: string; idempotencyKey: string; till: Till; ip: string }

function readRequest(
  body: Static<typeof PaymentBody>,
  { institutionId, idempotencyKey, till, ip }: Caller,
): PayRequest {
  const { payment_code, amount, currency, order_no, sale_no, goods, position } = body
  if (!isCurrency(currency)) throw new AppError('CURRENCY_NOT_SUPPORTED')
  return {
    institutionId,
    merchantId: till.merchantId,
    storeId: till.storeId,
    terminalId: till.terminalId,
    initiatorPartyId: till.initiatorPartyId,
    idempotencyKey,
    ip,
    orderNo: order_no,
    saleNo: sale_no ?? null,
    scannedCode: payment_code,
    amountMinor: BigInt(amount),
    currency,
    goods: (goods ?? []).map((line) => ({
      sku: line.sku,
      name: line.name,
      quantity: BigInt(line.quantity),
      unitPriceMinor: BigInt(line.unit_price),
    })),
    position: readPlace(position),
    isPlaceConfirmed: body.position_confirmed === true,
  }
}

/** A receipt is looked for in the whole store, all else among the terminal's own. */
async function scopeOf(io: Io, principal: Principal, query: Static<typeof PaymentQuery>) {
  const scope = paymentScope(principal, query)
  const { storeId } = principal
  const isReceipt = query.order_no !== undefined && query.terminal === undefined
  const isHere = query.store === undefined || query.store === storeId
  if (!isReceipt || !isHere || !(await mayLookUpStore(io, principal))) return scope
  return { ...scope, terminalId: null, storeId }
}

function readRoutes(app: App, { io }: Context): void {
  const config = allow('terminal', 'merchant', 'operator', 'payer', 'party', 'agent')
  app.get(
    '/v1/payments/:id',
    {
      schema: {
        summary: 'Look at one payment',
        params: PathId('pay'),
        querystring: Body({
          expand: Type.Optional(
            Type.String({
              pattern: `^(${expansions.join('|')})(,(${expansions.join('|')}))*$`,
              description: `Also show, separated by commas: ${expansions.join(', ')}`,
            }),
          ),
        }),
        response: { 200: PaymentView },
      },
      config,
    },
    async (request) => {
      const principal = principalOf(request)
      const payment = found(await readPayment(io.db, principal.institutionId, request.params.id))
      const isTheirs = maySee(principal, payment)
      if (!isTheirs && !(isOfStore(principal, payment) && (await mayLookUpStore(io, principal))))
        throw new AppError('NOT_FOUND')
      const expanded = await expandPayment(io, payment, {
        principal,
        wanted: readExpansions(request.query.expand),
      })
      return { ...showPayment(payment, principal), ...expanded }
    },
  )

  app.get(
    '/v1/payments',
    {
      schema: {
        summary: 'List payments, the newest first',
        description:
          'A terminal has its own. By `order_no`, which its receipt shows, one that may refund finds ' +
          'what any till of its store took.',
        querystring: PaymentQuery,
        response: { 200: ListOf(PaymentView) },
      },
      config,
    },
    async (request) => {
      const principal = principalOf(request)
      const { query } = request
      const { limit, startingAfter: afterId } = readPage(query)
      const isOpen = query.open === 'true'
      if (isOpen && (query.state ?? 'processing') !== 'processing') {
        throw new AppError('INVALID_REQUEST', { param: 'open' })
      }
      const payments = await listPayments(io.db, principal.institutionId, {
        ...(await scopeOf(io, principal, query)),
        ...{ limit, afterId },
        state: isOpen ? 'processing' : (query.state ?? null),
        kind: query.kind ?? null,
        orderNo: query.order_no ?? null,
        createdFrom: query.created_gte === undefined ? null : new Date(query.created_gte),
        createdBefore: query.created_lt === undefined ? null : new Date(query.created_lt),
      })
      const show = (payment: (typeof payments)[number]) => showPayment(payment, principal)
      return showList(payments, query, { url: '/v1/payments', show })
    },
  )
}
