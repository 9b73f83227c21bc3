import type { Spending } from './spending.ts'

/** What the payer is asked and told: what waits for the PIN, and what has just ended. */
export type Board = {
  waiting: Spending[]
  result: Spending | null
  ended: ReadonlySet<string>
}

export const emptyBoard: Board = { waiting: [], result: null, ended: new Set() }

/** The board after a spending was heard of. What ended stays ended, whatever comes late. */
export function takeIn(board: Board, spending: Spending): Board {
  const { id, kind, state } = spending
  if (kind !== 'purchase' || board.ended.has(id)) return board
  const others = board.waiting.filter((each) => each.id !== id)
  if (state !== 'processing') {
    return { waiting: others, result: spending, ended: new Set(board.ended).add(id) }
  }
  if (spending.asksMe) return { ...board, waiting: [...others, spending].sort(byTime) }
  // The PIN was given, and now the scheme is asked: the payer watches how it ends.
  const isWatched = others.length < board.waiting.length || board.result?.id === id
  return isWatched ? { ...board, waiting: others, result: spending } : board
}

function byTime(a: Spending, b: Spending): number {
  return keyOf(a) < keyOf(b) ? -1 : 1
}

const keyOf = ({ createdAt, id }: Spending): string => `${createdAt} ${id}`
