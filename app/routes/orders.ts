import type { Static } from 'typebox'

import { AppError } from '../../modules/errors/errors.ts'
import { isCurrency } from '../../modules/money/money.ts'
import { readMerchant, readStore } from '../../modules/party/party.ts'
import {
  createOrder,
  createStaticOrder,
  payOrder,
  readShown,
  showAt,
  type OrderRequest,
  type Payment,
  type Ready,
  type Shown,
} from '../../modules/payment/payment.ts'
import { checkPin, pinAboveMinor, readMandate } from '../../modules/wallet/wallet.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { idempotencyKeyOf } from '../http/idempotency.ts'
import { addressOf } from '../http/merchant-shown.ts'
import type { Principal } from '../http/principal.ts'
import { openTills, type Till } from '../http/till.ts'
import {
  OrderBody,
  OrderPayBody,
  OrderView,
  ScannedView,
  showOrder,
  TokenPath,
} from '../schemas/order.ts'
import { PaymentView, showPayment } from '../schemas/payment.ts'
import { found } from '../schemas/shared.ts'
import { readPlace } from '../schemas/terminal.ts'
import { terminalRefusals } from './payments.ts'
import type { Context } from './routes.ts'

const ORDER_SECONDS = 300

/** Orders that a merchant shows, and payers who scan them with the wallet. */
export function orderRoutes(app: App, context: Context): void {
  createRoute(app, context)
  scannedRoutes(app, context)
}

function createRoute(app: App, { io, publicUrl }: Context): void {
  const tillOf = openTills(io)
  app.post(
    '/v1/orders',
    {
      schema: {
        summary: 'Show an order: a code that the payer scans, or what starts a wallet',
        description:
          'The answer is a payment that waits: `next_action: payer_scans`. Draw `order.qr_text` as ' +
          'a QR code and listen for the payment, or ask for it. Nobody paid in time: it fails with ' +
          '`order_expired`. The same order sent again answers the same payment.',
        body: OrderBody,
        response: { 200: OrderView, 201: OrderView },
      },
      config: {
        ...allow('terminal', 'merchant_key', 'party_key'),
        isIdempotent: true,
        refusals: [
          ...terminalRefusals,
          'ORDER_NO_REUSED',
          ...['SALE_OVERPAID', 'AMOUNT_INVALID', 'CURRENCY_NOT_SUPPORTED', 'SCHEME_NOT_OPEN'],
          ...['CHANNEL_UNAVAILABLE', 'ORDER_EXPIRED'],
        ],
      },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { body } = request
      const { way = 'qr', scheme = null } = body
      if (way !== 'qr' && !scheme) throw new AppError('INVALID_REQUEST', { param: 'scheme' })
      if (way === 'jsapi' && !body.payer_ref)
        throw new AppError('INVALID_REQUEST', { param: 'payer_ref' })
      const idempotencyKey = idempotencyKeyOf(request)
      const till = await tillOf(principal, body)
      const { institutionId } = principal
      const wanted = readRequest(body, { institutionId, idempotencyKey, till })
      const { payment, isReplay } = await createOrder(io, wanted)
      if (isReplay) reply.header('idempotent-replayed', 'true')
      const ready = await readyFor(payment, { body, ip: request.ip })
      const shown = { publicUrl, way, scheme, ready }
      return reply.code(isReplay ? 200 : 201).send(showOrder(payment, principal, shown))
    },
  )

  /** What the scheme wants shown; null where one code is for all, or nothing is open any more. */
  async function readyFor(
    payment: Payment,
    { body, ip }: { body: Static<typeof OrderBody>; ip: string },
  ): Promise<Ready | null> {
    const { way = 'qr', scheme, payer_ref: payerRef = null } = body
    if (!scheme || payment.state !== 'processing') return null
    const { institutionId, id: paymentId } = payment
    const returnUrl = body.return_url ?? `${addressOf(publicUrl, payment)}/result`
    const how = { way: way === 'qr' ? 'native' : way, payerRef, ip, returnUrl } as const
    return showAt(io, { institutionId, paymentId, scheme, ...how })
  }
}

type Caller = { institutionId: string; idempotencyKey: string; till: Till }

function readRequest(
  body: Static<typeof OrderBody>,
  { institutionId, idempotencyKey, till }: Caller,
): OrderRequest {
  const { amount, currency, order_no: orderNo, sale_no: saleNo = null, goods, position } = body
  if (!isCurrency(currency)) throw new AppError('CURRENCY_NOT_SUPPORTED')
  return {
    ...{ institutionId, ...till, idempotencyKey, orderNo, saleNo, currency },
    amountMinor: BigInt(amount),
    goods: (goods ?? []).map((line) => ({
      ...{ sku: line.sku, name: line.name },
      ...{ quantity: BigInt(line.quantity), unitPriceMinor: BigInt(line.unit_price) },
    })),
    position: readPlace(position),
    isPlaceConfirmed: body.position_confirmed === true,
    lifeSeconds: body.expires_in_seconds ?? ORDER_SECONDS,
    actor: till.initiatorPartyId === null ? 'terminal' : 'merchant',
  }
}

