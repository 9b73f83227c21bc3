import { createHmac, randomBytes } from 'node:crypto'

import { openKeys, sealKeys, type MasterKey } from '../channel/channel.ts'
import { assert } from '../lib/assert.ts'

const SECRET_BYTES = 32

/** How long the secret before signs beside the new one. Source: the contract of the API. */
export const OLD_SECRET_MS = 24 * 60 * 60 * 1000

// Whoever rotates again and again within a day keeps this many; each is a signature in a header.
const MOST_SECRETS = 5

/** A secret that signs, in clear, and until when; null: until it is rotated. */
export type Secret = { secret: string; until: number | null }

type Whose = { institutionId: string; id: string }

/**
 * A new secret as its owner is shown it, once.
 *
 * Source: Standard Webhooks 1.0.0, "Signature scheme" (24 to 64 random bytes, `whsec_` and base64).
 */
export const newSecret = (): string => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`

/** The secret beside those there were, which sign on for a day. */
export function rotate(secrets: readonly Secret[], secret: string, now: Date): Secret[] {
  const until = now.getTime() + OLD_SECRET_MS
  const old = liveOf(secrets, now).map((one) => ({ ...one, until: one.until ?? until }))
  return [{ secret, until: null }, ...old].slice(0, MOST_SECRETS)
}

const liveOf = (secrets: readonly Secret[], now: Date) =>
  secrets.filter(({ until }) => until === null || until > now.getTime())

/** How secrets lie in the database. Bound to their endpoint. */
export const sealSecrets = (secrets: readonly Secret[], whose: Whose, masterKey: MasterKey) =>
  sealKeys({ secrets }, whose, masterKey)

/** Opens what `sealSecrets` sealed, to sign with. @throws Error when they do not open */
export function openSecrets(sealed: Uint8Array, whose: Whose, masterKey: MasterKey): Secret[] {
  return openKeys(sealed, whose, masterKey)['secrets'] as Secret[]
}

/**
 * The headers of one try. Each live secret signs, so that a receiver may change over when he likes.
 * The time is that of the try and not of the event, so that an old message cannot be replayed.
 *
 * Source: Standard Webhooks 1.0.0, "Webhook headers" and "Signature scheme".
 */
export function signHeaders(
  { id, body }: { id: string; body: string },
  secrets: readonly Secret[],
  now: Date,
): Record<string, string> {
  assert(!id.includes('.'), 'an id has no full stop, which parts what is signed')
  const seconds = Math.floor(now.getTime() / 1000)
  const signatures = liveOf(secrets, now).map(({ secret }) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
    const hmac = createHmac('sha256', key).update(`${id}.${seconds}.${body}`, 'utf8')
    return `v1,${hmac.digest('base64')}`
  })
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': signatures.join(' '),
  }
}
