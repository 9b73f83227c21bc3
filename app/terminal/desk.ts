import { followAttempt, type Following, type Place } from './attempt.ts'
import type { Calls } from './calls.ts'
import {
  isNothingMade,
  lockedOutcome,
  type Charge,
  type Outcome,
  type PaymentTold,
} from './charge.ts'
import type { Kept, OpenAttempt } from './kept.ts'
import { newIdempotencyKey } from './name.ts'
import { endWith } from './program-end.ts'
import { problemOfScan } from './scanned.ts'
import type { Say } from './words.ts'

export type Wish = Charge & {
  /** What the cash register scanned itself; null: scan it here. */
  scannedText: string | null
  isPlaceConfirmed: boolean
}

export type Desk = {
  /** Takes the money, or answers how it went before under this reference. Rejects `Busy`. */
  charge(wish: Wish): Promise<Outcome>
  /** What was scanned here. */
  scan(text: string): void
  /** Stops waiting for a scan, or asks for the open payment to be taken back. */
  cancel(reference: string): boolean
  /** How a reference stands; null when it was never asked for. */
  find(reference: string): { charge: Charge; outcome: Outcome | null } | null
  /** What is at work now: null, or whom it waits for. */
  status(): { reference: string; waits_for: 'scan' | 'payment' } | null
  /** The server told of something: the open attempt asks at once. */
  wake(): void
  /** Somebody locked this terminal, or opened it again. */
  lock(isLocked: boolean): void
  /** Ends without an outcome; an open attempt stays on the disk for the next start. */
  close(): void
}

export class Busy extends Error {
  override readonly name = 'Busy'
  readonly code: 'TILL_BUSY' | 'REFERENCE_REUSED'
  constructor(code: Busy['code']) {
    super(code)
    this.code = code
  }
}

export type DeskOptions = {
  calls: Calls
  kept: Kept
  say: Say
  terminalId: string
  place: Place | null
  nowMs(): number
  /** How long a charge waits for its scan, in ms. */
  scanMs: number
}

type Work = {
  charge: Charge
  outcome: Promise<Outcome>
  /** Set while it waits for a scan; ends that wait. */
  scanned: ((said: string | Outcome) => void) | null
  following: Following | null
}

/**
 * One charge at a time: waits for the scan, asks for the money, follows it to its end. While an
 * attempt is open nothing else is scanned, for the first one may have been paid. Source: ux.md §3.1.4.
 */
