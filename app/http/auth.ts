import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from 'fastify'

import { AppError } from '../../modules/errors/errors.ts'
import './http.ts'
import { mayCall, type Caller, type Principal } from './principal.ts'
import type { Principals } from './principals.ts'

/** For a route's `config`: whom it lets in. */
export const allow = (...callers: Caller[]): { callers: readonly Caller[] } => ({ callers })

/** For a route that anybody with a bearer token may call. */
export const allowAll = (): { callers: readonly Caller[] } =>
  allow('operator', 'merchant', 'agent', 'bank', 'party', 'terminal', 'payer')

/** Whose request it is, on a route that has `allow`. */
export function principalOf(request: FastifyRequest): Principal {
  if (!request.principal) throw new AppError('UNAUTHENTICATED')
  return request.principal
}

/** The token that a request carries, or an empty text. Source: RFC 6750 §2.1. */
export function bearerOf(request: FastifyRequest): string {
  const { authorization = '' } = request.headers
  return /^bearer /i.test(authorization) ? authorization.slice(7).trim() : ''
}

/**
 * Puts a look at the bearer token before every route whose config says whom it lets in. It comes
 * first: of a stranger's request not even the body is read.
 */
export function guardRoutes(app: FastifyInstance, principals: Principals): void {
  app.decorateRequest('principal', null)
  app.addHook('onRoute', (route) => {
    const callers = route.config?.callers
    if (!callers) return
    const others = route.onRequest === undefined ? [] : [route.onRequest].flat()
    route.onRequest = [guard(principals, callers), ...others]
  })
}

// With a callback and not a promise: who is known passes within the same turn of the event loop.
function guard(principals: Principals, callers: readonly Caller[]): onRequestHookHandler {
  const admit = (request: FastifyRequest, principal: Principal | null): AppError | undefined => {
    if (!principal) return new AppError('UNAUTHENTICATED')
    request.principal = principal
    return mayCall(principal, callers) ? undefined : new AppError('FORBIDDEN')
  }
  return (request, _reply, done) => {
    const token = bearerOf(request)
    const known = principals.peek(token)
    if (known) return done(admit(request, known))
    principals.find(token).then((principal) => done(admit(request, principal)), done)
  }
}
