import { promises as dns } from 'node:dns'
import { Agent as PlainAgent, request as requestPlain, type IncomingMessage } from 'node:http'
import { Agent, request as requestOverTls, type RequestOptions } from 'node:https'
import type { LookupFunction } from 'node:net'

import { addressIn, isPublicAddress, readUrl, type UrlRefusal } from './webhook-address.ts'
import { readRetryAfter, type Answer } from './webhook-ladder.ts'

const TIMEOUT_MS = 10_000
const DNS_TIMEOUT_MS = 2_500
// Of an answer this much is kept for the log, and no more is read.
const KEPT_BYTES = 1_024
const MOST_FREE_SOCKETS = 64

type Address = { address: string; family: number }

export type SenderOptions = {
  /** Demo and development: http, any port and private addresses are called too. */
  allowPrivate: boolean
  /** Of one try, from the look-up to the end of the answer. */
  timeoutMs?: number
  /** PEM of the authorities to trust instead of those of the world. */
  authorities?: string
  /** Where a host leads; it throws or answers none when nowhere. */
  resolve?: (host: string) => Promise<Address[]>
}

export type Post = {
  url: string
  headers: Readonly<Record<string, string>>
  /** Text, or bytes that are encrypted for somebody else. */
  body: string | Uint8Array
  now: Date
}

/** What calls merchants' servers. One for the process: it keeps their connections. */
export type Sender = {
  /** Why an address may not be called, looked up now; null: it may. */
  refuse(url: string): Promise<UrlRefusal | null>
  /** Sends once. Never throws; null when `signal` ended it, and then it may have arrived or not. */
  send(post: Post, signal: AbortSignal): Promise<Answer | null>
  close(): void
}

/**
 * Opens what sends webhooks. A host is looked up once for a connection, and the connection goes to
 * the very address that was looked at, so that a name which changes its mind in between leads
 * nowhere else. Redirections are answers and are not followed.
 *
 * Source: Standard Webhooks 1.0.0, "Server side request forgery"; OWASP, SSRF prevention.
 */
export function openSender(options: SenderOptions): Sender {
  const { allowPrivate, timeoutMs = TIMEOUT_MS } = options
  const resolve = options.resolve ?? (allowPrivate ? resolveAnywhere : resolveByDns)

  async function addressesOf(host: string): Promise<Address[]> {
    const found = await resolve(host).catch(() => [])
    if (found.length === 0) throw refusal('name_not_found')
    // One inner address among them is enough: a public one beside it proves nothing.
    const isOpen = allowPrivate || found.every(({ address }) => isPublicAddress(address))
    if (!isOpen) throw refusal('address_refused')
    return found
  }

  const lookup: LookupFunction = (host, { all }, done) => {
    addressesOf(host).then(
      (found) => {
        if (all) done(null, found)
        else done(null, found[0]?.address ?? '', found[0]?.family)
      },
      (error: NodeJS.ErrnoException) => done(error, ''),
    )
  }
  const keep = { keepAlive: true, maxFreeSockets: MOST_FREE_SOCKETS }
  const ca = options.authorities === undefined ? {} : { ca: options.authorities }
  const agents = { 'https:': new Agent({ ...keep, ...ca }), 'http:': new PlainAgent(keep) }

  return {
    async refuse(text) {
      const url = readUrl(text, { allowPrivate })
      if (typeof url === 'string') return url
      if (addressIn(url) !== null) return null
      return addressesOf(url.hostname).then(
        () => null,
        (error: NodeJS.ErrnoException) => error.code as UrlRefusal,
      )
    },

    async send({ url: text, headers, body, now }, signal) {
      const startedMs = performance.now()
      const tookMs = () => Math.round(performance.now() - startedMs)
      const url = readUrl(text, { allowPrivate })
      if (typeof url === 'string') return { ...refused('address_refused', url), tookMs: tookMs() }
      const late = AbortSignal.timeout(timeoutMs)
      const agent = agents[url.protocol as keyof typeof agents]
      const how: RequestOptions = {
        ...{ method: 'POST', agent, lookup, signal: AbortSignal.any([late, signal]) },
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      }
      try {
        const answer = await exchange(url, how, body)
        return { ...readAnswer(answer, now), tookMs: tookMs() }
      } catch (error) {
        if (late.aborted) return { ...refused('timeout', null), tookMs: tookMs() }
        if (signal.aborted) return null
        const { code = '' } = error as NodeJS.ErrnoException
        return { ...refused(problemOf(code), code || null), tookMs: tookMs() }
      }
    },

    close() {
      agents['https:'].destroy()
      agents['http:'].destroy()
    },
  }
}

