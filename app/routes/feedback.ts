import { AppError } from '../../modules/errors/errors.ts'
import { newId } from '../../modules/lib/ids.ts'
import {
  answerFeedback,
  giveFeedback,
  listFeedback,
  readFeedback,
  type Feedback,
} from '../../modules/notice/notice.ts'
import { readMerchant } from '../../modules/party/party.ts'
import { readPayment, type Payment } from '../../modules/payment/payment.ts'
import { record } from '../../modules/trail/trail.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { idempotent } from '../http/idempotency.ts'
import { actorOf, merchantScope, type Principal } from '../http/principal.ts'
import { maySee } from '../http/scope.ts'
import {
  AnswerBody,
  FeedbackBody,
  FeedbackQuery,
  FeedbackView,
  showFeedback,
} from '../schemas/feedback.ts'
import { found, ListOf, PathId, readPage, showList } from '../schemas/shared.ts'
import type { Context } from './routes.ts'

type Io = Context['io']

/** What payers say of payments, and what merchants answer. Source: P20. */
export function feedbackRoutes(app: App, { io }: Context): void {
  giveRoute(app, io)
  ofPaymentRoute(app, io)
  listRoute(app, io)
  answerRoute(app, io)
}

function giveRoute(app: App, io: Io): void {
  app.post(
    '/v1/payments/:id/feedback',
    {
      schema: {
        summary: 'Tell the merchant how it was',
        description: 'Said again before there is an answer, it replaces what was said.',
        params: PathId('pay'),
        body: FeedbackBody,
        response: { 201: FeedbackView },
      },
      config: { ...allow('payer'), isIdempotent: true, refusals: ['FEEDBACK_ANSWERED'] },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { institutionId, id: payerId, name } = principal
      const payment = await ownPayment(io, principal, request.params.id)
      if (payment.kind !== 'purchase' || payment.state !== 'succeeded')
        throw new AppError('INVALID_REQUEST', { reason: 'is for purchases that were paid' })
      const { rating, text: body = null } = request.body
      const { id: paymentId, merchantId, payerName } = payment
      const now = io.now()
      const given = {
        id: newId('fbk', now.getTime()),
        paymentId,
        payerId,
        merchantId,
        rating,
        body,
      }
      return idempotent(io, request, reply, async (tx) => {
        const whole = { ...given, payerName: payerName ?? name }
        const how = { show: showFeedback, now }
        return { body: showFeedback(await giveFeedback(tx, institutionId, whole, how)) }
      })
    },
  )
}

function ofPaymentRoute(app: App, io: Io): void {
  app.get(
    '/v1/payments/:id/feedback',
    {
      schema: {
        summary: 'The feedback on a payment: one piece or none',
        params: PathId('pay'),
        response: { 200: ListOf(FeedbackView) },
      },
      config: allow('payer', 'operator', 'merchant'),
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { id: paymentId } = await ownPayment(io, principal, request.params.id)
      const nobody = { merchantId: null, payerId: null, isAnswered: null, startingAfter: null }
      const list = await listFeedback(io.db, institutionId, { ...nobody, paymentId, limit: 1 })
      const url = `/v1/payments/${paymentId}/feedback`
      return showList(list, {}, { url, show: showFeedback })
    },
  )
}

function listRoute(app: App, io: Io): void {
  app.get(
    '/v1/feedback',
    {
      schema: {
        summary: 'List feedback of payers',
        querystring: FeedbackQuery,
        response: { 200: ListOf(FeedbackView) },
      },
      config: allow('operator', 'merchant'),
    },
    async (request) => {
      const principal = principalOf(request)
      const { merchant, payment, answered } = request.query
      const list = await listFeedback(io.db, principal.institutionId, {
        ...{ merchantId: merchantScope(principal, merchant), payerId: null },
        ...{ paymentId: payment ?? null, ...readPage(request.query) },
        isAnswered: answered === undefined ? null : answered === 'true',
      })
      return showList(list, request.query, { url: '/v1/feedback', show: showFeedback })
    },
  )
}

function answerRoute(app: App, io: Io): void {
  app.post(
    '/v1/feedback/:id/answer',
    {
      schema: {
        summary: 'Answer feedback; said again it replaces the answer',
        params: PathId('fbk'),
        body: AnswerBody,
        response: { 200: FeedbackView },
      },
      config: allow('operator', 'merchant'),
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { id, merchantId } = await ownFeedback(io, principal, request.params.id)
      const merchant = found(await readMerchant(io.db, institutionId, merchantId))
      const answeredBy = actorOf(principal)
      const said = { answer: request.body.text, answeredBy, merchantName: merchant.name }
      const now = io.now()
      const entry = {
        ...{ id: newId('trl', now.getTime()), at: now, actor: answeredBy },
        ...{ action: 'feedback.answer', subject: id, detail: { answer: said.answer } },
      }
      const feedback = await io.db.transaction(async (tx) => {
        const how = { show: showFeedback, now }
        const answered = await answerFeedback(tx, { institutionId, id }, said, how)
        await record(tx, institutionId, [entry])
        return answered
      })
      io.poke(institutionId)
      return showFeedback(feedback)
    },
  )
}

/** @throws AppError NOT_FOUND also for a payment that is not the caller's to see */
async function ownPayment(io: Io, principal: Principal, id: string): Promise<Payment> {
  const payment = await readPayment(io.db, principal.institutionId, id)
  if (!payment || !maySee(principal, payment)) throw new AppError('NOT_FOUND')
  return payment
}

/** @throws AppError NOT_FOUND also for feedback to another merchant */
async function ownFeedback(io: Io, principal: Principal, id: string): Promise<Feedback> {
  const feedback = found(await readFeedback(io.db, { institutionId: principal.institutionId, id }))
  merchantScope(principal, feedback.merchantId)
  return feedback
}
