import { Type } from 'typebox'

import type { Exception, ExceptionKind } from '../../modules/exception/exception.ts'
import { Body, CurrencyCode, ListQuery, orNull, Text, Time, Words } from './shared.ts'

/** What a person may do about each kind. Source: DESIGN §2 (exception), §10. */
export const actionsOf = {
  late_success: ['refund_again', 'keep_in_suspense'],
  stuck_unknown: ['ask_again', 'mark_succeeded', 'mark_failed'],
  refund_failed: ['retry', 'paid_otherwise'],
  amount_mismatch: ['accept'],
} as const satisfies Record<ExceptionKind, readonly string[]>

export type ExceptionAction = (typeof actionsOf)[ExceptionKind][number]

const kinds = Object.keys(actionsOf) as ExceptionKind[]
const actions: ExceptionAction[] = kinds.flatMap(
  (kind): readonly ExceptionAction[] => actionsOf[kind],
)
const states = ['open', 'resolved'] as const

export const ResolveBody = Body({
  action: Words(actions),
  note: Type.Optional(Text(500, { description: 'Why; kept with the exception' })),
  channel_ref: Type.Optional(
    Text(64, { description: 'For mark_succeeded: the counterpart’s own number' }),
  ),
})

export const ExceptionQuery = ListQuery({ state: Type.Optional(Words(states)) })

/** An exception as the API shows it. */
export const ExceptionView = Type.Object(
  {
    object: Type.Literal('exception'),
    id: Type.String({ examples: ['exc_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    kind: Words(kinds),
    state: Words(states),
    subject: Type.String({ description: 'The charge or the refund it is about' }),
    payment: orNull(Type.String()),
    amount: Type.Integer({ minimum: 0, description: 'The value at risk, in minor units' }),
    currency: CurrencyCode(),
    detail: Type.Unsafe<object>({ type: 'object', additionalProperties: true }),
    actions: Type.Array(Words(actions), { description: 'What may be done; empty when resolved' }),
    opened_at: Time(),
    age_seconds: Type.Integer({ minimum: 0, description: 'How long it has been open' }),
    resolved_at: orNull(Time()),
    resolved_by: orNull(Type.String()),
    action: orNull(Type.String()),
    note: orNull(Type.String()),
  },
  { title: 'Exception' },
)

/** An exception as it stands at `now`. */
export function showException(exception: Exception, now: Date) {
  const { state, openedAt, resolvedAt } = exception
  const ageMs = (resolvedAt ?? now).getTime() - openedAt.getTime()
  return {
    object: 'exception' as const,
    id: exception.id,
    kind: exception.kind,
    state,
    subject: exception.subjectId,
    payment: exception.paymentId,
    amount: Number(exception.amountMinor),
    currency: exception.currency,
    detail: exception.detail,
    actions: state === 'open' ? [...actionsOf[exception.kind]] : [],
    opened_at: openedAt.toISOString(),
    age_seconds: Math.max(0, Math.floor(ageMs / 1000)),
    resolved_at: resolvedAt?.toISOString() ?? null,
    resolved_by: exception.resolvedBy,
    action: exception.action,
    note: exception.note,
  }
}
