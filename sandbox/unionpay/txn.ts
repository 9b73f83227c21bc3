import { assert } from '../../modules/lib/assert.ts'
import { bpsOf } from '../../modules/money/money.ts'
import type { RespCode } from './codes.ts'
import type { House, Payer, Txn } from './house.ts'
import { card, FEES, owed } from './house.ts'
import { notifyTxn } from './notify.ts'
import { beijingTime, clearingDay } from './wire.ts'

// What becomes of a transaction, and the money that moves with it. Nothing here reads a request.

/** What is known of a transaction when it comes in. */
export type Draft = Pick<
  Txn,
  | 'merId'
  | 'orderId'
  | 'txnTime'
  | 'txnType'
  | 'txnSubType'
  | 'bizType'
  | 'accessType'
  | 'channelType'
  | 'termId'
  | 'amountMinor'
  | 'backUrl'
  | 'frontUrl'
  | 'reqReserved'
  | 'expiresAt'
> &
  Partial<Pick<Txn, 'payer' | 'link' | 'tokenPayData' | 'origQueryId' | 'wait' | 'fate'>>

/** Accepts a transaction: from now on it is under way, and nothing is said of how it will end. */
export function accept(house: House, id: string, draft: Draft): Txn {
  const at = house.clock.now()
  const traceNo = String((house.txns.size + 1) % 1_000_000).padStart(6, '0')
  const txn: Txn = {
    payer: '',
    link: '',
    tokenPayData: '',
    origQueryId: '',
    wait: 'work',
    fate: null,
    ...draft,
    id,
    queryId: `${beijingTime(at)}${traceNo}8`,
    state: 'accepted',
    code: '05',
    traceNo,
    acceptedAt: at.toISOString(),
    doneAt: null,
    clearedOn: null,
    feeMinor: 0n,
    refundedMinor: 0n,
    feeReturnedMinor: 0n,
    isVoided: false,
    reversedAt: null,
    recallsLeft: null,
  }
  house.queryIds.put(txn.queryId, id)
  if (txn.link !== '') house.links.put(txn.link, id)
  keep(house, txn)
  goOn(house, txn)
  return house.txns.get(id)!
}

/** Writes a transaction that has changed. */
export function keep(house: House, txn: Txn): Txn {
  house.txns.put(txn.id, txn)
  return txn
}

/** Sees to it that a transaction ends. Called once for each, and again after a restart. */
export function goOn(house: House, txn: Txn): void {
  const { id, wait } = txn
  if (wait === 'work' && house.workMs === 0) return settle(house, id)
  if (wait === 'work') house.clock.after(house.workMs, () => settle(house, id))
  if (wait !== 'password' && wait !== 'payer') return
  const waitMs = Math.max(Date.parse(txn.expiresAt) - house.clock.nowMs(), 0)
  house.clock.after(waitMs, () => {
    const now = house.txns.get(id)!
    if (now.state === 'accepted' && now.wait === wait) fail(house, now, '69')
  })
}

/** Does what was accepted, unless it has ended in the meantime. */
export function settle(house: House, id: string): void {
  const txn = house.txns.get(id)!
  if (txn.state !== 'accepted') return
  if (txn.fate !== null) return fail(house, txn, txn.fate)
  if (txn.txnType === '01') return charge(house, txn)
  if (txn.txnType === '79') return succeed(house, txn)
  giveBack(house, txn)
}

/** Ends a transaction without money: the code says why. What it had reserved is free again. */
export function fail(house: House, txn: Txn, code: RespCode): void {
  const doneAt = house.clock.now().toISOString()
  keep(house, { ...txn, state: 'failed', code, doneAt })
  const orig = txn.txnType === '01' ? undefined : originalOf(house, txn)
  if (!orig) return
  const refundedMinor = orig.refundedMinor - txn.amountMinor
  keep(house, { ...orig, refundedMinor, isVoided: orig.isVoided && txn.txnType !== '31' })
}

function succeed(house: House, txn: Txn, change: Partial<Txn> = {}): void {
  const at = house.clock.now()
  const done = { doneAt: at.toISOString(), clearedOn: clearingDay(at) }
  const after = keep(house, { ...txn, ...done, ...change, state: 'succeeded', code: '00' })
  notifyTxn(house, after)
}

