/** What an endpoint can be told of. `*` is everything, also what later versions add. */
export const eventTypes = [
  ...['payment.succeeded', 'payment.failed', 'payment.reversed', 'payment.updated'],
  ...['payment.confirmation_required', 'refund.processing', 'refund.succeeded', 'refund.failed'],
  ...['notice.created', 'feedback.created', 'feedback.answered'],
] as const

/** The body of a delivery as people read it; what is no JSON stays as it is. */
export function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    // A body of a later version may be something else; it is shown as it was sent.
    return body
  }
}
