import type { Movement } from '../counterpart/books.ts'
import type { ClearingLine } from './clearing.ts'
import { clearingLines } from './clearing.ts'
import type { House, Token, Txn } from './house.ts'
import { FEES, owed } from './house.ts'
import { originalOf } from './txn.ts'

export type Totals = {
  orders: number
  /** Purchases that were paid and not reversed, those refunded since among them. */
  paid: number
  paidMinor: bigint
  reversed: number
  /** Refunds and voids that are done. */
  refunds: number
  refundedMinor: bigint
  feesMinor: bigint
}

/** Everything that a file or an audit could ask. */
export type OwnBooks = {
  totals: Totals
  balances: Record<string, bigint>
  txns: Txn[]
  /** Of cards on file; those that were given back too. */
  tokens: Token[]
  movements: Movement[]
  clearingLines: ClearingLine[]
  /** What does not add up; empty when the books are right. */
  wrong: string[]
}

/** The counterpart's books as they stand, and whether they add up. */
export function ownBooks(house: House): OwnBooks {
  const lines = clearingLines(house)
  return {
    totals: totalsOf(house.txns.all(), lines),
    balances: house.books.balances(),
    txns: house.txns.all(),
    tokens: house.tokens.all(),
    movements: house.books.movements(),
    clearingLines: lines,
    wrong: wrongIn(house, lines),
  }
}

const sum = (amountsMinor: bigint[]): bigint =>
  amountsMinor.reduce((totalMinor, amountMinor) => totalMinor + amountMinor, 0n)

const minorOf = ({ amountMinor }: { amountMinor: bigint }): bigint => amountMinor

function totalsOf(txns: Txn[], lines: ClearingLine[]): Totals {
  const purchases = txns.filter(({ txnType }) => txnType === '01')
  const paid = lines.filter(({ kind }) => kind === 'purchase')
  const returned = lines.filter(({ kind }) => kind !== 'purchase')
  return {
    orders: purchases.length,
    paid: paid.length,
    paidMinor: sum(paid.map(minorOf)),
    reversed: purchases.filter(({ state }) => state === 'reversed').length,
    refunds: returned.length,
    refundedMinor: sum(returned.map(minorOf)),
    feesMinor: sum(lines.map(({ feeMinor }) => feeMinor)),
  }
}

/** Holds the movements against the transactions: each knows the sums its own way. */
function wrongIn(house: House, lines: ClearingLine[]): string[] {
  const { books } = house
  const wrong: string[] = []
  const expect = (what: string, foundMinor: bigint, toldMinor: bigint) => {
    if (foundMinor !== toldMinor) {
      wrong.push(`${what}: ${foundMinor} in the books, ${toldMinor} told`)
    }
  }
  expect('all accounts', sum(Object.values(books.balances())), 0n)
  expect(FEES, books.balanceMinor(FEES), sum(lines.map(({ feeMinor }) => feeMinor)))
  for (const { merId } of house.merchants.all()) {
    const own = lines.filter((line) => line.merId === merId)
    expect(merId, books.balanceMinor(owed(merId)), sum(own.map(({ netMinor }) => netMinor)))
  }
  const returned = new Map<string, bigint>()
  for (const txn of house.txns.all()) {
    const orig = txn.state === 'failed' ? undefined : originalOf(house, txn)
    if (orig) returned.set(orig.id, (returned.get(orig.id) ?? 0n) + txn.amountMinor)
  }
  for (const txn of house.txns.all()) {
    expect(txn.id, returned.get(txn.id) ?? 0n, txn.refundedMinor)
    if (txn.refundedMinor > txn.amountMinor) wrong.push(`${txn.id}: refunds exceed it`)
  }
  return wrong
}
