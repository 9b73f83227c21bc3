import { assert } from './assert.ts'
import { systemClock } from './clock.ts'

// The whole list. An id carries its kind, so a wrong one is seen at the door and in every log line.
const kinds = {
  cha: 'channel account',
  chg: 'charge',
  dev: 'device of a payer',
  evt: 'event',
  exc: 'exception',
  fbk: 'feedback on a payment',
  mcd: 'code that a merchant shows',
  mch: 'merchant',
  mnd: 'mandate',
  msg: 'outbox message',
  ntc: 'notice',
  nws: 'news of a merchant',
  pay: 'payment',
  per: 'person on the staff',
  prd: 'product',
  pty: 'party: an agent or a platform',
  pyr: 'payer',
  req: 'request',
  rfd: 'refund',
  rte: 'routing rule',
  rul: 'allocation rule',
  sal: 'sale',
  sch: 'change of settings',
  src: 'source of a payer',
  str: 'store',
  trl: 'trail entry',
  trm: 'terminal',
  wbh: 'webhook endpoint',
  wdb: 'wallet debit for another institution',
  wdl: 'webhook delivery',
  wps: 'web push subscription',
} as const

export type IdKind = keyof typeof kinds

// Crockford's alphabet in lower case: no i, l, o, u, and byte order is value order.
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const idPattern = /^([a-z]{3})_[0-7][0-9a-hjkmnp-tv-z]{25}$/

// A step back of the machine's clock up to here keeps the old time, so that order survives it.
const SMALL_STEP_BACK_MS = 10_000

let lastMs = 0
let counter = 0

// Random bytes are fetched in bulk: one call serves 128 ids.
const pool = new Uint8Array(1024)
let poolUsed = pool.length

/**
 * Makes an id: the kind, `_`, and a UUIDv7 as 26 base32 characters. Ids sort by the time they were
 * made; within one process also by the order of making, thanks to a 12-bit counter that borrows
 * the next millisecond when it is full. Ids are unique and not secret.
 *
 * @param nowMs milliseconds since 1970
 *
 * Source: RFC 9562 §5.7 and §6.2 method 1.
 */
export function newId<Kind extends IdKind>(
  kind: Kind,
  nowMs: number = systemClock().getTime(),
): `${Kind}_${string}` {
  const [timeMs, order] = tick(nowMs)
  const bytes = new Uint8Array(16)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, Math.floor(timeMs / 2 ** 32))
  view.setUint32(2, timeMs % 2 ** 32)
  view.setUint16(6, 0x7000 | order)
  bytes.set(randomBytes8(), 8)
  bytes[8] = 0x80 | (bytes[8]! & 0x3f)
  return `${kind}_${toBase32(bytes)}`
}

/** Whether the text is an id of this kind. Says nothing of whether the thing exists. */
export function isId(kind: IdKind, text: string): boolean {
  return idPattern.exec(text)?.[1] === kind
}

/**
 * When the id was made, to the millisecond, by the clock of the process that made it.
 *
 * @throws AssertionError when the text is no id; ask `isId` first about what came from outside.
 */
export function idTime(id: string): Date {
  assert(idPattern.test(id), 'the text is an id')
  // The 48 bits of time are the first ten characters less the two bits that follow them; the first
  // character has only three bits, since 26 characters hold two bits more than a UUID has.
  let value = 0
  for (const char of id.slice(4, 14)) value = value * 32 + alphabet.indexOf(char)
  return new Date(value)
}

/**
 * A bound for searches: every id of this kind that is made at or after the moment sorts after it,
 * and every id made before sorts before it. It is no id of anything.
 */
export function earliestId(kind: IdKind, at: Date): string {
  const bytes = new Uint8Array(16)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, Math.floor(at.getTime() / 2 ** 32))
  view.setUint32(2, at.getTime() % 2 ** 32)
  return `${kind}_${toBase32(bytes)}`
}

function tick(nowMs: number): [timeMs: number, order: number] {
  assert(Number.isInteger(nowMs) && nowMs >= 0, 'the time is whole milliseconds since 1970')
  const isNewer = nowMs > lastMs || nowMs < lastMs - SMALL_STEP_BACK_MS
  if (isNewer) {
    lastMs = nowMs
    counter = 0
  } else if (counter < 0xfff) {
    counter += 1
  } else {
    lastMs += 1
    counter = 0
  }
  return [lastMs, counter]
}

function randomBytes8(): Uint8Array {
  if (poolUsed === pool.length) {
    crypto.getRandomValues(pool)
    poolUsed = 0
  }
  poolUsed += 8
  return pool.subarray(poolUsed - 8, poolUsed)
}

function toBase32(bytes: Uint8Array): string {
  let text = ''
  let bits = 2 // two zero bits in front: 130 bits make 26 characters
  let value = 0
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += alphabet[(value >> bits) & 31]
    }
  }
  return text
}
