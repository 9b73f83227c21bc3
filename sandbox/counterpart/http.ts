import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import type { ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { TLSSocket } from 'node:tls'

import { sleep } from '../../modules/lib/retry.ts'

/** One request, read to its end. */
export type Call = {
  method: string
  path: string
  /** Path and query exactly as they were sent: request signatures cover it. */
  url: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  body: Buffer
  /** The body as UTF-8. */
  text: string
  /** The serial number of a client certificate that TLS has verified, upper-case hex. */
  certificateSerial: string | undefined
  isTls: boolean
}

/** What is sent back, and how much of it arrives. */
export type Answer = {
  status: number
  headers?: Record<string, string>
  body?: string | Buffer
  /** Waited before anything is sent; the machine's milliseconds. */
  delayMs?: number
  /** The connection ends before the answer, or in the middle of its body. */
  cut?: 'before' | 'inside'
}

export type ServerOptions = {
  host?: string
  /** 0: any free one. */
  port: number
  respond: (call: Call) => Answer | Promise<Answer>
  /** Told of errors that `respond` threw; the caller gets 500. */
  onError?: (error: unknown, call: Call) => void
  /** With it, the server speaks TLS and asks for (but does not insist on) a client certificate. */
  tls?: { key: string; cert: string; ca: string }
}

export type RunningServer = { url: string; port: number; close(): Promise<void> }

const LARGEST_BODY_BYTES = 1_000_000

/** Listens, and hands every request to `respond`. Rejects when the port is taken. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host = '127.0.0.1', port, tls } = options
  const take = (request: IncomingMessage, response: ServerResponse) => {
    void serve(options, request, response).catch(() => request.socket.destroy())
  }
  const server = tls
    ? createTlsServer({ ...tls, requestCert: true, rejectUnauthorized: false }, take)
    : createServer(take)
  // Clients keep their connections longer than Node's five seconds; a server that hangs up first
  // would look like a lost answer.
  server.keepAliveTimeout = 65_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const { port: opened } = server.address() as AddressInfo
  return {
    url: `${tls ? 'https' : 'http'}://${host}:${opened}`,
    port: opened,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function serve(
  options: ServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request)
  if (body === null) return send(request, response, { status: 413 })
  const call = callOf(request, body)
  let answer: Answer
  try {
    answer = await options.respond(call)
  } catch (error) {
    options.onError?.(error, call)
    answer = text(500, 'the counterpart itself has failed')
  }
  if (answer.delayMs !== undefined) await sleep(answer.delayMs)
  send(request, response, answer)
}

async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > LARGEST_BODY_BYTES) return null
    parts.push(part)
  }
  return Buffer.concat(parts)
}

function callOf(request: IncomingMessage, body: Buffer): Call {
  const url = request.url ?? '/'
  const parsed = new URL(url, 'http://counterpart')
  const { socket } = request
  const isTls = socket instanceof TLSSocket
  return {
    method: request.method ?? 'GET',
    path: parsed.pathname,
    url,
    query: parsed.searchParams,
    headers: request.headers,
    body,
    text: body.toString('utf8'),
    certificateSerial:
      isTls && socket.authorized ? socket.getPeerCertificate().serialNumber : undefined,
    isTls,
  }
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  if (answer.cut === 'before') {
    request.socket.destroy()
    return
  }
  const body = Buffer.from(answer.body ?? '')
  // 204 and 304 have no body, and so no length either.
  const length = answer.status === 204 ? {} : { 'content-length': String(body.length) }
  response.writeHead(answer.status, { ...length, ...answer.headers })
  if (answer.cut === 'inside') {
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => request.socket.destroy())
    return
  }
  response.end(body)
}

/** A JSON answer. A bigint is written as an integer, as amounts are on the wire. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value, (_key, part: unknown) =>
      typeof part === 'bigint' ? Number(part) : part,
    ),
  }
}

/** A page. The caller has escaped what is in it. */
export function html(status: number, page: string): Answer {
  return text(status, page, 'text/html; charset=utf-8')
}

/** A text answer. */
export function text(
  status: number,
  body: string,
  contentType = 'text/plain; charset=utf-8',
): Answer {
  return { status, headers: { 'content-type': contentType }, body }
}

/** The fields of a posted form (application/x-www-form-urlencoded, UTF-8). */
export function formOf(call: Call): URLSearchParams {
  return new URLSearchParams(call.text)
}
