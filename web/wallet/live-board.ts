import type { PaymentView } from '../ui/types.ts'

/** What the payer is asked and told: what waits for the PIN, and what has just ended. */
export type Board = {
  waiting: PaymentView[]
  result: PaymentView | null
  ended: ReadonlySet<string>
}

export const emptyBoard: Board = { waiting: [], result: null, ended: new Set() }

/** The board after a payment was heard of. A payment that ended stays ended, whatever comes late. */
export function takeIn(board: Board, payment: PaymentView): Board {
  if (payment.kind !== 'purchase' || board.ended.has(payment.id)) return board
  const others = board.waiting.filter((each) => each.id !== payment.id)
  if (payment.state === 'processing') {
    if (payment.next_action !== 'payer_confirms') return board
    return { ...board, waiting: [...others, payment].sort(byId) }
  }
  return { waiting: others, result: payment, ended: new Set(board.ended).add(payment.id) }
}

function byId(a: PaymentView, b: PaymentView): number {
  return a.id < b.id ? -1 : 1
}
