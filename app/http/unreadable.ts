import { STATUS_CODES } from 'node:http'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'

import { AppError, errors, type ErrorCode } from '../../modules/errors/errors.ts'
import { newId } from '../../modules/lib/ids.ts'
import { RETRY_AFTER_SECONDS, sendProblem, showProblem } from './errors.ts'

type Refusing = Pick<FastifyServerOptions, 'frameworkErrors' | 'clientErrorHandler'>

// Whoever was too slow has done nothing wrong with the request and may send it again.
const codes: Readonly<Record<string, ErrorCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'BUSY',
  HPE_HEADER_OVERFLOW: 'REQUEST_TOO_LARGE',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'REQUEST_TOO_LARGE',
}

/**
 * Refuses what never becomes a request with the same problem documents as everything else: an address
 * that cannot be decoded leads nowhere, and what is not HTTP is answered on the bare connection, which
 * then ends.
 *
 * Source: reliability.md §10.2 (every refusal is a problem document).
 */
export const refuseUnreadable = ({ publicUrl }: { publicUrl: string }): Refusing => ({
  frameworkErrors: (cause, request, reply) =>
    void sendProblem(new AppError('NOT_FOUND', {}, { cause }), { request, reply, publicUrl }),
  clientErrorHandler({ code }, socket) {
    if (code === 'ECONNRESET' || socket.destroyed) return
    const refusal = new AppError(codes[code] ?? 'INVALID_REQUEST')
    if (socket.writable) socket.write(asResponse(refusal, publicUrl))
    socket.destroy()
  },
})

function asResponse(refusal: AppError, publicUrl: string): string {
  const { status } = errors[refusal.code]
  const body = JSON.stringify(showProblem(refusal, { publicUrl, requestId: newId('req') }))
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(status === 503 ? [`Retry-After: ${RETRY_AFTER_SECONDS}`] : []),
    'Connection: close',
  ]
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}

/**
 * Serves a request as if it expected nothing: of expectations only `100-continue` has a meaning, and
 * the bare 417 that Node answers to others is no refusal of ours.
 *
 * Source: RFC 9110 §10.1.1 (a server may refuse, and need not).
 */
export function ignoreExpectations({ server }: FastifyInstance): void {
  server.on('checkExpectation', (request, response) => server.emit('request', request, response))
}
