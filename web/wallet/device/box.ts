import { bytesOf, textOf, type Bytes } from './bytes.ts'
import type { AliasBatch } from './alias-box.ts'
import type { PasskeyLock } from './passkey-lock.ts'
import type { PinLock } from './pin-lock.ts'
import { newWrapKey, open, seal, type Owner } from './seal.ts'

// What lies on the phone, in three layers:
//
//   head      in clear: which device, and the number of this version
//   box       AES-GCM under a key that no script can read, and a new one for each version
//     in it   what is left and until when; aliases sealed to the phone; and under the PIN, and a second
//             time under a passkey where there is one
//       in it   the device's key, and the key that opens aliases
//
// A head or box of another device, another version, or with one bit changed does not open: the head
// is authenticated with the box, and an older box has lost its key.

/** One version as it is stored. */
export type Stored = {
  /** JSON of `Head`, authenticated as this very text. */
  head: string
  box: Bytes
  wrapKey: CryptoKey
}

export type Head = Owner & {
  /** Of this layout; another number is not opened. */
  form: 1
  /** Grows by one with each write. */
  version: number
}

/** What the box holds. */
export type Inside = {
  payerId: string
  /** What the payer calls this device. */
  name: string
  lock: PinLock
  /** A passkey opens the same keys; null without one, and what was set up earlier may lack it. */
  passkey?: PasskeyLock | null
  /** To which aliases are sealed. */
  publicKey: string
  /** The oldest first; they are used in this order. */
  batches: AliasBatch[]
  /** How many the device may hold. */
  batchSize: number
  /** How much the server's clock was ahead of this one when they last spoke. */
  clockOffsetMs: number
  /** What offline codes may pay in a day, in minor units of `currency`; null when it was not told. */
  dayLimit: number | null
  currency?: string | null
  /** The payer or the operator has frozen this device, when it last heard. */
  isFrozen: boolean
  /** PINs in a row that were wrong. */
  wrongPins: number
}

export type Opened = { head: Head; inside: Inside }

/** Writes one version, under a key of its own. */
export async function closeBox(head: Head, inside: Inside): Promise<Stored> {
  const wrapKey = await newWrapKey()
  const text = JSON.stringify(head)
  return {
    head: text,
    box: await seal(wrapKey, bytesOf(JSON.stringify(inside)), bytesOf(text)),
    wrapKey,
  }
}

/** Opens one version; null when anything of it is not as it was written. */
export async function openBox({ head: text, box, wrapKey }: Stored): Promise<Opened | null> {
  try {
    const inside = textOf(await open(wrapKey, box, bytesOf(text)))
    const head = JSON.parse(text) as Head
    return head.form === 1 ? { head, inside: JSON.parse(inside) as Inside } : null
  } catch {
    // Damaged, cut off, or of another version: nothing of it is used.
    return null
  }
}
