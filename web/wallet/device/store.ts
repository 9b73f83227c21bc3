import { newAliasKeys, openAlias, sealAliases } from './alias-box.ts'
import type { AliasBatch, Aliases } from './alias-box.ts'
import { closeBox, openBox, type Inside, type Opened, type Stored } from './box.ts'
import type { Bytes } from './bytes.ts'
import type { Unlocked } from './key-lock.ts'
import { lockByPasskey, unlockByPasskey, type Passkey } from './passkey-lock.ts'
import { bareByPin, lockByPin, PIN_ROUNDS, unlockByPin } from './pin-lock.ts'

/** Where the one record of this device lies. */
export type Shelf = {
  read(): Promise<Stored | null>
  /**
   * Puts `next` in the place of what was read, or removes it, in one step and lasting. False when
   * something else lies there by now.
   */
  replace(read: Stored | null, next: Stored | null): Promise<boolean>
}

/** What the phone says of itself without the PIN. */
export type Summary =
  | { kind: 'none' }
  /** Something lies there that does not open: it was damaged, or put back from before. */
  | { kind: 'damaged' }
  | ({
      kind: 'kept'
      deviceId: string
      left: number
      expiresAtMs: number | null
      /** The rest is in the last quarter of its life: time for a whole new batch. */
      isOld: boolean
      /** Null when the server did not tell it. */
      dayLimit: { minor: number; currency: string } | null
      /** What may be asked instead of the PIN. */
      passkey: Passkey | null
    } & Pick<Inside, 'payerId' | 'name' | 'batchSize' | 'clockOffsetMs' | 'isFrozen' | 'wrongPins'>)

export type Taken = { prefix: string; alias: string; expiresAtMs: number }

/** An unlocked device, in memory only. */
export type OpenDevice = Unlocked & { institutionId: string; clockOffsetMs: number }

export type Unlocking = { kind: 'open'; device: OpenDevice } | NotOpened

export type NotOpened =
  | { kind: 'wrong'; triesLeft: number }
  /** Nothing is there to open, or no more: too many PINs were wrong, or it is damaged. */
  | { kind: 'gone'; why: 'none' | 'damaged' | 'wrong_pins' }

export type StoreOptions = {
  shelf: Shelf
  /** This device's clock, in ms since 1970. */
  nowMs: () => number
  /** A lock with fewer rounds is not opened. Tests give fewer; nobody else may. */
  minRounds?: number
}

export type NewDevice = Pick<Inside, 'payerId' | 'name' | 'batchSize'> & {
  deviceId: string
  institutionId: string
  /** 32 bytes; wiped before the promise is kept. */
  key: Bytes
  pin: string
}

export type DeviceStore = ReturnType<typeof createStore>

/** So many PINs may be wrong in a row; then the store is emptied. Source: DESIGN §6, as the server's. */
export const WRONG_PINS = 5

const attempts = 8
// The time in the head of an answer is cut to seconds, and waited on its way.
const sameClockMs = 2_000

const empty = {
  ...{ batches: [], clockOffsetMs: 0, dayLimit: null, currency: null, isFrozen: false },
  ...{ wrongPins: 0, passkey: null },
}

/**
 * The codes that this device can show without a network. Whatever is taken, counted or changed is
 * written before the promise is kept; two tabs never take the same alias.
 *
 * Source: P8; CN107808285A (codes made in advance, stored encrypted); DESIGN §6.
 */
