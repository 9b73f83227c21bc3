import { randomBytes } from 'node:crypto'

import type { Fault, Operation } from '../counterpart/faults.ts'
import { faultValue, hasFault } from '../counterpart/faults.ts'
import type { Answer } from '../counterpart/http.ts'
import { refuse } from './codes.ts'
import type { House, Txn, Wait } from './house.ts'
import { txnId } from './house.ts'
import type { Asked } from './request.ts'
import { amountOf, answer, checkOrder, of } from './request.ts'
import type { Draft } from './txn.ts'
import { accept, chargeLate, keep, reverse } from './txn.ts'
import { clearingDay, readBeijingTime, readNested } from './wire.ts'

// `backTransReq.do`: what a merchant's server asks for. An answer of 00 says that it was accepted,
// and nothing more.

export const PASSWORD_LIFE_MS = 60_000
const QR_LIFE_MS = 15 * 60_000
const QR_LINK = 'https://qr.95516.com/00010000/'

type Transaction = {
  operation: Operation
  run: (asked: Asked, faults: readonly Fault[]) => Answer
}

/**
 * By txnType and txnSubType. Source: reference/protocols.md §4.1; for 01/01 with a token and 74/01
 * UnionPay's own example of token payment (无跳转支付, 解除标记).
 */
const transactions: Record<string, Transaction> = {
  '01/06': { operation: 'charge', run: scan },
  '01/07': { operation: 'order', run: showQr },
  '01/01': { operation: 'charge', run: payByToken },
  '74/01': { operation: 'other', run: forgetToken },
  '31/00': { operation: 'reverse', run: voidPurchase },
  '04/00': { operation: 'refund', run: refund },
  '99/00': { operation: 'reverse', run: reversePurchase },
  '99/01': { operation: 'reverse', run: reversePurchase },
}

/** The transaction that a message asks for; undefined when there is none such. */
export function transactionOf(asked: Asked): Transaction | undefined {
  const { fields } = asked
  return transactions[`${of(fields, 'txnType')}/${of(fields, 'txnSubType')}`]
}

/** What a message says of a transaction, whatever its kind. */
export function draftOf(asked: Asked, lifeMs: number): Draft {
  const { house, merchant, fields, id } = asked
  checkOrder(asked)
  if (of(fields, 'currencyCode') !== '156' && of(fields, 'txnType') === '01') {
    refuse('10', 'currencyCode')
  }
  if (house.txns.get(id)) refuse('12')
  const timeout = readBeijingTime(of(fields, 'payTimeout'))
  const expiresAt = timeout ?? new Date(house.clock.nowMs() + lifeMs)
  return {
    merId: merchant.merId,
    orderId: of(fields, 'orderId'),
    txnTime: of(fields, 'txnTime'),
    txnType: of(fields, 'txnType') as Txn['txnType'],
    txnSubType: of(fields, 'txnSubType'),
    bizType: of(fields, 'bizType'),
    accessType: of(fields, 'accessType'),
    channelType: of(fields, 'channelType'),
    termId: of(fields, 'termId'),
    amountMinor: amountOf(asked),
    backUrl: of(fields, 'backUrl'),
    frontUrl: of(fields, 'frontUrl'),
    reqReserved: of(fields, 'reqReserved'),
    expiresAt: expiresAt.toISOString(),
  }
}

/** 01/06: the merchant has scanned the payer's code, which is used up by that. */
function scan(asked: Asked, faults: readonly Fault[]): Answer {
  const { house, fields, id } = asked
  const draft = draftOf(asked, PASSWORD_LIFE_MS)
  if (of(fields, 'termId') === '') refuse('13', 'termId')
  const taken = house.mint.take(of(fields, 'qrNo'))
  if (taken.kind !== 'taken') refuse(taken.kind === 'expired' ? '73' : '61', 'qrNo')
  if (hasFault(faults, 'code_expired')) refuse('73', 'qrNo')
  const { noPasswordMinor } = house.payers.get(taken.holder)!
  const wait = waitFor(faults, draft.amountMinor > noPasswordMinor)
  const fate = hasFault(faults, 'not_enough') ? '64' : null
  const txn = accept(house, id, { ...draft, payer: taken.holder, wait, fate })
  return accepted(asked, txn)
}

// The charge's own "accepted" is the first time that the payer is paying; the queries have the rest.
function waitFor(faults: readonly Fault[], needsPassword: boolean): Wait {
  const times = faultValue(faults, 'confirm', 2) ?? 0
  if (times > 0) return { queries: times - 1 }
  return needsPassword ? 'password' : 'work'
}

/** 01/07: a QR code for the payer to scan. */
function showQr(asked: Asked): Answer {
  const { house, fields, id } = asked
  const link = `${QR_LINK}${randomBytes(12).toString('hex')}`
  accept(house, id, { ...draftOf(asked, QR_LIFE_MS), link, wait: 'payer' })
  return answer(house, fields, '00', { qrCode: link })
}

