import type { Step } from '../database/database.ts'
import type { ErrorCode } from '../errors/errors.ts'
import { assert } from '../lib/assert.ts'
import type { TrailEntry } from '../trail/trail.ts'
import { begin } from './begin.ts'
import { bookedOf, lockGround, type Ground } from './ground.ts'
import type { Refund } from './state.ts'
import { writeDecided, type Decided } from './write.ts'

/** What a second person says about a refund that waits for one. */
export type Verdict = {
  refundId: string
  paymentId: string
  says: 'approve' | 'reject'
  /** `person:per_…` */
  actor: string
  /** Null: of any merchant. */
  merchantId: string | null
  trail: TrailEntry
  now: Date
}

export type Judged = { refund: Refund } | { refused: ErrorCode }

/**
 * The batch of second persons. The refund begins here and not before: what the merchant has and what
 * is left of each share is decided now. Whoever asked may take it back, and may not approve it.
 *
 * Source: reliability.md §8.2 (2.3.5: multi-user approval above a threshold).
 */
export const judge: Step<Verdict, Judged> = {
  name: 'refund.judge',
  mode: 'write',
  async run(tx, institutionId, verdicts) {
    const paymentIds = verdicts.map(({ paymentId }) => paymentId)
    const ground = await lockGround(tx, institutionId, { paymentIds })
    const decided: Decided[] = []
    const answers = verdicts.map((verdict): Judged => {
      const refund = ground.refunds.get(verdict.refundId)
      const { merchantId } = verdict
      if (!refund || (merchantId !== null && refund.merchantId !== merchantId))
        return { refused: 'NOT_FOUND' }
      if (refund.nextAction !== 'second_approval') return afterwards(verdict, refund)
      if (verdict.says === 'approve' && refund.requestedBy === verdict.actor)
        return { refused: 'SECOND_PERSON_NEEDED' }
      const next = decide(verdict, refund, ground)
      decided.push(next)
      ground.refunds.set(refund.id, next.refund)
      return { refund: next.refund }
    })
    await writeDecided(tx, institutionId, decided, ground)
    return answers
  },
}

/** To say again what one said is no mistake; to say something else of what has gone on is. */
function afterwards({ says, actor }: Verdict, refund: Refund): Judged {
  const isSaid =
    refund.approvedBy === actor && (says === 'reject') === (refund.declineReason === 'rejected')
  return isSaid ? { refund } : { refused: 'REFUND_FINAL' }
}

function decide({ says, actor, trail, now }: Verdict, refund: Refund, ground: Ground): Decided {
  const common = { opened: null, isTold: true, resolves: [], exception: null, trail, now }
  const judged = { ...refund, approvedBy: actor, nextAction: null }
  if (says === 'reject') {
    const failed = {
      ...judged,
      state: 'failed',
      declineReason: 'rejected',
      completedAt: now,
    } as const
    return { ...common, refund: failed, begins: [], isSent: false }
  }
  const payment = ground.payments.get(refund.paymentId)
  const booked = payment ? bookedOf(payment, ground, refund) : null
  assert(booked, 'what could be refunded still can')
  const begun = begin(judged, booked, ground, now)
  return { ...common, refund: begun.refund, begins: begun.transfers, isSent: true }
}
