import { sign } from 'node:crypto'

import type { ErrorCode } from '../../modules/errors/errors.ts'
import { signRequest } from '../../modules/lib/signed-request.ts'
import type { Box } from './box.ts'

/** The server refused, or nobody knows whether it heard: then `code` is NETWORK. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: ErrorCode | 'NETWORK'
  readonly status: number
  readonly retry: string
  readonly nextAction: string
  readonly requestId: string | null

  constructor(body: RefusalBody, status: number, options?: ErrorOptions) {
    super(body.detail ?? body.title ?? body.code ?? 'The request failed.', options)
    this.code = body.code ?? (status >= 500 || status === 0 ? 'NETWORK' : 'INVALID_REQUEST')
    this.status = status
    this.retry = body.retry ?? 'same_key'
    this.nextAction = body.next_action ?? 'none'
    this.requestId = body.request_id ?? null
  }

  /** Whether what was asked may have happened all the same. */
  get mayHaveTakenEffect(): boolean {
    if (this.code === 'NETWORK' || this.retry === 'same_key') return true
    return this.status >= 500 && this.retry !== 'new_key'
  }
}

type RefusalBody = {
  code?: ErrorCode
  title?: string
  detail?: string
  retry?: string
  next_action?: string
  request_id?: string
}

export type Calls = {
  get<T>(path: string): Promise<T>
  /** A signed call. Both throw `Refusal` and nothing else. */
  post<T>(path: string, body: unknown, idempotencyKey?: string): Promise<T>
  /** Where events come from, and with what header they are asked for. */
  events: { url: string; authorization: string }
}

const TIMEOUT_MS = 10_000
const JSON_TYPE = 'application/json'
const signAgain = new Set<string>(['SIGNATURE_INVALID', 'SIGNATURE_REPLAYED'])

/**
 * The terminal's way to the API: its bearer token reads, and everything else is signed with its device
 * key, by the server's clock. Source: reliability.md §10.3.
 */
export function openCalls(
  { server, token, key_id: keyId, privateKey }: Box,
  nowMs: () => number,
): Calls {
  const authorization = `Bearer ${token}`
  let clockOffsetMs = 0

  async function signed(url: string, body: string, idempotencyKey: string | null) {
    const request = { method: 'POST', url, body, contentType: JSON_TYPE, idempotencyKey }
    return signRequest({ ...request, keyId, nowMs: nowMs() + clockOffsetMs }, (bytes) =>
      sign(null, bytes, privateKey),
    )
  }

  async function ask<T>(url: string, options: RequestInit): Promise<T> {
    const askedMs = nowMs()
    const response = await reach(url, options)
    const dateMs = Date.parse(response.headers.get('date') ?? '')
    // The header is cut to whole seconds, and the answer was on its way for half the round trip.
    if (dateMs) clockOffsetMs = dateMs + 500 - (askedMs + nowMs()) / 2
    const text = await response.text().catch((cause: unknown) => {
      throw new Refusal({}, 0, { cause })
    })
    const answer = readJson(text, response.status)
    if (response.ok) return answer as T
    throw new Refusal((answer ?? {}) as RefusalBody, response.status)
  }

  async function post<T>(path: string, body: unknown, key?: string, isAgain = false): Promise<T> {
    const url = server + path
    const text = JSON.stringify(body)
    const headers = {
      authorization,
      'content-type': JSON_TYPE,
      ...(key !== undefined && { 'idempotency-key': key }),
      ...(await signed(url, text, key ?? null)),
    }
    try {
      return await ask<T>(url, { method: 'POST', headers, body: text })
    } catch (error) {
      // The answer told the server's time, and each try has a nonce of its own.
      const isWorthIt = error instanceof Refusal && signAgain.has(error.code) && !isAgain
      if (!isWorthIt) throw error
      return post<T>(path, body, key, true)
    }
  }

  return {
    get: (path) => ask(server + path, { headers: { authorization } }),
    post: (path, body, key) => post(path, body, key),
    events: { url: `${server}/v1/events`, authorization },
  }
}

/** Asks for a URL within 10 s. Throws `Refusal` with code NETWORK when nobody answers. */
export async function reach(url: string, options: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...options, signal: AbortSignal.timeout(TIMEOUT_MS) })
  } catch (cause) {
    throw new Refusal({ detail: 'The server cannot be reached.' }, 0, { cause })
  }
}

function readJson(text: string, status: number): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch (cause) {
    // A proxy or a captive portal answered instead of the server.
    throw new Refusal({ detail: 'Somebody else answered for the server.' }, 0, {
      cause: new Error(`status ${status}`, { cause }),
    })
  }
}
