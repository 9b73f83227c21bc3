import { timingSafeEqual } from 'node:crypto'

import type { ErrorCode } from '../errors/errors.ts'
import {
  slotAt,
  TIME_CODE_LENGTH,
  timeCodeOf,
  timeCodeText,
  type OfflineParts,
} from '../paycode/paycode.ts'
import type { Hidden } from './alias.ts'
import { hmacSha256, refuseCode, type LockedCode } from './codes.ts'

/** The code as it was scanned, in its parts, and what its alias may hide. */
export type Shown = OfflineParts & {
  prefix: string
  /** What the alias decrypts to in an epoch; asked only for an alias that was handed out. */
  hiddenIn(epoch: number): Hidden | null
}

/** What the alias is proved by, as it was handed out. */
export type Proof = {
  hidden: Hidden
  deviceId: string
  isDeviceActive: boolean
  /** Of 32 bytes. */
  key: Uint8Array
}

/**
 * Whether the time code is of this minute, the one before or the one after, by our clock. All three
 * are worked out and compared in full, however the first comparison goes.
 *
 * Source: P8; reference/protocols.md §9.3 (constant time).
 */
export function isTimeCode(shown: Shown, key: Uint8Array, now: Date): boolean {
  const slot = slotAt(now.getTime())
  const given = Buffer.from(shown.timeCode)
  if (given.length !== TIME_CODE_LENGTH) return false
  const equal = [slot - 1, slot, slot + 1].map((one) => {
    const mac = hmacSha256(key, timeCodeText(shown.prefix, shown.alias, one))
    return timingSafeEqual(Buffer.from(timeCodeOf(mac)), given)
  })
  return equal.includes(true)
}

/** Whether decryption by the epoch of its row finds in the alias what the row says of it. */
function isHidden(shown: Shown, { epoch, number, seq }: Hidden): boolean {
  const hidden = shown.hiddenIn(epoch)
  return hidden?.number === number && hidden.seq === seq
}

export type Circumstances = {
  proof: Proof | undefined
  /** Too many codes of the payer were wrong today: somebody tries them. */
  isPayerBlocked: boolean
  now: Date
}

/**
 * Why a code that was made without a network does not pay, or null when it does. The order of the
 * checks is that of their cost to whoever guesses: only the last one tells anything of the time code.
 * The epoch and the end are those that were written down when the alias was handed out, so that
 * another length of epochs lets none of them die early or live longer. Pure.
 *
 * Source: P3, P5, P8; DESIGN §6; reference/protocols.md §9.3.
 */
export function judgeOffline(
  shown: Shown,
  code: LockedCode | undefined,
  { proof, isPayerBlocked, now }: Circumstances,
): ErrorCode | null {
  if (!code || !proof) return 'CODE_UNKNOWN'
  const refusal = refuseCode(code, now)
  if (refusal) return refusal
  if (!isHidden(shown, proof.hidden)) return 'CODE_UNKNOWN'
  if (!proof.isDeviceActive || isPayerBlocked) return 'DEVICE_REVOKED'
  return isTimeCode(shown, proof.key, now) ? null : 'CODE_WRONG_TIME'
}
