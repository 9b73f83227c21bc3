import { AppError } from '../../modules/errors/errors.ts'
import { newId } from '../../modules/lib/ids.ts'
import { listDeliveries, readDelivery, resendDelivery } from '../../modules/notice/notice.ts'
import { record } from '../../modules/trail/trail.ts'
import { principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { actorOf, type Principal } from '../http/principal.ts'
import { found, ListOf, PathId, readPage, showList } from '../schemas/shared.ts'
import { DeliveryQuery, DeliveryView, showDelivery } from '../schemas/webhook.ts'
import type { Context } from './routes.ts'
import { ownerOf, webhookCallers } from './webhooks.ts'

type Io = Context['io']

/** What webhook endpoints were told, how that went, and telling it again. */
export function webhookDeliveryRoutes(app: App, { io }: Context): void {
  readRoutes(app, io)
  resendRoute(app, io)
}

function readRoutes(app: App, io: Io): void {
  app.get(
    '/v1/webhook_deliveries',
    {
      schema: {
        summary: 'List what webhook endpoints were told, in the last 30 days',
        querystring: DeliveryQuery,
        response: { 200: ListOf(DeliveryView) },
      },
      config: webhookCallers(),
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { endpoint, event, state } = request.query
      const where = {
        ...{ institutionId, ownerId: ownerOf(principal), state: state ?? null },
        ...{ endpointId: endpoint ?? null, eventId: event ?? null },
      }
      const deliveries = await listDeliveries(io.db, where, readPage(request.query))
      const url = '/v1/webhook_deliveries'
      return showList(deliveries, request.query, { url, show: showDelivery })
    },
  )

  app.get(
    '/v1/webhook_deliveries/:id',
    {
      schema: {
        summary: 'Show what a webhook endpoint was told of one event',
        params: PathId('wdl'),
        response: { 200: DeliveryView },
      },
      config: webhookCallers(),
    },
    async (request) => showDelivery(await ownDelivery(io, principalOf(request), request.params.id)),
  )
}

function resendRoute(app: App, io: Io): void {
  app.post(
    '/v1/webhook_deliveries/:id/resend',
    {
      schema: {
        summary: 'Tell it again, whether or not it arrived; the receiver sees the same webhook-id',
        params: PathId('wdl'),
        response: { 202: DeliveryView },
      },
      config: { ...webhookCallers(), mayLackBody: true },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { id, isStopped } = await ownDelivery(io, principal, request.params.id)
      // It would be put aside at once.
      if (isStopped) throw new AppError('INVALID_REQUEST', { reason: 'its endpoint is not active' })
      const now = io.now()
      const entry = {
        ...{ id: newId('trl', now.getTime()), at: now, actor: actorOf(principal) },
        ...{ action: 'webhook_delivery.resend', subject: id, detail: {} },
      }
      await io.db.transaction(async (tx) => {
        resendDelivery(tx, { institutionId, id }, now)
        await record(tx, institutionId, [entry])
      })
      io.poke(institutionId)
      return reply.code(202).send(showDelivery(await ownDelivery(io, principal, id)))
    },
  )
}

/** @throws AppError NOT_FOUND also for a delivery to somebody else */
async function ownDelivery(io: Io, principal: Principal, id: string) {
  const { institutionId } = principal
  const delivery = found(await readDelivery(io.db, { institutionId, id }))
  const ownerId = ownerOf(principal)
  if (ownerId !== null && ownerId !== delivery.ownerId) throw new AppError('NOT_FOUND')
  return delivery
}