export function openDesk({ calls, kept, say, ...options }: DeskOptions): Desk {
  let work: Work | null = null
  let isLocked = false

  function charge(wish: Wish): Promise<Outcome> {
    const { reference } = wish
    const before = kept.done(reference) ?? (work?.charge.reference === reference ? work : null)
    if (before) {
      const asked = 'charge' in before ? before.charge : before
      if (!isSame(asked, wish)) return Promise.reject(new Busy('REFERENCE_REUSED'))
      return Promise.resolve(before.outcome)
    }
    if (work) return Promise.reject(new Busy('TILL_BUSY'))
    if (isLocked) return Promise.resolve(lockedOutcome)
    const mine: Work = { charge: wish, scanned: null, following: null, outcome: neverEnds }
    work = mine
    mine.outcome = orEnd(take(mine, wish))
    return mine.outcome
  }

  async function take(mine: Work, wish: Wish): Promise<Outcome> {
    for (;;) {
      const code = wish.scannedText ?? (await waitForScan(mine))
      if (typeof code !== 'string') return end(mine, code)
      const outcome = await follow(mine, newAttempt(wish), code.trim(), wish.isPlaceConfirmed)
      // A code that is too old or used: the customer opens a new one, and the cash register waits.
      const mayScanAgain = wish.scannedText === null && outcome.nextAction === 'rescan'
      if (!mayScanAgain || isLocked) return end(mine, outcome)
      kept.keepAttempt(null)
      say('scan_again', mine.charge, outcome)
    }
  }

  function newAttempt({ reference, amountMinor, currency }: Charge): OpenAttempt {
    return {
      ...{ reference, currency, amountMinor: String(amountMinor) },
      orderNo: `${options.terminalId.slice(-6)}-${reference}`,
      idempotencyKey: newIdempotencyKey(),
      ...{ paymentId: null, sentAtMs: null, wantsReverse: false },
    }
  }

  function waitForScan(mine: Work): Promise<string | Outcome> {
    say('scan_now', mine.charge)
    return new Promise((resolve) => {
      const late: Outcome = { state: 'no_scan', code: 'no_scan', payment: null }
      const timer = setTimeout(() => resolve(late), options.scanMs)
      mine.scanned = (said) => {
        clearTimeout(timer)
        mine.scanned = null
        resolve(said)
      }
    })
  }

  function follow(
    mine: Work,
    attempt: OpenAttempt,
    code: string | null,
    isPlaceConfirmed = false,
  ): Promise<Outcome> {
    let told = ''
    const tell = (payment: PaymentTold | null): void => {
      const word = payment === null ? 'unknown' : (payment.next_action ?? 'processing')
      if (word !== told && payment?.state !== 'succeeded') say(`wait_${word}`, mine.charge)
      told = word
    }
    if (code !== null) say('charging', mine.charge)
    mine.following = followAttempt(attempt, {
      ...{ calls, code, place: options.place, nowMs: options.nowMs, isPlaceConfirmed, tell },
      keep: (next) => kept.keepAttempt(next),
    })
    return mine.following.outcome.finally(() => (mine.following = null))
  }

  function end(mine: Work, outcome: Outcome): Outcome {
    const { reference, amountMinor, currency } = mine.charge
    // First the end, then the open attempt: a box that dies in between finds both and asks again.
    if (!isNothingMade(outcome)) {
      kept.keepDone({ reference, currency, amountMinor: String(amountMinor), outcome })
    }
    if (kept.attempt()) kept.keepAttempt(null)
    if (work === mine) work = null
    say(`end_${outcome.state}`, mine.charge, outcome)
    say(isLocked ? 'locked' : 'ready')
    return outcome
  }

  const open = kept.attempt()
  if (open) {
    const { reference, currency, amountMinor } = open
    const asked = { reference, currency, amountMinor: BigInt(amountMinor) }
    const mine: Work = { charge: asked, scanned: null, following: null, outcome: neverEnds }
    work = mine
    say('resumed', asked)
    mine.outcome = orEnd(follow(mine, open, null).then((outcome) => end(mine, outcome)))
  }

  return {
    charge,
    scan(text) {
      if (!work) return say('nothing_to_pay')
      if (!work.scanned) return say('do_not_scan', work.charge)
      const problem = problemOfScan(text)
      if (problem) return say(`scan_${problem}`, work.charge)
      work.scanned(text)
    },
    cancel(reference) {
      if (work?.charge.reference !== reference) return false
      if (work.scanned) work.scanned({ state: 'cancelled', code: 'cancelled', payment: null })
      else work.following?.reverse()
      return true
    },
    find(reference) {
      if (work?.charge.reference === reference) return { charge: work.charge, outcome: null }
      const done = kept.done(reference)
      if (!done) return null
      const { currency, amountMinor, outcome } = done
      return { charge: { reference, currency, amountMinor: BigInt(amountMinor) }, outcome }
    },
    status: () =>
      work && {
        reference: work.charge.reference,
        waits_for: work.scanned ? 'scan' : 'payment',
      },
    wake: () => work?.following?.wake(),
    lock(next) {
      const isNew = next !== isLocked
      isLocked = next
      if (next) work?.scanned?.(lockedOutcome)
      if (isNew && !work) say(next ? 'locked' : 'ready')
    },
    close() {
      work?.following?.stop()
      work = null
    },
  }
}

// A box that cannot keep what it does must not take the next charge: the program ends here, and its
// next start asks about the open attempt.
function orEnd(outcome: Promise<Outcome>): Promise<Outcome> {
  outcome.catch(endWith)
  return outcome
}

const neverEnds = new Promise<never>(() => undefined)

function isSame(
  asked: { amountMinor: bigint | string; currency: string },
  { amountMinor, currency }: Charge,
): boolean {
  return BigInt(asked.amountMinor) === amountMinor && asked.currency === currency
}