function charge(house: House, txn: Txn): void {
  const payer = house.payers.get(txn.payer)!
  const reason = whyNot(house, payer, txn.amountMinor)
  if (reason) return fail(house, txn, reason)
  const at = house.clock.now()
  const { feeBps } = house.merchants.get(txn.merId)!
  const feeMinor = bpsOf(txn.amountMinor, feeBps)
  const move = moving(house, at, txn.queryId)
  move('purchase', card(txn.payer), owed(txn.merId), txn.amountMinor)
  move('fee', owed(txn.merId), FEES, feeMinor)
  const today = spentKey(payer, at)
  house.spent.put(today, (house.spent.get(today) ?? 0n) + txn.amountMinor)
  succeed(house, txn, { feeMinor, feeReturnedMinor: 0n })
}

/** Why a payer may not pay so much; undefined: nothing is in the way. */
export function whyNot(house: House, payer: Payer, amountMinor: bigint): RespCode | undefined {
  if (payer.state === 'frozen') return '63'
  const spentMinor = house.spent.get(spentKey(payer, house.clock.now())) ?? 0n
  if (spentMinor + amountMinor > payer.perDayMinor) return '33'
  return house.books.balanceMinor(card(payer.login)) >= amountMinor ? undefined : '64'
}

const spentKey = (payer: Payer, at: Date): string => `${payer.login} ${beijingTime(at).slice(0, 8)}`

/** The purchase that a refund or a void names. */
export const originalOf = (house: House, { origQueryId }: Txn): Txn | undefined =>
  house.txns.get(house.queryIds.get(origQueryId) ?? '')

// A merchant may owe after a refund: what it is owed is cleared each day, and the rest is billed.
function giveBack(house: House, txn: Txn): void {
  const orig = originalOf(house, txn)
  assert(orig?.state === 'succeeded', 'only what was paid is given back')
  const feeBackMinor = feeBack(house, orig, orig.refundedMinor)
  returnMoney(house, { orig, amountMinor: txn.amountMinor, feeBackMinor, subject: txn.queryId })
  keep(house, { ...orig, feeReturnedMinor: orig.feeReturnedMinor + feeBackMinor })
  succeed(house, { ...txn, payer: orig.payer }, { feeMinor: feeBackMinor })
}

type Return = { orig: Txn; amountMinor: bigint; feeBackMinor: bigint; subject: string }

function returnMoney(house: House, { orig, amountMinor, feeBackMinor, subject }: Return): void {
  const move = moving(house, house.clock.now(), subject)
  move('fee_return', FEES, owed(orig.merId), feeBackMinor)
  move('return', owed(orig.merId), card(orig.payer), amountMinor)
}

// The fee that is left is that of the money that is left, so that many parts return what one would.
function feeBack(house: House, orig: Txn, refundedMinor: bigint): bigint {
  const { feeBps } = house.merchants.get(orig.merId)!
  const dueMinor = orig.feeMinor - bpsOf(orig.amountMinor - refundedMinor, feeBps)
  return dueMinor > orig.feeReturnedMinor ? dueMinor - orig.feeReturnedMinor : 0n
}

/** Undoes a purchase as if it had never been: what was taken is given back. */
export function reverse(house: House, orig: Txn): void {
  assert(orig.refundedMinor === 0n, 'what was given back in part is not reversed')
  if (orig.state === 'succeeded') {
    const { amountMinor, feeMinor: feeBackMinor } = orig
    returnMoney(house, { orig, amountMinor, feeBackMinor, subject: `${orig.queryId}/reversal` })
  }
  const at = house.clock.now().toISOString()
  const change = { reversedAt: at, feeMinor: 0n, doneAt: orig.doneAt ?? at }
  keep(house, { ...orig, ...change, state: 'reversed', code: '01' })
}

/**
 * Charges a purchase that was reversed before: what no scheme should do, and what a platform must
 * survive. Nothing happens when the payer cannot pay.
 */
export function chargeLate(house: House, id: string): void {
  const txn = house.txns.get(id)!
  if (txn.state !== 'reversed' || txn.payer === '') return
  if (whyNot(house, house.payers.get(txn.payer)!, txn.amountMinor)) return
  charge(house, { ...txn, state: 'accepted' })
}

// Nothing is moved when there is nothing to move: the fee of a cent.
function moving(house: House, at: Date, subject: string) {
  return (kind: string, from: string, to: string, amountMinor: bigint): void => {
    if (amountMinor > 0n) house.books.move({ at, kind, subject, from, to, amountMinor })
  }
}
