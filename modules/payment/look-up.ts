import { accountOf, readCurrentRules } from '../allocation/allocation.ts'
import type { Step } from '../database/database.ts'
import type { ErrorCode } from '../errors/errors.ts'
import type { Io } from '../io/io.ts'
import type { Institution } from '../party/party.ts'
import { putEvents } from '../outbox/outbox.ts'
import type { PaymentCode } from '../paycode/paycode.ts'
import { alarmOf, countGuesses, readGuesses } from '../terminal/terminal.ts'
import {
  findCodes,
  offlinePartsOf,
  proveOffline,
  refuseCode,
  type FoundCode,
  type Periods,
} from '../wallet/wallet.ts'
import { distinct, findExisting, type Existing, type ExistingKey } from './ground.ts'
import { readPayment } from './read.ts'
import { placeOf, type Place } from './roads.ts'
import { ruleAccountsOf } from './rule-accounts.ts'
import type { Payment, PayRequest } from './state.ts'

/**
 * What the code stands for (null: only its issuer knows), which accounts the merchant's rule pays into,
 * and what the routing rules ask of the place, if it was read on the way.
 */
export type Known = {
  found: FoundCode | null
  ruleAccountIds: readonly string[]
  place: Place | null
}
export type LookedUp =
  | ({ kind: 'known' } & Known)
  | { kind: 'replay'; payment: Payment }
  | { kind: 'refused'; code: ErrorCode }

type Scan = {
  request: PayRequest
  code: PaymentCode
  codeHash: Buffer
  fingerprint: Buffer
  periods: Periods
  now: Date
}

/**
 * Finds what a scanned code stands for and what the batch will need to lock: one unlocked read,
 * shared by the scans that arrive together. Refuses what can be refused without a lock. A code
 * that was never issued counts as a guess of the terminal, which is blocked for the day when it
 * guesses too often. A code made without a network is proved under locks instead, where its tries are
 * counted.
 *
 * Source: P1, P5, P8; DESIGN §3 step 2, §6 (guessing is throttled).
 */
export async function lookUp(io: Io, institution: Institution, scan: Scan): Promise<LookedUp> {
  const { request, periods, now } = scan
  const { terminalId, merchantId } = request
  const hints = ruleAccountsOf(io)
  const hint = hints.get(merchantId)
  const isOffline = offlinePartsOf(scan.code) !== null
  const codeHash = isOffline ? null : scan.codeHash
  const item = { codeHash, terminalId, merchantId, isRuleKnown: hint !== undefined }
  const sought = { ...item, day: periods.day, now }
  const { guesses, ...read } = await io.batched(readStep, institution.id, sought)
  const ruleAccountIds = hint ?? read.ruleAccountIds
  if (!hint) hints.set(merchantId, ruleAccountIds)

  const most = institution.guessesPerTerminalDay
  const proved = await (async () => {
    if (guesses >= most) return { refused: 'CODE_BLOCKED_TERMINAL' } as const
    if (isOffline) return prove(io, scan)
    const { found } = read
    if (!found) return { refused: 'CODE_UNKNOWN' } as const
    const refused = refuseCode(found, now)
    return refused ? { refused } : { found }
  })()
  if (!('refused' in proved))
    return { kind: 'known', found: proved.found, ruleAccountIds, place: null }

  // A repeat of a finished request comes with its used code, and gets its answer.
  const earlier = await earlierPayment(io, scan)
  if (earlier) return earlier
  if (proved.refused === 'CODE_UNKNOWN' && !isOffline)
    await io.batched(count, institution.id, { terminalId, merchantId, day: periods.day, most, now })
  return { kind: 'refused', code: proved.refused }
}

const prove = (io: Io, { request, code, periods, now }: Scan) =>
  proveOffline(io, request.institutionId, { code, by: request, day: periods.day, now })

/**
 * The same for a code that others have issued: nothing of it is known here but whether this very
 * request, or another with its numbers, was made before.
 */
export async function lookUpForeign(
  io: Io,
  _institution: Institution,
  scan: Scan,
): Promise<LookedUp> {
  const { institutionId, merchantId, storeId } = scan.request
  const [earlier, place] = await Promise.all([
    earlierPayment(io, scan),
    placeOf(io, institutionId, { merchantId, storeId }),
  ])
  return earlier ?? { kind: 'known', found: null, ruleAccountIds: [], place }
}

