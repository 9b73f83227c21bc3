import type { DeclineReason, ErrorCode } from '../errors/errors.ts'
import {
  applyTransfers,
  availableMinor,
  clearing,
  firstBelowFloor,
  type Account,
  type Transfer,
} from '../ledger/ledger.ts'
import { assert } from '../lib/assert.ts'
import type { FoundCode, LockedCode } from './codes.ts'
import type { DebitRefund, WalletDebit } from './debit-state.ts'
import type { LocalMoment } from '../route/route.ts'
import { addUse, type Counted, type Counters, type Periods } from './limits.ts'
import { needsPin, overLimit, refuseAtAll, type MandateTerms } from './mandate-terms.ts'
import type { Spot } from './mandate-spot.ts'
import type { UsableSource } from './source.ts'

/** What somebody, or the clock, wants of a debit. Ids are made before, so a rerun finds its own. */
export type DebitAct = {
  now: Date
  /** What the institution lets go by offline codes in a day; left out: what the mandate says. */
  offlineCapMinor?: bigint
} & (
  | {
      act: 'charge'
      /** As it would stand while it waits. */
      draft: WalletDebit
      /** Null: it is no code of ours. */
      codeHash: Buffer | null
      periods: LocalMoment
      confirmSeconds: number
    }
  /** `draft`: what is left behind when the charge has not come. */
  | { act: 'reverse'; draft: WalletDebit }
  | { act: 'refund'; peerId: string; chargeId: string; refundId: string; amountMinor: bigint }
  | { act: 'confirm' | 'decline'; debitId: string; payerId: string; periods: LocalMoment }
  | { act: 'expire'; debitId: string }
)

export type DebitActed =
  { debit: WalletDebit; refund: DebitRefund | null; isNew: boolean } | { refused: ErrorCode }

/** Locked rows, and rows that were read after the locks. The decisions of a batch change them. */
export type DebitGround = {
  codes: Map<string, LockedCode>
  found: ReadonlyMap<string, FoundCode>
  /** Of the payers of automatic codes, in the payer's order. */
  sources: readonly UsableSource[]
  debits: Map<string, WalletDebit>
  idOfCharge: Map<string, string>
  refunds: Map<string, DebitRefund[]>
  counters: Counters
  accounts: Map<string, Account>
  mandates: ReadonlyMap<string, MandateTerms>
}

/** What a decision writes. */
export type DebitChange = {
  debit: WalletDebit
  isNew: boolean
  takenCode: Buffer | null
  transfers: Transfer[]
  uses: Counted[]
  refund: DebitRefund | null
  now: Date
}

/** How the charge of an institution is named in `DebitGround`. */
export const chargeKey = (one: Pick<WalletDebit, 'peerId' | 'chargeId'>): string =>
  `${one.peerId} ${one.chargeId}`

type Decision = { answer: DebitActed; change: DebitChange | null }

/**
 * Decides one act on locked ground and applies it there, so that the next of the batch sees it.
 * Nothing is written. Done again, each act answers as the first time.
 *
 * Source: P5, P7, P14; DESIGN §4 (two local transactions).
 */
export function decideAct(act: DebitAct, ground: DebitGround): Decision {
  switch (act.act) {
    case 'charge':
      return decideCharge(act, ground)
    case 'reverse':
      return decideReverse(act, ground)
    case 'refund':
      return decideRefund(act, ground)
    default:
      return decideWaiting(act, ground)
  }
}

const refuse = (refused: ErrorCode): Decision => ({ answer: { refused }, change: null })

const asItStands = (debit: WalletDebit, refund: DebitRefund | null = null): Decision => ({
  answer: { debit, refund, isNew: false },
  change: null,
})

type More = Partial<Omit<DebitChange, 'debit' | 'now'>>

function become(debit: WalletDebit, now: Date, ground: DebitGround, more: More = {}): Decision {
  ground.debits.set(debit.id, debit)
  ground.idOfCharge.set(chargeKey(debit), debit.id)
  const nothing = { isNew: false, takenCode: null, transfers: [], uses: [], refund: null }
  const change: DebitChange = { ...nothing, ...more, debit, now }
  return { answer: { debit, refund: change.refund, isNew: true }, change }
}

const known = (ground: DebitGround, charge: Pick<WalletDebit, 'peerId' | 'chargeId'>) =>
  ground.debits.get(ground.idOfCharge.get(chargeKey(charge)) ?? '')

