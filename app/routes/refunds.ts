import type { Static } from 'typebox'

import { AppError } from '../../modules/errors/errors.ts'
import { newId } from '../../modules/lib/ids.ts'
import { listPayments, readPayment, type Payment } from '../../modules/payment/payment.ts'
import {
  approveRefund,
  checkRefund,
  listRefunds,
  readRefund,
  readRefundsOf,
  refund,
  rejectRefund,
  type Refund,
  type RefundPage,
  type SecondWord,
} from '../../modules/refund/refund.ts'
import type { TrailEntry } from '../../modules/trail/trail.ts'
import { listDebitRefunds, readDebitRefund } from '../../modules/wallet/wallet.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { idempotencyKeyOf } from '../http/idempotency.ts'
import { actorOf, merchantScope, type Principal } from '../http/principal.ts'
import { isOfStore, maySee } from '../http/scope.ts'
import {
  RefundBody,
  RefundQuery,
  RefundView,
  showDebitRefund,
  showRefund,
} from '../schemas/refund.ts'
import { Body, found, ListOf, PathId, readPage, showList } from '../schemas/shared.ts'
import type { Context } from './routes.ts'

type Io = Context['io']

/** Refunds: money given back, looked at, and approved by a second person. Source: P24. */
export function refundRoutes(app: App, { io }: Context): void {
  createRoute(app, io)
  readRoutes(app, io)
  secondPersonRoute(app, io, 'approve')
  secondPersonRoute(app, io, 'reject')
  checkRoute(app, io)
}

function createRoute(app: App, io: Io): void {
  app.post(
    '/v1/refunds',
    {
      schema: {
        summary: 'Give money back, in part or whole',
        description:
          '`201`: it has its final state (`succeeded`, or `failed` with a reason). `202`: the channel ' +
          'is at it (`query`), or a second person must approve (`second_approval`). Name the payment, ' +
          'or the order number that its receipt shows.',
        body: RefundBody,
        response: { 200: RefundView, 201: RefundView, 202: RefundView },
      },
      config: {
        ...allow('terminal', 'merchant', 'operator'),
        isIdempotent: true,
        refusals: [
          ...['PAYMENT_NOT_REFUNDABLE', 'REFUND_TOO_LARGE', 'REFUND_NOT_ALLOWED'],
          'TERMINAL_NOT_ACTIVE',
        ],
      },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { amount, reason } = request.body
      const idempotencyKey = idempotencyKeyOf(request)
      const payment = await namedPayment(io, principal, request.body)
      const detail = { payment: payment.id, amount: amount ?? null }
      const { refund: made, isReplay } = await refund(io, {
        ...{ institutionId, paymentId: payment.id, merchantId: payment.merchantId },
        amountMinor: amount === undefined ? null : BigInt(amount),
        reason: reason ?? null,
        asker: {
          actor: actorOf(principal),
          merchantId: principal.role === 'operator' ? null : principal.merchantId,
          terminalId: principal.terminalId,
        },
        idempotencyKey,
        trail:
          principal.kind === 'staff'
            ? entryOf(io, principal, { action: 'refund.create', subject: payment.id, detail })
            : null,
      })
      if (isReplay) reply.header('idempotent-replayed', 'true')
      const isOpen = made.state === 'processing'
      return reply.code(isOpen ? 202 : isReplay ? 200 : 201).send(showRefund(made, principal))
    },
  )
}

/** The payment that a request means, of those that the caller may refund. */
async function namedPayment(
  io: Io,
  principal: Principal,
  { payment: id, order_no: orderNo }: Static<typeof RefundBody>,
): Promise<Payment> {
  if ((id === undefined) === (orderNo === undefined))
    throw new AppError('INVALID_REQUEST', { param: 'payment' })
  const { institutionId, merchantId } = principal
  const payment =
    id === undefined
      ? await paymentByOrder(io, principal, orderNo ?? '')
      : await readPayment(io.db, institutionId, id)
  const isOwn = principal.role === 'operator' || payment?.merchantId === merchantId
  return found(isOwn ? payment : null)
}

/** Order numbers are each merchant's own, so the operator's may name several. */
async function paymentByOrder(io: Io, principal: Principal, orderNo: string) {
  const filter = { storeId: null, terminalId: null, payerId: null, state: null, kind: null }
  const [first, second] = await listPayments(io.db, principal.institutionId, {
    ...filter,
    ...{ merchantId: principal.merchantId, orderNo, afterId: null, limit: 2 },
    ...{ createdFrom: null, createdBefore: null },
  })
  if (second) throw new AppError('INVALID_REQUEST', { param: 'order_no' })
  return first
}

type Act = Pick<TrailEntry, 'action' | 'subject' | 'detail'>

const entryOf = (io: Io, principal: Principal, act: Act): TrailEntry => {
  const at = io.now()
  return { id: newId('trl', at.getTime()), at, actor: actorOf(principal), ...act }
}

