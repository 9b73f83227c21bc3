import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

import { onTestFinished } from 'vitest'

// A merchant's server that receives webhooks, and the check of their signatures as the standard
// describes it: written from its text, and sharing nothing with what signs.

export type Received = {
  path: string
  headers: IncomingHttpHeaders
  text: string
  // A test reads what it expects; what is not there makes it fail by name.
  body: any
  id: string
}

/** What the server does with a call: a status, or `null` for no answer at all. */
export type Behaviour = (
  call: Received,
  number: number,
) => number | null | { status: number; headers?: Record<string, string>; body?: string }

export type Receiver = {
  url: string
  calls: Received[]
  ids(): string[]
  behave(behaviour: Behaviour): void
  close(): Promise<void>
}

/** Opens a server on a free port of this machine. It closes itself when the test ends. */
export async function openReceiver(first: Behaviour = () => 204): Promise<Receiver> {
  const calls: Received[] = []
  let behaviour = first
  const server: Server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const text = Buffer.concat(parts).toString('utf8')
      const { headers, url: path = '' } = request
      const id = String(headers['webhook-id'])
      const call = { path, headers, text, body: JSON.parse(text) as unknown, id } as Received
      calls.push(call)
      const said = behaviour(call, calls.length)
      if (said === null) return
      const {
        status,
        headers: more = {},
        body = '',
      } = typeof said === 'number' ? { status: said } : said
      response.writeHead(status, more).end(body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  onTestFinished(close)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    calls,
    ids: () => calls.map(({ id }) => id),
    behave: (next) => (behaviour = next),
    close,
  }
}

const TOLERANCE_SECONDS = 5 * 60

/**
 * Whether a call is signed by the secret and was sent within five minutes of `now`.
 *
 * Source: Standard Webhooks 1.0.0, "Verifying signatures".
 */
export function isSigned(
  { headers, text }: Pick<Received, 'headers' | 'text'>,
  secret: string,
  now: Date,
): boolean {
  const [id, sent] = [String(headers['webhook-id']), String(headers['webhook-timestamp'])]
  if (!/^\d+$/.test(sent)) return false
  if (Math.abs(now.getTime() / 1000 - Number(sent)) > TOLERANCE_SECONDS) return false
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  const expected = createHmac('sha256', key).update(`${id}.${sent}.`).update(text).digest()
  return String(headers['webhook-signature'])
    .split(' ')
    .some((one) => {
      const [version, signature = ''] = one.split(',')
      const given = Buffer.from(signature, 'base64')
      return (
        version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected)
      )
    })
}
