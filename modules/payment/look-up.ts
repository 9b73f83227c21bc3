import { readCurrentRules, type CurrentRule } from '../allocation/allocation.ts'
import type { Step } from '../database/database.ts'
import type { ErrorCode } from '../errors/errors.ts'
import type { Io } from '../io/io.ts'
import type { Institution } from '../party/party.ts'
import {
  countGuesses,
  readGuesses,
  readPermissions,
  type TerminalPermission,
} from '../terminal/terminal.ts'
import { findCodes, type FoundCode, type Periods } from '../wallet/wallet.ts'
import { distinct, findExisting } from './ground.ts'
import { readPayment } from './read.ts'
import type { Payment, PayRequest } from './state.ts'

export type Known = { found: FoundCode; may: TerminalPermission; rule: CurrentRule | undefined }
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
  const item = { codeHash, terminalId, merchantId, day: periods.day, now }
  const { found, may, rule, guesses } = await io.batched(read, institution.id, item)

  const refusal = ((): ErrorCode | null => {
    if (!may) return 'TERMINAL_NOT_ACTIVE'
    if (guesses >= institution.guessesPerTerminalDay) return 'CODE_BLOCKED_TERMINAL'
    if (!found) return 'CODE_UNKNOWN'
    if (found.usedAt) return 'CODE_USED'
    return found.expiresAt <= now ? 'CODE_EXPIRED' : null
  })()
  if (refusal === null && found && may) return { kind: 'known', found, may, rule }

  // A repeat of a finished request comes with its used code, and gets its answer.
  const earlier = await earlierPayment(io, scan)
  if (earlier) return earlier
  if (refusal === 'CODE_UNKNOWN')
    await io.batched(count, institution.id, { terminalId, day: periods.day })
  return { kind: 'refused', code: refusal ?? 'CODE_UNKNOWN' }
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
  day: string
  now: Date
}
type Read = {
  found: FoundCode | undefined
  may: TerminalPermission | undefined
  rule: CurrentRule | undefined
  guesses: number
}

const read: Step<Sought, Read> = {
  name: 'payment.look_up',
  mode: 'read',
  async run(tx, institutionId, sought) {
    const [{ day, now }] = sought as [Sought]
    const terminalIds = distinct(sought.map(({ terminalId }) => terminalId))
    const merchantIds = distinct(sought.map(({ merchantId }) => merchantId))
    const hashes = sought.map(({ codeHash }) => codeHash)
    const [codes, permissions, rules, guesses] = await Promise.all([
      findCodes(tx, institutionId, hashes),
      readPermissions(tx, institutionId, terminalIds),
      readCurrentRules(tx, institutionId, merchantIds, now),
      readGuesses(tx, institutionId, { terminalIds, day }),
    ])
    const codeOf = new Map(codes.map((code) => [code.codeHash.toString('hex'), code]))
    const mayOf = new Map(permissions.map((may) => [may.terminalId, may]))
    const guessesOf = new Map(guesses.map((one) => [one.terminalId, one.guesses]))
    return sought.map(({ codeHash, terminalId, merchantId }) => ({
      found: codeOf.get(codeHash.toString('hex')),
      may: mayOf.get(terminalId),
      rule: rules.get(merchantId),
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
