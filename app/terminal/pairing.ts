import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

// How an ordinary cash register shows that it is the one that was paired. A signed request keeps the
// key off the network; a register that cannot sign sends the key itself.

export type Asked = {
  method: string
  /** With the query. */
  path: string
  body: string
  authorization: string
  /** Unix seconds. */
  time: string
  nonce: string
  signature: string
}

const LIFE_SECONDS = 300

/** `HMAC-SHA-256(key, method \n path \n time \n nonce \n body)` in hex: what a register sends. */
export function pairingSignature(
  pairingKey: string,
  { method, path, time, nonce, body }: Pick<Asked, 'method' | 'path' | 'time' | 'nonce' | 'body'>,
): string {
  const key = Buffer.from(pairingKey, 'base64url')
  return createHmac('sha256', key)
    .update([method, path, time, nonce, body].join('\n'))
    .digest('hex')
}

/** The signature of an answer, over the nonce of its request: nobody on the LAN can forge a "paid". */
export function answerSignature(
  pairingKey: string,
  { nonce, status, body }: { nonce: string; status: number; body: string },
): string {
  const key = Buffer.from(pairingKey, 'base64url')
  return createHmac('sha256', key)
    .update([nonce, String(status), body].join('\n'))
    .digest('hex')
}

/**
 * Answers a function that says whether a request comes from the paired register. A nonce is good once
 * within the five minutes that a signature lives.
 */
export function openPairing(pairingKey: string, nowMs: () => number): (asked: Asked) => boolean {
  const used = new Map<string, number>()

  function isFresh({ time, nonce }: Asked): boolean {
    const seconds = Math.floor(nowMs() / 1000)
    for (const [old, at] of used) if (seconds - at > 2 * LIFE_SECONDS) used.delete(old)
    const isNear = /^\d{1,12}$/.test(time) && Math.abs(seconds - Number(time)) <= LIFE_SECONDS
    return isNear && /^[\w-]{8,64}$/.test(nonce) && !used.has(nonce)
  }

  return (asked) => {
    if (asked.signature === '') {
      return isEqual(asked.authorization, `Bearer ${pairingKey}`)
    }
    if (!isFresh(asked) || !isEqual(asked.signature, pairingSignature(pairingKey, asked))) {
      return false
    }
    used.set(asked.nonce, Math.floor(nowMs() / 1000))
    return true
  }
}

// Over hashes, so that neither the length nor the first wrong letter shows in the time it takes.
function isEqual(given: string, wanted: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(given), hash(wanted))
}
