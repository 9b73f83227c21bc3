import webPush from 'web-push'

import type { Io } from '../io/io.ts'
import { done, leaseDue, postpone, type Leased } from '../outbox/outbox.ts'
import type { Answer } from './webhook-ladder.ts'
import type { Sender } from './webhook-send.ts'
import {
  forgetPushSubscriptions,
  readPushAddresses,
  readPushKey,
  type PushAddress,
  type PushKey,
} from './web-push.ts'

// Longer than any try lasts. When a process dies, others send its messages after this.
const LEASE_MS = 30_000
const MOST = 32
// News is not worth more: a push service that cannot be reached, as some never are, is left alone.
const TRIES = 3
const AGAIN_MS = 60_000
const LONGEST_SECONDS = 24 * 60 * 60

/**
 * Wakes the browsers for which the outbox holds something, some at a time. Whatever a push service
 * does or does not answer, feeds and payments know nothing of it: it is tried three times, and then
 * left. A browser that its service knows no more is forgotten. Answers how many messages were due.
 *
 * It goes by the sender of webhooks, to which the same is refused: inner addresses, other ports,
 * plain http, redirections.
 *
 * Source: RFC 8030 §5 (sending), §7.3 (404, 410); RFC 8291 (encryption), RFC 8292 (who sends).
 */
export async function sendPushes(
  io: Pick<Io, 'db' | 'now' | 'masterKey'>,
  institutionId: string,
  { sender, signal }: { sender: Sender; signal: AbortSignal },
): Promise<number> {
  const leased = await lease(io, institutionId)
  if (leased.length === 0) return 0
  const key = await readPushKey(io, institutionId)
  const ids = leased.map(({ subjectId }) => subjectId)
  const addresses = await readPushAddresses(io, institutionId, ids)
  const outcomes = await Promise.all(
    leased.map(async (message) => {
      const address = addresses.get(message.subjectId)
      if (!key || !address) return { message, next: 'done' as const }
      const answer = await sendOne({ message, address, key }, { sender, signal, now: io.now() })
      return { message, next: nextOf(answer, message.attempts) }
    }),
  )
  await write(io, institutionId, outcomes)
  return leased.length
}

const lease = (io: Pick<Io, 'db' | 'now'>, institutionId: string): Promise<Leased[]> =>
  io.db.transaction((tx) => {
    const now = io.now()
    const until = new Date(now.getTime() + LEASE_MS)
    return leaseDue(tx, institutionId, {
      ...{ consumer: 'web_push', now, until, limit: MOST, without: [] },
    })
  })

type One = { message: Leased; address: PushAddress; key: PushKey }
type Way = { sender: Sender; signal: AbortSignal; now: Date }

/** Sends one, encrypted for its browser. `refused` when what the browser gave is no key. */
async function sendOne(
  { message, address, key }: One,
  { sender, signal, now }: Way,
): Promise<Answer | 'refused' | null> {
  const { title, body, path, until } = message.payload
  const { endpoint, p256dh, auth } = address
  const untilMs = typeof until === 'string' ? Date.parse(until) - now.getTime() : Infinity
  if (untilMs <= 0) return 'refused'
  const TTL = Math.min(LONGEST_SECONDS, Math.ceil(untilMs / 1000))
  const { publicKey, privateKey, contact: subject } = key
  const vapidDetails = { subject, publicKey, privateKey }
  let details
  try {
    const to = { endpoint, keys: { p256dh, auth } }
    const text = JSON.stringify({ title, body, path })
    details = webPush.generateRequestDetails(to, text, { TTL, urgency: 'low', vapidDetails })
  } catch {
    return 'refused' // keys that are no point of the curve: nothing can be encrypted for them
  }
  const headers = Object.entries(details.headers)
    .map(([name, value]) => [name.toLowerCase(), String(value)] as const)
    .filter(([name]) => name !== 'content-length') // the sender's own
  const sent = { headers: Object.fromEntries(headers), body: details.body, now }
  return sender.send({ url: endpoint, ...sent }, signal)
}

type Next = 'done' | 'forget' | 'again'

function nextOf(answer: Answer | 'refused' | null, attempts: number): Next {
  if (answer === null) return 'again' // the process stops; another goes on
  if (answer === 'refused') return 'forget'
  if (answer.problem === null) return 'done'
  const { status } = answer
  const isGone = status === 404 || status === 410 || answer.problem === 'address_refused'
  if (isGone) return 'forget'
  const isPassing = status === null || status === 429 || status >= 500
  // A try is counted twice: when it is leased, and when it is put off.
  return isPassing && attempts < 2 * (TRIES - 1) ? 'again' : 'done'
}

async function write(
  io: Pick<Io, 'db' | 'now'>,
  institutionId: string,
  outcomes: readonly { message: Leased; next: Next }[],
): Promise<void> {
  const of = (wanted: Next) =>
    outcomes.flatMap(({ message, next }) => (next === wanted ? [message] : []))
  const dueAt = new Date(io.now().getTime() + AGAIN_MS)
  await io.db.transaction(async (tx) => {
    done(tx, institutionId, 'web_push', [...of('done'), ...of('forget')])
    const gone = of('forget').map(({ subjectId }) => subjectId)
    forgetPushSubscriptions(tx, institutionId, gone)
    const put = { consumer: 'web_push', dueAt, problem: 'not sent' } as const
    postpone(tx, institutionId, { ...put, messages: of('again') })
    await Promise.resolve()
  })
}
