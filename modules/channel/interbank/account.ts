import type { Schedule } from '../channel.ts'
import { MESSAGE_LIFE_MS } from '../peer-message.ts'

/** Another institution's wallet, and how it is asked. Data only: settings, keys decrypted. */
export type InterbankAccount = {
  /** Where the other institution's server is, without a path. */
  baseUrl: string
  /** ins_… of the other, whose payers are charged. */
  issuerInstitutionId: string
  /** ins_… of ours, whose merchants are paid. */
  acquirerInstitutionId: string
  /** Ours, Ed25519, PEM: what requests are signed with. */
  privateKey: string
  /** The other's, Ed25519, PEM: what its answers are believed by. */
  peerPublicKey: string
  /** Its next one: believed as well, from before it is used. */
  peerNextPublicKey?: string
  timeoutMs?: number
  schedule?: Partial<Schedule>
}

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/** For every call, in ms: the other side only books. */
export const interbankTimeoutMs = 5 * SECOND_MS

/**
 * "No such charge" is believed when the charge is as old as this, in ms: its request is good for
 * `MESSAGE_LIFE_MS`, and the other's clock may be wrong by as much, so after it none can come.
 */
export const interbankNotFoundAfterMs = 2 * MESSAGE_LIFE_MS

/**
 * Our own protocol, so our own numbers: a lost answer is asked for at once, then while a payer types
 * a PIN (two minutes, a term of the issuer); then it is reversed. A reversal may come at any moment,
 * even before its charge.
 */
export const interbankSchedule: Schedule = {
  queriesMs: [1, 2, 4, 7, 12, 20, 30].map((seconds) => seconds * SECOND_MS),
  everyMs: 10 * SECOND_MS,
  giveUpMs: 150 * SECOND_MS,
  reverseNotBeforeMs: 2 * SECOND_MS,
  reverseEveryMs: 5 * SECOND_MS,
  followUpMs: [5 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS, 4 * HOUR_MS, 24 * HOUR_MS],
}
