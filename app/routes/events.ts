import { earliestId } from '../../modules/lib/ids.ts'
import { allowAll, bearerOf, principalOf } from '../http/auth.ts'
import { audienceOf, channelOf, readNewest } from '../http/audience.ts'
import type { App } from '../http/http.ts'
import { EventView, showEvent } from '../schemas/event.ts'
import { ListOf, ListQuery, readPage, showList } from '../schemas/shared.ts'
import type { Context } from './routes.ts'

// How far back a list of events goes. Lists of payments are for what is older.
const LISTED_MS = 60 * 60 * 1000

const description =
  'With `Accept: text/event-stream` a stream of server-sent events: `id`, `event` (the type) and ' +
  '`data` (the event as JSON). After a break send the last id as `Last-Event-ID`: the stream begins ' +
  '30 s before it, so drop the ids you have seen. Otherwise a list of the last hour.'

/** What happened: live, or as a list. Each reader gets his own. Source: P15. */
export function eventRoutes(app: App, { io, hub }: Context): void {
  app.get(
    '/v1/events',
    {
      schema: {
        summary: 'Listen to what happens',
        description,
        querystring: ListQuery({}),
        response: { 200: ListOf(EventView) },
      },
      config: allowAll(),
      exposeHeadRoute: false, // a stream has no end that could be asked for
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { accept = '', 'last-event-id': lastEventId } = request.headers
      if (!accept.includes('text/event-stream')) {
        const { institutionId } = principal
        const { limit, startingAfter: beforeId } = readPage(request.query)
        const afterId = earliestId('evt', new Date(io.now().getTime() - LISTED_MS))
        const where = { institutionId, audience: audienceOf([channelOf(principal)]) }
        const events = await readNewest(io.db, where, { afterId, beforeId, limit })
        const show = (event: (typeof events)[number]) => showEvent(event, principal)
        return showList(events, request.query, { url: '/v1/events', show })
      }

      hub.mayOpen(principal)
      reply.hijack()
      reply.raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store, no-transform',
        'request-id': request.id,
        'x-accel-buffering': 'no', // a proxy must not gather what is meant for now
        'x-content-type-options': 'nosniff',
      })
      const given = typeof lastEventId === 'string' ? lastEventId : null
      hub.open(reply.raw, { principal, token: bearerOf(request), lastEventId: given })
      return reply
    },
  )
}
