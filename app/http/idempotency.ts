import { createHmac } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

import type { Tx } from '../../modules/database/database.ts'
import { once } from '../../modules/database/idempotency.ts'
import { AppError } from '../../modules/errors/errors.ts'
import type { Io } from '../../modules/io/io.ts'
import { principalOf } from './auth.ts'
import { actorOf } from './principal.ts'

/** What a route made: the answer, and what of it is shown this once and never kept. */
export type Made = {
  body: Readonly<Record<string, unknown>>
  /** 201 when left out. */
  status?: number
  /** Secrets, in clear: they join the first answer and no repeat. */
  shownOnce?: Readonly<Record<string, string>>
}

// As it stands on the wire: quoted as the draft wants it, or bare as everybody sends it.
const keyPattern = /^(?:"([\x20\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x5b\x5d-\x7e]{1,255}))$/

/**
 * The request's Idempotency-Key, without its quotes.
 *
 * @throws AppError IDEMPOTENCY_KEY_MISSING
 * @throws AppError INVALID_REQUEST when it is longer than 255 characters or not plain ASCII
 *
 * Source: draft-ietf-httpapi-idempotency-key-header, §2.1; reliability.md §10.1.
 */
export function idempotencyKeyOf(request: FastifyRequest): string {
  const header = request.headers['idempotency-key']
  if (header === undefined || header === '') throw new AppError('IDEMPOTENCY_KEY_MISSING')
  const parts = typeof header === 'string' ? keyPattern.exec(header) : null
  const key = parts?.[1] ?? parts?.[2]
  if (key === undefined) throw new AppError('INVALID_REQUEST', { param: 'Idempotency-Key' })
  return key
}

// Attempts that this process is at work on. Another process's are waited for in the database.
const atWork = new Set<string>()

/**
 * Answers a POST once for its Idempotency-Key: `work` runs in one transaction with the kept
 * answer, so ids and secrets are made before. A repeat gets the first answer, less its secrets
 * (`not_shown_again` names them), and the header Idempotent-Replayed.
 *
 * @throws AppError IDEMPOTENCY_KEY_MISSING, IDEMPOTENCY_KEY_REUSED (another body), or
 *   REQUEST_IN_PROGRESS (the first is still at work)
 */
export async function idempotent(
  io: Io,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (tx: Tx) => Promise<Made>,
): Promise<void> {
  const key = idempotencyKeyOf(request)
  const principal = principalOf(request)
  const { institutionId } = principal
  const path = request.url.split('?', 1)[0] ?? ''
  const scope = `${actorOf(principal)} ${request.method} ${path}`
  const place = `${institutionId} ${scope} ${key}`
  if (atWork.has(place)) throw new AppError('REQUEST_IN_PROGRESS')
  atWork.add(place)
  try {
    const attempt = {
      institutionId,
      scope,
      key,
      fingerprint: fingerprintOf(io, request.body),
      now: io.now(),
    }
    let shownOnce: Made['shownOnce'] = {}
    const { answer, isReplay } = await once(io.db, attempt, async (tx) => {
      const made = await work(tx)
      shownOnce = made.shownOnce ?? {}
      const body = { answer: made.body, secrets: Object.keys(shownOnce) }
      return { status: made.status ?? 201, body }
    })
    if (!isReplay) io.poke(institutionId)
    const { answer: shown, secrets } = answer.body as { answer: Made['body']; secrets: string[] }
    await send(reply, answer.status, {
      answer: shown,
      secrets,
      shownOnce: isReplay ? null : shownOnce,
    })
  } finally {
    atWork.delete(place)
  }
}

type Sending = {
  answer: Made['body']
  secrets: readonly string[]
  /** null for a repeat. */
  shownOnce: Made['shownOnce'] | null
}

function send(reply: FastifyReply, status: number, { answer, secrets, shownOnce }: Sending) {
  reply.code(status)
  if (shownOnce) return reply.send({ ...answer, ...shownOnce })
  reply.header('idempotent-replayed', 'true')
  if (secrets.length === 0) return reply.send(answer)
  // The schema of the answer demands its secret, so what is left is added behind the serializer.
  const text = JSON.stringify({ ...answer, not_shown_again: secrets })
  return reply
    .type('application/json; charset=utf-8')
    .serializer((given: string) => given)
    .send(text)
}

/** The same fields with the same values are the same request, in whatever order they are sent. */
export function fingerprintOf({ pepper }: Pick<Io, 'pepper'>, body: unknown): Buffer {
  const hmac = createHmac('sha256', pepper)
  return hmac.update(`idempotency:${JSON.stringify(inOrder(body))}`).digest()
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value ?? null
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, one]) => [key, inOrder(one)]))
}
