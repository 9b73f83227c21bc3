import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import { isTransient } from '../../modules/database/database.ts'
import { AppError, errors, type ErrorCode } from '../../modules/errors/errors.ts'
import type { Log } from '../../modules/io/io.ts'

type AjvError = NonNullable<FastifyError['validation']>[number]

// Seconds after which a caller may come again. Source: RFC 9110 §10.2.3.
export const RETRY_AFTER_SECONDS = '1'

/** What the world is told of a refusal. Source: RFC 9457; reliability.md §10.2. */
export function showProblem(error: AppError, { publicUrl, requestId }: Whereabouts): object {
  const { status, title, message, retry, nextAction } = errors[error.code]
  return {
    type: `${publicUrl}/docs/errors#${error.code}`,
    title,
    status,
    detail: message,
    code: error.code,
    ...error.detail,
    retry,
    next_action: nextAction,
    request_id: requestId,
  }
}

type Whereabouts = { publicUrl: string; requestId: string }

/**
 * Every thrown thing as a refusal of the list. What a caller did wrong is never a 5xx; a database
 * that is away is BUSY; whatever is left is our bug, INTERNAL_ERROR, and tells nothing of itself.
 */
export function asAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  const { validation, validationContext, code = '', statusCode = 0 } = asFastifyError(thrown)
  const cause = { cause: thrown }
  // An address that cannot be one of ours leads nowhere.
  if (validation && validationContext === 'params') return new AppError('NOT_FOUND')
  if (validation?.[0]) return asInvalid(validation[0])
  const known = fastifyCodes[code]
  if (known) return new AppError(known, {}, cause)
  if (statusCode === 404) return new AppError('NOT_FOUND', {}, cause)
  if (statusCode >= 400 && statusCode < 500) return new AppError('INVALID_REQUEST', {}, cause)
  if (isTransient(thrown)) return new AppError('BUSY', {}, cause)
  return new AppError('INTERNAL_ERROR', {}, cause)
}

const asFastifyError = (thrown: unknown) => (thrown ?? {}) as Partial<FastifyError>

const fastifyCodes: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'REQUEST_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'MEDIA_TYPE_NOT_SUPPORTED',
}

/** A field that does not fit its schema, named as the caller wrote it: `goods[0].unit_price`. */
function asInvalid({ instancePath, keyword, params, message }: AjvError): AppError {
  const { missingProperty, additionalProperty } = params as Record<string, string | undefined>
  const path = [...instancePath.split('/').slice(1), missingProperty ?? additionalProperty ?? '']
  const param = path
    .filter((part) => part !== '')
    .map((part, at) => (/^\d+$/.test(part) ? `[${part}]` : (at > 0 ? '.' : '') + unescape(part)))
    .join('')
  const isAmount = /^(opening_)?amount$/.test(param) && keyword !== 'required'
  return new AppError(isAmount ? 'AMOUNT_INVALID' : 'INVALID_REQUEST', {
    ...(param && { param: param.slice(0, 100) }),
    reason: (message ?? keyword).slice(0, 200),
  })
}

// JSON Pointer. Source: RFC 6901 §3.
const unescape = (part: string) => part.replace(/~1/g, '/').replace(/~0/g, '~')

/** Answers all that is thrown, and every address that is not there, as a problem document. */
export function answerErrors(app: FastifyInstance, { publicUrl, log }: ErrorOptions): void {
  const send = (error: AppError, request: FastifyRequest, reply: FastifyReply) =>
    sendProblem(error, { request, reply, publicUrl })

  app.setErrorHandler((thrown, request, reply) => {
    const error = asAppError(thrown)
    const about = { requestId: request.id, method: request.method, route: routeOf(request) }
    if (error.code === 'INTERNAL_ERROR') log.error({ ...about, err: thrown }, 'a request died')
    else if (error.code === 'BUSY')
      log.warn({ ...about, err: error.cause }, 'a request was put off')
    return send(error, request, reply)
  })
  app.setNotFoundHandler((request, reply) => send(new AppError('NOT_FOUND'), request, reply))
}

type Sending = { request: FastifyRequest; reply: FastifyReply; publicUrl: string }

/** Sends a refusal as a problem document. */
export function sendProblem(error: AppError, { request, reply, publicUrl }: Sending): FastifyReply {
  const { status } = errors[error.code]
  if (status === 401) reply.header('www-authenticate', 'Bearer')
  if (status === 429 || status === 503) {
    if (!reply.hasHeader('retry-after')) reply.header('retry-after', RETRY_AFTER_SECONDS)
  }
  return reply
    .code(status)
    .type('application/problem+json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(showProblem(error, { publicUrl, requestId: request.id }))
}

export type ErrorOptions = { publicUrl: string; log: Log }

/** The pattern of the address and never the address: it may hold what a log must not. */
export const routeOf = (request: FastifyRequest): string => request.routeOptions.url ?? 'unknown'
