import { Agent, request as requestOverTls } from 'node:https'

import type { ClientCertificate } from './account.ts'
import type { MessageHeaders } from './sign.ts'

export type HttpRequest = {
  method: 'GET' | 'POST'
  url: URL
  headers: Readonly<Record<string, string>>
  body?: string
}

/** What came back, or why nothing did. Nothing means nothing: it may have been done all the same. */
export type HttpAnswer =
  | { kind: 'answered'; status: number; headers: MessageHeaders; body: string }
  | { kind: 'nothing'; problem: 'NO_ANSWER' | 'NOT_UTF8' }

export type Send = (request: HttpRequest) => Promise<HttpAnswer>

// No answer of WeChat's to one order comes near this; whoever sends more is not WeChat.
const LARGEST_ANSWER_BYTES = 256 * 1024

/**
 * Sends by the fetch that was handed in. Never throws. Redirections are not followed: a payment code
 * goes to the address in the settings and nowhere else.
 *
 * @param timeoutMs for the whole exchange
 */
export function sendByFetch(fetchIt: typeof fetch, timeoutMs: number): Send {
  return async ({ method, url, headers, body }) => {
    try {
      const answer = await fetchIt(url, {
        method,
        headers,
        ...(body !== undefined && { body }),
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      })
      const bytes = await gather(answer.body ?? [])
      return answered(answer.status, Object.fromEntries(answer.headers), bytes)
    } catch {
      // Refused, cut off, late or too large. None of it says what became of the order.
      return { kind: 'nothing', problem: 'NO_ANSWER' }
    }
  }
}

/**
 * Sends with a client certificate, which Node's own fetch cannot show. Connections are kept and
 * used again. Never throws.
 *
 * @param timeoutMs for the whole exchange
 */
export function sendWithCertificate(certificate: ClientCertificate, timeoutMs: number): Send {
  const { certificatePem: cert, privateKeyPem: key, authorityPem: ca } = certificate
  const agent = new Agent({ cert, key, ...(ca !== undefined && { ca }), keepAlive: true })
  return ({ method, url, headers, body }) =>
    new Promise((resolve) => {
      const nothing = () => resolve({ kind: 'nothing', problem: 'NO_ANSWER' })
      const signal = AbortSignal.timeout(timeoutMs)
      const sending = requestOverTls(url, { method, headers, agent, signal }, (answer) => {
        gather(answer).then((bytes) => {
          const single = Object.entries(answer.headers).map(([name, value]) => [
            name,
            String(value),
          ])
          resolve(answered(answer.statusCode ?? 0, Object.fromEntries(single), bytes))
        }, nothing)
      })
      sending.on('error', nothing)
      sending.end(body)
    })
}

async function gather(parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Buffer> {
  const kept: Uint8Array[] = []
  let bytes = 0
  for await (const part of parts) {
    bytes += part.length
    if (bytes > LARGEST_ANSWER_BYTES) throw new RangeError('the answer is too large')
    kept.push(part)
  }
  return Buffer.concat(kept)
}

// Signatures are over bytes. Only what is exactly UTF-8 can be turned to text and back unchanged.
function answered(status: number, headers: MessageHeaders, bytes: Buffer): HttpAnswer {
  try {
    const body = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return { kind: 'answered', status, headers, body }
  } catch {
    return { kind: 'nothing', problem: 'NOT_UTF8' }
  }
}
