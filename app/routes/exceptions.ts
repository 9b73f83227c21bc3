import type { Static } from 'typebox'

import type { ChargeOutcome } from '../../modules/channel/channel.ts'
import type { Tx } from '../../modules/database/database.ts'
import { AppError } from '../../modules/errors/errors.ts'
import {
  listExceptions,
  readException,
  resolve,
  type Exception,
} from '../../modules/exception/exception.ts'
import { newId } from '../../modules/lib/ids.ts'
import { checkCharge, readCharges, recordOutcome } from '../../modules/payment/payment.ts'
import { refundLate, retryRefund, type Ordered } from '../../modules/refund/refund.ts'
import { record } from '../../modules/trail/trail.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { actorOf, type Principal } from '../http/principal.ts'
import {
  actionsOf,
  ExceptionQuery,
  ExceptionView,
  ResolveBody,
  showException,
  type ExceptionAction,
} from '../schemas/exception.ts'
import { found, ListOf, PathId, readPage, showList } from '../schemas/shared.ts'
import type { Context } from './routes.ts'

type Io = Context['io']

/** What a person must decide: looked at, and acted on. Source: DESIGN §10 (exceptions). */
export function exceptionRoutes(app: App, { io }: Context): void {
  readRoutes(app, io)
  resolveRoute(app, io)
}

function readRoutes(app: App, io: Io): void {
  app.get(
    '/v1/exceptions',
    {
      schema: {
        summary: 'List exceptions, the newest first',
        querystring: ExceptionQuery,
        response: { 200: ListOf(ExceptionView) },
      },
      config: allow('operator'),
    },
    async (request) => {
      const { institutionId } = principalOf(request)
      const { query } = request
      const page = { state: query.state ?? null, ...readPage(query) }
      const exceptions = await listExceptions(io.db, institutionId, page)
      const now = io.now()
      const show = (one: Exception) => showException(one, now)
      return showList(exceptions, query, { url: '/v1/exceptions', show })
    },
  )

  app.get(
    '/v1/exceptions/:id',
    {
      schema: {
        summary: 'Look at one exception',
        params: PathId('exc'),
        response: { 200: ExceptionView },
      },
      config: allow('operator'),
    },
    async (request) => {
      const { institutionId } = principalOf(request)
      const exception = found(await readException(io.db, institutionId, request.params.id))
      return showException(exception, io.now())
    },
  )
}

function resolveRoute(app: App, io: Io): void {
  app.post(
    '/v1/exceptions/:id/resolve',
    {
      schema: {
        summary: 'Do something about an exception',
        description:
          'What tries again (`refund_again`, `retry`, `ask_again`) leaves it open until the money is ' +
          'back or the outcome is known; then it is resolved by itself.',
        params: PathId('exc'),
        body: ResolveBody,
        response: { 200: ExceptionView },
      },
      config: { ...allow('operator'), refusals: ['EXCEPTION_FINAL'] },
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const exception = found(await readException(io.db, institutionId, request.params.id))
      const { body } = request
      const may: readonly ExceptionAction[] = actionsOf[exception.kind]
      if (!may.includes(body.action)) throw new AppError('INVALID_REQUEST', { param: 'action' })
      if (exception.state === 'resolved') throw new AppError('EXCEPTION_FINAL')
      const isOver = await act(io, exception, { principal, body })
      await write(io, exception, { principal, body, isOver })
      const after = found(await readException(io.db, institutionId, exception.id))
      return showException(after, io.now())
    },
  )
}

type Doing = { principal: Principal; body: Static<typeof ResolveBody> }

/** Does it, and answers whether the exception is over with that. */
async function act(io: Io, exception: Exception, { principal, body }: Doing): Promise<boolean> {
  const { institutionId } = principal
  const { subjectId } = exception
  switch (body.action) {
    case 'refund_again': {
      const wanted = { chargeId: subjectId, ordered: orderedBy(io, principal, subjectId) }
      await refundLate(io, institutionId, wanted)
      return false // the refund settles it when the money is back
    }
    case 'retry': {
      const wanted = { refundId: subjectId, ordered: orderedBy(io, principal, subjectId) }
      const { id, state } = await retryRefund(io, institutionId, wanted)
      return state === 'succeeded' || id !== subjectId // another refund has its own exception
    }
    case 'ask_again': {
      const payment = await checkCharge(io, institutionId, subjectId, 'operator')
      return payment.state !== 'processing'
    }
    case 'mark_succeeded':
    case 'mark_failed':
      await mark(io, exception, { principal, body })
      return true
    case 'keep_in_suspense':
    case 'paid_otherwise':
    case 'accept':
      return true
  }
}

/** A person has found out, by whatever way, what no answer has told. */
async function mark(io: Io, exception: Exception, { principal, body }: Doing): Promise<void> {
  const { institutionId } = principal
  const { subjectId: chargeId, paymentId } = exception
  const common = { chargeId, by: 'answer', actor: 'operator' } as const
  if (body.action === 'mark_failed') {
    const reason = 'channel_not_reached'
    const outcome: ChargeOutcome = { kind: 'declined', reason, channelCode: 'MARKED_FAILED' }
    await recordOutcome(io, institutionId, { ...common, outcome })
    return
  }
  const channelRef = body.channel_ref
  if (channelRef === undefined) throw new AppError('INVALID_REQUEST', { param: 'channel_ref' })
  const charges = await readCharges(io.db, institutionId, paymentId === null ? [] : [paymentId])
  const charge = found(charges.find(({ id }) => id === chargeId))
  const paid = { paidAt: io.now(), payerPaidMinor: charge.amountMinor, payer: null }
  const outcome: ChargeOutcome = { kind: 'succeeded', channelRef, ...paid }
  await recordOutcome(io, institutionId, { ...common, outcome })
}

const orderedBy = (io: Io, principal: Principal, subject: string): Ordered => {
  const at = io.now()
  const actor = actorOf(principal)
  const id = newId('trl', at.getTime())
  return { actor, trail: { id, at, actor, action: 'refund.create', subject, detail: {} } }
}

/** Who did what about it, and, when it is over, that it is. */
async function write(
  io: Io,
  exception: Exception,
  { principal, body, isOver }: Doing & { isOver: boolean },
): Promise<void> {
  const { institutionId } = principal
  const { id, kind, subjectId } = exception
  const { action } = body
  const note = body.note ?? null
  const at = io.now()
  const actor = actorOf(principal)
  const detail = { action, kind, subject: subjectId, note }
  const entry = {
    ...{ id: newId('trl', at.getTime()), at, actor, action: 'exception.resolve', subject: id },
    detail,
  }
  await io.db.transaction(async (tx) => {
    if (isOver) await resolveOnce(tx)
    await record(tx, institutionId, [entry])
  })
  io.poke(institutionId)

  // What was done may have settled it already, by the clock's hand.
  async function resolveOnce(tx: Tx): Promise<void> {
    try {
      await resolve(tx, institutionId, { id, action, actor, note, at })
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'EXCEPTION_FINAL') throw error
    }
  }
}