/** 01/01 with a token: the payer's card is on file with the merchant. */
function payByToken(asked: Asked, faults: readonly Fault[]): Answer {
  const { house, merchant, fields, id } = asked
  if (of(fields, 'bizType') !== '000902') refuse('32')
  const draft = draftOf(asked, PASSWORD_LIFE_MS)
  const { token = '', trId = '' } = readNested(of(fields, 'tokenPayData')) ?? {}
  const known = house.tokens.get(token)
  const isGood = known?.isLive && known.merId === merchant.merId && known.trId === trId
  if (!isGood) refuse('39', 'tokenPayData')
  const wait = waitFor(faults, false)
  const fate = hasFault(faults, 'not_enough') ? '64' : null
  return accepted(asked, accept(house, id, { ...draft, payer: known.payer, wait, fate }))
}

/** 74/01: the merchant gives a token back. Done at once; nobody is told. */
function forgetToken(asked: Asked): Answer {
  const { house, merchant, fields } = asked
  if (of(fields, 'bizType') !== '000902') refuse('32')
  checkOrder(asked)
  const { token = '', trId = '' } = readNested(of(fields, 'tokenPayData')) ?? {}
  const known = house.tokens.get(token)
  const isGood = known?.isLive && known.merId === merchant.merId && known.trId === trId
  if (!isGood) refuse('39', 'tokenPayData')
  house.tokens.put(token, { ...known, isLive: false })
  return answer(house, fields, '00')
}

/** 31/00: undoes a purchase of the same clearing day, the whole of it. */
function voidPurchase(asked: Asked, faults: readonly Fault[]): Answer {
  const { house, id } = asked
  const draft = draftOf(asked, PASSWORD_LIFE_MS)
  const orig = purchaseOf(asked)
  if (mustCallAgain(house, orig, faults)) return answer(house, asked.fields, '04')
  if (orig.state !== 'succeeded' || orig.isVoided || orig.refundedMinor > 0n) refuse('35')
  if (orig.amountMinor !== draft.amountMinor) refuse('36', 'txnAmt')
  if (orig.clearedOn !== clearingDay(house.clock.now())) refuse('39')
  keep(house, { ...orig, isVoided: true, refundedMinor: orig.amountMinor })
  return accepted(asked, accept(house, id, { ...draft, origQueryId: orig.queryId }))
}

/** 04/00: gives money back, in parts if need be. What is asked for is reserved at once. */
function refund(asked: Asked): Answer {
  const { house, id } = asked
  const draft = draftOf(asked, PASSWORD_LIFE_MS)
  const orig = purchaseOf(asked)
  if (orig.state !== 'succeeded' || orig.isVoided) refuse('35')
  const refundedMinor = orig.refundedMinor + draft.amountMinor
  if (refundedMinor > orig.amountMinor) refuse('36', 'txnAmt')
  keep(house, { ...orig, refundedMinor })
  return accepted(asked, accept(house, id, { ...draft, origQueryId: orig.queryId }))
}

/**
 * 99: the purchase whose result the merchant does not know is to be as if it had never been; it is
 * named by its own order number and time. Only on its clearing day.
 *
 * What real UnionPay answers for a purchase that it does not know is not verified
 * (reference/protocols.md §11.5): here 34, and the purchase may still come.
 */
function reversePurchase(asked: Asked, faults: readonly Fault[]): Answer {
  const { house, fields } = asked
  checkOrder(asked)
  const orig = purchaseOf(asked, house.txns.get(asked.id) ?? null)
  if (mustCallAgain(house, orig, faults)) return answer(house, fields, '04')
  const day = clearingDay(new Date(orig.acceptedAt))
  if (day !== clearingDay(house.clock.now())) refuse('39')
  if (orig.isVoided || orig.refundedMinor > 0n) refuse('35')
  if (orig.state === 'accepted' || orig.state === 'succeeded') {
    reverse(house, house.txns.get(orig.id)!)
    const lateMs = faultValue(faults, 'late_success', 5_000)
    if (lateMs !== undefined) house.clock.after(lateMs, () => chargeLate(house, orig.id))
  }
  return answer(house, fields, '00', { queryId: orig.queryId })
}

function mustCallAgain(house: House, orig: Txn, faults: readonly Fault[]): boolean {
  const left = orig.recallsLeft ?? faultValue(faults, 'recall', 2) ?? 0
  if (left === 0) return false
  keep(house, { ...orig, recallsLeft: left - 1 })
  return true
}

/** The merchant's purchase that a message names by origQryId, or by origOrderId and origTxnTime. */
function purchaseOf(asked: Asked, byOwnNumber: Txn | null = null): Txn {
  const { house, merchant, fields } = asked
  const origOrderId = of(fields, 'origOrderId')
  const id =
    house.queryIds.get(of(fields, 'origQryId')) ??
    txnId(merchant.merId, origOrderId, of(fields, 'origTxnTime'))
  const found = house.txns.get(id) ?? byOwnNumber ?? undefined
  const isOwn = found?.merId === merchant.merId && found.txnType === '01'
  return isOwn ? found : refuse(of(fields, 'txnType') === '99' ? '34' : '35')
}

const accepted = (asked: Asked, { queryId }: Txn): Answer =>
  answer(asked.house, asked.fields, '00', { queryId })
