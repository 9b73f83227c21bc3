import { assert } from '../../modules/lib/assert.ts'
import { bpsOf } from '../../modules/money/money.ts'
import type { SubCode } from './codes.ts'
import type { House, Payer, Purchase, Refund, Trade, Wait } from './house.ts'
import { FEES, purse, till } from './house.ts'
import { notifyTrade } from './notify.ts'
import { beijingTime } from './wire.ts'

// What becomes of a trade, and the money that moves with it. Nothing here reads a request.

const REFUND_DAYS_MS = 365 * 86_400_000

/** The row's id: an order number is the merchant's own, so it counts within its app. */
export const tradeId = (appId: string, outTradeNo: string): string => `${appId}/${outTradeNo}`

/** A new trade that is to be paid by this payer. Whoever leaves it unpaid calls `closeWhenDue`. */
export function createTrade(
  house: House,
  purchase: Purchase,
  by: { payer: string; authCode: string; wait: Wait },
): Trade {
  const id = tradeId(purchase.appId, purchase.outTradeNo)
  const at = house.clock.now()
  const day = beijingTime(at).slice(0, 10).replaceAll('-', '')
  const trade: Trade = {
    ...purchase,
    id,
    tradeNo: `${day}22001${String(house.trades.size + 1).padStart(15, '0')}`,
    status: 'WAIT_BUYER_PAY',
    payer: by.payer,
    wait: by.wait,
    authCode: by.authCode,
    createdAt: at.toISOString(),
    paidAt: null,
    closedAt: null,
    feeMinor: 0n,
    refundedMinor: 0n,
    feeReturnedMinor: 0n,
    cancelled: null,
    recallsLeft: null,
  }
  house.tradeNos.put(trade.tradeNo, id)
  return keep(house, trade)
}

/** Writes a trade that has changed. */
export function keep(house: House, trade: Trade): Trade {
  house.trades.put(trade.id, trade)
  return trade
}

/**
 * The trade as it stands: one that can no longer be refunded is finished, whoever looks at it.
 * Refunds are possible for a year.
 */
export function tradeOf(house: House, id: string): Trade | undefined {
  const trade = house.trades.get(id)
  if (trade?.status !== 'TRADE_SUCCESS' || trade.paidAt === null) return trade
  const isOver = house.clock.nowMs() - Date.parse(trade.paidAt) >= REFUND_DAYS_MS
  return isOver ? keep(house, { ...trade, status: 'TRADE_FINISHED' }) : trade
}

/**
 * Closes the trade when its time is over and nobody has paid. Called for a trade that is left open,
 * and again for every open one when a counterpart starts over its journal.
 */
export function closeWhenDue(house: House, { id, expiresAt }: Trade): void {
  const waitMs = Math.max(Date.parse(expiresAt) - house.clock.nowMs(), 0)
  house.clock.after(waitMs, () => {
    const trade = house.trades.get(id)
    if (trade?.status === 'WAIT_BUYER_PAY') closeTrade(house, trade)
  })
}

/**
 * Takes the money: payer to merchant, and the fee from the merchant. Answers the paid trade, or why
 * the payer may not pay; nothing has moved then.
 */
export function payTrade(house: House, trade: Trade): Trade | SubCode {
  assert(trade.status === 'WAIT_BUYER_PAY', 'only an open trade is paid')
  const payer = house.payers.get(trade.payer)!
  const reason = whyNot(house, payer, trade.totalMinor)
  if (reason) {
    keep(house, { ...trade, wait: { kind: 'nothing' } })
    return reason
  }
  const at = house.clock.now()
  const { feeBps } = house.apps.get(trade.appId)!
  const feeMinor = bpsOf(trade.totalMinor, feeBps)
  const move = moving(house, at, trade.tradeNo)
  move('payment', purse(trade.payer), till(trade.appId), trade.totalMinor)
  move('service_fee', till(trade.appId), FEES, feeMinor)
  const today = spentKey(payer, at)
  house.spent.put(today, (house.spent.get(today) ?? 0n) + trade.totalMinor)
  const paid = keep(house, {
    ...trade,
    status: 'TRADE_SUCCESS',
    wait: { kind: 'nothing' },
    paidAt: at.toISOString(),
    closedAt: null,
    feeMinor,
  })
  notifyTrade(house, paid)
  return paid
}