function scannedRoutes(app: App, { io, metrics }: Context): void {
  app.get(
    '/v1/orders/:token',
    {
      schema: {
        summary: 'Look at a code that a merchant shows, before paying it',
        params: TokenPath,
        response: { 200: ScannedView },
      },
      config: allow('payer'),
    },
    async (request) => {
      const principal = principalOf(request)
      const shown = await ownShown(principal, request.params.token)
      const { institutionId, id: payerId } = principal
      const { timeZone, currency } = await io.institution(institutionId)
      const payer = { institutionId, payerId }
      const mandate = await readMandate(io.db, payer, { now: io.now(), timeZone })
      const common = { object: 'merchant_order' as const, token: request.params.token }
      const terms = { currency, pin_above: Number(pinAboveMinor(mandate)) }
      return { ...common, ...terms, ...(await showScanned(shown, payerId)) }
    },
  )

  app.post(
    '/v1/orders/:token/pay',
    {
      schema: {
        summary: 'Pay a code that a merchant shows',
        params: TokenPath,
        body: OrderPayBody,
        response: { 200: PaymentView, 201: PaymentView },
      },
      config: {
        ...allow('payer'),
        isIdempotent: true,
        refusals: ['ORDER_EXPIRED', 'PIN_WRONG', 'PAYER_FROZEN', 'AMOUNT_INVALID', 'NO_ROAD_LEFT'],
      },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { institutionId, id: payerId } = principal
      const idempotencyKey = idempotencyKeyOf(request)
      const { amount, source: sourceId = null, pin } = request.body
      const shown = await ownShown(principal, request.params.token)
      if (shown.kind === 'order' && amount !== undefined)
        throw new AppError('INVALID_REQUEST', { param: 'amount' })
      if (shown.kind === 'static' && amount === undefined) throw new AppError('AMOUNT_INVALID')
      if (pin !== undefined) await checkPin(io, { institutionId, payerId, pin })
      const { currency } = await io.institution(institutionId)
      const attempt = `${payerId}/${idempotencyKey}`
      const wish = { amountMinor: BigInt(amount ?? 1), currency, attempt, actor: 'payer' } as const
      const order =
        shown.kind === 'order'
          ? shown.payment
          : (await createStaticOrder(io, shown.code, wish)).payment
      const { payment, isReplay } = await payOrder(io, {
        ...{ institutionId, paymentId: order.id, payerId, sourceId, hasPin: pin !== undefined },
      })
      if (isReplay) reply.header('idempotent-replayed', 'true')
      else metrics.countPayment(payment.state)
      return reply.code(isReplay ? 200 : 201).send(showPayment(payment, principal))
    },
  )

  /** A code of the payer's own institution; of another's this wallet knows nothing. */
  async function ownShown({ institutionId }: Principal, token: string): Promise<Shown> {
    const shown = found(await readShown(io, token))
    const whose = shown.kind === 'order' ? shown.payment : shown.code
    if (whose.institutionId !== institutionId) throw new AppError('NOT_FOUND')
    return shown
  }

  async function showScanned(shown: Shown, payerId: string) {
    if (shown.kind === 'order') {
      const { payment } = shown
      const isOpen = payment.nextAction === 'payer_scans'
      const isPaid = payment.state === 'succeeded'
      return {
        ...{ kind: 'order' as const, name: null, amount: Number(payment.amountMinor) },
        state: isOpen ? ('open' as const) : isPaid ? ('paid' as const) : ('closed' as const),
        ...{ merchant: payment.merchantId, merchant_name: payment.merchantName },
        store_name: payment.storeName,
        expires_at: payment.confirmExpiresAt?.toISOString() ?? null,
        payment: payment.payerId === payerId ? payment.id : null,
      }
    }
    const { institutionId, merchantId, storeId, name, state } = shown.code
    const merchant = found(await readMerchant(io.db, institutionId, merchantId))
    const store = await readStore(io.db, institutionId, storeId)
    return {
      ...{ kind: 'static' as const, name, amount: null, expires_at: null, payment: null },
      state: state === 'active' ? ('open' as const) : ('closed' as const),
      ...{ merchant: merchant.id, merchant_name: merchant.name, store_name: store?.name ?? null },
    }
  }
}
