import {
  applyPending,
  applyTransfers,
  firstBelowFloor,
  type PostedTransfer,
  type Transfer,
} from '../ledger/ledger.ts'
import { sharesOf, type Booked, type Ground } from './ground.ts'
import { payerPartMinor, shareRefund } from './share.ts'
import type { Refund } from './state.ts'

/** A refund as it begins, and the transfers that book it or reserve for it. */
export type Begun = { refund: Refund; transfers: Transfer[] }

/**
 * Begins a refund on locked ground: what goes back by our books is booked at once; what goes by a
 * channel is reserved until the channel has said how it went. It fails when the merchant or a sharer
 * would sink below the floor, which a refund may use.
 *
 * Source: P29; DESIGN §5 (pending transfers, floors).
 */
export function begin(refund: Refund, booked: Booked, ground: Ground, now: Date): Begun {
  const place = { subjectId: refund.id, eventAt: now }
  const transfers = shareRefund(refund.amountMinor, sharesOf(refund, booked, ground), place)
  const payerMinor = payerPartMinor(transfers)
  if (firstBelowFloor(ground.accounts, transfers) !== null) {
    const failed = { state: 'failed', nextAction: null, completedAt: now } as const
    const declineReason = 'insufficient_funds'
    return { refund: { ...refund, ...failed, payerMinor, declineReason }, transfers: [] }
  }

  // After this point the refund stands.
  const begun = { ...refund, payerMinor, begunAt: now }
  // Of a very small part all may be the promotion's: then a channel has nothing to give back.
  const isBooked = refund.channelAccountId === null || payerMinor === 0n
  if (isBooked) applyTransfers(ground.accounts, transfers)
  else applyPending(ground.accounts, transfers)
  const state = isBooked ? 'posted' : 'pending'
  const written = transfers.map((one): PostedTransfer => ({ ...one, state }))
  ground.transfers.set(refund.id, written)
  return isBooked
    ? { refund: { ...begun, state: 'succeeded', nextAction: null, completedAt: now }, transfers }
    : { refund: { ...begun, nextAction: 'query' }, transfers }
}
