import type { Movement } from '../counterpart/books.ts'
import type { AccountLine, TradeLine } from './bill.ts'
import { accountLines, tradeLines } from './bill.ts'
import type { Agreement, House, Refund, Trade } from './house.ts'
import { FEES, till } from './house.ts'

export type Totals = {
  orders: number
  /** Trades that were paid, those refunded since among them. */
  paid: number
  paidMinor: bigint
  /** Trades that trade.cancel has closed or refunded. */
  reversed: number
  refunds: number
  refundedMinor: bigint
  feesMinor: bigint
}

/** Everything that a bill or an audit could ask. */
export type OwnBooks = {
  totals: Totals
  balances: Record<string, bigint>
  trades: Trade[]
  refunds: Refund[]
  /** Ended ones too. */
  agreements: Agreement[]
  movements: Movement[]
  tradeLines: TradeLine[]
  accountLines: AccountLine[]
  /** What does not add up; empty when the books are right. */
  wrong: string[]
}

/** The counterpart's books as they stand, and whether they add up. */
export function ownBooks(house: House): OwnBooks {
  return {
    totals: totalsOf(house.trades.all()),
    balances: house.books.balances(),
    trades: house.trades.all(),
    refunds: house.refunds.all(),
    agreements: house.agreements.all(),
    movements: house.books.movements(),
    tradeLines: tradeLines(house),
    accountLines: house.apps.all().flatMap(({ appId }) => accountLines(house, appId)),
    wrong: wrongIn(house),
  }
}

const sum = (amountsMinor: bigint[]): bigint =>
  amountsMinor.reduce((totalMinor, amountMinor) => totalMinor + amountMinor, 0n)

function totalsOf(trades: Trade[]): Totals {
  const paid = trades.filter(({ paidAt }) => paidAt !== null)
  return {
    orders: trades.length,
    paid: paid.length,
    paidMinor: sum(paid.map(({ totalMinor }) => totalMinor)),
    reversed: trades.filter(({ cancelled }) => cancelled !== null).length,
    refunds: paid.filter(({ refundedMinor }) => refundedMinor > 0n).length,
    refundedMinor: sum(paid.map(({ refundedMinor }) => refundedMinor)),
    feesMinor: sum(paid.map(({ feeMinor, feeReturnedMinor }) => feeMinor - feeReturnedMinor)),
  }
}

/** Holds the movements against the trades and refunds: each knows the sums its own way. */
function wrongIn(house: House): string[] {
  const { books } = house
  const trades = house.trades.all()
  const wrong: string[] = []
  const expect = (what: string, foundMinor: bigint, toldMinor: bigint) => {
    if (foundMinor !== toldMinor) {
      wrong.push(`${what}: ${foundMinor} in the books, ${toldMinor} told`)
    }
  }
  expect('all accounts', sum(Object.values(books.balances())), 0n)
  expect(FEES, books.balanceMinor(FEES), totalsOf(trades).feesMinor)
  const withdrawn = books.movements().filter(({ kind }) => kind === 'withdrawal')
  for (const { appId } of house.apps.all()) {
    const totals = totalsOf(trades.filter((trade) => trade.appId === appId))
    const away = sum(withdrawn.filter(({ from }) => from === till(appId)).map(minorOf))
    const toldMinor = totals.paidMinor - totals.refundedMinor - totals.feesMinor - away
    expect(appId, books.balanceMinor(till(appId)), toldMinor)
  }
  const refundedMinor = sum(house.refunds.all().map(minorOf))
  expect('refunds', refundedMinor, totalsOf(trades).refundedMinor)
  for (const trade of trades) {
    if (trade.refundedMinor > trade.totalMinor) wrong.push(`${trade.id}: refunds exceed it`)
  }
  return wrong
}

const minorOf = ({ amountMinor }: { amountMinor: bigint }): bigint => amountMinor
