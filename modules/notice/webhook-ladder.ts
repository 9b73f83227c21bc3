const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/**
 * How long to wait after the first failure, the second, and so on, in ms: ten tries in 75 hours.
 *
 * Source: Standard Webhooks 1.0.0, "Deliverability and reliability".
 */
export const retryWaitsMs: readonly number[] = [
  ...[5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR],
  ...[10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR],
]

/** Nothing but failures for so long, in ms, and an endpoint is told nothing any more. */
export const FAILING_MS = 5 * 24 * HOUR

// Spread upwards by up to this share, so that what failed together does not come back together.
const JITTER = 0.1
const LONGEST_RETRY_AFTER_MS = 24 * HOUR

/** What went wrong with a try, or with a delivery. In words for the merchant's staff. */
export const webhookProblems = {
  status: { en: 'Your server answered, but not with 2xx', zh: '对方服务器有响应，但不是 2xx' },
  gone: { en: 'Your server answered 410: no more messages', zh: '对方服务器返回 410：不再接收' },
  timeout: { en: 'Your server did not answer within 10 s', zh: '对方服务器 10 秒内没有响应' },
  not_reached: { en: 'Your server could not be reached', zh: '无法连接对方服务器' },
  tls: { en: 'The certificate of your server was not accepted', zh: '对方服务器的证书不被接受' },
  name_not_found: { en: 'The DNS does not know the host', zh: 'DNS 查不到该主机名' },
  address_refused: { en: 'The address is not a public one', zh: '该地址不是公网地址' },
  endpoint_stopped: {
    en: 'The endpoint was disabled or deleted before it arrived',
    zh: '送达之前，该地址已被停用或删除',
  },
} as const

export type WebhookProblem = keyof typeof webhookProblems

/** What came of one try. */
export type Answer = {
  /** null: no answer. */
  status: number | null
  /** null: it has arrived. */
  problem: Exclude<WebhookProblem, 'endpoint_stopped'> | null
  /** The network's own word, or the beginning of the answer; for whoever looks for the cause. */
  detail: string | null
  /** How long the receiver asks us to wait, in ms. */
  retryAfterMs: number | null
  tookMs: number
}

export type Next = {
  state: 'pending' | 'succeeded' | 'failed'
  rung: number
  dueAt: Date | null
  completedAt: Date | null
}

/**
 * What becomes of a delivery after a try: it has arrived, it comes back later, or it is given up.
 * A ping is tried once, and a 410 is an answer for good.
 *
 * @param attempts how often it is tried in all, where the institution wants fewer
 * @param random from 0 up to 1
 */
export function nextStep(
  { rung, type }: { rung: number; type: string },
  { problem, retryAfterMs }: Pick<Answer, 'problem' | 'retryAfterMs'>,
  {
    now,
    attempts = Infinity,
    random = Math.random,
  }: { now: Date; attempts?: number; random?: () => number },
): Next {
  if (problem === null) return { state: 'succeeded', rung, dueAt: null, completedAt: now }
  const waitMs = rung + 1 < attempts ? retryWaitsMs[rung] : undefined
  if (waitMs === undefined || problem === 'gone' || type === 'ping') {
    return { state: 'failed', rung: rung + 1, dueAt: null, completedAt: now }
  }
  const ownMs = waitMs * (1 + JITTER * random())
  const askedMs = Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS)
  const dueAt = new Date(now.getTime() + Math.round(Math.max(ownMs, askedMs)))
  return { state: 'pending', rung: rung + 1, dueAt, completedAt: null }
}

/** The header Retry-After in ms, or null. Source: RFC 9110 §10.2.3. */
export function readRetryAfter(header: string | undefined, now: Date): number | null {
  if (header === undefined) return null
  if (/^\d{1,9}$/.test(header)) return Number(header) * SECOND
  // Date.parse takes nearly anything for a time; only the form of HTTP is meant.
  const atMs = /^[A-Z][a-z]{2}, .* GMT$/.test(header) ? Date.parse(header) : NaN
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - now.getTime())
}
