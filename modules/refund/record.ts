import type { RefundOutcome } from '../channel/channel.ts'
import type { Step } from '../database/database.ts'
import type { NewException } from '../exception/exception.ts'
import { newId } from '../lib/ids.ts'
import { lockGround, reservedBy, type Ground } from './ground.ts'
import type { Refund } from './state.ts'
import { writeDecided, type Decided } from './write.ts'

/** What became of a refund at its channel: an answer, a query or a notice says so. */
export type Word = {
  refundId: string
  paymentId: string
  outcome: RefundOutcome
  /** The channel has taken it in just now, so it is worth asking soon. */
  isSent: boolean
  now: Date
}

/**
 * The one door for every outcome of a refund: the answer, a query, a notice. What it had reserved is
 * posted or given free. What is final stays, so a word that comes twice has no second effect.
 *
 * Source: DESIGN §3 (one door for every channel outcome; unknown is the default).
 */
export const recordStep: Step<Word, Refund | null> = {
  name: 'refund.record',
  mode: 'write',
  async run(tx, institutionId, words) {
    const paymentIds = words.map(({ paymentId }) => paymentId)
    const ground = await lockGround(tx, institutionId, { paymentIds })
    const decided = new Map<string, Decided>()
    const answers = words.map((word): Refund | null => {
      const refund = ground.refunds.get(word.refundId)
      if (!refund) return null
      const next = decide(word, refund, ground)
      if (next === null) return refund
      // Of two words in one batch about one refund, what the first has done must not be lost.
      const before = decided.get(refund.id)
      decided.set(refund.id, before ? merge(before, next) : next)
      ground.refunds.set(refund.id, next.refund)
      return next.refund
    })
    await writeDecided(tx, institutionId, [...decided.values()], ground)
    return answers
  },
}

const merge = (before: Decided, after: Decided): Decided => ({
  ...after,
  isTold: before.isTold || after.isTold,
  isSent: before.isSent || after.isSent,
  resolves: [...before.resolves, ...after.resolves],
  exception: after.exception ?? before.exception,
})

function decide({ outcome, isSent, now }: Word, refund: Refund, ground: Ground): Decided | null {
  const told = { isTold: true, isSent: false, exception: null, trail: null }
  const common = { ...told, opened: null, begins: [], now }
  if (refund.state === 'failed' && outcome.kind === 'succeeded') {
    const exception = exceptionOf(refund, 'succeeded_after_failed', now)
    return { ...common, refund, isTold: false, resolves: [], exception }
  }
  if (refund.state !== 'processing' || refund.nextAction !== 'query') return null
  const ended = { ...refund, nextAction: null, completedAt: now }
  const resolves = reservedBy(refund, ground)
  switch (outcome.kind) {
    case 'succeeded': {
      const succeeded = { ...ended, state: 'succeeded', channelRef: outcome.refundRef } as const
      return { ...common, refund: succeeded, resolves }
    }
    case 'declined': {
      const { channelCode } = outcome
      const declineReason = 'channel_refused'
      const failed = { ...ended, state: 'failed', channelCode, declineReason } as const
      // Nobody was told that it is under way: the answer itself says that it failed. Of late money
      // there is an exception already.
      const isPromised = refund.promisedAt !== null && !refund.isLate
      const exception = isPromised ? exceptionOf(failed, channelCode, now) : null
      return { ...common, refund: failed, resolves, exception }
    }
    default: {
      const { channelCode } = outcome
      const promisedAt = refund.promisedAt ?? now
      const waiting = { ...refund, channelCode, promisedAt }
      return { ...common, refund: waiting, isTold: false, isSent, resolves: [] }
    }
  }
}

/** Tells a person of money that was promised back and is not there. */
export const exceptionOf = (refund: Refund, why: string, at: Date): NewException => ({
  id: newId('exc', at.getTime()),
  kind: 'refund_failed',
  subjectId: refund.id,
  paymentId: refund.paymentId,
  amountMinor: refund.payerMinor,
  currency: refund.currency,
  detail: { why, channel_account: refund.channelAccountId },
  at,
})