export function createStore({ shelf, nowMs, minRounds = PIN_ROUNDS }: StoreOptions) {
  /** Reads, changes and writes until nobody came in between. Null: there is nothing to change. */
  async function change<T>(
    next: (opened: Opened) => Promise<{ inside: Inside; answer: T } | { answer: T }>,
  ): Promise<T | null> {
    for (let tried = 0; tried < attempts; tried++) {
      const stored = await shelf.read()
      const opened = stored && (await openBox(stored))
      if (!opened) return null
      const { answer, ...changed } = await next(opened)
      if (!('inside' in changed)) return answer
      const head = { ...opened.head, version: opened.head.version + 1 }
      if (await shelf.replace(stored, await closeBox(head, changed.inside))) return answer
    }
    throw new Error('Somebody else keeps writing the codes of this device.')
  }

  /** Forgets everything; the key cannot be had a second time. */
  async function erase(): Promise<void> {
    for (let tried = 0; tried < attempts; tried++) {
      if (await shelf.replace(await shelf.read(), null)) return
    }
    throw new Error('Somebody else keeps writing the codes of this device.')
  }

  /**
   * Opens what the PIN opens. The wrong try is counted before it is made; after `WRONG_PINS` in a row
   * the store is emptied, as losing codes costs nothing but a top-up.
   */
  async function tryPin<T>(
    by: (opened: Opened) => Promise<T | null>,
  ): Promise<{ kind: 'right'; opened: Opened; keys: T } | NotOpened> {
    const opened = await change(({ head, inside }) => {
      const wrongPins = inside.wrongPins + 1
      return Promise.resolve({ inside: { ...inside, wrongPins }, answer: { head, inside } })
    })
    if (!opened) return { kind: 'gone', why: (await shelf.read()) ? 'damaged' : 'none' }
    const keys = await by(opened)
    if (keys) {
      await change(({ inside }) =>
        Promise.resolve({ inside: { ...inside, wrongPins: 0 }, answer: true }),
      )
      return { kind: 'right', opened, keys }
    }
    const triesLeft = WRONG_PINS - opened.inside.wrongPins - 1
    if (triesLeft > 0) return { kind: 'wrong', triesLeft }
    await erase()
    return { kind: 'gone', why: 'wrong_pins' }
  }

  return {
    erase,

    /** What can be said without the PIN. */
    async summary(): Promise<Summary> {
      const stored = await shelf.read()
      if (!stored) return { kind: 'none' }
      const opened = await openBox(stored)
      return opened ? summarise(opened, nowMs()) : { kind: 'damaged' }
    },

    /** Begins anew with the key of a device that the server has just made. */
    async begin({ deviceId, institutionId, key, pin, ...names }: NewDevice): Promise<void> {
      const owner = { deviceId, institutionId }
      const { publicKey, privateKey: aliasKey } = await newAliasKeys()
      const lock = await lockByPin({ deviceKey: key, aliasKey }, pin, owner, minRounds)
      const inside: Inside = { ...names, lock, publicKey, ...empty }
      const stored = await closeBox({ form: 1, version: 1, ...owner }, inside)
      const replaced = await shelf.replace(await shelf.read(), stored)
      if (!replaced) throw new Error('Another window sets up this device right now.')
    },

    /** Opens the keys by the PIN. */
    async unlock(pin: string): Promise<Unlocking> {
      const tried = await tryPin(({ head, inside }) =>
        unlockByPin(inside.lock, pin, head, minRounds),
      )
      return tried.kind === 'right' ? opening(tried.opened, tried.keys) : tried
    },

    /**
     * Opens the keys by what the passkey of this store has answered; null when it does not. Nobody
     * guesses 32 bytes, so no try is counted, and wrong PINs stay as they are.
     */
    async unlockByPasskey(answer: Bytes): Promise<Unlocking | null> {
      const stored = await shelf.read()
      const opened = stored && (await openBox(stored))
      if (!opened) return { kind: 'gone', why: stored ? 'damaged' : 'none' }
      const { passkey } = opened.inside
      const keys = passkey && (await unlockByPasskey(passkey, answer, opened.head))
      return keys ? opening(opened, keys) : null
    },

    /** Lets a passkey open the keys too; the PIN proves that its owner wants it. */
    async addPasskey(
      pin: string,
      passkey: Passkey & { answer: Bytes },
    ): Promise<{ kind: 'added' } | NotOpened> {
      const tried = await tryPin(({ head, inside }) => bareByPin(inside.lock, pin, head, minRounds))
      if (tried.kind !== 'right') return tried
      const lock = await lockByPasskey(tried.keys, passkey, tried.opened.head)
      await change(({ inside }) =>
        Promise.resolve({ inside: { ...inside, passkey: lock }, answer: true }),
      )
      return { kind: 'added' }
    },

    /** From now on only the PIN opens the keys. */
    async removePasskey(): Promise<void> {
      await change(({ inside }) =>
        Promise.resolve({ inside: { ...inside, passkey: null }, answer: true }),
      )
    },

    /** The next alias, never to be given again; null when none is left that is still good. */
    take({ aliasKey }: Unlocked): Promise<Taken | null> {
      return change(async ({ head, inside }) => {
        const batches = live(inside, nowMs())
        const batch = batches[0]
        const first = batch?.sealed[0]
        if (!batch || !first) return { answer: null }
        const alias = await openAlias(batch, first, { aliasKey, owner: head })
        const rest = { ...batch, sealed: batch.sealed.slice(1) }
        const answer = { prefix: batch.prefix, alias, expiresAtMs: batch.expiresAtMs }
        return { inside: { ...inside, batches: [rest, ...batches.slice(1)] }, answer }
      })
    },

    /** Adds a batch, sealed to this phone; needs no PIN. */
    async add(
      batch: Omit<Aliases, 'issuedAtMs'>,
      news: Partial<Pick<Inside, 'batchSize' | 'clockOffsetMs' | 'dayLimit' | 'currency'>>,
      onSealed?: (count: number) => void,
    ): Promise<void> {
      await change(async ({ head, inside }) => {
        const to = { publicKey: inside.publicKey, owner: head }
        const sealed = await sealAliases({ ...batch, issuedAtMs: nowMs() }, to, onSealed)
        const fresh = { ...inside, ...news }
        const batches = [...live(inside, nowMs()), sealed]
        return { inside: { ...fresh, batches: newest(batches, fresh.batchSize) }, answer: true }
      })
    },

    /** Remembers what the server said; a small difference of the clocks is left alone. */
    async hear({ clockOffsetMs, isFrozen }: Pick<Inside, 'clockOffsetMs' | 'isFrozen'>) {
      await change(({ inside }) => {
        const isSame = Math.abs(inside.clockOffsetMs - clockOffsetMs) < sameClockMs
        const answer = true
        if (isSame && inside.isFrozen === isFrozen) return Promise.resolve({ answer })
        const clock = isSame ? inside.clockOffsetMs : clockOffsetMs
        return Promise.resolve({ inside: { ...inside, clockOffsetMs: clock, isFrozen }, answer })
      })
    },

    /**
     * Follows a change of the payer's PIN; a passkey goes on opening the same keys. False when the
     * current PIN does not open this store.
     */
    async changePin(current: string, next: string): Promise<boolean> {
      const done = await change(async ({ head, inside }) => {
        const keys = await bareByPin(inside.lock, current, head, minRounds)
        if (!keys) return { answer: false }
        const lock = await lockByPin(keys, next, head, inside.lock.rounds)
        return { inside: { ...inside, lock }, answer: true }
      })
      return done ?? false
    },
  }
}

