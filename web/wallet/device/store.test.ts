import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'

import { OFFLINE_SLOT_MS, splitOffline } from '../../../modules/paycode/paycode.ts'
import { closeBox, openBox, type Stored } from './box.ts'
import { bytesOf, randomBytes, toBase64, type Bytes } from './bytes.ts'
import { createTurns } from './offline-code.ts'
import { createStore, WRONG_PINS, type DeviceStore, type OpenDevice, type Shelf } from './store.ts'

// Few rounds, so that a hundred stores are made in a moment. Only tests may ask for so few.
const minRounds = 1
const pin = '142857'
const startMs = Date.parse('2026-11-23T04:00:00Z')

type MemoryShelf = Shelf & { stored: Stored | null }

/** The browser's database is in test/e2e/offline.test.ts; here is one record in memory. */
function memoryShelf(): MemoryShelf {
  const shelf: MemoryShelf = {
    stored: null,
    read: () => Promise.resolve(shelf.stored),
    replace(read, next) {
      const isSame = shelf.stored === read
      if (isSame) shelf.stored = next
      return Promise.resolve(isSame)
    },
  }
  return shelf
}

type Phone = { shelf: MemoryShelf; store: DeviceStore; key: Bytes; aliases: string[] }

let clockMs = startMs
const nowMs = (): number => clockMs

async function newPhone(place: number, aliasCount = 2): Promise<Phone> {
  const shelf = memoryShelf()
  const store = createStore({ shelf, nowMs, minRounds })
  const key = randomBytes(32)
  await store.begin({
    ...{ deviceId: `dev_${place}`, institutionId: 'ins_demo', payerId: 'pyr_1', name: 'Phone' },
    ...{ batchSize: 10, key: key.slice(), pin },
  })
  const aliases = Array.from({ length: aliasCount }, (_, at) =>
    String(1_000_000_000 + place * 100 + at),
  )
  await store.add({ prefix: '81', expiresAtMs: startMs + 86_400_000, aliases }, {})
  return { shelf, store, key, aliases }
}

async function unlocked({ store }: Phone): Promise<OpenDevice> {
  const unlocking = await store.unlock(pin)
  if (unlocking.kind !== 'open') throw new Error(unlocking.kind)
  return unlocking.device
}

/** Everything that leaves the phone when its storage is read, the key to wrap with left out. */
const storedText = ({ head, box }: Stored): string =>
  head + toBase64(box) + Buffer.from(box).toString('latin1') + Buffer.from(box).toString('hex')

test('what lies on the phone says neither the key nor an alias, in any writing', async () => {
  for (let place = 0; place < 10; place++) {
    const { shelf, key, aliases } = await newPhone(place)
    const text = storedText(shelf.stored!)
    const inside = JSON.stringify(await openBox(shelf.stored!))
    for (const secret of [...aliases, toBase64(key), Buffer.from(key).toString('hex')]) {
      expect(text).not.toContain(secret)
      // Nor does it stand inside of the outermost layer.
      expect(inside).not.toContain(secret)
    }
  }
})

test('of 100 stores with bytes flipped, each byte of the first three and each place in five, none opens', async () => {
  // Seven thousand refusals, each an error: where they were thrown is nothing anybody asks for.
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  let flips = 0
  const flippedAt = new Map<number, number>()
  let opened = 0
  for (let place = 0; place < 100; place++) {
    const { shelf } = await newPhone(place, 1)
    const { head, box, wrapKey } = shelf.stored!
    const headBytes = bytesOf(head)
    const step = place < 3 ? 1 : 20
    const tries: Promise<unknown>[] = []
    for (let at = place % step; at < headBytes.length + box.length; at += step) {
      const inBox = at - headBytes.length
      const changed = Buffer.from(inBox < 0 ? flip(headBytes, at) : headBytes).toString('latin1')
      const flipped = inBox < 0 ? box : flip(box, inBox)
      tries.push(openBox({ head: changed, box: flipped, wrapKey }))
      flippedAt.set(at, (flippedAt.get(at) ?? 0) + 1)
    }
    const answers = await Promise.all(tries)
    flips += answers.length
    opened += answers.filter((answer) => answer !== null).length
  }
  Error.stackTraceLimit = stackTraceLimit
  expect(flips).toBeGreaterThan(5_000)
  expect(Math.min(...flippedAt.values())).toBeGreaterThanOrEqual(5)
  expect(opened).toBe(0)
})

