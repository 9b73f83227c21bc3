import { assert } from '../../lib/assert.ts'

// UnionPay takes 8 to 40 letters and digits. Our numbers have `_` and `-` too and may be shorter, so
// they are spelt otherwise there, with Z as the sign for "not itself". Ours are in lower case.
const spelt = { _: 'Zu', '-': 'Zd', Z: 'ZZ' } as const
const meant: Readonly<Record<string, string>> = { u: '_', d: '-', Z: 'Z', p: '' }

const SHORTEST = 8
const LONGEST = 40
const VOID = 'Zv'

/**
 * Spells one of our numbers as an orderId. Two numbers never become one.
 *
 * @throws AssertionError for a number that does not fit: more than 32 characters, or with others
 *   than letters, digits, `_` and `-`
 *
 * Source: reference/protocols.md §4.1 (orderId, 8–40 alphanumerical).
 */
export function orderIdOf(id: string): string {
  let orderId = id.replace(/[_Z-]/g, (char) => spelt[char as keyof typeof spelt])
  while (orderId.length < SHORTEST) orderId += 'Zp'
  assert(/^[0-9A-Za-z]+$/.test(orderId), 'the number is letters, digits, _ and -')
  assert(orderId.length + VOID.length <= LONGEST, 'the number is short enough for an orderId')
  return orderId
}

/**
 * The orderId of the one void that a purchase may have: it follows from the purchase's, so that a
 * void is not asked for twice, and is found again.
 *
 * @throws AssertionError as `orderIdOf`
 */
export function voidOrderIdOf(id: string): string {
  return orderIdOf(id) + VOID
}

/** Reads an orderId back: our number, and whether it is that of a void; null for one not of ours. */
export function readOrderId(orderId: string): { id: string; isVoid: boolean } | null {
  const isVoid = orderId.endsWith(VOID) && orderId.length > VOID.length
  const spelling = isVoid ? orderId.slice(0, -VOID.length) : orderId
  const id = spelling.replace(/Z(.?)/g, (_all, sign: string) => meant[sign] ?? '?')
  return id === '' || id.includes('?') ? null : { id, isVoid }
}
