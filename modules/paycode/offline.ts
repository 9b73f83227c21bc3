import { assert } from '../lib/assert.ts'
import { PaymentCode } from './code.ts'
import { OWN_CODE_LENGTH, ownIssuer } from './issuer.ts'

// A code that a payer's device makes without a network has three parts:
//
//   prefix            alias                                 time code
//   81                6853642304                            287922
//   whose it is       handed out by the server, used once   made by the device, good for minutes
//
// The server keeps the alias as a keyed hash; the device proves by the time code that it holds the
// key of the device that the alias was handed out to, now.

/** How long a time code is the newest one. The server takes it one slot earlier and later too. */
export const OFFLINE_SLOT_MS = 60_000

/** Digits of the time code, at the end of the code. */
export const TIME_CODE_LENGTH = 6

/** Digits of an alias: what prefix and time code leave of 18. With a prefix of two digits, 10. */
export const aliasLengthOf = (prefix: string): number =>
  OWN_CODE_LENGTH - prefix.length - TIME_CODE_LENGTH

/**
 * The number of the slot at a moment. `atMs` is what the clock at hand shows, in ms since 1970, and
 * `offsetMs` how much the server's clock was ahead of it when they last spoke (behind: negative).
 * On the server the offset is 0.
 */
export const slotAt = (atMs: number, offsetMs = 0): number =>
  Math.floor((atMs + offsetMs) / OFFLINE_SLOT_MS)

/** When the slot ends, by the clock that is `offsetMs` behind the server's; ms since 1970. */
export const slotEndsAtMs = (slot: number, offsetMs = 0): number =>
  (slot + 1) * OFFLINE_SLOT_MS - offsetMs

/**
 * What the device signs: HMAC-SHA-256 under its 32-byte key over the UTF-8 bytes of this text. The
 * result goes to `timeCodeOf`. Hashing is the caller's, so that a browser can do it with a key that
 * no script can read.
 *
 * Source: P8; reference/protocols.md §9.3.
 */
export const timeCodeText = (prefix: string, alias: string, slot: number): string =>
  `pay1:${prefix}:${alias}:${slot}`

/**
 * The six digits of a time code, from the 32 bytes of the HMAC over `timeCodeText`. Its first six
 * bytes are taken: they are so many more than six digits that none comes noticeably more often.
 *
 * @throws AssertionError when there are fewer than six bytes
 */
export function timeCodeOf(mac: Uint8Array): string {
  assert(mac.length >= 6, 'a time code is made of a whole hash')
  let value = 0
  for (const byte of mac.subarray(0, 6)) value = value * 256 + byte
  return String(value % 10 ** TIME_CODE_LENGTH).padStart(TIME_CODE_LENGTH, '0')
}

export type OfflineParts = { alias: string; timeCode: string }

/**
 * The code to show: prefix, alias and time code in a row, 18 digits. It prints masked like every
 * payment code; `reveal()` gives the digits to whoever draws them.
 *
 * @throws AssertionError when a part is not made of as many digits as it must be
 *
 * Source: P8; CN107808285A (codes made in advance for use without a network); DESIGN §6.
 */
export function offlineCode(
  { institutionId, prefix }: { institutionId: string; prefix: string },
  { alias, timeCode }: OfflineParts,
): PaymentCode {
  const text = prefix + alias + timeCode
  const isWhole = alias.length === aliasLengthOf(prefix) && timeCode.length === TIME_CODE_LENGTH
  assert(isWhole && /^\d+$/.test(text), 'the parts of an offline code are digits')
  const information = { form: 'digits', prefix, length: text.length } as const
  return new PaymentCode(ownIssuer(institutionId, prefix, new Date(0)), text, information)
}

/** The parts of an offline code's digits. The caller knows from `classify` that it is one. */
export function splitOffline(digits: string, prefix: string): OfflineParts {
  const aliasEnds = digits.length - TIME_CODE_LENGTH
  return { alias: digits.slice(prefix.length, aliasEnds), timeCode: digits.slice(aliasEnds) }
}
