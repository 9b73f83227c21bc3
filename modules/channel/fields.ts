import { AppError } from '../errors/errors.ts'

// Checks of what an operator types into the settings and keys of a channel account. The errors name
// the field and never its value.

/** Checks one field. `at` is its name with those around it: `keys.v2.apiKey`. */
export type Check = (value: unknown, at: string) => void

const refuse = (param: string): never => {
  throw new AppError('INVALID_REQUEST', { param })
}

const optional = new WeakSet<Check>()

/** It may be left out; what is there is checked. */
export function maybe(check: Check): Check {
  const own: Check = (value, at) => check(value, at)
  optional.add(own)
  return own
}

/** A text that is not empty, and no longer than so many characters. */
export const text =
  (most = 200): Check =>
  (value, at) => {
    if (typeof value !== 'string' || value === '' || value.length > most) refuse(at)
  }

/** A key as PEM or base64. */
export const pem: Check = text(20_000)

/** An address of HTTP, without user name and fragment. */
export const url: Check = (value, at) => {
  const parsed = typeof value === 'string' && value.length <= 500 ? URL.parse(value) : null
  const isHttp = parsed?.protocol === 'https:' || parsed?.protocol === 'http:'
  if (!isHttp || parsed.username !== '' || parsed.password !== '' || parsed.hash !== '') refuse(at)
}

/** One of a few words. */
export const word =
  (...words: readonly string[]): Check =>
  (value, at) => {
    if (typeof value !== 'string' || !words.includes(value)) refuse(at)
  }

/** Milliseconds, up to a week. */
export const ms: Check = (value, at) => {
  if (!Number.isSafeInteger(value) || Number(value) < 0 || Number(value) > 604_800_000) refuse(at)
}

/** A list of at least one. */
export const list =
  (check: Check, least = 1): Check =>
  (value, at) => {
    if (!Array.isArray(value) || value.length < least || value.length > 50) return refuse(at)
    for (const one of value) check(one, at)
  }

/** An object with any names, all of one kind. */
export const mapOf =
  (check: Check): Check =>
  (value, at) => {
    if (!isObject(value)) return refuse(at)
    for (const one of Object.values(value)) check(one, at)
  }

/** An object with these fields and no others. */
export const object =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value, at) => {
    if (!isObject(value)) return refuse(at)
    const named = (name: string) => (at === '' ? name : `${at}.${name}`)
    for (const name of Object.keys(value)) if (!Object.hasOwn(fields, name)) refuse(named(name))
    for (const [name, check] of Object.entries(fields)) {
      if (value[name] !== undefined) check(value[name], named(name))
      else if (!optional.has(check)) refuse(named(name))
    }
  }

/**
 * Reads a key of an account.
 *
 * @throws AppError INVALID_REQUEST naming the key, whatever went wrong: the library's own words may
 *   quote what it could not read
 */
export function readable<T>(param: string, read: () => T): T {
  try {
    return read()
  } catch {
    return refuse(param)
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What differs from a published schedule. */
export const schedule: Check = object({
  queriesMs: maybe(list(ms)),
  everyMs: maybe(ms),
  giveUpMs: maybe(ms),
  reverseNotBeforeMs: maybe(ms),
  reverseEveryMs: maybe(ms),
  followUpMs: maybe(list(ms, 0)),
})