async function earlierPayment(io: Io, scan: Scan): Promise<LookedUp | null> {
  const { institutionId, merchantId, orderNo, idempotencyKey } = scan.request
  const key = { merchantId, orderNo, idempotencyKey }
  const existing = await io.batched(findEarlier, institutionId, key)
  if (!existing) return null
  if (!existing.fingerprint.equals(scan.fingerprint)) {
    const isSameKey = existing.idempotencyKey === idempotencyKey
    return { kind: 'refused', code: isSameKey ? 'IDEMPOTENCY_KEY_REUSED' : 'ORDER_NO_REUSED' }
  }
  const payment = await readPayment(io.db, institutionId, existing.id)
  return payment && { kind: 'replay', payment }
}

/** The payment that has this order number or else this key, before any lock. */
const findEarlier: Step<ExistingKey, Existing | undefined> = {
  name: 'payment.find_earlier',
  mode: 'single',
  async run(tx, institutionId, keys) {
    const found = await findExisting(tx, institutionId, keys)
    return keys.map(({ merchantId, orderNo, idempotencyKey }) => {
      const own = found.filter((one) => one.merchantId === merchantId)
      return (
        own.find((one) => one.orderNo === orderNo) ??
        own.find((one) => one.idempotencyKey === idempotencyKey)
      )
    })
  },
}

type Sought = {
  /** Null for a code that is proved elsewhere. */
  codeHash: Buffer | null
  terminalId: string
  merchantId: string
  isRuleKnown: boolean
  day: string
  now: Date
}
type Read = {
  found: FoundCode | undefined
  /** Empty when they are known already. */
  ruleAccountIds: readonly string[]
  guesses: number
}

const readStep: Step<Sought, Read> = {
  name: 'payment.look_up',
  mode: 'single',
  async run(tx, institutionId, sought) {
    const [{ day, now }] = sought as [Sought]
    const terminalIds = distinct(sought.map(({ terminalId }) => terminalId))
    const strange = sought.filter(({ isRuleKnown }) => !isRuleKnown)
    const merchantIds = distinct(strange.map(({ merchantId }) => merchantId))
    const hashes = sought.flatMap(({ codeHash }) => codeHash ?? [])
    const [codes, rules, guesses] = await Promise.all([
      hashes.length > 0 ? findCodes(tx, institutionId, hashes) : [],
      merchantIds.length > 0 ? readCurrentRules(tx, institutionId, merchantIds, now) : null,
      readGuesses(tx, institutionId, { terminalIds, day }),
    ])
    const codeOf = new Map(codes.map((code) => [code.codeHash.toString('hex'), code]))
    const guessesOf = new Map(guesses.map((one) => [one.terminalId, one.guesses]))
    return sought.map(({ codeHash, terminalId, merchantId }) => ({
      found: codeOf.get(codeHash?.toString('hex') ?? ''),
      ruleAccountIds: rules?.get(merchantId)?.lines.map(accountOf) ?? [],
      guesses: guessesOf.get(terminalId) ?? 0,
    }))
  },
}

type Guess = { terminalId: string; merchantId: string; day: string; most: number; now: Date }

const count: Step<Guess, null> = {
  name: 'payment.count_guess',
  mode: 'write',
  async run(tx, institutionId, guesses) {
    const byKey = new Map<string, Guess[]>()
    for (const guess of guesses) {
      const key = `${guess.terminalId} ${guess.day}`
      byKey.set(key, [...(byKey.get(key) ?? []), guess])
    }
    const groups = [...byKey.values()] as [Guess, ...Guess[]][]
    const counted = groups.map(([{ terminalId, day }, ...more]) => ({
      ...{ terminalId, day },
      guesses: more.length + 1,
    }))
    const totals = await countGuesses(tx, institutionId, counted)
    const alarms = groups.flatMap(([guess, ...more]) => {
      const isOf = (one: (typeof totals)[number]) =>
        one.terminalId === guess.terminalId && one.day === guess.day
      const total = totals.find(isOf)?.guesses ?? 0
      const isNowBlocked = total >= guess.most && total - more.length - 1 < guess.most
      return isNowBlocked ? [alarmOf({ ...guess, guesses: total }, guess.now)] : []
    })
    putEvents(tx, institutionId, alarms)
    return guesses.map(() => null)
  },
}
