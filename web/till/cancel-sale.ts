import { paidSale } from './conclude.ts'
import { refundTenders } from './refund-desk.ts'
import type { RefundTry } from './refund-try.ts'
import { hush, say, till } from './till.ts'

/** Asks what shall become of a sale that is half paid; one that is not is simply left. */
export function askCancelSale(): void {
  till.set({ screen: 'cancel', confirming: null })
  hush()
}

/** Not cancelled: the rest is collected. Once money has begun to go back there is no way back. */
export function keepCollecting(): void {
  if (till.get().tenders.some(({ refund }) => refund !== null)) return
  till.set({ screen: 'collect', note: null })
}

/** Whether the tender's refund has been answered, so that the cashier need not wait for it here. */
export function isAnswered(refund: RefundTry | null): boolean {
  return refund !== null && (refund.phase === 'made' || refund.phase === 'refused')
}

/** The first press gives every tender back, the second one ends the sale when all are answered. */
export function cancelSale(reason: string): void {
  const { tenders } = till.get()
  if (tenders.some(({ refund }) => refund === null)) return refundTenders(reason)
  if (!tenders.every(({ refund }) => isAnswered(refund))) return
  till.set({ ...paidSale, screen: 'sell' })
  say({ tone: 'info', key: 'cancel.done' })
}
