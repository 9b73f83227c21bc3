import type { ProblemNextAction, Retry } from './types.ts'

export type ProblemBody = {
  code?: string
  status?: number
  title?: string
  detail?: string
  param?: string
  /** What is wrong with the field, for whoever wrote it. */
  reason?: string
  retry?: Retry
  next_action?: ProblemNextAction
  request_id?: string
  /** With PIN_WRONG: how often it may still be wrong before the payer is frozen. */
  tries_left?: number | string
}

/**
 * A refusal by the server (RFC 9457), or a failure to reach it. `code` is a code of
 * modules/errors, or `NETWORK` (no answer came) or `TIMEOUT` (none came in time): after these two
 * nobody knows whether the request took effect, so repeat it with the same idempotency key only.
 */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: string
  readonly status: number
  readonly title: string
  readonly detail: string
  readonly param: string | null
  readonly reason: string | null
  readonly retry: Retry
  readonly nextAction: ProblemNextAction
  readonly requestId: string | null
  readonly triesLeft: number | null

  constructor(body: ProblemBody, options?: ErrorOptions) {
    super(body.detail ?? body.title ?? body.code ?? 'The request failed.', options)
    this.code = body.code ?? 'UNKNOWN'
    this.status = body.status ?? 0
    this.title = body.title ?? ''
    this.detail = body.detail ?? ''
    this.param = body.param ?? null
    this.reason = body.reason ?? null
    this.retry = body.retry ?? 'never'
    this.nextAction = body.next_action ?? 'none'
    this.requestId = body.request_id ?? null
    this.triesLeft = body.tries_left === undefined ? null : Number(body.tries_left)
  }

  /** Whether no answer came, so that the outcome is open. */
  get isUnanswered(): boolean {
    return this.code === 'NETWORK' || this.code === 'TIMEOUT'
  }
}

/** Any thrown thing as a Problem; a fault of our own page becomes code `UNKNOWN`. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown
  const detail = thrown instanceof Error ? thrown.message : String(thrown)
  return new Problem({ code: 'UNKNOWN', detail }, { cause: thrown })
}