const opening = ({ head, inside }: Opened, keys: Unlocked): Unlocking => {
  const { institutionId } = head
  return { kind: 'open', device: { ...keys, institutionId, clockOffsetMs: inside.clockOffsetMs } }
}

/** The batches whose aliases still pay, by the server's clock; what is over is dropped. */
function live({ batches, clockOffsetMs }: Inside, nowMs: number): AliasBatch[] {
  const serverMs = nowMs + clockOffsetMs
  return batches.filter(({ sealed, expiresAtMs }) => sealed.length > 0 && serverMs < expiresAtMs)
}

/** Of more than the device may hold, the oldest are dropped: the server lets the same ones die. */
function newest(batches: readonly AliasBatch[], batchSize: number): AliasBatch[] {
  let room = batchSize
  const kept: AliasBatch[] = []
  for (const batch of [...batches].reverse()) {
    const sealed = room > 0 ? batch.sealed.slice(-room) : []
    room -= sealed.length
    if (sealed.length > 0) kept.unshift({ ...batch, sealed })
  }
  return kept
}

function summarise({ head, inside }: Opened, nowMs: number): Summary {
  const { payerId, name, batchSize, clockOffsetMs, isFrozen, wrongPins } = inside
  const { dayLimit: minor, currency, passkey } = inside
  const batches = live(inside, nowMs)
  const ends = batches.map(({ expiresAtMs }) => expiresAtMs)
  return {
    kind: 'kept',
    deviceId: head.deviceId,
    left: batches.reduce((sum, { sealed }) => sum + sealed.length, 0),
    // The first to end is said: until then all that are left are good.
    expiresAtMs: ends.length > 0 ? Math.min(...ends) : null,
    isOld: batches.some(
      ({ issuedAtMs, expiresAtMs }) =>
        expiresAtMs - nowMs - clockOffsetMs < (expiresAtMs - issuedAtMs) / 4,
    ),
    dayLimit: minor !== null && currency ? { minor, currency } : null,
    passkey: passkey ? { credential: passkey.credential, question: passkey.question } : null,
    ...{ payerId, name, batchSize, clockOffsetMs, isFrozen, wrongPins },
  }
}
