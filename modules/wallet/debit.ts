import { createHmac } from 'node:crypto'

import { AppError } from '../errors/errors.ts'
import type { Io } from '../io/io.ts'
import { newId } from '../lib/ids.ts'
import type { Currency } from '../money/money.ts'
import { done, takeDue } from '../outbox/outbox.ts'
import { parse, type PaymentCode } from '../paycode/paycode.ts'
import { hashOf, offlinePartsOf } from './codes.ts'
import type { DebitAct, DebitActed } from './debit-decide.ts'
import type { ChargeOfPeer } from './debit-read.ts'
import { debit } from './debit-step.ts'
import type { DebitRefund, WalletDebit } from './debit-state.ts'
import { periodsAt } from './limits.ts'
import { proveOffline } from './offline-prove.ts'

export {
  listDebitRefunds,
  listDebits,
  readDebit,
  readDebitOfCharge,
  readDebitRefund,
  readDebitRefunds,
} from './debit-read.ts'
export { debitOfPlain, plainDebit } from './debit-state.ts'
export type * from './debit-state.ts'
export type { ChargeOfPeer } from './debit-read.ts'

// One of our payers pays a merchant of another institution: its charge comes in here. All of what is
// done to a debit goes through one batched step, so that a charge, its reversal and the payer's word
// on it can come in any order and at once.

/** A charge as another institution sends it. */
export type PeerCharge = ChargeOfPeer & {
  institutionId: string
  /** The digits as the acquirer's till has read them. */
  scannedCode: string
  amountMinor: bigint
  currency: Currency
  merchantName: string
  /** As the acquirer calls it; codes that were guessed are counted against it. */
  terminal?: string
}

/**
 * Charges the payer whose code a merchant of another institution has scanned. Above the payer's
 * no-PIN limit it waits for the payer. A code that names nobody, limits and balance are answers and
 * not errors: the debit has failed, and says why. The same charge again answers the same; after its
 * reversal it is refused, whichever came first.
 *
 * @throws AppError CURRENCY_NOT_SUPPORTED
 * @throws AppError IDEMPOTENCY_KEY_REUSED for the number of another charge
 *
 * Source: P2, P14; DESIGN §4, §10 (`wallet_debit`).
 */
export async function chargePayer(io: Io, charge: PeerCharge): Promise<WalletDebit> {
  const { institutionId, amountMinor, currency } = charge
  const institution = await io.institution(institutionId)
  if (currency !== institution.currency) throw new AppError('CURRENCY_NOT_SUPPORTED')
  const code = ownCode(io, institutionId, charge.scannedCode)
  const codeHash = code && hashOf(io, code)
  const now = io.now()
  const periods = periodsAt(now, institution.timeZone)
  const draft: WalletDebit = {
    ...emptyDebit(charge, { amountMinor, currency, now }),
    fingerprint: fingerprintOf(io, charge, codeHash),
    maskedCode: code?.masked ?? null,
    merchantName: charge.merchantName,
    isOffline: code !== null && offlinePartsOf(code) !== null,
  }
  const mayTake = code !== null && (await isProved(io, charge, { code, day: periods.day, now }))
  const terms = { periods, confirmSeconds: institution.confirmSeconds, now }
  const taken = { draft, codeHash: mayTake ? codeHash : null, ...terms }
  return (await act(io, institutionId, { act: 'charge', ...taken })).debit
}

/** Null for a text that is no code of this institution's wallet. */
function ownCode(io: Io, institutionId: string, text: string): PaymentCode | null {
  const { ok: code } = parse(text, io.issuers())
  return code?.issuer.institutionId === institutionId ? code : null
}

/**
 * A code made online is looked up by the batch. One made without a network is proved before, and its
 * wrong tries are counted against the terminal that the other institution names; whether a code that
 * was proved lives, the batch decides too.
 */
async function isProved(
  io: Io,
  { institutionId, peerId, terminal = '' }: PeerCharge,
  scan: { code: PaymentCode; day: string; now: Date },
): Promise<boolean> {
  if (!offlinePartsOf(scan.code)) return true
  const by = { terminalId: `${peerId}:${terminal}`, merchantId: null }
  const proved = await proveOffline(io, institutionId, { ...scan, by })
  return !('refused' in proved) || ['CODE_USED', 'CODE_EXPIRED'].includes(proved.refused)
}

function fingerprintOf(io: Io, charge: PeerCharge, codeHash: Buffer | null): Buffer {
  const { amountMinor, currency, merchantName } = charge
  const said = [codeHash?.toString('hex') ?? '', amountMinor.toString(), currency, merchantName]
  return createHmac('sha256', io.pepper)
    .update(`debit:${said.join('\n')}`)
    .digest()
}

type Sum = { amountMinor: bigint; currency: Currency; now: Date }

