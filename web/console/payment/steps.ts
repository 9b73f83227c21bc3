import type { PaymentState, PaymentView, TimelineEntry } from '../../ui/types.ts'

export type Step = {
  name: string
  at: string
  actor: string | null
  /** A word of the catalogue, a text as it is, or nothing. */
  detail: unknown
  /** What the payment became with this step. */
  state: PaymentState | null
}

/**
 * A payment as its steps. Where the server names the steps they are shown as they came; else what
 * happened before the first change of state is told from what the payment itself records: the code
 * that was scanned, what was read in it, the road, and the checks that a success has passed.
 */
export function stepsOf(payment: PaymentView): Step[] {
  const timeline = payment.timeline ?? []
  if (timeline.some(({ step }) => step)) return timeline.map(named)
  return [...readingSteps(payment), ...timeline.flatMap((entry) => changeSteps(entry, payment))]
}

function named(entry: TimelineEntry): Step {
  const isChange = entry.to !== null && entry.to !== entry.from
  return {
    name: entry.step ?? entry.to,
    at: entry.at,
    actor: entry.actor,
    detail: entry.detail,
    state: isChange ? (entry.to as PaymentState) : null,
  }
}

function readingSteps(payment: PaymentView): Step[] {
  const { payment_code, created_at: at, scheme, kind, road } = payment
  const step = { at, actor: null, state: null }
  const scan = { ...step, name: 'scan', actor: payment.terminal_name, detail: payment_code }
  const parse = { ...step, name: 'parse', detail: [`scheme.${scheme ?? ''}`, `kind.${kind}`] }
  const way = road === 'book' ? 'detail.road_book' : `scheme.${road ?? ''}`
  const route = { ...step, name: 'route', detail: [way] }
  return [...(payment_code ? [scan] : []), ...(scheme ? [parse] : []), ...(road ? [route] : [])]
}

function changeSteps(entry: TimelineEntry, payment: PaymentView): Step[] {
  const state = entry.to as PaymentState
  // Whoever scanned stands at the first step; after that it is worth saying who acted.
  const actor = entry.from === null ? null : entry.actor
  const step = { at: entry.at, actor, detail: entry.detail, state }
  if (payment.road !== 'book' && payment.road !== null) return channelSteps(step, payment)
  if (state === 'processing') return [{ ...step, name: 'wait' }]
  if (state === 'reversed') return [{ ...step, name: 'reverse' }]
  if (state === 'failed') return [{ ...step, name: failedAt(entry.detail) }]
  const parts = payment.transfers?.length ?? 0
  const plain = { ...step, state: null, actor: null }
  return [
    ...(entry.from === null ? [] : [{ ...step, name: 'confirm', state: null, detail: null }]),
    { ...plain, name: 'verify', detail: ['detail.verified'] },
    { ...step, actor: null, name: 'debit', detail: parts > 0 ? { parts } : entry.detail },
  ]
}

/** What a channel was asked, and what it said: nothing here verifies or debits. */
function channelSteps(step: Omit<Step, 'name'>, payment: PaymentView): Step[] {
  const { state, detail, actor } = step
  if (state === 'processing') {
    const name = detail === 'payer_confirms' ? 'wait' : detail === 'reverse' ? 'reverse' : 'charge'
    return [{ ...step, name, detail: detail === 'query' ? null : detail }]
  }
  if (state === 'reversed') return [{ ...step, name: 'reverse' }]
  const name = actor === 'operator' ? 'marked' : 'answer'
  const parts = payment.transfers?.length ?? 0
  return [{ ...step, name, detail: state === 'succeeded' && parts > 0 ? { parts } : detail }]
}

function failedAt(reason: unknown): string {
  if (reason === 'payer_declined') return 'decline'
  return reason === 'confirmation_expired' ? 'expire' : 'verify'
}
