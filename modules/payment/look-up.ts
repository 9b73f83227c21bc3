import { accountOf, readCurrentRules } from '../allocation/allocation.ts'
import type { Step } from '../database/database.ts'
import type { ErrorCode } from '../errors/errors.ts'
import type { Io } from '../io/io.ts'
import type { Institution } from '../party/party.ts'
import { countGuesses, readGuesses } from '../terminal/terminal.ts'
import { findCodes, type FoundCode, type Periods } from '../wallet/wallet.ts'
import { distinct, findExisting } from './ground.ts'
import { readPayment } from './read.ts'
import { ruleAccountsOf } from './rule-accounts.ts'
import type { Payment, PayRequest } from './state.ts'

/** What the code stands for (null: only its issuer knows), and which accounts the merchant's rule pays into. */
export type Known = { found: FoundCode | null; ruleAccountIds: readonly string[] }
export type LookedUp =
  | ({ kind: 'known' } & Known)
  | { kind: 'replay'; payment: Payment }
  | { kind: 'refused'; code: ErrorCode }

type Scan = {
  request: PayRequest
  codeHash: Buffer
  fingerprint: Buffer
  periods: Periods
  now: Date
}

/**
 * Finds what a scanned code stands for and what the batch will need to lock: one unlocked read,
 * shared by the scans that arrive together. Refuses what can be refused without a lock. A code
 * that was never issued counts as a guess of the terminal, which is blocked for the day when it
 * guesses too often.
 *
 * Source: P1, P5; DESIGN §3 step 2, §6 (guessing is throttled).
 */
export async function lookUp(io: Io, institution: Institution, scan: Scan): Promise<LookedUp> {
  const { codeHash, request, periods, now } = scan
  const { terminalId, merchantId } = request
  const hints = ruleAccountsOf(io)
  const hint = hints.get(merchantId)
  const item = { codeHash, terminalId, merchantId, isRuleKnown: hint !== undefined }
  const sought = { ...item, day: periods.day, now }
  const { found, guesses, ...read } = await io.batched(readStep, institution.id, sought)
  const ruleAccountIds = hint ?? read.ruleAccountIds
  if (!hint) hints.set(merchantId, ruleAccountIds)

  const refusal = ((): ErrorCode | null => {
    if (guesses >= institution.guessesPerTerminalDay) return 'CODE_BLOCKED_TERMINAL'
    if (!found) return 'CODE_UNKNOWN'
    if (found.usedAt) return 'CODE_USED'
    return found.expiresAt <= now ? 'CODE_EXPIRED' : null
  })()
  if (refusal === null && found) return { kind: 'known', found, ruleAccountIds }

  // A repeat of a finished request comes with its used code, and gets its answer.
  const earlier = await earlierPayment(io, scan)
  if (earlier) return earlier
  if (refusal === 'CODE_UNKNOWN')
    await io.batched(count, institution.id, { terminalId, day: periods.day })
  return { kind: 'refused', code: refusal ?? 'CODE_UNKNOWN' }
}

/**
 * The same for a code that others have issued: nothing of it is known here but whether this very
 * request, or another with its numbers, was made before.
 */
export async function lookUpForeign(
  io: Io,
  _institution: Institution,
  scan: Scan,
): Promise<LookedUp> {
  const earlier = await earlierPayment(io, scan)
  return earlier ?? { kind: 'known', found: null, ruleAccountIds: [] }
}

async function earlierPayment(io: Io, scan: Scan): Promise<LookedUp | null> {
  const { institutionId, merchantId, orderNo, idempotencyKey } = scan.request
  const key = { merchantId, orderNo, idempotencyKey }
  const [existing] = await findExisting({ many: io.db.read }, institutionId, [key])
  if (!existing) return null
  if (!existing.fingerprint.equals(scan.fingerprint)) {
    const isSameKey = existing.idempotencyKey === idempotencyKey
    return { kind: 'refused', code: isSameKey ? 'IDEMPOTENCY_KEY_REUSED' : 'ORDER_NO_REUSED' }
  }
  const payment = await readPayment(io.db, institutionId, existing.id)
  return payment && { kind: 'replay', payment }
}

type Sought = {
  codeHash: Buffer
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
  mode: 'read',
  async run(tx, institutionId, sought) {
    const [{ day, now }] = sought as [Sought]
    const terminalIds = distinct(sought.map(({ terminalId }) => terminalId))
    const strange = sought.filter(({ isRuleKnown }) => !isRuleKnown)
    const merchantIds = distinct(strange.map(({ merchantId }) => merchantId))
    const hashes = sought.map(({ codeHash }) => codeHash)
    const [codes, rules, guesses] = await Promise.all([
      findCodes(tx, institutionId, hashes),
      merchantIds.length > 0 ? readCurrentRules(tx, institutionId, merchantIds, now) : null,
      readGuesses(tx, institutionId, { terminalIds, day }),
    ])
    const codeOf = new Map(codes.map((code) => [code.codeHash.toString('hex'), code]))
    const guessesOf = new Map(guesses.map((one) => [one.terminalId, one.guesses]))
    return sought.map(({ codeHash, terminalId, merchantId }) => ({
      found: codeOf.get(codeHash.toString('hex')),
      ruleAccountIds: rules?.get(merchantId)?.lines.map(accountOf) ?? [],
      guesses: guessesOf.get(terminalId) ?? 0,
    }))
  },
}

type Guess = { terminalId: string; day: string }

const count: Step<Guess, null> = {
  name: 'payment.count_guess',
  mode: 'write',
  run(tx, institutionId, guesses) {
    const keys = distinct(guesses.map(({ terminalId, day }) => `${terminalId} ${day}`))
    const counted = keys.map((key) => {
      const [terminalId = '', day = ''] = key.split(' ')
      const isSame = (one: Guess) => one.terminalId === terminalId && one.day === day
      return { terminalId, day, guesses: guesses.filter(isSame).length }
    })
    countGuesses(tx, institutionId, counted)
    return Promise.resolve(guesses.map(() => null))
  },
}