const emptyDebit = (
  { institutionId, peerId, chargeId }: ChargeOfPeer & { institutionId: string },
  { amountMinor, currency, now }: Sum,
): WalletDebit => ({
  ...{ institutionId, id: newId('wdb', now.getTime()), peerId, chargeId, state: 'waiting' },
  ...{ fingerprint: null, amountMinor, currency, merchantName: '', maskedCode: null },
  ...{ payerId: null, payerName: null, sourceId: null, sourceLabel: null, ledgerAccountId: null },
  ...{
    mandateId: null,
    needsPin: false,
    isOffline: false,
    declineReason: null,
    limitDay: null,
    refundedMinor: 0n,
    legs: 0,
  },
  ...{ createdAt: now, confirmExpiresAt: null, completedAt: null },
})

/**
 * Undoes a charge of another institution: what was taken goes back, and its limits too. When it has
 * not come yet, a mark is left that refuses it. A debit that failed stays as it is: it took nothing.
 *
 * @throws AppError PAYMENT_FINAL for one that was refunded in part
 */
export async function reverseDebit(
  io: Io,
  charge: ChargeOfPeer & { institutionId: string; amountMinor: bigint },
): Promise<WalletDebit> {
  const { institutionId, amountMinor } = charge
  const { currency } = await io.institution(institutionId)
  const now = io.now()
  const draft = emptyDebit(charge, { amountMinor, currency, now })
  const reversed = { ...draft, state: 'reversed' as const }
  return (await act(io, institutionId, { act: 'reverse', draft: reversed, now })).debit
}

/**
 * Gives a part of a debit back to its payer, or all of it. The same refund again answers the same.
 *
 * @throws AppError NOT_FOUND, PAYMENT_NOT_REFUNDABLE, REFUND_TOO_LARGE
 * @throws AppError IDEMPOTENCY_KEY_REUSED for the number of another refund of it
 */
export async function refundDebit(
  io: Io,
  refund: ChargeOfPeer & { institutionId: string; refundId: string; amountMinor: bigint },
): Promise<{ debit: WalletDebit; refund: DebitRefund }> {
  const { institutionId, peerId, chargeId, refundId, amountMinor } = refund
  const wanted = { peerId, chargeId, refundId, amountMinor, now: io.now() }
  const acted = await act(io, institutionId, { act: 'refund', ...wanted })
  if (!acted.refund) throw new AppError('PAYMENT_NOT_REFUNDABLE')
  return { debit: acted.debit, refund: acted.refund }
}

type PayersWord = { institutionId: string; debitId: string; payerId: string }

/**
 * The payer approves a debit that waits; the PIN was checked before. Limits and balance are decided
 * now. Approved again it answers the same.
 *
 * @throws AppError NOT_FOUND
 *
 * Source: P9; DESIGN §3 (confirmation).
 */
export const confirmDebit = (io: Io, word: PayersWord): Promise<WalletDebit> =>
  say(io, 'confirm', word)

/** The payer says no. @throws AppError NOT_FOUND, PAYMENT_FINAL */
export const declineDebit = (io: Io, word: PayersWord): Promise<WalletDebit> =>
  say(io, 'decline', word)

async function say(
  io: Io,
  word: 'confirm' | 'decline',
  { institutionId, debitId, payerId }: PayersWord,
): Promise<WalletDebit> {
  const { timeZone } = await io.institution(institutionId)
  const now = io.now()
  const periods = periodsAt(now, timeZone)
  return (await act(io, institutionId, { act: word, debitId, payerId, periods, now })).debit
}

/**
 * Ends the debits whose payer did not confirm in time, told by their reminders. Answers how many
 * reminders it looked at, so that the loop knows whether there may be more.
 */
export async function expireDebits(io: Io, institutionId: string): Promise<number> {
  const now = io.now()
  const due = await io.db.transaction((tx) =>
    takeDue(tx, institutionId, { consumer: 'debit_check', now, limit: 100 }),
  )
  const expire = ({ subjectId: debitId }: { subjectId: string }) =>
    act(io, institutionId, { act: 'expire', debitId, now })
  await Promise.all(due.map(expire))
  await io.db.transaction(async (tx) => {
    done(tx, institutionId, 'debit_check', due)
    await Promise.resolve()
  })
  return due.length
}

async function act(
  io: Io,
  institutionId: string,
  wanted: DebitAct,
): Promise<Exclude<DebitActed, { refused: unknown }>> {
  const offlineCapMinor = io.settings(institutionId).minor('offline.day_limit_minor')
  const acted = await io.batched(debit, institutionId, { ...wanted, offlineCapMinor })
  if ('refused' in acted) throw new AppError(acted.refused)
  if (acted.isNew) io.poke(institutionId)
  return acted
}
