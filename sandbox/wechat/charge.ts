import type { Fault } from '../counterpart/faults.ts'
import { faultValue, hasFault } from '../counterpart/faults.ts'
import type { House, Order } from './house.ts'
import { keepOrder, keyOf, payerOf } from './house.ts'
import type { OrderRequest } from './order.ts'
import { newOrder } from './order.ts'
import { balanceOf, endOrder, settleOrder } from './pay.ts'
import { refuse } from './refusals.ts'

// 18 digits that begin with 10 to 15. Source: reference/protocols.md §1.1.
const paymentCode = /^1[0-5]\d{16}$/

export type ChargeRequest = OrderRequest & { authCode: string }

/**
 * Charges the payer whose code was scanned (付款码支付). Answers the order as it stands after it:
 * SUCCESS, or USERPAYING when the payer must give the password first.
 *
 * @throws Refusal for everything else. A code is used up by its first charge, even a failed one.
 */
export function charge(house: House, request: ChargeRequest, faults: readonly Fault[]): Order {
  const key = keyOf(request.mchid, request.outTradeNo)
  if (house.tombstones.get(key)) refuse('ORDERREVERSED')
  const known = house.orders.get(key)
  if (known) return sameCharge(known, request)

  const payerName = takeCode(house, request.authCode, faults)
  const order: Order = {
    ...newOrder(house, request, 'MICROPAY'),
    payer: payerName,
    authCode: request.authCode,
  }
  if (hasFault(faults, 'not_enough') || balanceOf(house, payerName) < order.totalMinor) {
    endOrder(house, order, { state: 'PAYERROR', stateText: '支付失败，余额不足' })
    return refuse('NOTENOUGH')
  }
  const confirmAnswers = faultValue(faults, 'confirm', 3)
  const isFree = order.totalMinor <= (payerOf(house, payerName)?.freeUpToMinor ?? 0n)
  if (confirmAnswers === undefined && isFree) return settleOrder(house, order, payerName)
  return askPayer(house, order, confirmAnswers)
}

// The charge's own answer is the first of those that were asked for.
function askPayer(house: House, order: Order, confirmAnswers: number | undefined): Order {
  const waiting = keepOrder(house, {
    ...order,
    state: 'USERPAYING',
    stateText: '需要用户输入支付密码',
    confirmAnswersLeft: confirmAnswers === undefined ? undefined : confirmAnswers - 1,
  })
  giveUpLater(house, waiting, house.passwordLifeMs)
  return waiting
}

/** Revokes a charge whose payer does not answer in time. Source: reference/protocols.md §2.4. */
export function giveUpLater(house: House, order: Order, waitMs: number): void {
  const key = keyOf(order.mchid, order.outTradeNo)
  house.clock.after(waitMs, () => {
    const now = house.orders.get(key)
    if (now?.state !== 'USERPAYING') return
    endOrder(house, now, { state: 'REVOKED', stateText: '用户支付超时，订单已撤销' })
  })
}

function takeCode(house: House, code: string, faults: readonly Fault[]): string {
  if (!paymentCode.test(code)) refuse('AUTH_CODE_INVALID')
  const taken = house.codes.take(code)
  switch (taken.kind) {
    case 'taken':
      return hasFault(faults, 'code_expired') ? refuse('AUTHCODEEXPIRE') : taken.holder
    case 'expired':
      return refuse('AUTHCODEEXPIRE')
    case 'used':
      return refuse('AUTH_CODE_ERROR')
    case 'unknown':
      return refuse('AUTH_CODE_INVALID')
  }
}

// A number is used once. The same request again is told how its order stands; it never pays twice.
function sameCharge(known: Order, request: ChargeRequest): Order {
  const isSame = known.authCode === request.authCode && known.totalMinor === request.totalMinor
  if (!isSame) refuse('OUT_TRADE_NO_USED')
  switch (known.state) {
    case 'SUCCESS':
    case 'REFUND':
      return refuse('ORDERPAID')
    case 'REVOKED':
      return refuse('ORDERREVERSED')
    case 'CLOSED':
      return refuse('ORDERCLOSED')
    case 'PAYERROR':
      return refuse('TRADE_ERROR', known.stateText)
    case 'ACCEPT':
    case 'PAY_FAIL':
      return refuse('OUT_TRADE_NO_USED')
    case 'USERPAYING':
    case 'NOTPAY':
      return known
  }
}
