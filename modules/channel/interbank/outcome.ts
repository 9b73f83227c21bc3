import { declineReasons, isErrorCode, type DeclineReason } from '../../errors/errors.ts'
import type {
  ChargeOrder,
  ChargeOutcome,
  RefundOrder,
  RefundOutcome,
  ReverseOutcome,
} from '../channel.ts'

/** An answer that the other institution has signed; or, in a word, why there is none. */
export type Reply = { status: number; body: unknown } | { problem: string }

/** What the other institution says of a charge. */
type Told = {
  charge: string
  debit: string
  state: string
  amountMinor: bigint
  declineReason: string
  payer: string | null
  completedAt: Date | null
  wasPaid: boolean
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

function readTold(body: unknown): Told | null {
  if (typeof body !== 'object' || body === null) return null
  const told = body as Readonly<Record<string, unknown>>
  if (told.object !== 'interbank_charge' || !Number.isSafeInteger(told.amount)) return null
  const completedAt = new Date(textOf(told.completed_at))
  return {
    charge: textOf(told.charge),
    debit: textOf(told.debit),
    state: textOf(told.state),
    amountMinor: BigInt(told.amount as number),
    declineReason: textOf(told.decline_reason),
    payer: typeof told.payer === 'string' ? told.payer : null,
    completedAt: Number.isNaN(completedAt.getTime()) ? null : completedAt,
    wasPaid: told.was_paid === true,
  }
}

/** The word of a refusal, or of why there is no answer. */
function codeOf(reply: Reply): string {
  if ('problem' in reply) return reply.problem
  const { code } = (reply.body ?? {}) as { code?: unknown }
  return typeof code === 'string' && isErrorCode(code) ? code : `HTTP_${reply.status}`
}

const unknown = (channelCode: string): ChargeOutcome & { kind: 'unknown' } => ({
  kind: 'unknown',
  waitsFor: 'channel',
  channelCode,
})

const ill = (channelCode: string): ChargeOutcome => ({ ...unknown(channelCode), isIll: true })

/** Nothing that can be believed, or the other side's own trouble: what the breaker counts. */
const isIll = (reply: Reply): boolean => 'problem' in reply || reply.status >= 500

// Of a charge these say that it was not taken, and never will be as it stands.
const finalRefusals: ReadonlySet<string> = new Set([
  'INVALID_REQUEST',
  'AMOUNT_INVALID',
  'CURRENCY_NOT_SUPPORTED',
])

/** Reads the answer to a charge. */
export function readCharge(reply: Reply, order: Ordered): ChargeOutcome {
  const channelCode = codeOf(reply)
  if (isIll(reply)) return ill(channelCode)
  if ('status' in reply && reply.status === 200) return readState(reply.body, order)
  return finalRefusals.has(channelCode)
    ? { kind: 'declined', reason: 'channel_refused', channelCode }
    : unknown(channelCode)
}

type Ordered = Pick<ChargeOrder, 'chargeId' | 'amountMinor'>

export type Asked = Ordered & { ageMs: number; notFoundAfterMs: number }

/** Reads the answer to a query. That there is no such charge is believed of an old one only. */
export function readQuery(
  reply: Reply,
  { ageMs, notFoundAfterMs, ...order }: Asked,
): ChargeOutcome {
  const channelCode = codeOf(reply)
  if (isIll(reply)) return ill(channelCode)
  if ('status' in reply && reply.status === 200) return readState(reply.body, order)
  const isNotThere = channelCode === 'NOT_FOUND' && ageMs >= notFoundAfterMs
  return isNotThere ? { kind: 'not_found', channelCode } : unknown(channelCode)
}

// An answer about another charge or another amount is no answer to ours.
function readState(body: unknown, order: Ordered): ChargeOutcome {
  const told = readTold(body)
  if (!told || told.charge !== order.chargeId || told.amountMinor !== order.amountMinor) {
    return ill('OTHER_CHARGE')
  }
  const { state, debit: channelRef, completedAt: paidAt, payer } = told
  switch (state) {
    case 'succeeded':
      if (channelRef === '' || !paidAt) return ill('UNREADABLE')
      return { kind: 'succeeded', channelRef, paidAt, payerPaidMinor: told.amountMinor, payer }
    case 'failed':
      return {
        kind: 'declined',
        reason: reasonOf(told),
        channelCode: told.declineReason || 'failed',
      }
    case 'waiting':
      return { kind: 'unknown', waitsFor: 'payer', channelCode: state }
    case 'reversed':
      return { kind: 'reversed', channelCode: state }
    default:
      return unknown('UNKNOWN_STATE')
  }
}

const isReason = (word: string): word is DeclineReason => Object.hasOwn(declineReasons, word)

const reasonOf = ({ declineReason }: Told): DeclineReason =>
  isReason(declineReason) ? declineReason : 'channel_refused'

/** Reads the answer to a reversal. A charge that failed took nothing, which is as good. */
export function readReverse(reply: Reply, { chargeId }: Ordered): ReverseOutcome {
  const channelCode = codeOf(reply)
  if (isIll(reply)) return { kind: 'again', channelCode, isIll: true }
  const told = 'status' in reply && reply.status === 200 ? readTold(reply.body) : null
  if (told?.charge === chargeId && (told.state === 'reversed' || told.state === 'failed')) {
    return { kind: 'reversed', wasPaid: told.wasPaid, channelCode: told.state }
  }
  const kind = channelCode === 'PAYMENT_FINAL' ? 'refused' : 'again'
  return { kind, channelCode }
}

// Of a refund these say that nothing was given back, and never will be as it stands.
const refundRefusals: ReadonlySet<string> = new Set([
  ...finalRefusals,
  'NOT_FOUND',
  'PAYMENT_NOT_REFUNDABLE',
  'REFUND_TOO_LARGE',
])

/** Reads the answer to a refund, or to the question what became of one. */
export function readRefund(
  reply: Reply,
  { refundId, refundMinor }: Pick<RefundOrder, 'refundId' | 'refundMinor'>,
  { isQuery }: { isQuery: boolean },
): RefundOutcome {
  const channelCode = codeOf(reply)
  if (isIll(reply)) return { kind: 'unknown', channelCode, isIll: true }
  if ('status' in reply && reply.status === 200) {
    const told = (reply.body ?? {}) as Readonly<Record<string, unknown>>
    const isThis =
      told.object === 'interbank_refund' &&
      told.refund === refundId &&
      told.amount === Number(refundMinor)
    if (!isThis) return { kind: 'unknown', channelCode: 'OTHER_REFUND', isIll: true }
    if (told.state !== 'succeeded') return { kind: 'unknown', channelCode: 'UNKNOWN_STATE' }
    return { kind: 'succeeded', refundRef: `${textOf(told.debit)}/${refundId}` }
  }
  if (isQuery) {
    return { kind: channelCode === 'NOT_FOUND' ? 'not_found' : 'unknown', channelCode }
  }
  return { kind: refundRefusals.has(channelCode) ? 'declined' : 'unknown', channelCode }
}