const refusal = (code: UrlRefusal) => Object.assign(new Error(code), { code })

const refused = (problem: Answer['problem'], detail: string | null) =>
  ({ status: null, problem, detail, retryAfterMs: null }) as const

const tlsCode = /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS|ERR_SSL|EPROTO)/

function problemOf(code: string): Exclude<Answer['problem'], null> {
  if (code === 'name_not_found' || code === 'address_refused') return code
  return tlsCode.test(code) ? 'tls' : 'not_reached'
}

type Exchanged = { status: number; retryAfter: string | undefined; beginning: Buffer }

function exchange(url: URL, how: RequestOptions, body: Post['body']): Promise<Exchanged> {
  const attempt = (isSecond: boolean): Promise<Exchanged> =>
    new Promise((resolve, reject) => {
      let hasAnswer = false
      const open = url.protocol === 'https:' ? requestOverTls : requestPlain
      const sending = open(url, how, (answer) => {
        hasAnswer = true
        const { statusCode: status = 0, headers } = answer
        const done = (beginning: Buffer) =>
          resolve({ status, retryAfter: headers['retry-after'], beginning })
        beginningOf(answer).then(done, reject)
      })
      sending.on('error', (error: NodeJS.ErrnoException) => {
        if (hasAnswer) return // the status is there, and the answer's own end tells the rest
        // A kept connection that the other side had closed meanwhile says nothing of its health.
        const isStale = sending.reusedSocket && error.code === 'ECONNRESET' && !isSecond
        if (isStale) attempt(true).then(resolve, reject)
        else reject(error)
      })
      sending.end(body)
    })
  return attempt(false)
}

/** The first bytes of an answer. Once the status is there, it counts, however the rest goes. */
function beginningOf(answer: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve) => {
    const kept: Buffer[] = []
    let bytes = 0
    const done = () => resolve(Buffer.concat(kept).subarray(0, KEPT_BYTES))
    answer.on('data', (part: Buffer) => {
      kept.push(part)
      bytes += part.length
      if (bytes > KEPT_BYTES) answer.destroy()
    })
    answer.on('end', done)
    answer.on('error', done)
    answer.on('close', done)
  })
}

function readAnswer(
  { status, retryAfter, beginning }: Exchanged,
  now: Date,
): Omit<Answer, 'tookMs'> {
  const isArrived = status >= 200 && status < 300
  const text = readable(beginning)
  return {
    status,
    problem: isArrived ? null : status === 410 ? 'gone' : 'status',
    detail: text === '' ? null : text,
    retryAfterMs: readRetryAfter(retryAfter, now),
  }
}

// What a stranger answers is shown to people: no control characters, which JSON and the database
// would stumble over as well.
const readable = (bytes: Buffer): string =>
  bytes.toString('utf8').replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, ' ')

/** By the DNS itself: a slow name must not take the few threads that the system's look-up has. */
async function resolveByDns(host: string): Promise<Address[]> {
  const resolver = new dns.Resolver({ timeout: DNS_TIMEOUT_MS, tries: 2 })
  const [four, six] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
  const addresses = (found: typeof four, family: number) =>
    found.status === 'fulfilled' ? found.value.map((address) => ({ address, family })) : []
  return [...addresses(four, 4), ...addresses(six, 6)]
}

/** As the system does it, with names of the own machine and network. */
const resolveAnywhere = (host: string): Promise<Address[]> => dns.lookup(host, { all: true })
