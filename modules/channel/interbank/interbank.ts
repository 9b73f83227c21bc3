import { systemClock, type Clock } from '../../lib/clock.ts'
import type { Channel, ChargeKey, ChargeOrder } from '../channel.ts'
import { readable } from '../fields.ts'
import {
  isAnswerSigned,
  readPeerPrivateKey,
  readPeerPublicKey,
  signRequest,
  type PeerRequest,
} from '../peer-message.ts'
import {
  interbankNotFoundAfterMs,
  interbankSchedule,
  interbankTimeoutMs,
  type InterbankAccount,
} from './account.ts'
import { readCharge, readQuery, readRefund, readReverse, type Reply } from './outcome.ts'

export {
  interbankNotFoundAfterMs,
  interbankSchedule,
  interbankTimeoutMs,
  type InterbankAccount,
} from './account.ts'

/** What is not data, handed in so that a test can stand in for it. */
export type Outside = { clock?: Clock; fetch?: typeof globalThis.fetch }

/** A number that no charge has: ids of charges begin with their kind. */
const NO_CHARGE = 'test-connection'

/**
 * The road to another institution's wallet, which consumes the code, checks the payer's limits and
 * debits the payer there; here a clearing position is what we get. Signed HTTP both ways, even when
 * both institutions are in one process. Nothing it does throws for what the other says or does not
 * say; what is not signed is unknown.
 *
 * @throws AppError INVALID_REQUEST, `param` naming the key that cannot be read
 *
 * Source: P2, P14; DESIGN §4 (two local transactions and a clearing position).
 */
export function openInterbank(account: InterbankAccount, outside: Outside = {}): Channel {
  const { clock = systemClock, fetch = globalThis.fetch } = outside
  const {
    issuerInstitutionId: issuerId,
    acquirerInstitutionId,
    timeoutMs = interbankTimeoutMs,
  } = account
  const ownKey = readable('privateKey', () => readPeerPrivateKey(account.privateKey))
  const peer = {
    id: issuerId,
    keys: believedKeys(account),
  }

  const ask = async (method: 'GET' | 'POST', path: string, body?: object): Promise<Reply> => {
    const text = body === undefined ? '' : JSON.stringify(body)
    const address = new URL(path, account.baseUrl)
    const request = { method, path: address.pathname, body: text, issuerId }
    const headers = signRequest(request, { id: acquirerInstitutionId, key: ownKey, at: clock() })
    const answer = await send(fetch, { address, request, headers, timeoutMs })
    if ('problem' in answer) return answer
    const { status } = answer
    const requestSignature = headers.signature ?? ''
    const isSigned = isAnswerSigned(
      { status, body: answer.text, requestSignature },
      answer.headers,
      peer,
    )
    if (!isSigned) return { problem: 'NOT_SIGNED' }
    const json = parseJson(answer.text)
    return json === undefined ? { problem: 'UNREADABLE' } : { status, body: json }
  }
  const query = async (charge: ChargeKey) => {
    const ageMs = clock().getTime() - charge.startedAt.getTime()
    const asked = { ...charge, ageMs, notFoundAfterMs: interbankNotFoundAfterMs }
    return readQuery(await ask('GET', pathOf(charge.chargeId)), asked)
  }
  const reverse = async (charge: ChargeKey) => {
    const amount = Number(charge.amountMinor)
    return readReverse(await ask('POST', pathOf(charge.chargeId, 'reverse'), { amount }), charge)
  }

  return {
    name: 'interbank',
    schedule: { ...interbankSchedule, ...account.schedule },
    charge: async (order) => {
      const body = chargeBody(order)
      // An account of this institution at the other would be a linked account, and there are none.
      if (!body) return { kind: 'declined', reason: 'channel_refused', channelCode: 'NO_CODE' }
      return readCharge(await ask('POST', CHARGES, body), order)
    },
    query,
    reverse,
    async close(charge) {
      const before = await query(charge)
      return before.kind === 'succeeded'
        ? { kind: 'refused', channelCode: 'succeeded' }
        : reverse(charge)
    },
    async refund(order) {
      const body = { refund: order.refundId, amount: Number(order.refundMinor) }
      const reply = await ask('POST', pathOf(order.chargeId, 'refunds'), body)
      return readRefund(reply, order, { isQuery: false })
    },
    async queryRefund(order) {
      const reply = await ask('GET', pathOf(order.chargeId, 'refunds', order.refundId))
      return readRefund(reply, order, { isQuery: true })
    },
    // The other institution tells nothing by itself: it is asked.
    readNotice: () => ({ kind: 'refused', problem: 'no notices' }),
    replyTo: () => ({ status: 404, contentType: 'text/plain; charset=utf-8', body: '' }),
    async test() {
      const reply = await ask('GET', pathOf(NO_CHARGE))
      if ('problem' in reply) return { ok: false, problem: reply.problem }
      const ok = reply.status === 404
      return { ok, problem: ok ? null : `HTTP_${reply.status}` }
    },
  }
}

/** By what answers are believed: the key of the other, and its next one where that is known. */
function believedKeys({ peerPublicKey, peerNextPublicKey: next }: InterbankAccount) {
  const key = readable('peerPublicKey', () => readPeerPublicKey(peerPublicKey))
  if (next === undefined) return [key]
  return [key, readable('peerNextPublicKey', () => readPeerPublicKey(next))]
}

const CHARGES = '/v1/interbank/charges'

const pathOf = (...parts: readonly string[]): string =>
  [CHARGES, ...parts.map(encodeURIComponent)].join('/')

// Here, and here only, the digits of the code come out, so what this answers is never logged.
function chargeBody(order: ChargeOrder): object | null {
  const { means } = order
  if (means.kind !== 'code') return null
  return {
    charge: order.chargeId,
    payment_code: means.code.reveal(),
    amount: Number(order.amountMinor),
    currency: order.currency,
    description: order.description,
    terminal: order.terminalId,
    store: order.storeId,
  }
}

type Sending = {
  address: URL
  request: PeerRequest
  headers: Readonly<Record<string, string>>
  timeoutMs: number
}

type Answer =
  { status: number; text: string; headers: Record<string, string> } | { problem: string }

// Why no answer came is told in a word: an error of `fetch` may hold the address or the body.
async function send(
  fetch: typeof globalThis.fetch,
  { address, request, headers, timeoutMs }: Sending,
): Promise<Answer> {
  const { method, body } = request
  try {
    const answer = await fetch(address, {
      method,
      headers: { ...headers, ...(body !== '' && { 'content-type': 'application/json' }) },
      ...(body !== '' && { body }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    const told = Object.fromEntries(answer.headers.entries())
    return { status: answer.status, text: await answer.text(), headers: told }
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError'
    return { problem: isLate ? 'TIMEOUT' : 'NO_ANSWER' }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    // Signed and no JSON: the other side is broken, and says nothing.
    return undefined
  }
}
