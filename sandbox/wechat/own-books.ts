import type { Movement } from '../counterpart/books.ts'
import type { Contract } from './contract.ts'
import type { House, Order, Refund } from './house.ts'
import { accountOfMerchant, feeAccount, refundsUnderWay } from './house.ts'

export type Totals = {
  orders: number
  /** Orders that are paid now, refunded ones among them. */
  paid: number
  paidMinor: bigint
  reversed: number
  /** Refunds that were accepted. */
  refunds: number
  refundedMinor: bigint
  feesMinor: bigint
}

/** Everything that a bill or an audit could ask. */
export type OwnBooks = {
  totals: Totals
  balances: Record<string, bigint>
  orders: Order[]
  refunds: Refund[]
  /** Ended ones too. */
  contracts: Contract[]
  movements: Movement[]
  /** What does not add up; empty when the books are right. */
  wrong: string[]
}

/** The counterpart's books as they stand, and whether they add up. */
export function ownBooks(house: House): OwnBooks {
  const orders = house.orders.all()
  const refunds = house.refunds.all()
  return {
    totals: totalsOf(orders, refunds),
    balances: house.books.balances(),
    orders,
    refunds,
    contracts: house.contracts.all(),
    movements: house.books.movements(),
    wrong: wrongIn(house),
  }
}

const isPaid = ({ state }: Order): boolean => state === 'SUCCESS' || state === 'REFUND'

const sum = (amountsMinor: bigint[]): bigint =>
  amountsMinor.reduce((totalMinor, amountMinor) => totalMinor + amountMinor, 0n)

function totalsOf(orders: Order[], refunds: Refund[]): Totals {
  const paid = orders.filter(isPaid)
  const feesBack = sum(refunds.map(({ feeBackMinor }) => feeBackMinor))
  return {
    orders: orders.length,
    paid: paid.length,
    paidMinor: sum(paid.map(({ totalMinor }) => totalMinor)),
    reversed: orders.filter(({ state }) => state === 'REVOKED').length,
    refunds: refunds.length,
    refundedMinor: sum(refunds.map(({ refundMinor }) => refundMinor)),
    feesMinor: sum(paid.map(({ feeMinor }) => feeMinor)) - feesBack,
  }
}

/** Holds the movements against the orders and refunds: each knows the sums its own way. */
function wrongIn(house: House): string[] {
  const { books, accounts } = house
  const orders = house.orders.all()
  const refunds = house.refunds.all()
  const wrong: string[] = []
  const expect = (what: string, foundMinor: bigint, toldMinor: bigint) => {
    if (foundMinor !== toldMinor)
      wrong.push(`${what}: ${foundMinor} in the books, ${toldMinor} told`)
  }
  expect('all accounts', sum(Object.values(books.balances())), 0n)
  for (const { mchid } of accounts.merchants) {
    const totals = totalsOf(
      orders.filter((order) => order.mchid === mchid),
      refunds.filter((made) => made.mchid === mchid),
    )
    const told = totals.paidMinor - totals.refundedMinor - totals.feesMinor
    expect(mchid, books.balanceMinor(accountOfMerchant(mchid)), told)
  }
  expect(feeAccount, books.balanceMinor(feeAccount), totalsOf(orders, refunds).feesMinor)
  const underWay = refunds.filter(({ status }) => status === 'PROCESSING' || status === 'ABNORMAL')
  const underWayMinor = sum(underWay.map(({ refundMinor }) => refundMinor))
  expect(refundsUnderWay, books.balanceMinor(refundsUnderWay), underWayMinor)
  for (const order of orders) {
    if (order.refundedMinor > order.totalMinor) wrong.push(`${order.outTradeNo}: refunds exceed it`)
  }
  return wrong
}
