import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

import { OperatorError } from '../../modules/database/operator-error.ts'
import { readWish, showOutcome } from './answer.ts'
import { Busy, type Desk } from './desk.ts'
import type { Closing } from './device.ts'
import { endWith } from './program-end.ts'
import { answerSignature, openPairing, type Asked } from './pairing.ts'
import type { Words } from './words.ts'

type Answer = { status: number; body: object }
type TillOptions = { desk: Desk; words: Words; pairingKey: string; nowMs(): number }
export type HttpTill = Closing & { port: number }

const LONGEST_BODY = 4_096
const statusOf = { TILL_BUSY: 409, REFERENCE_REUSED: 422, PAIRING_WRONG: 401 } as const

/**
 * Serves an ordinary cash register on the LAN: `http:8090` on this machine only, `http:192.168.1.5:8090`
 * on that address. The connection of a charge stays open until its end; a register that lost it asks
 * again under the same reference. Source: P13.
 *
 * @throws OperatorError when the address cannot be listened on
 */
export async function serveHttpTill(
  place: string,
  { desk, words, pairingKey, nowMs }: TillOptions,
): Promise<HttpTill> {
  const [, host = '127.0.0.1', port = ''] = /^(?:(.+):)?(\d{1,5})$/.exec(place) ?? []
  const isPaired = openPairing(pairingKey, nowMs)
  const refuse = (code: keyof typeof statusOf): Answer => ({
    status: statusOf[code],
    body: { code, message: words.text(code) },
  })

  const notFound = (): Answer => ({
    status: 404,
    body: { code: 'NOT_FOUND', message: words.why('NOT_FOUND') },
  })

  async function answer(asked: Asked): Promise<Answer> {
    if (!isPaired(asked)) return refuse('PAIRING_WRONG')
    const [path] = asked.path.split('?', 1)
    const call = `${asked.method} ${path}`
    if (call === 'GET /status')
      return { status: 200, body: { object: 'status', work: desk.status() } }
    if (call === 'POST /charge') return charge(asked.body)
    if (call === 'POST /cancel') return cancel(asked.body)
    const reference = /^GET \/charge\/([\w.-]{1,40})$/.exec(call)?.[1]
    const found = reference === undefined ? null : desk.find(reference)
    if (!found) return notFound()
    return { status: 200, body: showOutcome(words, found.charge, found.outcome) }
  }

  async function charge(text: string): Promise<Answer> {
    const read = readWish(readJson(text))
    if (read.wrong !== undefined) {
      const code = 'INVALID_REQUEST'
      return {
        status: 422,
        body: {
          code,
          param: read.wrong,
          message: words.why(code).replace('{{param}}', read.wrong),
        },
      }
    }
    try {
      const outcome = await desk.charge(read.wish)
      return { status: 200, body: showOutcome(words, read.wish, outcome) }
    } catch (error) {
      if (error instanceof Busy) return refuse(error.code)
      throw error
    }
  }

  function cancel(text: string): Answer {
    const { reference } = (readJson(text) ?? {}) as { reference?: unknown }
    const isCancelled = typeof reference === 'string' && desk.cancel(reference)
    if (!isCancelled) return notFound()
    return { status: 202, body: { object: 'cancellation', reference } }
  }

  const server = createServer((request, response) => {
    void serve(request, response).catch((error: unknown) => {
      send(response, { status: 500, body: { code: 'INTERNAL_ERROR' } }, '')
      endWith(error)
    })
  })
  // A charge waits for a person; what may take long is sending the request, not its answer.
  server.requestTimeout = 10_000

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request)
    if (body === null) return send(response, { status: 413, body: { code: 'INVALID_REQUEST' } }, '')
    const header = (name: string) => String(request.headers[name] ?? '')
    const asked: Asked = {
      ...{ method: request.method ?? '', path: request.url ?? '', body },
      authorization: header('authorization'),
      ...{ time: header('x-onetill-time'), nonce: header('x-onetill-nonce') },
      signature: header('x-onetill-signature'),
    }
    const { status, body: told } = await answer(asked)
    const text = JSON.stringify(told)
    const isSigned = asked.signature !== '' && status !== statusOf.PAIRING_WRONG
    const { nonce } = asked
    const signature = isSigned ? answerSignature(pairingKey, { nonce, status, body: text }) : ''
    send(response, { status, body: told }, signature)
  }

  server.listen(Number(port), host)
  await once(server, 'listening').catch((cause: unknown) => {
    throw new OperatorError(
      `Nothing can listen on http:${place}; give an address of this machine.`,
      {
        cause,
      },
    )
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

function send(response: ServerResponse, { status, body }: Answer, signature: string): void {
  if (response.destroyed || response.headersSent) return
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
  response.writeHead(status, {
    ...headers,
    ...(signature !== '' && { 'x-onetill-signature': signature }),
  })
  response.end(JSON.stringify(body))
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > LONGEST_BODY) return null
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null // no JSON; the caller is told that the body is wrong
  }
}