function decideCharge(act: DebitAct & { act: 'charge' }, ground: DebitGround): Decision {
  const { draft, codeHash, now } = act
  const earlier = known(ground, draft)
  if (earlier?.fingerprint) {
    const isSame = draft.fingerprint?.equals(earlier.fingerprint)
    return isSame ? asItStands(earlier) : refuse('IDEMPOTENCY_KEY_REUSED')
  }
  // The reversal was quicker: nothing is taken, and the code stays as it is.
  if (earlier) return asItStands(earlier)

  const fail = (declineReason: DeclineReason, more: Partial<WalletDebit> = {}, taken?: Buffer) => {
    const failed = { ...draft, ...more, state: 'failed', declineReason, completedAt: now } as const
    return become(failed, now, ground, { isNew: true, takenCode: taken ?? null })
  }
  const code = codeHash && ground.codes.get(codeHash.toString('hex'))
  const found = codeHash && ground.found.get(codeHash.toString('hex'))
  if (!codeHash || !code || !found) return fail('code_invalid')
  if (code.usedAt) return fail('code_used')
  if (code.stopped) return fail('code_invalid')
  if (code.expiresAt <= now) return fail('code_expired')

  // After this point the code is taken, whatever becomes of the debit.
  code.usedAt = now
  const { payerId, payerName, mandateId } = found
  const source = sourceFor(found, draft.amountMinor, ground)
  const of = { payerId, payerName, mandateId, ...source }
  if (!of.ledgerAccountId) return fail('card_not_accepted', of, codeHash)
  const terms = ground.mandates.get(mandateId)
  assert(terms, 'a code has a mandate')
  const { amountMinor } = draft
  const opened = { ...draft, ...of }
  const { maxAmountMinor } = code
  if (maxAmountMinor !== null && amountMinor > maxAmountMinor)
    return fail('consent_used', of, codeHash)
  const isAllowed = refuseAtAll(terms, amountMinor, spotOf(act.periods)) === null
  if (isAllowed && needsPin(terms, ground.counters, { day: act.periods.day, amountMinor })) {
    const confirmExpiresAt = new Date(now.getTime() + act.confirmSeconds * 1000)
    return become({ ...opened, needsPin: true, confirmExpiresAt }, now, ground, {
      isNew: true,
      takenCode: codeHash,
    })
  }
  return take(opened, act, ground, { isNew: true, takenCode: codeHash })
}

type Chosen = Pick<WalletDebit, 'sourceId' | 'sourceLabel' | 'ledgerAccountId'>

/**
 * The source that the code names; of an automatic code the first in the payer's order that is an
 * account here with enough in it, or the first that is one. An account at a scheme cannot be charged
 * for another institution's merchant: the scheme has its own roads.
 */
function sourceFor(found: FoundCode, amountMinor: bigint, ground: DebitGround): Chosen {
  const { sourceId, sourceLabel, sourceAccountId: ledgerAccountId } = found
  if (!found.isAuto) return { sourceId, sourceLabel, ledgerAccountId }
  const own = ground.sources.filter((one) => one.payerId === found.payerId && one.ledgerAccountId)
  const isEnough = ({ ledgerAccountId: id }: UsableSource) => {
    const account = ground.accounts.get(id ?? '')
    assert(account, 'the accounts of all sources are locked')
    return (availableMinor(account) ?? amountMinor) >= amountMinor
  }
  const first = own.find(isEnough) ?? own[0]
  if (!first) return { sourceId, sourceLabel, ledgerAccountId }
  return {
    sourceId: first.sourceId,
    sourceLabel: first.label,
    ledgerAccountId: first.ledgerAccountId,
  }
}

/** Of a merchant of another institution neither the kind nor the place is known here. */
const spotOf = ({ weekday, minuteOfDay }: LocalMoment): Spot => ({
  ...{ merchantId: null, shopKind: null, position: null, weekday, minuteOfDay },
})

const mannerOf = ({ needsPin: isWithPin, isOffline }: WalletDebit) => ({
  ...{ needsPin: isWithPin, isOffline },
})

type Taking = { periods: LocalMoment; now: Date; offlineCapMinor?: bigint }

/** Takes the money, or says why not. Limits and balance are decided here and not before. */
function take(
  debit: WalletDebit,
  { periods, now, offlineCapMinor }: Taking,
  ground: DebitGround,
  more: More = {},
): Decision {
  const { amountMinor, mandateId } = debit
  const terms = ground.mandates.get(mandateId ?? '')
  assert(terms && mandateId !== null, 'a debit has a mandate')
  const transfer = transferOf(debit, now, { kind: 'wallet_debit', amountMinor })
  const manner = mannerOf(debit)
  const spot = spotOf(periods)
  const asked = { ...periods, ...manner, offlineCapMinor, amountMinor, spot }
  const reason =
    overLimit(terms, ground.counters, asked) ??
    (firstBelowFloor(ground.accounts, [transfer]) === null ? null : 'insufficient_funds')
  if (reason !== null) {
    const failed = { ...debit, state: 'failed', declineReason: reason, completedAt: now } as const
    return become(failed, now, ground, more)
  }
  applyTransfers(ground.accounts, [transfer])
  const { day, month } = periods
  const use = { mandateId, day, month, amountMinor, manner }
  addUse(ground.counters, use)
  const paid = { ...debit, legs: 1, limitDay: day, completedAt: now }
  const moved = { transfers: [transfer], uses: [use] }
  return become({ ...paid, state: 'succeeded' }, now, ground, { ...more, ...moved })
}

