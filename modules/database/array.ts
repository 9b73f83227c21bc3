import type { Sql } from './sql.ts'

/**
 * The values of a statement, with each array whose type the statement names (`$2::text[]`) in
 * PostgreSQL's binary form. A batch is arrays: as text each element would be escaped here and
 * parsed there, which took a quarter of the time of a batch. What has another type, or holds
 * something unforeseen, is left to the driver.
 *
 * Source: PostgreSQL, arrayfuncs.c (array_recv); docs/performance.md.
 */
export function bindValues(sql: Sql, values: readonly unknown[]): unknown[] {
  const forms = formsOf(sql)
  return values.map((value, at) => {
    const form = forms[at]
    if (!form || !Array.isArray(value)) return value
    return (value as readonly unknown[]).every((one) => one == null || form.takes(one))
      ? encode(form, value as readonly unknown[])
      : value
  })
}

/** How an element of one type is written. */
type Form = {
  /** Of the type in `pg_type`. */
  oid: number
  takes(value: unknown): boolean
  /** So many bytes at most. */
  room(value: unknown): number
  /** Writes the element and answers how many bytes it took. */
  put(into: Buffer, value: unknown, at: number): number
}

const isInteger = (value: unknown) => Number.isSafeInteger(value)

const text: Omit<Form, 'oid'> = {
  takes: (value) => typeof value === 'string',
  room: (value) => (value as string).length * 3,
  put: (into, value, at) => into.write(value as string, at),
}

// Times are whole microseconds since 2000 there, and milliseconds since 1970 here.
const EPOCH_MS = Date.UTC(2000, 0, 1)

const forms: Readonly<Record<string, Form>> = {
  text: { oid: 25, ...text },
  json: { oid: 114, ...text },
  bytea: {
    oid: 17,
    takes: (value) => value instanceof Uint8Array,
    room: (value) => (value as Uint8Array).length,
    put(into, value, at) {
      into.set(value as Uint8Array, at)
      return (value as Uint8Array).length
    },
  },
  boolean: {
    oid: 16,
    takes: (value) => typeof value === 'boolean',
    room: () => 1,
    put: (into, value, at) => into.writeUInt8(value === true ? 1 : 0, at) - at,
  },
  smallint: {
    oid: 21,
    takes: (value) => isInteger(value) && Math.abs(value as number) < 0x8000,
    room: () => 2,
    put: (into, value, at) => into.writeInt16BE(value as number, at) - at,
  },
  int: {
    oid: 23,
    takes: (value) => isInteger(value) && Math.abs(value as number) < 0x8000_0000,
    room: () => 4,
    put: (into, value, at) => into.writeInt32BE(value as number, at) - at,
  },
  bigint: {
    oid: 20,
    takes: (value) => typeof value === 'bigint' || isInteger(value),
    room: () => 8,
    put: (into, value, at) => into.writeBigInt64BE(BigInt(value as bigint), at) - at,
  },
  float8: {
    oid: 701,
    takes: (value) => typeof value === 'number',
    room: () => 8,
    put: (into, value, at) => into.writeDoubleBE(value as number, at) - at,
  },
  timestamptz: {
    oid: 1184,
    takes: (value) => value instanceof Date && Number.isFinite(value.getTime()),
    room: () => 8,
    put(into, value, at) {
      const micros = ((value as Date).getTime() - EPOCH_MS) * 1000
      into.writeInt32BE(Math.floor(micros / 2 ** 32), at)
      return into.writeUInt32BE(micros >>> 0, at + 4) - at
    },
  },
}

const known = new WeakMap<Sql, readonly (Form | undefined)[]>()

/** By parameter, from the casts in the statement; read once for each statement. */
function formsOf(sql: Sql): readonly (Form | undefined)[] {
  let found = known.get(sql)
  if (!found) {
    const byParameter: (Form | undefined)[] = []
    for (const [, number, type] of sql.text.matchAll(/\$(\d+)::(\w+)\[\]/g))
      byParameter[Number(number) - 1] = forms[type ?? '']
    known.set(sql, (found = byParameter))
  }
  return found
}

const HEAD = 20
// Written here first, since the size is only known afterwards. It grows to the largest batch.
let desk = Buffer.allocUnsafeSlow(64 * 1024)

function encode(form: Form, values: readonly unknown[]): Buffer {
  let at = HEAD
  let hasNull = 0
  for (const value of values) {
    if (value == null) {
      if (at + 4 > desk.length) enlarge(at, 4)
      at = desk.writeInt32BE(-1, at)
      hasNull = 1
      continue
    }
    const room = 4 + form.room(value)
    if (at + room > desk.length) enlarge(at, room)
    const size = form.put(desk, value, at + 4)
    at = desk.writeInt32BE(size, at) + size
  }
  // One dimension, and what is in it; an array of nothing has no dimension.
  const head = [values.length > 0 ? 1 : 0, hasNull, form.oid, values.length, 1]
  head.forEach((word, index) => desk.writeInt32BE(word, index * 4))
  return Buffer.from(desk.subarray(0, values.length > 0 ? at : 12))
}

function enlarge(used: number, room: number): void {
  const larger = Buffer.allocUnsafeSlow(2 * Math.max(desk.length, used + room))
  desk.copy(larger, 0, 0, used)
  desk = larger
}
