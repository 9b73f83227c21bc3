import type { Operation, Profile } from '../../sandbox/counterpart/faults.ts'
import { faultBook } from '../../sandbox/counterpart/faults.ts'
import { startServer, type Answer, type Call } from '../../sandbox/counterpart/http.ts'
import { underFaults } from '../../sandbox/counterpart/under-faults.ts'

/** A line between two institutions on which things get lost, spoilt and late. */
export type BadLine = { url: string; setProfile(profile: Profile): void; close(): Promise<void> }

// A request that the sender has given up arrives so much later.
const LATE_MS = 1_500

/**
 * Opens the line. What both ends say is signed, so it can lose and spoil and delay, and nothing
 * else. `busy` is a request that arrives when nobody waits for its answer any more.
 */
export async function openBadLine({ seed }: { seed: string }, target: string): Promise<BadLine> {
  const faults = faultBook({ seed, magicAmounts: false })
  faults.setDraws('amount')
  const respond = (call: Call): Promise<Answer> => {
    const amountMinor = amountOf(call)
    const planned = faults.plan({
      operation: operationOf(call),
      orderNo: /charges\/([\w-]+)/.exec(call.path)?.[1] ?? chargeOf(call),
      ...(amountMinor !== null && { amountMinor }),
    })
    return underFaults(planned, {
      work: () => forward(call, target),
      unsure: () => {
        // Who is late and finds nobody at home has come in vain; the test goes on.
        setTimeout(() => void forward(call, target).catch(() => undefined), LATE_MS)
        return { status: 503, cut: 'before' }
      },
      spoil: (answer) => ({ ...answer, headers: { ...answer.headers, signature: 'a=:AAAA:' } }),
    })
  }
  const server = await startServer({ port: 0, respond })
  return { url: server.url, setProfile: faults.setProfile, close: server.close }
}

function operationOf({ method, path }: Call): Operation {
  if (path.endsWith('/reverse')) return 'reverse'
  if (path.includes('/refunds')) return method === 'POST' ? 'refund' : 'refund_query'
  return method === 'POST' ? 'charge' : 'query'
}

type Body = { charge?: string; amount?: number }
const bodyOf = ({ text }: Call): Body => (text === '' ? {} : (JSON.parse(text) as Body))
const chargeOf = (call: Call): string => bodyOf(call).charge ?? ''

function amountOf(call: Call): bigint | null {
  if (operationOf(call) !== 'charge') return null
  const { amount } = bodyOf(call)
  return amount === undefined ? null : BigInt(amount)
}

const ofTheLine = ['host', 'connection', 'content-length', 'transfer-encoding', 'keep-alive']

/** Hands a call on as it is, and its answer back. */
export async function forward(
  { method, url, headers, body }: Call,
  target: string,
): Promise<Answer> {
  const answer = await fetch(target + url, {
    method,
    headers: carried(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    ...(body.length > 0 && { body: new Uint8Array(body) }),
  })
  return {
    status: answer.status,
    headers: carried([...answer.headers]),
    body: Buffer.from(await answer.arrayBuffer()),
  }
}

const carried = (headers: [string, string][]): Record<string, string> =>
  Object.fromEntries(headers.filter(([name]) => !ofTheLine.includes(name)))
