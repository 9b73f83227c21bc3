import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { writePrivately } from './box.ts'
import type { Charge, Outcome } from './charge.ts'

/**
 * An attempt whose end nobody has seen. It is on the disk before the first request leaves, so that a
 * restart asks about the same payment and never makes a second one. The scanned code is not in it.
 */
export type OpenAttempt = Omit<Charge, 'amountMinor'> & {
  /** In minor units, as a text that JSON keeps exact. */
  amountMinor: string
  orderNo: string
  idempotencyKey: string
  paymentId: string | null
  /** When the request last left, in ms since 1970; null before the first. */
  sentAtMs: number | null
  wantsReverse: boolean
}

/** What is remembered of a reference that is done. */
export type Done = Omit<Charge, 'amountMinor'> & { amountMinor: string; outcome: Outcome }

export type Kept = {
  attempt(): OpenAttempt | null
  keepAttempt(attempt: OpenAttempt | null): void
  done(reference: string): Done | null
  /** Remembers how a reference ended. Only what made a payment is written down. */
  keepDone(done: Done): void
}

const MOST_DONE = 5_000

/** Opens what a folder remembers. @throws SyntaxError for an attempt that cannot be read. */
export function openKept(folder: string): Kept {
  const attemptFile = join(folder, 'attempt.json')
  const doneFile = join(folder, 'charges.jsonl')
  const done = new Map(readDone(doneFile).map((one) => [one.reference, one]))
  let attempt = existsSync(attemptFile)
    ? (JSON.parse(readFileSync(attemptFile, 'utf8')) as OpenAttempt)
    : null
  // What is older than that is asked of the server, which knows every order number for ever.
  writePrivately(doneFile, [...done.values()].map(lineOf).join(''))

  return {
    attempt: () => attempt,
    keepAttempt(next) {
      if (next) writePrivately(attemptFile, JSON.stringify(next))
      else rmSync(attemptFile, { force: true })
      attempt = next
    },
    done: (reference) => done.get(reference) ?? null,
    keepDone(one) {
      done.set(one.reference, one)
      appendFileSync(doneFile, lineOf(one), { flush: true })
      if (done.size > MOST_DONE) done.delete(done.keys().next().value as string)
    },
  }
}

const lineOf = (one: Done) => `${JSON.stringify(one)}\n`

function readDone(file: string): Done[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return lines.slice(-MOST_DONE).flatMap((line) => {
    try {
      return [JSON.parse(line) as Done]
    } catch {
      return [] // the last line of a box that lost its power; the server knows the payment
    }
  })
}