function secondPersonRoute(app: App, io: Io, says: 'approve' | 'reject'): void {
  const words = {
    approve: 'Approve a refund that waits for a second person',
    reject: 'Say no to a refund that waits for a second person, or take one’s own back',
  }
  app.post(
    `/v1/refunds/:id/${says}`,
    {
      schema: {
        summary: words[says],
        params: PathId('rfd'),
        body: Body({}),
        response: { 200: RefundView },
      },
      config: {
        ...allow('staff'),
        mayLackBody: true,
        refusals: ['REFUND_FINAL', 'SECOND_PERSON_NEEDED'],
      },
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { id: refundId } = request.params
      const merchantId = merchantScope(principal, undefined)
      const trail = entryOf(io, principal, {
        ...{ action: `refund.${says}`, subject: refundId, detail: {} },
      })
      const word: SecondWord = {
        ...{ institutionId, refundId, actor: actorOf(principal), merchantId, trail },
      }
      const judged =
        says === 'approve' ? await approveRefund(io, word) : await rejectRefund(io, word)
      return showRefund(judged, principal)
    },
  )
}

function checkRoute(app: App, io: Io): void {
  app.post(
    '/v1/refunds/:id/check',
    {
      schema: {
        summary: 'Ask the channel now what became of a refund',
        description: 'One that has its final state is answered as it is.',
        params: PathId('rfd'),
        body: Body({}),
        response: { 200: RefundView },
      },
      config: { ...allow('terminal', 'merchant', 'operator'), mayLackBody: true },
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { id } = request.params
      const known = found(await readRefund(io.db, institutionId, id))
      await visiblePayment(io, principal, known.paymentId)
      return showRefund(found(await checkRefund(io, institutionId, id)), principal)
    },
  )
}

function readRoutes(app: App, io: Io): void {
  const config = allow('terminal', 'merchant', 'operator', 'payer', 'party', 'agent')
  app.get(
    '/v1/refunds/:id',
    {
      schema: {
        summary: 'Look at one refund',
        params: PathId('rfd'),
        response: { 200: RefundView },
      },
      config,
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId, payerId } = principal
      const { id: refundId } = request.params
      const made = await readRefund(io.db, institutionId, refundId)
      if (!made && payerId !== null) {
        const elsewhere = { institutionId, payerId, refundId }
        return showDebitRefund(found(await readDebitRefund(io.db, elsewhere)))
      }
      await visiblePayment(io, principal, found(made).paymentId)
      return showRefund(found(made), principal)
    },
  )

  app.get(
    '/v1/refunds',
    {
      schema: {
        summary: 'List refunds, the newest first',
        description:
          'A payer’s own; at a till those of what it took, and what was asked for there. Third parties ' +
          'name the payment.',
        querystring: RefundQuery,
        response: { 200: ListOf(RefundView) },
      },
      config,
    },
    async (request) => {
      const principal = principalOf(request)
      const { query } = request
      const refunds =
        query.payment === undefined
          ? await listOwn(io, principal, query)
          : await listOfPayment(io, principal, { ...query, payment: query.payment })
      const shown = refunds.map((one) => showRefund(one, principal))
      const elsewhere = await readElsewhere(io, principal, query)
      const all = [...shown, ...elsewhere].sort((a, b) => (a.id < b.id ? 1 : -1))
      return showList(all, query, { url: '/v1/refunds', show: (one) => one })
    },
  )
}

type Query = Static<typeof RefundQuery>

/** What merchants of other institutions gave back to a payer; it has succeeded. */
async function readElsewhere(io: Io, { institutionId, payerId }: Principal, query: Query) {
  if (payerId === null || query.payment !== undefined) return []
  if ((query.state ?? 'succeeded') !== 'succeeded') return []
  const refunds = await listDebitRefunds(io.db, { institutionId, payerId }, readPage(query))
  return refunds.map(showDebitRefund)
}

/** Of a payer and a till their own, of the office its merchants'. */
async function listOwn(io: Io, principal: Principal, query: Query): Promise<Refund[]> {
  const of = whoseRefunds(principal, query.merchant)
  const state = query.state ?? null
  return listRefunds(io.db, principal.institutionId, { ...of, state, ...readPage(query) })
}

function whoseRefunds(principal: Principal, merchant: string | undefined): Pick<RefundPage, 'of'> {
  const { role, payerId, terminalId } = principal
  const isOffice = role === 'operator' || role === 'merchant'
  const merchantId = isOffice ? merchantScope(principal, merchant) : null
  if (merchantId !== null) return { of: { merchantId } }
  if (role === 'operator') return {}
  if (merchant !== undefined) throw new AppError('INVALID_REQUEST', { param: 'merchant' })
  if (payerId !== null) return { of: { payerId } }
  if (terminalId !== null) return { of: { terminalId } }
  throw new AppError('INVALID_REQUEST', { param: 'payment' })
}

/** A payment has few refunds, so they are all read. */
async function listOfPayment(
  io: Io,
  principal: Principal,
  { payment, state, merchant, starting_after: after }: Query & { payment: string },
): Promise<Refund[]> {
  const { merchantId } = await visiblePayment(io, principal, payment)
  if (merchant !== undefined && merchant !== merchantId) throw new AppError('NOT_FOUND')
  const refunds = await readRefundsOf(io.db, principal.institutionId, [payment])
  return refunds
    .filter((one) => (state ?? one.state) === one.state)
    .filter(({ id }) => after === undefined || id < after)
    .toReversed()
}

/** Whoever may see the payment sees its refunds; so does every till of the same store. */
async function visiblePayment(io: Io, principal: Principal, id: string): Promise<Payment> {
  const payment = found(await readPayment(io.db, principal.institutionId, id))
  if (!isOfStore(principal, payment) && !maySee(principal, payment)) throw new AppError('NOT_FOUND')
  return payment
}
