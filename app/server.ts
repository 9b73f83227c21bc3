import fastify, { LogController, type FastifyBaseLogger } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import rateLimit from '@fastify/rate-limit'

import { AppError } from '../modules/errors/errors.ts'
import { newId } from '../modules/lib/ids.ts'
import { openSender, type SenderOptions } from '../modules/notice/notice.ts'
import { guardRoutes } from './http/auth.ts'
import { cashier } from './http/cashier.ts'
import { docs } from './http/docs.ts'
import { answerErrors } from './http/errors.ts'
import { health } from './http/health.ts'
import type { App } from './http/http.ts'
import type { OpenIo } from './io.ts'
import { refuseLeapSeconds } from './http/time-format.ts'
import { measure } from './http/metrics.ts'
import { pages } from './http/pages.ts'
import { openPrincipals } from './http/principals.ts'
import { apiRoutes, type Demo } from './routes/routes.ts'
import { verifySigned } from './http/signed.ts'
import { openHub } from './http/streams.ts'
import { traceRequests } from './http/tracing.ts'
import { ignoreExpectations, refuseUnreadable } from './http/unreadable.ts'

// Of a request's body, in bytes. The largest honest one is a payment with 200 lines of goods.
const BODY_LIMIT = 256 * 1024

// A request must be here whole within this; who sends slower holds a connection for nothing.
const REQUEST_MS = 30_000

export type ServerOptions = {
  /** Where the world finds this server, without a slash at the end. */
  publicUrl: string
  /** The folder of the built web apps; without it there are no pages. */
  webRoot: string
  /** The demo shop, or null: then the demo's calls are not there. */
  demo: Demo | null
  /** How webhooks are sent; left out: to public addresses over https. */
  webhooks?: SenderOptions
  /** Believe X-Forwarded-For: only behind a proxy that sets it. */
  trustProxy?: boolean
  /** How often a stream is pinged and its token looked at, in ms. */
  pingMs?: number
}

/**
 * Builds the HTTP server, ready for `listen` or `inject`. Closing it ends the open streams first;
 * `io` stays open.
 */
export async function buildServer(io: OpenIo, options: ServerOptions): Promise<App> {
  const app = fastify({
    bodyLimit: BODY_LIMIT,
    trustProxy: options.trustProxy ?? false,
    loggerInstance: silent,
    logController: new LogController({ disableRequestLogging: true }),
    // One logger and no child of it per request: our lines name the request themselves.
    childLoggerFactory: (logger) => logger,
    genReqId: () => newId('req'),
    requestIdHeader: false,
    requestTimeout: REQUEST_MS,
    forceCloseConnections: 'idle',
    return503OnClosing: false, // who is in is served; nobody new is let in
    ...refuseUnreadable(options),
    ajv: {
      customOptions: { coerceTypes: false, removeAdditional: false, allErrors: false },
      plugins: [(ajv) => ajv.addVocabulary(['x-shown'])],
      onCreate: refuseLeapSeconds,
    },
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 200 },
  }).withTypeProvider<TypeBoxTypeProvider>() as App

  ignoreExpectations(app)
  traceRequests(app)
  const metrics = measure(app, io)
  const principals = openPrincipals(io)
  const hub = openHub(io, principals, options)
  const sender = openSender(options.webhooks ?? { allowPrivate: false })
  answerErrors(app, { publicUrl: options.publicUrl, log: io.log })
  guardRoutes(app, principals)
  answerHeaders(app)
  allowNoBody(app)
  verifySigned(app, { io, publicUrl: options.publicUrl })
  await app.register(rateLimit, {
    global: false,
    hook: 'preHandler',
    errorResponseBuilder: () => new AppError('RATE_LIMITED'),
  })
  await app.register(docs, options)
  health(app, { io, metrics })
  const { demo, publicUrl } = options
  apiRoutes(app, { io, hub, principals, metrics, sender, demo, publicUrl })
  cashier(app, { io, publicUrl })
  await app.register(pages, { ...options, formOrigins: () => io.channels.pageOrigins() })

  app.addHook('preClose', async () => hub.close())
  app.addHook('onClose', async () => {
    principals.close()
    sender.close()
  })
  return app
}

/** Headers of every answer of the API. Pages have the stricter ones of `pages.ts`. */
function answerHeaders(app: App): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('request-id', request.id)
    reply.header('cache-control', 'no-store')
    reply.header('x-content-type-options', 'nosniff')
    done()
  })
}

/** A POST that has nothing to say may come without a body. */
function allowNoBody(app: App): void {
  app.addHook('onRoute', (route) => {
    if (!route.config?.mayLackBody) return
    route.preValidation = (request, _reply, done) => {
      request.body ??= {}
      done()
    }
  })
}

// Fastify's own lines are of no use to an operator; ours are written by errors.ts and metrics.ts.
const nothing = () => undefined
const silent: FastifyBaseLogger = {
  level: 'silent',
  ...{ fatal: nothing, error: nothing, warn: nothing, info: nothing, debug: nothing },
  ...{ trace: nothing, silent: nothing },
  child: () => silent,
}
