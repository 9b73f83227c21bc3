import type { Fault } from '../counterpart/faults.ts'
import { faultValue, hasFault } from '../counterpart/faults.ts'
import type { Content, SubCode } from './codes.ts'
import { granted, refuse } from './codes.ts'
import type { Agreement, House, Purchase, Trade, Wait } from './house.ts'
import type { Asked } from './request.ts'
import { purchaseOf, textOf } from './request.ts'
import { paidContent, payerContent } from './show.ts'
import { closeWhenDue, createTrade, keep, payTrade, tradeId, tradeOf } from './trade.ts'

const codePattern = /^(25|26|27|28|29|30)\d{14,22}$/

/** `alipay.trade.pay`: by the payer's code, or by an agreement that the payer has signed. */
export function pay(asked: Asked, faults: readonly Fault[]): Content {
  return 'agreement_params' in asked.biz ? payByAgreement(asked, faults) : payByCode(asked, faults)
}

/**
 * A code is used up by the first call that names it, even when the payment then fails; the trade of
 * a failed payment stays open, and may be paid with another code of the same payer.
 *
 * Source: reference/protocols.md §1.1, §3.2.
 */
function payByCode(asked: Asked, faults: readonly Fault[]): Content {
  const { house, biz } = asked
  if (textOf(biz, 'scene') !== 'bar_code') refuse('ACQ.INVALID_PARAMETER', 'scene')
  const purchase = purchaseOf(asked, 'code', 'FACE_TO_FACE_PAYMENT')
  const authCode = textOf(biz, 'auth_code')
  const earlier = openTradeOf(house, purchase)
  if (earlier?.authCode === authCode) return againContent(house, earlier)

  const taken = codePattern.test(authCode) ? house.mint.take(authCode) : undefined
  if (taken?.kind !== 'taken') refuse('ACQ.PAYMENT_AUTH_CODE_INVALID')
  if (hasFault(faults, 'code_expired')) refuse('ACQ.PAYMENT_AUTH_CODE_INVALID')
  if (earlier && earlier.payer !== taken.holder) refuse('ACQ.TRADE_BUYER_NOT_MATCH')

  const { noPasswordMinor } = house.payers.get(taken.holder)!
  const wait = waitFor(faults, purchase.totalMinor > noPasswordMinor)
  const trade = earlier
    ? keep(house, { ...earlier, authCode, wait })
    : createTrade(house, purchase, { payer: taken.holder, authCode, wait })
  return charge(house, trade, faults)
}

function payByAgreement(asked: Asked, faults: readonly Fault[]): Content {
  const { house } = asked
  const purchase = purchaseOf(asked, 'agreement', 'GENERAL_WITHHOLDING')
  const { agreementNo, payer } = agreementOf(asked)
  const earlier = openTradeOf(house, purchase)
  if (earlier && earlier.payer !== payer) refuse('ACQ.TRADE_BUYER_NOT_MATCH')
  const wait = waitFor(faults, false)
  const trade = earlier ?? createTrade(house, purchase, { payer, authCode: agreementNo, wait })
  return charge(house, trade, faults)
}

function agreementOf({ house, app, biz }: Asked): Agreement {
  const params = biz['agreement_params']
  const agreementNo =
    typeof params === 'object' && params !== null
      ? textOf(params as Record<string, unknown>, 'agreement_no')
      : ''
  const agreement = house.agreements.get(agreementNo)
  if (agreement?.appId !== app.appId) refuse('ACQ.AGREEMENT_NOT_EXIST')
  if (agreement.status !== 'NORMAL') refuse('ACQ.AGREEMENT_STATUS_NOT_NORMAL')
  return agreement
}

/** The open trade that this purchase repeats; refuses what cannot be paid any more. */
function openTradeOf(house: House, purchase: Purchase): Trade | undefined {
  const trade = tradeOf(house, tradeId(purchase.appId, purchase.outTradeNo))
  if (trade === undefined) return undefined
  if (trade.status === 'TRADE_CLOSED') refuse('ACQ.TRADE_HAS_CLOSE')
  if (trade.status !== 'WAIT_BUYER_PAY') refuse('ACQ.TRADE_HAS_SUCCESS')
  const isSame =
    trade.totalMinor === purchase.totalMinor &&
    trade.subject === purchase.subject &&
    trade.road === purchase.road
  return isSame ? trade : refuse('ACQ.CONTEXT_INCONSISTENT')
}

// The charge's own answer is the first "the payer is paying"; the queries have the others.
function waitFor(faults: readonly Fault[], needsPassword: boolean): Wait {
  const times = faultValue(faults, 'confirm', 2) ?? 0
  if (times > 0) return { kind: 'queries', left: times - 1 }
  return needsPassword ? { kind: 'password' } : { kind: 'nothing' }
}

function charge(house: House, trade: Trade, faults: readonly Fault[]): Content {
  const outcome = hasFault(faults, 'not_enough')
    ? unpaid(house, trade)
    : trade.wait.kind === 'nothing'
      ? payTrade(house, trade)
      : trade
  if (typeof outcome !== 'string' && outcome.status === 'TRADE_SUCCESS') {
    return granted(paidContent(house, outcome))
  }
  closeWhenDue(house, trade)
  return typeof outcome === 'string'
    ? refuse(outcome)
    : granted(payerContent(house, outcome), '10003')
}

function unpaid(house: House, trade: Trade): SubCode {
  keep(house, { ...trade, wait: { kind: 'nothing' } })
  return 'ACQ.BUYER_BALANCE_NOT_ENOUGH'
}

// The same call again, because its answer was lost: nothing happens anew.
function againContent(house: House, trade: Trade): Content {
  if (trade.wait.kind === 'nothing') refuse('ACQ.PAYMENT_AUTH_CODE_INVALID')
  return granted(payerContent(house, trade), '10003')
}