function flip(bytes: Bytes, at: number): Bytes {
  const flipped = bytes.slice()
  flipped[at]! ^= 1
  return flipped
}

test('a store that is cut off, put together of two, or put back from before opens nothing', async () => {
  for (let place = 0; place < 100; place++) {
    const phone = await newPhone(place, 1)
    const other = (await newPhone(place + 100, 1)).shelf.stored!
    const before = phone.shelf.stored!
    expect(await phone.store.take(await unlocked(phone))).not.toBeNull()
    const now = phone.shelf.stored!
    const wrong: Stored[] = [
      { ...now, box: now.box.slice(0, (now.box.length * place) / 100) },
      { ...now, box: other.box },
      { ...now, head: other.head },
      { ...now, wrapKey: other.wrapKey },
      { ...now, head: other.head, box: other.box },
      { ...now, head: before.head },
      { ...now, box: before.box },
      { ...now, head: before.head, box: before.box },
    ]
    for (const stored of wrong) {
      phone.shelf.stored = stored
      expect(await phone.store.summary()).toEqual({ kind: 'damaged' })
      expect(await phone.store.unlock(pin)).toEqual({ kind: 'gone', why: 'damaged' })
    }
  }
})

test('keys and aliases that are moved inside of an opened store do not open either', async () => {
  const [mine, other] = [await newPhone(1), await newPhone(2)]
  const inMine = (await openBox(mine.shelf.stored!))!
  const inOther = (await openBox(other.shelf.stored!))!
  const [batch] = inMine.inside.batches

  mine.shelf.stored = await closeBox(inMine.head, { ...inMine.inside, lock: inOther.inside.lock })
  expect(await mine.store.unlock(pin)).toMatchObject({ kind: 'wrong' })

  const foreign = { ...inMine.inside, batches: inOther.inside.batches }
  mine.shelf.stored = await closeBox(inMine.head, foreign)
  await expect(mine.store.take(await unlocked(mine))).rejects.toThrow()

  const longer = [{ ...batch!, expiresAtMs: batch!.expiresAtMs + 1 }]
  mine.shelf.stored = await closeBox(inMine.head, { ...inMine.inside, batches: longer })
  await expect(mine.store.take(await unlocked(mine))).rejects.toThrow()

  const fewRounds = createStore({ shelf: mine.shelf, nowMs })
  expect(await fewRounds.unlock(pin)).toMatchObject({ kind: 'wrong' })
})

test('a wrong PIN opens nothing, and five in a row empty the store', async () => {
  const { store } = await newPhone(1)
  for (let left = WRONG_PINS - 1; left > 0; left--) {
    expect(await store.unlock('000000')).toEqual({ kind: 'wrong', triesLeft: left })
  }
  expect(await store.unlock('000000')).toEqual({ kind: 'gone', why: 'wrong_pins' })
  expect(await store.summary()).toEqual({ kind: 'none' })
})

test('the right PIN forgets the wrong ones before it, and a changed PIN is the only one', async () => {
  const phone = await newPhone(1)
  await phone.store.unlock('000000')
  await unlocked(phone)
  expect(await phone.store.summary()).toMatchObject({ wrongPins: 0, left: 2 })
  expect(await phone.store.changePin('000000', '271828')).toBe(false)
  expect(await phone.store.changePin(pin, '271828')).toBe(true)
  expect(await phone.store.unlock(pin)).toMatchObject({ kind: 'wrong' })
  const unlocking = await phone.store.unlock('271828')
  const device = unlocking.kind === 'open' ? unlocking.device : null
  expect(await phone.store.take(device!)).toMatchObject({ alias: phone.aliases[0] })
})