/** From the payer's account to what we owe the acquirer, or back again. */
function transferOf(
  { id, peerId, ledgerAccountId, currency, legs }: WalletDebit,
  eventAt: Date,
  { kind, amountMinor }: { kind: string; amountMinor: bigint },
): Transfer {
  assert(ledgerAccountId, 'the source is an account here')
  const about = { subjectId: id, leg: legs + 1, kind, currency, eventAt, amountMinor }
  const [source, owed] = [ledgerAccountId, clearing(peerId)]
  return kind === 'wallet_debit'
    ? { ...about, debitAccountId: source, creditAccountId: owed }
    : { ...about, debitAccountId: owed, creditAccountId: source }
}

function decideReverse(act: DebitAct & { act: 'reverse' }, ground: DebitGround): Decision {
  const { draft, now } = act
  const debit = known(ground, draft)
  // It came before its charge: what is left here refuses the late one.
  if (!debit) return become({ ...draft, completedAt: now }, now, ground, { isNew: true })
  if (debit.state === 'reversed' || debit.state === 'failed') return asItStands(debit)
  const reversed = { ...debit, state: 'reversed', completedAt: now } as const
  if (debit.state === 'waiting') return become(reversed, now, ground)
  // What was given back in part is not undone as a whole; it is refunded to the end.
  if (debit.refundedMinor > 0n) return refuse('PAYMENT_FINAL')
  const { amountMinor, mandateId, limitDay } = debit
  const transfer = transferOf(debit, now, { kind: 'wallet_debit_reversal', amountMinor })
  applyTransfers(ground.accounts, [transfer])
  assert(mandateId !== null && limitDay !== null, 'what was paid has used limits')
  const use = { mandateId, ...periodsOf(limitDay), amountMinor: -amountMinor }
  const given = { ...use, manner: mannerOf(debit) }
  addUse(ground.counters, given)
  const back = { transfers: [transfer], uses: [given] }
  return become({ ...reversed, legs: transfer.leg }, now, ground, back)
}

/** The day and its month, as `periodsAt` names them. */
export const periodsOf = (day: string): Periods => ({ day, month: day.slice(0, 7) })

function decideRefund(act: DebitAct & { act: 'refund' }, ground: DebitGround): Decision {
  const { refundId, amountMinor, now } = act
  const debit = known(ground, act)
  if (!debit) return refuse('NOT_FOUND')
  const refunds = ground.refunds.get(debit.id) ?? []
  const earlier = refunds.find((one) => one.refundId === refundId)
  if (earlier?.amountMinor === amountMinor) return asItStands(debit, earlier)
  if (earlier) return refuse('IDEMPOTENCY_KEY_REUSED')
  if (debit.state !== 'succeeded') return refuse('PAYMENT_NOT_REFUNDABLE')
  const refundedMinor = debit.refundedMinor + amountMinor
  if (refundedMinor > debit.amountMinor) return refuse('REFUND_TOO_LARGE')
  const transfer = transferOf(debit, now, { kind: 'wallet_debit_refund', amountMinor })
  applyTransfers(ground.accounts, [transfer])
  const refund = { refundId, amountMinor, createdAt: now }
  ground.refunds.set(debit.id, [...refunds, refund])
  const given = { ...debit, refundedMinor, legs: transfer.leg }
  const { mandateId, limitDay } = debit
  assert(mandateId !== null && limitDay !== null, 'what was paid has used limits')
  // Only the sums come back, as with a refund of a payment here: that it was paid without a PIN, or
  // by a code made offline, has happened.
  const use = { mandateId, ...periodsOf(limitDay), amountMinor: -amountMinor }
  addUse(ground.counters, use)
  return become(given, now, ground, { transfers: [transfer], uses: [use], refund })
}

type WaitingAct = DebitAct & { act: 'confirm' | 'decline' | 'expire' }

function decideWaiting(act: WaitingAct, ground: DebitGround): Decision {
  const debit = ground.debits.get(act.debitId)
  const isTheirs = act.act === 'expire' || debit?.payerId === act.payerId
  if (!debit || !isTheirs) return refuse('NOT_FOUND')
  if (debit.state !== 'waiting') {
    const isSaid = act.act !== 'decline' || debit.declineReason === 'payer_declined'
    return isSaid ? asItStands(debit) : refuse('PAYMENT_FINAL')
  }
  const { now } = act
  const isLate = debit.confirmExpiresAt !== null && debit.confirmExpiresAt <= now
  const fail = (declineReason: DeclineReason) =>
    become({ ...debit, state: 'failed', declineReason, completedAt: now }, now, ground)
  if (act.act === 'decline') return fail('payer_declined')
  if (isLate) return fail('confirmation_expired')
  return act.act === 'expire' ? asItStands(debit) : take(debit, act, ground)
}
