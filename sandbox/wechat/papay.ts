import type { Fault } from '../counterpart/faults.ts'
import { faultValue, hasFault } from '../counterpart/faults.ts'
import { findContract } from './contract.ts'
import type { House, Order } from './house.ts'
import { keepOrder, keyOf } from './house.ts'
import type { OrderRequest } from './order.ts'
import { newOrder } from './order.ts'
import { balanceOf, endOrder, settleOrder, tellPaid } from './pay.ts'
import type { RefusalCode } from './refusals.ts'
import { refusals, refuse } from './refusals.ts'

// The most that one charge under a contract may take.
const MOST_MINOR = 500_000n

export type ContractCharge = OrderRequest & { contractId: string; notifyUrl: string }

/**
 * Takes in a charge by contract (申请扣款). Taken in is not paid: that comes a moment later, and is told
 * by a notice and by queries (ACCEPT, then SUCCESS or PAY_FAIL). One that failed may be asked for again
 * under its number.
 *
 * @throws Refusal CONTRACT_NOT_EXIST, RULELIMIT, ORDERPAID, OUT_TRADE_NO_USED
 *
 * Source: WeChat Pay V2, 委托代扣, 申请扣款 and 查询订单.
 */
export function chargeByContract(
  house: House,
  request: ContractCharge,
  faults: readonly Fault[],
): Order {
  const { contractId, notifyUrl, ...asked } = request
  const contract = findContract(house, request.mchid, { contractId })
  const isGone = contract.endedAt !== undefined || hasFault(faults, 'code_expired')
  const known = house.orders.get(keyOf(request.mchid, request.outTradeNo))
  if (known && known.state !== 'PAY_FAIL') return sameCharge(known, request)
  if (isGone) refuse('CONTRACT_NOT_EXIST')
  if (request.totalMinor > MOST_MINOR) refuse('RULELIMIT')
  const confirmAnswers = faultValue(faults, 'confirm', 3)
  const order = keepOrder(house, {
    ...newOrder(house, asked, 'PAP'),
    state: 'ACCEPT',
    stateText: '已接收，等待扣款',
    payer: contract.payer,
    notifyUrl,
    contractId,
    ...(hasFault(faults, 'not_enough') && { failure: 'NOTENOUGH' }),
    // The charge's own answer is the first of those that were asked for.
    confirmAnswersLeft: confirmAnswers === undefined ? undefined : confirmAnswers - 1,
  })
  if (confirmAnswers === undefined) collectLater(house, order, house.papayMs)
  return order
}

function sameCharge(known: Order, { contractId, totalMinor }: ContractCharge): Order {
  const isSame = known.contractId === contractId && known.totalMinor === totalMinor
  if (!isSame) refuse('OUT_TRADE_NO_USED')
  return known.paidAt === undefined ? known : refuse('ORDERPAID')
}

/** Charges what was taken in, after a while. */
export function collectLater(house: House, order: Order, waitMs: number): void {
  const key = keyOf(order.mchid, order.outTradeNo)
  house.clock.after(waitMs, () => {
    const now = house.orders.get(key)
    if (now?.state === 'ACCEPT') collect(house, now)
  })
}

/** Charges what was taken in, now. The merchant is told either way. */
export function collect(house: House, order: Order): Order {
  const failure = failureOf(house, order)
  if (!failure) return settleOrder(house, order, order.payer ?? '')
  const failed = { ...order, failure }
  const stateText = `支付失败，${refusals[failure][0]}`
  const ended = endOrder(house, failed, { state: 'PAY_FAIL', stateText })
  tellPaid(house, ended)
  return ended
}

function failureOf(house: House, order: Order): RefusalCode | undefined {
  if (order.failure) return order.failure
  const contract = house.contracts.get(order.contractId ?? '')
  if (contract?.endedAt !== undefined) return 'CONTRACT_NOT_EXIST'
  return balanceOf(house, order.payer ?? '') < order.totalMinor ? 'NOTENOUGH' : undefined
}