test('a passkey opens the same keys as the PIN, through a change of it, and another passkey does not', async () => {
  const phone = await newPhone(1)
  const passkey = { credential: 'Y3JlZA', question: toBase64(randomBytes(32)) }
  const answer = randomBytes(32)
  const add = (typed: string) =>
    phone.store.addPasskey(typed, { ...passkey, answer: answer.slice() })
  expect(await add('000000')).toEqual({ kind: 'wrong', triesLeft: WRONG_PINS - 1 })
  expect(await phone.store.summary()).toMatchObject({ passkey: null })
  expect(await add(pin)).toEqual({ kind: 'added' })
  expect(await phone.store.summary()).toMatchObject({ passkey, wrongPins: 0 })
  const inside = JSON.stringify((await openBox(phone.shelf.stored!))!.inside)
  expect(inside).not.toContain(toBase64(answer))

  expect(await phone.store.unlockByPasskey(randomBytes(32))).toBeNull()
  expect(await phone.store.changePin(pin, '271828')).toBe(true)
  const unlocking = await phone.store.unlockByPasskey(answer.slice())
  const device = unlocking?.kind === 'open' ? unlocking.device : null
  expect(await phone.store.take(device!)).toMatchObject({ alias: phone.aliases[0] })

  // On another phone the same answer is worth nothing, whatever is put there.
  const [other, mine] = [await newPhone(2), (await openBox(phone.shelf.stored!))!]
  const inOther = (await openBox(other.shelf.stored!))!
  const moved = { ...inOther.inside, passkey: mine.inside.passkey! }
  other.shelf.stored = await closeBox(inOther.head, moved)
  expect(await other.store.unlockByPasskey(answer.slice())).toBeNull()

  await phone.store.removePasskey()
  expect(await phone.store.unlockByPasskey(answer.slice())).toBeNull()
})

test('no alias is given twice, whichever of two windows asks, and the end is the end', async () => {
  const phone = await newPhone(1, 6)
  const second = createStore({ shelf: phone.shelf, nowMs, minRounds })
  const device = await unlocked(phone)
  const taken = await Promise.all(
    [phone.store, second, phone.store, second, phone.store, second].map((store) =>
      store.take(device),
    ),
  )
  expect(taken.map((one) => one?.alias).toSorted()).toEqual(phone.aliases)
  expect(await phone.store.take(device)).toBeNull()
  expect(await phone.store.summary()).toMatchObject({ left: 0, expiresAtMs: null })
})

test('an alias whose epoch is over by the server’s clock is not shown', async () => {
  const phone = await newPhone(1)
  await phone.store.hear({ clockOffsetMs: 86_400_000, isFrozen: false })
  expect(await phone.store.summary()).toMatchObject({ left: 0 })
  expect(await phone.store.take(await unlocked(phone))).toBeNull()
})

test('an unlocked store makes the code that the server expects, in under 50 ms', async () => {
  const phone = await newPhone(1, 6)
  await phone.store.hear({ clockOffsetMs: 90_000, isFrozen: false })
  const device = await unlocked(phone)
  const turns = createTurns({ take: phone.store.take, nowMs })
  const shown = await turns.enter(device)

  // The fastest of five: the others may have waited for the machine.
  const tookMs: number[] = []
  for (let tried = 0; tried < 5; tried++) {
    const begunMs = performance.now()
    expect(await turns.next(device)).not.toBeNull()
    tookMs.push(performance.now() - begunMs)
  }
  expect(Math.min(...tookMs)).toBeLessThan(50)

  const slot = Math.floor((startMs + 90_000) / OFFLINE_SLOT_MS)
  const mac = createHmac('sha256', phone.key).update(`pay1:81:${phone.aliases[0]}:${slot}`).digest()
  const timeCode = String(mac.readUIntBE(0, 6) % 1_000_000).padStart(6, '0')
  expect(shown?.digits).toMatch(/^81\d{16}$/)
  expect(splitOffline(shown!.digits, '81')).toEqual({ alias: phone.aliases[0], timeCode })
  expect(shown?.endsAtMs).toBe((slot + 1) * OFFLINE_SLOT_MS - 90_000)
  await expect(crypto.subtle.exportKey('raw', device.deviceKey)).rejects.toThrow()
})

test('one alias stays while the screen stays, and who comes back later sees the next one', async () => {
  const phone = await newPhone(1, 3)
  const device = await unlocked(phone)
  const turns = createTurns({ take: phone.store.take, nowMs })
  const aliasOf = (shown: { digits: string } | null) => shown?.digits.slice(2, 12)
  try {
    const first = await turns.enter(device)
    expect(await phone.store.summary()).toMatchObject({ left: 2 })
    clockMs = startMs + 59_999
    expect(await turns.now(device)).toEqual(first)
    expect(await turns.enter(device)).toEqual(first)
    clockMs = startMs + 60_000
    const minuteLater = await turns.now(device)
    expect(aliasOf(minuteLater)).toBe(phone.aliases[0])
    expect(minuteLater?.digits).not.toBe(first?.digits)
    expect(aliasOf(await turns.next(device))).toBe(phone.aliases[1])
    clockMs = startMs + 180_000
    expect(aliasOf(await turns.enter(device))).toBe(phone.aliases[2])
    expect(await turns.next(device)).toBeNull()
  } finally {
    clockMs = startMs
  }
})
