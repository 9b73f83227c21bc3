import { assert } from '../../modules/lib/assert.ts'
import type { Table } from './store.ts'

/** Money that went from one account of the counterpart's books to another. */
export type Movement = {
  number: number
  /** RFC 3339, UTC. */
  at: string
  kind: string
  /** The counterpart's own number of the order or refund that it belongs to. */
  subject: string
  from: string
  to: string
  amountMinor: bigint
}

export type Books = {
  move(movement: Omit<Movement, 'number' | 'at'> & { at: Date }): Movement
  /** What came in less what went out. Whether it may sink below zero is the caller's to say. */
  balanceMinor(account: string): bigint
  movements(): Movement[]
  balances(): Record<string, bigint>
}

/** Opens the books over a table of movements; balances are told from the movements alone. */
export function openBooks(table: Table<Movement>): Books {
  const balances = new Map<string, bigint>()
  const add = (account: string, amountMinor: bigint) =>
    balances.set(account, (balances.get(account) ?? 0n) + amountMinor)
  const post = ({ from, to, amountMinor }: Movement) => {
    add(from, -amountMinor)
    add(to, amountMinor)
  }
  table.all().forEach(post)

  return {
    move: ({ at, ...rest }) => {
      assert(rest.amountMinor > 0n, 'a movement has an amount')
      assert(rest.from !== rest.to, 'money moves between two accounts')
      const movement = { number: table.size + 1, at: at.toISOString(), ...rest }
      table.put(String(movement.number), movement)
      post(movement)
      return movement
    },
    balanceMinor: (account) => balances.get(account) ?? 0n,
    movements: () => table.all(),
    balances: () => Object.fromEntries([...balances].toSorted()),
  }
}