function whyNot(house: House, payer: Payer, totalMinor: bigint): SubCode | undefined {
  if (payer.state === 'frozen') return 'ACQ.BUYER_ENABLE_STATUS_FORBID'
  const spentMinor = house.spent.get(spentKey(payer, house.clock.now())) ?? 0n
  if (spentMinor + totalMinor > payer.perDayMinor) return 'ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR'
  const isEnough = house.books.balanceMinor(purse(payer.login)) >= totalMinor
  return isEnough ? undefined : 'ACQ.BUYER_BALANCE_NOT_ENOUGH'
}

const spentKey = (payer: Payer, at: Date): string =>
  `${payer.login} ${beijingTime(at).slice(0, 10)}`

/** Closes a trade that was not paid. */
export function closeTrade(house: House, trade: Trade): Trade {
  assert(trade.status === 'WAIT_BUYER_PAY', 'only an unpaid trade is closed')
  const closed = keep(house, {
    ...trade,
    status: 'TRADE_CLOSED',
    wait: { kind: 'nothing' },
    closedAt: house.clock.now().toISOString(),
  })
  notifyTrade(house, closed)
  return closed
}

/**
 * Pays a trade that was closed before: what no scheme should do, and what a platform must survive.
 * Nothing happens when the payer cannot pay.
 */
export function payLate(house: House, id: string): void {
  const trade = house.trades.get(id)
  if (trade?.status !== 'TRADE_CLOSED' || trade.paidAt !== null) return
  const reopened = keep(house, { ...trade, status: 'WAIT_BUYER_PAY' })
  const outcome = payTrade(house, reopened)
  if (typeof outcome === 'string') keep(house, trade)
}

export type RefundOrder = {
  outRequestNo: string
  amountMinor: bigint
  reason: string
  operatorId: string
}

/** What the merchant must have, so that this much can be refunded, given the fee that comes back. */
export function isCovered(house: House, trade: Trade, amountMinor: bigint): boolean {
  const ownMinor = house.books.balanceMinor(till(trade.appId))
  return ownMinor + feeBack(house, trade, amountMinor) >= amountMinor
}

/** Gives money back, and of the fee what belongs to it; the last part closes the trade. */
export function refundTrade(
  house: House,
  trade: Trade,
  order: RefundOrder,
): { trade: Trade; refund: Refund } {
  const { outRequestNo, amountMinor, reason, operatorId } = order
  const refundedMinor = trade.refundedMinor + amountMinor
  assert(trade.status === 'TRADE_SUCCESS', 'only a paid trade is refunded')
  assert(amountMinor > 0n && refundedMinor <= trade.totalMinor, 'refunds never exceed the trade')
  const at = house.clock.now()
  const feeReturnedMinor = feeBack(house, trade, amountMinor)
  const move = moving(house, at, `${trade.tradeNo}/${outRequestNo}`)
  move('service_fee_return', FEES, till(trade.appId), feeReturnedMinor)
  move('refund', till(trade.appId), purse(trade.payer), amountMinor)
  const id = `${trade.id}/${outRequestNo}`
  const refund: Refund = {
    id,
    tradeId: trade.id,
    outRequestNo,
    amountMinor,
    feeReturnedMinor,
    reason,
    operatorId,
    at: at.toISOString(),
  }
  house.refunds.put(id, refund)
  const isAll = refundedMinor === trade.totalMinor
  const after = keep(house, {
    ...trade,
    refundedMinor,
    feeReturnedMinor: trade.feeReturnedMinor + feeReturnedMinor,
    ...(isAll && { status: 'TRADE_CLOSED' as const, closedAt: at.toISOString() }),
  })
  notifyTrade(house, after, refund)
  return { trade: after, refund }
}

// The fee that is left is that of the money that is left, so that many parts return what one would.
function feeBack(house: House, trade: Trade, amountMinor: bigint): bigint {
  const { feeBps } = house.apps.get(trade.appId)!
  const keptMinor = bpsOf(trade.totalMinor - trade.refundedMinor - amountMinor, feeBps)
  return trade.feeMinor - trade.feeReturnedMinor - keptMinor
}

// Nothing is moved when there is nothing to move: the fee of a cent.
function moving(house: House, at: Date, subject: string) {
  return (kind: string, from: string, to: string, amountMinor: bigint): void => {
    if (amountMinor > 0n) house.books.move({ at, kind, subject, from, to, amountMinor })
  }
}
