import type { Attempt } from './attempt.ts'
import type { Aside } from './put-aside.ts'

// What a reload must find again. No payment code is ever among it.
const attemptKey = 'onetill.till.attempt'
const asideKey = 'onetill.till.aside'
// Another number for another form: a till that was renewed must not stumble over its old sale.
const saleKey = 'onetill.till.sale.2'
const optionsKey = 'onetill.till.options'

/**
 * The attempt whose end this till has not seen, or null.
 *
 * @throws SyntaxError for a text that is not ours: an attempt must not be forgotten silently
 */
export function readKeptAttempt(): Attempt | null {
  const text = localStorage.getItem(attemptKey)
  return text ? (JSON.parse(text) as Attempt) : null
}

/** Keeps the attempt, or with null forgets it. Throws when the device keeps nothing. */
export function keepAttempt(attempt: Attempt | null): void {
  if (attempt) localStorage.setItem(attemptKey, JSON.stringify(attempt))
  else localStorage.removeItem(attemptKey)
}

/**
 * The payments that were put aside, oldest first.
 *
 * @throws SyntaxError for a text that is not ours: none of them must be forgotten silently
 */
export function readKeptAsides(): Aside[] {
  return JSON.parse(localStorage.getItem(asideKey) ?? '[]') as Aside[]
}

/** Keeps the payments that were put aside. Throws when the device keeps nothing. */
export function keepAsides(all: readonly Aside[]): void {
  if (all.length > 0) localStorage.setItem(asideKey, JSON.stringify(all))
  else localStorage.removeItem(asideKey)
}

/** The sale that was on the screen, or null when there is none that can be read. */
export function readKeptSale<T>(): Partial<T> | null {
  return readJson<T>(saleKey)
}

/** Keeps the sale on the screen for the next start. */
export function keepSale(sale: object): void {
  writeJson(saleKey, sale)
}

export type Options = {
  paperMm: 58 | 80
  /** Whether `+ - * ? P` are shortcuts; off for people who dictate (WCAG 2.1.4). */
  singleKeys: boolean
}

/** What the cashier has chosen on this device. */
export function readOptions(): Options {
  return { paperMm: 58, singleKeys: true, ...readJson<Options>(optionsKey) }
}

/** Keeps what the cashier has chosen on this device. */
export function keepOptions(options: Options): void {
  localStorage.setItem(optionsKey, JSON.stringify(options))
}

/** Keeps a value as text under its name; with null forgets it. Never throws. */
export function writeJson(key: string, value: object | null): void {
  try {
    if (value === null) localStorage.removeItem(key)
    else localStorage.setItem(key, JSON.stringify(value))
  } catch {
    // A device that keeps nothing still has it on the screen; only a reload would lose it.
  }
}

/** What `writeJson` kept, or null when there is nothing that can be read. */
export function readJson<T>(key: string): Partial<T> | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') as Partial<T> | null
  } catch {
    // A cart of an older till that cannot be read any more: the cashier scans the goods again.
    return null
  }
}
