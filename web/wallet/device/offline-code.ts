import {
  offlineCode,
  slotAt,
  slotEndsAtMs,
  timeCodeOf,
  timeCodeText,
} from '../../../modules/paycode/paycode.ts'
import { bytesOf } from './bytes.ts'
import type { OpenDevice, Taken } from './store.ts'

/** What is on the card: the digits, and until when their time code is the newest. */
export type ShownCode = { digits: string; endsAtMs: number }

type Turn = { taken: Taken; slot: number }

/**
 * Shows offline codes one after the other. One alias stays for as long as the screen stays, with a
 * new time code each minute: the till may not have read it yet, and whether it did, nobody can tell
 * here. Who comes back to the screen within the same minute sees the same code; later, or on demand,
 * comes the next alias, and the one that was shown never comes again.
 */
export type Turns = {
  /** The screen is opened: the code of this minute that was shown already, or the next alias. */
  enter(device: OpenDevice): Promise<ShownCode | null>
  /** The code for this moment, while the screen stays; null when no alias is left. */
  now(device: OpenDevice): Promise<ShownCode | null>
  /** Takes the next alias: the till says that this one is used. */
  next(device: OpenDevice): Promise<ShownCode | null>
  /** Forgets what was shown, as when another payer signs in. */
  forget(): void
}

export type TurnOptions = {
  /** Takes an alias out of the store and has that written before it answers. */
  take: (device: OpenDevice) => Promise<Taken | null>
  /** This device's clock, in ms since 1970. */
  nowMs: () => number
}

/** Source: P8, P9; CN107808285A (offline code, unlocked by the payer); DESIGN §6. */
export function createTurns({ take, nowMs }: TurnOptions): Turns {
  let turn: Turn | null = null
  const slotNow = (device: OpenDevice): number => slotAt(nowMs(), device.clockOffsetMs)

  async function next(device: OpenDevice): Promise<ShownCode | null> {
    turn = null
    const taken = await take(device)
    if (!taken) return null
    turn = { taken, slot: slotNow(device) }
    return show(device, turn)
  }

  return {
    enter: (device) => (turn && turn.slot === slotNow(device) ? show(device, turn) : next(device)),
    now(device) {
      const isGood = turn && nowMs() + device.clockOffsetMs < turn.taken.expiresAtMs
      if (!turn || !isGood) return next(device)
      turn = { taken: turn.taken, slot: slotNow(device) }
      return show(device, turn)
    },
    next,
    forget: () => void (turn = null),
  }
}

async function show(device: OpenDevice, { taken, slot }: Turn): Promise<ShownCode> {
  const { prefix, alias } = taken
  const { deviceKey, institutionId, clockOffsetMs } = device
  const text = bytesOf(timeCodeText(prefix, alias, slot))
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', deviceKey, text))
  const code = offlineCode({ institutionId, prefix }, { alias, timeCode: timeCodeOf(mac) })
  return { digits: code.reveal(), endsAtMs: slotEndsAtMs(slot, clockOffsetMs) }
}
